"""Fixes in Python source, on the one expression that a fact points at, so that nothing else of the file changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import Formatter

import libcst as cst

from ..facts.logs import LogCall
from ..finding import Edit, Fix
from .texts import piece

_RESERVED = {
    "structlog": frozenset({"event", "level", "timestamp", "logger", "exc_info", "stack_info", "stacklevel", "self"}),
    "loguru": frozenset({"message", "record", "level", "time", "exception", "self"}),
}
"""Field names that the libraries use themselves."""
_NUMBERED = re.compile(r"\.?\d*[dfeEgGxX]$|\d+d$")
"""Format specifiers that mean the same after `%` as after `:`."""
_PERCENT = re.compile(r"%(?:\((?P<key>[^)]*)\))?(?P<rest>[#0\- +]*(?:\d+)?(?:\.\d+)?)(?P<type>[diouxXeEfFgGcrsa%])")
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Hole:
    """A value in a message: its expression, `!r` or `!a` as `conversion`, and the format specifier."""

    expression: cst.BaseExpression
    conversion: str = ""
    spec: str = ""


@dataclass(slots=True)
class _Message:
    """A message taken apart: its literals with the holes in between.

    `pieces` are literals as written, each a list of texts (escapes kept) and holes, with the quotes around them.
    `kept` is False where the fixed line might not read as the old one did.
    """

    pieces: list[tuple[str, str, list["str | _Hole"]]] = field(default_factory=list)
    gaps: list[cst.BaseParenthesizableWhitespace] = field(default_factory=list)
    kept: bool = True

    @property
    def holes(self) -> list[_Hole]:
        return [part for _, _, parts in self.pieces for part in parts if isinstance(part, _Hole)]


def structured_log(call: LogCall, text: str) -> Fix | None:
    """The log call with the values of its message beside it.

    `text` is the whole file. Arguments for the standard library (`"order %s", order.id`), fields for structlog and
    loguru. None where the call cannot be rewritten with certainty, or its library is not known. Only the standard
    library's and loguru's lines read as before, so structlog's fix is not safe.
    """
    source = piece(text, call.at)
    try:
        node = cst.parse_expression(source)
    except cst.ParserSyntaxError:
        return None
    if not isinstance(node, cst.Call) or call.library not in ("logging", "structlog", "loguru"):
        return None
    index = 1 if call.call.rpartition(".")[2] in ("log", "alog") else 0
    before, after = node.args[: index + 1], node.args[index + 1 :]
    if len(before) <= index or any(arg.star or arg.keyword for arg in before):
        return None
    if any(arg.star or arg.keyword is None for arg in after):
        return None
    message = _taken_apart(before[index].value)
    if message is None or not message.holes:
        return None
    taken = {arg.keyword.value for arg in after if arg.keyword is not None}
    written = _written(message, call.library, taken)
    if written is None:
        return None
    literal, given = written
    args = [*before[:index], before[index].with_changes(value=literal, comma=cst.MaybeSentinel.DEFAULT), *given, *after]
    fixed = node.with_changes(args=_separated(args, node))
    safe = message.kept and call.library != "structlog"
    return Fix(safe, (Edit(call.at, cst.Module([]).code_for_node(fixed)),))


def _separated(args: Sequence[cst.Arg], node: cst.Call) -> list[cst.Arg]:
    """The arguments with commas between them; one a line where the call has them so."""
    last = node.args[-1]
    between: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if isinstance(node.whitespace_before_args, cst.ParenthesizedWhitespace):
        between = node.whitespace_before_args
    separated = [arg.with_changes(comma=cst.Comma(whitespace_after=between)) for arg in args[:-1]]
    ended = args[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    return [arg.with_changes(whitespace_after_arg=cst.SimpleWhitespace("")) for arg in separated] + [ended]


# Taking messages apart


def _taken_apart(node: cst.BaseExpression) -> _Message | None:
    """The message, or None where it is not one of the forms whose meaning is certain."""
    message = _Message()
    if isinstance(node, cst.FormattedString | cst.ConcatenatedString):
        return message if _literals(node, message) else None
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        return _of_percent(node)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return _of_sum(node)
    if isinstance(node, cst.Call):
        return _of_format(node)
    return None


def _literals(node: cst.BaseExpression, message: _Message) -> bool:
    """Add a literal, or several side by side; False where one cannot be added."""
    match node:
        case cst.SimpleString():
            prefix = node.prefix.lower()
            if "b" in prefix or "u" in prefix:
                return False
            message.pieces.append((prefix + node.quote, node.quote, [node.raw_value]))
            return True
        case cst.FormattedString(start=start, end=end, parts=parts):
            found: list[str | _Hole] = []
            for part in parts:
                if isinstance(part, cst.FormattedStringText):
                    found.append(part.value.replace("{{", "{").replace("}}", "}"))
                    continue
                hole = _hole(part)
                if hole is None:
                    return False
                found += hole
            message.pieces.append((re.sub("[fF]", "", start), end, found))
            return True
        case cst.ConcatenatedString(left=left, right=right, whitespace_between=gap):
            if not _literals(left, message):
                return False
            message.gaps.append(gap)
            return _literals(right, message)
    return False


def _hole(part: cst.BaseFormattedStringContent) -> "list[str | _Hole] | None":
    if not isinstance(part, cst.FormattedStringExpression):
        return None
    spec = ""
    for inner in part.format_spec or ():
        if not isinstance(inner, cst.FormattedStringText):
            return None
        spec += inner.value
    if part.equal is not None:
        name = cst.Module([]).code_for_node(part.expression)
        return [f"{name}=", _Hole(part.expression, part.conversion or ("" if spec else "r"), spec)]
    return [_Hole(part.expression, part.conversion or "", spec)]


def _of_percent(node: cst.BinaryOperation) -> _Message | None:
    """`"… %s" % (a, b)`; with one value that is no tuple, whether it is one cannot be seen."""
    template = _Message()
    if not _literals(node.left, template) or template.holes:
        return None
    if isinstance(node.right, cst.Tuple):
        values = [element.value for element in node.right.elements if isinstance(element, cst.Element)]
        if len(values) != len(node.right.elements):
            return None
    else:
        values = [node.right]
    if isinstance(node.right, cst.Dict | cst.DictComp):
        return None
    message = _Message(gaps=template.gaps, kept=isinstance(node.right, cst.Tuple | cst.Call | cst.BaseString))
    remaining = list(values)
    for start, end, [raw] in template.pieces:
        parts: list[str | _Hole] = []
        position = 0
        assert isinstance(raw, str)
        for found in _PERCENT.finditer(raw):
            parts.append(raw[position : found.start()])
            position = found.end()
            if found["type"] == "%":
                parts.append("%")
            elif found["key"] is not None or not remaining:
                return None
            else:
                kind = found["type"]
                spec = found["rest"] + (kind if kind not in "rsa" else "")
                parts.append(_Hole(remaining.pop(0), kind if kind in "ra" else "", spec))
        if "%" in raw[position:]:
            return None
        parts.append(raw[position:])
        message.pieces.append((start, end, parts))
    return None if remaining else message


def _of_format(node: cst.Call) -> _Message | None:
    """`"… {}".format(a, b)`."""
    template = _Message()
    if not isinstance(node.func, cst.Attribute) or node.func.attr.value != "format" or any(a.star for a in node.args):
        return None
    if not _literals(node.func.value, template) or template.holes:
        return None
    values = {arg.keyword.value if arg.keyword else str(number): arg.value for number, arg in enumerate(node.args)}
    unused = set(values)
    message = _Message(gaps=template.gaps)
    automatic = 0
    for start, end, [raw] in template.pieces:
        assert isinstance(raw, str)
        parts: list[str | _Hole] = []
        if "\\N{" in raw:
            return None
        try:
            fields = list(Formatter().parse(raw))
        except ValueError:
            return None
        for literal, name, spec, conversion in fields:
            parts.append(literal)
            if name is None:
                continue
            if not name:
                name, automatic = str(automatic), automatic + 1
            if name not in values or "{" in (spec or ""):
                return None
            unused.discard(name)
            parts.append(_Hole(values[name], conversion or "", spec or ""))
        message.pieces.append((start, end, parts))
    return None if unused else message


def _of_sum(node: cst.BaseExpression) -> _Message | None:
    """`"…" + a + "…"`: strings are joined into one literal."""
    operands: list[cst.BaseExpression] = []
    while isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add) and not node.lpar:
        operands.insert(0, node.right)
        node = node.left
    operands.insert(0, node)
    parts: list[str | _Hole] = []
    quotes: set[tuple[str, str]] = set()
    for operand in operands:
        inner = _Message()
        if _literals(operand, inner):
            quotes.update((start, end) for start, end, _ in inner.pieces)
            parts += [part for _, _, piece in inner.pieces for part in piece]
        elif (called := _of_str(operand)) is not None:
            parts.append(_Hole(called))
        else:
            parts.append(_Hole(operand))
    if len(quotes) != 1:
        return None
    [(start, end)] = quotes
    return _Message([(start, end, parts)])


def _of_str(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`x` of `str(x)`."""
    match node:
        case cst.Call(func=cst.Name(value="str"), args=[cst.Arg(value=value, keyword=None, star="")]):
            return value
    return None


