"""Expressions, queries, types and names: PostgreSQL's tree into the algebra of `facts.sql`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...facts.location import Location
from ...facts.sql import (
    Cast,
    ColumnRef,
    Expression,
    Invocation,
    Literal,
    Name,
    Operation,
    Query,
    Relation,
    Tree,
    quoted,
)
from .lexer import Text, closing, tokens
from .postgres import Node

_WORD = re.compile(r'(?:\w+|"[^"]*"|\'[^\']*\'|[-+*/<>=~!@#%^&|?:]+|.)', re.DOTALL)
_UNQUOTED = re.compile(r"[A-Za-z0-9_ \t\r\n.,;:()\[\]=<>~!@#%^&|`?+*/-]*")
_CALLED = re.compile(r'(?:"(?:[^"]|"")*"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+))*\s*\(')
_TYPES = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "int": "integer",
    "bool": "boolean",
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "bpchar": "character",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "varbit": "bit varying",
    "decimal": "numeric",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
SERIALS = frozenset({"serial", "serial4", "bigserial", "serial8", "smallserial", "serial2"})
_KINDS = {
    "AEXPR_IN": ("in", "not in"),
    "AEXPR_LIKE": ("like", "not like"),
    "AEXPR_ILIKE": ("ilike", "not ilike"),
    "AEXPR_SIMILAR": ("similar to", "not similar to"),
}
_BETWEEN = {
    "AEXPR_BETWEEN": "between",
    "AEXPR_NOT_BETWEEN": "not between",
    "AEXPR_BETWEEN_SYM": "between symmetric",
    "AEXPR_NOT_BETWEEN_SYM": "not between symmetric",
    "AEXPR_NULLIF": "nullif",
    "AEXPR_DISTINCT": "is distinct from",
    "AEXPR_NOT_DISTINCT": "is not distinct from",
}
_BOOLEANS = {
    "IS_TRUE": "is true",
    "IS_NOT_TRUE": "is not true",
    "IS_FALSE": "is false",
    "IS_NOT_FALSE": "is not false",
    "IS_UNKNOWN": "is unknown",
    "IS_NOT_UNKNOWN": "is not unknown",
}
_USES = {
    "EXISTS_SUBLINK": "exists",
    "ANY_SUBLINK": "any",
    "ALL_SUBLINK": "all",
    "ARRAY_SUBLINK": "array",
    "EXPR_SUBLINK": "scalar",
}

_OTHER_CLAUSES = (
    "groupClause",
    "sortClause",
    "distinctClause",
    "limitCount",
    "limitOffset",
    "valuesLists",
    "windowClause",
)


_MOST_VALUES = 400
_name = lru_cache(maxsize=4096)(Name)
"""Names come back again and again: what is one object is made, packed and unpacked once."""


class Place:
    """A statement's place in its file: turns the parser's byte offsets into locations.

    Where the statement was taken out of a quoted text whose quotes are doubled, offsets do not map: everything then
    stands at `whole`.
    """

    def __init__(self, text: Text, start: int, source: str, whole: Location | None = None) -> None:
        """`source` is the statement's text, which begins at `start` of the file's."""
        self.text = text
        self.start = start
        self.source = source
        self.whole = whole
        self._data = None if source.isascii() else source.encode("utf-8", "surrogatepass")

    def offset(self, location: int) -> int:
        """The parser's byte offset as an offset in code points into `source`."""
        return location if self._data is None else len(self._data[:location].decode("utf-8", "ignore"))

    def span(self, start: int, end: int) -> Location:
        """The location of `source[start:end]`."""
        return self.whole or self.text.at(self.start + start, self.start + end)

    def at(self, node: Node) -> Location:
        """The location of the token at which the parser puts a node."""
        if self.whole is not None:
            return self.whole
        offset = max(node.get("location", 0), 0)
        if self._data is not None:
            offset = self.offset(offset)
        word = _WORD.match(self.source, offset)
        return self.text.at(self.start + offset, self.start + (word.end() if word else offset))


