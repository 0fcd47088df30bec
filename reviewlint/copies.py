"""Which files somebody put aside: copies from before a change, `src-backup-2025/…` beside `src/…`, and archives."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache

_FOLDER = re.compile(
    r"^(?:(?P<of>.+?)[-_. ])?(?P<word>backups?|bak|bkp|copy|old)(?:[-_. ]?(?:of[-_. ]?)?\(?\d[\d\-_.T:]*\)?)?$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^(?P<word>backups?|bak|bkp|copy|old)[-_. ](?:of[-_. ])?(?P<of>\D.*)$", re.IGNORECASE)
"""`src-backup-20251111`, `src_old`, `src copy 2`, `backup`; `backup-src`, `copy of src`."""
_FILE = re.compile(
    r"^(?P<of>.+?)(?:[-_. ](?:backup|bak|bkp)(?:[-_. ]?\d[\d\-_]*)?|\.(?:old|orig|copy)| copy(?: \d+)?| \(\d\)| [23])"
    r"(?P<ending>\.\w+)$",
    re.IGNORECASE,
)
"""`orders.bak.ts`, `orders-backup.py`, `orders copy.ts`, `orders 2.ts`."""
_HINTS = ("backup", "bak", "bkp", "copy", "old", "orig", "(", " 2.", " 3.")
"""One of these stands in every such path, and in few others."""
_ASIDE = re.compile(
    r"(?:^|/)(?:migrations?|versions)[-_. ](?:archive[ds]?|old|obsolete|deprecated|backups?|bak|superseded|squashed)/"
    r"|(?:^|/)(?:archive[ds]?|old|obsolete|deprecated|superseded|squashed)[-_. ](?:migrations?|versions)/"
    r"|(?:^|/)(?:obsolete|attic|graveyard|[._-]?archived|\.archived?[-_]\w+|archived?[-_](?:tests?|code)"
    r"|[._](?:archives?|old|deprecated|backups?|legacy|trash)"
    r"|(?:migrations|sql|scripts|database|db|docs?)/(?:archives?|old|deprecated|backups?|legacy|superseded))/"
    r"|^(?:archives?|backups?)/",
    re.IGNORECASE,
)
"""Folders for what runs no more: by a name that says so, or by one that may say so where it stands."""
_SPARE = re.compile(
    r"(?:^|/)(?:temp|tmp|seed[-_]?code|references?|reference[-_]\w+|unused|disabled|excluded|old|archives?|archived"
    r"|backups?|trash|prototypes?|poc)/",
    re.IGNORECASE,
)
"""Folders whose name may say that their code is no part of the program."""
_LEFT_OUT = re.compile(rb"""^[^"\n/]*"exclude"\s*:\s*\[([^\]]*)\]""", re.MULTILINE)
_QUOTED = re.compile(rb"""^[^"\n/]*"([^"\n]+)"|,\s*"([^"\n]+)\"""", re.MULTILINE)
"""A pattern in such a list, and not in a comment behind another."""
SHARE = {"old": 0.8}
"""How much of a folder has to stand in the original: what is called old may be in use."""
USUAL_SHARE = 0.5
LEAST = 3
"""So many files, at least, are alike by accident in no two folders."""


def is_put_aside(path: str) -> bool:
    """Whether a file stands in a folder for what is kept and runs no more."""
    return _is_aside(_home(path))


@cache
def _is_aside(folder: str) -> bool:
    return _ASIDE.search(folder) is not None


def _home(path: str) -> str:
    """The folder that a file stands in, with `/` at the end, and `""` for the root."""
    return path[: path.rfind("/") + 1]


def left_out(paths: Iterable[str], read: Callable[[str], bytes]) -> tuple[str, ...]:
    """The folders, with `/` at the end, of code that two things call no part of the program: name and compiler.

    What a `tsconfig.json` excludes alone is often live (functions that another compiler takes, code with errors left),
    and what is called `temp` alone, too. `read` gives the content of the file at a path, `b""` where it cannot.
    """
    paths = list(paths)
    homes = {_home(path) for path in paths}
    spare = {home[: match.end()] for home in homes for match in [_SPARE.search(home)] if match is not None}
    found = set()
    for path in paths if spare else ():
        if path.rpartition("/")[2] == "tsconfig.json":
            home = _home(path)
            for listed in _LEFT_OUT.findall(read(path)):
                patterns = (b"".join(one).decode("utf-8", "replace") for one in _QUOTED.findall(listed))
                found |= {home + re.sub(r"^(?:\./)?|(?:/\*\*)?(?:/\*)?/?$", "", one) + "/" for one in patterns}
    return tuple(sorted(spare & found))


def copies(paths: Iterable[str]) -> set[str]:
    """Those of all paths that are copies: of a file beside them, or in a folder most of which stands elsewhere."""
    there = set(paths)
    folders: dict[str, set[str]] = defaultdict(set)
    found = set()
    for path in filter(_is_hinted, there):
        parts = path.split("/")
        for depth, folder in enumerate(parts[:-1]):
            if _FOLDER.match(folder) or _BEFORE.match(folder):
                folders["/".join(parts[: depth + 1])].add(path)
                break
        one = _FILE.match(parts[-1])
        if one is not None and "/".join((*parts[:-1], one["of"] + one["ending"])) in there:
            found.add(path)
    for folder, inside in folders.items():
        above, _, name = folder.rpartition("/")
        match = _FOLDER.match(name) or _BEFORE.match(name)
        original = "/".join(filter(None, (above, match["of"] if match is not None else None)))
        rests = [path[len(folder) + 1 :] for path in inside]
        same = sum((f"{original}/{rest}" if original else rest) in there for rest in rests)
        share = SHARE.get(match["word"].lower() if match is not None else "", USUAL_SHARE)
        if same >= LEAST and same >= share * len(rests):
            found |= inside
    return found


def _is_hinted(path: str) -> bool:
    lowered = path.lower()
    return any(hint in lowered for hint in _HINTS)
