"""Code that somebody runs by hand: commands of a command line, what stands outside of any function, what moves data."""

import re

from ..facts.code import Function
from ..project import Project
from .functions import functions

_COMMAND = re.compile(r"(?:^|[._])command$|^(?:click|typer)\.")
"""Decorators of a command and of its options, and those of a project's own that are called after them."""


_MOVES = re.compile(r"(?:^|/)migrat[\w-]*/", re.IGNORECASE)
"""Where code stands that moves data once from one place to another."""


def is_command(function: Function) -> bool:
    """Whether a function is a command of a command line."""
    return any(map(_COMMAND.search, function.decorators))


def by_hand(project: Project, path: str, name: str) -> bool:
    """Whether code of a file runs by hand: a command's, what moves data, and what runs as the file is loaded."""
    function = project.view(functions).get((path, name))
    return not name or moves_once(path) or (function is not None and is_command(function))


def moves_once(path: str) -> bool:
    """Whether a file belongs to what moves data once, in whatever form its framework wants it."""
    return _MOVES.search(path) is not None
