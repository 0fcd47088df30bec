"""What a statement does: PostgreSQL's tree of one statement into an action of `facts.sql`."""

import re
from collections.abc import Callable, Iterable
from itertools import islice

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import Action, Dropped, Expression, Name, Statement
from .bodies import body
from .lexer import Text, clauses, tokens
from .postgres import Node, SyntaxFailure, parse
from .trees import (
    SERIALS,
    Place,
    bracketed,
    constant,
    dotted,
    expression,
    query,
    relation_name,
    strings,
    tree,
    type_name,
    type_text,
)

_MODES = {
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}
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
_FIRST = re.compile(r"([a-z]+)\s+(?:or\s+replace\s+)?([a-z]+)\b(?!\.)", re.IGNORECASE)
_MOST_ROWS = 100


def _kind(name: str) -> str:
    """`OBJECT_MATVIEW` as SQL says it."""
    word = name.removeprefix("OBJECT_").lower().replace("_", " ")
    return {"matview": "materialized view", "tabconstraint": "constraint"}.get(word, word)


def action(node: Node, place: Place) -> Action | None:
    """What the statement does, None where nobody asks."""
    kind, fields = next(iter(node.items()))
    convert = _ACTIONS.get(kind)
    return convert(fields, place) if convert else None


# Tables


def _foreign_table(fields: Node, place: Place) -> Action:
    return _create_table(fields["base"], place, fields.get("servername", "?"))


def _create_table(fields: Node, place: Place, server: str = "") -> Action:
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
    )


def _excluded(fields: Node) -> tuple[str, ...]:
    """The columns of an exclusion constraint."""
    pairs = (pair["List"]["items"] for pair in fields.get("exclusions", ()))
    return tuple(pair[0]["IndexElem"].get("name", "") for pair in pairs)


def _create_table_as(fields: Node, place: Place) -> Action | None:
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


