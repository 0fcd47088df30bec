"""Log lines."""

from .file import FileFact
from .frozen import dataclass
from .values import Value


@dataclass(frozen=True, slots=True)
class LogCall(FileFact):
    """One log call.

    `library`: `logging`, `structlog`, `loguru`, `console`, `pino`, `winston`, `print`, …, `logger` for a logger that
    another file made. `level`: `debug`, `info`, `warning`, `error`, `critical`. `message` is None where only fields are
    given. `arguments` are what follows the message; `fields` are the structured ones by name. `in_catch` inside an
    except/catch whose variable is `catch_variable`; `with_exception` where the exception goes along (`exc_info`,
    `logger.exception`, the error object).
    `inserted` are the expressions that the message is put together with, as written and in order, each at most 80
    characters; empty where the message is built elsewhere. `given` are all arguments and keyword values as written.
    `conditions` are the tests around it in its function, the innermost first, those of an else with `not ` before them.
    `meant` where a mark for another linter beside it says that a print to the terminal is what is wanted. `levelled`
    where a comment above it says why it has this level.
    """

    function: str
    library: str
    call: str
    level: str
    message: Value | None
    arguments: tuple[Value, ...] = ()
    fields: tuple[tuple[str, Value], ...] = ()
    in_catch: bool = False
    catch_variable: str = ""
    with_exception: bool = False
    inserted: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    meant: bool = False
    levelled: bool = False


@dataclass(frozen=True, slots=True)
class LogSink(FileFact):
    """Where a logging library is told to write: `kind` is `file` or `terminal`, `call` what says so, as written.

    `target` is the file, None where it is computed; `alone` where the library writes to the terminal only when told.
    """

    function: str
    library: str
    kind: str
    call: str
    target: Value | None = None
    alone: bool = True


@dataclass(frozen=True, slots=True)
class RecordFields(FileFact):
    """Fields that code puts on every record that passes through it: a filter, formatter, processor or patcher.

    `names` as written: `request_id` for `record.request_id = …`, `event_dict["request_id"] = …`, or a key of what a
    formatter writes that does not come from the record.
    """

    function: str
    names: tuple[str, ...]
