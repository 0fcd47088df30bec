"""A defect of reviewlint itself, told like any other result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What cost this review something: `where` it struck, and the exception in words."""

    where: str
    message: str
