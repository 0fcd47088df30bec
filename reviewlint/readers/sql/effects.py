"""What a statement of PostgreSQL does that rules ask of queries too: `readers.statement_trees` on PostgreSQL's tree.

What is not known counts as a limit: it may be one.
"""

from collections.abc import Iterator
from typing import Any

from ...facts.location import Location
from ...facts.statements import SqlStatement, TableWrite, TextSearch
from .postgres import Node
from .trees import constant, relation_name, strings

_WRITES = {"InsertStmt": "insert", "UpdateStmt": "update", "DeleteStmt": "delete", "MergeStmt": "merge"}
_BOUNDS = frozenset({"whereClause", "usingClause", "fromClause"})
_LIMITS = frozenset(
    {"whereClause", "limitCount", "limitOffset", "groupClause", "havingClause", "intoClause", "valuesLists"}
)
_LIKES = {"AEXPR_LIKE": "LIKE", "AEXPR_ILIKE": "ILIKE"}
_BY_ROW = frozenset("lower upper trim btrim concat concat_ws format to_char date_trunc replace left right now".split())
"""Functions that give one value for each row; of others one cannot say."""
_DEPTH = 8

Queries = dict[str, Node]
"""The queries of a statement's WITH, by name."""


def effects(tree: Node, at: Location, function: str) -> SqlStatement | None:
    """What the statement with this tree does in the body of a function, None for nothing worth telling."""
    every = _nodes(tree)
    select = tree.get("SelectStmt")
    queries: Queries = {fields["ctename"]: fields["ctequery"] for kind, fields in every if kind == "CommonTableExpr"}
    made = SqlStatement(
        at,
        function,
        tuple(_written(_WRITES[kind], fields) for kind, fields in every if kind in _WRITES),
        tuple(dict.fromkeys(_starred(select, queries, _DEPTH))) if select else (),
        _whole(select, queries) if select else "",
        tuple(_searches(tree, None)) if select and any(_is_search(*node) for node in every) else (),
    )
    return made if made != SqlStatement(at, function) else None


