"""What there is to say about a rule or a family, as Markdown that also reads well on a terminal."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from . import catalogue, checklists
from .config import typed
from .config.files import option_types
from .examples import parse
from .rule import Rule
from .voices.voice import filled_in
from .wording import listed

_FENCES = {
    "py": "python",
    "ts": "ts",
    "tsx": "tsx",
    "js": "js",
    "jsx": "jsx",
    "sql": "sql",
    "toml": "toml",
    "json": "json",
}
_LANGUAGES = {
    "python": "Python",
    "typescript": "TypeScript/JavaScript",
    "sql": "SQL",
    "settings": "settings files",
    "text": "every text file",
}


def rule_page(rule: Rule, *, every_example: bool = False) -> str:
    """What there is to say about a rule: what it finds, why, examples, limits, options, how to ignore a finding.

    Of the examples a few are chosen, in each language that there are any in, unless `every_example`.
    """
    return "\n\n".join(_rule(rule, every_example)) + "\n"


def family_page(family: str, own: Mapping[str, Rule] | None = None) -> str:
    """The rules of a family, a line each. `own` are the project's."""
    house = own or {}
    named = [name for name, its_family in catalogue.known(house).items() if its_family == family]
    rules = [house.get(name) or catalogue.load(name) for name in named if name in house or not catalogue.defect(name)]
    lines = [f"# {family}", ""]
    lines += [f"- `{rule.name}`{' (strict)' * (rule.meta.level == 'strict')}: {rule.summary}" for rule in rules]
    return "\n".join([*lines, "", f"`reviewlint check --select {family}` runs these alone."]) + "\n"


def _rule(rule: Rule, every_example: bool) -> Iterator[str]:
    meta = rule.meta
    yield f"# {rule.name}"
    yield rule.summary
    level = "on by default" if meta.level == "rec" else "on with `--strict` or when selected"
    since = f"; since {meta.since}" if meta.since else ""
    yield "\n".join(
        [
            f"- family: {rule.family}",
            f"- {meta.severity}, {meta.confidence} confidence; {level}{since}",
            f"- reads: {listed([_LANGUAGES.get(language, language) for language in meta.languages])}",
        ]
    )
    if rule.why:
        yield "## Why"
        yield rule.why
    said = filled_in(rule.remark, {})
    if said:
        yield f"> {said}"
    if rule.is_own:
        yield "## Definition"
        yield f"```yaml\n# {rule.module.PATH}, line {rule.module.LINE}\n{rule.module.YAML.rstrip()}\n```"
    if rule.examples:
        yield "## Examples"
    chosen = rule.examples if every_example else _chosen(rule.examples)
    for text in chosen:
        yield from _example(text)
    if len(chosen) < len(rule.examples):
        yield f"`reviewlint explain {rule.name} --all` shows {len(rule.examples) - len(chosen)} more."
    if meta.data_flow and not rule.is_own:
        yield (
            "With semgrep installed (`pip install 'reviewlint[semgrep]'`) this rule also knows where values came from; "
            "without it, it speaks with less certainty."
        )
    if meta.strictly:
        yield f"With `--strict`, or selected by its name, it also reports {meta.strictly}"
    if meta.limits:
        yield "## Limits"
        yield meta.limits
    if rule.options is not None:
        yield "## Options"
        yield from _options(rule.name, rule.options)
    asking = checklists.asking_for(rule.name)
    if asking:
        yield "## Asked for by"
        yield "\n".join(f"- {name}: {line.says}" for name, line in asking)
    yield "## Ignoring"
    yield f"`reviewlint: ignore[{rule.name}] reason` in a comment on the line, or alone on the line above."


def _chosen(examples: Sequence[str]) -> list[str]:
    """The first example of each language that is found, the first that is in order, and the first with a fix."""
    chosen: dict[tuple[object, ...], str] = {}
    for text in examples:
        example = parse(text)
        extensions = {path.rpartition(".")[2] for path, _ in example.arrows} or {"in order"}
        for key in (("language", *sorted(extensions)), ("fix", bool(example.fixed))):
            chosen.setdefault(key, text)
    return [text for text in examples if text in chosen.values()]


def _example(text: str) -> Iterator[str]:
    example = parse(text)
    if example.arrows:
        yield "Found (at the arrows):"
    elif example.missed:
        yield "Not found yet, although it should be:"
    else:
        yield "In order:"
    sources, _, fixed = text.strip("\n").partition("\n=== fixed ")
    yield from _files(sources)
    if fixed:
        yield "After the fix:"
        yield from _files(f"=== {fixed}")


def _files(text: str) -> Iterator[str]:
    for part in re.split(r"(?m)^=== (?:fixed )?", text):
        header, _, source = part.partition("\n")
        path = header.strip().removeprefix("base ")
        if path:
            extension = path.rpartition(".")[2]
            name = _comment(path) if header.strip() == path else _comment(path).replace("\n", " before the change\n")
            yield f"```{_FENCES.get(extension, '')}\n{name}{source.strip(chr(10))}\n```"


def _comment(path: str) -> str:
    """The file's name as a comment in its language."""
    extension = path.rpartition(".")[2]
    sign = {"sql": "--", "ts": "//", "tsx": "//", "js": "//", "jsx": "//", "mts": "//", "json": "//"}.get(
        extension, "#"
    )
    return f"{sign} {path}\n"


def _options(name: str, options: type[Any]) -> Iterator[str]:
    types = option_types(options)
    if options.__doc__ and not options.__doc__.startswith(f"{options.__name__}("):
        yield re.sub(r"\n[ \t]+", "\n", options.__doc__.strip())
    lines = [f"[options.{name}]"]
    for each in fields(options):
        key = each.name.replace("_", "-")
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        shown = f"{key} = {typed.as_toml(default)}" if default not in (MISSING, None) else f"# {key}"
        lines.append(f"{shown}  # {typed.described(types[key])}")
    yield "```toml\n" + "\n".join(lines) + "\n```"
