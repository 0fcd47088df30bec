"""Fallbacks that the file itself refuses: `if (production && SECRET === "dev") throw …`."""

import re

from ..credentials.names import plain
from ..facts.values import Value, constant_text


def is_refused(data: bytes, variable: str, default: Value | None) -> bool:
    """Whether `data` raises or ends the program where what was read of `variable` is its default.

    What is compared has to be called like the variable: `jwtSecret` for `JWT_SECRET`.
    """
    text = constant_text(default) if default is not None else None
    if not text or (b"throw" not in data and b"raise" not in data and b"exit(" not in data):
        return False
    if data.count(text.encode()) < 2:  # where it is read, and nowhere else
        return False
    written = re.escape(text.encode())
    comparison = re.compile(
        rb"\bif\b[^;{}]{0,200}?(?P<name>[A-Za-z_$][\w$]*)\s*===?\s*[\"'`]" + written + rb"[\"'`]"
        rb"[^;{}]{0,200}?[):]\s*\{?\s*(?:from [\w.]+ import \w+\s+)?(?:throw\b|raise\b|process\.exit\(|sys\.exit\()"
    )
    return any(plain(match["name"].decode()) in plain(variable) for match in comparison.finditer(data))