# Writing them again


def _written(message: _Message, library: str, taken: set[str]) -> tuple[cst.BaseExpression, list[cst.Arg]] | None:
    """The message's literal and the arguments that carry its values."""
    names: dict[int, str] = {}
    given: list[cst.Arg] = []
    known: dict[str, str] = {}
    for hole in message.holes:
        code = cst.Module([]).code_for_node(hole.expression)
        if library == "logging":
            if hole.spec and (hole.conversion or not _NUMBERED.fullmatch(hole.spec)):
                return None
            given.append(cst.Arg(hole.expression))
            continue
        name = known.get(code) or _field_name(hole.expression, taken | _RESERVED[library])
        if code not in known:
            known[code] = name
            taken = taken | {name}
            given.append(
                cst.Arg(
                    hole.expression,
                    cst.Name(name),
                    equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
                )
            )
        names[id(hole)] = name
    literals = [_literal(start, end, parts, library, names) for start, end, parts in message.pieces]
    if any(literal is None for literal in literals):
        return None
    if library == "structlog":
        return _event(message), given
    whole: cst.BaseExpression = _string(literals[-1] or "")
    for literal, gap in zip(reversed(literals[:-1]), reversed(message.gaps), strict=True):
        whole = cst.ConcatenatedString(_string(literal or ""), whole, whitespace_between=gap)  # type: ignore[arg-type]
    return whole, given


