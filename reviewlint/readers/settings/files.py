"""Settings files: `.env`, TOML, JSON and what sets mypy up become `Setting` facts; other text holds none."""

import bisect
import re
from pathlib import PurePosixPath

from ...facts.clients import Setting
from ...facts.file import FileFact, FileFacts, Problem
from ...facts.location import Location
from ...source import Source
from . import env, ini, jsonc, toml
from .entry import Entry, MalformedError

LONGEST = 400_000
"""Characters; a longer settings file is data that a program wrote, such as a lock file."""

_SETTINGS = re.compile(
    r"""(?: package | [tj]sconfig(?:[.-][\w.-]+)? | [\w.-]*\.tsconfig | deno | import[_-]?map | app(?:\.config)?
          | vercel | pyrightconfig | \.?nycrc | \.?c8rc | jest\.config | nest-cli | firebase | _journal
        )\.jsonc? | \.nycrc | \.c8rc""",
    re.X,
)
"""Names of JSON files that set something up. Any other JSON file is data, and looked at for secrets alone."""
_INI = frozenset({"mypy.ini", ".mypy.ini", "setup.cfg"})
_EXTENDED = (b'"compilerOptions"', b'"extends"')
"""What a tsconfig holds that others extend, whatever it is called: `config/typescript/base.json`."""


def read(source: Source, data: bytes) -> FileFacts:
    """The settings of one file. A malformed file gives what stands before the fault, and one `Problem`."""
    reader = {"env": env.entries, "toml": toml.entries}.get(source.language)
    named = _SETTINGS.fullmatch(PurePosixPath(source.path).name.lower())
    if source.language == "json" and (named or any(word in data for word in _EXTENDED)):
        reader = jsonc.entries
    if PurePosixPath(source.path).name in _INI:
        reader = ini.entries
    if reader is None or len(data) > LONGEST:
        return FileFacts(source.path, source.language, source.side)
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    text = text[1:] if text.startswith("\ufeff") else text
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(start: int, end: int) -> Location:
        first, last = (bisect.bisect_right(starts, offset) - 1 for offset in (start, end))
        return Location(source.path, first + 1, start - starts[first] + 1, last + 1, end - starts[last] + 1)

    entries: list[Entry]
    problems: list[FileFact] = []
    try:
        entries = reader(text)
    except MalformedError as fault:
        entries = fault.entries
        problems.append(Problem(at(fault.offset, fault.offset + 1), fault.reason))
    settings = [
        Setting(at(entry.start, entry.end), ".".join(entry.keys), entry.value, entry.keys, entry.comment)
        for entry in entries
    ]
    return FileFacts(source.path, source.language, source.side, (*settings, *problems))
