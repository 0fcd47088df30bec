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


def test_what_a_change_adds_is_told_of_beside_the_summary() -> None:
    base = dict(TEST) | module("kept", 3)
    for number in range(6):
        base |= module(f"part{number}", 3 + number)
    fees = "def fee(total, weeks):\n    total *= 0.9\n    rate = weeks / 52\n    return round(total * rate)\n"
    new = {"shop/fees.py": fees}
    findings = list(untested_module.check(project_of(base | new, base)))
    assert [each.at.path for each in findings] == ["shop/fees.py", "shop/part5.py"]
    assert findings[0].evidence.endswith("it holds 3 computations.")


def test_a_module_whose_route_is_requested_no_more_has_lost_its_test() -> None:
    base = {
        "shop/main.py": "from fastapi import FastAPI\nfrom .orders import router\n\napp = FastAPI()\n"
        "app.include_router(router)\n",
        "shop/orders.py": "from fastapi import APIRouter\nfrom .fees import fees\n\nrouter = APIRouter()\n\n"
        '@router.get("/fees")\ndef of():\n    return fees(1)\n\n@router.get("/orders")\ndef orders():\n    return []\n',
        **module("fees", 3),
        "tests/test_orders.py": 'def test_orders(client):\n    assert client.get("/orders").json() == []\n',
    }
    test = {"tests/test_fees.py": 'def test_fees(client):\n    assert client.get("/fees").json() == 1\n'}
    findings = list(untested_module.check(project_of(base, base | test)))
    assert [each.evidence for each in findings] == [
        "No test imports `shop/fees.py` or reaches it through a route any more; it holds 3 decisions."
    ]


def test_what_nothing_imports_is_named_last() -> None:
    files = dict(TEST) | module("kept", 3)
    for number in range(7):
        files |= module(f"part{number}", 3 + number)
    imports = "".join(f"from shop.part{number} import part{number}\n" for number in range(5))
    files["shop/desk.py"] = f"{imports}\ndef sign(value):\n    return part0(value)\n"
    (one,) = found(files)
    assert one.at.path == "shop/part4.py"
    assert "`shop/part0.py` (3 decisions)." in one.evidence
