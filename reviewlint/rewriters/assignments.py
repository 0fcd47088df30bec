"""Where the text that a call is given was put into a variable, so that a fix can change both places."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from ..facts.location import Location


@dataclass(frozen=True, slots=True)
class Assigned:
    """The one assignment of a variable that nothing but a call reads. `at` is the assignment without its line's end.

    `changed` are the names that are bound anew between it and the call.
    """

    at: Location
    node: cst.Assign
    changed: frozenset[str]


def assigned(name: str, call: Location, text: str) -> Assigned | None:
    """The assignment of `name` that always runs before the call at `call` in its function, and that only it reads.

    `text` is the whole file. None where there is another use or assignment, so that a change would reach further.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except Exception:
        return None
    found = _Names(name, call)
    wrapper.visit(found)
    if len(found.uses) != 2 or len(found.assignments) != 1:
        return None
    at, node, block = found.assignments[0]
    if not (at < call and block.holds(call)):
        return None
    changed = frozenset(bound for place, bound in found.bound if at < place < call)
    return Assigned(at, node, changed)


class _Names(cst.CSTVisitor):
    """Collects, in the innermost function around a call, what concerns a name."""

    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, name: str, call: Location) -> None:
        super().__init__()
        self._name, self._call = name, call
        self._function: Location | None = None
        self._uses: list[Location] = []
        self._assignments: list[tuple[Location, cst.Assign, Location]] = []
        self.bound: list[tuple[Location, str]] = []

    @property
    def uses(self) -> list[Location]:
        """Every mention of the name in the function."""
        return [at for at in self._uses if self._is_inside(at)]

    @property
    def assignments(self) -> list[tuple[Location, cst.Assign, Location]]:
        """Its plain assignments in the function, each with the block that it stands in."""
        return [one for one in self._assignments if self._is_inside(one[0])]

    def _is_inside(self, at: Location) -> bool:
        return self._function is None or self._function.holds(at)

    def _at(self, node: cst.CSTNode) -> Location:
        place = self.get_metadata(PositionProvider, node)
        return Location(self._call.path, place.start.line, place.start.column + 1, place.end.line, place.end.column + 1)

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Looks at one node; goes on into all of them."""
        match node:
            case cst.FunctionDef() if (at := self._at(node)).holds(self._call):
                self._function = at
            case cst.Name(value=self._name):
                self._uses.append(self._at(node))
            case cst.Assign(targets=targets):
                self._assign(node)
                for one in targets:
                    self._bind(one.target)
            case cst.AnnAssign() | cst.AugAssign() | cst.For() | cst.NamedExpr() | cst.Del():
                self._bind(node.target)
            case cst.AsName(name=name):
                self._bind(name)
        return True

    def _assign(self, node: cst.Assign) -> None:
        target = node.targets[0].target
        line = self.get_metadata(ParentNodeProvider, node)
        block = self.get_metadata(ParentNodeProvider, line) if isinstance(line, cst.SimpleStatementLine) else None
        if len(node.targets) == 1 and isinstance(target, cst.Name) and target.value == self._name and block is not None:
            self._assignments.append((self._at(node), node, self._at(block)))

    def _bind(self, target: cst.BaseExpression) -> None:
        self.bound += [(self._at(target), name) for name in _names(target)]


def _names(target: cst.BaseExpression) -> Iterator[str]:
    """The first names of what is bound: `a` of `a`, `a.b`, `a[0]`, both of `a, b`."""
    match target:
        case cst.Name(value=name):
            yield name
        case cst.Attribute(value=inner) | cst.Subscript(value=inner) | cst.StarredElement(value=inner):
            yield from _names(inner)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from _names(element.value)
