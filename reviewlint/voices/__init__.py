"""How a voice speaks: remarks for findings, the order of findings, and the sentence of the verdict.

A voice is a TOML file. The ones in this folder come with reviewlint; a team can write its own.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ..rule import Rule
from .voice import Voice, VoiceError, check_names, read

__all__ = ["Voice", "VoiceError", "load", "names"]


@cache
def names() -> tuple[str, ...]:
    """The voices that come with reviewlint, by name."""
    return tuple(sorted(each.stem for each in Path(__file__).parent.glob("*.toml")))


def load(name: str, own: Mapping[str, Rule] | None = None) -> Voice:
    """The voice called `name`, or the one in the file `name` where that ends in `.toml`.

    `own` are the project's rules, which such a file may speak about. Raises VoiceError where there is none or its file
    cannot be used.
    """
    if name.endswith(".toml"):
        voice = read(Path(name))
        check_names(voice, own or {})
        return voice
    return _shipped(name)


@cache
def _shipped(name: str) -> Voice:
    if name not in names():
        from ..guess import did_you_mean

        raise VoiceError(
            f"there is no voice `{name}`{did_you_mean(name, names()) or '; there are ' + ', '.join(names())}"
        )
    return read(Path(__file__).parent / f"{name}.toml")
