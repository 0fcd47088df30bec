"""Functions, module-level names, and the handling of failures."""

from .file import FileFact
from .frozen import dataclass
from .location import Location
from .values import Value


@dataclass(frozen=True, slots=True)
class Definition(FileFact):
    """A name bound at module or class level: `TABLE = "users"`, `export const db = new Pool()`.

    `name` is qualified inside the file (`Settings.table`).
    """

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Class(FileFact):
    """A class. `name` is qualified inside the file; `bases` and `decorators` are dotted names resolved through imports.

    Its constant attributes are `Definition`s (`NotFound.status_code`), its methods `Function`s. `fields` are those that
    are declared with a type, with its source: of models, dataclasses, interfaces. `marks` are the dotted names of the
    decorators in front of fields.
    """

    name: str
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Function(FileFact):
    """A function or method: the summary by which other files may follow a call into it.

    `name` is qualified inside the file. `parameters` in order, without `self`. `returns` holds the values it may
    return (or throw, for `raises`), parameters standing as `Parameter`; only literals, texts and calls are kept.
    `decorators` are dotted names resolved through imports. `calls` are the dotted callees in its body, as resolved.
    `receivers` are the names on which methods are called with the dotted type that they are declared or made with:
    parameters, `self.x`, local variables (`("repo", "app.orders.Orders")` for `repo.add()` in `calls`).
    `defaults` are the parameters that have one, with its value. `decisions` counts the lines of its body that choose a
    way: conditions, loops, cases, handled and raised failures; in tests, what they assert, too. `is_typed` where it
    says the type of a parameter or of what it returns (Python only).
    """

    name: str
    parameters: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    returns: tuple[Value, ...] = ()
    calls: tuple[str, ...] = ()
    is_async: bool = False
    defaults: tuple[tuple[str, Value], ...] = ()
    decisions: int = 0
    receivers: tuple[tuple[str, str], ...] = ()
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Computation(FileFact):
    """An expression of a function that computes or compares values: `net * RATE`, `wind >= 60 or rain >= 25`.

    Only the outermost, and only in files whose lines seldom choose a way, as `decisions` of `Function` counts them.
    What such a line asks is none, nor is what only asks whether something is there, or how long something took.
    """

    function: str


@dataclass(frozen=True, slots=True)
class Behaviour(FileFact):
    """What a function does that stands in no other, with `at` around the whole of it. Only in files of a change.

    `name` as in `Function`; a function that is handed over at module level comes with the whole statement. `code` is
    the same for functions that differ only in layout, comments, types, what they log, the wording of their messages,
    and the names of what is theirs alone; those stand as `$1`, `$2`, ….
    """

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Declared(FileFact):
    """What a name at module or class level stands for. Only in files of a change.

    `name` is qualified inside the file; the keys of an object that a name is given have names of their own
    (`order.amount`), and so has what decorates a class (`Orders.@frozen`). `code` is spelled as in `Behaviour`.
    """

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class TypeEscape(FileFact):
    """A place that tells the type checker to look away. Only in files of a change.

    `text` is what tells it: `any`, `# type: ignore`, `@ts-ignore`. `reason` is whether a comment there or on the line
    above says why; the code of an error is no reason.
    """

    text: str
    reason: bool


@dataclass(frozen=True, slots=True)
class SwitchedOff(FileFact):
    """Code that a constant of its own file switches off, as long as nobody edits that (TypeScript only)."""


@dataclass(frozen=True, slots=True)
class Catch(FileFact):
    """An `except` or `catch` clause, or `.catch(…)`.

    `exceptions` are dotted type names (`()` for a bare or TypeScript catch); `variable` is the name bound, or `""`.
    `does` holds what the body does, out of `raises`, `logs`, `returns`, `yields`, `calls`, `assigns`, `continues`,
    `comments` and `pretends` where what it returns or answers is an empty list or a zero, as if that had been found
    (TypeScript only); empty for a body that does nothing at all. `attempts` are the dotted callees of what is tried, at
    most 12, and `tries` what its statements do, in the same words, and `settles` where the last of them says how it
    ended in a variable that says something else until then (TypeScript only). `nested` inside another clause or a
    finally. `waits` are those of `attempts` that asynchronous code awaits, None where the code around is synchronous or
    a promise is caught: then it waits for all of them. `refines` where all that is tried is to give a better value to a
    variable that has one. `gives` are the calls in its body that are given what it caught or a part of it, by dotted
    callee, at most 12. `uses` are the places where its body speaks of what it caught, at most 12; empty where it has no
    name for that. `waited` is false for a `.catch(…)` whose promise nobody waits for.
    """

    function: str
    exceptions: tuple[str, ...]
    variable: str
    does: frozenset[str]
    attempts: tuple[str, ...] = ()
    tries: frozenset[str] = frozenset()
    nested: bool = False
    waits: tuple[str, ...] | None = None
    refines: bool = False
    gives: tuple[tuple[str, Location], ...] = ()
    uses: tuple[Location, ...] = ()
    waited: bool = True
