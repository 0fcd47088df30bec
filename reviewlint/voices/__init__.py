"""How a voice speaks: remarks for findings, the order of findings, and the sentence of the verdict.

A voice is a TOML file. The ones in this folder come with reviewlint; a team can write its own.
"""

from functools import cache

from .voice import Voice, VoiceError, check_names, read

__all__ = ["Voice", "VoiceError", "load", "names"]


@cache
def names() -> tuple[str, ...]:
    """The voices that come with reviewlint, by name."""
    from importlib.resources import files

    return tuple(
        sorted(each.name.removesuffix(".toml") for each in files(__name__).iterdir() if each.name.endswith(".toml"))
    )


@cache
def load(name: str) -> Voice:
    """The voice called `name`, or the one in the file `name` where that ends in `.toml`.

    Raises VoiceError where there is none or its file cannot be used.
    """
    from pathlib import Path

    if name.endswith(".toml"):
        voice = read(Path(name))
        check_names(voice)
        return voice
    if name not in names():
        from ..guess import did_you_mean

        raise VoiceError(
            f"there is no voice `{name}`{did_you_mean(name, names()) or '; there are ' + ', '.join(names())}"
        )
    return read(Path(__file__).parent / f"{name}.toml")
