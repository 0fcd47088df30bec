"""Where winston, pino, bunyan and log4js write: transports, destinations, streams, appenders."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.logs import LogSink
from ...facts.values import Call, Items, Record, Value, constant_text, rendered
from . import syntax
from .module import Module
from .packages import normal

TRIGGERS = (b"winston", b"pino", b"bunyan", b"log4js", b"appendFile", b"createWriteStream")
CALLS = frozenset(
    {
        "File",
        "DailyRotateFile",
        "winston-daily-rotate-file",
        "Console",
        "destination",
        "transport",
        "createLogger",
        "pino",
        "configure",
        "appendFile",
        "appendFileSync",
        "createWriteStream",
    }
)
_FILES = re.compile(r"^(?:node:)?fs(?:/promises)?(?:\.default|\.promises)?\.(?:appendFile(?:Sync)?|createWriteStream)$")
_LOG = re.compile(r"\.log\b|(?:^|/)logs?/", re.IGNORECASE)
"""Names of files to which lines of a log are written."""


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A transport or destination that is made, or the streams and appenders of a configuration."""
    callee = normal(module.callee(node))
    name, given = callee.rpartition(".")[2], syntax.arguments(node)
    said = module.value(given[0]) if given else None
    if name in ("File", "DailyRotateFile") or callee == "winston-daily-rotate-file":
        target = (said.get("filename") or said.get("dirname")) if isinstance(said, Record) else None
        yield _sink(node, "winston", "file", target, module)
    elif name == "Console" and ("transports" in callee or callee.startswith("winston")):
        yield _sink(node, "winston", "terminal", None, module)
    elif callee == "pino.destination":
        target = (said.get("dest") if isinstance(said, Record) else said) if said is not None else None
        path = constant_text(target)
        kind = "file" if path is not None and not path.startswith("/dev/") else "terminal"
        yield _sink(node, "pino", kind, target, module)
    elif _FILES.match(callee) and said is not None and _LOG.search(rendered(_path(said), "x")):
        yield _sink(node, "fs", "file", _path(said), module)
    elif callee in ("pino.transport", "pino", "bunyan.createLogger", "log4js.configure") and isinstance(said, Record):
        yield from _configured(node, callee.partition(".")[0], said, module)


def _path(said: Value) -> Value:
    """The last part of `path.join(folder, "access.log")`, or the path as it is."""
    joins = isinstance(said, Call) and said.name in ("join", "resolve") and said.arguments
    return said.arguments[-1] if joins and isinstance(said, Call) else said


def _configured(node: Node, library: str, said: Record, module: Module) -> Iterator[LogSink]:
    """pino's `target`s, bunyan's `streams`, log4js's `appenders`."""
    several: list[Value] = [said]
    several += [one] if (one := said.get("transport")) is not None else []
    for key in ("targets", "streams"):
        inner = said.get(key)
        several += inner.items if isinstance(inner, Items) else ()
    appenders = said.get("appenders")
    several += [one for _, one in appenders.entries] if isinstance(appenders, Record) else []
    for one in several:
        if not isinstance(one, Record):
            continue
        kind = constant_text(one.get("type")) or ""
        target = constant_text(one.get("target")) or ""
        options = one.get("options")
        path = (
            one.get("path")
            or one.get("filename")
            or (options.get("destination") if isinstance(options, Record) else None)
        )
        if path is not None and (kind in ("", "file", "rotating-file", "dateFile") or target):
            written = constant_text(path)
            yield _sink(
                node,
                library,
                "terminal" if written is not None and written.startswith("/dev/") else "file",
                path,
                module,
            )
        elif one.get("stream") is not None or kind in ("console", "stdout") or target == "pino-pretty":
            yield _sink(node, library, "terminal", None, module)


def _sink(node: Node, library: str, kind: str, target: Value | None, module: Module) -> LogSink:
    callee = syntax.callee(node)
    called = module.one_line(callee, 60) if callee is not None else ""
    return LogSink(module.location(node), module.enclosing(node), library, kind, called, target)
