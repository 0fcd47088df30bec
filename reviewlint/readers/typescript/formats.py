"""Texts with holes that a library fills: `util.format("… %s", name)`, `_.template("… <%= name %>")({ name })`.

The marks of the first kind are those of Node's `util.format`, of sprintf-js, and of pg-format, which quotes what
stands at `%I` and `%L`.
"""

import re
from collections.abc import Iterator

from .packages import normal

_PRINTF = re.compile(r"%(?:(?P<percent>%)|(?:\d+\$)?[+-]?\d*(?:\.\d+)?(?P<kind>[sdifjoOcxXeuIL]))")
_KINDS = {**dict.fromkeys("difxXeuc", "number"), **dict.fromkeys("IL", "quoted")}
_FORMATTERS = re.compile(
    r"^(?:util\.format|util\.default\.format|sprintf-js\.v?sprintf|sprintf-js|printf|pg-format(?:\.default)?)$"
)
_COMPILERS = {
    "angle": re.compile(r"^(?:_|lodash|lodash-es|underscore|ejs)\.(?:template|compile)$|^lodash[./]template$"),
    "curly": re.compile(r"^(?:handlebars|Handlebars|hogan\.js)\.compile$"),
}
_RENDERERS = {
    "angle": re.compile(r"^ejs\.render$"),
    "curly": re.compile(r"^(?:mustache|Mustache)\.render$"),
}
MENTIONS = (b".template", b"compile(", b"/template")
"""What one of is in a file that makes functions of templates."""


def is_formatter(callee: str) -> bool:
    """Whether a function puts its arguments into the marks of its first one, as C's `printf` does."""
    return _FORMATTERS.match(normal(callee)) is not None


def compiled(callee: str) -> str:
    """The kind of marks of a function that makes a template, `""` for other functions."""
    return _kind(_COMPILERS, callee)


def rendered(callee: str) -> str:
    """The kind of marks of a function that fills a template with data at once, `""` for other functions."""
    return _kind(_RENDERERS, callee)


def _kind(patterns: dict[str, re.Pattern[str]], callee: str) -> str:
    name = normal(callee)
    return next((kind for kind, pattern in patterns.items() if pattern.match(name)), "")


def printf(template: str) -> Iterator[tuple[str, str]]:
    """The template as pairs of constant text and the hole after it: `text`, `number`, `quoted`, `""` at the end."""
    start, text = 0, ""
    for mark in _PRINTF.finditer(template):
        text += template[start : mark.start()]
        start = mark.end()
        if mark["percent"]:
            text += "%"
            continue
        yield text, _KINDS.get(mark["kind"], "text")
        text = ""
    yield text + template[start:], ""
