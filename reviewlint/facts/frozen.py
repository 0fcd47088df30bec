"""How the vocabulary is declared: as frozen dataclasses, of which the type checker alone holds that they are frozen.

A file comes to thousands of values and facts, and a project to a million. At run time a frozen dataclass sets each of
its fields by a call that goes round its own lock: 0.6 µs for five fields, where a plain one takes 0.17 µs.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, frozen, slots):
        """`dataclasses.dataclass`, with the hash of a frozen one and without its lock."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)


__all__ = ["dataclass"]
