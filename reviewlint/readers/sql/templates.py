"""The text that an EXECUTE runs: constant, or with holes that a loop's variable fills, or not known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...facts import sql
from ...facts.sql import Tree

_SPECIFIER = re.compile(r"%(?:(?P<place>\d+)\$)?(?P<flags>-?\d*)(?P<kind>[sIL%])")


@dataclass(frozen=True, slots=True)
class Template:
    """A text. `open` names what is put into it without being quoted."""

    text: str
    open: tuple[str, ...] = ()


@dataclass(slots=True)
class Holes:
    """The words that stand for a loop's values: (word, field of the row or `""`)."""

    variable: str = ""
    named: list[tuple[str, str]] = field(default_factory=list)

    def word(self, part: str) -> str:
        """A word for the variable, or for one field of it: an identifier that nobody has."""
        known = next((word for word, one in self.named if one == part), None)
        if known is None:
            known = f"zz_{self.variable}_{len(self.named)}_zz"
            self.named.append((known, part))
        return known


class Unwritten(Exception):
    """A text depends on what is only known when it runs; `names` are those parts of it that are not quoted."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def written(tree: Tree, variables: Mapping[str, Template], holes: Sequence[Holes]) -> Template:
    """The text that an expression makes. Raises `Unwritten` where it is not known."""
    match tree:
        case sql.Literal(value=value):
            return Template("" if value is None else str(value))
        case sql.Cast(operand=operand):
            return written(operand, variables, holes)
        case sql.ColumnRef(parts=parts):
            return _variable(parts, variables, holes)
        case sql.Operation(operator="||", operands=operands):
            return _joined([_part(operand, variables, holes) for operand in operands])
        case sql.Invocation(function=sql.Name(name="concat"), arguments=arguments):
            return _joined([_part(argument, variables, holes) for argument in arguments])
        case sql.Invocation(function=sql.Name(name="format"), arguments=(template, *arguments)):
            return _formatted(written(template, variables, holes), arguments, variables, holes)
        case sql.Invocation(function=sql.Name(name="quote_ident"), arguments=(argument,)):
            return _quoted(argument, variables, holes, "{}")
        case sql.Invocation(function=sql.Name(name="quote_literal" | "quote_nullable"), arguments=(argument,)):
            return _quoted(argument, variables, holes, "'{}'")
        case _:
            raise Unwritten((_said(tree),))


def _variable(parts: tuple[str, ...], variables: Mapping[str, Template], holes: Sequence[Holes]) -> Template:
    for one in reversed(holes):
        if parts[0] == one.variable and len(parts) < 3:
            return Template(one.word(parts[1] if len(parts) > 1 else ""), (".".join(parts),))
    if len(parts) == 1 and parts[0] in variables:
        return variables[parts[0]]
    raise Unwritten((".".join(parts),))


def _part(tree: Tree, variables: Mapping[str, Template], holes: Sequence[Holes]) -> Template | Unwritten:
    try:
        return written(tree, variables, holes)
    except Unwritten as unwritten:
        return unwritten


def _joined(parts: list[Template | Unwritten]) -> Template:
    lost = [part for part in parts if isinstance(part, Unwritten)]
    if lost:
        raise Unwritten(tuple(name for part in lost for name in part.names))
    known = [part for part in parts if isinstance(part, Template)]
    return Template("".join(part.text for part in known), tuple(name for part in known for name in part.open))


def _quoted(tree: Tree, variables: Mapping[str, Template], holes: Sequence[Holes], form: str) -> Template:
    """A value that is quoted on its way into the text: it opens nothing, whether it is known or not."""
    try:
        text = written(tree, variables, holes).text
        return Template(sql.quoted(text) if form == "{}" else form.format(text.replace("'", "''")))
    except Unwritten as unwritten:
        raise Unwritten(()) from unwritten


def _formatted(
    template: Template, arguments: Sequence[Tree], variables: Mapping[str, Template], holes: Sequence[Holes]
) -> Template:
    """What `format` makes: `%I` and `%L` quote, `%s` does not."""
    parts: list[Template | Unwritten] = []
    last = number = 0
    for match in _SPECIFIER.finditer(template.text):
        parts.append(Template(template.text[last : match.start()]))
        last = match.end()
        if match["kind"] == "%":
            parts.append(Template("%"))
            continue
        number = int(match["place"]) if match["place"] else number + 1
        if number > len(arguments):
            raise Unwritten(())
        argument = arguments[number - 1]
        if match["kind"] == "s":
            parts.append(_part(argument, variables, holes))
        else:
            try:
                parts.append(_quoted(argument, variables, holes, "'{}'" if match["kind"] == "L" else "{}"))
            except Unwritten as unwritten:
                parts.append(unwritten)
    parts.append(Template(template.text[last:], template.open))
    return _joined(parts)


def _said(tree: Tree) -> str:
    """How the code calls a part that is not known."""
    match tree:
        case sql.Invocation(function=function):
            return f"{function}(…)"
        case sql.Query():
            return "a sub-query"
        case _:
            return sql.canonical(tree)[:60]
