"""What an expression can be, as far as its own file tells: the small algebra on which rules argue.

A reader evaluates the expressions that matter (the text of a query, the body of a response, the
message of a log line, the key of a client) into these values. Local variables, branches and augmented
assignments of the same function are already followed; what only another file knows stays a
`Reference`, which `Project.resolve` follows later. `Unknown` is a value: a rule never argues from it.
"""

from collections.abc import Iterator
from typing import TypeAlias

from .frozen import dataclass
from .location import Location


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: string, number, boolean, or None (`None`, `null`, `undefined`)."""

    at: Location
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Text:
    """A string put together from parts, at least one of which is not constant.

    `how` names the construct as its language's users do: `f-string`, `%`, `.format()`, `+`, `join`,
    `template literal`, `+=`, `replace`. Neighbouring constant parts are one `Constant`.
    """

    at: Location
    parts: tuple["Value", ...]
    how: str


@dataclass(frozen=True, slots=True)
class Record:
    """A dict or object literal, or keyword arguments. `open` where a spread or computed key may add more."""

    at: Location
    entries: tuple[tuple[str, "Value"], ...]
    open: bool = False

    def get(self, key: str) -> "Value | None":
        """The value under `key`, or None where the literal does not name it (see `open`)."""
        return next((value for name, value in reversed(self.entries) if name == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the order written."""
        return tuple(name for name, _ in self.entries)


@dataclass(frozen=True, slots=True)
class Items:
    """A list, tuple, set or array literal. `open` where a spread may add more."""

    at: Location
    items: tuple["Value", ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A call or constructor, `new` dropped. `callee` is dotted and resolved through the file's imports.

    `sqlalchemy.text`, `fastapi.HTTPException`, `@supabase/supabase-js.createClient`, `./errors.apiError`
    (TypeScript module specifiers stand as written before the last dot). A method of a local object has
    the object's source: `cursor.execute`, `req.json`. `receiver` is the object's value where it has one.
    In Python a spread stands among the keywords as `*` or `**`.
    """

    at: Location
    callee: str
    arguments: tuple["Value", ...] = ()
    keywords: tuple[tuple[str, "Value"], ...] = ()
    receiver: "Value | None" = None

    def keyword(self, name: str) -> "Value | None":
        """The value of keyword argument `name`, or None."""
        return next((value for key, value in self.keywords if key == name), None)

    @property
    def name(self) -> str:
        """The last part of the callee."""
        return self.callee.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name or attribute that this file does not define to the end, dotted, resolved through imports.

    `app.config.settings.DATABASE_URL`, `./tables.USERS`, `self.table`, `item.id`. In Python `rows[]` is an element of
    `rows`, `load()` what it gives back: `load()[].name`. A name that was tested against a collection is its element.
    """

    at: Location
    name: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the enclosing function. `annotation` is its declared type's source, or `""`.

    `path` is what is taken from it: `""` for the parameter itself, `.query.id` for `req.query.id`. A parameter that is
    taken apart where it is declared (`({ id }) => …`) is called by its position, `{0}`, with `.id` as path. `injected`
    is whether a framework makes it and no request holds it (FastAPI's `Depends`, as default or in the type).
    """

    at: Location
    name: str
    function: str
    annotation: str = ""
    path: str = ""
    injected: bool = False


@dataclass(frozen=True, slots=True)
class Environment:
    """A read of an environment variable. `default` is the fallback written beside it, or None."""

    at: Location
    name: str
    default: "Value | None" = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values: a conditional expression, or a variable assigned on several branches.

    `test` is what a conditional expression decides by, as written; `""` for a fallback (`a || b`) and for branches.
    """

    at: Location
    options: tuple["Value", ...]
    test: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expression nobody followed; `source` is its text on one line, at most 80 characters."""

    at: Location
    source: str


Value: TypeAlias = Constant | Text | Record | Items | Call | Reference | Parameter | Environment | Choice | Unknown


def constant_text(value: "Value | None") -> str | None:
    """The string, where `value` is a constant string, else None."""
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def options(value: Value) -> Iterator[Value]:
    """Every value that `value` may be, choices taken apart."""
    if isinstance(value, Choice):
        for option in value.options:
            yield from options(option)
    else:
        yield value


def holes(value: Value) -> Iterator[Value]:
    """The parts of a text that are not constant, in order; a value that is no text is its own hole."""
    match value:
        case Constant():
            return
        case Text(parts=parts):
            for part in parts:
                yield from holes(part)
        case Choice(options=several):
            for option in several:
                yield from holes(option)
        case _:
            yield value


def rendered(value: Value, hole: str = "{}") -> str:
    """The text of `value` with `hole` in place of what is not constant; a choice shows its first option."""
    match value:
        case Constant(value=constant):
            return str(constant)
        case Text(parts=parts):
            return "".join(rendered(part, hole) for part in parts)
        case Choice(options=several):
            return rendered(several[0], hole)
        case _:
            return hole


def named(value: Value) -> str:
    """How the code calls `value`: the name a reader of the finding will recognise."""
    match value:
        case Constant(value=constant):
            return repr(constant)
        case Reference(name=name):
            return name.rpartition("/")[2] if "/" in name else name
        case Parameter(name=name, path=path):
            return path.removeprefix(".") or "the parameter" if name.startswith("{") else name + path
        case Environment(name=name):
            return name
        case Call(callee=callee):
            return f"{callee.rpartition('/')[2]}(…)"
        case Unknown(source=source):
            return source
        case Text(how=how):
            return f"text built by {how}"
        case Choice(options=several):
            return " or ".join(dict.fromkeys(named(option) for option in several))
        case _:
            return "a literal"
