"""String literals: what their source stands for."""

import re
import unicodedata

from tree_sitter import Node

_ESCAPE = re.compile(
    r"\\(?:(?P<newline>\r?\n)|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8})|N\{(?P<name>[^}]*)\}|(?P<one>[\\'\"abfnrtv]))"
)
_ONE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def string_constant(node: Node, data: bytes, content: Node | None = None) -> str:
    """The text that the `string` node of `data` stands for, or one `string_content` of it."""
    children = node.children
    if not children:
        return ""
    first, last = children[0], children[-1]
    prefix = data[first.start_byte : first.end_byte].decode("utf-8", "replace").rstrip("'\"").lower()
    if content is not None:
        start, end = content.start_byte, content.end_byte
    else:
        start, end = first.end_byte, last.start_byte if last.type == "string_end" else node.end_byte
    text = data[start:end].decode("utf-8", "replace")
    if "f" in prefix or "t" in prefix:
        text = text.replace("{{", "{").replace("}}", "}")
    if "r" in prefix or "\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(found: re.Match[str]) -> str:
    if found["newline"]:
        return ""
    if found["one"]:
        return _ONE.get(found["one"], found["one"])
    if found["name"] is not None:
        try:
            return unicodedata.lookup(found["name"])
        except KeyError:
            return found[0]
    code = int(found["octal"], 8) if found["octal"] else int(found["hex"] or found["short"] or found["long"], 16)
    return chr(code) if code < 0x110000 else found[0]
