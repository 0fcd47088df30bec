"""Configuration: which file governs a path, what it may say, and what is said about what it may not."""

import json
from pathlib import Path

import jsonschema
import pytest

from reviewlint import catalogue, discovery
from reviewlint.config import Config, typed
from reviewlint.config.files import ConfigurationError, Override, anchored, governing, keys, read
from reviewlint.config.places import line_of
from reviewlint.config.schema import configuration_schema
from reviewlint.finding import Confidence, Severity
from reviewlint.plan import plan

RULE = "error-envelope-shape"


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_everything_can_be_said(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "reviewlint.toml": f"""
select = ["api"]
ignore = ["{RULE}"]
strict = true
voice = "plain"
min-severity = "note"
min-confidence = "medium"
fail-on = "error"
require-semgrep = true
strict-files = true
exclude = ["legacy/**"]
root = true

[per-file]
"scripts/**" = ["api"]

[severities]
{RULE} = "note"

[per-file-severities]
"old/**" = {{ {RULE} = "warning" }}

[ratchet]
{RULE} = "error"
"""
        },
    )
    assert governing(tmp_path)("app/main.py") == Config(
        select=("api",),
        ignore=(RULE,),
        strict=True,
        voice="plain",
        min_severity=Severity.NOTE,
        min_confidence=Confidence.MEDIUM,
        fail_on=Severity.ERROR,
        require_semgrep=True,
        strict_files=True,
        exclude=("legacy/**",),
        root=True,
        per_file={"scripts/**": ("api",)},
        severities={RULE: Severity.NOTE},
        per_file_severities={"old/**": {RULE: Severity.WARNING}},
        ratchet={RULE: Severity.ERROR},
    )
    assert governing(tmp_path)("old/main.py").severities == {RULE: Severity.WARNING}
    assert governing(tmp_path)("old/main.py").origins[f"severities.{RULE}"] == "reviewlint.toml:21"


def test_the_nearest_file_wins_and_pyproject_counts_only_with_a_table_of_ours(tmp_path: Path) -> None:
    config_of = governing(
        written(
            tmp_path,
            {
                "pyproject.toml": '[tool.reviewlint]\nvoice = "plain"\n',
                "api/pyproject.toml": '[project]\nname = "reviewlint-user"\n',
                "web/reviewlint.toml": "strict = true\n",
                "web/pyproject.toml": "[tool.reviewlint]\nstrict = false\n",
            },
        )
    )
    assert (config_of("api/app/main.py").source, config_of("api/app/main.py").voice) == ("pyproject.toml", "plain")
    assert (config_of("web/lib/x.ts").source, config_of("web/lib/x.ts").strict) == ("web/reviewlint.toml", True)
    assert config_of("web/").source == "web/reviewlint.toml"
    assert config_of("").source == "pyproject.toml"


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert governing(tmp_path)("a/b.py") == Config()


def test_files_above_the_root_say_nothing(tmp_path: Path) -> None:
    written(tmp_path, {"reviewlint.toml": "strict = true\n"})
    (tmp_path / "project").mkdir()
    assert governing(tmp_path / "project")("a.py") == Config()


def test_each_value_knows_where_it_comes_from(tmp_path: Path) -> None:
    text = f'[tool.reviewlint]\nstrict = true\n\n[tool.reviewlint.severities]\n{RULE} = "note"\n'
    written(tmp_path, {"pyproject.toml": text})
    overrides = {"voice": Override("plain", "--voice")}
    assert governing(tmp_path, overrides)("a.py").origins == {
        "strict": "pyproject.toml:2",
        f"severities.{RULE}": "pyproject.toml:5",
        "voice": "--voice",
    }


def test_patterns_of_a_nested_file_are_relative_to_it(tmp_path: Path) -> None:
    text = 'exclude = ["/gen", "*.snap"]\n[per-file]\n"scripts/**" = ["api"]\n'
    config_of = governing(written(tmp_path, {"web/reviewlint.toml": text}))
    assert config_of("web/x.ts").exclude == ("/web/gen", "/web/**/*.snap")
    assert config_of("web/scripts/x.ts").ignore == ("api",)
    assert config_of("web/lib/x.ts").ignore == ()
    assert config_of("scripts/x.ts").ignore == ()


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.snap", "web/a/b.snap", True),
        ("*.snap", "b.snap", False),
        ("gen/", "web/a/gen/x.ts", True),
        ("/gen", "web/gen/x.ts", True),
        ("/gen", "web/a/gen/x.ts", False),
        ("a/*.ts", "web/a/x.ts", True),
        ("a/*.ts", "web/b/a/x.ts", False),
    ],
)
def test_anchored_patterns_mean_the_same_from_the_root(pattern: str, path: str, matches: bool) -> None:
    from pathspec import GitIgnoreSpec

    assert GitIgnoreSpec.from_lines([anchored(pattern, "web")]).match_file(path) is matches
    assert anchored("!keep.ts", "web") == "!/web/**/keep.ts"


