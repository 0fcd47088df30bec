"""As much of the GitHub Actions runner as it takes to run the steps of a composite action: real bash, real files.

Expressions are those that the project's own action uses: contexts, strings, `==`, `!=`, `&&`, `||` and parentheses.
"""

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from . import runner

Uses = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Stands for an action that a step uses: inputs → outputs."""

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"'(?:[^']|'')*'|==|!=|&&|\|\||[()]|[\w.-]+|\s+")


@dataclass
class Job:
    """What came of it. `log` is what the steps wrote, `commands` what the runner found in it."""

    succeeded: bool = True
    log: str = ""
    summary: str = ""
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def commands(self) -> list[runner.Command]:
        return runner.commands(self.log)


def run(
    action: Path,
    inputs: Mapping[str, str],
    github: Mapping[str, Any],
    *,
    checkout: Path,
    temporary: Path,
    environment: Mapping[str, str],
    uses: Mapping[str, Uses],
) -> Job:
    """Run the action in the folder `action` on a checkout.

    `uses` stands for other actions, by the name before the `@`. `environment` is added to what every step has.
    """
    said = yaml.safe_load((action / "action.yml").read_text())
    unknown = set(inputs) - set(said["inputs"])
    assert not unknown, f"no such inputs: {unknown}"
    given = {name: inputs.get(name, str(each.get("default", ""))) for name, each in said["inputs"].items()}
    steps: dict[str, Any] = {}
    context = {"inputs": given, "steps": steps, "github": github, "runner": {"temp": str(temporary)}}
    job = Job()
    path = os.environ["PATH"]
    lasting: dict[str, str] = {}
    for number, step in enumerate(said["runs"]["steps"]):
        condition = str(step.get("if", "success()"))
        if "always()" not in condition and not job.succeeded:
            continue
        if not _evaluated(condition.replace("success()", "'yes'").replace("always()", "'yes'"), context):
            continue
        if "uses" in step:
            name = step["uses"].partition("@")[0]
            job.used[name] = {key: _filled(str(value), context) for key, value in step["with"].items()}
            outputs: Mapping[str, str] = uses[name](job.used[name])
        else:
            files = {
                name: temporary / f"{name}_{number}" for name in ("output", "env", "path", "step_summary", "state")
            }
            for file in files.values():
                file.write_text("")
            script = temporary / f"step_{number}.sh"
            script.write_text(_filled(step["run"], context))
            assert step["shell"] == "bash"
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=checkout,
                env={
                    "PATH": path,
                    "HOME": os.environ["HOME"],
                    "CI": "true",
                    "GITHUB_ACTIONS": "true",
                    "GITHUB_ACTION_PATH": str(action),
                    "GITHUB_WORKSPACE": str(checkout),
                    "RUNNER_TEMP": str(temporary),
                    **{f"GITHUB_{name.upper()}": str(file) for name, file in files.items()},
                    **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))},
                    **environment,
                    **lasting,
                    **{name: _filled(str(value), context) for name, value in step.get("env", {}).items()},
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            job.log += done.stdout.decode("utf-8", "replace")
            job.summary += files["step_summary"].read_text()
            lasting |= _pairs(files["env"].read_text())
            path = os.pathsep.join([*reversed(files["path"].read_text().splitlines()), path])
            outputs = _pairs(files["output"].read_text())
            job.succeeded = job.succeeded and done.returncode == 0
        steps[step.get("id", str(number))] = {"outputs": dict(outputs)}
    job.outputs = {name: _filled(each["value"], context) for name, each in said["outputs"].items()}
    return job


def _filled(text: str, context: Mapping[str, Any]) -> str:
    return _EXPRESSION.sub(lambda found: str(_evaluated(found[1], context)), text)


def _evaluated(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of an expression; what a context does not hold is empty."""
    assert not _TOKEN.sub("", expression), f"cannot evaluate {expression}"
    words = {"&&": "and", "||": "or", "==": "==", "!=": "!=", "(": "(", ")": ")"}
    values: list[Any] = []
    written = []
    for token in _TOKEN.findall(expression):
        if token in words:
            written.append(words[token])
        elif token.strip():
            values.append(token[1:-1].replace("''", "'") if token.startswith("'") else _looked_up(token, context))
            written.append(f"values[{len(values) - 1}]")
    return eval(" ".join(written), {"values": values})


def _looked_up(name: str, context: Any) -> Any:
    for part in name.split("."):
        context = context.get(part, "") if isinstance(context, Mapping) else ""
    return "" if context is None else context


def _pairs(text: str) -> dict[str, str]:
    """What a step wrote into an environment file: `name=value`, or a value of several lines between delimiters."""
    pairs = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.match(r"([^=<]*)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]
        if sign == "<<":
            value = []
            while (line := next(lines)) != rest:
                value.append(line)
            rest = "\n".join(value)
        pairs[name] = rest
    return pairs
