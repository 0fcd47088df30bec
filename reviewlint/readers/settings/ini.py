"""Settings of mypy's in INI files: `mypy.ini`, `.mypy.ini` and `setup.cfg` (mypy, "The mypy configuration file")."""

import re

from .entry import Entry

_SECTION = re.compile(r"\[(?P<name>[^\]\n]+)\][ \t]*(?:[#;].*)?")
_OPTION = re.compile(r"(?P<key>\w[\w.-]*)[ \t]*[=:][ \t]*(?P<value>.*?)[ \t]*(?:[ \t][#;].*)?")


def entries(text: str) -> list[Entry]:
    """The options in the sections of mypy's, each behind the name of its section: `mypy.strict`."""
    found: list[Entry] = []
    section, start = "", 0
    for line in text.split("\n"):
        if named := _SECTION.fullmatch(line.rstrip()):
            section = named["name"].strip()
        elif section.startswith("mypy") and (option := _OPTION.fullmatch(line.rstrip())):
            found.append(Entry((section, option["key"]), option["value"], start, start + len(line.rstrip())))
        start += len(line) + 1
    return found
