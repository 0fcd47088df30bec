"""Bytes from the disk: regular files and nothing else, so that no pipe can block and no device can answer."""

import os
import stat
from pathlib import Path

_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
)


class NotRegular(Exception):
    """What stands at the path is no regular file; the message says what it is."""


def read(path: str, limit: int = -1) -> tuple[bytes, int]:
    """The first `limit` bytes (all of them by default) of the regular file at `path`, and its whole size.

    Raises `NotRegular`, or OSError where the file is gone or may not be read. Links are not followed.
    """
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode):
        raise NotRegular(_kind(path, found.st_mode))
    handle = os.open(path, _FLAGS)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotRegular(_kind(path, found.st_mode))
        size = found.st_size
        wanted = size if limit < 0 else min(limit, size)
        data = os.read(handle, wanted)
        while len(data) < wanted and (more := os.read(handle, wanted - len(data))):
            data += more
        return data, size
    finally:
        os.close(handle)


def _kind(path: str, mode: int) -> str:
    """What it is that stands at `path` and is no regular file, as users read it."""
    if stat.S_ISLNK(mode):
        try:
            Path(path).stat()
        except FileNotFoundError:
            return "symbolic link to nothing"
        except OSError:
            return "symbolic link that leads nowhere (a loop)"
        return "symbolic link: its target is reviewed where it stands in the project"
    if stat.S_ISDIR(mode):
        return "another repository (submodule)"
    kinds = ((stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"))
    return next((name for test, name in kinds if test(mode)), "device")
