"""Rows that are written, changed and asked for, as actions of `facts.sql`."""

from ...facts import sql
from ...facts.sql import Action
from .postgres import Node
from .trees import Place, constant, query, relation_name, strings

_MOST_ROWS = 100


def insert(fields: Node, place: Place) -> Action:
    """`INSERT`, with the rows that it names as constants."""
    rows: list[tuple[str | int | float | bool | None, ...]] = []
    source = fields.get("selectStmt", {}).get("SelectStmt", {})
    values = source.get("valuesLists", ())
    if "targetList" in source and "fromClause" not in source:
        rows.append(tuple(_value(item["ResTarget"].get("val", {})) for item in source["targetList"]))
    if len(values) <= _MOST_ROWS:
        for value in values:
            items = value["List"].get("items", ())
            rows.append(tuple(_value(item) for item in items))
    return sql.Insert(
        relation_name(fields["relation"]),
        tuple(item["ResTarget"].get("name", "") for item in fields.get("cols", ())),
        tuple(rows),
        "onConflictClause" in fields,
    )


def _value(node: Node) -> str | int | float | bool | None:
    """A constant, also one that is cast; None for what is not constant."""
    while "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    return constant(node["A_Const"]) if "A_Const" in node else None


def update(fields: Node, place: Place) -> Action:
    """`UPDATE`."""
    targets = [item["ResTarget"] for item in fields.get("targetList", ())]
    return sql.Change(
        "update",
        (relation_name(fields["relation"]),),
        tuple(target.get("name", "") for target in targets),
        "whereClause" in fields or "fromClause" in fields,
        values=tuple(_value(target.get("val", {})) for target in targets),
        keys=_keys(fields.get("whereClause")),
    )


def _keys(where: Node | None) -> tuple[str, ...]:
    """The values of `id` or `name` that a condition asks for, () where it asks for anything else."""
    comparison = (where or {}).get("A_Expr", {})
    column = comparison.get("lexpr", {}).get("ColumnRef", {}).get("fields", ())
    if strings(column)[-1:] not in {("id",), ("name",)} or comparison.get("kind") not in {"AEXPR_OP", "AEXPR_IN"}:
        return ()
    right = comparison.get("rexpr", {})
    values = [_value(item) for item in right.get("List", {}).get("items", ())] if "List" in right else [_value(right)]
    return tuple(value for value in values if isinstance(value, str))


def delete(fields: Node, place: Place) -> Action:
    """`DELETE`."""
    filtered = "whereClause" in fields or "usingClause" in fields
    return sql.Change(
        "delete", (relation_name(fields["relation"]),), filtered=filtered, keys=_keys(fields.get("whereClause"))
    )


def truncate(fields: Node, place: Place) -> Action:
    """`TRUNCATE`."""
    tables = tuple(relation_name(node["RangeVar"]) for node in fields.get("relations", ()))
    return sql.Change("truncate", tables, cascade=fields.get("behavior") == "DROP_CASCADE")


def select(fields: Node, place: Place) -> Action:
    """`SELECT`."""
    return sql.Select(query(fields, place))
