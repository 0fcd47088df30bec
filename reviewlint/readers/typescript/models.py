"""What stands for a table in object-relational mappers and query builders: models, repositories, tables."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.values import Call, Choice, Parameter, Record, Value, constant_text
from . import syntax
from .module import Module
from .origins import kept_by, origin
from .packages import is_own

DATABASE = re.compile(r"(?:^|[./])(?:knex|db|trx|tx|database)$", re.IGNORECASE)
_KNEX = re.compile(rf"{DATABASE.pattern}|(?:^|[./])(?:sql|pg|mysql)$", re.IGNORECASE)
"""What projects call their Knex, which takes the name of a table as a function."""
_REPOSITORY_FIELD = re.compile(r"[rR]epo(?:sitory)?$")
_REPOSITORIES = ("typeorm.Repository", "typeorm.EntityManager", "@mikro-orm/core.EntityRepository")
_MANAGED = ("typeorm", "@nestjs/typeorm", "@mikro-orm/core", "@mikro-orm/nestjs", "@mikro-orm/postgresql")
_MODEL_FILE = re.compile(r"model|entit|schema", re.IGNORECASE)
_MADE = ("mongoose.", "sequelize.")
_JOINS = re.compile(
    r"^(?:tx|trx|txn|t|transaction\w*|manager|query_?runner|em|session|options?|opts"
    r"|(?:get_?)?(?:tx|trx|txn|transaction)_?(?:client|host|manager))$",
    re.IGNORECASE,
)
"""What is called after the transaction that it belongs to, or may hold one."""
_JOINED = ("transaction", "session", "trx", "transacting", "useTransaction")


def last(receiver: Node, module: Module) -> str:
    """The last name of a receiver as written: `orders` for `this.orders`, `Order` whatever file it is from.

    Of `source.getRepository(Order)` it is that of what is given, of `repo: Repository<Order>` that of its type.
    """
    if _REPOSITORY_FIELD.search(module.text(receiver)) and (kept := kept_by(receiver, module)):
        return kept
    given = syntax.arguments(receiver) if receiver.type == "call_expression" else []
    if given and given[-1].type == "identifier":
        return module.text(given[-1])
    own = receiver.child_by_field_name("property") if receiver.type == "member_expression" else receiver
    if own is not None and own.type in ("identifier", "property_identifier"):
        return module.text(own)
    return re.split(r"[./]", module.dotted(receiver).removesuffix("()"))[-1]


def queried(callee: str, module: Module) -> str:
    """The model of `Order.findOne`: the last name before the method, of a default import what the file calls it."""
    owner = callee.rpartition(".")[0]
    if owner.endswith(".default"):
        return next((local for local, name in module.names.items() if name == owner), "default")
    return re.split(r"[./]", owner)[-1]


def is_model(receiver: Node, module: Module) -> bool:
    """Whether a receiver is a class of Mongoose's or Sequelize's: imported from where models are, or made by them."""
    name, made = module.text(receiver).rpartition(".")[2], origin(receiver, module)
    if made == "mongoose.Model":
        return True  # injected, as Nest does it
    if receiver.type == "member_expression":
        return _is_among_models(receiver, name, made, module)
    if receiver.type != "identifier" or not name[:1].isupper():
        return False
    return _MODEL_FILE.search(made) is not None if is_own(made) else made.startswith(_MADE)


def _is_among_models(receiver: Node, name: str, made: str, module: Module) -> bool:
    """`models.Order`, `db.Order`, and a field that a constructor of Nest's says to be of a model's class."""
    if not name[:1].isupper():
        return is_own(made) and made.rpartition(".")[2][:1].isupper() and module.has_import("@nestjs/sequelize")
    owner = re.split(r"[./]", module.dotted(receiver))[-2]
    return owner in ("models", "db") and is_own(module.dotted(receiver))


def is_managed(given: list[Node], module: Module) -> bool:
    """Whether what is given says that an entity manager is asked: `tx.save(Order, { total })`."""
    named = len(given) > 1 and given[0].type == "identifier" and module.text(given[0])[:1].isupper()
    return named and module.has_import(*_MANAGED)


def is_repository(receiver: Node, module: Module) -> bool:
    """Whether a receiver is a repository of TypeORM's, or a class of the project's own that is called one."""
    made = origin(receiver, module)
    if made.startswith(_REPOSITORIES):
        return True
    return (
        is_own(made) and made.endswith("Repository") and _REPOSITORY_FIELD.search(module.dotted(receiver)) is not None
    )


def is_drizzle(receiver: Node, module: Module) -> bool:
    """Whether a receiver is Drizzle's database, or one of its transactions."""
    held = DATABASE.search(module.dotted(receiver)) or origin(receiver, module).startswith("drizzle-orm")
    return bool(held) and module.has_import("drizzle-orm")