def test_the_command_line_wins_and_ignores_are_added_up(tmp_path: Path) -> None:
    written(tmp_path, {"reviewlint.toml": f'select = ["{RULE}", "api"]\nignore = ["review"]\nfail-on = "error"\n'})
    overrides = {
        "ignore": Override((RULE,), "--ignore"),
        "fail_on": Override(Severity.NOTE, "--fail-on"),
        "per_file": Override({"a/**": ("api",)}, "--per-file"),
    }
    config = governing(tmp_path, overrides)("b.py")
    assert (config.select, config.ignore, config.fail_on) == (("api",), ("review", RULE), Severity.NOTE)
    assert governing(tmp_path, overrides)("a/x.py").ignore == ("review", RULE, "api")


def test_an_explicit_file_governs_every_path(tmp_path: Path) -> None:
    written(tmp_path, {"ci.toml": "strict = true\n", "web/reviewlint.toml": 'voice = "plain"\n'})
    config = governing(tmp_path, explicit=tmp_path / "ci.toml")("web/x.ts")
    assert (config.source, config.strict, config.voice) == ("ci.toml", True, "foreman")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strict = true\nselct = []\n", "reviewlint.toml:2: unknown key `selct`; did you mean `select`?"),
        ("strict = 1\n", "reviewlint.toml:1: `strict` takes true or false, not 1"),
        ('select = "api"\n', 'reviewlint.toml:1: `select` takes a list of strings, not "api"'),
        ('fail-on = "high"\n', 'reviewlint.toml:1: `fail-on` takes "note" or "warning" or "error", not "high"'),
        (
            'select = [\n  "api",\n  "error-envelop-shape",\n]\n',
            f"reviewlint.toml:3: there is no rule or family `error-envelop-shape`; did you mean `{RULE}`?",
        ),
        ('ignore = ["zzz"]\n', "reviewlint.toml:1: there is no rule or family `zzz`; `reviewlint rules` lists them"),
        ('[severities]\napi = "note"\n', "reviewlint.toml:2: `api` is a family; name its rules one by one here"),
        (
            '[per-file-severities]\n"a/**" = { no-such = "note" }\n',
            "reviewlint.toml:2: there is no rule `no-such`; `reviewlint rules` lists them",
        ),
        ('[ratchet]\napi = "note"\n', "reviewlint.toml:2: `api` is a family; name its rules one by one here"),
        (
            f'[severities]\n{RULE} = "fatal"\n',
            f'reviewlint.toml:2: `severities.{RULE}` takes "note" or "warning" or "error", not "fatal"',
        ),
        ('voice = "forman"\n', "reviewlint.toml:1: there is no voice `forman`; did you mean `foreman`?"),
        ('[per-file]\n"a/**" = "api"\n', 'reviewlint.toml:2: `per-file.a/**` takes a list of strings, not "api"'),
        ("[options.qqqqq]\nx = 1\n", "reviewlint.toml:1: there is no rule `qqqqq`; `reviewlint rules` lists them"),
        (
            "[options.unreadable-source]\nx = 1\n",
            "reviewlint.toml:1: rule `unreadable-source` has no options",
        ),
        (f"[options]\n{RULE} = 3\n", f"reviewlint.toml:2: `options.{RULE}` takes a table"),
        ("options = 3\n", "reviewlint.toml:1: `options` takes one table a rule: [options.<rule>]"),
        ("strict = \n", "reviewlint.toml:1:10: not valid TOML: invalid value"),
        ("a = [" + "[" * 5000, "reviewlint.toml: is nested too deeply to be read"),
        ("exclude = [2026-11-21]\n", 'reviewlint.toml:1: `exclude` takes a list of strings, not ["2026-11-21"]'),
    ],
)
def test_what_may_not_be_said_is_an_error_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    written(tmp_path, {"reviewlint.toml": text})
    with pytest.raises(ConfigurationError) as error:
        governing(tmp_path)("a.py")
    assert str(error.value) == message


