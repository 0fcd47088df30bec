"""Two hundred planted secrets: found, and nowhere shown with more than four characters."""

import json
import string
import subprocess
import sys
from pathlib import Path

import pytest

from reviewlint import desk, readers, reporters
from reviewlint.config import Config
from reviewlint.credentials.specimens import HEX, supabase_jwt, token

UPPER = string.ascii_uppercase + string.digits
KINDS = (
    ("AKIA", 16, UPPER),
    ("ghp_", 36, ""),
    ("glpat-", 20, ""),
    ("sk_live_", 24, ""),
    ("sk-ant-api03-", 95, ""),
    ("SK", 32, HEX),
    ("npm_", 36, ""),
    ("sb_secret_", 31, ""),
    ("AIza", 35, ""),
    ("key-", 32, HEX),
    ("shpat_", 32, HEX),
    ("", 40, ""),
)
FRAMES = {
    "app/settings{}.py": 'API_SECRET = "{}"\nlogger.info(f"secret {} of {{user}}")\n',
    "src/config{}.ts": 'export const apiSecret = "{}"\nconst other = process.env.API_SECRET || "{}"\n',
    "deploy/values{}.yaml": 'api_secret: "{}"\nurl: https://api.acme.io/v1?api_key={}\n',
    "app/client{}.py": 'HEADERS = {"Authorization": "Bearer {}"}\nconn = connect("host=db.acme.io password={}")\n',
    "notes/run{}.md": "Use `API_SECRET={}` here.\nOr `curl -H 'X-Secret: {}'`\n",
}


def planted() -> dict[str, tuple[str, str]]:
    """Files by path, each with its text and the secret in it."""
    files = {}
    for number in range(48):
        start, length, alphabet = KINDS[number % len(KINDS)]
        for path, frame in FRAMES.items():
            chosen = alphabet or string.ascii_letters + string.digits
            body = token(f"{path}{number}", length, chosen)[len(f"{path}{number}") :]
            secret = start + body
            files[path.format(number)] = (frame.replace("{}", secret), secret)
    return files


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("planted")
    for path, (text, _) in planted().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / ".env").write_text(f"SERVICE_KEY={supabase_jwt('service_role')}\nSMTP_PASSWORD=quagmire77\n")
    return root


FORMATS = sorted(file.stem for file in Path(reporters.__file__).parent.glob("*.py") if not file.stem.startswith("_"))
"""Every format there is, so that a new one is tried too."""


def ran(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reviewlint", *arguments], cwd=at, capture_output=True, text=True, check=False
    )


def assert_hidden(shown: str) -> None:
    """Nothing of the planted secrets but their first four characters; providers' own prefixes may be longer."""
    shown = shown.replace("sk-ant-api03-", "").replace("sb_secret_", "").replace("sk_live_", "").replace("glpat-", "")
    for path, (_, secret) in planted().items():
        body = (
            secret.replace("sk-ant-api03-", "").replace("sb_secret_", "").replace("sk_live_", "").replace("glpat-", "")
        )
        assert body[:9] not in shown and secret not in shown, path
    assert "quagmire" not in shown


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_more_than_four_characters(project: Path, form: str) -> None:
    run = ran(
        "check", "--strict", "--statistics", "--output-format", form, "--output", f"{form}:out.{form}", at=project
    )
    assert run.returncode == 1, run.stderr
    written = project / f"out.{form}"
    assert_hidden(run.stdout + run.stderr + written.read_text())
    written.unlink()


def test_nothing_that_is_kept_holds_them(project: Path) -> None:
    run = ran("baseline", "write", at=project)
    assert run.returncode == 0, run.stderr
    assert_hidden(run.stdout + run.stderr + ran("check", "--no-baseline", at=project).stderr)
    kept = [file for file in project.rglob("*") if file.is_file() and ".reviewlint" in str(file)]
    assert {".reviewlint", ".reviewlint_cache"} <= {file.relative_to(project).parts[0] for file in kept}
    bytes_kept = b"".join(file.read_bytes() for file in kept)
    for path, (_, secret) in planted().items():
        assert secret.encode() not in bytes_kept and secret[4:].encode() not in bytes_kept, path
    (project / ".reviewlint" / "baseline").unlink()


def test_the_facts_of_a_file_hide_them(project: Path) -> None:
    paths = list(planted())[:12]
    assert_hidden("".join(ran("facts", path, at=project).stdout for path in paths))


def test_they_are_found(project: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "reviewlint", "check", str(project), "--output-format", "json", "--exit-zero"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = {(finding["path"], finding["line"]) for finding in json.loads(run.stdout)["findings"]}
    missed = [path for path in planted() if path.endswith((".py", ".ts", ".yaml")) and (path, 1) not in found]
    assert missed == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/settings.py", 'KEY = "{}"\n'),
        ("src/settings.ts", 'export const key = "{}"\n'),
        ("db/seed.sql", "insert into settings values ('{}');\n"),
    ],
)
@pytest.mark.parametrize("error", [ZeroDivisionError, RecursionError])
def test_a_reader_that_breaks_loses_no_secret(
    path: str, text: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(source: object, data: bytes) -> None:
        raise error(data.decode())

    monkeypatch.setattr(readers, "_read", breaking)
    secret = token("ghp_", 36)
    (tmp_path / path).parent.mkdir()
    (tmp_path / path).write_text(text.replace("{}", secret))
    result = desk.check(tmp_path, [], Config(select=("hardcoded-secret",)), jobs=1)
    assert [(one.at.path, one.at.line) for one in result.findings] == [(path, 1)]
    assert bool(result.faults) is (error is ZeroDivisionError)
    assert not any(secret[:9] in one.message for one in result.faults)
    assert not any(secret[:9] in one.reason for one in result.skipped)
