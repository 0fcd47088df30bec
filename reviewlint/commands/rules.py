"""`reviewlint rules`: the catalogue."""

import sys
from itertools import groupby

import click

from ..console import ColourChoice, look_of, write
from ._settings import colour_option, project_rules


@click.command()
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to list them. [text]")
@colour_option
def command(output_format: str, colour: ColourChoice) -> int:
    """List the rules: family, level, severity, languages, and what each one finds."""
    from .. import catalogue, checklists

    every = (*catalogue.load_all(), *project_rules().values())
    rules = sorted(every, key=lambda rule: (rule.family, rule.name))
    if output_format == "json":
        from ..reporters.json import dumped

        write(
            dumped(
                [
                    {
                        "name": rule.name,
                        "family": rule.family,
                        "level": rule.meta.level,
                        "severity": str(rule.severity),
                        "confidence": str(rule.confidence),
                        "languages": list(rule.meta.languages),
                        "summary": rule.summary,
                        "asked_by": sorted({name for name, _ in checklists.asking_for(rule.name)}),
                        "since": rule.meta.since,
                    }
                    for rule in rules
                ]
            )
        )
        return 0
    look = look_of(sys.stdout, colour)
    widest = max((len(rule.name) for rule in rules), default=0)
    blocks = []
    for family, members in groupby(rules, key=lambda rule: rule.family):
        lines = [look.paint(family, "bold")]
        for rule in members:
            level = "strict" if rule.meta.level == "strict" else ""
            lines.append(
                f"  {rule.name:{widest}}  {rule.severity!s:7}  {level:6}  {', '.join(rule.meta.languages)}\n"
                f"      {look.paint(rule.summary, 'dim')}"
            )
        blocks.append("\n".join(lines) + "\n")
    write("\n".join(blocks))
    return 0
