"""Log lines: the standard library's logging, structlog, loguru, and `print` where it stands in for them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.logs import LogCall, RecordFields
from ...facts.values import Call, Constant, Items, Parameter, Record, Reference, Value, holes, options
from ..reasons import chooses_level
from . import syntax
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module

LEVELS = {
    "trace": "debug",
    "debug": "debug",
    "info": "info",
    "success": "info",
    "msg": "info",
    "warning": "warning",
    "warn": "warning",
    "error": "error",
    "exception": "error",
    "critical": "critical",
    "fatal": "critical",
}
ASYNC_LEVELS = {f"a{level}": name for level, name in LEVELS.items()}
CALLS = frozenset({*LEVELS, *ASYNC_LEVELS, "log", "alog", "print"})

_MEANT = re.compile(rb"[^\n]*#\s*noqa(?::[^\n]*\bT20|\b(?!:))")
"""Flake8 and Ruff are told that a print is what is wanted, or anything."""
_NUMBERS = ((50, "critical"), (40, "error"), (30, "warning"), (20, "info"), (0, "debug"))
_MADE_BY = {
    "logging.getLogger": "logging",
    "logging.Logger": "logging",
    "logging.LoggerAdapter": "logging",
    "logging.getChild": "logging",
    "multiprocessing.get_logger": "logging",
    "celery.utils.log.get_task_logger": "logging",
    "structlog.get_logger": "structlog",
    "structlog.getLogger": "structlog",
    "structlog.stdlib.get_logger": "structlog",
    "structlog.wrap_logger": "structlog",
}
_TYPES = {
    "logging.Logger": "logging",
    "logging.LoggerAdapter": "logging",
    "structlog.BoundLogger": "structlog",
    "structlog.stdlib.BoundLogger": "structlog",
    "structlog.typing.FilteringBoundLogger": "structlog",
    "loguru.Logger": "loguru",
}
_BOUND = frozenset({"bind", "new", "unbind", "try_unbind", "opt", "patch", "getChild", "contextualize"})
_APPLICATIONS = re.compile(r"(?:^|\.)(?:app|current_app|application)\.logger$")
_NAMED = re.compile(r"(?:^|[._])(?:log|logger|logger_?adapter|LOG|LOGGER|Log|Logger)$|[a-z]Logger$")
_WORD = re.compile(r"\w+")
_SERVICE = frozenset({"exc_info", "stack_info", "stacklevel", "extra", "*", "**"})
_TRACES = frozenset({"traceback.format_exc", "traceback.format_exception"})
_RECORDS = frozenset({"record", "log_record", "logrecord", "rec", "event_dict", "log_entry"})
"""What filters, formatters and processors call the record that they are given."""
_ADDED = """
(assignment left: (attribute object: (identifier) @on attribute: (identifier) @name))
(assignment left: (subscript value: [(identifier) @on (subscript value: (identifier) @on)] subscript: (string) @name))
"""
_WRITTEN = "(dictionary (pair key: (string) @name value: (_) @value))"


def function(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """What a filter, a formatter or a processor adds to every record."""
    body = module.data[scope.body.start_byte : scope.body.end_byte]
    if b"LogRecord" not in body and not _RECORDS.intersection(scope.parameters):
        return
    seen = syntax.captures(_ADDED, scope.body)
    pairs = zip(seen.get("on", ()), seen.get("name", ()), strict=False)
    names = [module.text(name) for on, name in pairs if module.text(on) in _RECORDS]
    if scope.name.rpartition(".")[2] == "format":
        seen = syntax.captures(_WRITTEN, scope.body)
        pairs = zip(seen.get("name", ()), seen.get("value", ()), strict=False)
        names += [
            module.text(name) for name, value in pairs if not _RECORDS.intersection(_WORD.findall(module.text(value)))
        ]
    if names:
        yield RecordFields(module.location(scope.node), scope.name, tuple(name.strip("\"'") for name in names))


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """A log call, or a `print` that is one."""
    function = node.child_by_field_name("function")
    if function is None:
        return
    if function.type == "identifier":
        if module.dotted(function) == "print":
            yield from _printed(node, module)
        elif module.dotted(function).startswith("logging."):
            yield from _logged(node, module, "logging", None)
        return
    logger = function.child_by_field_name("object") if function.type == "attribute" else None
    if logger is not None:
        library = library_of(logger, module)
        if library:
            yield from _logged(node, module, library, logger)


def is_log_call(node: Node, module: "Module") -> bool:
    """Whether a call writes a log line."""
    return any(True for _ in call(node, module)) if module.callee(node).rpartition(".")[2] in CALLS else False


def library_of(logger: Node, module: "Module") -> str:
    """The library of a logger's expression; `logger` where only its name says that it is one, `""` where it is none."""
    name = module.dotted(logger)
    if name in ("logging", "loguru.logger"):
        return name.partition(".")[0]
    if name.startswith(("logging.", "structlog.")) and "(" not in name:
        return ""
    value = module.value(logger)
    for option in options(value):
        known = _made(option, module)
        if known:
            return known
    if _APPLICATIONS.search(name):
        return "logging"
    return _by_name(name, value, module)


