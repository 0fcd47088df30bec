"""Tables, indexes and sequences: what their statements do, as actions of `facts.sql`."""

from collections.abc import Iterator

from ...facts import sql
from ...facts.sql import Action, Expression, Name
from . import naming
from .lexer import clauses, tokens
from .postgres import Node
from .trees import (
    SERIALS,
    Place,
    bracketed,
    dotted,
    expression,
    query,
    relation_name,
    strings,
    tree,
    type_name,
    type_text,
)

_CONSTRAINTS = {
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_FOREIGN": "foreign key",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclude",
    "CONSTR_NOTNULL": "not null",
}
_ON_DELETE = {"c": "cascade", "n": "set null", "d": "set default", "r": "restrict"}
_COLUMN_CHANGES = {
    "AT_SetNotNull": "set not null",
    "AT_DropNotNull": "drop not null",
    "AT_AddIdentity": "add identity",
    "AT_DropIdentity": "drop identity",
    "AT_DropExpression": "drop expression",
}
_ROW_SECURITY = {
    "AT_EnableRowSecurity": "enable",
    "AT_DisableRowSecurity": "disable",
    "AT_ForceRowSecurity": "force",
    "AT_NoForceRowSecurity": "no force",
}


def foreign_table(fields: Node, place: Place) -> Action:
    """`CREATE FOREIGN TABLE`."""
    return create_table(fields["base"], place, fields.get("servername", "?"))


def create_table(fields: Node, place: Place, server: str = "") -> Action:
    """`CREATE TABLE`; `server` holds the rows of a foreign one."""
    relation = fields["relation"]
    columns: list[sql.ColumnDef] = []
    constraints: list[sql.ConstraintDef] = []
    like: list[tuple[Name, frozenset[str]]] = []
    for element in fields.get("tableElts", ()):
        if "ColumnDef" in element:
            column, its = _column(element["ColumnDef"], place)
            columns.append(column)
            constraints.extend(its)
        elif "Constraint" in element:
            constraint = _constraint(element["Constraint"], place)
            if constraint:
                constraints.append(constraint)
        elif "TableLikeClause" in element:
            clause = element["TableLikeClause"]
            like.append((relation_name(clause["relation"]), _likeness(clause.get("options", 0))))
    parents = [relation_name(parent["RangeVar"]) for parent in fields.get("inhRelations", ())]
    partition_of = parents[0] if "partbound" in fields and parents else None
    return sql.CreateTable(
        relation_name(relation),
        tuple(columns),
        tuple(constraints),
        if_not_exists=fields.get("if_not_exists", False),
        temporary=relation.get("relpersistence") == "t" or relation.get("schemaname") == "pg_temp",
        inherits=() if partition_of else tuple(parents),
        partition_of=partition_of,
        partitioned="partspec" in fields,
        like=tuple(like),
        server=server,
    )


def _likeness(bits: int) -> frozenset[str]:
    """What a LIKE clause includes; the bits are those of PostgreSQL's `TableLikeOption`."""
    known = {4: "constraints", 8: "defaults", 16: "generated", 32: "identity", 64: "indexes"}
    return frozenset(name for bit, name in known.items() if bits & bit)


def _column(fields: Node, place: Place) -> tuple[sql.ColumnDef, list[sql.ConstraintDef]]:
    written = fields.get("typeName", {})
    name = type_name(written)
    serial = name.name in SERIALS and not name.schema
    not_null, generated, identity = serial, False, ""
    default: Expression | None = None
    constraints: list[sql.ConstraintDef] = []
    column: str = fields.get("colname", "")
    for item in fields.get("constraints", ()):
        constraint = item.get("Constraint", {})
        match constraint.get("contype"):
            case "CONSTR_NOTNULL":
                not_null = True
            case "CONSTR_DEFAULT":
                default = _default(constraint["raw_expr"], place)
            case "CONSTR_GENERATED":
                generated = True
            case "CONSTR_IDENTITY":
                identity, not_null = constraint.get("generated_when", "a"), True
            case _:
                made = _constraint(constraint, place, (column,))
                if made:
                    constraints.append(made)
                    not_null = not_null or made.kind == "primary key"
    definition = sql.ColumnDef(
        place.at(fields), column, type_text(written), name, not_null, default, generated, identity, serial
    )
    return definition, constraints


