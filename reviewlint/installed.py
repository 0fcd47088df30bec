"""What is installed beside reviewlint, by the folders that installers leave behind.

An installed package has a folder `<name>-<version>.dist-info`:
https://packaging.python.org/en/latest/specifications/recording-installed-packages/
`importlib.metadata` says the same, and takes 25 ms of a review of half a second to be imported and asked.
"""

import os
import re
import sys
from functools import cache

_ENDING = ".dist-info"


@cache
def packages(folder: str) -> tuple[str, ...]:
    """The packages installed in a folder, each as `<name>-<version>`; none where it cannot be listed."""
    try:
        with os.scandir(folder or ".") as scan:
            return tuple(entry.name.removesuffix(_ENDING) for entry in scan if entry.name.endswith(_ENDING))
    except OSError:
        return ()


@cache
def version(name: str) -> str:
    """The version of the package that an import would find first, `""` where none is installed."""
    wanted = _normal(name)
    for folder in sys.path:
        for package in packages(folder):
            found, _, number = package.partition("-")
            if _normal(found) == wanted:
                return number
    return ""


def _normal(name: str) -> str:
    """A package's name as two spellings of it compare."""
    return re.sub(r"[-_.]+", "-", name).lower()
