"""Whether a foreign key finds the key that it is to refer to."""

from collections.abc import Iterator

from ..facts import sql
from ..facts.schema import Database, Step


def finds_key(database: Database, step: Step, constraint: sql.ConstraintDef) -> bool:
    """Whether the columns that a foreign key names have a key by the time of its step, or may have one.

    PostgreSQL refuses all others: "there is no unique constraint matching given keys". A partial index is none. Only of
    a table that the history makes, and gives no other names, is it known that it has no other keys.
    """
    target, columns = constraint.references, frozenset(constraint.referenced_columns)
    if target is None or not columns:
        return True
    made = False
    for one in database.steps:
        if one is step:
            return not made
        if one.problem:
            continue
        match one.action:
            case sql.CreateTable(name=name) if _same(name, target):
                if one.action.like or one.action.inherits or one.action.partition_of or one.action.query is not None:
                    return True
                made = True
            case sql.Rename() if any(_same(table.name, target) for table in one.tables):
                return True
            case _:
                pass
        if columns in _keys(one.action, target):
            return True
    return True


def _keys(action: sql.Action, target: sql.Name) -> Iterator[frozenset[str]]:
    """The columns of each key that a statement gives to a table."""
    match action:
        case sql.CreateTable(name=name, constraints=constraints) if _same(name, target):
            yield from _of_constraints(constraints)
        case sql.AlterTable(name=name, changes=changes) if _same(name, target):
            for change in changes:
                match change:
                    case sql.AddConstraint(constraint=constraint):
                        yield from _of_constraints((constraint,))
                    case sql.AddColumn(constraints=constraints):
                        yield from _of_constraints(constraints)
                    case _:
                        pass
        case sql.CreateIndex(table=name, unique=True, where=None, elements=elements) if _same(name, target):
            yield frozenset(element.column for element in elements)
        case _:
            pass


def _of_constraints(constraints: tuple[sql.ConstraintDef, ...]) -> Iterator[frozenset[str]]:
    for one in constraints:
        if one.kind in {"primary key", "unique"}:
            yield frozenset(one.columns)


def _same(written: sql.Name, target: sql.Name) -> bool:
    """Whether two names may be those of one table: either may stand without its schema."""
    return written.name == target.name and (not written.schema or not target.schema or written.schema == target.schema)
