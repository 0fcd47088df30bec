"""Packages that bring rules and readers along: installed ones alone, and a broken one costs only itself."""

import json
import re
import site
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewlint import plugins

DOCS = Path(__file__).parent.parent / "docs" / "plugins.md"

Installed = Callable[[str, str, dict[str, str]], None]


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    return folder


@pytest.fixture
def install(packages: Path) -> Installed:
    """Put a package where the interpreter keeps its packages, as pip does."""

    def installed(name: str, entry_points: str, files: dict[str, str]) -> None:
        information = packages / f"{name}-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text(entry_points)
        for path, text in files.items():
            (packages / path).parent.mkdir(parents=True, exist_ok=True)
            (packages / path).write_text(text)

    return installed


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "reviewlint.toml").write_text("root = true\n")
    return folder


START = """
import site, sys
site.getsitepackages = lambda: [{packages!r}]
sys.path.append({packages!r})
from reviewlint.cli import main
main()
"""


def reviewlint(packages: Path, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """reviewlint in an environment whose packages are those of the folder."""
    start = START.format(packages=str(packages))
    return subprocess.run(
        [sys.executable, "-P", "-c", start, *arguments], cwd=project, text=True, capture_output=True, check=False
    )


def found(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str, int]]:
    return [(each["rule"], each["path"], each["line"]) for each in json.loads(done.stdout)["findings"]]


def blocks() -> dict[str, str]:
    """The files that the documentation shows, by the name in their first line."""
    shown = re.findall(r"```\w+\n# (\S+)\n(.*?)```", DOCS.read_text(), re.DOTALL)
    return dict(shown)


def entry_points(pyproject: str) -> str:
    """What pip writes of a project's entry points."""
    groups = tomllib.loads(pyproject)["project"]["entry-points"]
    return "\n".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
        for group, points in groups.items()
    )


def test_the_example_in_the_documentation_works(packages: Path, install: Installed, project: Path) -> None:
    files = blocks()
    sources = {path.removeprefix("src/"): text for path, text in files.items() if path.startswith("src/")}
    sources |= {f"{Path(path).parent}/__init__.py": '"""Here."""\n' for path in sources if "/" in path}
    sources["acme_review/rules/__init__.py"] = '"""Rules."""\n'
    install("acme_review", entry_points(files["pyproject.toml"]), sources)
    (project / "app.py").write_text(files["app.py"])
    done = reviewlint(packages, project, "check", "--no-cache", "--output-format", "json", "--select", "acme")
    assert done.returncode == 1, done.stderr
    assert found(done) == [("no-friday-deploys", "app.py", 4)]
    page = reviewlint(packages, project, "explain", "no-friday-deploys")
    assert page.stdout.startswith("# no-friday-deploys\n")
    facts = reviewlint(packages, project, "facts", "app.py")
    assert "GET /orders" in facts.stdout


RULE = '''"""A file has a route.

Said of every route.
"""
from reviewlint.facts.http import Route
from reviewlint.finding import Finding
from reviewlint.rule import Meta

META = Meta(severity="warning", confidence="high", since="1.0", languages=("python",))
REMARK = "A route."
EXAMPLES: list[str] = []


def check(project):
    for route in project.facts(Route):
        yield Finding(route.at, "a route")
'''
POINTS = "[reviewlint.rules]\nacme = acme_rules\n"
LAID_OUT = {
    "acme_rules/__init__.py": "",
    "acme_rules/acme/__init__.py": "",
    "acme_rules/acme/every_route.py": RULE,
}
CODE = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/orders")\ndef orders():\n    return []\n'


def test_a_rule_of_a_package_runs_and_can_be_ignored(packages: Path, install: Installed, project: Path) -> None:
    install("acme_rules", POINTS, LAID_OUT)
    (project / "app.py").write_text(CODE)
    done = reviewlint(packages, project, "check", "--no-cache", "--output-format", "json", "--select", "acme")
    assert found(done) == [("every-route", "app.py", 6)]
    (project / "reviewlint.toml").write_text('root = true\nignore = ["every-route"]\nselect = ["acme"]\n')
    done = reviewlint(packages, project, "check", "--no-cache", "--output-format", "json")
    assert (done.returncode, found(done)) == (0, [])


@pytest.mark.parametrize(
    ("points", "files", "message"),
    [
        ("[reviewlint.rules]\nx = gone\n", {}, "there is no package `gone`"),
        ("[reviewlint.rules]\nx = bad.rules\n", {"bad/__init__.py": "1/0\n"}, "ZeroDivisionError"),
        ("[reviewlint.rules]\nx = bad\n", {"bad.py": ""}, "there is no package `bad`"),
        (
            "[reviewlint.rules]\nx = bad\n",
            {"bad/__init__.py": "", "bad/f/__init__.py": "", "bad/f/r.py": "1/0\n"},
            "rule r",
        ),
        ("[reviewlint.readers]\npython = bad\n", {"bad.py": "import nowhere_at_all\n"}, "ModuleNotFoundError"),
        ("[reviewlint.readers]\npython = bad\n", {"bad.py": "x = 1\n"}, "has none of the hooks"),
        ("[reviewlint.readers]\ncobol = bad\n", {"bad.py": "x = 1\n"}, "names no language"),
    ],
)
def test_a_broken_package_costs_only_itself(
    install: Installed, project: Path, points: str, files: dict[str, str], message: str
) -> None:
    packages = project.parent / "site-packages"
    install("acme_rules", POINTS, LAID_OUT)
    install("bad", points, files)
    (project / "app.py").write_text(CODE)
    done = reviewlint(packages, project, "check", "--no-cache", "--output-format", "json")
    assert done.returncode == 2
    assert ("every-route", "app.py", 6) in found(done)
    assert message in done.stderr
    assert "Please report this" not in done.stderr


