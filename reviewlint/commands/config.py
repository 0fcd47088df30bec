"""`reviewlint config`: each value that holds for a file, and where it comes from."""

import sys
from pathlib import Path
from typing import Any

import click

from ..console import ColourChoice, look_of, write
from ..failure import Failure
from ._settings import colour_option, settings, takes_settings


@click.command()
@click.argument("file", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the configuration file instead.")
@takes_settings
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to show it. [text]")
@colour_option
def command(*, file: str | None, schema: bool, output_format: str, colour: ColourChoice, **given: Any) -> int:
    """Show each setting that holds for FILE (by default: for the working directory), and where it comes from."""
    chosen = settings(**given)
    if schema:
        from ..config.schema import configuration_schema
        from ..reporters.json import dumped

        write(dumped(configuration_schema()))
        return 0

    from .. import discovery
    from ..config import typed

    path = Path(file or ".")
    if not path.exists():
        raise Failure(f"there is no file or folder {path}")
    root = discovery.find_root(path)
    try:
        below = discovery.relative(root, path)
    except discovery.OutsideRoot as error:
        raise Failure(str(error)) from None
    config = chosen.governing(root)(f"{below}/" if path.is_dir() and below else below)
    rows = _rows(config)
    if output_format == "json":
        from ..reporters.json import dumped

        write(
            dumped(
                {
                    "file": config.source,
                    "settings": {key: {"value": typed.plain(value), "origin": origin} for key, value, origin in rows},
                }
            )
        )
        return 0
    look = look_of(sys.stdout, colour)
    from ..printable import guarded, printable

    texts = [(f"{key} = {typed.as_toml(value)}", origin) for key, value, origin in rows]
    widest = min(60, max(len(text) for text, _ in texts))
    source = config.source or "no configuration file; the defaults"
    lines = [look.paint(f"{printable(below) or 'the project'}: {printable(source)}", "bold")]
    for text, origin in texts:
        dressed = look.paint(printable(origin), "dim" if origin == "default" else "cyan")
        lines.append(f"{printable(text):{widest}}  {dressed}")
    write(guarded("\n".join(lines) + "\n"))
    return 0


def _rows(config: Any) -> list[tuple[str, Any, str]]:
    """(key, value, where it comes from) for every setting and for every option of the rules that run."""
    from dataclasses import MISSING, fields

    from .. import catalogue
    from ..config.files import keys

    rows: list[tuple[str, Any, str]] = []
    for key in keys():
        value = getattr(config, key.replace("-", "_"))
        if key == "options":
            continue
        if isinstance(value, dict):
            rows += [
                (f"{key}.{name}", each, config.origins.get(f"{key}.{name}", "default")) for name, each in value.items()
            ]
            continue
        origins = [config.origins.get(key, "")] + [
            origin for name, origin in config.origins.items() if name.startswith(f"{key}.")
        ]
        rows.append((key, value, " and ".join(dict.fromkeys(filter(None, origins))) or "default"))
    for rule in catalogue.selected(config.select, config.ignore, strict=config.strict, own=config.own.rules):
        for each in fields(rule.options) if rule.options is not None else ():
            given = config.options.get(rule.name, {})
            default = each.default_factory() if each.default_factory is not MISSING else each.default
            name = each.name.replace("_", "-")
            key = f"options.{rule.name}.{name}"
            rows.append((key, given.get(each.name, default), config.origins.get(key, "default")))
    return rows