def _alter_table(fields: Node, place: Place) -> Action:
    return sql.AlterTable(
        relation_name(fields["relation"]),
        tuple(_change(command["AlterTableCmd"], place) for command in fields.get("cmds", ())),
        _kind(fields.get("objtype", "OBJECT_TABLE")),
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
            return sql.SetOwner(_role(fields.get("newowner", {})))
        case "AT_SetRelOptions" | "AT_ResetRelOptions":
            items = definition.get("List", {}).get("items", ())
            return sql.SetOptions(_options(items, reset=what == "AT_ResetRelOptions"))
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


def _options(items: Iterable[Node], *, reset: bool = False) -> tuple[tuple[str, str | None], ...]:
    """Storage or view options; an option without a value is `true`."""
    found = []
    for item in items:
        option = item["DefElem"]
        found.append((option.get("defname", ""), None if reset else _option_text(option.get("arg", {}))))
    return tuple(found)


def _option_text(node: Node) -> str:
    if not node:
        return "true"
    kind, fields = next(iter(node.items()))
    match kind:
        case "String":
            return str(fields.get("sval", ""))
        case "Integer":
            return str(fields.get("ival", 0))
        case "Float":
            return str(fields.get("fval", ""))
        case "Boolean":
            return "true" if fields.get("boolval") else "false"
        case "A_Const":
            return str(constant(fields))
        case "TypeName":
            return type_text(fields)
        case _:
            return ""


def _role(fields: Node) -> str:
    """A RoleSpec; the pseudo-roles in lower case, PUBLIC as `public`."""
    kind = fields.get("roletype", "ROLESPEC_CSTRING")
    if kind == "ROLESPEC_CSTRING":
        return str(fields.get("rolename", ""))
    return str(kind).removeprefix("ROLESPEC_").lower()


def _roles(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(_role(node["RoleSpec"]) for node in nodes if "RoleSpec" in node)


def _object(node: Node, kind: str) -> Dropped:
    """An object as DROP, GRANT, COMMENT and others name it."""
    if "ObjectWithArgs" in node:
        fields = node["ObjectWithArgs"]
        arguments = None if fields.get("args_unspecified") else _types(fields)
        return Dropped(dotted(fields["objname"]), arguments=arguments)
    if "List" in node:
        parts = strings(node["List"]["items"])
        if kind in {"policy", "trigger", "rule", "constraint"}:
            owner = parts[:-1]
            return Dropped(Name(owner[-2] if len(owner) > 1 else "", owner[-1] if owner else ""), parts[-1])
        return Dropped(Name(parts[-2] if len(parts) > 1 else "", parts[-1] if parts else ""))
    if "RangeVar" in node:
        return Dropped(relation_name(node["RangeVar"]))
    if "TypeName" in node:
        return Dropped(type_name(node["TypeName"]))
    if "String" in node:
        return Dropped(Name("", node["String"].get("sval", "")))
    return Dropped(Name("", ""))


def _types(fields: Node) -> tuple[str, ...]:
    """The types that identify a function: those of its input parameters."""
    parameters = [node.get("FunctionParameter", {}) for node in fields.get("objfuncargs", ())]
    if parameters:
        inputs = [item for item in parameters if item.get("mode") not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"}]
        return tuple(type_text(item["argType"]) for item in inputs)
    return tuple(type_text(node["TypeName"]) for node in fields.get("objargs", ()) if "TypeName" in node)


def _rename(fields: Node, place: Place) -> Action:
    kind = _kind(fields["renameType"])
    new: str = fields.get("newname", "")
    part: str = fields.get("subname", "")
    if "relation" in fields:
        return sql.Rename(kind, relation_name(fields["relation"]), new, part)
    target = _object(fields.get("object", {}), kind)
    return sql.Rename(kind, target.name, new, part or target.part, target.arguments)


def _set_schema(fields: Node, place: Place) -> Action:
    kind = _kind(fields["objectType"])
    if "relation" in fields:
        return sql.SetSchema(kind, relation_name(fields["relation"]), fields["newschema"])
    target = _object(fields.get("object", {}), kind)
    return sql.SetSchema(kind, target.name, fields["newschema"], target.arguments)


def _drop(fields: Node, place: Place) -> Action:
    kind = _kind(fields["removeType"])
    return sql.Drop(
        kind,
        tuple(_object(node, kind) for node in fields.get("objects", ())),
        fields.get("missing_ok", False),
        fields.get("behavior") == "DROP_CASCADE",
        fields.get("concurrent", False),
    )


def _index(fields: Node, place: Place) -> Action:
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


# Access


def _condition(node: Node | None, word: tuple[int, int] | None, place: Place) -> Expression | None:
    """The expression in brackets behind USING or WITH CHECK."""
    return None if node is None else bracketed(node, place, word[1] if word else 0)


def _create_policy(fields: Node, place: Place) -> Action:
    roles = _roles(fields.get("roles", ()))
    words = clauses(place.source)
    starts = [start for word, (start, _) in words.items() if word != "where"]
    return sql.CreatePolicy(
        fields.get("policy_name", ""),
        relation_name(fields["table"]),
        fields.get("cmd_name", "all"),
        fields.get("permissive", False),
        # A missing TO is filled in as PUBLIC by the parser, without a place of its own.
        () if roles == ("public",) and fields["roles"][0]["RoleSpec"].get("location", -1) < 0 else roles,
        _condition(fields.get("qual"), words.get("using"), place),
        _condition(fields.get("with_check"), words.get("check"), place),
        place.span(min(starts), min(starts)) if starts else None,
    )


def _alter_policy(fields: Node, place: Place) -> Action:
    words = clauses(place.source)
    return sql.AlterPolicy(
        fields.get("policy_name", ""),
        relation_name(fields["table"]),
        _roles(fields.get("roles", ())),
        _condition(fields.get("qual"), words.get("using"), place),
        _condition(fields.get("with_check"), words.get("check"), place),
    )


def _grant(fields: Node, place: Place) -> Action:
    kind = _kind(fields["objtype"])
    everything = fields.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA"
    objects = fields.get("objects", ())
    privileges, columns = _privileges(fields)
    return sql.Grant(
        fields.get("is_grant", False),
        kind,
        privileges,
        _roles(fields.get("grantees", ())),
        () if everything else tuple(_object(node, kind) for node in objects),
        strings(objects) if everything else (),
        columns,
    )


def _privileges(fields: Node) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """The privileges of a GrantStmt on whole objects, and those on columns; both empty for ALL."""
    whole, columns = [], []
    for node in fields.get("privileges", ()):
        privilege = node["AccessPriv"]
        name = privilege.get("priv_name", "all")
        if "cols" in privilege:
            columns.append((name, strings(privilege["cols"])))
        else:
            whole.append(name)
    return tuple(whole), tuple(columns)


def _grant_role(fields: Node, place: Place) -> Action:
    granted = tuple(node["AccessPriv"].get("priv_name", "") for node in fields.get("granted_roles", ()))
    objects = tuple(Dropped(Name("", name)) for name in granted)
    return sql.Grant(fields.get("is_grant", False), "role", (), _roles(fields.get("grantee_roles", ())), objects)


def _default_privileges(fields: Node, place: Place) -> Action:
    inside = fields["action"]
    schemas: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    for item in fields.get("options", ()):
        option = item["DefElem"]
        items = option.get("arg", {}).get("List", {}).get("items", ())
        if option.get("defname") == "schemas":
            schemas = strings(items)
        elif option.get("defname") == "roles":
            owners = _roles(items)
    return sql.DefaultPrivileges(
        inside.get("is_grant", False),
        _kind(inside["objtype"]),
        _privileges(inside)[0],
        _roles(inside.get("grantees", ())),
        schemas,
        owners,
    )


def _create_role(fields: Node, place: Place) -> Action:
    return sql.CreateRole(fields.get("role", ""))


# Views, functions, triggers


def _view(fields: Node, place: Place) -> Action:
    inside = fields["query"]
    return sql.CreateView(
        relation_name(fields["view"]),
        query(inside["SelectStmt"], place) if "SelectStmt" in inside else None,
        place.source,
        _options(fields.get("options", ())),
        strings(fields.get("aliases", ())),
        replace=fields.get("replace", False),
        temporary=fields["view"].get("relpersistence") == "t",
    )


def _function(fields: Node, place: Place) -> Action:
    settings: list[tuple[str, str]] = []
    language, definer, volatility = "", False, "volatile"
    inside = None
    for item in fields.get("options", ()):
        option = item["DefElem"]
        value = option.get("arg", {})
        match option.get("defname"):
            case "language":
                language = str(value["String"].get("sval", "")).lower()
            case "security":
                definer = bool(value["Boolean"].get("boolval", False))
            case "volatility":
                volatility = value["String"].get("sval", "")
            case "set":
                settings.extend(_setting(value["VariableSetStmt"]))
            case "as":
                inside = option
            case _:
                pass
    parameters = [node["FunctionParameter"] for node in fields.get("parameters", ())]
    text = strings(inside["arg"]["List"]["items"]) if inside else ()
    returns = _returned(fields.get("returnType"))
    inner = None
    if inside and text:
        runs = returns == "event_trigger"
        inner = body(text[0], language, place, place.offset(inside.get("location", 0)), statement, runs=runs)
    return sql.CreateFunction(
        dotted(fields["funcname"]),
        tuple(
            sql.Argument(
                item.get("name", ""),
                type_text(item["argType"]),
                _MODES.get(item.get("mode", ""), "in"),
                "defexpr" in item,
            )
            for item in parameters
        ),
        returns,
        language or ("sql" if "sql_body" in fields else ""),
        inner,
        "procedure" if fields.get("is_procedure") else "function",
        definer,
        tuple(settings),
        volatility,
        fields.get("replace", False),
    )


def _define(fields: Node, place: Place) -> Action | None:
    """CREATE AGGREGATE; other definitions nobody asks about."""
    if fields.get("kind") != "OBJECT_AGGREGATE":
        return None
    inside = fields.get("args", ({},))[0].get("List", {}).get("items", ())
    parameters = [node["FunctionParameter"] for node in inside if "FunctionParameter" in node]
    arguments = tuple(
        sql.Argument(item.get("name", ""), type_text(item["argType"]), _MODES.get(item.get("mode", ""), "in"))
        for item in parameters
    )
    return sql.CreateFunction(
        dotted(fields["defnames"]), arguments, "", "internal", None, "aggregate", replace=fields.get("replace", False)
    )


def _returned(node: Node | None) -> str:
    if node is None:
        return ""
    return ("setof " if node.get("setof") else "") + type_text(node)


def _setting(fields: Node) -> list[tuple[str, str]]:
    """A SET clause as (name, value); the items of a list joined by commas."""
    name: str = fields.get("name", "").lower()
    if fields.get("kind") == "VAR_SET_CURRENT":
        return [(name, sql.CURRENT)]
    if fields.get("kind") == "VAR_SET_VALUE":
        return [(name, ", ".join(_option_text(node) for node in fields.get("args", ())))]
    return []


def _alter_function(fields: Node, place: Place) -> Action:
    target = fields["func"]
    settings: list[tuple[str, str | None]] = []
    definer: bool | None = None
    volatility = ""
    for item in fields.get("actions", ()):
        option = item["DefElem"]
        value = option.get("arg", {})
        if option.get("defname") == "set":
            change = value["VariableSetStmt"]
            settings.extend(_setting(change) or [(change.get("name", "*").lower(), None)])
        elif option.get("defname") == "security":
            definer = bool(value["Boolean"].get("boolval", False))
        elif option.get("defname") == "volatility":
            volatility = value["String"].get("sval", "")
    arguments = None if target.get("args_unspecified") else _types(target)
    return sql.AlterFunction(dotted(target["objname"]), arguments, tuple(settings), definer, volatility)


def _owner(fields: Node, place: Place) -> Action | None:
    kind = _kind(fields["objectType"])
    if kind not in {"function", "procedure", "routine"}:
        return None
    target = _object(fields["object"], kind)
    return sql.AlterFunction(target.name, target.arguments, owner=_role(fields["newowner"]))


def _trigger(fields: Node, place: Place) -> Action:
    return sql.CreateTrigger(
        fields.get("trigname", ""),
        relation_name(fields["relation"]),
        dotted(fields["funcname"]),
        fields.get("replace", False),
    )


def _create_event_trigger(fields: Node, place: Place) -> Action:
    tags: list[str] = []
    for item in fields.get("whenclause", ()):
        if item["DefElem"].get("defname") == "tag":
            tags += strings(item["DefElem"]["arg"]["List"]["items"])
    return sql.CreateEventTrigger(
        fields.get("trigname", ""), fields.get("eventname", ""), dotted(fields["funcname"]), tuple(map(str.upper, tags))
    )


def _alter_event_trigger(fields: Node, place: Place) -> Action:
    return sql.AlterEventTrigger(fields.get("trigname", ""), fields.get("tgenabled") != "D")


def _do(fields: Node, place: Place) -> Action | None:
    language = "plpgsql"
    inside = None
    for item in fields.get("args", ()):
        option = item["DefElem"]
        if option.get("defname") == "language":
            language = str(option["arg"]["String"].get("sval", "")).lower()
        elif option.get("defname") == "as":
            inside = option
    if inside is None:
        return None
    text = inside["arg"]["String"].get("sval", "")
    return sql.Do(body(text, language, place, place.offset(inside.get("location", 0)), statement, runs=True))


# Everything else


def _schema(fields: Node, place: Place) -> Action:
    name = fields.get("schemaname", "") or _role(fields.get("authrole", {}))
    return sql.CreateSchema(name, fields.get("if_not_exists", False))


def _enum(fields: Node, place: Place) -> Action:
    return sql.CreateType(dotted(fields["typeName"]), "enum", strings(fields.get("vals", ())))


def _add_value(fields: Node, place: Place) -> Action | None:
    if "newVal" not in fields or "oldVal" in fields:
        return None
    return sql.AddValue(
        dotted(fields["typeName"]),
        fields["newVal"],
        fields.get("newValNeighbor", ""),
        fields.get("newValIsAfter", False),
        fields.get("skipIfNewValExists", False),
    )


def _composite(fields: Node, place: Place) -> Action:
    return sql.CreateType(relation_name(fields["typevar"]), "composite")


def _range(fields: Node, place: Place) -> Action:
    return sql.CreateType(dotted(fields["typeName"]), "range")


def _domain(fields: Node, place: Place) -> Action:
    return sql.CreateType(dotted(fields["domainname"]), "domain")


def _extension(fields: Node, place: Place) -> Action:
    schema = ""
    for item in fields.get("options", ()):
        if item["DefElem"].get("defname") == "schema":
            schema = _option_text(item["DefElem"].get("arg", {}))
    return sql.CreateExtension(fields.get("extname", ""), schema, fields.get("if_not_exists", False))


def _sequence(fields: Node, place: Place) -> Action:
    return sql.CreateSequence(relation_name(fields["sequence"]), fields.get("if_not_exists", False))


def _create_publication(fields: Node, place: Place) -> Action:
    tables, schemas = _published(fields)
    return sql.Publication(fields.get("pubname", ""), "create", tables, schemas, fields.get("for_all_tables", False))


def _alter_publication(fields: Node, place: Place) -> Action | None:
    what = {"AP_AddObjects": "add", "AP_DropObjects": "drop", "AP_SetObjects": "set"}.get(fields.get("action", ""))
    tables, schemas = _published(fields)
    return sql.Publication(fields.get("pubname", ""), what, tables, schemas) if what else None


def _published(fields: Node) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    tables, schemas = [], []
    for node in fields.get("pubobjects", ()):
        item = node["PublicationObjSpec"]
        if "pubtable" in item:
            tables.append(relation_name(item["pubtable"]["relation"]))
        elif "name" in item:
            schemas.append(item["name"])
    return tuple(tables), tuple(schemas)


def _comment(fields: Node, place: Place) -> Action:
    kind = _kind(fields["objtype"])
    target = _object(fields.get("object", {}), kind)
    return sql.Comment(kind, target.name, fields.get("comment", ""))


def _set(fields: Node, place: Place) -> Action:
    values = tuple(_option_text(node) for node in fields.get("args", ()))
    return sql.SetVariable(fields.get("name", "").lower(), values, fields.get("is_local", False))


def _transaction(fields: Node, place: Place) -> Action:
    return sql.Transaction(fields["kind"].removeprefix("TRANS_STMT_").lower().replace("start", "begin"))


def _insert(fields: Node, place: Place) -> Action:
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


def _update(fields: Node, place: Place) -> Action:
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


def _delete(fields: Node, place: Place) -> Action:
    filtered = "whereClause" in fields or "usingClause" in fields
    return sql.Change(
        "delete", (relation_name(fields["relation"]),), filtered=filtered, keys=_keys(fields.get("whereClause"))
    )


def _truncate(fields: Node, place: Place) -> Action:
    tables = tuple(relation_name(node["RangeVar"]) for node in fields.get("relations", ()))
    return sql.Change("truncate", tables, cascade=fields.get("behavior") == "DROP_CASCADE")


def _select(fields: Node, place: Place) -> Action:
    return sql.Select(query(fields, place))


_ACTIONS: dict[str, Callable[[Node, Place], Action | None]] = {
    "AlterEnumStmt": _add_value,
    "AlterEventTrigStmt": _alter_event_trigger,
    "AlterDefaultPrivilegesStmt": _default_privileges,
    "AlterFunctionStmt": _alter_function,
    "AlterObjectSchemaStmt": _set_schema,
    "AlterOwnerStmt": _owner,
    "AlterPolicyStmt": _alter_policy,
    "AlterPublicationStmt": _alter_publication,
    "AlterTableStmt": _alter_table,
    "CommentStmt": _comment,
    "CompositeTypeStmt": _composite,
    "CreateDomainStmt": _domain,
    "CreateEnumStmt": _enum,
    "CreateEventTrigStmt": _create_event_trigger,
    "CreateExtensionStmt": _extension,
    "CreateForeignTableStmt": _foreign_table,
    "CreateFunctionStmt": _function,
    "CreatePolicyStmt": _create_policy,
    "CreatePublicationStmt": _create_publication,
    "CreateRangeStmt": _range,
    "CreateRoleStmt": _create_role,
    "CreateSchemaStmt": _schema,
    "CreateSeqStmt": _sequence,
    "CreateStmt": _create_table,
    "CreateTableAsStmt": _create_table_as,
    "CreateTrigStmt": _trigger,
    "DefineStmt": _define,
    "DeleteStmt": _delete,
    "DoStmt": _do,
    "DropStmt": _drop,
    "GrantRoleStmt": _grant_role,
    "GrantStmt": _grant,
    "IndexStmt": _index,
    "InsertStmt": _insert,
    "RenameStmt": _rename,
    "SelectStmt": _select,
    "TransactionStmt": _transaction,
    "TruncateStmt": _truncate,
    "UpdateStmt": _update,
    "VariableSetStmt": _set,
    "ViewStmt": _view,
}


def statement(
    text: Text, start: int, source: str, whole: Location | None = None, *, conditional: bool = False
) -> Statement:
    """One statement, parsed. `source` stands at `start` of the text; `whole` where its offsets do not map.

    Raises `SyntaxFailure` where PostgreSQL's parser does not understand it.
    """
    place = Place(text, start, source, whole)
    try:
        made = action(parse(source), place)
    except RecursionError as error:
        raise SyntaxFailure("expression nested too deeply for the reader") from error
    return Statement(place.span(0, len(source)), first_words(source), made, conditional=conditional)


def first_words(source: str) -> str:
    """What kind of statement it is: up to two keywords in lower case, without OR REPLACE."""
    plain = _FIRST.match(source)
    if plain:
        return f"{plain[1]} {plain[2]}".lower()
    words = [token.lower for token in islice(tokens(source), 5) if token.kind == "word"]
    if words[1:3] == ["or", "replace"]:
        del words[1:3]
    return " ".join(words[:2])