def test_a_rule_that_cannot_be_loaded_hides_no_other(packages: Path, install: Installed, project: Path) -> None:
    install("acme_rules", POINTS, LAID_OUT | {"acme_rules/acme/broken.py": "1/0\n"})
    listed = reviewlint(packages, project, "rules")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "every-route" in listed.stdout
    assert "every-route" in reviewlint(packages, project, "explain", "acme").stdout
    explained = reviewlint(packages, project, "explain", "broken")
    assert explained.returncode == 2
    assert "the rule `broken` cannot be loaded: ZeroDivisionError" in explained.stderr


def test_a_reader_that_raises_costs_what_it_would_have_read(packages: Path, install: Installed, project: Path) -> None:
    install("acme_rules", POINTS, LAID_OUT)
    reader = "CALLS = frozenset({'FastAPI'})\n\ndef call(node, module):\n    raise ValueError('no')\n"
    install("bad", "[reviewlint.readers]\npython = bad\n", {"bad.py": reader})
    (project / "app.py").write_text(CODE)
    done = reviewlint(packages, project, "check", "--no-cache", "--output-format", "json", "--select", "acme,review")
    assert found(done) == [("unreadable-source", "app.py", 1), ("every-route", "app.py", 6)]
    assert "bad 1.0 (reviewlint.readers: python) failed on it: ValueError: no" in done.stdout


def test_what_a_reader_of_a_package_said_is_read_again_when_it_changes(
    packages: Path, install: Installed, project: Path
) -> None:
    install("acme_rules", POINTS, LAID_OUT)
    reader = (
        "from reviewlint.facts.http import Route\nCALLS = frozenset({'serve'})\n\n"
        "def call(node, module):\n    return iter(())\n"
    )
    install(
        "more", "[reviewlint.readers]\npython.more = more.serve\n", {"more/__init__.py": "", "more/serve.py": reader}
    )
    (project / "app.py").write_text("serve('/x')\n")
    arguments = ("check", "--output-format", "json", "--select", "acme")
    assert found(reviewlint(packages, project, *arguments)) == []
    said = "Route(module.location(node), '', '', 'GET', '/x', '')"
    (packages / "more" / "serve.py").write_text(reader.replace("return iter(())", f"yield {said}"))
    done = reviewlint(packages, project, *arguments)
    assert found(done) == [("every-route", "app.py", 1)], done.stderr


def test_a_rule_of_a_package_is_asked_again_when_it_changes(packages: Path, install: Installed, project: Path) -> None:
    install("acme_rules", POINTS, LAID_OUT)
    (project / "app.py").write_text(CODE)
    arguments = ("check", "--output-format", "json", "--select", "acme")
    assert found(reviewlint(packages, project, *arguments)) == [("every-route", "app.py", 6)]
    (packages / "acme_rules" / "acme" / "every_route.py").write_text(
        RULE.replace("yield Finding", "if False: yield Finding")
    )
    assert found(reviewlint(packages, project, *arguments)) == []


def test_entry_points_of_the_repository_under_review_do_not_count(
    packages: Path, install: Installed, project: Path
) -> None:
    (project / "evil.py").write_text("open('ran', 'w')\n")
    (project / "evil-1.0.dist-info").mkdir()
    (project / "evil-1.0.dist-info" / "entry_points.txt").write_text("[reviewlint.readers]\npython = evil\n")
    for start in (["-m", "reviewlint"], ["-P", "-c", START.format(packages=str(packages))]):
        subprocess.run([sys.executable, *start, "check", "--no-cache"], cwd=project, capture_output=True, check=False)
        assert not (project / "ran").exists()


def test_only_the_interpreters_own_folders_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "ENABLE_USER_SITE", False)
    assert plugins._folders() == site.getsitepackages()


def test_entry_points_are_read_as_pip_writes_them() -> None:
    text = "[console_scripts]\nx = y:z\n\n[reviewlint.rules]\n# no\nacme = acme.rules\nb-c=d\n[other]\ne = f\n"
    read: list[Any] = list(plugins._parsed(text, "acme-1.0", "/x"))
    assert [(each.group, each.name, each.target, each.package) for each in read] == [
        ("reviewlint.rules", "acme", "acme.rules", "acme 1.0"),
        ("reviewlint.rules", "b-c", "d", "acme 1.0"),
    ]
