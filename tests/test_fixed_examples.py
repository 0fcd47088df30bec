"""The fixes of the rules about responses and logs: examples show what they write, and nothing is left to find."""

import pytest

from reviewlint import catalogue
from reviewlint.examples import Example, parse
from reviewlint.fixes import fixed
from reviewlint.rule import Rule

from .test_examples import project_of

RULES = [rule for rule in catalogue.load_all() if rule.family in ("api", "logging")]
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.name}-{number}")
    for rule in RULES
    for number, text in enumerate(rule.examples, 1)
    if (example := parse(text)).fixed
]


def mended(rule: Rule, files: dict[str, str]) -> dict[str, str]:
    project = project_of(files)
    options = rule.options() if rule.options is not None else None
    changed = fixed(
        rule.check(project, options), project.sources.values(), lambda path: files[path].encode(), unsafe=True
    )
    return {file.path: file.after for file in changed}


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_a_fix_writes_what_the_example_shows(rule: Rule, example: Example) -> None:
    after = mended(rule, example.files)
    assert after == example.fixed
    assert mended(rule, after) == {}


@pytest.mark.parametrize(
    ("rule", "path", "before", "after"),
    [
        (
            "created-with-200",
            "app.ts",
            "import { Hono } from 'hono'\nconst app = new Hono()\napp.post('/notes', async (c) => {\n"
            "  const [note] = await sql`insert into notes (text) values (${t}) returning id`\n"
            "  return c.json(note)\n})\n",
            "  return c.json(note, 201)\n",
        ),
        (
            "created-with-200",
            "app.py",
            "from flask import Flask, jsonify\napp = Flask(__name__)\n\n@app.post('/notes')\ndef create():\n"
            "    cursor.execute('insert into notes default values')\n    return jsonify(id=cursor.lastrowid)\n",
            "    return jsonify(id=cursor.lastrowid), 201\n",
        ),
        (
            "error-without-exception",
            "app.ts",
            "import winston from 'winston'\nconst logger = winston.createLogger()\ntry {\n"
            "  await push()\n} catch (e) {\n"
            "  logger.error('push failed',)\n}\n",
            "  logger.error('push failed', { e })\n",
        ),
        (
            "error-without-exception",
            "app.py",
            "from loguru import logger\n\ntry:\n    push()\nexcept Exception:\n    logger.critical('push failed')\n",
            "    logger.opt(exception=True).critical('push failed')\n",
        ),
    ],
)
def test_a_fix_speaks_as_the_framework_does(rule: str, path: str, before: str, after: str) -> None:
    text = mended(catalogue.load(rule), {path: before})[path]
    assert after in text
    assert [line for line in text.split("\n") if line not in before.split("\n")] == [after.rstrip("\n")]
