"""Where this reviewlint came from, for those who fetch the same one: hooks and workflows."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import __version__
from .git import ask

HOME = "https://github.com/reviewlint/reviewlint"
RELEASE = f"v{__version__}"


def repository() -> tuple[str, str]:
    """The repository and the revision that give this reviewlint, as pre-commit takes them.

    A release is its tag at home. What was installed from a repository or a folder says so in its `direct_url.json`
    (https://packaging.python.org/en/latest/specifications/direct-url/).
    """
    try:
        direct = json.loads(distribution("reviewlint").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        direct = {}
    if "vcs_info" in direct:
        return direct["url"], direct["vcs_info"]["commit_id"]
    folder = Path(unquote(urlsplit(direct.get("url", "")).path))
    if "dir_info" in direct and (folder / ".git").exists():
        head = ask(folder, "rev-parse", "--verify", "--quiet", "HEAD")
        if head:
            return str(folder), head.decode().strip()
    return HOME, RELEASE
