"""What the body of a response says: its words, and what of an exception it lets out."""

import re
from collections.abc import Iterator

from ..facts.values import Call, Choice, Constant, Items, Parameter, Record, Reference, Text, Unknown, Value, rendered
from .responses import Answer

_TRACES = frozenset({"traceback.format_exc", "traceback.format_exception", "sys.exc_info"})
_PRINTED = frozenset({"str", "repr", "String", "format", "f", "JSON.stringify", "jsonable_encoder", "inspect"})
_TOLD = frozenset(
    {
        "message",
        "stack",
        "args",
        "detail",
        "details",
        "hint",
        "msg",
        "sql",
        "sqlMessage",
        "orig",
        "pgerror",
        "original_exception",
        "diag",
        "reason",
        "strerror",
        "stderr",
        "statement",
        "__cause__",
    }
)
_SAME_WORDS = frozenset(
    "toString format join replace strip rstrip lower split splitlines encode decode trim slice substring".split()
)
"""Methods of a text that leave its words in it."""
_READS = re.compile(
    r"\binstanceof (?:\w+\.)?Error\b|\btypeof\b|\bisError\(|['\"]message['\"] in\b|\.(?:message|stack)\W*$"
    r"|^!*(?:e|err|error|ex|exc|exception|cause|reason|message|msg)(?:\.args)?$"
    r"|^(?:str|repr|hasattr|isinstance)\(\w+(?:, \W*(?:Base)?Exception|, \W*message\W*)?\)$"
)
"""Tests that only ask how the text is to be had: `err instanceof Error ? err.message : String(err)`."""


def content(answer: Answer) -> Value | None:
    """What the client gets to read: the JSON, or else the text."""
    return answer.body if answer.body is not None else answer.text


def words(value: Value | None) -> Iterator[str]:
    """The constant texts in a value, in order; those of keys are not words."""
    match value:
        case Constant(value=str(text)):
            yield text
        case Text():
            yield rendered(value, "…")
        case Record(entries=entries):
            for _, entry in entries:
                yield from words(entry)
        case Items(items=items):
            for item in items:
                yield from words(item)
        case Choice(options=several):
            for option in several:
                yield from words(option)


def mentions(value: Value | None, variable: str) -> bool:
    """Whether a value is made of anything of `variable`."""
    match value:
        case Reference(name=name):
            return bool(variable) and name.partition(".")[0] == variable
        case Parameter(name=name):
            return bool(variable) and name == variable
        case Unknown(source=source):
            return bool(variable) and re.search(rf"\b{re.escape(variable)}\b", source) is not None
        case Call(callee=callee, arguments=arguments, keywords=keywords, receiver=receiver):
            inside = (*arguments, *(one for _, one in keywords), receiver)
            return (bool(variable) and callee.partition(".")[0] == variable) or any(
                mentions(one, variable) for one in inside
            )
        case Text(parts=several) | Items(items=several) | Choice(options=several):
            return any(mentions(one, variable) for one in several)
        case Record(entries=entries):
            return any(mentions(one, variable) for _, one in entries)
        case _:
            return False


def let_out(value: Value | None, variable: str) -> Value | None:
    """The part of `value` that tells the client what the exception `variable` says: `err.message`, a stack."""
    match value:
        case Reference(name=name):
            owner, _, rest = name.partition(".")
            return value if variable and owner == variable and (not rest or rest.partition(".")[0] in _TOLD) else None
        case Parameter(name=name, path=path):
            field = path.removeprefix(".").partition(".")[0]
            return value if variable and name == variable and (not field or field in _TOLD) else None
        case Call(callee=callee) if callee in _TRACES:
            return value
        case Call(callee=callee, arguments=arguments, receiver=receiver):
            inside = arguments if callee.rpartition(".")[2] in _PRINTED else ()
            if receiver is not None and callee.rpartition(".")[2] in _SAME_WORDS:
                inside = (*inside, receiver)
            return next((found for one in inside if (found := let_out(one, variable)) is not None), None)
        case Choice(test=test) if test and not _READS.search(test):
            return None  # the code decides whose text this is: `err.expose ? err.message : "Internal error"`
        case Choice(options=several, test="") if not _is_fallback(value) and not all(
            let_out(one, variable) for one in several
        ):
            return None  # nor is it where branches choose it: `if DEBUG: detail = str(e)`
        case Text(parts=several) | Items(items=several) | Choice(options=several):
            return next((found for one in several if (found := let_out(one, variable)) is not None), None)
        case Record(entries=entries):
            return next((found for _, one in entries if (found := let_out(one, variable)) is not None), None)
        case _:
            return None


def _is_fallback(choice: Choice) -> bool:
    """Whether a choice is one expression, as in `err.diag or "unknown"`, and no name that the arms of an if bind."""
    first = choice.options[0].at
    return (first.path, first.line, first.column) == (choice.at.path, choice.at.line, choice.at.column)
