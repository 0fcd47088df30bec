"""What Mongoose, MongoDB, TypeORM, MikroORM, Sequelize, Drizzle, Kysely and Knex are asked for."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import RowRead
from ...facts.file import FileFact
from ...facts.values import Constant, Items, Record, Value, constant_text
from . import models, syntax
from .module import Module

TRIGGERS = (
    *(b"ongoose", b"odel", b"ongo", b"typeorm", b"mikro-orm", b"epository"),
    *(b"equelize", b"entit", b"drizzle", b"selectFrom", b"knex"),
)
_DOCUMENTS = frozenset({"find", "findOne", "findById", "countDocuments", "exists", "distinct", "aggregate"})
_MODELS = frozenset({"findAll", "findByPk", "findAndCountAll", "count", "sum", "max", "min"})
_REPOSITORIES = frozenset(
    """find findBy findOne findOneBy findOneById findOneOrFail findOneByOrFail findByIds findAndCount findAndCountBy
    findAll count countBy exist exists existsBy""".split()
)
_DRIZZLE = frozenset({"findFirst", "findMany"})
_SELECTS = frozenset({"select", "selectDistinct"})
_KNEX = frozenset({"where", "select", "first", "join", "leftJoin", "innerJoin"})
"""What may come first after the table in a chain of Knex that reads, unless it writes in the end."""
_WRITES = frozenset({"insert", "update", "del", "delete", "increment", "decrement", "truncate"})
CALLS = _DOCUMENTS | _MODELS | _REPOSITORIES | _DRIZZLE | _KNEX | {"from", "selectFrom"}
_LIMITS = frozenset({"limit", "take"})
_SENDS = frozenset({"run", "all", "get", "then"})
"""What sends a query that Drizzle built for a driver that does not wait, or goes on with what comes."""


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """One read, where the call says what it asks."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    if node.type != "call_expression" or receiver is None or (given and given[0].type in syntax.FUNCTIONS):
        return
    table = _asked_of(node, receiver, given, module)
    if table:
        yield RowRead(
            module.link(node),
            module.enclosing(node),
            table,
            module.one_line(syntax.callee(node) or node, 60),
            Items(module.location(node), tuple(_asked(node, module))),
            syntax.is_waited_for(node) or not models.methods(node, module).isdisjoint(_SENDS),
            any(_limits(one, module) for one in models.chain(node)),
        )


def _asked_of(node: Node, receiver: Node, given: list[Node], module: Module) -> str:
    """The model or table that a call reads, `""` where it is no read."""
    name = module.callee(node).rpartition(".")[2]
    if name == "from":
        made = receiver.type == "call_expression" and module.callee(receiver).rpartition(".")[2] in _SELECTS
        is_table = len(given) == 1 and given[0].type in ("identifier", "member_expression")
        database = module.receiver(receiver) if made and is_table else None
        return models.last(given[0], module) if database is not None and models.is_drizzle(database, module) else ""
    if name in _DRIZZLE:
        owner, found, table = module.dotted(receiver).rpartition(".query.")
        return table if owner and found and "." not in table and not module.mentions(b"risma") else ""
    if name == "selectFrom":
        return (constant_text(module.value(given[0])) or "").partition(" ")[0] if len(given) == 1 else ""
    if name in _KNEX:
        called = syntax.callee(receiver) if receiver.type == "call_expression" else None
        is_first = called is not None and (called.type == "identifier" or models.DATABASE.search(module.dotted(called)))
        table = models.knex_table(receiver, module) if is_first else ""
        return table if table and models.methods(node, module).isdisjoint(_WRITES) else ""
    if name in _REPOSITORIES and models.is_managed(given, module):
        return module.text(given[0])
    if name in _REPOSITORIES and models.is_repository(receiver, module):
        return models.last(receiver, module)
    if name in _DOCUMENTS and (kept := models.collection(receiver, module)):
        return kept
    return models.last(receiver, module) if name in _DOCUMENTS | _MODELS and models.is_model(receiver, module) else ""


def _limits(one: Node, module: Module) -> bool:
    """`.limit(20)`, `{ take: 20 }`, `{ limit: 20 }`; with 1 a single row is looked for."""
    if module.callee(one).endswith((".limit", ".take")):
        given = [module.value(given) for given in syntax.arguments(one)]
    else:
        options = [module.value(given) for given in syntax.arguments(one) if given.type == "object"]
        given = [value for one in options if isinstance(one, Record) for key, value in one.entries if key in _LIMITS]
    return any(not (isinstance(value, Constant) and value.value == 1) for value in given)


def _asked(node: Node, module: Module) -> Iterator[Value]:
    """The arguments of the chain; of callbacks among them (`(order, { eq }) => eq(order.id, id)`) what they give."""
    for one in models.chain(node):
        for given in syntax.arguments(one):
            if given.type not in syntax.FUNCTIONS:
                yield module.value(given)
            for callback in syntax.captures("(arrow_function) @callback", given, module.language).get("callback", ()):
                body = callback.child_by_field_name("body")
                if body is not None and body.type != "statement_block":
                    yield module.value(body)
