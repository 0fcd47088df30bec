"""Two hundred planted secrets: found, and nowhere shown with more than four characters."""

import json
import string
import subprocess
import sys
from pathlib import Path

import pytest

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
    ("", 40, ""),
)
FRAMES = {
    "app/settings{}.py": 'API_SECRET = "{}"\nlogger.info(f"secret {} of {{user}}")\n',
    "src/config{}.ts": 'export const apiSecret = "{}"\nconst other = process.env.API_SECRET || "{}"\n',
    "deploy/values{}.yaml": 'api_secret: "{}"\nurl: https://api.acme.io/v1?api_key={}\n',
    "notes/run{}.md": "Use `API_SECRET={}` here.\nOr `curl -H 'X-Secret: {}'`\n",
}


def planted() -> dict[str, tuple[str, str]]:
    """Files by path, each with its text and the secret in it."""
    files = {}
    for number in range(50):
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


@pytest.mark.parametrize("form", ["text", "concise", "json", "sarif", "github", "markdown"])
def test_no_format_shows_more_than_four_characters(project: Path, form: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "reviewlint", "check", str(project), "--output-format", form, "--exit-zero"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    shown = run.stdout + run.stderr
    for path, (_, secret) in planted().items():
        assert secret[:9] not in shown.replace("sk-ant-api03-", "").replace("sb_secret_", ""), path
    assert "quagmire" not in shown
    cached = b"".join(file.read_bytes() for file in project.rglob("*") if file.is_file() and ".reviewlint" in str(file))
    assert all(secret.encode() not in cached for _, secret in planted().values())


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
