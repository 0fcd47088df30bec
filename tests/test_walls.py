"""The walls of the house: who may import whom."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "reviewlint"
PARSERS = {
    "libcst",
    "ast_grep_py",
    "postgast",
    "sqlglot",
    "semgrep",
    "tree_sitter",
    "tree_sitter_python",
    "tree_sitter_typescript",
}

FORBIDDEN = {
    "facts": {
        "readers",
        "rules",
        "join",
        "reporters",
        "voices",
        "rewriters",
        "review",
        "project",
        "rule",
        "finding",
        "source",
    },
    "join": {"readers", "rules", "reporters", "voices", "rewriters", "review"},
    "readers": {"rules", "join", "reporters", "voices", "rewriters", "review", "project", "rule", "finding"},
    "rules": {
        "readers",
        "reporters",
        "voices",
        "rewriters",
        "review",
        "change",
        "sides",
        "git",
        "classify",
        "discovery",
    },
    "reporters": {"readers", "rules", "join", "rewriters"},
}


def imported(path: Path) -> set[str]:
    """The absolute dotted names that a module of the package imports."""
    package = ("reviewlint", *path.relative_to(PACKAGE).parts[:-1])
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("room", sorted(FORBIDDEN))
def test_room_keeps_its_walls(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "reviewlint" and len(parts) > 1:
                assert parts[1] not in FORBIDDEN[room], f"{path.relative_to(PACKAGE)} imports {name}"


def test_parsers_are_known_to_readers_and_rewriters_alone() -> None:
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0]
        if room not in {"readers", "rewriters"}:
            known = {name.split(".")[0] for name in imported(path)} & PARSERS
            assert not known, f"{path.relative_to(PACKAGE)} imports {known}"


def test_facts_import_nothing_of_the_project() -> None:
    for path in (PACKAGE / "facts").rglob("*.py"):
        inside = {name for name in imported(path) if name.startswith("reviewlint")}
        assert all(name.startswith("reviewlint.facts") for name in inside), path
