"""Queries that application code sends to a database."""

from .file import FileFact
from .frozen import dataclass
from .location import Location
from .values import Value


@dataclass(frozen=True, slots=True)
class Query(FileFact):
    """SQL text handed to a driver. `at` is the call.

    `driver` names the library (`psycopg`, `dbapi`, `sqlalchemy`, `pg`, …), `call` is the callee as written
    (`cur.execute`). `text` is the SQL; `parameters` the bound values, None where none are passed.
    `paramstyle` says how that driver spells a bound value: `%s`, `?`, `$1`, `:name`, or `""` where not known.
    `certain` is False where only the method's name, not the receiver, says that this is a query. `sent` is False where
    the text is only prepared, and whatever runs it stands elsewhere.
    """

    function: str
    driver: str
    call: str
    text: Value
    parameters: Value | None = None
    paramstyle: str = ""
    certain: bool = True
    sent: bool = True


@dataclass(frozen=True, slots=True)
class HandedQuery(FileFact):
    """SQL text handed to a function that is no known driver's, but may be the project's own way to run queries.

    `callee` is dotted as in `Call`, `self.run` and `this.run` as written; `call` is how it is written. `argument` is
    the position of `text` among the arguments, from 0, or its keyword. `parameters` is what comes after it. In
    TypeScript constant texts are told of, too, where no object is asked or `this`.
    """

    function: str
    callee: str
    call: str
    argument: int | str
    text: Value
    parameters: Value | None = None


@dataclass(frozen=True, slots=True)
class GivenToQuery(FileFact):
    """A call of a function of the same file that puts a parameter into the text of a query. `at` is the call.

    `callee` is the qualified name of that function, `arguments` what its parameters are given here, by their names.
    """

    function: str
    callee: str
    arguments: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class CallMade(FileFact):
    """A call that was asked for by the last part of its name (see `Project.calls_made`). `at` is the call.

    `callee` is as in `Function.calls`; `arguments` are those by position, as far as no `*` or `...` comes before them.
    """

    function: str
    callee: str
    arguments: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchText(FileFact):
    """A search written in a language of its own. `language` is `LDAP`, or `query string` (Lucene's, in OpenSearch).

    `at` is the call, or the entry of a search body that holds the text.
    """

    function: str
    language: str
    text: Value


@dataclass(frozen=True, slots=True)
class DocumentQuery(FileFact):
    """A filter handed to a document database: `users.find(filter)`, `User.updateOne(filter, change)`.

    `library` is `mongodb`, `mongoose` or `pymongo`, `call` the callee as written.
    """

    function: str
    library: str
    call: str
    filter: Value


@dataclass(frozen=True, slots=True)
class Loop(FileFact):
    """Code that runs once for each element of something: `at` is the body of the loop, or the callback given to `map`.

    `over` is what is gone through. Loops that count, wait or page (`while`, `for … in range(…)`) are no such loops.
    `waits` are the expressions of the body that asynchronous code awaits. `most` is how many elements there are at most
    where a slice with a constant end says so (Python only; in TypeScript `over` is its call). `explained` where a
    comment above it says why it takes them one by one.
    """

    function: str
    over: Value
    waits: tuple[Location, ...] = ()
    most: int | None = None
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Check(FileFact):
    """A test of a value after which only certain values go on: `if sort not in COLUMNS: raise`, `name.isdigit()`.

    `value` is what is tested. `against` is the collection where it is a membership test, None for a test of the value's
    form (`isdigit()`, a match of a regular expression, `Number.isInteger`).
    """

    function: str
    value: Value
    against: Value | None = None


