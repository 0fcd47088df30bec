"""The one exception that ends a command."""

import click


class Failure(click.ClickException):
    """The work could not be done. The message is one line that says why and what to do; the exit status is 2."""

    exit_code = 2