def _nodes(tree: Any) -> list[tuple[str, Node]]:
    """Every node of a tree with its type's name, the outer ones first."""
    found: list[tuple[str, Node]] = []

    def gather(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                gather(item)
        elif isinstance(value, dict):
            for key, inside in value.items():
                if key[0].isupper() and isinstance(inside, dict):
                    found.append((key, inside))
                gather(inside)

    gather(tree)
    return found


def _name(relation: Node) -> str:
    """A relation's name, with its schema where it is written."""
    return str(relation_name(relation))


# Writes


def _written(operation: str, fields: Node) -> TableWrite:
    bounded = operation in {"insert", "merge"} or not _BOUNDS.isdisjoint(fields) or _is_recomputed(fields)
    return TableWrite(operation, _name(fields["relation"]), bounded)


def _is_recomputed(fields: Node) -> bool:
    """Whether an UPDATE computes each row anew from what belongs to it, as a count of its children: meant for all."""
    own = {fields["relation"].get("relname"), fields["relation"].get("alias", {}).get("aliasname")}
    selects = [inside for kind, inside in _nodes(fields.get("targetList", ())) if kind == "SelectStmt"]
    return any(
        strings(column["fields"])[-2:-1] and strings(column["fields"])[-2] in own for column in _columns(selects)
    )


def _columns(value: Any) -> Iterator[Node]:
    return (fields for kind, fields in _nodes(value) if kind == "ColumnRef")


# Every column


def _starred(select: Node, queries: Queries, depth: int) -> Iterator[str]:
    """The tables of which a query gives every column."""
    if not depth:
        return
    for side in ("larg", "rarg"):
        if side in select:
            yield from _starred(select[side], queries, depth - 1)
    for target in select.get("targetList", ()):
        parts = target["ResTarget"].get("val", {}).get("ColumnRef", {}).get("fields", ({},))
        if "A_Star" not in parts[-1]:
            continue
        wanted = strings(parts)[-1:]
        for alias, kind, source in _sources(select):
            if wanted and wanted != (alias,):
                continue
            inner = queries.get(source.get("relname", "")) if "schemaname" not in source else None
            if kind == "RangeSubselect" or inner is not None:
                inside = (inner or source["subquery"]).get("SelectStmt", {})
                yield from _starred(inside, {**queries, source.get("relname", ""): {}}, depth - 1)
            elif kind == "RangeVar":
                yield _name(source)


def _sources(select: Node) -> Iterator[tuple[str, str, Node]]:
    """What a query reads from, joins included: alias, type and node."""
    waiting = list(reversed(select.get("fromClause", ())))
    while waiting:
        kind, fields = next(iter(waiting.pop().items()))
        if kind == "JoinExpr":
            waiting += [fields["rarg"], fields["larg"]]
        else:
            yield fields.get("alias", {}).get("aliasname", fields.get("relname", "")), kind, fields


# Every row


def _whole(select: Node, queries: Queries) -> str:
    """The one table of which a query gives every row, `""` where it gives fewer or others."""
    sources = list(_sources(select))
    if len(sources) != 1 or not _LIMITS.isdisjoint(select):
        return ""
    _, kind, source = sources[0]
    called = [
        strings(fields["funcname"])[-1] for kind, fields in _nodes(select.get("targetList", ())) if kind == "FuncCall"
    ]
    if kind != "RangeVar" or source.get("relname") in queries or not _BY_ROW.issuperset(called):
        return ""
    return _name(source)


# Searches


def _searches(value: Any, select: Node | None) -> Iterator[TextSearch]:
    """Every LIKE in a query whose pattern begins with a wildcard or is bound."""
    for item in value if isinstance(value, list) else ():
        yield from _searches(item, select)
    for key, inside in value.items() if isinstance(value, dict) else ():
        around = inside if key in {"SelectStmt", "larg", "rarg"} and "op" in inside else select
        if around is not None and _is_search(key, inside):
            begins, bound = _pattern(inside["rexpr"])
            if begins:
                column = next((strings(one["fields"]) for one in _columns(inside["lexpr"])), ())
                table, narrowed = _table_of(column, around), _is_narrowed(around.get("whereClause", {}))
                yield TextSearch(table, "".join(column[-1:]), _LIKES[inside["kind"]], bound, narrowed)
        yield from _searches(inside, around)


def _is_search(kind: str, fields: Node) -> bool:
    return kind == "A_Expr" and fields["kind"] in _LIKES


def _pattern(pattern: Node) -> tuple[bool, int | None]:
    """Whether a pattern begins with a wildcard or is a parameter, and if so which one."""
    kind, fields = next(iter(pattern.items()))
    match kind:
        case "A_Expr" if strings(fields.get("name", ())) == ("||",):
            return _pattern(fields["lexpr"])
        case "FuncCall" if strings(fields["funcname"])[-1] in {"concat", "like_escape"} and "args" in fields:
            return _pattern(fields["args"][0])
        case "TypeCast":
            return _pattern(fields["arg"])
        case "A_Const":
            return str(constant(fields)).startswith("%"), None
        case "ParamRef":
            return True, fields.get("number", 1) - 1
        case _:
            return False, None


def _table_of(column: tuple[str, ...], select: Node) -> str:
    """The table of a column: the one that its qualifier names, else the query's first one."""
    sources = [(alias, _name(source)) for alias, kind, source in _sources(select) if kind == "RangeVar"]
    if len(column) > 1:
        sources = [one for one in sources if one[0] == column[-2]]
    return sources[0][1] if len(sources) == 1 or (sources and len(column) == 1) else ""


def _is_narrowed(condition: Node) -> bool:
    """Whether one of the conditions that hold together is an equality."""
    both = condition.get("BoolExpr", {})
    if both.get("boolop") == "AND_EXPR":
        return any(map(_is_narrowed, both["args"]))
    compared = condition.get("A_Expr", {})
    return compared.get("kind") == "AEXPR_IN" or (
        compared.get("kind") == "AEXPR_OP" and strings(compared.get("name", ())) == ("=",)
    )
