"""The tree of a file: by the grammar that its name asks for, with what the grammars do not know yet painted over.

tree-sitter-typescript 0.23 stumbles over some valid sources: a bare `&` in JSX text and attributes,
`typeof import("x")` and `import("x").T` as a type argument, parameters of function types that are called like a type
(`(string) => void`), members called `in` or `instanceof` or beginning so, `export type *`, import attributes behind an
`export … from`, call signatures that only a line break separates, and object types among the type arguments of a
tagged template (styled.div<{ wide: boolean }>`…`). Where a file has errors, such places are overwritten, byte for byte,
so that every position stays; what is read of the file is still the original.
"""

import re
from collections.abc import Iterator

from tree_sitter import Language, Tree

from ...source import Source
from . import syntax

_AMPERSAND = re.compile(rb"(?<!&)&(?![&=])")
"""Alone it may stand for itself in JSX; where it is an operator, of values or types, `|` parses just the same."""
_GAPS = (
    re.compile(rb"(?<=[<,])\s*(typeof\s+import\s*\(\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*\))"),
    re.compile(rb"\(\s*(any|string|number|boolean|object|unknown|never|void|symbol|bigint)\s*\)\s*=>"),
    re.compile(rb"^[ \t]*(?:readonly[ \t]+)?(in|instanceof)[ \t]*[?:(<]", re.M),
    re.compile(rb"(?<=\n)[ \t]+(in)_?\w+[ \t]*\??:"),
    re.compile(rb"(?<=[<,:|])\s*(import\s*\(\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*\)\s*\.)(?=[A-Z])"),
)
_BLANKS = (
    re.compile(rb"^export(\s+type)\s+\*", re.M),
    re.compile(
        rb"^export\s*(?:\{[^{}]*\}|\*(?:\s+as\s+\w+)?)\s*from\s*(?:'[^'\n]*'|\"[^\"\n]*\")(\s*with\s*\{[^{}]*\})", re.M
    ),
)
"""Words that say nothing about what is exported from where."""
_TICK = re.compile(rb"`")
_ANGLES = re.compile(rb"=>|[<>]")
_LONGEST = 4_000
"""The bytes before a template, at most, that are looked through for the beginning of its type arguments."""
_SEPARATORS = re.compile(rb"(?<=\n)[ \t](?=[ \t]*<[A-Z]\w*(?:[ \t]+extends[ \t]|[ \t]*[,>]))")


def parsed(source: Source, data: bytes) -> tuple[Tree, Language]:
    """The tree of a file and its grammar; the one without JSX where a file that may have some reads better so."""
    plain = source.path.endswith((".ts", ".mts", ".cts"))
    language = syntax.TYPESCRIPT if plain else syntax.TSX
    tree = syntax.parse(data, language)
    if not tree.root_node.has_error:
        return tree, language
    if not plain:
        other = syntax.parse(data, syntax.TYPESCRIPT)
        if not other.root_node.has_error:
            return other, syntax.TYPESCRIPT
    return _painted(data, tree, language), language


def _painted(data: bytes, tree: Tree, language: Language) -> Tree:
    """The tree of `data` with the known gaps of the grammar overwritten; `tree` itself where that does not help."""
    paint = bytearray(data)
    for gap in _GAPS:
        for match in gap.finditer(data):
            paint[match.start(1) : match.end(1)] = b"_" * (match.end(1) - match.start(1))
    for blank in _BLANKS:
        for match in blank.finditer(data):
            paint[match.start(1) : match.end(1)] = re.sub(rb"[^\r\n]", b" ", match[1])
    for start, end in _tag_arguments(data):
        paint[start:end] = re.sub(rb"[^\r\n]", b" ", data[start:end])
    if language is syntax.TSX:
        paint = bytearray(_AMPERSAND.sub(b"|", bytes(paint)))
    better = tree if paint == data else syntax.parse(bytes(paint), language)
    if language is syntax.TSX or not better.root_node.has_error:
        return better
    separators = [match.start() for match in _SEPARATORS.finditer(data)]
    for start in separators:  # last, since what looks so may begin an arrow function as well
        paint[start] = ord(";")
    return syntax.parse(bytes(paint), language) if separators else better


def _tag_arguments(data: bytes) -> Iterator[tuple[int, int]]:
    """Where type arguments stand before a template: from their `<` to behind the `>` that a backtick follows."""
    before = 0
    for tick in _TICK.finditer(data):
        end, depth = tick.start(), 0
        angles = [*_ANGLES.finditer(data, max(before, end - _LONGEST), end)] if data[end - 1 : end] == b">" else []
        for angle in reversed(angles):
            depth += {b">": 1, b"<": -1}.get(angle[0], 0)
            if depth == 0:
                yield angle.start(), end
                break
        before = end + 1
