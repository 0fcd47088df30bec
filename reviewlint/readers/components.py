"""Vue, Svelte and Astro components: what their `<script>` elements import, read and hold.

Everything around the scripts is blanked out, line breaks kept, so that every place stays where it is in the file. Such
code runs in the browser, whatever the folder says; what Astro has between its fences runs on the server, and is left
out.
"""

import re
from dataclasses import replace

from ..facts.file import FileFacts, IgnoreComment, Problem, Side
from ..source import Source

_SAID_ELSEWHERE = (Problem, IgnoreComment)
"""A script may be in a dialect of the component's; ignore comments are found in the whole text."""
_SCRIPT = re.compile(rb"<script\b(?P<attributes>[^>]*)>(?P<code>.*?)</script\s*>", re.S | re.I)
_LANGUAGE = re.compile(rb"""\blang\s*=\s*["']?(\w+)""")
_TEXT = re.compile(rb"[^\r\n]")


def read(source: Source, data: bytes) -> FileFacts:
    """The facts of a component's scripts; none where it has no script."""
    code = _scripts(data)
    if not code.strip():
        return FileFacts(source.path, source.language, source.side)
    from .typescript import module

    found = module.read(replace(source, language="typescript", side=Side.BROWSER), code)
    return replace(found, facts=tuple(fact for fact in found.facts if not isinstance(fact, _SAID_ELSEWHERE)))


def _scripts(data: bytes) -> bytes:
    """The text with everything outside of the scripts blanked out."""
    pieces: list[bytes] = []
    end = 0
    for script in _SCRIPT.finditer(data):
        language = _LANGUAGE.search(script["attributes"])
        if language is not None and language[1].lower() not in (b"ts", b"js", b"typescript", b"javascript"):
            continue
        pieces += [_TEXT.sub(b" ", data[end : script.start("code")]), script["code"]]
        end = script.end("code")
    return b"".join((*pieces, _TEXT.sub(b" ", data[end:]))) if pieces else b""
