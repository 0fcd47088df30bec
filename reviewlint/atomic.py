"""Files that are written whole or not at all."""

import os
import stat
from pathlib import Path


def replace_file(path: Path, text: str) -> None:
    """Make `text` (as UTF-8) the content of a file. A reader sees the old content or the new, never a part.

    Links are followed; devices and pipes are written to. Raises OSError.
    """
    data = text.encode("utf-8", "backslashreplace")
    target = Path(os.path.realpath(path))
    mode = 0o666
    if target.exists():
        found = target.stat().st_mode
        if not stat.S_ISREG(found):
            target.write_bytes(data)
            return
        mode = stat.S_IMODE(found)
    beside = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