def test_options_are_checked_against_the_rule(tmp_path: Path) -> None:
    rule = next(rule for rule in catalogue.load_all() if rule.options is not None)
    written(tmp_path, {"reviewlint.toml": f"[options.{rule.name}]\nno-such-option = 1\n"})
    with pytest.raises(ConfigurationError) as error:
        governing(tmp_path)("a.py")
    assert str(error.value).startswith(f"reviewlint.toml:2: rule `{rule.name}` has no option `no-such-option`; ")


def test_files_that_cannot_be_read_are_errors(tmp_path: Path) -> None:
    (tmp_path / "reviewlint.toml").write_bytes(b"strict = true\n# \xff\n")
    with pytest.raises(ConfigurationError, match=r"reviewlint\.toml:2: is not UTF-8"):
        governing(tmp_path)("a.py")
    (tmp_path / "reviewlint.toml").unlink()
    (tmp_path / "reviewlint.toml").mkdir()
    with pytest.raises(ConfigurationError, match=r"reviewlint\.toml: is no regular file"):
        governing(tmp_path)("a.py")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "reviewlint.toml").write_bytes(b"\xef\xbb\xbfstrict = true\n")
    assert governing(tmp_path)("a.py").strict


def test_a_voice_file_is_relative_to_the_configuration(tmp_path: Path) -> None:
    written(tmp_path, {"web/reviewlint.toml": 'voice = "house.toml"\n'})
    assert governing(tmp_path)("web/x.ts").voice == str(tmp_path / "web" / "house.toml")


def test_the_schema_admits_what_is_read_and_refuses_what_is_not(tmp_path: Path) -> None:
    schema = configuration_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == set(keys())
    good = {"select": ["api"], "fail-on": "error", "severities": {RULE: "note"}, "per-file": {"a/**": [RULE]}}
    jsonschema.validate(good, schema)
    for bad in ({"selct": []}, {"fail-on": "high"}, {"select": ["nothing"]}, {"options": {"nothing": {}}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)


def test_the_defaults_of_the_schema_are_values_that_it_admits() -> None:
    schema = configuration_schema()
    for name, options in schema["properties"]["options"]["properties"].items():
        defaults = {key: value["default"] for key, value in options["properties"].items() if "default" in value}
        jsonschema.validate({"options": {name: defaults}}, schema)


@pytest.mark.parametrize(
    ("hint", "value", "result"),
    [
        (tuple[str, ...], ["a"], ("a",)),
        (frozenset[str], ["a", "a"], frozenset({"a"})),
        (float, 3, 3.0),
        (str | None, "a", "a"),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (Severity, "error", Severity.ERROR),
    ],
)
def test_values_become_what_the_code_expects(hint: object, value: object, result: object) -> None:
    assert typed.converted(hint, value) == result
    assert type(typed.converted(hint, value)) is type(result)


def test_as_toml_is_toml() -> None:
    import tomllib

    value = {"a": ["x\n", 1, True], "b c": {"d": Severity.NOTE}}
    assert tomllib.loads(f"v = {typed.as_toml(value)}")["v"] == {"a": ["x\n", 1, True], "b c": {"d": "note"}}


def test_lines_of_keys_are_found_however_they_are_written() -> None:
    text = "a = 1\n[b]\n'c' = 2\n[b.\"d e\"]\nf.g = 3\nh = { i = 1 }\n"
    places = {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "d e"): 4,
        ("b", "d e", "f", "g"): 5,
        ("b", "d e", "h", "i"): 6,
    }
    assert {key: line_of(text, key) for key in places} == places


def test_nested_configurations_decide_what_runs_where(tmp_path: Path) -> None:
    written(tmp_path, {"reviewlint.toml": f'select = ["{RULE}"]\n', "web/reviewlint.toml": f'ignore = ["{RULE}"]\n'})
    config_of = governing(tmp_path)
    runs = {run.rule.name: run for run in plan(["a.py", "web/b.ts"], config_of(""), config_of)}
    assert runs[RULE].covers("a.py") and not runs[RULE].covers("web/b.ts")


def test_the_declaration_of_a_root_is_a_key(tmp_path: Path) -> None:
    written(tmp_path, {"sub/reviewlint.toml": "root = true\n", "sub/a/b.py": ""})
    assert discovery.find_root(tmp_path / "sub" / "a") == (tmp_path / "sub").resolve()
    assert read(tmp_path / "sub" / "reviewlint.toml", tmp_path / "sub") == Config(root=True)


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from reviewlint.cli import run

    assert run(["config", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(configuration_schema()))
