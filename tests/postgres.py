"""A real PostgreSQL for tests and comparisons: a private cluster in a temporary folder, reached over a Unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL server's programs, None where none is installed."""
    found = [Path(path) for path in [shutil.which("postgres") or ""] if path]
    found += sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]), reverse=True
    )
    return found[0].parent if found else None


@contextmanager
def server() -> Iterator[str]:
    """A running server's connection string (without a database's name); it and its data are gone afterwards.

    PostgreSQL does not run as root: then it runs as the user `postgres` or `nobody`.
    """
    programs = binaries()
    assert programs is not None, "no PostgreSQL server is installed"
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = _unprivileged()
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}

        def run(*command: str) -> None:
            subprocess.run(
                command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user
            )  # type: ignore[call-overload]

        data = folder / "data"
        run(
            f"{programs}/initdb",
            "-D",
            f"{data}",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        )
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"
        run(f"{programs}/pg_ctl", "-D", f"{data}", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"host={folder} user=postgres"
        finally:
            run(f"{programs}/pg_ctl", "-D", f"{data}", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run the server as: None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
