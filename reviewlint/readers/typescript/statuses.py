"""HTTP statuses as JavaScript and TypeScript code spells them."""

import re
from http import HTTPStatus

from tree_sitter import Node

from ...facts.values import Constant, Value
from .module import Module
from .packages import normal

_BY_NAME = {member.name.replace("_", "").lower(): member.value for member in HTTPStatus} | {
    "unprocessableentity": 422,
    "requesttoolong": 413,
    "requesturitoolong": 414,
    "payloadtoolarge": 413,
    "requestedrangenotsatisfiable": 416,
    "imateapot": 418,
    "internalservererrorexception": 500,
    "insufficientspaceonresource": 419,
    "methodfailure": 420,
    "servererror": 500,
}
"""The statuses of RFC 9110 and its registry by name, as http-status-codes, http-status, axios and Nest spell them."""

_ENUM = re.compile(r"(?:^|[./])(?:\w*[sS]tatus\w*|\w*STATUS\w*|http|HTTP|constants)\.(?:HTTP_STATUS_)?([A-Za-z_]+)$")


def number(name: str) -> int | None:
    """The status that a word stands for: `NOT_FOUND`, `NotFound`, `notFound`."""
    return _BY_NAME.get(name.replace("_", "").lower())


def status_of(node: Node, module: Module) -> tuple[int | None, Value | None]:
    """The number of `404`, `StatusCodes.NOT_FOUND`, `HttpStatus.NotFound`; the value of what is no number yet."""
    value = module.value(node)
    if isinstance(value, Constant):
        if type(value.value) is int:
            return value.value, None
        return (int(value.value), None) if isinstance(value.value, str) and value.value.isdigit() else (None, None)
    enum = _ENUM.search(normal(module.dotted(node)))
    found = number(enum[1]) if enum is not None else None
    return (found, None) if found is not None else (None, value)
