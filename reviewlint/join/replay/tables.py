"""CREATE TABLE and ALTER TABLE."""

from dataclasses import replace

from ...facts import sql
from ...facts.schema import Constraint, Index, Table
from ...facts.sql import Name
from ..dependencies import view_uses_column
from .drops import forget_relation, remove
from .objects import make_index
from .state import VIEWS, Refused, State


def create_table(state: State, action: sql.CreateTable) -> None:
    """CREATE TABLE."""
    if action.temporary:
        state.temporary.add(action.name.name)
        return
    name = state.new(action.name)
    existing = state.tables.get(name)
    if (existing and existing.seen) or name in state.views:
        if action.if_not_exists:
            return
        raise Refused(f"relation {name} exists already")
    state.needs_schema(name.schema)
    if existing:
        forget_relation(state, name)
    table = Table(
        name,
        state.at,
        action.columns,
        kind="foreign" if action.server else "partitioned" if action.partitioned else "table",
        grants=state.default_grants(name.schema, "table"),
        unexposed=state.is_unexposed(name.schema, "table"),
    )
    if action.query is not None:
        table = _as_query(state, table, action.query)
    state.tables[name] = table
    for column in action.columns:
        state.needs_type(column.type_name)
        state.own_sequence(name, column)
    for parent in action.inherits:
        _inherit(state, name, state.find(parent, state.tables), partition=False)
    if action.partition_of:
        _inherit(state, name, state.find(action.partition_of, state.tables), partition=True)
    for like, options in action.like:
        _like(state, name, state.find(like, state.tables, state.views), options)
    for constraint in _without_twins(action.constraints):
        _add_constraint(state, name, constraint)


def _without_twins(constraints: tuple[sql.ConstraintDef, ...]) -> list[sql.ConstraintDef]:
    """The constraints of one CREATE TABLE: of keys on the same columns PostgreSQL makes one, the primary key first."""
    kept: list[sql.ConstraintDef] = []
    for constraint in sorted(constraints, key=lambda one: one.kind != "primary key"):
        keys = [one.columns for one in kept if one.kind in {"primary key", "unique"}]
        if constraint.kind != "unique" or constraint.columns not in keys:
            kept.append(constraint)
    return kept


def _as_query(state: State, table: Table, query: sql.Query) -> Table:
    """The columns of a table made from a query: known by name only, and only where every output has one."""
    names = state.output_names(query)
    columns = tuple(sql.ColumnDef(state.at, name, "", Name("", "")) for name in names)
    return replace(table, columns=columns, complete=bool(names))


def _inherit(state: State, name: Name, parent_name: Name, *, partition: bool) -> None:
    state.parents.add(parent_name)
    table, parent = state.tables[name], state.tables.get(parent_name)
    if not parent:
        state.lacks(parent_name)
    own = {column.name for column in table.columns}
    inherited = tuple(column for column in (parent.columns if parent else ()) if column.name not in own)
    state.tables[name] = replace(
        table,
        columns=inherited + table.columns,
        parents=(*table.parents, parent_name),
        partition=partition or table.partition,
        complete=table.complete and bool(parent and parent.complete),
    )
    if not parent:
        return
    for constraint in parent.constraints:
        if constraint.kind == "check" or (partition and constraint.kind != "not null"):
            definition = sql.ConstraintDef(
                state.at,
                constraint.kind,
                constraint.name if constraint.kind in {"check", "foreign key"} else "",
                constraint.columns,
                constraint.references,
                constraint.referenced_columns,
                constraint.expression,
            )
            if not any(one.kind == definition.kind == "primary key" for one in state.tables[name].constraints):
                _add_constraint(state, name, definition)
    if partition:
        for index in [one for one in state.indexes.values() if one.table == parent_name and not one.constraint]:
            make_index(state, name, "", index)


def _like(state: State, name: Name, source: Name, options: frozenset[str]) -> None:
    table, like = state.tables[name], state.tables.get(source)
    if not like and source not in state.views:
        state.lacks(source)
    if not like:
        state.tables[name] = table.but(complete=False)
        return
    columns = tuple(
        column._replace(
            default=column.default if "defaults" in options else None,
            identity=column.identity if "identity" in options else "",
            generated=column.generated and "generated" in options,
            serial=False,
        )
        for column in like.columns
    )
    state.tables[name] = table.but(columns=table.columns + columns, complete=table.complete and like.complete)
    for constraint in like.constraints:
        if (constraint.kind == "check" and "constraints" in options) or (
            constraint.kind in {"primary key", "unique", "exclude"} and "indexes" in options
        ):
            label = constraint.name if constraint.kind == "check" else ""
            _add_constraint(
                state,
                name,
                sql.ConstraintDef(
                    state.at, constraint.kind, label, constraint.columns, expression=constraint.expression
                ),
            )
    if "indexes" in options:
        for index in [one for one in state.indexes.values() if one.table == source and not one.constraint]:
            make_index(state, name, "", index)


