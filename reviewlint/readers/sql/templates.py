"""The text that an EXECUTE runs: what is known of it, the values that a loop fills in, and what is put in unquoted."""

import re
import zlib
from collections.abc import Mapping, Sequence

from ...facts import sql
from ...facts.frozen import dataclass
from ...facts.sql import Tree

_SPECIFIER = re.compile(r"%(?:(?P<place>\d+)\$)?(?P<flags>-?\d*)(?P<kind>[sIL%])")
_HARMLESS = re.compile(
    r"(?:smallint|integer|bigint|int[248]?|oid|uuid|boolean|bool|numeric|real|double precision|date|time|interval|money"
    r"|reg\w+|tid|serial|bigserial)\b",
    re.IGNORECASE,
)
_GAP = "\ufffd"
SPLIT, WHOLE = "zz_", "zq_"
"""How words begin that stand for values: a name as written, dots and quotes included, and one that was quoted."""
_PASSING = frozenset(
    "lower upper replace trim btrim ltrim rtrim left right substring substr split_part regexp_replace".split()
)
"""Functions whose results hold what their arguments hold."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text. `open` names the variables that go into it without being quoted.

    `holes` are the words in it that stand for what only the database knows, with the expressions of their values.
    """

    text: str
    open: tuple[str, ...] = ()
    holes: tuple[tuple[str, Tree], ...] = ()


def is_harmless(type_: str) -> bool:
    """Whether values of a type, written out, can only be values: numbers, dates, names that quote themselves."""
    return _HARMLESS.match(type_) is not None


def expanded(tree: Tree, variables: Mapping[str, Tree]) -> Tree:
    """An expression with the values of variables in their places."""
    match tree:
        case sql.ColumnRef(parts=(name,)) if name in variables:
            return variables[name]
        case sql.Invocation():
            return tree._replace(arguments=tuple(expanded(one, variables) for one in tree.arguments))
        case sql.Operation():
            return tree._replace(operands=tuple(expanded(one, variables) for one in tree.operands))
        case sql.Cast():
            return tree._replace(operand=expanded(tree.operand, variables))
        case _:
            return tree


def written(tree: Tree, harmless: frozenset[str]) -> Template:
    """The text that an expression makes. `harmless` are the variables that can only hold values."""
    match tree:
        case sql.Literal(value=value):
            return Template("" if value is None else str(value))
        case sql.Cast(operand=operand, type=type_) if type_ in {"text", "name", "character varying"}:
            return written(operand, harmless)
        case sql.Operation(operator="||", operands=operands):
            return _joined([written(operand, harmless) for operand in operands])
        case sql.Invocation(function=sql.Name(name="concat"), arguments=arguments):
            return _joined([written(argument, harmless) for argument in arguments])
        case sql.Invocation(function=sql.Name(name="format"), arguments=(template, *arguments)):
            return _formatted(written(template, harmless), arguments, harmless)
        case sql.Invocation(function=sql.Name(name="quote_ident"), arguments=(argument,)):
            return _quoted(argument, harmless, "{}")
        case sql.Invocation(function=sql.Name(name="quote_literal" | "quote_nullable"), arguments=(argument,)):
            return _quoted(argument, harmless, "'{}'")
        case _:
            return _hole(tree, _opened(tree, harmless))


def _opened(tree: Tree, harmless: frozenset[str]) -> tuple[str, ...]:
    """The variables whose text a value carries along unquoted."""
    match tree:
        case sql.Cast(type=type_) if is_harmless(type_):
            return ()
        case sql.ColumnRef(parts=parts):
            return () if parts[0] in harmless else (".".join(parts),)
        case sql.Cast(operand=operand):
            return _opened(operand, harmless)
        case sql.Operation(operator="->>" | "#>>" | "indirection", operands=(first, *_)):
            return _opened(first, harmless)
        case sql.Operation(operator="coalesce" | "case" | "case when" | "||", operands=inside):
            return tuple(dict.fromkeys(name for one in inside for name in _opened(one, harmless)))
        case sql.Invocation(function=function, arguments=inside) if function.name in _PASSING:
            return tuple(dict.fromkeys(name for one in inside for name in _opened(one, harmless)))
        case _:
            return ()


def _hole(tree: Tree, opened: tuple[str, ...]) -> Template:
    """A word for a value: an identifier that nobody has, the same for the same expression."""
    word = f"{SPLIT}{zlib.crc32(sql.canonical(tree).encode('utf-8', 'replace')):08x}_zz"
    return Template(word, opened, ((word, tree),))


def _joined(parts: list[Template]) -> Template:
    return Template(
        "".join(part.text for part in parts),
        tuple(dict.fromkeys(name for part in parts for name in part.open)),
        tuple(dict.fromkeys(hole for part in parts for hole in part.holes)),
    )


def _quoted(tree: Tree, harmless: frozenset[str], form: str) -> Template:
    """A value that is quoted on its way into the text: it opens nothing, whether it is known or not."""
    made = written(tree, harmless)
    if form != "{}":
        return Template(form.format(made.text.replace("'", "''")), (), made.holes)
    text, holes = sql.quoted(made.text), []
    for word, value in made.holes:
        whole = word.replace(SPLIT, WHOLE, 1)
        text = text.replace(word, whole)
        holes.append((whole, value))
    return Template(text, (), tuple(holes))


def _formatted(template: Template, arguments: Sequence[Tree], harmless: frozenset[str]) -> Template:
    """What `format` makes: `%I` and `%L` quote, `%s` does not."""
    parts: list[Template] = []
    last = number = 0
    for match in _SPECIFIER.finditer(template.text):
        parts.append(Template(template.text[last : match.start()]))
        last = match.end()
        if match["kind"] == "%":
            parts.append(Template("%"))
            continue
        number = int(match["place"]) if match["place"] else number + 1
        if number > len(arguments):
            parts.append(Template(_GAP))
        elif match["kind"] == "s":
            parts.append(written(arguments[number - 1], harmless))
        else:
            parts.append(_quoted(arguments[number - 1], harmless, "'{}'" if match["kind"] == "L" else "{}"))
    parts.append(Template(template.text[last:], template.open, template.holes))
    return _joined(parts)
