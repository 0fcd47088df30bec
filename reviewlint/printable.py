"""Makes text safe to print: no control characters, no escape sequences, no commands for whoever reads the log.

File names, source excerpts and messages come from code under review, so on a pull request they are an attacker's.
A terminal obeys escape sequences, a reader is fooled by bidirectional controls, and the GitHub Actions runner executes
`::command` at the start of any line (white space before it is skipped) and `##[command]` anywhere in one.
"""

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1 controls
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # bidi, invisible, line ends
    "\ud800-\udfff"  # lone surrogates: undecodable bytes of file names
    "\ufffe\uffff"  # no characters, and not allowed in XML
    "\U000e0000-\U000e007f]"  # invisible tag characters
)
_COLOUR = "\x1b\\[[0-9;]*m"
_LINK = "\x1b\\]8;;[^\x07\x1b]*\x1b\\\\"
_COMMAND_AT_START = re.compile(rf"(?m)^(\s*+(?:(?:{_COLOUR}|{_LINK})\s*+)*):(?=(?:{_COLOUR}|{_LINK})*:)")
_COMMAND_ANYWHERE = re.compile(r"##(?=\w*\[)")


def printable(text: str) -> str:
    r"""`text` on one line, every character that does something instead of showing something written as an escape.

    A tab becomes `\t`, a line end `\n`, an escape character `\x1b`.
    """
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_escaped, text)


def printable_lines(text: str) -> list[str]:
    """The lines of a text of several lines, tabs expanded, each printable."""
    return [printable(line.expandtabs(4)) for line in text.replace("\r\n", "\n").split("\n")]


def guarded(text: str) -> str:
    """Finished output, in which no line is a command for the GitHub Actions runner."""
    return _COMMAND_ANYWHERE.sub(r"#\\#", _COMMAND_AT_START.sub(r"\1\:", text))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if short:
        return short
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
