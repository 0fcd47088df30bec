"""What a project needs to be reviewed from now on: a configuration, a hook, a workflow.

Only files that are not there are proposed; for those that are there, what to add to them.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from . import origin
from .config.files import read
from .source import Source
from .wording import counted

CHECKOUT = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0"

_LANGUAGES = {"python": "Python", "typescript": "TypeScript", "tsx": "TypeScript", "sql": "SQL"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file for the project. `path` is relative to its root, `what` says what the file is.

    `text` is its content. Where it is there already, `text` is what to add to it, `""` for nothing.
    """

    path: str
    what: str
    text: str
    there: bool = False


class Unwritable(OSError):
    """A file cannot be written; the message says which and why."""


def proposals(root: Path, sources: Collection[Source]) -> Iterator[Proposal]:
    """What the project at `root` lacks, given its files."""
    yield _configuration(root, sources)
    if (root / ".git").exists():
        yield _hook(root)
        yield _workflow(root)


def described(sources: Collection[Source]) -> str:
    """What there is to review, in words: `42 files: 20 Python, 18 TypeScript, 4 SQL`, `no code yet`."""
    languages = Counter(_LANGUAGES[each.language] for each in sources if each.language in _LANGUAGES)
    parts = [f"{count:,} {language}" for language, count in languages.most_common()]
    return f"{counted(len(sources), 'file')}: {', '.join(parts)}" if parts else "no code yet"


def write(root: Path, proposal: Proposal) -> None:
    """Write a proposed file. Raises Unwritable, also where there is a file now."""
    path = root / proposal.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.parent.resolve().is_relative_to(root.resolve()):
            raise Unwritable(f"{proposal.path} would be outside of the project, where a link leads")
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(proposal.text)
    except Unwritable:
        raise
    except OSError as error:
        raise Unwritable(f"cannot write {proposal.path}: {(error.strerror or str(error)).lower()}") from None


def _configuration(root: Path, sources: Collection[Source]) -> Proposal:
    """Raises ConfigurationError for one that is there and cannot be used."""
    name, what = "reviewlint.toml", "the configuration"
    for each in (name, "pyproject.toml"):
        if os.path.lexists(root / each) and read(root / each, root) is not None:
            return Proposal(each, what, "", there=True)
    text = f"""\
        # How reviewlint reviews this project ({described(sources)}).
        # All of it may be left out. `reviewlint config FILE` shows what holds for a file and why,
        # `reviewlint rules` lists the rules, `reviewlint explain RULE` says what one wants.

        # Who speaks: foreman, engineer, reliability, architect, specialist or plain.
        voice = "foreman"

        # Findings from this severity fail a run; the others are only shown. error, warning or note.
        fail-on = "warning"

        # What is not read at all, as in a .gitignore file. Generated and vendored files need no mention.
        exclude = []

        # Rules and families that do not run on some files.
        # [per-file]
        # "scripts/**" = ["unstructured-log"]

        # Severities other than the rules' own.
        # [severities]
        # untested-endpoint = "note"
        """
    return Proposal(name, what, dedent(text))


def _hook(root: Path) -> Proposal:
    path, what = ".pre-commit-config.yaml", "the hook, for pre-commit"
    repository, revision = origin.repository()
    text = (
        f"  - repo: {repository}\n"
        f"    rev: {revision}\n"
        "    hooks:\n"
        "      - id: reviewlint        # reviewlint-full follows values through the code, with semgrep\n"
    )
    return _proposal(root, path, what, "repos:\n", text)


def _workflow(root: Path) -> Proposal:
    path, what = ".github/workflows/review.yml", "the workflow, which reviews pull requests"
    for other in sorted((root / ".github" / "workflows").glob("*.y*ml")):
        if "reviewlint" in _text(other):
            return Proposal(other.relative_to(root).as_posix(), what, "", there=True)
    text = f"""\
        name: Review

        on:
          pull_request:

        permissions:
          contents: read

        jobs:
          review:
            runs-on: ubuntu-latest
            timeout-minutes: 15
            steps:
              - uses: {CHECKOUT}
                with:
                  fetch-depth: 2 # the change is what is different from the first parent of the merge
                  persist-credentials: false
              - uses: reviewlint/reviewlint@{origin.RELEASE}
        """
    return _proposal(root, path, what, "", dedent(text))


def _proposal(root: Path, path: str, what: str, head: str, text: str) -> Proposal:
    if not os.path.lexists(root / path):
        return Proposal(path, what, head + text)
    return Proposal(path, what, "" if "reviewlint" in _text(root / path) else text, there=True)


def _text(path: Path) -> str:
    """What a file says, nothing where it cannot be read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
