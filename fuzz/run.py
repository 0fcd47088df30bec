"""Fuzz some targets: `python -m fuzz.run [TARGET ...] --executions N`.

Each target runs in a process of its own, from the rules' examples and what earlier runs learned (`.fuzz/`, not in git).
An input that breaks a promise is kept in `fuzz/found/TARGET/`, where the tests run it from then on.
"""

import argparse
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

HERE = Path(__file__).parent
LEARNED = HERE.parent / ".fuzz"
SECONDS_PER_INPUT = 10
"""As long as a file may take in a review."""
LARGEST = 4096
"""Bytes of an input: enough for every construct, and for nesting of some thousand levels."""

_INSIDE = "--inside"
_DONE = re.compile(rb"Done (\d+) runs in (\d+) second")
_WORDS = (
    "select * from ( ) ; $$ $a$ /* */ -- ' \" ` ${ { } [ ] f' async await def class if try except: catch return => "
    "import export from create alter drop policy table function using with grant do begin end loop execute format "
    "reviewlint: ignore ignore-file <script> </script> <!-- --> @@ +++ b/ diff password token = : , \\ # // \\n \\x00 "
    "\\xff\\xff \\xef\\xbb\\xbf \\xe2\\x80\\xa8 \\x1b["
).split()


def main() -> int:
    """Run the targets one after another and say how many inputs each was given."""
    if sys.argv[1:2] == [_INSIDE]:
        return _fuzz(sys.argv[2], sys.argv[3])
    known = names()
    parser = argparse.ArgumentParser(prog="python -m fuzz.run", description=__doc__)
    parser.add_argument("target", nargs="*", help=", ".join(known))
    parser.add_argument("--executions", type=int, default=10_000, help="inputs for each target")
    asked = parser.parse_args()
    if unknown := set(asked.target) - set(known):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    total = failed = 0
    for name in asked.target or known:
        runs, seconds, code = _run(name, asked.executions)
        total += runs
        failed += code != 0
        print(f"{name:15} {runs:>10,} inputs in {seconds:>5} s   {'failed' if code else 'fine'}", flush=True)
    print(f"{'all':15} {total:>10,} inputs")
    return int(failed > 0)


def names() -> list[str]:
    """The targets: the functions that take the bytes of an input."""
    from . import targets

    return [
        name
        for name, made in inspect.getmembers(targets, inspect.isfunction)
        if made.__module__ == targets.__name__ and [*inspect.signature(made).parameters] == ["data"]
    ]


def _run(name: str, executions: int) -> tuple[int, int, int]:
    """How many inputs the target was given, in how many seconds, and how its process ended."""
    _plant(name)
    command = [sys.executable, "-m", "fuzz.run", _INSIDE, name, str(executions)]
    done = subprocess.run(command, cwd=HERE.parent, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    match = _DONE.search(done.stderr)
    if match is None or done.returncode:
        sys.stderr.buffer.write(done.stdout + done.stderr[-6000:])
    return (int(match[1]), int(match[2]), done.returncode) if match else (0, 0, done.returncode or 1)


def _plant(name: str) -> None:
    """Put the seeds where the fuzzer looks for them."""
    from .seeds import seeds

    folder = LEARNED / name
    folder.mkdir(parents=True, exist_ok=True)
    (HERE / "found" / name).mkdir(parents=True, exist_ok=True)
    for seed in seeds(name):
        (folder / f"seed-{blake2b(seed, digest_size=8).hexdigest()}").write_bytes(seed)
    words = LEARNED / "words"
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') if "\\x" not in word else word for word in _WORDS)
    words.write_text("".join(f'"{word}"\n' for word in quoted if word != "\\\\n"))


def _fuzz(name: str, executions: str) -> int:
    """Fuzz one target in this process, which ends with it. Nothing of reviewlint may be imported before."""
    import atheris

    with atheris.instrument_imports(include=["reviewlint"]):
        import reviewlint

        from . import targets

        for module in pkgutil.walk_packages(reviewlint.__path__, "reviewlint."):
            if not module.name.endswith("__main__"):  # the others wait for their first use, too late to be followed
                importlib.import_module(module.name)
    target = getattr(targets, name)
    options = [
        f"-runs={executions}",
        f"-dict={LEARNED / 'words'}",
        f"-artifact_prefix={HERE / 'found' / name}/",
        f"-timeout={SECONDS_PER_INPUT}",
        f"-max_len={LARGEST}",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        str(LEARNED / name),
    ]
    atheris.Setup([name, *options], target)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
