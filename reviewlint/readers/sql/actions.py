"""What a statement does: PostgreSQL's tree of one statement into an action of `facts.sql`."""

import re
from collections.abc import Callable
from itertools import islice

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import Action, Name, Statement
from . import functions, naming, rights, rows, tables, types
from .lexer import Text, tokens
from .postgres import Node, SyntaxFailure, parse
from .trees import Place, relation_name

_FIRST = re.compile(r"([a-z]+)\s+(?:or\s+replace\s+)?([a-z]+)\b(?!\.)", re.IGNORECASE)


def action(node: Node, place: Place) -> Action | None:
    """What the statement does, None where nobody asks."""
    kind, fields = next(iter(node.items()))
    convert = _ACTIONS.get(kind)
    return convert(fields, place) if convert else None


def _rename(fields: Node, place: Place) -> Action:
    kind = naming.kind(fields["renameType"])
    new: str = fields.get("newname", "")
    part: str = fields.get("subname", "")
    if "relation" in fields:
        return sql.Rename(kind, relation_name(fields["relation"]), new, part)
    if "object" not in fields:
        return sql.Rename(kind, Name("", part), new)  # a schema, role or database, which belongs to nothing
    target = naming.target(fields["object"], kind)
    return sql.Rename(kind, target.name, new, part or target.part, target.arguments)


def _set_schema(fields: Node, place: Place) -> Action:
    kind = naming.kind(fields["objectType"])
    if "relation" in fields:
        return sql.SetSchema(kind, relation_name(fields["relation"]), fields["newschema"])
    target = naming.target(fields.get("object", {}), kind)
    return sql.SetSchema(kind, target.name, fields["newschema"], target.arguments)


def _drop(fields: Node, place: Place) -> Action:
    kind = naming.kind(fields["removeType"])
    return sql.Drop(
        kind,
        tuple(naming.target(node, kind) for node in fields.get("objects", ())),
        fields.get("missing_ok", False),
        fields.get("behavior") == "DROP_CASCADE",
        fields.get("concurrent", False),
    )


def _schema(fields: Node, place: Place) -> Action:
    name = fields.get("schemaname", "") or naming.role(fields.get("authrole", {}))
    return sql.CreateSchema(name, fields.get("if_not_exists", False))


def _extension(fields: Node, place: Place) -> Action:
    schema = ""
    for item in fields.get("options", ()):
        if item["DefElem"].get("defname") == "schema":
            schema = naming.option_text(item["DefElem"].get("arg", {}))
    return sql.CreateExtension(fields.get("extname", ""), schema, fields.get("if_not_exists", False))


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
    kind = naming.kind(fields["objtype"])
    target = naming.target(fields.get("object", {}), kind)
    return sql.Comment(kind, target.name, fields.get("comment", ""))


def _set(fields: Node, place: Place) -> Action:
    values = tuple(naming.option_text(node) for node in fields.get("args", ()))
    return sql.SetVariable(fields.get("name", "").lower(), values, fields.get("is_local", False))


def _transaction(fields: Node, place: Place) -> Action:
    return sql.Transaction(fields["kind"].removeprefix("TRANS_STMT_").lower().replace("start", "begin"))


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


_ACTIONS: dict[str, Callable[[Node, Place], Action | None]] = {
    "AlterEnumStmt": types.add_value,
    "AlterEventTrigStmt": functions.alter_event_trigger,
    "AlterDefaultPrivilegesStmt": rights.default_privileges,
    "AlterFunctionStmt": functions.alter_function,
    "AlterObjectSchemaStmt": _set_schema,
    "AlterOwnerStmt": functions.alter_owner,
    "AlterPolicyStmt": rights.alter_policy,
    "AlterPublicationStmt": _alter_publication,
    "AlterTableStmt": tables.alter_table,
    "CommentStmt": _comment,
    "CompositeTypeStmt": types.create_composite,
    "CreateDomainStmt": types.create_domain,
    "CreateEnumStmt": types.create_enum,
    "CreateEventTrigStmt": functions.create_event_trigger,
    "CreateExtensionStmt": _extension,
    "CreateForeignTableStmt": tables.foreign_table,
    "CreateFunctionStmt": lambda fields, place: functions.create_function(fields, place, statement),
    "CreatePolicyStmt": rights.create_policy,
    "CreatePublicationStmt": _create_publication,
    "CreateRangeStmt": types.create_range,
    "CreateRoleStmt": rights.create_role,
    "CreateSchemaStmt": _schema,
    "CreateSeqStmt": tables.create_sequence,
    "CreateStmt": tables.create_table,
    "CreateTableAsStmt": tables.create_table_as,
    "CreateTrigStmt": functions.create_trigger,
    "DefineStmt": functions.define,
    "DeleteStmt": rows.delete,
    "DoStmt": lambda fields, place: functions.do(fields, place, statement),
    "DropStmt": _drop,
    "GrantRoleStmt": rights.grant_role,
    "GrantStmt": rights.grant,
    "IndexStmt": tables.create_index,
    "InsertStmt": rows.insert,
    "RenameStmt": _rename,
    "SelectStmt": rows.select,
    "TransactionStmt": _transaction,
    "TruncateStmt": rows.truncate,
    "UpdateStmt": rows.update,
    "VariableSetStmt": _set,
    "ViewStmt": functions.create_view,
}
