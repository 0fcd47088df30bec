"""Prisma: raw SQL given as text. `$queryRaw` and `Prisma.sql` as tagged templates bind and are no texts."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module

TRIGGERS = (b"RawUnsafe", b"Prisma")
CALLS = frozenset({"$executeRawUnsafe", "$queryRawUnsafe", "raw"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`prisma.$queryRawUnsafe(…)`, `prisma.$executeRawUnsafe(…)`, `Prisma.raw(…)`."""
    callee = module.callee(node)
    if callee == "Prisma.raw" or callee.endswith(("Unsafe", ".Prisma.raw")):
        make = queries.piece if callee.endswith(".raw") else queries.queries
        yield from make(node, module, "prisma", "$1")
