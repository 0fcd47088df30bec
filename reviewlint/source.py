"""One file of the project before it is read: where it is and what it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from .facts.file import Side

COMPONENTS = (".vue", ".svelte", ".astro")
"""How the names of files end whose language is `text` and that hold TypeScript."""


@dataclass(frozen=True, slots=True)
class Source:
    """A regular file that will be reviewed.

    `path` is relative to the root, with `/`. `language` is one of `python`, `typescript`, `tsx` (also JSX and
    JavaScript, which has no syntax that TSX forbids), `sql`, `env`, `toml`, `json` (comments allowed), `text`.
    `side` is what its path, its imports and directives, and the nearest package.json tell. `size` is in bytes.
    `tracked` is None without git. `digest` tells this file with this content from every other, where it was read
    whole (see `reviewlint.cache`). `closely` for a file of a change: what its functions do is read, too.
    """

    path: str
    language: str
    side: Side
    size: int
    tracked: bool | None = None
    digest: bytes = b""
    closely: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was discovered and is not reviewed, with the reason as users read it.

    `expected` for reasons that are no loss (generated, vendored, minified, binary); the others are reported as
    something that should have been reviewed and was not.
    """

    path: str
    reason: str
    expected: bool = True


def has_code(sources: Iterable[Source]) -> bool:
    """Whether there is a file with code of an application among these."""
    return any(one.language in ("python", "typescript", "tsx") or one.path.endswith(COMPONENTS) for one in sources)
