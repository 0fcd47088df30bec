"""A constraint is added to a table in use and checked at once, under a lock.

To add a foreign key or a check PostgreSQL reads the whole table while nobody may write to it, for a foreign key to
the other table either. `not valid` adds the constraint for new rows in a moment; `validate constraint` checks the
old ones afterwards under a lock that lets writes through. `set not null` reads the table as well, unless a valid check
constraint says the same already.

A check that is written on a new column reads the whole table too. A foreign key on a new column without a default has
no rows to check: PostgreSQL skips it, and nothing is found. A table that is given a column which no row could have a
value for has no rows, or the migration fails. So does one whose foreign key refers to columns without a key.
"""

from collections.abc import Iterator
from dataclasses import replace

from ...facts import sql
from ...facts.location import Location
from ...facts.schema import Table
from ...finding import Finding, Subject
from ...join.applied import meets_rows
from ...join.exposure import table_subject
from ...join.habits import as_habits
from ...join.history import Altered, altered, is_loaded, must_be_empty
from ...join.keys import finds_key
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="E S",
    strictly="migrations that no tool, number or version puts into an order, that say nothing which only PostgreSQL "
    "understands, or that are copies of others; tables made in the hour before or by the same change.",
    limits="How many rows a table has is not known; a table that an earlier file made is taken to be in use.",
)


def check(project: Project) -> Iterator[Finding]:
    """Foreign keys, checks and NOT NULL that are validated while they are added to an existing table."""
    locking = (
        replace(finding, strict=not meets_rows(project, one.database, one.step, one.table))
        for one, finding in _found(project)
        if not must_be_empty(one.database, one.step, one.table)
    )
    yield from as_habits(project, locking, of_history=True)


def _found(project: Project) -> Iterator[tuple[Altered, Finding]]:
    for one in altered(project):
        match one.change:
            case sql.AddConstraint(constraint=constraint):
                if is_loaded(one.database, one.step, one.table, constraint.name):
                    continue
                if not finds_key(one.database, one.step, constraint):
                    continue  # it fails before it reads a row
                if constraint.kind in {"foreign key", "check"} and constraint.valid:
                    yield one, _constraint(one, constraint)
            case sql.AddColumn(column=new, constraints=constraints):
                for constraint in constraints:
                    if constraint.kind == "check" or (constraint.kind == "foreign key" and new.default is not None):
                        yield one, _constraint(one, constraint)
            case sql.AlterColumn(column=column, what="set not null"):
                if not _is_required(one.table, column) and not _checked(one, column):
                    yield one, _not_null(one, column)
            case _:
                pass


def _place(one: Altered, at: Location) -> Location:
    whole = one.step.statement.at
    return at if whole.holds(at) else whole


def _constraint(one: Altered, constraint: sql.ConstraintDef) -> Finding:
    name = constraint.name or _unnamed(one.table, constraint)
    what = f"({', '.join(map(sql.quoted, constraint.columns))})"
    if constraint.kind == "check":
        what = f"({constraint.expression.text})" if constraint.expression else ""
    target = ""
    if constraint.references:
        columns = (
            f" ({', '.join(map(sql.quoted, constraint.referenced_columns))})" if constraint.referenced_columns else ""
        )
        target = f" references {constraint.references.quoted}{columns} {constraint.actions}".rstrip()
    return Finding(
        _place(one, constraint.at),
        f"the {constraint.kind} constraint {name} is validated while it is added to {one.table.name}, which was there "
        "before this migration: writes wait while the table is read.",
        f"alter table {one.table.name.quoted} add constraint {sql.quoted(name)} {constraint.kind} {what}{target} not valid;\n"
        f"-- in a migration of its own\n"
        f"alter table {one.table.name.quoted} validate constraint {sql.quoted(name)};",
        subject=Subject("constraint", name, one.table.name.schema, table=one.table.name.name),
        slots={"table": str(one.table.name), "constraint": name},
    )


def _is_required(table: Table, column: str) -> bool:
    """Whether the column is NOT NULL already, so that nothing is read."""
    return any(known.name == column and known.not_null for known in table.columns)


def _checked(one: Altered, column: str) -> bool:
    """Whether a valid check constraint says already that the column is not null (PostgreSQL 12 and newer use it)."""
    return _is_checked(one.table, column) or _is_checked(one.database.tables.get(one.table.name), column)


