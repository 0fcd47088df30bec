"""How statements name what they are about: objects, roles, types, options."""

from collections.abc import Iterable

from ...facts.sql import Dropped, Name
from .postgres import Node
from .trees import constant, dotted, relation_name, strings, type_name, type_text


def kind(name: str) -> str:
    """`OBJECT_MATVIEW` as SQL says it."""
    word = name.removeprefix("OBJECT_").lower().replace("_", " ")
    return {"matview": "materialized view", "tabconstraint": "constraint"}.get(word, word)


def options(items: Iterable[Node], *, reset: bool = False) -> tuple[tuple[str, str | None], ...]:
    """Storage or view options; an option without a value is `true`."""
    found = []
    for item in items:
        option = item["DefElem"]
        found.append((option.get("defname", ""), None if reset else option_text(option.get("arg", {}))))
    return tuple(found)


def option_text(node: Node) -> str:
    """The value of an option as text; `true` where it has none."""
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


def role(fields: Node) -> str:
    """A RoleSpec; the pseudo-roles in lower case, PUBLIC as `public`."""
    kind = fields.get("roletype", "ROLESPEC_CSTRING")
    if kind == "ROLESPEC_CSTRING":
        return str(fields.get("rolename", ""))
    return str(kind).removeprefix("ROLESPEC_").lower()


def roles(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The roles of a list of RoleSpec."""
    return tuple(role(node["RoleSpec"]) for node in nodes if "RoleSpec" in node)


def target(node: Node, kind: str) -> Dropped:
    """An object as DROP, GRANT, COMMENT and others name it."""
    if "ObjectWithArgs" in node:
        fields = node["ObjectWithArgs"]
        arguments = None if fields.get("args_unspecified") else argument_types(fields)
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


def argument_types(fields: Node) -> tuple[str, ...]:
    """The types that identify a function: those of its input parameters."""
    parameters = [node.get("FunctionParameter", {}) for node in fields.get("objfuncargs", ())]
    if parameters:
        inputs = [item for item in parameters if item.get("mode") not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"}]
        return tuple(type_text(item["argType"]) for item in inputs)
    return tuple(type_text(node["TypeName"]) for node in fields.get("objargs", ()) if "TypeName" in node)