def alter_table(state: State, action: sql.AlterTable) -> None:
    """ALTER TABLE, and what it does to views."""
    if action.kind in VIEWS or (action.kind == "table" and state.find(action.name) in state.views):
        _alter_view(state, action)
        return
    if action.kind not in {"table", "foreign table"}:
        return
    table = state.table(action.name, if_exists=action.if_exists)
    if table is None:
        return
    name = table.name
    for change in action.changes:
        _change(state, name, change)
    if name in state.tables:
        state.tables[name] = state.tables[name].but(changed=(*table.changed, state.at))


def _alter_view(state: State, action: sql.AlterTable) -> None:
    name = state.find(action.name)
    view = state.views.get(name)
    if view is None:
        if not action.if_exists:
            state.missing.append(name)
        return
    options = dict(view.options)
    for change in action.changes:
        if isinstance(change, sql.SetOptions):
            for key, value in change.options:
                options[key] = value
    changed = (*view.changed, state.at)
    state.views[name] = replace(view, options={k: v for k, v in options.items() if v is not None}, changed=changed)


def _change(state: State, name: Name, change: sql.TableChange) -> None:
    table = state.tables[name]
    match change:
        case sql.AddColumn(column=column):
            if table.column(column.name):
                if change.if_not_exists:
                    return
                raise Refused(f"column {column.name} of {name} exists already")
            state.needs_type(column.type_name)
            for child in (name, *state.children(name)):
                inside = state.tables[child]
                state.tables[child] = inside.but(columns=(*inside.columns, column))
            state.own_sequence(name, column)
            for constraint in change.constraints:
                _add_constraint(state, name, constraint)
        case sql.DropColumn(column=column_name):
            if not table.column(column_name):
                if table.complete and not change.if_exists:
                    raise Refused(f"column {column_name} of {name} does not exist")
                return
            remove(state, {("column", (name, column_name))}, cascade=change.cascade)
        case sql.AlterColumnType():
            _retype(state, table, change)
        case sql.AlterColumn():
            _alter_column(state, table, change)
        case sql.AddConstraint(constraint=constraint):
            _add_constraint(state, name, constraint)
        case sql.DropConstraint():
            if not any(one.name == change.name for one in table.constraints):
                if table.complete and not change.if_exists:
                    raise Refused(f"constraint {change.name} of {name} does not exist")
                return
            remove(state, {("constraint", (name, change.name))}, cascade=change.cascade)
        case sql.ValidateConstraint():
            constraints = tuple(
                replace(one, valid=True) if one.name == change.name else one for one in table.constraints
            )
            state.tables[name] = table.but(constraints=constraints)
        case sql.RowSecurity(what=what):
            if what in {"enable", "disable"}:
                state.tables[name] = table.but(rls=what == "enable", uncertain=False)
            else:
                state.tables[name] = table.but(forced=what == "force")
        case sql.SetOwner(role=role):
            state.tables[name] = table.but(owner=role)
        case sql.Partition(what=what, table=other):
            child, parent = (state.find(other), name) if what.endswith("partition") else (name, state.find(other))
            if child not in state.tables:
                state.missing.append(child)
                return
            inside = state.tables[child]
            parents = tuple(one for one in inside.parents if one != parent)
            if what in {"attach partition", "inherit"}:
                parents = (*parents, parent)
                state.parents.add(parent)
            state.tables[child] = inside.but(parents=parents, partition=what == "attach partition")
        case _:
            pass


def _retype(state: State, table: Table, change: sql.AlterColumnType) -> None:
    column = table.column(change.column)
    if column is None:
        if table.complete:
            raise Refused(f"column {change.column} of {table.name} does not exist")
        return
    for policy in state.policies.values():
        if state.policy_uses(policy, table.name, change.column):
            raise Refused(f"column {change.column} is used in policy {policy.name}")
    for view in state.views.values():
        if view_uses_column(view, table, change.column, state.find):
            raise Refused(f"column {change.column} is used by view {view.name}")
    made = column._replace(type=change.type, type_name=change.type_name)
    for child in (table.name, *state.children(table.name)):
        inside = state.tables[child]
        columns = tuple(made if one.name == change.column else one for one in inside.columns)
        state.tables[child] = inside.but(columns=columns)


