"""`reviewlint facts`: what the readers saw in a file, to understand why a rule spoke or kept silent."""

import sys
from pathlib import Path

import click

from ..console import look_of, write
from ..failure import Failure


@click.command()
@click.argument("file")
def command(file: str) -> int:
    """Show the facts that rules judge FILE by: endpoints, responses, queries, log calls, clients, statements.

    `<name>` is a parameter, `{...}` in a text what is put into it, `?source` an expression that nobody followed.
    """
    from .. import catalogue, discovery, reading
    from ..factsheet import fact_sheet
    from ..join.sides import sides
    from ..project import Project

    path = Path(file)
    if not path.is_file():
        raise Failure(f"there is no file {path}")
    root = discovery.find_root(path)
    below = discovery.relative(root, path)
    found = discovery.discover(root, [path])
    facts, lost, faults = reading.read_all(root, found.sources)
    left_out = [each for each in (*found.skipped, *lost) if each.path == below]
    if left_out:
        raise Failure(f"{path} is not reviewed: {left_out[0].reason}")
    if faults:
        raise Failure(f"internal error in {faults[0].where}: {faults[0].message}")
    project = Project(facts, sources=found.sources, known_rules=catalogue.names(), sides=sides)
    if below not in project.files:
        raise Failure(f"{path} is not reviewed")
    write(fact_sheet(project, below, width=look_of(sys.stdout).width))
    return 0
