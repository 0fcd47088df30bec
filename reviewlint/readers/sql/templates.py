"""The text that an EXECUTE runs: what is known of it, the values that a loop fills in, and what is put in unquoted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...facts import sql
from ...facts.sql import Tree

_SPECIFIER = re.compile(r"%(?:(?P<place>\d+)\$)?(?P<flags>-?\d*)(?P<kind>[sIL%])")
_HARMLESS = re.compile(
    r"(?:smallint|integer|bigint|int[248]?|oid|uuid|boolean|bool|numeric|real|double precision|date|time|interval|money"
    r"|reg\w+|tid|serial|bigserial)\b",
    re.IGNORECASE,
)
_GAP = "\ufffd"


@dataclass(frozen=True, slots=True)
class Template:
    """A text. `open` names the variables that go into it without being quoted; `known` where nothing is missing."""

    text: str
    open: tuple[str, ...] = ()
    known: bool = True


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


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known where a text is written: variables with their texts, loops, and variables of harmless types."""

    variables: Mapping[str, Template]
    holes: Sequence[Holes]
    harmless: frozenset[str]


def is_harmless(type_: str) -> bool:
    """Whether values of a type, written out, can only be values: numbers, dates, names that quote themselves."""
    return _HARMLESS.match(type_) is not None


def written(tree: Tree, scope: Scope) -> Template:
    """The text that an expression makes, as far as it is known."""
    match tree:
        case sql.Literal(value=value):
            return Template("" if value is None else str(value))
        case sql.Cast(operand=operand, type=type_):
            made = written(operand, scope)
            return Template(made.text, (), made.known) if is_harmless(type_) else made
        case sql.ColumnRef(parts=parts):
            return _variable(parts, scope)
        case sql.Operation(operator="||", operands=operands):
            return _joined([written(operand, scope) for operand in operands])
        case sql.Operation(operator="coalesce" | "case" | "case when", operands=operands):
            made = _joined([written(operand, scope) for operand in operands])
            return Template(_GAP, made.open, known=False)
        case sql.Invocation(function=sql.Name(name="concat" | "concat_ws"), arguments=arguments):
            return _joined([written(argument, scope) for argument in arguments])
        case sql.Invocation(function=sql.Name(name="format"), arguments=(template, *arguments)):
            return _formatted(written(template, scope), arguments, scope)
        case sql.Invocation(function=sql.Name(name="quote_ident"), arguments=(argument,)):
            return _quoted(argument, scope, "{}")
        case sql.Invocation(function=sql.Name(name="quote_literal" | "quote_nullable"), arguments=(argument,)):
            return _quoted(argument, scope, "'{}'")
        case sql.Invocation(
            function=sql.Name(name="lower" | "upper" | "trim" | "btrim" | "replace"), arguments=arguments
        ):
            made = _joined([written(argument, scope) for argument in arguments])
            return Template(_GAP, made.open, known=False)
        case sql.Operation(operator="->>" | "#>>", operands=(first, *_)):
            return Template(_GAP, written(first, scope).open, known=False)
        case _:
            return Template(_GAP, (), known=False)


def _variable(parts: tuple[str, ...], scope: Scope) -> Template:
    name = ".".join(parts)
    for one in reversed(scope.holes):
        if parts[0] == one.variable and len(parts) < 3:
            return Template(one.word(parts[1] if len(parts) > 1 else ""), (name,))
    if len(parts) == 1 and parts[0] in scope.variables:
        return scope.variables[parts[0]]
    return Template(_GAP, () if parts[0] in scope.harmless else (name,), known=False)


def _joined(parts: list[Template]) -> Template:
    return Template(
        "".join(part.text for part in parts),
        tuple(dict.fromkeys(name for part in parts for name in part.open)),
        all(part.known for part in parts),
    )


def _quoted(tree: Tree, scope: Scope, form: str) -> Template:
    """A value that is quoted on its way into the text: it opens nothing, whether it is known or not."""
    made = written(tree, scope)
    text = sql.quoted(made.text) if form == "{}" else form.format(made.text.replace("'", "''"))
    return Template(text, (), made.known)


def _formatted(template: Template, arguments: Sequence[Tree], scope: Scope) -> Template:
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
            parts.append(Template(_GAP, (), known=False))
        elif match["kind"] == "s":
            parts.append(written(arguments[number - 1], scope))
        else:
            parts.append(_quoted(arguments[number - 1], scope, "'{}'" if match["kind"] == "L" else "{}"))
    parts.append(Template(template.text[last:], template.open, template.known))
    return _joined(parts)