def _default(node: Node, place: Place) -> Expression:
    """A default: from where the parser puts it to where its clause ends."""
    made = tree(node, place)
    return Expression(made.at, sql.canonical(made), made)


def _constraint(fields: Node, place: Place, columns: tuple[str, ...] = ()) -> sql.ConstraintDef | None:
    kind = _CONSTRAINTS.get(fields.get("contype", ""))
    if kind is None:
        return None
    check = None
    if kind == "check" and "raw_expr" in fields:
        check = bracketed(fields["raw_expr"], place, place.offset(max(fields.get("location", 0), 0)))
    return sql.ConstraintDef(
        place.at(fields),
        kind,
        fields.get("conname", ""),
        strings(fields.get("keys", ())) or strings(fields.get("fk_attrs", ())) or _excluded(fields) or columns,
        relation_name(fields["pktable"]) if "pktable" in fields else None,
        strings(fields.get("pk_attrs", ())),
        check,
        not fields.get("skip_validation", False),
        fields.get("indexname", ""),
        _ON_DELETE.get(fields.get("fk_del_action", ""), ""),
        " ".join(_actions(fields)),
    )


def _actions(fields: Node) -> Iterator[str]:
    """What a foreign key or a unique constraint says of its own, word by word; not what goes without saying."""
    if fields.get("nulls_not_distinct"):
        yield "nulls not distinct"
    if fields.get("fk_matchtype") == "f":
        yield "match full"
    for event, key in (("update", "fk_upd_action"), ("delete", "fk_del_action")):
        if fields.get(key) in _ON_DELETE:
            yield f"on {event} {_ON_DELETE[fields[key]]}"
    if some := strings(fields.get("fk_del_set_cols", ())):
        yield f"({', '.join(map(sql.quoted, some))})"
    if fields.get("deferrable"):
        yield "deferrable initially deferred" if fields.get("initdeferred") else "deferrable"


def _excluded(fields: Node) -> tuple[str, ...]:
    """The columns of an exclusion constraint."""
    pairs = (pair["List"]["items"] for pair in fields.get("exclusions", ()))
    return tuple(pair[0]["IndexElem"].get("name", "") for pair in pairs)


def create_table_as(fields: Node, place: Place) -> Action | None:
    """`CREATE TABLE … AS` and `CREATE MATERIALIZED VIEW`."""
    into = fields["into"]
    relation = into["rel"]
    if "SelectStmt" not in fields["query"]:
        body = None
    else:
        body = query(fields["query"]["SelectStmt"], place)
    if fields.get("objtype") == "OBJECT_MATVIEW":
        return sql.CreateView(
            relation_name(relation),
            body,
            place.source,
            columns=strings(into.get("colNames", ())),
            materialized=True,
            if_not_exists=fields.get("if_not_exists", False),
        )
    return sql.CreateTable(
        relation_name(relation),
        if_not_exists=fields.get("if_not_exists", False),
        temporary=relation.get("relpersistence") == "t",
        query=body or sql.Query(place.span(0, 0), ""),
    )


def alter_table(fields: Node, place: Place) -> Action:
    """`ALTER TABLE` and what shares its grammar."""
    return sql.AlterTable(
        relation_name(fields["relation"]),
        tuple(_change(command["AlterTableCmd"], place) for command in fields.get("cmds", ())),
        naming.kind(fields.get("objtype", "OBJECT_TABLE")),
        fields.get("missing_ok", False),
        not fields["relation"].get("inh", False),
    )