def _made(value: Value, module: "Module") -> str:
    """The library that made a logger, by the call or the type that its value shows."""
    for _ in range(8):
        match value:
            case Call(callee=callee) if callee in _MADE_BY:
                return _MADE_BY[callee]
            case Call(callee="loguru.logger.bind" | "loguru.logger.opt" | "loguru.logger.patch"):
                return "loguru"  # whatever `logger.add(sink)` makes of the name
            case Call(name=name, arguments=(wrapped, *_)) if name[:1].isupper():  # the project's own adapter
                value = wrapped
            case Call(name=name, receiver=receiver) if name in _BOUND and receiver is not None:
                value = receiver
            case Parameter(annotation=annotation, path="") if annotation:
                first, dot, rest = annotation.strip("\"'").partition("[")[0].partition(".")
                return _TYPES.get(module.names.get(first, first) + dot + rest, "")
            case Reference(name="loguru.logger"):
                return "loguru"
            case _:
                return ""
    return ""


def _by_name(name: str, value: Value, module: "Module") -> str:
    bare = re.sub(r"\(\)\.(?:bind|opt|new|unbind|patch|getChild)\(\)$", "", name)
    bare = re.sub(r"\.(?:bind|opt|new|unbind|patch|getChild)\(\)$", "", bare)
    made_by_project = isinstance(value, Call) and re.search(r"get_?logger$", value.callee, re.IGNORECASE) is not None
    is_something_else = isinstance(value, Call | Record | Items) or (
        isinstance(value, Constant) and value.value is not None
    )
    typed = isinstance(value, Parameter) and not value.path and value.annotation.strip("\"'").endswith("Logger")
    if not made_by_project and not typed and (is_something_else or not _NAMED.search(bare)):
        return ""
    for library in ("structlog", "loguru"):
        if module.has_import(library) and not module.has_import("logging"):
            return library
    return "logger"


def _logged(node: Node, module: "Module", library: str, logger: Node | None) -> Iterator[FileFact]:
    called = module.callee(node)
    method = called.rpartition(".")[2]
    value = module.value(node)
    if not isinstance(value, Call):
        return
    arguments = list(value.arguments)
    if method in ("log", "alog"):
        level = _level(arguments.pop(0)) if arguments else "info"
    elif (level := LEVELS.get(method) or ASYNC_LEVELS.get(method, "")) == "":
        return
    message = arguments.pop(0) if arguments else value.keyword("msg") or value.keyword("event")
    fields = list(_bound(value.receiver))
    extra = value.keyword("extra")
    if isinstance(extra, Record):
        fields += extra.entries
    taken = _SERVICE | ({"msg", "event"} if not value.arguments else set())
    fields += [(name, keyword) for name, keyword in value.keywords if name not in taken]
    clause = module.catch_of(node)
    variable = clause.variable if clause is not None else ""
    yield LogCall(
        module.location(node),
        module.enclosing(node),
        library,
        module.text(node.child_by_field_name("function") or node),
        level,
        message,
        tuple(arguments),
        tuple(fields),
        clause is not None,
        variable,
        _with_exception(method, value, [message, *arguments, *(field for _, field in fields)], variable),
        tuple(_inserted(given[0], module)) if (given := _messages(node, method, module)) else (),
        _given(node, module),
        levelled=chooses_level(module.data, node.start_byte),
    )


def _given(node: Node, module: "Module") -> tuple[str, ...]:
    """The arguments and keyword values of a call as written, and what it binds to its logger before."""
    given, inner = [*module.arguments(node), *module.keywords(node).values()], node
    while (logger := syntax.field(inner, "function")) is not None and (made := syntax.field(logger, "object")):
        if made.type != "call":
            break
        inner = made
        given += module.keywords(made).values() if module.callee(made).rpartition(".")[2] in ("bind", "new") else ()
    return tuple(module.one_line(one, 300) for one in given)


