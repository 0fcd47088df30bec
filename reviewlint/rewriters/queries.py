"""Fixes of queries: values that stand in the text of a query become its parameters, placeholders lose their quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from ..facts.data import Query
from ..facts.location import Location
from ..finding import Edit, Fix
from .assignments import Assigned, assigned
from .texts import piece

_VALUE = re.compile(
    r"(?:[=<>]|\b(?:like|ilike|and|or|between|limit|offset|when|then|else|in|any|all)\b\s*\(?|\bvalues\s*\(|\bvalues\b.*,"
    r"|\bin\s*\([^)]*,|\|\||[+*/-])\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""What stands in front of a value; names of tables and columns, and pieces of SQL, cannot be bound."""
_CONVERSION = re.compile(r"%(?:(?P<escaped>%)|s)")
_PLACEHOLDERS = {
    "%s": re.compile(r"'(%s|%\(\w+\)s)'"),
    "?": re.compile(r"'(\?)'"),
    "$1": re.compile(r"'(\$\d+)'"),
    ":name": re.compile(r"'(:[A-Za-z_]\w*)'"),
}
_LITERALS = re.compile(r"""(?P<quote>\"{3}|'{3}|["'`])(?:\\.|(?!(?P=quote)).)*(?P=quote)""", re.DOTALL)
"""String literals of Python and TypeScript alike."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_STYLES = frozenset({"%s", "?", "$1", ":name"})


@dataclass(frozen=True, slots=True)
class _Hole:
    code: str


_Part = str | _Hole
"""A piece of a text: what the literal's source says, or a value's source."""


_EXECUTING = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars"})
"""Methods of SQLAlchemy that take the values beside the statement."""
_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


@dataclass(frozen=True, slots=True)
class _Built:
    """A text taken apart. `prefix` and `quote` are those of its literal."""

    parts: tuple[_Part, ...]
    prefix: str
    quote: str


def bind_values(query: Query, text: str) -> Fix | None:
    """The query's call with the values of its text as parameters in the driver's own style, after the existing ones.

    `text` is the whole file. None where something else than a value is spliced in, or where the text is built neither
    in the call itself nor in the one assignment of a variable that nothing else reads. Never safe: the driver converts
    what was text before.
    """
    if query.paramstyle not in _STYLES:
        return None
    try:
        call = cst.parse_expression(piece(text, query.at))
    except Exception:
        return None
    if not isinstance(call, cst.Call) or not call.args or any(arg.star for arg in call.args) or call.args[0].keyword:
        return None
    first = call.args[0]
    variable = _variable(first.value, query, text)
    made = first.value if variable is None else variable.node.value
    if isinstance(made, cst.Name) or (variable is not None and isinstance(first.value, cst.Call)):
        return None
    wrapped = made if _is_text_call(made) else None
    inner = wrapped.args[0].value if isinstance(wrapped, cst.Call) else made
    built = _taken_apart(inner)
    if built is None or not any(isinstance(part, _Hole) for part in built.parts):
        return None
    had = _given(query, call.args[1:])
    if had is None or (variable is not None and _mentions(built, variable.changed)):
        return None
    bound = _bound(built, query.paramstyle, had)
    if bound is None:
        return None
    literal, parameters = bound
    new: cst.BaseExpression = cst.parse_expression(literal)
    if isinstance(wrapped, cst.Call):
        new = wrapped.with_changes(args=[wrapped.args[0].with_changes(value=new), *wrapped.args[1:]])
    sql = first.with_changes(value=new if variable is None else first.value, comma=cst.MaybeSentinel.DEFAULT)
    bound_call = _with_parameters(call, sql, query, parameters)
    if bound_call is None:
        return None
    edits = [Edit(query.at, _code(bound_call))]
    if variable is not None:
        edits.insert(0, Edit(variable.at, _code(variable.node.with_changes(value=new))))
    return Fix(False, tuple(edits))


def _variable(given: cst.BaseExpression, query: Query, text: str) -> Assigned | None:
    """Where the text was put into the variable that the call is given, None where it is given none."""
    return assigned(given.value, query.at, text) if isinstance(given, cst.Name) else None


def _mentions(built: _Built, names: frozenset[str]) -> bool:
    """Whether the values of a text have one of the names in them."""
    return any(names & set(_WORD.findall(part.code)) for part in built.parts if isinstance(part, _Hole))


def unquote_placeholders(query: Query, text: str) -> Fix | None:
    """The query's call without the quotes around its placeholders; Python, TypeScript and JavaScript.

    `text` is the whole file. None where the SQL is written neither in the call nor in the one assignment of a variable
    that nothing else reads, or stands in single quotes itself.
    """
    pattern = _PLACEHOLDERS.get(query.paramstyle)
    if pattern is None:
        return None
    at = _written_at(query, text)
    source = piece(text, at)
    changed, end = "", 0
    for literal in _LITERALS.finditer(source):
        quote = literal["quote"]
        inside = literal[0] if quote[0] == "'" and len(quote) == 1 else pattern.sub(r"\1", literal[0])
        changed += source[end : literal.start()] + inside
        end = literal.end()
    changed += source[end:]
    return Fix(True, (Edit(at, changed),)) if changed != source else None


def _written_at(query: Query, text: str) -> Location:
    """Where the SQL of a query stands: in its call, or in the assignment of the variable that the call is given."""
    if query.at.path.endswith((".py", ".pyi")):
        try:
            call = cst.parse_expression(piece(text, query.at))
        except Exception:
            return query.at
        if isinstance(call, cst.Call) and call.args and (found := _variable(call.args[0].value, query, text)):
            return found.at
    return query.at


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _is_text_call(node: cst.BaseExpression) -> bool:
    """Whether this is SQLAlchemy's `text(…)` around the SQL."""
    return isinstance(node, cst.Call) and len(node.args) == 1 and _code(node.func).rpartition(".")[2] == "text"


