"""Ignore comments."""

from collections.abc import Iterator

from ...facts.file import FileFact
from .. import comments
from .module import Module

TRIGGERS = (comments.MARK,)


def file(module: Module) -> Iterator[FileFact]:
    """The ignore comments of the file."""
    yield from comments.ignores(module.root, module.data, module.path)
