"""PostgreSQL's own parser, and the only module that knows it: text in, a tree of plain dicts out.

The library writes the parse tree as JSON, which holds deeper trees than its protobuf form does and is as fast to read.
It walks trees recursively in C, so a chain of tens of thousands of operators would end the process: such statements are
refused before it sees them, by an upper bound on their depth that costs nothing for ordinary ones.
"""

import json
import re
import string
from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any, TypeAlias

from ...timing import spending

Node: TypeAlias = dict[str, Any]
"""A node of the tree: its type's name mapped to its fields, or the fields alone."""

MAXIMUM_DEPTH = 1200
"""Signs and words in one expression that may each make its tree one level deeper."""
MAXIMUM_SIZE = 8_000_000
"""Characters in one statement."""

_DECODER = json.JSONDecoder(strict=False)
_WORDS = (
    r"\b(?:not|is|isnull|notnull|join|union|except|intersect|collate|case|select|in|like|ilike|similar|between|at"
    r"|operator)\b"
)
_DEEPENING = re.compile(r"[-+*/<>=~!@#%^&|`?:(\[]|" + _WORDS, re.IGNORECASE)
_WITHOUT_SIGNS = dict.fromkeys(map(ord, string.punctuation.replace("_", "")))
_LEVELS = re.compile(
    r"""--[^\n]* | /\*.*?\*/ | '[^']*(?:''[^']*)*' | "[^"]*(?:""[^"]*)*" | (?P<tag>\$\w*\$).*?(?P=tag)
      | (?P<open>[(\[]) | (?P<close>[)\]]) | (?P<comma>,) | (?P<deeper>[-+*/<>=~!@\#%^&|`?:] | """
    + _WORDS
    + ")",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SyntaxFailure(Exception):
    """Why a statement cannot be parsed, and the offset (in code points) at which the parser gave up."""

    message: str
    offset: int = 0


@cache
def _library() -> Any:
    """The parser in C. Its Python package is not run: that reads a description of all nodes, for 60 ms, in vain."""
    package = find_spec("postgast")
    found = PathFinder.find_spec("native", package.submodule_search_locations if package else None)
    if found is None or found.loader is None:
        raise ModuleNotFoundError("postgast.native")
    native = module_from_spec(found)
    found.loader.exec_module(native)
    return native.lib


def parse(text: str) -> Node:
    """The tree of one statement: `{"CreateStmt": {…}}`. Locations in it are byte offsets. Raises `SyntaxFailure`."""
    lib = _library()
    if "\0" in text:
        raise SyntaxFailure("NUL byte", text.index("\0"))
    if len(text) > MAXIMUM_SIZE:
        raise SyntaxFailure("statement too long for the parser")
    if depth_bound(text) > MAXIMUM_DEPTH:
        raise SyntaxFailure("expression nested too deeply for the parser")
    data = text.encode("utf-8", "surrogatepass")
    with spending("engine", "libpg_query"):
        result = lib.pg_query_parse(data)
    try:
        if result.error:
            error = result.error.contents
            offset = len(data[: max(error.cursorpos - 1, 0)].decode("utf-8", "ignore"))
            raise SyntaxFailure(error.message.decode("utf-8", "replace"), offset)
        statements = _DECODER.raw_decode(result.parse_tree.decode("utf-8", "replace"))[0]["stmts"]
    except (RecursionError, ValueError) as error:
        raise SyntaxFailure("expression nested too deeply for the parser") from error
    finally:
        lib.pg_query_free_parse_result(result)
    if not statements:
        raise SyntaxFailure("empty statement")
    tree: Node = statements[0].get("stmt", {})
    return tree


def depth_bound(text: str) -> int:
    """An upper bound on how deep the tree of `text` can be, in operators; 0 for texts too short to be deep."""
    if len(text) < MAXIMUM_DEPTH:
        return 0
    if len(text) < 10 * MAXIMUM_DEPTH:
        # Two words have white space or a sign between them.
        if text.isascii() and len(text.split()) + len(text) - len(text.translate(_WITHOUT_SIGNS)) <= MAXIMUM_DEPTH:
            return 0
        if sum(1 for _ in _DEEPENING.finditer(text)) <= MAXIMUM_DEPTH:
            return 0
    deepest = total = 0
    levels = [0]
    for match in _LEVELS.finditer(text):
        kind = match.lastgroup
        if kind == "deeper":
            levels[-1] += 1
            total += 1
        elif kind == "open":
            levels.append(1)
            total += 1
        elif kind == "close" and len(levels) > 1:
            # What the bracket held may be an operand of a chain: only the bracket itself stays on this level.
            total -= levels.pop()
        elif kind == "comma":
            total -= levels[-1]
            levels[-1] = 0
        deepest = max(deepest, total)
    return deepest
