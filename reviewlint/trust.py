"""Telling what this user has written from what somebody else has made up.

A cache is read back with a format that can be made to eat the machine, and what it says is believed. It lies in the
project, where an archive or another user may have put one. So whatever is kept carries a code that takes a key to make
(RFC 2104), and the key lies where the user's programs keep their state, readable for nobody else.
"""

import hmac
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkstemp

from . import disk

SIZE = 32
"""Bytes of a key and of a code."""


@cache
def key() -> bytes:
    """The key of this user, made when it is first asked for; nothing where none can be kept."""
    with suppress(OSError, RuntimeError, disk.NotRegular):  # a runtime error where nobody knows a home
        folder = _state() / "reviewlint"
        place = folder / "key"
        if not place.exists():
            folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = mkstemp(dir=folder)  # readable for this user alone
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(os.urandom(SIZE))
                with suppress(FileExistsError):  # of several that are made at once, the first counts
                    os.link(temporary, place)
            finally:
                Path(temporary).unlink()
        found, _ = disk.read(str(place))
        return found if len(found) == SIZE else b""
    return b""


def code(*parts: bytes | memoryview) -> bytes:
    """The code of these bytes, one part after the other. Only who has the key can make it."""
    made = hmac.new(key(), digestmod="sha256")
    for part in parts:
        made.update(part)
    return made.digest()


def _state() -> Path:
    """Where this user's programs keep what they need the next time."""
    told = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    return Path(told) if Path(told).is_absolute() else Path.home() / ".local" / "state"
