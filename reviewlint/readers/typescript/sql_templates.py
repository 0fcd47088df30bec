"""The `sql` templates of Drizzle, Kysely, Slonik and Vercel: what escapes their binding, `sql.raw(…)`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module
from .packages import normal

TRIGGERS = (b".raw",)
CALLS = frozenset({"raw"})
_RAW = re.compile(r"^(?:.*[./])?(drizzle-orm|kysely)(?:/[\w-]+)*\.(?:sql|CompiledQuery)\.raw$|^sql\.raw$")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`sql.raw(…)`, `CompiledQuery.raw(…)`."""
    match = _RAW.match(normal(module.callee(node)))
    if match is not None:
        driver = "drizzle" if match[1] == "drizzle-orm" else match[1] or "sql"
        yield from queries.piece(node, module, driver, "", certain=match[1] is not None)