def strings(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The texts of a list of String nodes."""
    return tuple([node["String"].get("sval", "") for node in nodes if "String" in node])


def dotted(nodes: Iterable[Node]) -> Name:
    """A list of String nodes as a name; a database's name in front is dropped."""
    parts = strings(nodes)
    return _name(parts[-2] if len(parts) > 1 else "", parts[-1] if parts else "")


def relation_name(node: Node) -> Name:
    """The name in a RangeVar."""
    return _name(node.get("schemaname", ""), node.get("relname", ""))


def type_text(node: Node) -> str:
    """A TypeName as PostgreSQL's `format_type` prints it."""
    name = type_name(node)
    arguments = [str(constant(item["A_Const"])) for item in node.get("typmods", ()) if "A_Const" in item]
    own = name.schema not in ("", "pg_catalog")
    text = name.quoted if own else _TYPES.get(name.name) or quoted(name.name)
    if text == "interval":
        arguments = arguments[1:]
    if text == "character" and arguments == [] and name.schema == "pg_catalog":
        arguments = ["1"] if name.name == "bpchar" and "typmods" in node else []
    if arguments:
        head, space, tail = text.partition(" ") if text.startswith("time") else (text, "", "")
        text = f"{head}({','.join(arguments)}){space}{tail}"
    return text + "[]" * bool(node.get("arrayBounds"))


def type_name(node: Node) -> Name:
    """A TypeName's name alone."""
    return dotted(node.get("names", ()))


def constant(node: Node) -> str | int | float | bool | None:
    """The value of an A_Const."""
    if "sval" in node:
        text: str = node["sval"].get("sval", "")
        return text
    if "ival" in node:
        number: int = node["ival"].get("ival", 0)
        return number
    if "boolval" in node:
        return bool(node["boolval"].get("boolval", False))
    if "fval" in node:
        try:
            return float(node["fval"].get("fval", "0"))
        except ValueError:
            return str(node["fval"].get("fval", ""))
    if "bsval" in node:
        bits: str = node["bsval"].get("bsval", "")
        return bits
    return None


def expression(node: Node, place: Place, start: int, end: int) -> Expression:
    """An expression with the text that stands at `source[start:end]`."""
    return Expression(place.span(start, end), one_line(place.source, start, end), tree(node, place))


def one_line(source: str, start: int, end: int) -> str:
    """A stretch of SQL on one line, without comments."""
    if _UNQUOTED.fullmatch(source, start, end) and "--" not in (text := source[start:end]) and "/*" not in text:
        return " ".join(text.split())
    line: list[str] = []
    last = start
    for token in tokens(source, start, end):
        if line and token.start > last:
            line.append(" ")
        line.append(token.text)
        last = token.end
    return "".join(line)


def bracketed(node: Node, place: Place, position: int) -> Expression:
    """The expression in the first brackets from `position` of the source on."""
    opened = place.source.find("(", position)
    if opened < 0:
        return expression(node, place, position, position)
    closed = closing(place.source, opened)
    return expression(node, place, opened + 1, max(closed - 1, opened + 1))


def condition(node: Node | None, word: tuple[int, int] | None, place: Place) -> Expression | None:
    """The expression in brackets behind USING or WITH CHECK."""
    return None if node is None else bracketed(node, place, word[1] if word else 0)


def tree(node: Node, place: Place) -> Tree:
    """The structure of an expression node."""
    if not node:
        return Literal(place.span(0, 0), None)
    kind, fields = next(iter(node.items()))
    match kind:
        case "A_Const":
            return Literal(place.at(fields), constant(fields))
        case "ColumnRef":
            return ColumnRef(place.at(fields), _parts(fields["fields"]))
        case "FuncCall":
            return _call(fields, place)
        case "TypeCast":
            operand = tree(fields["arg"], place)
            return Cast(operand.at, operand, type_text(fields["typeName"]))
        case "A_Expr":
            return _operation(fields, place)
        case "BoolExpr":
            operator = {"AND_EXPR": "and", "OR_EXPR": "or", "NOT_EXPR": "not"}[fields["boolop"]]
            return Operation(place.at(fields), operator, trees(fields["args"], place))
        case "SubLink":
            return _sublink(fields, place)
        case "NullTest":
            operator = "is null" if fields["nulltesttype"] == "IS_NULL" else "is not null"
            return Operation(place.at(fields), operator, (tree(fields["arg"], place),))
        case "BooleanTest":
            return Operation(place.at(fields), _BOOLEANS[fields["booltesttype"]], (tree(fields["arg"], place),))
        case "SQLValueFunction":
            name = fields["op"].removeprefix("SVFOP_").lower().removesuffix("_n")
            return Invocation(place.at(fields), Name("", name))
        case "A_ArrayExpr":
            return Operation(place.at(fields), "array", trees(fields.get("elements", ()), place))
        case "CoalesceExpr":
            return Operation(place.at(fields), "coalesce", trees(fields["args"], place))
        case "MinMaxExpr":
            return Operation(place.at(fields), fields["op"].removeprefix("IS_").lower(), trees(fields["args"], place))
        case "RowExpr":
            return Operation(place.at(fields), "row", trees(fields.get("args", ()), place))
        case "List":
            return Operation(place.span(0, 0), "list", trees(fields.get("items", ()), place))
        case "NamedArgExpr":
            return tree(fields["arg"], place)
        case "CollateClause":
            collation = str(dotted(fields["collname"]))
            return Operation(place.at(fields), f"collate {collation}", (tree(fields["arg"], place),))
        case "SelectStmt":
            return query(fields, place)
        case _:
            inside = tuple(tree(child, place) for child in _expressions_inside(fields))
            return Operation(place.at(fields), _words(kind), inside)


def trees(nodes: Iterable[Node], place: Place) -> tuple[Tree, ...]:
    """The structures of a list of expression nodes."""
    return tuple([tree(node, place) for node in nodes])


def _words(kind: str) -> str:
    """`CaseExpr` → `case`, `A_Indirection` → `indirection`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind.removeprefix("A_")).lower().removesuffix(" expr")


def _expressions_inside(value: Any) -> Iterator[Node]:
    """The nodes of expressions directly below a value of the tree, whatever lies between."""
    if isinstance(value, list):
        for item in value:
            yield from _expressions_inside(item)
    elif isinstance(value, dict):
        for key, field in value.items():
            if key[0].isupper():
                if key not in {"String", "Integer", "A_Star", "TypeName", "DefElem"}:
                    yield {key: field}
            else:
                yield from _expressions_inside(field)


def _parts(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple([node["String"].get("sval", "") if "String" in node else "*" for node in nodes])


def _call(fields: Node, place: Place) -> Tree:
    arguments = list(fields.get("args", ()))
    for key in ("agg_filter", "agg_order", "over"):
        arguments.extend(_expressions_inside(fields.get(key, ())))
    name = dotted(fields["funcname"])
    if name.schema == "pg_catalog":
        name = Name("", name.name)
    return Invocation(_called_at(fields, place), name, trees(arguments, place))


def _called_at(fields: Node, place: Place) -> Location:
    """Where a call stands, from its name to its closing bracket."""
    if place.whole is not None:
        return place.whole
    offset = place.offset(max(fields.get("location", 0), 0))
    called = _CALLED.match(place.source, offset)
    return place.span(offset, closing(place.source, called.end() - 1)) if called else place.at(fields)


def _operation(fields: Node, place: Place) -> Tree:
    kind = fields["kind"]
    written = strings(fields.get("name", ()))
    operator = written[-1] if written else ""
    at = place.at(fields)
    operands: list[Tree] = []
    for side in ("lexpr", "rexpr"):
        if side in fields:
            inside = fields[side]
            operands.extend(
                trees(inside["List"].get("items", ()), place) if "List" in inside else [tree(inside, place)]
            )
    if kind in _KINDS:
        operator = _KINDS[kind][operator.startswith(("!", "<>"))]
    elif kind in _BETWEEN:
        operator = _BETWEEN[kind]
    elif kind in {"AEXPR_OP_ANY", "AEXPR_OP_ALL"}:
        quantifier = "any" if kind == "AEXPR_OP_ANY" else "all"
        return Operation(at, operator, (operands[0], Operation(operands[-1].at, quantifier, tuple(operands[1:]))))
    return Operation(at, operator, tuple(operands))


def _sublink(fields: Node, place: Place) -> Tree:
    use = _USES.get(fields["subLinkType"], "scalar")
    inside = query(fields["subselect"]["SelectStmt"], place, use, place.at(fields))
    if "testexpr" not in fields:
        return inside
    operators = strings(fields.get("operName", ()))
    operand = tree(fields["testexpr"], place)
    return inside._replace(operator=operators[-1] if operators else "=", operand=operand)


@dataclass(slots=True)
class _Parts:
    """The parts of a query while they are gathered."""

    outputs: list[Tree] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    conditions: list[Tree] = field(default_factory=list)
    others: list[Tree] = field(default_factory=list)
    parts: list[Query] = field(default_factory=list)
    tables: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)

    def add_source(self, node: Node, place: Place) -> None:
        """One item of a FROM clause."""
        kind, fields = next(iter(node.items()))
        match kind:
            case "RangeVar":
                alias = fields.get("alias", {}).get("aliasname", fields.get("relname", ""))
                self.relations.append(Relation(place.at(fields), relation_name(fields), alias))
            case "JoinExpr":
                for side in ("larg", "rarg"):
                    self.add_source(fields[side], place)
                if "quals" in fields:
                    self.conditions.append(tree(fields["quals"], place))
            case "RangeSubselect":
                self.parts.append(_part(fields["subquery"], place))
                self.tables.append((*_aliased(fields), len(self.parts) - 1))
            case _:
                inside = trees(_expressions_inside(fields), place)
                if inside:
                    self.tables.append((*_aliased(fields), -1 - len(self.others)))
                self.others.extend(inside)


def _rows(values: list[Node], place: Place) -> tuple[tuple[Tree, ...], ...]:
    """The rows of VALUES; none of tables that long that nobody asks for their values."""
    if len(values) > _MOST_VALUES:
        return ()
    return tuple(trees(row["List"].get("items", ()), place) for row in values)


def _aliased(fields: Node) -> tuple[str, tuple[str, ...]]:
    """The alias of an item of FROM, and the names that it gives to columns."""
    alias = fields.get("alias", {})
    return alias.get("aliasname", ""), strings(alias.get("colnames", ()))


def query(fields: Node, place: Place, use: str = "", at: Location | None = None) -> Query:
    """A SelectStmt."""
    made = _Parts()
    common = [item["CommonTableExpr"] for item in fields.get("withClause", {}).get("ctes", ())]
    defined = {str(item.get("ctename")): _part(item["ctequery"], place) for item in common}
    made.parts.extend(defined.values())
    arms = [query(fields[side], place) for side in ("larg", "rarg") if side in fields]
    made.parts.extend(arms)
    for item in fields.get("targetList", ()):
        target = item["ResTarget"]
        output = tree(target.get("val", {}), place)
        made.outputs.append(output)
        made.names.append(target.get("name", "") or (output.name if isinstance(output, ColumnRef) else ""))
    for item in fields.get("fromClause", ()):
        made.add_source(item, place)
    for key in ("whereClause", "havingClause"):
        if key in fields:
            made.conditions.append(tree(fields[key], place))
    for key in _OTHER_CLAUSES:
        made.others.extend(trees(_expressions_inside(fields.get(key, ())), place))
    if arms:
        made.names, made.outputs = list(arms[0].names), list(arms[0].outputs)
    relations = [one for one in made.relations if one.name.schema or one.name.name not in defined]
    order = list(defined)
    made.tables += [(one.alias, (), order.index(one.name.name)) for one in made.relations if one not in relations]
    found = Query(
        at or place.at(fields),
        use,
        tuple(made.outputs),
        tuple(made.names),
        tuple(relations),
        tuple(made.conditions),
        tuple(made.others),
        tuple(made.parts),
        rows=_rows(fields.get("valuesLists", ()), place),
        tables=tuple(made.tables),
        union=tuple(range(len(defined), len(defined) + len(arms))) if fields.get("op") == "SETOP_UNION" else (),
        distinct="distinctClause" in fields,
    )
    return _without(found, frozenset(defined)) if defined else found


def _without(tree: Tree, common: frozenset[str]) -> Any:
    """A query without the relations that are queries of a WITH around it."""
    match tree:
        case Query():
            own = tuple(one for one in tree.relations if one.name.schema or one.name.name not in common)
            unread = (Literal(tree.at, None),) * (len(own) < len(tree.relations))
            return tree._replace(
                outputs=tuple(_without(one, common) for one in tree.outputs),
                relations=own,
                conditions=tuple(_without(one, common) for one in tree.conditions),
                parts=tuple(_without(one, common) for one in tree.parts),
                others=(*(_without(one, common) for one in tree.others), *unread),
                tables=(*tree.tables, *(("", (), -1 - len(tree.others)) for _ in unread)),
            )
        case Operation():
            return tree._replace(operands=tuple(_without(one, common) for one in tree.operands))
        case Invocation():
            return tree._replace(arguments=tuple(_without(one, common) for one in tree.arguments))
        case Cast():
            return tree._replace(operand=_without(tree.operand, common))
        case _:
            return tree


def _part(inside: Node, place: Place) -> Query:
    """A query inside a query, also one of a WITH that changes data."""
    kind, fields = next(iter(inside.items()))
    if kind == "SelectStmt":
        return query(fields, place)
    relation = fields.get("relation", {})
    at = place.at(relation)
    return Query(
        at,
        "",
        relations=(Relation(at, relation_name(relation), relation.get("relname", "")),),
        others=trees(_expressions_inside(fields.get("whereClause", ())), place),
    )
