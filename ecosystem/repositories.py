"""The pinned repositories, and where a checkout of each is had from."""

import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUTS = HERE.parent / ".ecosystem"
"""Where checkouts are kept between runs; not in git."""


class UnavailableError(Exception):
    """A repository, or the pinned commit of it, cannot be had here; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A public repository at one commit."""

    name: str
    commit: str


def pinned() -> list[Repository]:
    """All the repositories of `repositories.toml`, in order."""
    data = tomllib.loads((HERE / "repositories.toml").read_text("utf-8"))
    return [Repository(name, commit) for name, commit in data.items()]


def checkout(repository: Repository, clones: Path | None) -> Path:
    """The folder of a checkout of the pinned commit. Raises UnavailableError.

    `clones` is a folder of clones called `owner+name`, for where the network ends at the door: one that stands at the
    pinned commit is taken as it is. The commit alone is fetched otherwise.
    """
    name = repository.name.replace("/", "+")
    folder = CHECKOUTS / name
    for known in (folder, (clones or CHECKOUTS) / name):
        if _head(known) == repository.commit:
            return known
    origin = str((clones / name).resolve()) if clones else f"https://github.com/{repository.name}.git"
    folder.mkdir(parents=True, exist_ok=True)
    for step in (
        ("init", "--quiet"),
        ("fetch", "--quiet", "--depth", "1", origin, repository.commit),
        ("-c", "advice.detachedHead=false", "checkout", "--quiet", "--force", "FETCH_HEAD"),
    ):
        done = _git(folder, *step)
        if done.returncode:
            reason = next(iter(reversed(done.stderr.strip().splitlines())), "git gave no reason")
            raise UnavailableError(f"{repository.name}@{repository.commit[:9]} cannot be had: {reason}")
    return folder


def available(clones: Path | None) -> Iterator[tuple[Repository, Path | UnavailableError]]:
    """Each pinned repository with its checkout, or why there is none."""
    for repository in pinned():
        try:
            yield repository, checkout(repository, clones)
        except UnavailableError as error:
            yield repository, error


def _head(folder: Path) -> str:
    return _git(folder, "rev-parse", "HEAD").stdout.strip() if (folder / ".git").exists() else ""


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
