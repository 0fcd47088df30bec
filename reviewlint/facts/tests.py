"""Tests and what they touch."""

from dataclasses import dataclass

from .file import FileFact
from .values import Value


@dataclass(frozen=True, slots=True)
class TestCase(FileFact):
    """One test function or `it`/`test` block. `asserts` where it checks anything.

    `reason` says why it is skipped: the mark's reason, a comment beside it, or `todo` where there is nothing yet.
    `calls` are the dotted callees in its body, at most 20.
    """

    __test__ = False

    name: str
    framework: str
    asserts: bool
    skipped: bool = False
    focused: bool = False
    reason: str = ""
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestedRoute(FileFact):
    """A request that a test makes through a test client, supertest or fetch.

    `method` is upper case, `*` where not known; `path` is a constant or a text with holes. `name` is the route's name
    where the test looks the path up by it (`reverse("user-list")`, `url_for("users.show")`), else `""`.
    """

    function: str
    method: str
    path: Value
    name: str = ""


@dataclass(frozen=True, slots=True)
class CoverageGate(FileFact):
    """A share of the code, in percent, that tests must run through or the test run fails."""

    percent: float


@dataclass(frozen=True, slots=True)
class Replacement(FileFact):
    """A module or object that a test replaces by name: `vi.mock("../db")`, `patch("shop.db.session")`."""

    target: str
