"""What somebody may have meant by a name that does not exist."""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name nearest to `name`, or `""` where none is near."""
    import difflib

    near = difflib.get_close_matches(name.lower().replace("_", "-"), list(known), n=1, cutoff=0.6)
    return near[0] if near else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean X?` with the known name nearest to `name`, or `""` where none is near."""
    near = nearest(name, known)
    return f"; did you mean `{near}`?" if near else ""
