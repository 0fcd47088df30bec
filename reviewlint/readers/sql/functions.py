"""Views, functions and triggers, and what runs inside of them, as actions of `facts.sql`."""

from ...facts import sql
from ...facts.sql import Action
from . import naming
from .blocks import ReadStatement
from .bodies import body
from .postgres import Node
from .trees import Place, dotted, query, relation_name, strings, type_text

_MODES = {
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}


def create_view(fields: Node, place: Place) -> Action:
    """`CREATE VIEW`."""
    inside = fields["query"]
    return sql.CreateView(
        relation_name(fields["view"]),
        query(inside["SelectStmt"], place) if "SelectStmt" in inside else None,
        place.source,
        naming.options(fields.get("options", ())),
        strings(fields.get("aliases", ())),
        replace=fields.get("replace", False),
        temporary=fields["view"].get("relpersistence") == "t",
    )


def create_function(fields: Node, place: Place, read: ReadStatement) -> Action:
    """`CREATE FUNCTION` and `CREATE PROCEDURE`; `read` reads the statements inside."""
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
        inner = body(text[0], language, place, place.offset(inside.get("location", 0)), read, runs=runs)
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


def define(fields: Node, place: Place) -> Action | None:
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
        return [(name, ", ".join(naming.option_text(node) for node in fields.get("args", ())))]
    return []


def alter_function(fields: Node, place: Place) -> Action:
    """`ALTER FUNCTION`."""
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
    arguments = None if target.get("args_unspecified") else naming.argument_types(target)
    return sql.AlterFunction(dotted(target["objname"]), arguments, tuple(settings), definer, volatility)


def alter_owner(fields: Node, place: Place) -> Action | None:
    """`ALTER FUNCTION … OWNER TO`; other owners nobody asks about."""
    kind = naming.kind(fields["objectType"])
    if kind not in {"function", "procedure", "routine"}:
        return None
    target = naming.target(fields["object"], kind)
    return sql.AlterFunction(target.name, target.arguments, owner=naming.role(fields["newowner"]))


def create_trigger(fields: Node, place: Place) -> Action:
    """`CREATE TRIGGER`."""
    return sql.CreateTrigger(
        fields.get("trigname", ""),
        relation_name(fields["relation"]),
        dotted(fields["funcname"]),
        fields.get("replace", False),
    )


def create_event_trigger(fields: Node, place: Place) -> Action:
    """`CREATE EVENT TRIGGER`."""
    tags: list[str] = []
    for item in fields.get("whenclause", ()):
        if item["DefElem"].get("defname") == "tag":
            tags += strings(item["DefElem"]["arg"]["List"]["items"])
    return sql.CreateEventTrigger(
        fields.get("trigname", ""), fields.get("eventname", ""), dotted(fields["funcname"]), tuple(map(str.upper, tags))
    )


def alter_event_trigger(fields: Node, place: Place) -> Action:
    """`ALTER EVENT TRIGGER … ENABLE` or `DISABLE`."""
    return sql.AlterEventTrigger(fields.get("trigname", ""), fields.get("tgenabled") != "D")


def do(fields: Node, place: Place, read: ReadStatement) -> Action | None:
    """`DO`; `read` reads the statements inside."""
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
    return sql.Do(body(text, language, place, place.offset(inside.get("location", 0)), read, runs=True))
