"""Tests and what they touch."""

from collections.abc import Mapping
from dataclasses import field

from .file import FileFact
from .frozen import dataclass
from .location import Location
from .values import Value


@dataclass(frozen=True, slots=True)
class TestCase(FileFact):
    """One test function or `it`/`test` block. `asserts` where it checks anything.

    `reason` says why it is skipped: the mark's reason, a comment beside it, or `todo` where there is nothing yet.
    `calls` are the dotted callees in its body, at most 20. Of a test that checks nothing by itself, `origins` are the
    same with names followed to what made them, calls as `()`: `shop.make_app().test_client().get()`, `""` if unknown;
    none where they are too many, or where its title or a comment says that not failing is the point. `is_hopeful` where
    they say so in words that mean other things as often, that it works, or where what the code calls is made to fail.
    `drops_comparison` where a comparison of it is
    a statement by itself.
    """

    __test__ = False

    name: str
    framework: str
    asserts: bool
    skipped: bool = False
    focused: bool = False
    reason: str = ""
    calls: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    is_hopeful: bool = False
    drops_comparison: bool = False


@dataclass(frozen=True, slots=True)
class RequestedRoute(FileFact):
    """A request that a test makes through a test client, supertest or fetch.

    `method` is upper case, `*` where not known; `path` is a constant or a text with holes, or what may stand for one: a
    name of another file, a function's call. `name` is the route's name where the test looks the path up by it
    (`reverse("user-list")`, `url_for("users.show")`), else `""`. `options` is the parameter of the function whose
    value may say the method: what a helper hands on to `fetch`, or spreads into what it hands on.
    """

    function: str
    method: str
    path: Value
    name: str = ""
    options: str = ""


@dataclass(frozen=True, slots=True)
class CoverageGate(FileFact):
    """A share of the code, in percent, that tests must run through or the test run fails.

    0 where a configuration says how coverage is measured, and asks for none.
    """

    percent: float


@dataclass(frozen=True, slots=True)
class Ran:
    """What of a file ran when its tests were last run, as a coverage report tells.

    `lines` are those at which a statement that ran begins, `calls` says how often the functions that begin at a line
    were called, where the report knows functions.
    """

    lines: frozenset[int]
    calls: Mapping[int, int] = field(default_factory=dict)

    def entered(self, function: Location) -> bool:
        """Whether the function at this place was called: that it was defined says nothing yet."""
        if function.line in self.calls:
            return self.calls[function.line] > 0
        return any(function.line < line <= function.end_line for line in self.lines)


@dataclass(frozen=True, slots=True)
class Replacement(FileFact):
    """A module or object that a test replaces by name: `vi.mock("../db")`, `patch("shop.db.session")`.

    A `dependency` of FastAPI's may have another function in its place that is no mock; all others are taken for mocks.
    """

    target: str
    dependency: bool = False
    by_mock: bool = True


@dataclass(frozen=True, slots=True)
class TestPart(FileFact):
    """A case of a test file, or one thing that its cases share: a fixture, a helper, a hook. Only in files of a change.

    `names` are what the file calls it by; what has none runs by itself, for all cases inside of `holds`. `code` is the
    same for parts that differ only in comments, titles and layout. `uses` are the words in it.
    """

    __test__ = False

    names: tuple[str, ...]
    code: str
    uses: tuple[str, ...]
    holds: Location
    is_case: bool = False
