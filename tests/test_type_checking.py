"""Where a tsconfig is strict cannot be told from it alone; where it cannot be known, nothing is said."""

import pytest

from reviewlint.finding import Severity
from reviewlint.rules.testing import type_checking_off

from .test_examples import project_of

CODE = {"src/a.ts": "export const a = 1\n"}


def found(files: dict[str, str]) -> list[tuple[str, int]]:
    return [(each.at.path, each.at.line) for each in type_checking_off.check(project_of(files))]


@pytest.mark.parametrize(
    "config",
    [
        '{"extends": "@tsconfig/node20/tsconfig.json"}',
        '{"extends": "./.nuxt/tsconfig.json"}',
        '{"extends": "./tsconfig.json"}',
        '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}',
        '{"compilerOptions": {"strictNullChecks": true, "noImplicitAny": true}}',
        '{"extends": "./base.json", "compilerOptions": {"strict": true}}',
    ],
)
def test_strict_or_unknown(config: str) -> None:
    assert found({**CODE, "tsconfig.json": config, "base.json": '{"compilerOptions": {"strict": false}}'}) == []


def test_a_base_in_the_repository_is_judged_once() -> None:
    base = {"tsconfig.base.json": '{\n  "compilerOptions": {"strict": false}\n}'}
    configs = {f"{name}/tsconfig.json": '{"extends": "../tsconfig.base.json"}' for name in "ab"}
    code = {f"{name}/src/a.ts": "export const a = 1\n" for name in "ab"}
    assert found({**base, **configs, **code}) == [("tsconfig.base.json", 2)]


def test_a_tsconfig_of_tests_or_without_typescript_is_not_judged() -> None:
    config = '{"compilerOptions": {"strict": false}}'
    assert found({"tsconfig.json": config, "src/a.js": "export const a = 1\n"}) == []
    assert found({"tests/tsconfig.json": config, "tests/a.test.ts": "export const a = 1\n"}) == []
    assert (
        found({"apps/shop-e2e/tsconfig.json": config, "apps/shop-e2e/cypress.config.ts": "export default {}\n"}) == []
    )


def test_typed_python_without_a_checker_gets_a_note() -> None:
    manifest = {"pyproject.toml": '[project]\nname = "shop"\ndependencies = ["fastapi"]\n'}
    code = {f"shop/part{number}.py": "from typing import Any\n\nVALUE: Any = 1\n" for number in range(6)}
    findings = list(type_checking_off.check(project_of({**manifest, **code})))
    assert [(each.at.line, each.severity) for each in findings] == [(2, Severity.NOTE)]
    assert found({**manifest, **code, "mypy.ini": "[mypy]\n"}) == []
    assert found({**manifest, **code, ".pre-commit-config.yaml": "repos: []\n"}) == []
    asked = {"pyproject.toml": '[project]\nname = "shop"\n\n[dependency-groups]\ndev = ["mypy>=1.11"]\n'}
    assert found({**asked, **code}) == []


def test_a_member_of_a_workspace_may_have_a_checker() -> None:
    manifest = {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["backend"]\n'}
    code = {f"backend/shop/part{number}.py": "from typing import Any\n\nVALUE: Any = 1\n" for number in range(6)}
    assert found({**manifest, **code}) == [("pyproject.toml", 2)]
    member = {"backend/pyproject.toml": '[dependency-groups]\ndev = ["ty>=0.0.25"]\n'}
    assert found({**manifest, **code, **member}) == []


def test_what_says_no_types_is_no_typed_project() -> None:
    manifest = {"pyproject.toml": '[project]\nname = "shop"\n'}
    said = {f"shop/part{number}.py": "from typing import Any\n\ndef part(order: Any): ...\n" for number in range(6)}
    assert found({**manifest, **said}) == [("pyproject.toml", 2)]
    unsaid = {path: text.replace("order: Any", "order") for path, text in said.items()}
    assert found({**manifest, **unsaid}) == []
