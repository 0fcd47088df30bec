"""Functions that somebody runs by hand: commands of a command line, and what stands outside of any function."""

import re

from ..facts.code import Function
from ..project import Project
from .functions import functions

_COMMAND = re.compile(r"(?:^|[._])command$|^(?:click|typer)\.")
"""Decorators of a command and of its options, and those of a project's own that are called after them."""


def is_command(function: Function) -> bool:
    """Whether a function is a command of a command line."""
    return any(map(_COMMAND.search, function.decorators))


def by_hand(project: Project, path: str, name: str) -> bool:
    """Whether code of a file runs by hand: that of a command, or in no function, which runs as the file is loaded."""
    function = project.view(functions).get((path, name))
    return not name or (function is not None and is_command(function))
