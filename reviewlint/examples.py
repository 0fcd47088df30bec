"""Examples with arrows: small sources that are a rule's tests, its documentation and its explanation at once.

An example is a text of one or more files. Each file begins with a line `=== path`; a part `=== fixed path` holds what
`path` must look like after the fix, a part `=== base path` what it was before the change under review. A comment whose
text begins with `<--` is an arrow: exactly one finding of the rule must start on its line. `<-- strict: why` points at
one that is shown with `--strict` alone. `<-- missed: why` is a known miss: no finding starts there yet. Arrows are
taken out before the files are read, so they cannot excuse anything.
"""

import re
from dataclasses import dataclass, field

_HEADER = re.compile(r"^=== (?:(?P<kind>fixed|base) )?(?P<path>\S+)$")
_ARROW = re.compile(r"\s*(?:#|//|--|/\*|\{/\*|<!--|;)\s*<-- ?(?P<text>.*?)\s*(?:\*/\}?|-->)?\s*$")


@dataclass(frozen=True, slots=True)
class Example:
    """An example taken apart. `arrows`, the `strict` ones of them, and `missed` are (path, 1-based line) in order."""

    files: dict[str, str]
    fixed: dict[str, str]
    arrows: tuple[tuple[str, int], ...]
    missed: tuple[tuple[str, int], ...]
    strict: tuple[tuple[str, int], ...] = ()
    base: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> Example:
    """Take an example apart. Raises ValueError where it does not begin with a `=== path` line."""
    files: dict[str, str] = {}
    parts: dict[str | None, dict[str, str]] = {None: files, "fixed": {}, "base": {}}
    arrows: list[tuple[str, int]] = []
    missed: list[tuple[str, int]] = []
    strict: list[tuple[str, int]] = []
    lines: list[str] = []
    path = ""
    kind: str | None = None

    def close() -> None:
        if path:
            parts[kind][path] = "\n".join(lines).strip("\n") + "\n"

    for raw in text.strip("\n").split("\n"):
        header = _HEADER.match(raw)
        if header:
            close()
            lines, path, kind = [], header["path"], header["kind"]
            continue
        if not path:
            raise ValueError("an example begins with a line `=== path`")
        arrow = _ARROW.search(raw)
        if arrow:
            place = (path, len(lines) + 1)
            (missed if arrow["text"].startswith("missed:") else arrows).append(place)
            if arrow["text"].startswith("strict:"):
                strict.append(place)
            raw = raw[: arrow.start()]
        if lines or raw.strip():
            lines.append(raw)
    close()
    return Example(files, parts["fixed"], tuple(arrows), tuple(missed), tuple(strict), parts["base"])
