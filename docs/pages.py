"""The pages that are made from the rules, the checklists and the voices, so that they cannot fall behind them.

`precision.json` beside this file, where there is one, holds what was measured on real projects: by rule how many of
its findings were read, how many of these were right, and in how many projects, as
`{"rls-disabled": {"read": 40, "right": 39, "projects": 12}}`.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reviewlint import catalogue, checklists, classify, explain, readers, voices
from reviewlint.checklists import Checklist
from reviewlint.examples import Example, parse
from reviewlint.finding import Finding
from reviewlint.fixes import fixed
from reviewlint.project import Project
from reviewlint.rule import Rule
from reviewlint.source import Source

HERE = Path(__file__).parent

FAMILIES = {
    "api": "The HTTP contract: methods, status codes, one shape of error, validated input.",
    "auth": "Authentication, cryptography, transport.",
    "logging": "Logs that can be searched, and hold no secrets.",
    "migrations": "Schemas, and migrations that do not stop the service.",
    "queries": "SQL and other queries in application code.",
    "reliability": "Timeouts, retries, shutdown, and what a stalled dependency costs.",
    "review": "Rules about the review itself: ignores, the baseline, files that cannot be read.",
    "rls": "Row-level security, judged on what all migrations together leave behind.",
    "secrets": "Credentials in code, in settings, in the browser.",
    "supabase": "Supabase clients, storage, Realtime and Edge Functions.",
    "testing": "Tests that exist, run and check something; types that are checked.",
}
_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)\n```$", re.M | re.S)
_ARROW = re.compile(r"(?:#|//|--|/\*|<!--|;)\s*<--")
_SHOWN_IN_EVERY_VOICE = ("interpolated-query", "rls-disabled", "untested-endpoint")


def write(docs: Path) -> None:
    """Write every generated page below `docs`; pages that say what they said before keep their time stamp."""
    made = {
        "rules/index.md": _index(),
        **{f"rules/family/{family}.md": _family(family, rules) for family, rules in _families()},
        **{f"rules/{rule.name}.md": _rule(rule) for rule in catalogue.load_all()},
        "checklists/index.md": _checklists(),
        **{f"checklists/{name}.md": _checklist(checklists.load(name)) for name in checklists.names()},
        "voices.md": _voices(),
    }
    for folder in ("rules", "checklists"):
        for path in (docs / folder).rglob("*.md"):
            if path.relative_to(docs).as_posix() not in made:
                path.unlink()
    for name, text in made.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


@cache
def _families() -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    rules = sorted(catalogue.load_all(), key=lambda rule: (rule.family, rule.name))
    return tuple((family, tuple(members)) for family, members in groupby(rules, key=lambda rule: rule.family))


def _index() -> str:
    lines = [
        "# Rules",
        "",
        f"{sum(len(rules) for _, rules in _families())} rules in {len(_families())} families. Those marked *strict* "
        "run with `--strict` or when they are selected, all others by default.",
        "",
        *_toctree(f"family/{family}" for family, _ in _families()),
    ]
    for family, rules in _families():
        lines += ["", f"## [{family}](family/{family}.md)", "", FAMILIES.get(family, ""), "", *_table(rules, "")]
    return "\n".join(lines) + "\n"


def _family(family: str, rules: Sequence[Rule]) -> str:
    lines = [f"# {family}", "", FAMILIES.get(family, ""), "", f"`reviewlint check --select {family}` runs these alone."]
    return "\n".join([*lines, "", *_table(rules, "../"), "", *_toctree(f"../{rule.name}" for rule in rules)]) + "\n"


def _table(rules: Sequence[Rule], up: str) -> list[str]:
    rows = [
        f"| [`{rule.name}`]({up}{rule.name}.md) | {_cell(rule.summary)} | {rule.severity}"
        f"{' *(strict)*' if rule.meta.level == 'strict' else ''} |"
        for rule in rules
    ]
    return ["| rule | what it finds | severity |", "| --- | --- | --- |", *rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _rule(rule: Rule) -> str:
    page = explain.rule_page(rule).replace(
        f"- family: {rule.family}", f"- family: [{rule.family}](family/{rule.family}.md)"
    )
    for name in checklists.names():
        page = page.replace(f"\n- {name}: ", f"\n- [{name}](../checklists/{name}.md): ")
    page = _FENCE.sub(_marked, page)
    head, separator, rest = page.partition("\n\n## ")
    return "\n".join([head, *(f"- {each}" for each in _facts(rule))]) + separator + rest


def _marked(fence: re.Match[str]) -> str:
    """A block of code with its arrows' lines marked: on a phone the arrows are out of sight."""
    lines = [number for number, line in enumerate(fence["code"].split("\n"), 1) if _ARROW.search(line)]
    if not lines:
        return fence[0]
    numbers = ",".join(map(str, lines))
    return f"```{{code-block}} {fence['language'] or 'text'}\n:emphasize-lines: {numbers}\n\n{fence['code']}\n```"


