"""`reviewlint explain`: a rule's page, offline."""

import re
import sys

import click

from ..console import ColourChoice, Look, look_of, write
from ..failure import Failure
from ..printable import guarded, printable_lines
from . import _complete
from ._settings import colour_option, project_rules


@click.command()
@click.argument("rule", shell_complete=_complete.rules)
@click.option("--all", "every_example", is_flag=True, help="Show every example.")
@colour_option
def command(*, rule: str, every_example: bool, colour: ColourChoice) -> int:
    """Explain RULE: what it finds, why, examples, limits and options. The name of a family lists its rules."""
    from .. import catalogue
    from ..config.files import problem_with
    from ..explain import family_page, rule_page

    own = {} if rule in catalogue.names() else project_rules()
    problem = problem_with(rule, own=own)
    if problem:
        raise Failure(problem)
    if rule in own:
        page = guarded("\n".join(printable_lines(rule_page(own[rule]))))
    elif rule in catalogue.names():
        if broken := catalogue.defect(rule):
            raise Failure(f"the rule `{rule}` cannot be loaded: {broken}")
        page = rule_page(catalogue.load(rule), every_example=every_example)
    else:
        page = family_page(rule, own)
    write(_dressed(page, look_of(sys.stdout, colour)))
    return 0


def _dressed(page: str, look: Look) -> str:
    """Markdown with its headings and arrows in colour."""
    if not look.colours:
        return page
    page = re.sub(r"(?m)^#+ .*$", lambda match: look.paint(match[0], "bold"), page)
    return re.sub(r"(?m)(?<=\S)\s*(?:#|//|--|/\*)\s*<--.*$", lambda match: look.paint(match[0], "red"), page)
