"""Asking git about a repository that a stranger made.

Nothing in the repository's own configuration can run a program, nothing is fetched, and nothing is written.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "core.sshCommand=false",
    "protocol.allow=never",
)


def ask(root: Path, *arguments: str, given: bytes = b"", settings: Mapping[str, str] | None = None) -> bytes | None:
    """What git prints when it runs in `root`; None where it fails or is not installed outside of the repository.

    `given` is its standard input. `settings` go before those of the repository.
    """
    git = shutil.which("git", path=_places(root))
    if git is None:
        return None
    fixed = [argument for setting in _SETTINGS for argument in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    if settings:  # by the environment, since names may hold `=`
        environment["GIT_CONFIG_COUNT"] = str(len(settings))
        for number, (name, value) in enumerate(settings.items()):
            environment |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    answer = subprocess.run(
        [git, "--no-pager", "--no-replace-objects", *fixed, *arguments],
        cwd=root,
        env=environment,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return None if answer.returncode else answer.stdout


def _places(root: Path) -> str:
    """Where programs are looked for, without what the repository itself has put there."""
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(
        place for place in places if Path(place).is_absolute() and not Path(place).resolve().is_relative_to(root)
    )
