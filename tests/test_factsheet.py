"""The facts of a file as they are shown."""

from pathlib import Path

import pytest

from reviewlint import catalogue, discovery, readers
from reviewlint.cli import run
from reviewlint.factsheet import fact_sheet
from reviewlint.project import Project
from reviewlint.source import Source

APP = """\
from fastapi import Depends, FastAPI
from app.auth import require_user

app = FastAPI()


@app.get("/orders/{order_id}", dependencies=[Depends(require_user)])
def read(order_id: str, cursor):
    cursor.execute(f"select * from orders where id = {order_id}")
    return {"order": cursor.fetchone()}
"""


def sheet(path: str, text: str) -> str:
    source = discovery.classify(path, text.encode())
    assert isinstance(source, Source)
    project = Project([readers.read(source, text.encode())], sources=[source], known_rules=catalogue.names())
    return fact_sheet(project, path)


def test_endpoints_come_first_with_guards_and_answers() -> None:
    lines = sheet("app/main.py", APP).splitlines()
    assert lines[:3] == ["app/main.py: python, server", "", "endpoints"]
    assert lines[3] == "     7  GET /orders/{order_id} (fastapi): read, behind app.auth.require_user"
    assert lines[4].startswith("    10    answers 200 with {order: ")


def test_values_are_shown_as_pseudo_code() -> None:
    assert 'text=f"select * from orders where id = {<order_id: str>}"' in " ".join(sheet("app/main.py", APP).split())


def test_what_only_serves_other_facts_comes_last() -> None:
    headings = [line for line in sheet("app/main.py", APP).splitlines() if line and not line.startswith(" ")]
    assert headings.index("query") < headings.index("function") < headings.index("import")


def test_a_file_without_facts_says_so() -> None:
    assert sheet("app/empty.py", "") == "app/empty.py: python, server\nno facts\n"


def test_the_sheet_obeys_the_rules_of_all_output() -> None:
    text = sheet("app/main.py", 'import logging\nlogging.info("::error::\\x1b[31m##[error]%s" % x)\n')
    assert "\x1b" not in text and "##[" not in text


@pytest.mark.parametrize("path", ["api/app/routes/orders.py", "web/lib/errors.ts", "supabase/config.toml"])
def test_every_language_has_a_sheet(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Path(__file__).parent / "fixtures" / "projects" / "shop"
    assert run(["facts", str(shop / path)]) == 0
    assert capsys.readouterr().out.startswith(f"{path}: ")


def test_a_file_that_is_not_reviewed_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    assert run(["facts", str(tmp_path / "a.png")]) == 2
    assert "is not reviewed" in capsys.readouterr().err
    assert run(["facts", str(tmp_path / "b.py")]) == 2
