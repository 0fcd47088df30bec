"""Settings files: names, values and exact places, in every dialect; malformed files."""

import pytest

from reviewlint.facts.clients import Setting
from reviewlint.facts.file import Problem, Side
from reviewlint.readers.settings import files
from reviewlint.source import Source


def read(text: str, path: str) -> tuple[list[Setting], list[Problem]]:
    suffix = path.rpartition(".")[2]
    language = "env" if ".env" in path else suffix if suffix in ("toml", "json") else "text"
    facts = files.read(Source(path, language, Side.SETTINGS, len(text)), text.encode()).facts
    return [f for f in facts if isinstance(f, Setting)], [f for f in facts if isinstance(f, Problem)]


def values(text: str, path: str) -> dict[str, str]:
    settings, problems = read(text, path)
    assert problems == []
    return {setting.name: setting.value for setting in settings}


def lines(text: str, path: str) -> dict[str, int]:
    return {setting.name: setting.at.line for setting in read(text, path)[0]}


ENV = """\
# comment
PLAIN=one two
export SHELL_STYLE=1
COLON: value
SPACED = padded   # a comment
URL=http://host/#fragment
EMPTY=
EMPTY_WITH_COMMENT= # nothing
SINGLE='a # b $HOME \\n'
DOUBLE="first
second\\tend" # after
BACKTICK=`it's "quoted"`
USES=${PLAIN}/x
dotted.key-1=yes
export PLAIN SHELL_STYLE
LAST="end"
"""


def test_env_dialects() -> None:
    assert values(ENV, ".env") == {
        "PLAIN": "one two",
        "SHELL_STYLE": "1",
        "COLON": "value",
        "SPACED": "padded",
        "URL": "http://host/#fragment",
        "EMPTY": "",
        "EMPTY_WITH_COMMENT": "",
        "SINGLE": "a # b $HOME \\n",
        "DOUBLE": "first\nsecond\tend",
        "BACKTICK": 'it\'s "quoted"',
        "USES": "${PLAIN}/x",
        "dotted.key-1": "yes",
        "LAST": "end",
    }


def test_env_places() -> None:
    settings, _ = read(ENV, ".env")
    places = {setting.name: setting.at for setting in settings}
    assert (places["SHELL_STYLE"].line, places["SHELL_STYLE"].column) == (3, 8)
    assert (places["SPACED"].end_line, places["SPACED"].end_column) == (5, 16)
    assert (places["DOUBLE"].line, places["DOUBLE"].end_line, places["DOUBLE"].end_column) == (10, 11, 13)
    assert places["LAST"].line == 16


def test_env_columns_count_code_points_after_a_byte_order_mark_and_windows_lines() -> None:
    settings, problems = read("\ufeffA=é\r\nB='ü'\r\n", ".env.local")
    assert problems == []
    assert [(s.name, s.value, s.at.line, s.at.column, s.at.end_column) for s in settings] == [
        ("A", "é", 1, 1, 4),
        ("B", "ü", 2, 1, 6),
    ]


def test_malformed_env_is_one_problem_and_the_rest_is_read() -> None:
    settings, problems = read("A=1\nnot a variable\n!!\nB='open\nC=3\n", ".env")
    assert [(s.name, s.value) for s in settings] == [("A", "1"), ("B", "'open"), ("C", "3")]
    assert [(p.at.line, p.reason) for p in problems] == [(2, "neither a comment nor NAME=value")]


def test_names_without_values_are_passed_on() -> None:
    settings, problems = read("A\nB_2 # as it is outside\r\nC=3\nlower\n", ".env.example")
    assert [(s.name, s.value) for s in settings] == [("C", "3")]
    assert [p.at.line for p in problems] == [4]


TOML = '''\
project_id = "shop" # comment with = and [brackets]
[api]
enabled = true
schemas = [
  "public", # [not a table]
  "graphql_public",
]
[auth.email]
max_frequency = "1s"
template = """
[functions.fake]
verify_jwt = true
"""
[functions."send.mail"]
verify_jwt = false
inline = { a = 1, b = { c = 'x' } }
[[hooks]]
name = "first"
[[hooks]]
name = "second"
[hooks.options]
since = 1979-05-27 07:32:00
a.b = 1
'''