def _facts(rule: Rule) -> Iterator[str]:
    """What a page on the site says beyond `reviewlint explain`."""
    if rule.meta.security:
        yield f"security severity: {rule.meta.security} of 10"
    fix = _fix(rule)
    if fix:
        yield f"fix: {fix}"
    measured = _precision().get(rule.name)
    if measured:
        yield (
            f"measured precision: {measured['right']} of {measured['read']} findings that were read are right, in "
            f"{measured['projects']} open-source projects"
        )


@cache
def _precision() -> dict[str, Any]:
    path = HERE / "precision.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _fix(rule: Rule) -> str:
    """Which fixes there are, found out on the examples that show one."""
    safe = unsafe = False
    for text in rule.examples:
        example = parse(text)
        if example.fixed:
            done = bool(_fixed(rule, example, unsafe=False))
            safe, unsafe = safe or done, unsafe or not done
    if safe and unsafe:
        return "`--fix` where behaviour is certainly kept, `--unsafe-fixes` elsewhere"
    if safe:
        return "`--fix` mends it, behaviour is kept"
    return "`--unsafe-fixes` proposes one, to be looked at" if unsafe else ""


def _fixed(rule: Rule, example: Example, *, unsafe: bool) -> list[Any]:
    sources, findings = _findings(rule, example)
    return fixed(findings, sources, lambda path: example.files[path].encode(), unsafe=unsafe)


def _findings(rule: Rule, example: Example) -> tuple[list[Source], list[Finding]]:
    sources = [
        source
        for path, text in example.files.items()
        if isinstance(source := classify.classify(path, text.encode()), Source)
    ]
    facts = [readers.read(source, example.files[source.path].encode()) for source in sources]
    project = Project(facts, sources=sources, known_rules=catalogue.names())
    return sources, list(rule.check(project, rule.options() if rule.options else None))


def _checklists() -> str:
    lines = [
        "# Checklists",
        "",
        "What each reviewer asks of a backend. `reviewlint checklist --voice NAME` answers it for your project, line "
        "by line, as far as code can tell.",
        "",
    ]
    for name in checklists.names():
        checklist = checklists.load(name)
        answered = sum(bool(line.rules) for line in checklist.lines)
        total = sum(1 for _ in checklist.lines)
        lines.append(f"- [{name}]({name}.md): {total} lines, {answered} of them answered by rules")
    return "\n".join([*lines, "", *_toctree(checklists.names())]) + "\n"


def _checklist(checklist: Checklist) -> str:
    voice = voices.load(checklist.name)
    lines = [f"# The {checklist.name} checklist", "", voice.manner]
    for section in checklist.sections:
        lines += ["", f"## {section.title}", ""]
        for line in section.lines:
            rules = ", ".join(f"[`{rule}`](../rules/{rule}.md)" for rule in line.rules)
            needs = f"{'beyond the code' if rules else 'needs'}: {line.needs}" if line.needs else ""
            lines.append(f"- {line.says}  \n  {'; '.join(filter(None, (rules, needs)))}")
    return "\n".join(lines) + "\n"


def _voices() -> str:
    names = sorted(voices.names(), key=lambda name: (name != "foreman", name == "plain", name))
    lines = [
        "# Voices",
        "",
        'The same finding, said by each of the reviewers. `voice = "…"` in the configuration or `--voice` chooses one; '
        "[a voice of your own](configuration.md#a-voice-of-your-own) is a TOML file. The evidence and the remedy are "
        "the same in all of them.",
        "",
        *(f"- **{name}**: {voices.load(name).manner}" for name in names),
    ]
    for rule in map(catalogue.load, _SHOWN_IN_EVERY_VOICE):
        finding = _specimen(rule)
        lines += ["", f"## {rule.name}", "", finding.evidence, ""]
        lines += [f"{name}\n: {voices.load(name).remark(finding, rule)}\n" for name in names]
    return "\n".join(lines).rstrip("\n") + "\n"


def _specimen(rule: Rule) -> Finding:
    """The first finding of the rule's examples."""
    found = (finding for text in rule.examples for finding in _findings(rule, parse(text))[1])
    return replace(next(found), rule=rule.name, family=rule.family)


def _toctree(entries: "Iterator[str] | Sequence[str]", make: Callable[[str], str] = str) -> list[str]:
    return ["```{toctree}", ":hidden:", "", *map(make, entries), "```"]
