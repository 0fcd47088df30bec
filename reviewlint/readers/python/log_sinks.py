"""Where logging and loguru write: handlers, `basicConfig`, dictionaries of configuration, sinks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.logs import LogSink
from ...facts.values import Constant, Text
from . import syntax
from .replies import argument, value_of

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"logging", b"loguru")
_FILES = frozenset(
    {
        "FileHandler",
        "RotatingFileHandler",
        "TimedRotatingFileHandler",
        "WatchedFileHandler",
        "ConcurrentRotatingFileHandler",
    }
)
_TERMINALS = frozenset({"StreamHandler", "RichHandler", "ColorizingStreamHandler"})
CALLS = _FILES | _TERMINALS | {"basicConfig", "add"}


def file(module: "Module") -> Iterator[FileFact]:
    """The handlers of a `dictConfig`: `{"class": "logging.handlers.RotatingFileHandler", …}`."""
    if not module.mentions(b"Handler"):
        return
    for pair in syntax.captures("(pair) @pair", module.root).get("pair", []):
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if (
            key is None
            or value is None
            or value.type != "string"
            or module.text(key).strip("\"'") not in ("class", "()")
        ):
            continue
        name = module.text(value).strip("\"'").rpartition(".")[2]
        kind = "file" if name in _FILES else "terminal" if name in _TERMINALS else ""
        if kind:
            yield LogSink(module.location(pair), module.enclosing(pair), "logging", kind, name)


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """A handler that is made, `basicConfig(filename=…)`, loguru's `logger.add("service.log")`."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    at, function, written = module.location(node), module.enclosing(node), name
    if name in _FILES:
        target = value_of(argument(node, module, 0, "filename"), module)
        yield LogSink(at, function, "logging", "file", written, target)
    elif name in _TERMINALS:
        yield LogSink(at, function, "logging", "terminal", written)
    elif callee == "logging.basicConfig":
        target = value_of(argument(node, module, -1, "filename"), module)
        yield LogSink(at, function, "logging", "terminal" if target is None else "file", "logging.basicConfig", target)
    elif callee == "loguru.logger.add":
        target = value_of(argument(node, module, 0, "sink"), module)
        if isinstance(target, Constant | Text):
            alone = b"logger.remove(" in module.data
            yield LogSink(at, function, "loguru", "file", "logger.add", target, alone)
        else:
            yield LogSink(at, function, "loguru", "terminal", "logger.add")
