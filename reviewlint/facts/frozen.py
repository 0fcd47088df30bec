"""How the vocabulary is declared: as frozen dataclasses, of which the type checker alone holds that they are frozen.

A file comes to thousands of values and facts, and a project to a million. At run time a frozen dataclass sets each of
its fields by a call that goes round its own lock: 0.6 µs for five fields, where a plain one takes 0.17 µs.

There are a hundred of these classes, and `dataclasses` compiles four functions for each whenever the program starts: a
third of the time that their import takes. Two that are compiled together take less, and one says the same of any.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, frozen, slots):
        """`dataclasses.dataclass`, with the hash of a frozen one and without its lock."""
        return lambda cls: _comparable(dataclasses.dataclass(slots=slots, eq=False, repr=False)(cls))

    def _comparable(cls):
        names = [field.name for field in dataclasses.fields(cls)]
        mine, theirs = ("".join(f"{one}.{name}," for name in names) for one in ("self", "other"))
        made = {}
        exec(  # as `dataclasses` does
            "def __eq__(self, other):\n"
            f" return ({mine}) == ({theirs}) if other.__class__ is self.__class__ else NotImplemented\n"
            "def __hash__(self):\n"
            f" return hash(({mine}))",
            made,
        )
        cls.__eq__, cls.__hash__, cls.__repr__ = made["__eq__"], made["__hash__"], _shown
        return cls

    def _shown(self):
        values = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self))
        return f"{type(self).__qualname__}({', '.join(values)})"


__all__ = ["dataclass"]