def _alter_column(state: State, table: Table, change: sql.AlterColumn) -> None:
    column = table.column(change.column)
    if column is None:
        if table.complete:
            raise Refused(f"column {change.column} of {table.name} does not exist")
        return
    match change.what:
        case "set not null":
            column = column._replace(not_null=True)
        case "drop not null":
            key = table.primary_key
            if key and column.name in key.columns:
                raise Refused(f"column {column.name} is in a primary key")
            column = column._replace(not_null=False)
        case "set default":
            column = column._replace(default=change.default)
        case "drop default":
            column = column._replace(default=None, serial=False)
        case "add identity":
            column = column._replace(identity="a")
            state.own_sequence(table.name, column)
        case "drop identity":
            column = column._replace(identity="")
        case "drop expression":
            column = column._replace(generated=False)
        case _:
            pass
    for child in (table.name, *state.children(table.name)):
        inside = state.tables[child]
        columns = tuple(column if one.name == column.name else one for one in inside.columns)
        state.tables[child] = inside.but(columns=columns)


def _add_constraint(state: State, name: Name, definition: sql.ConstraintDef) -> None:
    table = state.tables[name]
    columns = definition.columns
    if definition.kind == "primary key" and table.primary_key:
        raise Refused(f"{name} has a primary key already")
    if definition.name and any(one.name == definition.name for one in table.constraints):
        raise Refused(f"constraint {definition.name} of {name} exists already")
    references = None
    if definition.references:
        references = state.find(definition.references, state.tables)
        if references not in state.tables:
            state.lacks(references)
    index = state.indexes.get(Name(name.schema, definition.index)) if definition.index else None
    if index:
        columns = tuple(element.column for element in index.elements)
    label = definition.name or (definition.index if index else _constraint_name(state, name, definition, columns))
    referenced = definition.referenced_columns
    if references and not referenced and references in state.tables:
        key = state.tables[references].primary_key
        referenced = key.columns if key else ()
    state.labels.add(label)
    constraint = Constraint(
        label,
        definition.kind,
        columns,
        definition.at,
        references,
        referenced,
        definition.expression,
        definition.valid,
        definition.on_delete,
    )
    columns_now = table.columns
    if definition.kind == "primary key":
        columns_now = tuple(one._replace(not_null=True) if one.name in columns else one for one in columns_now)
    state.tables[name] = table.but(constraints=(*table.constraints, constraint), columns=columns_now)
    if definition.kind in {"primary key", "unique", "exclude"}:
        full = Name(name.schema, label)
        if index:
            del state.indexes[index.name]
            state.indexes[full] = replace(index, name=full, constraint=label, primary=definition.kind == "primary key")
        elif not definition.index:  # of one that was made where nobody sees it, no columns are known
            state.indexes[full] = Index(
                full,
                name,
                tuple(sql.IndexElement(column, column) for column in columns),
                definition.at,
                unique=definition.kind != "exclude",
                method="gist" if definition.kind == "exclude" else "btree",
                constraint=label,
                primary=definition.kind == "primary key",
            )
    if definition.kind in {"check"}:
        for child in state.children(name):
            inside = state.tables[child]
            state.tables[child] = inside.but(constraints=(*inside.constraints, constraint))


def _constraint_name(state: State, name: Name, definition: sql.ConstraintDef, columns: tuple[str, ...]) -> str:
    def used(label: str) -> bool:
        # Every name that a constraint ever had is in `labels`: most are new, and need no search.
        return label in state.labels and any(
            one.name == label
            for table in state.tables.values()
            if table.name.schema == name.schema
            for one in table.constraints
        )

    relation_taken = state.relation_taken(name.schema)

    def taken(label: str) -> bool:
        return used(label) or relation_taken(label)

    match definition.kind:
        case "primary key":
            return state.unused(name.name, "", "pkey", taken)
        case "unique":
            return state.unused(name.name, "_".join(columns), "key", taken)
        case "exclude":
            return state.unused(name.name, "_".join(columns), "excl", taken)
        case "foreign key":
            return state.unused(name.name, "_".join(columns), "fkey", used)
        case _:
            inside = definition.expression
            seen = {node.name for node in sql.walk(inside.tree) if isinstance(node, sql.ColumnRef)} if inside else set()
            return state.unused(name.name, seen.pop() if len(seen) == 1 else "", "check", used)