@dataclass(frozen=True, slots=True)
class TableAccess(FileFact):
    """A query builder's chain on a table: `supabase.from('orders').select('*').eq('id', id)`.

    `library` is `""` where only the chain's form says what it is, and what made the client stands in another file.
    `client` is the receiver, dotted. `relation` is the table's name or None where not constant; `operation` one of
    `select`, `insert`, `update`, `upsert`, `delete`, `rpc`. `calls` are the chained calls in order. `awaited` where the
    query is sent: by `await` or `then` in TypeScript, by `execute()` in Python, awaited or not.
    `made` is the dotted name of what made the client (a constructor, a factory of another file), where it is known.
    `takes` are the parts that the code takes of an awaited answer (`data`, `error`): `()` where it is dropped, None
    where it is kept whole or nobody followed it. `checks` where the code stops if no data came. `schema` is what the
    chain names by `.schema(…)`: `""` where it names none, None where that is not constant. `conditions` are the tests
    of its function that a write stands behind, as written: those around it, and those that end the function before it.
    """

    function: str
    library: str
    client: str
    relation: str | None
    operation: str
    calls: tuple[Value, ...] = ()
    awaited: bool = False
    made: str = ""
    takes: tuple[str, ...] | None = None
    checks: bool = False
    schema: str | None = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedRelation(FileFact):
    """A relation or function in the generated type of a Supabase database, `at` its name.

    `kind` is `table`, `view` or `function`; `columns` are those of its `Row`, none for functions.
    """

    schema: str
    kind: str
    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelAccess(FileFact):
    """A call of an object-relational mapper's model that is a query of its own: `prisma.order.create({…})`.

    `client` is the receiver, dotted; `model` is the model's name as the code has it. `operation` is one of `select`,
    `insert`, `update`, `upsert`, `delete`; `call` the method's name and `argument` its first argument. `awaited` where
    its result is waited for, returned, or one of several handed to `Promise.all`.
    """

    function: str
    library: str
    client: str
    model: str
    operation: str
    call: str
    argument: Value | None = None
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class RowWrite(FileFact):
    """A write that a call of an object-relational mapper or query builder makes, or an SQL template that binds.

    `operation` is `insert`, `update` or `delete`; `table` is the table or model as the code names it, `""` where it
    does not. `value` is what is written (the filter of a delete is not), `fields` its keys where they are known.
    `call` is the callee as written. `whole` where it is seen that an update or delete names no rows. `library` is `""`
    where it was not asked for. `awaited` is as in `ModelAccess`; `joined` where the call is handed a transaction or a
    session, or goes through what the caller gave; `again` where it may be made twice without harm, as an upsert may.
    """

    function: str
    operation: str
    table: str
    call: str
    value: Value | None = None
    fields: tuple[str, ...] = ()
    whole: bool = False
    library: str = ""
    awaited: bool = False
    joined: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class RowRead(FileFact):
    """A read that a call of an object-relational mapper makes: `Order.objects.get(…)`, `orders.findOneBy({…})`.

    `table` is the model as the code names it, `Order.lines` for what belongs to one of its rows. `call` is the callee
    as written. `asked` is all that the read asks by: the arguments of the whole chain, and both sides of what is
    compared in them. `awaited` where its result is waited for, returned, or one of several handed to `Promise.all`;
    always in synchronous code. `limited` where it wants only so many rows, and more than one.
    """

    function: str
    table: str
    call: str
    asked: Value
    awaited: bool = True
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Transaction(FileFact):
    """Where code says what belongs together, whichever library it says it to.

    `kind` is `block` where `at` is code that is one transaction (`with conn.transaction():`, the arguments of
    `$transaction(…)`), `begin` or `commit` for a call that begins or ends one, `later` where `at` is code that runs
    on its own once the answer is given (the arguments of `waitUntil(…)`), and `apart` where the code around goes on
    whether `at` fails or not (an element given to `Promise.allSettled([…])`). `requests` is a setting that makes one of
    each request.
    """

    function: str
    kind: str


@dataclass(frozen=True, slots=True)
class Branch(FileFact):
    """One arm of an if, switch, match or try in which a query stands. `whole` is the statement that it is an arm of.

    Only one of its arms runs to the end. `leaves` where nothing after the statement runs once the arm has (`return`,
    `raise`, `throw`, `continue`, `break`). `test` is the condition of an if as written, `""` for what has none.
    `callback` for a function that is handed on and runs when its taker likes; `whole` is then the function around it.
    """

    whole: Location
    leaves: bool = False
    test: str = ""
    callback: bool = False
