"""What is said of the endpoints of a service of which tests request few."""

from pathlib import Path

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n" + "".join(
    f'\n\n@app.{method}("/{name}")\ndef {method}_{name}():\n    return {{}}\n'
    for name in ("mooring", "berth", "quay", "pier", "buoy", "lock", "crane", "dock")
    for method in ("get", "post")
)
TEST = """from fastapi.testclient import TestClient

from harbour.main import app
from harbour.paths import somewhere

client = TestClient(app)


def test_somewhere():
    assert client.get(somewhere()).status_code == 200
"""


def test_what_tests_perhaps_request_is_counted_apart(tmp_path: Path) -> None:
    one = '\n\ndef test_mooring():\n    assert client.get("/mooring").status_code == 200\n'
    paths = "import random\n\n\ndef somewhere():\n    return random.choice(known)\n"
    files = {"harbour/main.py": APP, "harbour/paths.py": paths, "tests/test_main.py": TEST + one}
    (found,) = desk.check(written(tmp_path, files), [], Config(ignore=("error-envelope-shape",))).findings
    assert found.rule == "untested-endpoint"
    assert found.evidence.startswith(
        "8 of 16 endpoints of this service are requested by no test, and 7 more by none that can be followed."
    )
