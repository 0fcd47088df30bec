"""HTTP statuses as Python code spells them."""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.values import Constant, Value

if TYPE_CHECKING:
    from .module import Module

_STARLETTE = re.compile(r"\bHTTP_([1-5]\d\d)(?:_[A-Z_]+)?$")
_ENUM = re.compile(r"(?:^|\.)(?:HTTPStatus|codes|http\.client)\.([A-Za-z_]+)(?:\.value|\.real)?$")


def status_of(node: Node, module: "Module") -> tuple[int | None, Value | None]:
    """The number of `404`, `status.HTTP_404_NOT_FOUND`, `HTTPStatus.NOT_FOUND`; the value of what is no number yet."""
    number = named_status(module.dotted(node))
    if number is not None:
        return number, None
    value = module.value(node)
    if isinstance(value, Constant):
        return (value.value, None) if type(value.value) is int else (None, None)
    return None, value


def named_status(name: str) -> int | None:
    """The number that a dotted constant of a framework or of `http` stands for."""
    if starlette := _STARLETTE.search(name):
        return int(starlette[1])
    enum = _ENUM.search(name)
    if enum is None:
        return None
    member = enum[1].upper()
    return HTTPStatus[member].value if member in HTTPStatus.__members__ else None
