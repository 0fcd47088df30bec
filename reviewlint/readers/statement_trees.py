"""What the statements of a text do, from sqlglot's trees. What is not known counts as a limit: it may be one."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from ..facts.statements import TableWrite, TextSearch
from .statements import BOUND, HOLE

_WRITES: dict[type[exp.Expression], str] = {
    exp.Insert: "insert",
    exp.Update: "update",
    exp.Delete: "delete",
    exp.Merge: "merge",
}
_BOUNDS = ("where", "using", "from_", "from", "limit", "tables", "cluster")
_LIMITS = ("where", "limit", "offset", "group", "having", "joins", "into", "laterals", "qualify", "sample", "fetch")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Read:
    """The fields of `SqlStatement` that the text alone tells."""

    writes: tuple[TableWrite, ...]
    starred: tuple[str, ...]
    whole: str
    searches: tuple[TextSearch, ...]


def read(text: str, dialect: str) -> Iterator[Read]:
    """Each statement of the text that does something worth telling; none where the dialect's parser refuses it."""
    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        trees = sqlglot.parse(text, read=dialect)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return
    finally:
        logger.setLevel(level)
    for tree in trees:
        if isinstance(tree, exp.Expression) and not isinstance(tree, exp.Command):
            found = Read(
                tuple(_writes(tree)),
                tuple(dict.fromkeys(_starred(tree, _queries_of(tree), _DEPTH))),
                _whole(tree),
                tuple(_searches(tree)),
            )
            if found != Read((), (), "", ()):
                yield found


def _writes(tree: exp.Expression) -> Iterator[TableWrite]:
    for node in tree.find_all(*_WRITES):
        target = node.this.find(exp.Table) if isinstance(node.this, exp.Expression) else None
        if target is not None:
            bounded = not isinstance(node, exp.Update | exp.Delete) or _is_open(node) or _has(node, _BOUNDS)
            bounded = bounded or bool(target.args.get("joins")) or _is_recomputed(node, target)
            yield TableWrite(_WRITES[type(node)], _name(target), bounded, _marks(node))


def _marks(node: exp.Expression) -> bool:
    """Whether an UPDATE sets nothing but constants, and one of them to a word or to true."""
    if not isinstance(node, exp.Update):
        return False
    given = [one.expression for one in node.expressions if isinstance(one, exp.EQ)]
    constant = all(isinstance(one, exp.Literal | exp.Boolean | exp.Null | exp.CurrentTimestamp) for one in given)
    says = any(one.this is True or (one.is_string and one.this) for one in given)
    return constant and says and len(given) == len(node.expressions) and HOLE not in "".join(one.name for one in given)


def _is_recomputed(node: exp.Expression, target: exp.Table) -> bool:
    """Whether an UPDATE computes each row anew from what belongs to it, as a count of its children: meant for all."""
    own = {target.name.lower(), target.alias.lower()} - {""}
    return isinstance(node, exp.Update) and any(
        column.table.lower() in own
        for value in node.expressions
        for select in value.find_all(exp.Select)
        for column in select.find_all(exp.Column)
    )


def _has(node: exp.Expression, parts: Iterable[str]) -> bool:
    return any(node.args.get(part) for part in parts)


def _is_open(node: exp.Expression) -> bool:
    """Whether a hole stands where it may be more than one name or value: `DELETE FROM orders {condition}`."""
    if any(alias.name.startswith(HOLE) for alias in node.find_all(exp.TableAlias, exp.Alias)):
        return True
    last = node.args.get("order") or (node if isinstance(node, exp.Update) else None)
    if last is not None and any(one.name.startswith(HOLE) for one in last.expressions):
        return True
    return any(table.name.startswith(HOLE) for table in node.find_all(exp.Table) if not table.args.get("db"))


def _name(table: exp.Table) -> str:
    """A table's name with its schema; `""` where it is a hole."""
    parts = [part.name for part in table.parts]
    return "" if any(HOLE in part for part in parts) else ".".join(parts)


# Every column


Tables = dict[str, exp.Expression]


def _queries_of(tree: exp.Expression) -> Tables:
    """The common table expressions of a statement by name."""
    return {cte.alias.lower(): cte.this for cte in tree.find_all(exp.CTE)}


