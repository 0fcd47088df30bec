"""Data flow, judged by semgrep: one process a run, over the files that a rule's screen found suspicious.

The engine is called directly. Measured on one small Python file and one rule: `semgrep scan` takes 1.3 s to start and
its JSON leaves the traces out, `semgrep scan --experimental` takes 0.12 s and leaves them out too, the engine inside
the package takes 0.10 s and gives source, intermediate variables and sink.

The engine is told its files one by one, so no `.semgrepignore`, no ignored folder and no settings file of the reviewed
repository has a say, and `nosemgrep` comments do not count: what is ignored is for reviewlint's own comments to say.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..facts.flows import DataFlowUnavailable, Flow, Match, Search
from ..facts.location import Location, Related
from ..timing import spending

INSTALL = "pip install 'reviewlint[semgrep]'"
SECONDS_A_FILE = 10
SECONDS_AT_LEAST = 60
SECONDS_AT_MOST = 900

_ANALYZERS = {
    ".py": "python",
    ".pyi": "python",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "typescript",
    ".js": "js",
    ".mjs": "js",
    ".cjs": "js",
    ".jsx": "js",
}
_PYTHON = ("python", frozenset({".py", ".pyi"}))
_TYPESCRIPT = ("typescript", frozenset({".ts", ".mts", ".cts", ".tsx"}))
_JAVASCRIPT = ("js", frozenset({".js", ".mjs", ".cjs", ".jsx"}))
_OF_LANGUAGES: dict[str, tuple[str, frozenset[str]]] = {
    **dict.fromkeys(("python", "python3", "py"), _PYTHON),
    **dict.fromkeys(("typescript", "ts"), _TYPESCRIPT),
    **dict.fromkeys(("javascript", "js"), _JAVASCRIPT),
    "json": ("json", frozenset({".json", ".jsonc"})),
    "yaml": ("yaml", frozenset({".yml", ".yaml"})),
    "html": ("html", frozenset({".html", ".htm"})),
    "bash": ("bash", frozenset({".sh", ".bash"})),
    "generic": ("generic", frozenset()),
    "regex": ("regex", frozenset()),
}
"""semgrep's names of languages, each with its analyzer's and with the suffixes of files, none for every file."""

_PASSED_ON = ("SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def judge(check: str, paths: Collection[str], root: Path) -> list[Flow]:
    """The flows that the semgrep rules in `<family>/<check>.yml` find in `paths`, in order.

    `paths` are relative to `root`, with `/`; those in languages without data flow are passed over. A file that
    semgrep cannot parse, or not in time, has no flows. Raises `DataFlowUnavailable` where semgrep is missing or fails.
    """
    targets = [(path, _ANALYZERS[suffix]) for path in sorted(set(paths)) if (suffix := _suffix(path)) in _ANALYZERS]
    if not targets:
        return []
    root = root.resolve()
    with tempfile.TemporaryDirectory(prefix="reviewlint-") as folder:
        results, _ = _run(_rules_of(check), targets, root, folder)
    return sorted(set(_flows(check, results, root)), key=lambda flow: (flow.at, flow.source))


def match(searches: Collection[Search], root: Path) -> tuple[list[Match], dict[str, str]]:
    """What the project's own semgrep rules find, in order, and for rules that semgrep does not understand why not.

    One process serves all of them. Raises `DataFlowUnavailable` where semgrep is missing or fails.
    """
    targets = sorted(
        {
            (path, analyzer)
            for search in searches
            for path in search.paths
            for analyzer in analyzers(search.definition["languages"], path)
        }
    )
    if not targets:
        return [], {}
    root = root.resolve()
    with tempfile.TemporaryDirectory(prefix="reviewlint-") as folder:
        rules = Path(folder, "rules.json")
        rules.write_text(json.dumps({"rules": [dict(search.definition) for search in searches]}), "utf-8")
        results, broken = _run(rules, targets, root, folder)
    wanted = {search.rule: search.paths for search in searches}
    found = {each for each in _matches(results, root) if each.at.path in wanted.get(each.rule, ())}
    return sorted(found, key=lambda each: (each.at, each.rule, each.message)), broken


def analyzers(languages: Iterable[str], path: str) -> set[str]:
    """What semgrep has to take the file at `path` for so that a rule for these languages sees it; empty for never."""
    suffix = _suffix(path)
    return {
        analyzer
        for analyzer, suffixes in (_OF_LANGUAGES[name] for name in languages if name in _OF_LANGUAGES)
        if not suffixes or suffix in suffixes
    }


def languages() -> frozenset[str]:
    """The languages that rules of the project's own may be for, as semgrep calls them."""
    return frozenset(_OF_LANGUAGES)


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122 - a path of the project, not of this machine