def _messages(node: Node, method: str, module: "Module") -> list[Node]:
    """The arguments of a log call from its message on."""
    given = module.arguments(node)
    return given[1:] if method in ("log", "alog") else given


def _inserted(node: Node, module: "Module", *, leaf: bool = False) -> Iterator[str]:
    """The expressions that a message is put together with; `leaf` where `node` is itself a part of it."""
    node = syntax.unwrapped(node)
    function = node.child_by_field_name("function") if node.type == "call" else None
    if node.type in ("string", "concatenated_string"):
        for child in node.named_children:
            if child.type == "interpolation" and child.named_children:
                yield module.one_line(child.named_children[0])
            elif child.type == "string":
                yield from _inserted(child, module)
    elif node.type == "binary_operator" and (operator := node.child_by_field_name("operator")) is not None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        yield from _inserted(left, module, leaf=operator.type == "+")
        if operator.type == "+":
            yield from _inserted(right, module, leaf=True)
        elif operator.type == "%":
            yield from map(module.one_line, syntax.children(right) if right.type == "tuple" else [right])
    elif function is not None and module.text(function).endswith(".format"):
        yield from map(module.one_line, [*module.arguments(node), *module.keywords(node).values()])
    elif leaf:
        yield module.one_line(node)


def _level(value: Value) -> str:
    """The name of the level that `log(level, …)` is given; `info` where it is not known."""
    match value:
        case Reference(name=name):
            return LEVELS.get(name.rpartition(".")[2].lower(), "info")
        case Constant(value=int(number)):
            return next(level for least, level in _NUMBERS if number >= least) if number >= 0 else "info"
        case Constant(value=str(name)):
            return LEVELS.get(name.lower(), "info")
    return "info"


def _bound(logger: Value | None) -> Iterator[tuple[str, Value]]:
    """The fields that `.bind(…)` or an adapter put on a logger, the first bound first."""
    chain: list[Call] = []
    while isinstance(logger, Call) and len(chain) < 8:
        chain.append(logger)
        logger = logger.receiver
    for one in reversed(chain):
        if one.name in ("bind", "new") or one.callee in ("structlog.get_logger", "structlog.stdlib.get_logger"):
            yield from ((name, value) for name, value in one.keywords if name not in ("*", "**"))
        elif one.name.endswith("Adapter"):
            extra = one.keyword("extra") or (one.arguments[1] if len(one.arguments) > 1 else None)
            yield from extra.entries if isinstance(extra, Record) else ()


def _with_exception(method: str, value: Call, given: list[Value | None], variable: str) -> bool:
    if method.endswith("exception"):
        return True
    shown = value.keyword("exc_info")
    if shown is not None:
        return not (isinstance(shown, Constant) and not shown.value)
    receiver = value.receiver
    if isinstance(receiver, Call) and receiver.name == "opt":
        shown = receiver.keyword("exception")
        if shown is not None and not (isinstance(shown, Constant) and not shown.value):
            return True
    return any(
        (isinstance(part, Reference) and part.name == variable and bool(variable) and part is one)
        or (isinstance(part, Call) and part.callee in _TRACES)
        for one in given
        if one is not None
        for part in holes(one)
    )


def _printed(node: Node, module: "Module") -> Iterator[FileFact]:
    """`print(…)` to standard output or error, outside of `if __name__ == "__main__":`."""
    value = module.value(node)
    if not isinstance(value, Call) or _in_main(node, module):
        return
    to = module.keywords(node).get("file")
    if to is not None and module.dotted(to) not in ("sys.stdout", "sys.stderr"):
        return
    clause = module.catch_of(node)
    variable = clause.variable if clause is not None else ""
    message = value.arguments[0] if value.arguments else None
    yield LogCall(
        module.location(node),
        module.enclosing(node),
        "print",
        "print",
        "info",
        message,
        value.arguments[1:],
        (),
        clause is not None,
        variable,
        bool(variable) and any(isinstance(one, Reference) and one.name == variable for one in value.arguments),
        given=_given(node, module),
        meant=_MEANT.match(module.data, node.end_byte) is not None,
    )


def _in_main(node: Node, module: "Module") -> bool:
    if not module.mentions(b"__main__"):
        return False
    position = node.start_byte
    for statement in syntax.children(module.root):
        if statement.start_byte <= position < statement.end_byte:
            condition = statement.child_by_field_name("condition")
            return statement.type == "if_statement" and condition is not None and "__name__" in module.text(condition)
    return False