def _starred(tree: exp.Expression | exp.Query, queries: Tables, depth: int) -> Iterator[str]:
    """The tables of which a query gives every column, `""` for those that have no known name."""
    if depth == 0:
        return
    if isinstance(tree, exp.SetOperation):
        for side in (tree.left, tree.right):
            yield from _starred(side, queries, depth - 1)
    elif isinstance(tree, exp.Subquery):
        yield from _starred(tree.this, queries, depth - 1)
    elif isinstance(tree, exp.Select):
        for projection in tree.expressions:
            if isinstance(projection, exp.Star) or (
                isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star)
            ):
                wanted = projection.table if isinstance(projection, exp.Column) else ""
                yield from _starred_of(tree, wanted, queries, depth)


def _starred_of(select: exp.Select, wanted: str, queries: Tables, depth: int) -> Iterator[str]:
    for source in _sources(select):
        if wanted and source.alias_or_name.lower() != wanted.lower():
            continue
        is_plain = isinstance(source, exp.Table) and not source.args.get("db")
        inner = queries.get(source.name.lower()) if is_plain else None
        if inner is not None:
            yield from _starred(inner, {**queries, source.name.lower(): exp.Null()}, depth - 1)
        elif isinstance(source, exp.Table):
            if source.name:  # none for a function
                yield _name(source) or "a table"
        else:
            yield from _starred(source, queries, depth - 1)


def _sources(select: exp.Select) -> list[exp.Expression]:
    """What a query reads from, joins included."""
    first = select.args.get("from_") or select.args.get("from")
    joins = [join.this for join in select.args.get("joins") or ()]
    return [one for one in ([first.this] if first is not None else []) + joins if isinstance(one, exp.Expression)]


# Every row


def _whole(tree: exp.Expression) -> str:
    """The one table of which a query gives every row, `""` where it gives fewer or others."""
    if not isinstance(tree, exp.Select) or _has(tree, _LIMITS) or _is_open(tree):
        return ""
    sources = _sources(tree)
    source = sources[0] if len(sources) == 1 else None
    if not isinstance(source, exp.Table) or source.args.get("joins") or source.name.lower() in _queries_of(tree):
        return ""
    if any(projection.find(exp.AggFunc, exp.Anonymous) for projection in tree.expressions):
        return ""
    return _name(source)


# Searches


def _searches(tree: exp.Expression) -> Iterator[TextSearch]:
    if not isinstance(tree, exp.Query):
        return
    for like in tree.find_all(exp.Like, exp.ILike):
        begins, bound = _pattern(like.expression)
        select = like.find_ancestor(exp.Select)
        column = like.this.find(exp.Column) if isinstance(like.this, exp.Expression) else None
        if not begins or select is None:
            continue
        word = "ILIKE" if isinstance(like, exp.ILike) else "LIKE"
        name = column.name if column is not None and not column.name.startswith((HOLE, BOUND)) else ""
        yield TextSearch(_table_of(column, select), name, word, bound, _is_narrowed(select))


def _pattern(pattern: exp.Expression | None) -> tuple[bool, int | str | None]:
    """Whether a pattern begins with a wildcard or is bound, and if so which bound value it is."""
    while isinstance(pattern, exp.DPipe | exp.Concat | exp.Paren | exp.Escape | exp.Cast):
        pattern = pattern.expressions[0] if isinstance(pattern, exp.Concat) else pattern.this
    if isinstance(pattern, exp.Literal) and pattern.is_string:
        return str(pattern.this).startswith("%"), None
    if isinstance(pattern, exp.Column) and pattern.name.startswith(BOUND):
        which = pattern.name.removeprefix(BOUND)
        return True, int(which) if which.isdigit() else which
    return False, None


def _table_of(column: exp.Column | None, select: exp.Select) -> str:
    """The table of a column: the one that its qualifier names, else the query's only one."""
    sources = [one for one in _sources(select) if isinstance(one, exp.Table)]
    if column is not None and column.table:
        sources = [one for one in sources if one.alias_or_name.lower() == column.table.lower()]
    return _name(sources[0]) if len(sources) == 1 or (sources and column is not None and not column.table) else ""


def _is_narrowed(select: exp.Select) -> bool:
    """Whether one of the conditions that hold together with a search is an equality."""
    where = select.args.get("where")
    waiting = [where.this] if where is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, exp.And):
            waiting += [one.left, one.right]
        elif isinstance(one, exp.Paren):
            waiting.append(one.this)
        elif isinstance(one, exp.EQ | exp.In) or (isinstance(one, exp.Column) and one.name.startswith(HOLE)):
            return True
    return False
