"""Reporters write a review down, one format a module.

A format's module has `render(report, look)`, which gives the whole text. Modules that begin with an underscore help
them and are no formats.
"""

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..console import Look
    from ..report import Report


@cache
def names() -> tuple[str, ...]:
    """The formats there are."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


def render(name: str, report: "Report", look: "Look") -> str:
    """The review in the format `name`, as text that ends in a line end or is empty."""
    text: str = importlib.import_module(f"{__name__}.{name}").render(report, look)
    return text