def rules_folder() -> Path:
    """Where the semgrep rules are: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "semgrep"
    return installed if installed.is_dir() else package.parent / "rules"


def _rules_of(check: str) -> Path:
    found = sorted(rules_folder().glob(f"*/{check}.yml"))
    if not found:
        raise DataFlowUnavailable(f"the semgrep rule {check} is missing from this installation of reviewlint")
    return found[0]


def _engine(folder: str) -> Path:
    """The semgrep engine: the one inside the installed package, else that of the `semgrep` on PATH.

    `folder` is an empty one to run in. What lies in the current directory is never run: it is what is being reviewed.
    """
    name = "semgrep-core.exe" if sys.platform == "win32" else "semgrep-core"
    spec = importlib.util.find_spec("semgrep")
    for place in spec.submodule_search_locations or () if spec else ():
        packaged = Path(place).resolve() / "bin" / name
        if packaged.is_file() and packaged.parents[2] != Path.cwd():
            return packaged
    command = shutil.which("semgrep")
    if command and Path(command).is_absolute() and Path(command).parent != Path.cwd():
        told = _output([command, "--dump-engine-path"], folder, dict(os.environ), SECONDS_AT_LEAST)
        lines = told.stdout.decode("utf-8", "replace").split("\n")
        path = next((Path(line.strip()) for line in reversed(lines) if line.strip()), None)
        if path is not None and path.is_absolute() and path.is_file():
            return path
        raise DataFlowUnavailable(f"{command} does not say where its engine is; to repair it: {INSTALL}")
    raise DataFlowUnavailable(f"semgrep is not installed; to judge data flow: {INSTALL}")


def _listing(targets: list[tuple[str, str]], root: Path) -> bytes:
    """The engine's list of targets, names as the bytes that the file system has them in."""
    listed = [
        [
            "CodeTarget",
            {
                "path": {"fpath": str(root / path), "ppath": f"/{path}"},
                "analyzer": analyzer,
                "products": ["sast"],
            },
        ]
        for path, analyzer in targets
    ]
    return json.dumps(["Targets", listed], ensure_ascii=False).encode("utf-8", "surrogateescape")


