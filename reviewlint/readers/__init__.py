"""Readers turn one file into facts. They are the only code that knows a parser or a framework."""

from ..facts.file import FileFacts
from ..source import Source


def read(source: Source, data: bytes) -> FileFacts:
    """The facts of one file.

    `data` is the file's content. Never raises on account of the content: what cannot be read becomes a `Problem`.
    """
    match source.language:
        case "python":
            from .python import module

            return module.read(source, data)
        case "typescript" | "tsx":
            from .typescript import module as typescript_module

            return typescript_module.read(source, data)
        case "sql":
            from .sql import statements

            return statements.read(source, data)
        case _:
            from .settings import files

            return files.read(source, data)
