"""The facts of one file as a person reads them: what the readers saw there, and what the join made of its routes."""

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any

from .facts.code import Class, Definition, Function
from .facts.file import FileFact
from .facts.imports import Export, Import
from .facts.location import Location
from .facts.values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
)
from .join.endpoints import Endpoint, answers, endpoints
from .join.responses import Answer
from .printable import guarded, printable
from .project import Project
from .redact import redacted

_PLUMBING = frozenset({Class, Definition, Export, Function, Import})
"""Facts that only other facts are found by; they come last."""

LONGEST = 160
"""Longer values are cut."""


def fact_sheet(project: Project, path: str, *, width: int = 100) -> str:
    """Every fact of the file at `path`, by kind, each with its line; endpoints first, with their whole path."""
    file = project.files[path]
    lines = [f"{path}: {file.language}, {project.side(path)}"]
    routes = [endpoint for endpoint in project.view(endpoints) if endpoint.at.path == path]
    if routes:
        lines += ["", "endpoints"]
        for endpoint in routes:
            lines += _entry(endpoint.at, _endpoint(endpoint), width)
            for answer in answers(project, endpoint):
                elsewhere = "" if answer.at.path == path else f" ({answer.at.path})"
                lines += _entry(answer.at, f"  answers {_answer(answer)}{elsewhere}", width)
    by_kind: dict[type[FileFact], list[FileFact]] = {}
    for fact in project.everything_of(path):
        by_kind.setdefault(type(fact), []).append(fact)
    for kind in sorted(by_kind, key=lambda kind: (kind in _PLUMBING, kind.__name__)):
        lines += ["", _words(kind.__name__)]
        for fact in by_kind[kind]:
            lines += _entry(fact.at, _fact(fact), width)
    if not by_kind:
        lines.append("no facts")
    return guarded(redacted("\n".join(map(printable, lines)) + "\n"))


def _entry(at: Location, text: str, width: int) -> Iterator[str]:
    wrapped = textwrap.wrap(printable(text), width - 8, break_long_words=False, break_on_hyphens=False) or [""]
    yield f"{at.line:6}  {wrapped[0]}"
    yield from (f"          {line}" for line in wrapped[1:])


def _endpoint(endpoint: Endpoint) -> str:
    path = "a path that is not constant" if endpoint.path is None else endpoint.path
    guards = f", behind {', '.join(endpoint.guards)}" if endpoint.guards else ""
    return f"{endpoint.method} {path} ({endpoint.framework}): {endpoint.handler or 'unknown handler'}{guards}"


def _answer(answer: Answer) -> str:
    body = answer.body or answer.text
    status = "unknown status" if answer.status is None else str(answer.status)
    return f"{status}{f' with {shown(body)}' if body is not None else ''}"


def _fact(fact: FileFact) -> str:
    """The fields of a fact that say something, by name."""
    said = [(each, getattr(fact, each.name)) for each in fields(fact) if each.name != "at"]
    return "  ".join(f"{each.name}={shown(value)}" for each, value in said if not _is_default(each, value))


def _is_default(field: "Field[Any]", value: Any) -> bool:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return value is None or value == "" or (default is not MISSING and value == default)


def shown(value: Any) -> str:
    """A value as pseudo-code: what is not known stands as `?source`."""
    text = _shown(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _shown(value: Any) -> str:
    match value:
        case Constant(value=constant):
            return json.dumps(constant, ensure_ascii=False)
        case Text(parts=parts):
            return "f" + json.dumps("".join(map(_piece, parts)), ensure_ascii=False)
        case Record(entries=entries, open=more):
            inside = [f"{key}: {_shown(each)}" for key, each in entries] + ["..."] * more
            return f"{{{', '.join(inside)}}}"
        case Items(items=items, open=more):
            return f"[{', '.join([*map(_shown, items), *(['...'] * more)])}]"
        case Call(callee=callee, arguments=arguments, keywords=keywords):
            given = [*map(_shown, arguments), *(f"{key}={_shown(each)}" for key, each in keywords)]
            return f"{callee}({', '.join(given)})"
        case Reference(name=name):
            return name
        case Parameter(name=name, path=path, annotation=annotation):
            return f"<{name}{path}{f': {annotation}' if annotation else ''}>"
        case Environment(name=name, default=default):
            return f"env[{name}]" if default is None else f"env[{name}] or {_shown(default)}"
        case Choice(options=several):
            return " | ".join(map(_shown, several))
        case Unknown(source=source):
            return f"?{source}"
        case Enum():
            return str(value.value)
        case Location(line=line, column=column):
            return f"{line}:{column}"
        case tuple() if hasattr(value, "_fields"):
            return f"{type(value).__name__}({_named(value)})"
        case tuple() | list():
            return f"({', '.join(map(_shown, value))})"
        case frozenset() | set():
            return f"({', '.join(sorted(map(_shown, value)))})"
        case None | bool() | int() | float():
            return str(value)
        case str():
            return value
        case _ if is_dataclass(value):
            return f"{type(value).__name__}({_inner(value)})"
        case _:
            return str(value)


def _inner(value: Any) -> str:
    said = [(each, getattr(value, each.name)) for each in fields(value) if each.name != "at"]
    return ", ".join(f"{each.name}={_shown(item)}" for each, item in said if not _is_default(each, item))


def _named(value: Any) -> str:
    usual = {**dict.fromkeys(value._fields, ""), **value._field_defaults, "at": getattr(value, "at", None)}
    said = [(name, one) for name, one in value._asdict().items() if one is not None and one != usual[name]]
    return ", ".join(f"{name}={_shown(one)}" for name, one in said)


def _piece(part: Any) -> str:
    return str(part.value) if isinstance(part, Constant) else f"{{{_shown(part)}}}"


def _words(name: str) -> str:
    """`LogCall` as `log call`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
