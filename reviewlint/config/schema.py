"""The JSON Schema of the configuration file, made from the code so that it cannot fall behind it."""

from dataclasses import MISSING, fields
from typing import Any

from .. import catalogue, voices
from . import Config, typed
from .files import keys, option_types

_MEANING = {
    "select": "Rules and families to run, instead of all that are recommended.",
    "ignore": "Rules and families not to run.",
    "strict": "Run the strict rules too.",
    "voice": "The reviewer's voice: one that comes with reviewlint, or a voice file relative to this file.",
    "min-severity": "Findings below this severity are not shown.",
    "min-confidence": "Findings below this confidence are not shown.",
    "fail-on": "Findings of this severity and above make the exit status 1.",
    "require-semgrep": "Fail with exit status 2 where data flow cannot be judged.",
    "strict-files": "Fail with exit status 2 where a file that should have been reviewed could not be.",
    "exclude": "Files not to review, as gitignore patterns relative to this file.",
    "root": "This folder is a project of its own: a review of it looks no further up.",
    "rules": "Folders or files of semgrep rules of the project's own, relative to this file.",
    "per-file": "Rules and families not to run on some files, by gitignore pattern relative to this file.",
    "severities": "Severities of rules, instead of their own.",
    "per-file-severities": "Severities of rules in some files, by gitignore pattern relative to this file.",
    "ratchet": "Severities of rules in a change under review.",
    "options": "Options of rules, one table a rule.",
}


def configuration_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `reviewlint.toml` and of `[tool.reviewlint]`."""
    known = catalogue.names()
    rules, families = list(known), sorted(set(known.values()))
    properties: dict[str, Any] = {}
    for key, hint in keys().items():
        if key == "options":
            continue
        properties[key] = {"description": _MEANING[key], **typed.schema(hint)}
        default = getattr(Config(), key.replace("-", "_"))
        if not isinstance(default, dict):
            properties[key]["default"] = typed.plain(default)
    name = {"enum": [*rules, *families]}
    properties["select"]["items"] = properties["ignore"]["items"] = name
    properties["per-file"]["additionalProperties"]["items"] = name
    by_file = properties["per-file-severities"]["additionalProperties"]
    for table in (properties["severities"], properties["ratchet"], by_file):
        table["propertyNames"] = {"enum": rules}
    properties["voice"] = {
        **{key: value for key, value in properties["voice"].items() if key != "type"},
        "anyOf": [{"enum": list(voices.names())}, {"type": "string", "pattern": "\\.toml$"}],
    }
    properties["options"] = {
        "description": _MEANING["options"],
        "type": "object",
        "additionalProperties": False,
        "properties": {
            rule.name: _options_schema(rule.options) for rule in catalogue.load_all() if rule.options is not None
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reviewlint configuration",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _options_schema(options: type[Any]) -> dict[str, Any]:
    types = option_types(options)
    properties = {}
    for each in fields(options):
        key = each.name.replace("_", "-")
        properties[key] = typed.schema(types[key])
        if each.default is not MISSING and each.default is not None:
            properties[key]["default"] = typed.plain(each.default)
    return {"type": "object", "additionalProperties": False, "properties": properties}