def test_toml_names_values_and_lines() -> None:
    assert values(TOML, "supabase/config.toml") == {
        "project_id": "shop",
        "api.enabled": "true",
        "api.schemas.0": "public",
        "api.schemas.1": "graphql_public",
        "auth.email.max_frequency": "1s",
        "auth.email.template": "[functions.fake]\nverify_jwt = true\n",
        "functions.send.mail.verify_jwt": "false",
        "functions.send.mail.inline.a": "1",
        "functions.send.mail.inline.b.c": "x",
        "hooks.0.name": "first",
        "hooks.1.name": "second",
        "hooks.1.options.since": "1979-05-27 07:32:00",
        "hooks.1.options.a.b": "1",
    }
    found = lines(TOML, "config.toml")
    assert found["functions.send.mail.verify_jwt"] == 15
    assert found["api.schemas.1"] == 6
    assert found["hooks.1.name"] == 20
    settings, _ = read(TOML, "config.toml")
    quoted = next(setting for setting in settings if setting.name == "functions.send.mail.verify_jwt")
    assert quoted.keys == ("functions", "send.mail", "verify_jwt")
    assert (quoted.at.column, quoted.at.end_column) == (1, 19)


def test_malformed_toml_keeps_what_stands_above() -> None:
    settings, problems = read("[api]\nport = 1\n[functions.x\nverify_jwt = false\n", "config.toml")
    assert [setting.name for setting in settings] == ["api.port"]
    assert [problem.at.line for problem in problems] == [3]
    assert problems[0].reason


JSON = """\
// a comment
{
  "compilerOptions": {
    "strict": true, /* another
    one */ "paths": { "@/*": ["./src/*", "./lib/*",], },
    "url": "http://x//y"
  },
  "list": [1, {"a": null}, [], "z\\u00e9"],
}
"""


def test_json_with_comments_and_trailing_commas() -> None:
    assert values(JSON, "tsconfig.json") == {
        "compilerOptions.strict": "true",
        "compilerOptions.paths.@/*.0": "./src/*",
        "compilerOptions.paths.@/*.1": "./lib/*",
        "compilerOptions.url": "http://x//y",
        "list.0": "1",
        "list.1.a": "null",
        "list.3": "zé",
    }
    found = lines(JSON, "tsconfig.json")
    assert (found["compilerOptions.paths.@/*.1"], found["list.1.a"]) == (5, 8)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1\n "b": 2}', 2),
        ('{"a": 1', 1),
        ('{"a": }', 1),
        ("", 1),
        ('{"a": 1}}', 1),
        ('{\n"a": nope}', 2),
        ("{]", 1),
        ("[1}", 1),
    ],
)
def test_malformed_json_is_one_problem(text: str, line: int) -> None:
    _, problems = read(text, "package.json")
    assert [problem.at.line for problem in problems] == [line]


def test_deep_nesting_is_no_crash() -> None:
    assert read("[" * 100_000, "package.json")[1]
    assert read("a = " + "[" * 100_000, "pyproject.toml")[1]


def test_json_that_sets_nothing_up_has_no_settings() -> None:
    assert read('{"a": ', "locales/en.json") == ([], [])
    assert read("a: 1", "compose.yml") == ([], [])


def test_comments_beside_a_switch() -> None:
    text = (
        "# above the table\n[a]\non = true # behind\n# below\n\n# far\n\n[b]\non = false\n# of the next\n[c]\n"
        'on = true\n# below, too\nby = "x" # no switch\n# at the end\noff = false\n# the last\n'
    )
    said = {setting.name: setting.comment for setting in read(text, "config.toml")[0]}
    assert said == {
        "a.on": "above the table behind below",
        "b.on": "",
        "c.on": "of the next",
        "c.by": "",
        "c.off": "at the end the last",
    }