def _literal(start: str, end: str, parts: "Sequence[str | _Hole]", library: str, names: dict[int, str]) -> str | None:
    written = ""
    for part in parts:
        if isinstance(part, str):
            if library == "logging":
                written += part.replace("%", "%%")
            else:
                written += part.replace("{", "{{").replace("}", "}}")
        elif library == "logging":
            written += f"%{part.spec}" if part.spec else f"%{part.conversion if part.conversion in ('r', 'a') else 's'}"
        else:
            conversion = f"!{part.conversion}" if part.conversion else ""
            written += "{" + names[id(part)] + conversion + (f":{part.spec}" if part.spec else "") + "}"
    return start + written + end


def _string(source: str) -> cst.SimpleString:
    return cst.SimpleString(source)


def _event(message: _Message) -> cst.SimpleString:
    """What is left of the message without its values."""
    start, end, _ = message.pieces[0]
    text = "\0".join(
        "".join(part if isinstance(part, str) else "\0" for part in parts) for _, _, parts in message.pieces
    )
    text = re.sub(r"\s*[:=,(\[\-–—'\"]*\s*\0[)\]'\"]*", " ", text.replace("\0\0", "\0"))
    return cst.SimpleString(start + " ".join(text.split()) + end)


def _field_name(expression: cst.BaseExpression, taken: "set[str] | frozenset[str]") -> str:
    """`order.id` → `order_id`; numbered where another field has the name."""
    code = re.sub(r"\([^()]*\)|\[[^\]]*\]", "", cst.Module([]).code_for_node(expression))
    words = [word for part in code.split(".")[-2:] for word in re.findall(r"[A-Za-z][a-z0-9]*|[A-Z]+", part)]
    words = [word.lower() for word in words if word not in ("self", "get", "str")][-_MOST_WORDS:]
    name = "_".join(words) or "value"
    number = 2
    while name in taken or not name.isidentifier():
        name, number = f"{'_'.join(words) or 'value'}_{number}", number + 1
    return name
