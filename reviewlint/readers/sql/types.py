"""Types of the database: enums, composites, ranges, domains, as actions of `facts.sql`."""

from ...facts import sql
from ...facts.sql import Action
from .postgres import Node
from .trees import Place, dotted, relation_name, strings


def create_enum(fields: Node, place: Place) -> Action:
    """`CREATE TYPE … AS ENUM`."""
    return sql.CreateType(dotted(fields["typeName"]), "enum", strings(fields.get("vals", ())))


def add_value(fields: Node, place: Place) -> Action | None:
    """`ALTER TYPE … ADD VALUE`."""
    if "newVal" not in fields or "oldVal" in fields:
        return None
    return sql.AddValue(
        dotted(fields["typeName"]),
        fields["newVal"],
        fields.get("newValNeighbor", ""),
        fields.get("newValIsAfter", False),
        fields.get("skipIfNewValExists", False),
    )


def create_composite(fields: Node, place: Place) -> Action:
    """`CREATE TYPE … AS (…)`."""
    return sql.CreateType(relation_name(fields["typevar"]), "composite")


def create_range(fields: Node, place: Place) -> Action:
    """`CREATE TYPE … AS RANGE`."""
    return sql.CreateType(dotted(fields["typeName"]), "range")


def create_domain(fields: Node, place: Place) -> Action:
    """`CREATE DOMAIN`."""
    return sql.CreateType(dotted(fields["domainname"]), "domain")