def _is_checked(table: Table | None, column: str) -> bool:
    for constraint in table.constraints if table else ():
        if constraint.kind == "check" and constraint.expression and constraint.valid:
            for node in sql.walk(constraint.expression.tree):
                match node:
                    case sql.Operation(operator="is not null", operands=(sql.ColumnRef(parts=(*_, name)),)):
                        if name == column:
                            return True
                    case _:
                        pass
    return False


def _unnamed(table: Table, constraint: sql.ConstraintDef) -> str:
    """What PostgreSQL calls a constraint that is given no name, where nothing else is called so."""
    if constraint.kind == "foreign key":
        return "_".join((table.name.name, *constraint.columns, "fkey"))
    tree = constraint.expression.tree if constraint.expression else None
    columns = {node.parts[-1] for node in sql.walk(tree) if isinstance(node, sql.ColumnRef)} if tree else set()
    return "_".join((table.name.name, *(columns if len(columns) == 1 else ()), "check"))


def _not_null(one: Altered, column: str) -> Finding:
    table, name = one.table.name.quoted, sql.quoted(column)
    constraint = sql.quoted(f"{one.table.name.name}_{column}_not_null")
    return Finding(
        one.step.statement.at,
        f"column {column} of {one.table.name} is set NOT NULL at once: the table was there before this migration, and "
        "it is read under a lock that nobody gets past.",
        f"alter table {table} add constraint {constraint} check ({name} is not null) not valid;\n"
        f"alter table {table} validate constraint {constraint};\n"
        f"alter table {table} alter column {name} set not null;",
        subject=table_subject(one.table, column),
        slots={"table": str(one.table.name), "constraint": f"not null on {column}"},
    )


REMARK = (
    "To accept `{constraint}`, PostgreSQL looks at every old row of `{table}` while writers wait. Add it `not "
    "valid`, then validate: the same promise, without the queue."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_orders.sql
create table public.orders (id uuid primary key, total int);
=== supabase/migrations/total.sql
alter table public.orders add check (total >= 0); -- <-- strict: the tool skips this file
""",
    """
=== migrations/0001_orders.sql
create table customers (id bigint primary key);
create table orders (id bigint primary key, customer_id bigint, total int);
=== migrations/0002_constraints.sql
alter table orders add constraint orders_customer foreign key (customer_id) references customers (id); -- <-- reads all orders
alter table orders add check (total >= 0); -- <-- the same
alter table orders alter column total set not null; -- <-- and again
alter table orders add column payer bigint references customers (id);
alter table orders add column replaces bigint references orders (id);
alter table orders add column rating int check (rating > 0); -- <-- a check is not skipped for a new column
alter table orders add column agent bigint default 1 references customers (id); -- <-- this one's rows are looked up
""",
    """
=== migrations/0001_orders.sql
create table customers (id bigint primary key);
create table orders (id bigint primary key, customer_id bigint, total int);
alter table orders add check (total >= 0);
=== migrations/0002_constraints.sql
alter table orders add constraint orders_customer foreign key (customer_id) references customers (id) not valid;
alter table orders validate constraint orders_customer;
alter table orders add constraint orders_total check (total is not null) not valid;
alter table orders validate constraint orders_total;
alter table orders alter column total set not null;
create table lines (id bigint primary key, order_id bigint);
alter table lines add foreign key (order_id) references orders (id);
=== migrations/0003_codes.sql
alter table customers alter column id set not null;
alter table orders add column code text not null;
alter table orders add constraint orders_code check (code <> '');
""",
    """
=== migrations/0001_orders.sql
create table customers (id uuid primary key, email text, login text, phone text unique);
create table orders (id bigint primary key, email text, login text, phone text, code text);
=== migrations/0002_customers.sql
create unique index customers_email on customers (email) where email is not null;
alter table orders add foreign key (email) references customers (email);
alter table orders add foreign key (phone) references customers (phone); -- <-- reads all orders
create unique index customers_login on customers (login);
alter table orders add foreign key (login) references customers (login); -- <-- an index will do
alter table orders add foreign key (code) references coupons (code); -- <-- nobody knows of coupons
""",
    """
=== migrations/0001_orders.sql
create table old_orders (id bigserial primary key, total int);
create table orders (id bigint primary key, total int, constraint positive check (total > 0));
=== migrations/0002_moved.sql
alter table orders drop constraint positive;
insert into orders select id, total from old_orders;
alter table orders add constraint positive check (total > 0);
alter table orders add constraint small check (total < 9); -- <-- was not there before
""",
]
