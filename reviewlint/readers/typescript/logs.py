"""Log lines: console, pino, winston, bunyan, Nest's Logger, Fastify's request log, and objects called loggers."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.logs import LogCall
from ...facts.values import Call, Constant, Record, Text, Value, constant_text
from ..reasons import chooses_level
from . import syntax
from .module import Catch, Module
from .origins import origin
from .packages import is_own

_LEVELS = {
    "trace": "debug",
    "silly": "debug",
    "verbose": "debug",
    "debug": "debug",
    "dir": "debug",
    "log": "info",
    "info": "info",
    "http": "info",
    "notice": "info",
    "success": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "err": "error",
    "fatal": "critical",
    "crit": "critical",
    "critical": "critical",
    "alert": "critical",
    "emerg": "critical",
}
_OWN = re.compile(r"^(?:write|emit|app)?_?log(?:Event|Message|Line|Entry)?$", re.IGNORECASE)
"""A function of the project that is given the level first: `log("info", "stored", { id })`."""
_LEVELLED = {f"log{level.capitalize()}": meant for level, meant in _LEVELS.items() if level not in ("log", "dir")}
"""Functions of the project that have the level in their names: `logError("not stored", err)`."""
CALLS = frozenset(
    {*_LEVELS, *_LEVELLED, "writeLog", "emitLog", "appLog", "logEvent", "logMessage", "logLine", "logEntry"}
)

_LIBRARIES = {
    "pino": "pino",
    "pino-http": "pino",
    "nestjs-pino": "pino",
    "winston": "winston",
    "nest-winston": "winston",
    "bunyan": "bunyan",
    "loglevel": "loglevel",
    "log4js": "log4js",
    "consola": "consola",
    "signale": "signale",
    "tslog": "tslog",
    "roarr": "roarr",
    "@nestjs/common": "nest",
    "fastify": "pino",
    "@std/log": "std/log",
    "std/log": "std/log",
    "electron-log": "electron-log",
    "@slack/logger": "logger",
}
_FIELDS_FIRST = frozenset({"pino", "bunyan", "roarr"})
_NAMED = re.compile(r"(?:^|[._])(?:logger|log|logging)$|[a-z0-9](?:Logger|Log)$")
_REQUEST_LOG = re.compile(r"(?:^|\.)(?:req|request|reply|res|fastify|server|app|instance)\.log$")
_MEANT = re.compile(
    rb"eslint-disable-(?:next-)?line(?:\s*(?:\*/|\n|$)|[^\n]*\bno-console\b)|biome-ignore [^\n]*\bnoConsole"
)
_MEANT_THROUGHOUT = re.compile(rb"^/\*\s*eslint-disable\b[^\n*]*\bno-console\b", re.M)
_ERRORS = frozenset({"e", "err", "error", "ex", "exc", "exception", "reason", "cause"})
_ERROR_FIELDS = frozenset({"err", "error", "exception", "stack", "cause", "e", "reason"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """One log call."""
    if node.type != "call_expression" or syntax.template(node) is not None:
        return
    receiver, function, given = module.receiver(node), syntax.callee(node), syntax.arguments(node)
    method = module.text(function).rpartition(".")[2].strip() if function is not None else ""
    if receiver is None:
        said = constant_text(module.value(given[0])) if len(given) > 1 and _OWN.match(method) else None
        level = _LEVELS.get(said or "") or (_LEVELLED.get(method, "") if given else "")
        library, given = "logger" if level else "", given[1:] if said else given
    else:
        library, level = _library(receiver, module), _LEVELS.get(method, "")
    if not library or not level:
        return
    if receiver is not None and method == "log" and library != "console" and given:
        said = constant_text(module.value(given[0]))
        if said in _LEVELS and len(given) > 1:
            level, given = _LEVELS[said], given[1:]
    caught = module.catch_of(node)
    message, arguments, fields, with_exception = _taken_apart(given, library, caught, module)
    yield LogCall(
        module.location(node),
        module.enclosing(node),
        library,
        module.one_line(function) if function is not None else method,
        level,
        message,
        arguments,
        fields,
        caught is not None,
        caught.variable if caught is not None else "",
        with_exception,
        next((inserted for argument in given if (inserted := tuple(_inserted(argument, module)))), ()),
        tuple(module.one_line(argument, 300) for argument in given),
        meant=library == "console" and _is_meant(node, module),
        levelled=chooses_level(module.data, node.start_byte),
    )


def _is_meant(node: Node, module: Module) -> bool:
    """Whether ESLint or Biome is told beside a call, or at the top of the file, that the console is what is wanted."""
    above = module.data.rfind(b"\n", 0, max(0, module.data.rfind(b"\n", 0, node.start_byte))) + 1
    ends = module.data.find(b"\n", node.end_byte)
    beside = module.data[above : ends if ends >= 0 else len(module.data)]
    return _MEANT.search(beside) is not None or _MEANT_THROUGHOUT.search(module.data[:2000]) is not None


def _inserted(node: Node, module: Module) -> Iterator[str]:
    """The expressions that a message is put together with."""
    pending, leaf = [syntax.unwrapped(node)], False
    while pending:
        part = pending.pop()
        operator = part.child_by_field_name("operator") if part.type == "binary_expression" else None
        left, right = part.child_by_field_name("left"), part.child_by_field_name("right")
        if part.type == "template_string":
            for child in part.named_children:
                if child.type == "template_substitution" and child.named_children:
                    yield module.one_line(child.named_children[0])
        elif operator is not None and operator.type == "+" and left is not None and right is not None:
            pending += [syntax.unwrapped(right), syntax.unwrapped(left)]
            leaf = True
        elif leaf and part.type != "string":
            yield module.one_line(part)


def _library(receiver: Node, module: Module) -> str:
    """The logging library behind a receiver; `logger` where only its name says so; `""` where it is none."""
    name = module.dotted(receiver)
    if name == "console":
        return "console"
    if not name or len(name) > 150:
        return ""
    if _REQUEST_LOG.search(name):
        return "pino"
    last = name.rpartition(".")[2].removesuffix("()")
    spelled = (name.removesuffix("()"), module.one_line(receiver))
    likely = any(_NAMED.search(one) for one in spelled) or last in ("getLogger", "createLogger", "useLogger")
    package = name.partition(".")[0]
    if not likely and package not in _LIBRARIES and not module.has_import(*_LIBRARIES):
        return ""
    made = origin(receiver, module)
    made = name if made == "require" else made
    for package in _packages(made):
        if package in _LIBRARIES:
            return _LIBRARIES[package]
    if not likely:
        return ""
    return "logger" if is_own(made) or not made or "log" in made.lower() else ""


def _packages(made: str) -> Iterator[str]:
    """`@nestjs/common.Logger` is of `@nestjs/common`; `pino/file.x` is of `pino` too."""
    specifier = made
    while specifier:
        yield specifier
        specifier = specifier.rpartition(".")[0] if "." in specifier else specifier.rpartition("/")[0]


def _taken_apart(
    given: list[Node], library: str, caught: Catch | None, module: Module
) -> tuple[Value | None, tuple[Value, ...], tuple[tuple[str, Value], ...], bool]:
    """The message, the arguments after it, the fields, and whether an exception goes along."""
    message: Value | None = None
    arguments: list[Value] = []
    fields: tuple[tuple[str, Value], ...] = ()
    with_exception = False
    for node in given:
        value = _json(module.value(node))
        if _is_exception(node, value, caught, module):
            with_exception = True
            arguments.append(value)
        elif isinstance(value, Record) and (not fields or message is not None):
            fields += value.entries
            with_exception = with_exception or _holds_exception(node, value, caught, module)
            if value.open:
                arguments.append(value)
        elif message is None:
            message = value
        else:
            arguments.append(value)
    if message is None and fields:
        message = next(
            (value for name, value in fields if name in ("msg", "message") and isinstance(value, Constant | Text)), None
        )
        if message is not None:
            fields = tuple((name, value) for name, value in fields if value is not message)
    return message, tuple(arguments), fields, with_exception


def _json(value: Value) -> Value:
    return (
        value.arguments[0]
        if isinstance(value, Call) and value.callee == "JSON.stringify" and value.arguments
        else value
    )


def _is_exception(node: Node, value: Value, caught: Catch | None, module: Module) -> bool:
    node = syntax.unwrapped(node)
    if node.type == "identifier":
        name = module.text(node)
        return name in _ERRORS or (caught is not None and name == caught.variable)
    if node.type == "member_expression" and caught is not None and caught.variable:
        return module.text(node).endswith(".stack") and module.text(node).startswith(caught.variable)
    return isinstance(value, Call) and value.callee.endswith("Error") and node.type == "new_expression"


def _holds_exception(node: Node, value: Record, caught: Catch | None, module: Module) -> bool:
    """Whether a field is the error object or its stack."""
    node = syntax.unwrapped(node)
    if node.type == "call_expression" and (given := syntax.arguments(node)):
        node = syntax.unwrapped(given[0])
    if node.type != "object":
        return False
    for child in syntax.children(node):
        held = child
        if child.type == "pair":
            held = child.child_by_field_name("value") or child
        elif child.type == "spread_element":
            held = child.named_children[0] if child.named_children else child
        text = module.text(syntax.unwrapped(held))
        first, _, rest = text.partition(".")
        first = first.rstrip("?!")
        named = first in _ERRORS or (caught is not None and caught.variable and first == caught.variable)
        if named and (not rest or rest.startswith(("stack", "cause"))):
            return True
        if (
            caught is not None
            and caught.variable
            and re.fullmatch(rf"[\w$.]+\((?:[\w$]+ as \w+|{re.escape(caught.variable)})\)", text)
        ):
            return "message" not in text.lower()
    return False
