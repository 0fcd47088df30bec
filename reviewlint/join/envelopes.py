"""The shapes of JSON bodies, and the one that a project's error responses share."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..facts.values import Call, Constant, Items, Parameter, Record, Reference, Text, Value, options

AGREEMENT = 0.75
"""The share of error responses that must carry a key before it counts as the project's own."""

COMPANY = 0.9
"""The share of bodies with an envelope's first key that must carry another one before that is required too."""

SENTENCES = (".message", ".stack")
PRINTS = frozenset({"str", "repr", "String"})
"""What is a text whatever it is asked of: the message of an exception, and what prints one."""

SCALAR, OBJECT, LIST, UNKNOWN = "text", "an object", "a list", ""

DEPTH = 3
"""How deep a body is looked into; clients rarely program against more than `error.details.field`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of one JSON body: each dotted path with the kind of its value, sorted.

    `open` where a spread may add more. A body that is no object is the one key `""` with its kind.
    """

    keys: tuple[tuple[str, str], ...]
    open: bool = False

    def kind(self, path: str) -> str | None:
        """The kind of the value at `path`, None where the body has no such key."""
        return next((kind for name, kind in self.keys if name == path), None)

    def carries(self, path: str, kind: str) -> bool:
        """Whether a client that expects `kind` at `path` finds it; doubts count in favour."""
        found = self.kind(path)
        if found is None:
            above = path.rpartition(".")[0]
            return self.open or (bool(above) and self.kind(above) == UNKNOWN)
        return kind == found or UNKNOWN in (kind, found) or LIST in (kind, found)

    @property
    def top(self) -> tuple[str, ...]:
        """The keys of the outermost object."""
        return tuple(name for name, _ in self.keys if name and "." not in name)

    def __str__(self) -> str:
        """The shape as a reader would write it: `{error: {code, message}}`, `{detail}`, `a list`."""
        kind = self.kind("")
        if kind is not None:
            return {SCALAR: "bare text", LIST: "a bare list"}.get(kind, "something else")
        return self._written("")

    def _written(self, prefix: str) -> str:
        depth = prefix.count(".")
        inside = [name for name, _ in self.keys if name.startswith(prefix) and name.count(".") == depth]
        parts = [
            name[len(prefix) :] + (f": {self._written(name + '.')}" if self.kind(name) == OBJECT else "")
            for name in inside
        ]
        return "{" + ", ".join(parts + ["…"] * (self.open and not prefix)) + "}"


BY_FIELD = re.compile(r"(?:[sS]erializer|[fF]orm)\(\)\.errors$")
"""What REST framework's serializers and Django's forms say of what they refused."""

FIELDS = Shape((("<field>", LIST),))
"""Its shape: the names of the fields are the keys."""


def shapes(body: Value | None) -> tuple[Shape, ...]:
    """The shapes that a body may have; empty where one of its forms is not known."""
    if body is None:
        return ()
    found = []
    for option in options(body):
        match option:
            case Record():
                found.append(Shape(tuple(sorted(_keys(option, "", DEPTH))), option.open))
            case Constant(value=str()) | Text():
                found.append(Shape((("", SCALAR),)))
            case Items():
                found.append(Shape((("", LIST),)))
            case Reference(name=name) if BY_FIELD.search(name):
                found.append(FIELDS)
            case _:
                return ()
    return tuple(dict.fromkeys(found))


def _keys(record: Record, prefix: str, depth: int) -> Iterable[tuple[str, str]]:
    seen = set()
    for name, value in record.entries:
        if name in seen:
            continue
        seen.add(name)
        forms = [option for option in options(value) if not _nothing(option)]
        kinds = {_kind(form) for form in forms}
        kind = kinds.pop() if len(kinds) == 1 else UNKNOWN
        yield prefix + name, kind
        if kind == OBJECT and depth > 1:
            for form in forms[:1]:
                if isinstance(form, Record):
                    yield from _keys(form, f"{prefix}{name}.", depth - 1)


def _nothing(value: Value) -> bool:
    return isinstance(value, Constant) and value.value is None


def _kind(value: Value) -> str:
    match value:
        case Constant() | Text():
            return SCALAR
        case Record():
            return OBJECT
        case Items():
            return LIST
        case Reference(name=name) if name.endswith(SENTENCES):
            return SCALAR
        case Parameter(path=path) if path.endswith(SENTENCES):
            return SCALAR
        case Call(callee=callee) if callee in PRINTS:
            return SCALAR
        case _:
            return UNKNOWN


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every error body must carry. `allowed` are the top-level keys besides; None for any."""

    required: tuple[tuple[str, str], ...]
    allowed: frozenset[str] | None = None

    def lacks(self, shape: Shape) -> tuple[str, ...]:
        """The required paths that `shape` does not carry."""
        return tuple(path for path, kind in self.required if not shape.carries(path, kind))

    def foreign(self, shape: Shape) -> tuple[str, ...]:
        """The top-level keys of `shape` that the envelope does not know."""
        if self.allowed is None:
            return ()
        known = self.allowed | {path.partition(".")[0] for path, _ in self.required}
        return tuple(key for key in shape.top if key not in known)

    def admits(self, shape: Shape) -> bool:
        """Whether a client that programs against the envelope can read `shape`."""
        return not self.lacks(shape) and not self.foreign(shape)

    def __str__(self) -> str:
        return str(Shape(self.required))


DEFAULT = Envelope((("error", OBJECT), ("error.code", SCALAR), ("error.message", SCALAR)))
"""What is proposed where a project has no envelope of its own."""


PROBLEM = Envelope((("title", SCALAR), ("status", SCALAR)))
"""The members of RFC 9457's problem details by which it is recognised."""


BESIDE = frozenset({"details", "request_id", "requestId", "timestamp"})
"""What may stand in an error or beside it, and is left out where there is nothing to say."""


def learned(found: Sequence[Shape]) -> Envelope | None:
    """The keys that at least three quarters of `found` carry together; None where no key is so common."""
    enough = AGREEMENT * len(found)
    votes = Counter(key for shape in found for key in dict.fromkeys(shape.keys))
    names = dict.fromkeys(path for path, _ in votes if path.rpartition(".")[2] not in BESIDE)
    candidates = []
    for path in names:
        kinds = Counter({kind: count for (name, kind), count in votes.items() if name == path and kind != UNKNOWN})
        kind = kinds.most_common(1)[0][0] if kinds else UNKNOWN
        agreeing = sum(shape.kind(path) is not None and shape.carries(path, kind) for shape in found)
        if agreeing >= enough:
            candidates.append((agreeing, (path, kind)))
    if not candidates:
        return None
    order = {path: position for position, path in enumerate(names)}
    candidates.sort(key=lambda candidate: (-candidate[0], order[candidate[1][0]]))
    required: list[tuple[str, str]] = []
    for _, key in candidates:
        if required and key[1] == UNKNOWN:
            continue  # it may be left out where there is nothing to say
        so_far, together = Envelope(tuple(required)), Envelope((*required, key))
        carrying = sum(not so_far.lacks(shape) for shape in found) if required else 0
        if sum(not together.lacks(shape) for shape in found) >= max(enough, COMPANY * carrying):
            required.append(key)
    if not required:
        return None
    return Envelope(tuple(sorted(required, key=lambda key: order[key[0]])))
