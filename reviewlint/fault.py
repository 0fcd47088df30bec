"""What went wrong in the review itself, told like any other result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What cost this review something: `where` it struck, and the exception in words.

    `ours` for a defect of reviewlint; else it is one of the project's own rules or of a package from elsewhere. `rules`
    did not come to their end because of it.
    """

    where: str
    message: str
    ours: bool = True
    rules: tuple[str, ...] = ()


def traced(error: BaseException) -> str:
    """An exception with the lines that it went through, as Python writes it, without credentials either."""
    import traceback

    from .redact import redacted

    return redacted("".join(traceback.format_exception(error)))


def in_words(error: BaseException) -> str:
    """An exception by its name and message, without the credentials that a message may quote from what was read."""
    from .redact import redacted

    return redacted(f"{type(error).__name__}: {error}")