def _output(
    command: list[str], folder: str, environment: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[bytes]:
    try:
        with spending("engine", "semgrep"):
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=folder,
                env=environment,
                timeout=seconds,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise DataFlowUnavailable(f"semgrep did not finish within {seconds:g} seconds") from None
    except OSError as error:
        raise DataFlowUnavailable(f"semgrep cannot be run: {error.strerror}; to repair it: {INSTALL}") from None


def _run(
    rules: Path, targets: list[tuple[str, str]], root: Path, folder: str
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The engine's results for the targets, and what is wrong with single rules, by their ids.

    Errors that concern one file are its loss alone.
    """
    engine = _engine(folder)
    listing = Path(folder, "targets.json")
    listing.write_bytes(_listing(targets, root))
    command = [str(engine), "-json_nodots", "-fast", "-disable_rule_paths", "-j", "1"]  # more threads are slower: 2.3 ×
    command += ["-rules", str(rules), "-targets", str(listing), "-max_memory", "4000"]
    command += ["-timeout", str(SECONDS_A_FILE), "-timeout_threshold", "1"]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(place).is_absolute()]
    environment |= {"HOME": folder, "XDG_CONFIG_HOME": folder, "PATH": os.pathsep.join(places), "NO_COLOR": "1"}
    seconds = min(max(SECONDS_AT_LEAST, 2 * len(targets)), SECONDS_AT_MOST)
    done = _output(command, folder, environment, seconds)
    try:
        answer = json.loads(done.stdout.decode("utf-8", "surrogateescape"))
        fatal = [error for error in answer["errors"] if error["severity"] == "error" and "location" not in error]
        results = answer["results"]
        broken = {
            str(error["rule_id"]): _shortened(str(error.get("message", "")).partition("\n")[0])
            for error in answer["errors"]
            if error.get("rule_id") and error["severity"] == "error" and "location" in error and not error.get("path")
        }
    except (ValueError, KeyError, TypeError):
        words = _shortened(done.stderr.decode("utf-8", "replace")) or "it gave no result that can be read"
        raise DataFlowUnavailable(f"semgrep failed with status {done.returncode}: {words}") from None
    if fatal or (done.returncode != 0 and not results and not broken):
        words = _shortened(" ".join(str(error.get("message", "")) for error in fatal)) or "it gave no reason"
        raise DataFlowUnavailable(f"semgrep failed with status {done.returncode}: {words}")
    return list(results), broken


def _shortened(words: str) -> str:
    """A program's complaint on one printable line of at most 200 characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return line if len(line) <= 200 else line[:199] + "…"


def _flows(check: str, results: list[dict[str, Any]], root: Path) -> Iterator[Flow]:
    """The engine's results in our words; `root` is resolved."""
    places = _Places(root)
    try:
        for result in results:
            sink = places.at(result["path"], result)
            source, steps = _trace(result, places, "comes from outside")
            yield Flow(sink, check, _shortened(source), _without_repeats([*steps, Related(sink, "arrives here")]))
    except (KeyError, TypeError, IndexError, ValueError, OSError) as error:
        raise _unknown_form(error) from None


def _matches(results: list[dict[str, Any]], root: Path) -> Iterator[Match]:
    """The same for rules of the project's own."""
    places = _Places(root)
    try:
        for result in results:
            at, extra = places.at(result["path"], result), result["extra"]
            _, steps = _trace(result, places, "begins here")
            metavariables = {
                name.removeprefix("$").lower(): _shortened(str(each["abstract_content"]))
                for name, each in extra.get("metavars", {}).items()
            }
            yield Match(
                at,
                result["check_id"],
                " ".join(str(extra.get("message", "")).split()),
                extra.get("fix"),
                tuple(sorted(metavariables.items())),
                _without_repeats([*steps, Related(at, "arrives here")]) if steps else (),
            )
    except (KeyError, TypeError, IndexError, ValueError, OSError) as error:
        raise _unknown_form(error) from None


def _unknown_form(error: Exception) -> DataFlowUnavailable:
    words = _shortened(f"{type(error).__name__}: {error}")
    return DataFlowUnavailable(f"semgrep's answer has a form that is not known here ({words})")


def _trace(result: dict[str, Any], places: "_Places", beginning: str) -> tuple[str, list[Related]]:
    """The text of the source, and the places on the way from there."""
    trace = result["extra"].get("dataflow_trace") or {}
    steps, source = [], ""
    if "taint_source" in trace:
        where, source = _called(trace["taint_source"])
        steps.append(Related(places.at(where["path"], where), f"{_shortened(source)} {beginning}"))
    for step in trace.get("intermediate_vars") or ():
        where = step["location"]
        steps.append(Related(places.at(where["path"], where), f"carried by {_shortened(step['content'])}"))
    return source, steps


def _called(end: list[Any]) -> tuple[dict[str, Any], str]:
    """Location and text of a trace's end; inside calls, those of the innermost."""
    kind, content = end
    while kind == "CliCall":
        kind, content = content[2]
    return content[0], content[1]


def _without_repeats(steps: list[Related]) -> tuple[Related, ...]:
    """The steps with the first of each place: a parameter is its own first variable, a variable its own sink."""
    first: dict[Location, Related] = {}
    for step in steps[:-1]:
        first.setdefault(step.at, step)
    first.pop(steps[-1].at, None)
    return (*first.values(), steps[-1])


class _Places:
    """Turns the engine's places (lines, and columns in bytes, both from 1) into locations; reads each file once."""

    def __init__(self, root: Path) -> None:
        self._prefix = f"{root}{os.sep}"
        self._lines: dict[str, list[bytes]] = {}

    def at(self, name: str, place: dict[str, Any]) -> Location:
        if not name.startswith(self._prefix):
            raise ValueError("a path that was not asked for")
        if name not in self._lines:
            self._lines[name] = Path(name).read_bytes().split(b"\n")
        lines = self._lines[name]
        path = name[len(self._prefix) :].replace(os.sep, "/")
        return Location(path, *self._point(lines, place["start"]), *self._point(lines, place["end"]))

    @staticmethod
    def _point(lines: list[bytes], point: dict[str, int]) -> tuple[int, int]:
        """Line and column in code points, both from 1."""
        before = lines[point["line"] - 1][: point["col"] - 1].decode("utf-8", "replace")
        return point["line"], len(before.removeprefix("\ufeff")) + 1
