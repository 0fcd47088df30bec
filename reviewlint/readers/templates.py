"""Templates as text and the names in their holes.

The marks are those of lodash and EJS (`angle`), of Mustache, Handlebars and Jinja (`curly`), of Python's
`string.Template` (`dollar`).
"""

import re
from collections.abc import Iterator

_HOLES = {
    "angle": re.compile(r"<%[=-]\s*(?P<name>[\w$.]+)\s*%>|\$\{\s*(?P<more>[\w$.]+)\s*\}"),
    "curly": re.compile(r"\{\{\{?&?\s*(?P<name>[\w$.]+)\s*(?P<more>\|[^}]*)?\}?\}\}"),
    "dollar": re.compile(r"\$(?:\{(?P<name>\w+)\}|(?P<more>\w+))"),
}


def pieces(template: str, kind: str) -> Iterator[tuple[str, str]]:
    """The template in order as pairs of constant text and the dotted name in the hole after it, `""` at the end."""
    start = 0
    for hole in _HOLES[kind].finditer(template):
        yield template[start : hole.start()], hole["name"] or hole["more"]
        start = hole.end()
    yield template[start:], ""
