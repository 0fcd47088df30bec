"""Who may do what: policies, grants, roles, as actions of `facts.sql`."""

from ...facts import sql
from ...facts.sql import Action, Dropped, Name
from . import naming
from .lexer import clauses
from .postgres import Node
from .trees import Place, condition, relation_name, strings


def create_policy(fields: Node, place: Place) -> Action:
    """`CREATE POLICY`."""
    roles = naming.roles(fields.get("roles", ()))
    words = clauses(place.source)
    starts = [start for word, (start, _) in words.items() if word != "where"]
    return sql.CreatePolicy(
        fields.get("policy_name", ""),
        relation_name(fields["table"]),
        fields.get("cmd_name", "all"),
        fields.get("permissive", False),
        # A missing TO is filled in as PUBLIC by the parser, without a place of its own.
        () if roles == ("public",) and fields["roles"][0]["RoleSpec"].get("location", -1) < 0 else roles,
        condition(fields.get("qual"), words.get("using"), place),
        condition(fields.get("with_check"), words.get("check"), place),
        place.span(min(starts), min(starts)) if starts else None,
    )


def alter_policy(fields: Node, place: Place) -> Action:
    """`ALTER POLICY`."""
    words = clauses(place.source)
    return sql.AlterPolicy(
        fields.get("policy_name", ""),
        relation_name(fields["table"]),
        naming.roles(fields.get("roles", ())),
        condition(fields.get("qual"), words.get("using"), place),
        condition(fields.get("with_check"), words.get("check"), place),
    )


def grant(fields: Node, place: Place) -> Action:
    """`GRANT` and `REVOKE` of privileges."""
    kind = naming.kind(fields["objtype"])
    everything = fields.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA"
    objects = fields.get("objects", ())
    privileges, columns = _privileges(fields)
    return sql.Grant(
        fields.get("is_grant", False),
        kind,
        privileges,
        naming.roles(fields.get("grantees", ())),
        () if everything else tuple(naming.target(node, kind) for node in objects),
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


def grant_role(fields: Node, place: Place) -> Action:
    """`GRANT` and `REVOKE` of a role."""
    granted = tuple(node["AccessPriv"].get("priv_name", "") for node in fields.get("granted_roles", ()))
    objects = tuple(Dropped(Name("", name)) for name in granted)
    return sql.Grant(fields.get("is_grant", False), "role", (), naming.roles(fields.get("grantee_roles", ())), objects)


def default_privileges(fields: Node, place: Place) -> Action:
    """`ALTER DEFAULT PRIVILEGES`."""
    inside = fields["action"]
    schemas: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    for item in fields.get("options", ()):
        option = item["DefElem"]
        items = option.get("arg", {}).get("List", {}).get("items", ())
        if option.get("defname") == "schemas":
            schemas = strings(items)
        elif option.get("defname") == "roles":
            owners = naming.roles(items)
    return sql.DefaultPrivileges(
        inside.get("is_grant", False),
        naming.kind(inside["objtype"]),
        _privileges(inside)[0],
        naming.roles(inside.get("grantees", ())),
        schemas,
        owners,
    )


def create_role(fields: Node, place: Place) -> Action:
    """`CREATE ROLE` and `CREATE USER`."""
    return sql.CreateRole(fields.get("role", ""))