def _taken_apart(node: cst.BaseExpression) -> _Built | None:
    """The pieces of an f-string, a `%`, a `.format()`, a `+` or literals side by side; None for everything else."""
    match node:
        case cst.SimpleString() if "b" not in node.prefix.lower():
            return _Built((node.raw_value,), node.prefix, node.quote)
        case cst.FormattedString():
            return _of_f_string(node)
        case cst.ConcatenatedString(left=left, right=right):
            return _joined([_taken_apart(left), _taken_apart(right)])
        case cst.BinaryOperation(operator=cst.Add(), left=left, right=right):
            sides = [_taken_apart(side) for side in (left, right)]
            literal = next((side for side in sides if side is not None), None)
            if literal is None:
                return None
            made = [
                built or _Built((_Hole(_code(side)),), literal.prefix, literal.quote)
                for built, side in zip(sides, (left, right), strict=True)
            ]
            return _joined(made)
        case cst.BinaryOperation(operator=cst.Modulo(), left=left, right=right):
            return _of_percent(_taken_apart(left), right)
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name("format")), args=args):
            return _of_format(_taken_apart(value), args)
    return None


def _of_f_string(node: cst.FormattedString) -> _Built | None:
    prefix = node.prefix.lower().replace("f", "")
    parts: list[_Part] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            parts.append(part.value.replace("{{", "{").replace("}}", "}"))
        elif isinstance(part, cst.FormattedStringExpression) and not (
            part.conversion or part.format_spec or part.equal
        ):
            parts.append(_Hole(_code(part.expression)))
        else:
            return None
    return _Built(tuple(parts), prefix, node.quote)


def _of_percent(built: _Built | None, values: cst.BaseExpression) -> _Built | None:
    if built is None or any(isinstance(part, _Hole) for part in built.parts):
        return None
    holes = [_code(one.value) for one in values.elements] if isinstance(values, cst.Tuple) else [_code(values)]
    parts: list[_Part] = []
    source, end = "".join(part for part in built.parts if isinstance(part, str)), 0
    for found in _CONVERSION.finditer(source):
        parts.append(source[end : found.start()])
        end = found.end()
        if found["escaped"]:
            parts.append("%")
        elif holes:
            parts.append(_Hole(holes.pop(0)))
        else:
            return None
    parts.append(source[end:])
    if holes or any(isinstance(part, str) and part != "%" and "%" in part for part in parts):
        return None
    return _Built(tuple(parts), built.prefix, built.quote)


def _of_format(built: _Built | None, args: Sequence[cst.Arg]) -> _Built | None:
    if (
        built is None
        or any(isinstance(part, _Hole) for part in built.parts)
        or any(arg.keyword or arg.star for arg in args)
    ):
        return None
    source = "".join(part for part in built.parts if isinstance(part, str))
    pieces = source.replace("{{", "\0").replace("}}", "\1").split("{}")
    if len(pieces) != len(args) + 1 or any({"{", "}"} & set(piece) for piece in pieces):
        return None
    texts = [piece.replace("\0", "{").replace("\1", "}") for piece in pieces]
    parts: list[_Part] = [texts[0]]
    for text, arg in zip(texts[1:], args, strict=True):
        parts += [_Hole(_code(arg.value)), text]
    return _Built(tuple(parts), built.prefix, built.quote)


def _joined(several: Sequence[_Built | None]) -> _Built | None:
    """Texts side by side as one, where they are quoted alike."""
    if any(one is None for one in several):
        return None
    known = [one for one in several if one is not None]
    if len({(one.prefix, one.quote) for one in known}) != 1:
        return None
    return _Built(tuple(part for one in known for part in one.parts), known[0].prefix, known[0].quote)