def _change(fields: Node, place: Place) -> sql.TableChange:
    what: str = fields.get("subtype", "AT_AddColumn")
    column: str = fields.get("name", "")
    cascade = fields.get("behavior") == "DROP_CASCADE"
    missing_ok: bool = fields.get("missing_ok", False)
    definition = fields.get("def", {})
    match what:
        case "AT_AddColumn":
            made, constraints = _column(definition["ColumnDef"], place)
            return sql.AddColumn(made, tuple(constraints), missing_ok)
        case "AT_DropColumn":
            return sql.DropColumn(column, missing_ok, cascade)
        case "AT_AlterColumnType":
            to = definition["ColumnDef"]
            using = _default(to["raw_default"], place) if "raw_default" in to else None
            return sql.AlterColumnType(column, type_text(to["typeName"]), type_name(to["typeName"]), using)
        case "AT_ColumnDefault":
            if not definition:
                return sql.AlterColumn(column, "drop default")
            return sql.AlterColumn(column, "set default", _default(definition, place))
        case "AT_AddConstraint":
            constraint = _constraint(definition["Constraint"], place)
            return sql.AddConstraint(constraint) if constraint else sql.OtherChange("AddConstraint")
        case "AT_DropConstraint":
            return sql.DropConstraint(column, missing_ok, cascade)
        case "AT_ValidateConstraint":
            return sql.ValidateConstraint(column)
        case "AT_ChangeOwner":
            return sql.SetOwner(naming.role(fields.get("newowner", {})))
        case "AT_SetRelOptions" | "AT_ResetRelOptions":
            items = definition.get("List", {}).get("items", ())
            return sql.SetOptions(naming.options(items, reset=what == "AT_ResetRelOptions"))
        case "AT_AttachPartition" | "AT_DetachPartition":
            verb = "attach partition" if what == "AT_AttachPartition" else "detach partition"
            return sql.Partition(verb, relation_name(definition["PartitionCmd"]["name"]))
        case "AT_AddInherit" | "AT_DropInherit":
            verb = "inherit" if what == "AT_AddInherit" else "no inherit"
            return sql.Partition(verb, relation_name(definition["RangeVar"]))
        case _ if what in _ROW_SECURITY:
            return sql.RowSecurity(_ROW_SECURITY[what])
        case _ if what in _COLUMN_CHANGES:
            return sql.AlterColumn(column, _COLUMN_CHANGES[what])
        case _:
            return sql.OtherChange(what.removeprefix("AT_"))


def create_index(fields: Node, place: Place) -> Action:
    """`CREATE INDEX`."""
    where = None
    if "whereClause" in fields:
        _, position = clauses(place.source).get("where", (0, len(place.source)))
        where = expression(fields["whereClause"], place, position, len(place.source))
    return sql.CreateIndex(
        fields.get("idxname", ""),
        relation_name(fields["relation"]),
        tuple(_element(item["IndexElem"], place) for item in fields.get("indexParams", ())),
        tuple(item["IndexElem"].get("name", "") for item in fields.get("indexIncludingParams", ())),
        fields.get("unique", False),
        fields.get("accessMethod", "btree"),
        where,
        fields.get("concurrent", False),
        fields.get("if_not_exists", False),
        fields.get("nulls_not_distinct", False),
        next((place.span(one.end, one.end) for one in tokens(place.source) if one.lower == "index"), None),
    )


def _element(fields: Node, place: Place) -> sql.IndexElement:
    column, text = fields.get("name", ""), ""
    if not column:
        written = fields["expr"]
        if "CollateClause" in written:
            written = written["CollateClause"]["arg"]
        made = tree(written, place)
        column, text = (made.name, "") if isinstance(made, sql.ColumnRef) else ("", sql.canonical(made))
    options = [
        str(dotted(fields["collation"])) if "collation" in fields else "",
        str(dotted(fields["opclass"])) if "opclass" in fields else "",
        "desc" if fields.get("ordering") == "SORTBY_DESC" else "",
        {"SORTBY_NULLS_FIRST": "nulls first", "SORTBY_NULLS_LAST": "nulls last"}.get(
            fields.get("nulls_ordering", ""), ""
        ),
    ]
    return sql.IndexElement(column, text or column, " ".join(option for option in options if option))


def create_sequence(fields: Node, place: Place) -> Action:
    """`CREATE SEQUENCE`."""
    return sql.CreateSequence(relation_name(fields["sequence"]), fields.get("if_not_exists", False))
