"""The project as rules see it: all facts, joined."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from .facts.change import Change
from .facts.data import CallMade
from .facts.file import FileFact, FileFacts, IgnoreComment, Side
from .facts.flows import Flow, Match
from .facts.http import RouteTable
from .facts.location import Location
from .facts.tests import Ran
from .shelf import Shelf
from .source import Source
from .timing import spending

F = TypeVar("F", bound=FileFact)
T = TypeVar("T")

AskCalls = Callable[[str, Collection[str]], tuple[CallMade, ...]]
"""Looks into a file once more: (path, last parts of names) → the calls in it of what is called so."""

Look = tuple[str, tuple[str, ...]]
"""A path, and the last parts of names that are called there."""

Sides = Callable[["Project"], Mapping[str, Side]]
"""Finds the sides of files that do not tell it themselves, by their paths."""

View = Callable[["Project"], object]
"""What is worked out of all files together."""

SERVER_SIDES = frozenset({Side.SERVER, Side.EDGE})
"""The sides on which requests are answered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What rules about the review itself need: which ignores did nothing, and which entries of the baseline.

    An entry is the place of its line in the baseline, the rule, the path and how many findings are missing.
    """

    unused: tuple[tuple[IgnoreComment, str], ...]
    stale: tuple[tuple[Location, str, str, int], ...] = ()


class _Sides(dict[str, Side]):
    """The sides of files; those that they do not tell themselves are only found out when one of them is asked for."""

    def __init__(self, project: "Project", sides: Sides) -> None:
        super().__init__((path, file.side) for path, file in project.files.items() if file.side is not Side.OTHER)
        self._project, self._sides = project, sides

    def __missing__(self, path: str) -> Side:
        found = {path: Side.OTHER for path in self._project.files if path not in self}
        found.update(self._sides(self._project))
        self.update(found)
        return found[path]


class Project:
    """All facts of all files, and what follows from them together.

    Nothing here is read from disk but by `calls_made`. `files` maps paths to files, in the order of their paths. Views
    that cost something (endpoints, schemas) are computed when first asked for and kept.
    """

    def __init__(
        self,
        files: Shelf | Iterable[FileFacts],
        *,
        sources: Iterable[Source] = (),
        flows: Iterable[Flow] | None = None,
        known_rules: Mapping[str, str] | None = None,
        outcome: Outcome | None = None,
        change: Change | None = None,
        originals: Iterable[FileFacts] = (),
        coverage: Mapping[str, Ran] | None = None,
        calls_made: AskCalls = lambda path, names: (),
        calls_before: AskCalls = lambda path, names: (),
        sides: Sides = lambda project: {},
        begun: Mapping[View, View] | None = None,
        wanted: Collection[str] | None = None,
    ) -> None:
        """Join `files`. `flows` is None where data flow was not judged; `known_rules` maps rule names to families.

        `change` is what is under review where that is not the whole project, `originals` are the facts of its files as
        they were at the base, under their paths there. `coverage` tells what ran with the tests, by the files' paths.
        `calls_made` looks into a file once more for the calls that a view waits for: what every call in the project
        gives to what it calls would be too much to keep. `calls_before` does so for the originals. `sides` says where
        files run that do not tell it themselves.
        `begun` are views that are under way, each with what finishes it. `wanted` are the files whose findings
        somebody asked for, None for all.
        """
        self.shelf = files if isinstance(files, Shelf) else Shelf.of(files)
        self.files = self.shelf.files
        self.sources = {source.path: source for source in sources}
        self.flows = None if flows is None else tuple(flows)
        self.matches: tuple[Match, ...] = ()
        self.known_rules = known_rules or {}
        self.outcome = outcome
        self.change = change
        self.coverage = coverage or {}
        self._calls_made = calls_made
        self._calls_before = calls_before
        self._sides = sides
        self.looks: dict[Look, tuple[CallMade, ...]] = {}
        self.originals = {file.path: file for file in originals}
        self._begun = begun or {}
        self._views: dict[object, object] = {}
        self._wanted = wanted

    def facts(self, kind: type[F], *sides: Side) -> list[F]:
        """Every fact of a kind, by path and then in the order of the text; only of `sides` where any are given."""
        found = self.shelf.facts(kind)
        return [fact for fact in found if self._side[fact.at.path] in sides] if sides else found

    def wanted(self, kind: type[F]) -> list[F]:
        """The facts of a kind in the files whose findings are wanted: for a rule that judges each by its own file."""
        if self._wanted is None:
            return self.facts(kind)
        return [fact for path in sorted(self._wanted) for fact in self.facts_of(path, kind)]

    @property
    def is_narrow(self) -> bool:
        """Whether only the findings of some files are wanted."""
        return self._wanted is not None

    def is_wanted(self, path: str) -> bool:
        """Whether findings in the file at `path` are wanted."""
        return self._wanted is None or path in self._wanted

    def may_find(self, kinds: Collection[str], *, serving: bool = False) -> bool:
        """Whether findings that stand at facts of one of these kinds can be wanted ones; for no kinds, at anything.

        Where they only stand in code that is `serving`, the files of other sides do not count.
        """
        if self._wanted is None or not kinds:
            return True
        return not (self._kinds_serving if serving else self._kinds_wanted).isdisjoint(kinds)

    @cached_property
    def _kinds_wanted(self) -> frozenset[str]:
        kinds = self.shelf.only(self._wanted or ()).kinds()
        return kinds | {"Route"} if self.shelf.size_of(RouteTable) else kinds  # its rows may stand in any file

    @cached_property
    def _kinds_serving(self) -> frozenset[str]:
        return self.shelf.only({path for path in self._wanted or () if self.may_serve(path)}).kinds()

    def may_serve(self, path: str) -> bool:
        """Whether code of the file at `path` may answer requests, as far as that is known before anything is joined."""
        return path in self.files and self.files[path].side in (*SERVER_SIDES, Side.OTHER)

    def facts_of(self, path: str, kind: type[F]) -> tuple[F, ...]:
        """The facts of a kind in the file at `path`, in the order of the text."""
        return self.shelf.facts_of(path, kind)

    def calls_made(self, path: str, names: Collection[str]) -> tuple[CallMade, ...]:
        """The calls in the file at `path` of what is called so, out of its text; they are among the `looks`."""
        look = path, tuple(sorted(names))
        if look not in self.looks:
            self.looks[look] = self._calls_made(path, names)
        return self.looks[look]

    def everything_of(self, path: str) -> tuple[FileFact, ...]:
        """Every fact of the file at `path`, in the order of its text."""
        return self.shelf.everything_of(path)

    def less(self, paths: Collection[str], others: Iterable[FileFacts]) -> "Project":
        """The project without the files at `paths`, and with `others`, originals, instead; not under review itself."""
        others = tuple(others)
        earlier = {file.path for file in others}

        def calls_made(path: str, names: Collection[str]) -> tuple[CallMade, ...]:
            if path in earlier:
                return self._calls_before(path, names)
            return () if path in paths else self.calls_made(path, names)

        sources = (source for path, source in self.sources.items() if path not in paths)
        return Project(
            self.shelf.less(paths, others),
            sources=sources,
            known_rules=self.known_rules,
            calls_made=calls_made,
            sides=self._sides,
        )

    def side(self, path: str) -> Side:
        """The side of a file of the project: that of the code that loads it where it does not tell itself."""
        return self._side[path]

    @cached_property
    def _side(self) -> dict[str, Side]:
        return _Sides(self, self._sides)

    def view(self, make: "Callable[[Project], T]") -> T:
        """`make(project)`, computed once: how rules share a join over all files (endpoints, schemas, modules)."""
        if make not in self._views:
            with spending("join", f"{make.__module__.rpartition('.')[2]}.{make.__name__}"):
                self._views[make] = self._begun.get(make, make)(self)
        return self._views[make]  # type: ignore[return-value]
