"""The catalogue of the replayed database, as far as DO blocks query it: its views and tables, and their rows.

Columns that hold object identifiers hold the names of what they stand for.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...facts.schema import Constraint
from ...facts.sql import Name
from .state import State

Row = Mapping[str, Any]
"""A row: column to value."""


def source(name: Name) -> Callable[[State], Iterator[Row]] | None:
    """What gives the rows of a view or table of the catalogue, None for anything else."""
    if name == Name("storage", "buckets"):
        return _buckets
    expected = {"", "pg_catalog"} if name.name.startswith("pg_") else {"information_schema"}
    return _CATALOGUE.get(name.name) if name.schema in expected else None


def _tables(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        yield {"schemaname": name.schema, "tablename": name.name, "rowsecurity": table.rls, "tableowner": "postgres"}


def _information_tables(state: State) -> Iterator[Row]:
    for names, kind in (([*state.tables], "BASE TABLE"), ([*state.views], "VIEW")):
        for name in names:
            yield {"table_schema": name.schema, "table_name": name.name, "table_type": kind}


def _columns(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        for column in table.columns:
            yield {
                "table_schema": name.schema,
                "table_name": name.name,
                "column_name": column.name,
                "data_type": _data_type(column.type),
                "udt_name": column.type_name.name,
                "is_nullable": "NO" if column.not_null else "YES",
                "column_default": column.default.text if column.default else None,
            }


def _data_type(type_: str) -> str:
    """A type as `information_schema` says it."""
    return "ARRAY" if type_.endswith("[]") else re.sub(r"\([\d, ]*\)", "", type_)


def _attributes(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        for number, column in enumerate(table.columns, 1):
            yield {
                "attrelid": str(name),
                "attname": column.name,
                "attnum": number,
                "attisdropped": False,
                "attnotnull": column.not_null,
            }


def _policies(state: State) -> Iterator[Row]:
    for policy in state.policies.values():
        yield {
            "schemaname": policy.table.schema,
            "tablename": policy.table.name,
            "policyname": policy.name,
            "cmd": policy.command.upper(),
            "permissive": "PERMISSIVE" if policy.permissive else "RESTRICTIVE",
            "roles": [*policy.roles] or ["public"],
            "qual": policy.using,
            "with_check": policy.check,
        }


def _policy_entries(state: State) -> Iterator[Row]:
    letters = {"select": "r", "insert": "a", "update": "w", "delete": "d", "all": "*"}
    for policy in state.policies.values():
        yield {
            "polname": policy.name,
            "polrelid": str(policy.table),
            "polcmd": letters.get(policy.command, "?"),
            "polpermissive": policy.permissive,
            "polqual": policy.using,
            "polwithcheck": policy.check,
        }


def _classes(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        kind = {"partitioned": "p", "foreign": "f"}.get(table.kind, "r")
        yield {
            "oid": str(name),
            "relname": name.name,
            "relnamespace": name.schema,
            "relkind": kind,
            "relrowsecurity": table.rls,
            "relispartition": table.partition,
        }
    for name, view in state.views.items():
        kind = "m" if view.materialized else "v"
        yield {"oid": str(name), "relname": name.name, "relnamespace": name.schema, "relkind": kind}


def _namespaces(state: State) -> Iterator[Row]:
    return ({"oid": name, "nspname": name, "schema_name": name} for name in state.schemas)


def _functions(state: State) -> Iterator[Row]:
    for function in state.functions.values():
        yield {
            "oid": function.identity,
            "proname": function.name.name,
            "pronamespace": function.name.schema,
            "proargtypes": function.identity,
            "pronargs": len(function.signature),
            "proconfig": [f"{name}={held}" for name, held in function.settings.items()] or None,
            "prosecdef": function.definer,
            "prokind": "p" if function.kind == "procedure" else "f",
            "routine_schema": function.name.schema,
            "routine_name": function.name.name,
            "routine_type": function.kind.upper(),
        }


def _views(state: State) -> Iterator[Row]:
    for name, view in state.views.items():
        label = "matviewname" if view.materialized else "viewname"
        yield {"schemaname": name.schema, label: name.name, "table_schema": name.schema, "table_name": name.name}


def _indexes(state: State) -> Iterator[Row]:
    for name, index in state.indexes.items():
        keys = ", ".join(element.text for element in index.elements)
        head = f"CREATE {'UNIQUE ' * index.unique}INDEX {name.name}"
        yield {
            "schemaname": name.schema,
            "tablename": index.table.name,
            "indexname": name.name,
            "indexdef": f"{head} ON {index.table} USING {index.method} ({keys})",
        }


def _constraints(state: State) -> Iterator[Row]:
    letters = {"primary key": "p", "unique": "u", "foreign key": "f", "check": "c", "exclude": "x"}
    for name, table in state.tables.items():
        for constraint in table.constraints:
            yield {
                "oid": constraint,
                "conname": constraint.name,
                "conrelid": str(name),
                "confrelid": str(constraint.references) if constraint.references else "0",
                "contype": letters.get(constraint.kind, "?"),
                "connamespace": name.schema,
                "confdeltype": constraint.on_delete[:1] or "a",
                "constraint_name": constraint.name,
                "constraint_type": constraint.kind.upper(),
                "table_schema": name.schema,
                "table_name": name.name,
            }


def definition(constraint: Constraint) -> str:
    """What `pg_get_constraintdef` prints."""
    columns = ", ".join(constraint.columns)
    match constraint.kind:
        case "check":
            return f"CHECK ({constraint.expression.text if constraint.expression else ''})"
        case "foreign key":
            inside = ", ".join(constraint.referenced_columns)
            return f"FOREIGN KEY ({columns}) REFERENCES {constraint.references}({inside})"
        case kind:
            return f"{kind.upper()} ({columns})"


def _triggers(state: State) -> Iterator[Row]:
    for trigger in state.triggers.values():
        yield {
            "tgname": trigger.name,
            "tgrelid": str(trigger.table),
            "tgisinternal": False,
            "trigger_name": trigger.name,
            "event_object_schema": trigger.table.schema,
            "event_object_table": trigger.table.name,
            "trigger_schema": trigger.table.schema,
        }


def _event_triggers(state: State) -> Iterator[Row]:
    for one in state.event_triggers.values():
        yield {"evtname": one.name, "evtevent": one.event, "evtenabled": "O" if one.enabled else "D"}


def _types(state: State) -> Iterator[Row]:
    for name, kind in state.types.items():
        letter = {"enum": "e", "domain": "d", "composite": "c", "range": "r"}.get(kind.kind, "b")
        yield {"oid": str(name), "typname": name.name, "typnamespace": name.schema, "typtype": letter}


def _enum_labels(state: State) -> Iterator[Row]:
    for name, kind in state.types.items():
        for place, label in enumerate(kind.values, 1):
            yield {"enumtypid": str(name), "enumlabel": label, "enumsortorder": place}


def _key_columns(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        for constraint in table.constraints:
            for column in constraint.columns:
                yield {
                    "constraint_name": constraint.name,
                    "table_schema": name.schema,
                    "constraint_schema": name.schema,
                    "table_name": name.name,
                    "column_name": column,
                }


def _roles(state: State) -> Iterator[Row]:
    return ({"rolname": name, "oid": name} for name in sorted(state.roles))


def _publications(state: State) -> Iterator[Row]:
    return ({"pubname": one.name, "puballtables": one.all_tables} for one in state.publications.values())


def _buckets(state: State) -> Iterator[Row]:
    return ({"id": one.id, "name": one.id, "public": one.public} for one in state.buckets.values())


def _sequences(state: State) -> Iterator[Row]:
    for name in state.sequences:
        yield {
            "schemaname": name.schema,
            "sequencename": name.name,
            "sequence_schema": name.schema,
            "sequence_name": name.name,
        }


def _extensions(state: State) -> Iterator[Row]:
    return ({"extname": name} for name in state.extensions)


def _published(state: State) -> Iterator[Row]:
    for publication in state.publications.values():
        for name in publication.tables:
            yield {"pubname": publication.name, "schemaname": name.schema, "tablename": name.name}


_CATALOGUE: dict[str, Callable[[State], Iterator[Row]]] = {
    "pg_tables": _tables,
    "tables": _information_tables,
    "columns": _columns,
    "pg_policies": _policies,
    "pg_policy": _policy_entries,
    "pg_attribute": _attributes,
    "pg_enum": _enum_labels,
    "pg_roles": _roles,
    "pg_publication": _publications,
    "pg_sequences": _sequences,
    "sequences": _sequences,
    "key_column_usage": _key_columns,
    "constraint_column_usage": _key_columns,
    "schemata": _namespaces,
    "pg_class": _classes,
    "pg_namespace": _namespaces,
    "pg_proc": _functions,
    "routines": _functions,
    "pg_views": _views,
    "pg_matviews": _views,
    "views": _views,
    "pg_indexes": _indexes,
    "pg_constraint": _constraints,
    "table_constraints": _constraints,
    "pg_trigger": _triggers,
    "triggers": _triggers,
    "pg_event_trigger": _event_triggers,
    "pg_publication_tables": _published,
    "pg_type": _types,
    "pg_extension": _extensions,
}
