"""How a voice speaks: remarks for findings, the order of findings, and the sentence of the verdict.

A voice is a TOML file. The ones in this folder come with reviewlint; a team can write its own.
"""

from collections.abc import Mapping
from functools import cache

from ..rule import Rule
from .voice import Voice, VoiceError, check_names, read

__all__ = ["Voice", "VoiceError", "load", "names"]


@cache
def names() -> tuple[str, ...]:
    """The voices that come with reviewlint, by name."""
    from importlib.resources import files

    return tuple(
        sorted(each.name.removesuffix(".toml") for each in files(__name__).iterdir() if each.name.endswith(".toml"))
    )


def load(name: str, own: Mapping[str, Rule] | None = None) -> Voice:
    """The voice called `name`, or the one in the file `name` where that ends in `.toml`.

    `own` are the project's rules, which such a file may speak about. Raises VoiceError where there is none or its file
    cannot be used.
    """
    from pathlib import Path

    if name.endswith(".toml"):
        voice = read(Path(name))
        check_names(voice, own or {})
        return voice
    return _shipped(name)


@cache
def _shipped(name: str) -> Voice:
    from pathlib import Path

    if name not in names():
        from ..guess import did_you_mean

        raise VoiceError(
            f"there is no voice `{name}`{did_you_mean(name, names()) or '; there are ' + ', '.join(names())}"
        )
    return read(Path(__file__).parent / f"{name}.toml")