def _given(query: Query, rest: Sequence[cst.Arg]) -> list[tuple[str, str]] | None:
    """The values that the call binds already, each with its name or `""`; None where they cannot be told."""
    if not rest:
        return []
    if query.driver == "asyncpg":
        return [("", _code(arg.value)) for arg in rest] if not any(arg.keyword for arg in rest) else None
    if len(rest) != 1 or rest[0].keyword is not None:
        return None
    match rest[0].value:
        case cst.Tuple(elements=elements) | cst.List(elements=elements) if query.paramstyle != ":name":
            if any(not isinstance(element, cst.Element) for element in elements):
                return None
            return [("", _code(element.value)) for element in elements]
        case cst.Dict(elements=pairs) if query.paramstyle == ":name":
            known = [pair for pair in pairs if isinstance(pair, cst.DictElement)]
            names = [pair.key.raw_value for pair in known if isinstance(pair.key, cst.SimpleString)]
            if len(names) != len(pairs):
                return None
            return [(name, _code(pair.value)) for name, pair in zip(names, known, strict=True)]
    return None


def _bound(built: _Built, style: str, had: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]] | None:
    """The literal with placeholders, and all values in order."""
    written, parts = "", list(built.parts)
    values = list(had) if style in ("$1", ":name") else []
    waiting = [] if style in ("$1", ":name") else list(had)
    mark = re.escape(style)
    while parts:
        part = parts.pop(0)
        if isinstance(part, str):
            part = part.replace("%", "%%") if style == "%s" and not had else part
            if waiting:
                count = len(re.findall(mark, part))
                values += waiting[:count]
                waiting = waiting[count:]
            written += part
            continue
        code, quoted = part.code, re.search(r"'([^']*)$", written) if written.count("'") % 2 else None
        if quoted is not None:
            before = quoted[1]
            after, closed, more = parts[0].partition("'") if parts and isinstance(parts[0], str) else ("", "", "")
            if not closed:
                return None
            written, parts[0] = written[: quoted.start()], more
            if style == "%s":
                before, after = quoted[1].replace("%%", "%"), after.replace("%%", "%")
            code = _wrapped(code, before, after) or ""
        elif not _VALUE.search(written):
            return None
        if not code:
            return None
        name = _free_name(part.code, {name for name, _ in values})
        values.append((name if style == ":name" else "", code))
        written += {"$1": f"${len(values)}", ":name": f":{name}"}.get(style, style)
    quote = built.quote
    return (f"{built.prefix}{quote}{written}{quote}", values) if not waiting else None


def _wrapped(code: str, before: str, after: str) -> str | None:
    """The value with the text around it inside the quotes, such as the `%` of a LIKE."""
    if not before and not after:
        return code
    quote = next((quote for quote in "\"'" if quote not in code + before + after), None)
    if quote is None or "\\" in code + before + after or "\n" in code or {"{", "}"} & set(code + before + after):
        return None
    return f"f{quote}{before}{{{code}}}{after}{quote}"


def _free_name(code: str, taken: set[str]) -> str:
    words = re.findall(r"[A-Za-z_]\w*", code)
    name = words[-1].lower() if words else "value"
    return next(one for one in (name, *(f"{name}_{number}" for number in range(2, 100))) if one not in taken)


def _with_parameters(call: cst.Call, sql: cst.Arg, query: Query, values: list[tuple[str, str]]) -> cst.Call | None:
    """The call with the SQL and the values, where it takes any; the `text(…)` of SQLAlchemy takes them by a method."""
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else _code(call.func)
    if query.driver == "sqlalchemy" and name == "text":
        given = [cst.Arg(cst.parse_expression(code), keyword=cst.Name(key), equal=_EQUAL) for key, code in values]
        return cst.Call(cst.Attribute(call.with_changes(args=[sql]), cst.Name("bindparams")), given)
    if query.driver == "sqlalchemy" and name not in _EXECUTING:
        return None
    parameters = _parameters(query, values)
    if query.driver == "duckdb" and name in ("sql", "query"):
        parameters = [one.with_changes(keyword=cst.Name("params"), equal=_EQUAL) for one in parameters]
    return call.with_changes(args=[sql, *parameters])


def _parameters(query: Query, values: list[tuple[str, str]]) -> list[cst.Arg]:
    """The arguments that hand the values over."""
    if query.driver == "asyncpg":
        codes = [code for _, code in values]
    elif query.paramstyle == ":name":
        codes = ["{" + ", ".join(f'"{name}": {code}' for name, code in values) + "}"]
    else:
        listed = ", ".join(code for _, code in values)
        codes = [f"({listed},)" if len(values) == 1 else f"({listed})"]
    return [cst.Arg(cst.parse_expression(code)) for code in codes]
