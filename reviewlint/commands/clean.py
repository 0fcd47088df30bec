"""`reviewlint clean`: delete what reviewlint keeps."""

from pathlib import Path

import click

from ..console import say


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
def command(path: Path) -> int:
    """Delete the cache of the project around PATH, or around the working directory."""
    from .. import cache, discovery

    root = discovery.find_root(path)
    say(f"deleted {root / cache.FOLDER}" if cache.remove(root) else f"there is no cache in {root}")
    return 0
