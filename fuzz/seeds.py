"""What a target begins with: the examples of the rules, and a few inputs of the formats that are not in them."""

from collections.abc import Iterator

from reviewlint import baseline, catalogue
from reviewlint.examples import parse
from reviewlint.packing import pack
from reviewlint.shelf import batch

from .targets import SETTINGS, WHOLE, facts_of

_ENDINGS = {"python": (".py",), "typescript": (".ts", ".tsx", ".js"), "sql": (".sql",), "splitter": (".sql",)}

_CONFIGURATION = b"""select = ["rec", "queries"]
ignore = ["select-star"]
exclude = ["legacy/"]
[severity]
untested-endpoint = "note"
[per-file]
"tests/**" = ["hardcoded-secret"]
"""
_VOICE = b"""manner = "Short."
priorities = ["queries"]
otherwise = "{evidence}"
[verdict]
approve = "Fine."
"approve with remarks" = "{warnings} remarks."
"request changes" = "{errors} errors."
[remarks]
interpolated-query = "`{variable}` is part of the text."
"""
_PATCH = b"""diff --git a/app/a.py b/app/a.py
--- a/app/a.py
+++ "b/app/\\303\\251.py"\t
@@ -1,2 +1 @@ def f():
-x = 1
-y = 2
+x = 2
@@ -9,0 +9,2 @@
+a
+b
"""
_REPORTS = (
    b'{"files": {"app/a.py": {"executed_lines": [1, 2]}}}',
    b'{"/x/a.ts": {"statementMap": {"0": {"start": {"line": 1}}}, "s": {"0": 3}, "fnMap": {}, "f": {}}}',
    b"TN:\nSF:src/a.ts\nFN:1,f\nFNDA:2,f\nDA:1,2\nend_of_record\n",
    b'<coverage><sources><source>/x</source></sources><packages><package><classes><class filename="a.py">'
    b'<lines><line number="1" hits="1"/></lines></class></classes></package></packages></coverage>',
)
_OWN = b"""rules:
  - id: no-eval
    languages: [python, typescript]
    severity: ERROR
    message: "`eval` runs what it is given."
    patterns:
      - pattern: eval($X)
    fix: parse($X)
    paths: {include: ["app/**"]}
"""


def seeds(target: str) -> Iterator[bytes]:
    """The inputs that fuzzing `target` begins with."""
    match target:
        case "configuration":
            yield b"r" + _CONFIGURATION
            yield b"\xff[tool.reviewlint]\n" + _CONFIGURATION.partition(b"[")[0]
        case "voice_file":
            yield _VOICE
        case "known":
            entry = baseline.Entry("app/a b.py", "select-star", "0123456789abcdef", 2)
            yield baseline.written([entry]).encode()
        case "packed":
            yield from (pack(facts) for path, text in _files() if (facts := facts_of(path, text)) is not None)
        case "shelved":
            read = [(path.encode(), facts) for path, text in _files() if (facts := facts_of(path, text)) is not None]
            for start in range(0, len(read), 40):
                yield batch(read[start : start + 2])
        case "coverage":
            yield from _REPORTS
        case "own_rules":
            yield _OWN
        case "patch":
            yield _PATCH
        case "ignores":
            for first, mark in enumerate((b"-- ", b"# ", b"<!-- ", b"# ")):
                yield bytes([first]) + mark + b"reviewlint: ignore[select-star] why -->\nselect 1;\n"
        case "settings":
            for path, text in _files():
                for number, name in enumerate(SETTINGS):
                    if path.rpartition(".")[2] == name.rpartition(".")[2]:
                        yield bytes([number]) + text
        case "whole":
            for rule in catalogue.load_all():
                for example in rule.examples:
                    files = {**parse(example).files}
                    yield b"\xff\xff".join(
                        next((files[path].encode() for path in files if path.endswith(ending)), b"")
                        for ending in (path.rpartition(".")[2] for path in WHOLE)
                    )
        case _:
            endings = _ENDINGS.get(target, ("",))
            yield from (text for path, text in _files() if path.endswith(endings))


def _files() -> Iterator[tuple[str, bytes]]:
    for rule in catalogue.load_all():
        for text in rule.examples:
            yield from ((path, written.encode()) for path, written in parse(text).files.items())
