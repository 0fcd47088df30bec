"""A service that leaves most of its modules untested hears of it once, with the five that decide most."""

from reviewlint.finding import Finding
from reviewlint.rules.testing import untested_module

from .test_examples import project_of

TEST = {"tests/test_kept.py": "from shop.kept import kept\n\ndef test_kept():\n    assert kept(1) == 1\n"}


def module(name: str, decisions: int) -> dict[str, str]:
    body = "".join(f"    if value == {number}:\n        return {number}\n" for number in range(decisions))
    return {f"shop/{name}.py": f"def {name}(value):\n{body}"}


def found(files: dict[str, str]) -> list[Finding]:
    return list(untested_module.check(project_of(files)))


def test_most_modules_untested_is_one_finding() -> None:
    files = dict(TEST) | module("kept", 3)
    for number in range(6):
        files |= module(f"part{number}", 3 + number)
    findings = found(files)
    assert [(each.at.path, each.at.line) for each in findings] == [("shop/part5.py", 1)]
    assert findings[0].evidence == (
        "6 of 7 modules with logic are reached by no test. Most is decided in `shop/part5.py` (8 decisions), "
        "`shop/part4.py` (7 decisions), `shop/part3.py` (6 decisions), `shop/part2.py` (5 decisions), "
        "`shop/part1.py` (4 decisions)."
    )


def test_a_few_are_named_one_by_one() -> None:
    files = dict(TEST) | module("kept", 3)
    for number in range(3):
        files |= module(f"part{number}", 3)
    assert [each.at.path for each in found(files)] == [f"shop/part{number}.py" for number in range(3)]


def test_what_decides_little_or_only_declares_is_left_alone() -> None:
    assert (
        found(dict(TEST) | module("kept", 3) | module("small", 2) | module("order_models", 9) | module("cli", 9)) == []
    )


def test_without_tests_nothing_is_said() -> None:
    assert found(module("part", 9)) == []


def test_a_type_only_import_reaches_nothing() -> None:
    text = "export function part(value: number) {\n" + "  if (value) {\n    return 1\n  }\n" * 3 + "}\n"
    server = {
        "src/app.ts": "import express from 'express'\nconst app = express()\napp.get('/a', (q, s) => s.json({}))\n"
    }
    test = "import type { part } from './part'\nimport { it } from 'vitest'\nit('is', () => {})\n"
    assert [each.at.path for each in found({**server, "src/part.ts": text, "src/part.test.ts": test})] == [
        "src/part.ts"
    ]
    test = test.replace("import type", "import")
    assert found({**server, "src/part.ts": text, "src/part.test.ts": test}) == []