def knex_table(receiver: Node, module: Module) -> str:
    """The table of `knex("orders").where(…)`, `""` where the chain begins otherwise."""
    current: Node | None = syntax.unwrapped(receiver)
    while current is not None and current.type == "call_expression":
        function, given = syntax.callee(current), syntax.arguments(current)
        known = function is not None and len(given) == 1 and _KNEX.search(module.dotted(function)) is not None
        if function is not None and (known or function.type == "identifier"):
            table = constant_text(module.value(given[0])) if len(given) == 1 else None
            said = table is not None and (known or origin(function, module).startswith("knex"))
            return table.partition(" ")[0] if table is not None and said else ""  # `orders as o`
        current = module.receiver(current)
        current = syntax.unwrapped(current) if current is not None else None
    return ""


def collection(receiver: Node, module: Module) -> str:
    """The collection of MongoDB's `db.collection("orders")`, `""` where a receiver is none."""
    value = module.value(receiver)
    named = isinstance(value, Call) and value.name == "collection" and len(value.arguments) == 1
    return constant_text(value.arguments[0]) or "" if named and isinstance(value, Call) else ""


def chain(node: Node) -> Iterator[Node]:
    """The calls of the chain that a call is part of, from the last one on: `.limit(1)`, `.where(…)`, `.from(…)`."""
    current: Node | None = node
    while (
        current is not None
        and current.parent is not None
        and current.parent.type == "member_expression"
        and current.parent.parent is not None
        and current.parent.parent.type == "call_expression"
    ):
        current = current.parent.parent
    while current is not None and current.type == "call_expression":
        yield current
        function = syntax.callee(current)
        inner = function.child_by_field_name("object") if function is not None else None
        current = syntax.unwrapped(inner) if inner is not None else None


def methods(node: Node, module: Module) -> set[str]:
    """The methods of the chain that a call is part of."""
    functions = filter(None, map(syntax.callee, chain(node)))
    return {module.text(own) for one in functions if (own := one.child_by_field_name("property")) is not None}


def joins(node: Node, module: Module) -> bool:
    """Whether a call may belong to a transaction that is not seen: it is handed one, or what it goes through is.

    `Order.create(row, { transaction })`, `Order.updateOne(…).session(session)`, and what a parameter holds.
    """
    for one in chain(node):
        callee = syntax.callee(one)
        own = callee.child_by_field_name("property") if callee is not None else None
        if own is not None and module.text(own) in _JOINED:
            return True
        given = syntax.arguments(one)
        if any(_is_handed(each, module) for each in given) or (_lends(module.callee(one)) and len(given) > 1):
            return True
        receiver = module.receiver(one)
        if receiver is None:
            return callee is not None and _is_lent(module.value(callee))
        if receiver.type != "call_expression" and _is_lent(module.value(receiver)):
            return True
    return False


def _lends(callee: str) -> bool:
    """Whether a call gives a repository; told of a request, too, it gives one of that request's transaction."""
    return callee.endswith(".getRepository")


def _is_handed(given: Node, module: Module) -> bool:
    if given.type == "identifier":
        return _JOINS.match(module.text(given)) is not None
    if given.type != "object":
        return False
    value = module.value(given)
    return isinstance(value, Record) and any(key in _JOINED for key in value.keys)


def _is_lent(value: Value | None) -> bool:
    """Whether what a write goes through comes from the caller, and with it the transaction, or is called after one."""
    match value:
        case Parameter(name=name, path=path):
            said = path.rpartition(".")[2] or name
            by_itself = path.count(".") == (1 if name.startswith("{") else 0)
            return by_itself or _JOINS.match(said) is not None
        case Choice(options=several):
            return any(map(_is_lent, several))
        case Call(arguments=arguments, receiver=receiver) if receiver is not None:
            given = (key for one in arguments if isinstance(one, Record) for key in one.keys)
            by_request = _lends(value.callee) and len(arguments) > 1
            return by_request or value.name in _JOINED or any(key in _JOINED for key in given) or _is_lent(receiver)
    name = getattr(value, "name", "")
    return any(map(_JOINS.match, name.removeprefix("this.").split(".")[:-1])) or bool(_JOINS.match(name))
