"""SvelteKit: the handlers that `+server` files export, and where the file system puts them.

SvelteKit documentation, "Routing: +server".
"""

import re
from collections.abc import Iterator

from ...facts.file import FileFact
from . import nextjs
from .module import Module

_SERVER = re.compile(r"(?:^|/)routes/((?:.*/)?)\+server\.[jt]s$")
_GROUP = re.compile(r"\([^/()]*\)/")


def file(module: Module) -> Iterator[FileFact]:
    """The routes that a `+server` file is; groups `(x)` are no part of the path."""
    match = _SERVER.search(f"/{module.path}")
    if match is not None:
        path = "/" + _GROUP.sub("", match[1]).rstrip("/")
        yield from nextjs.exported_handlers(path, "sveltekit", module)
