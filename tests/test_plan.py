"""Which rules run on which files."""

from reviewlint import catalogue
from reviewlint.config import Config
from reviewlint.plan import plan

RULE = "error-envelope-shape"
FAMILY = catalogue.names()[RULE]
OUTER = Config(select=(RULE,))


def test_one_run_covers_everything_where_one_configuration_governs() -> None:
    (run,) = plan(["a.py", "b/c.py"], OUTER, lambda path: OUTER)
    assert (run.rule.name, run.paths, dict(run.options)) == (RULE, None, {})
    assert run.covers("anything")


def test_a_folder_that_does_not_select_a_rule_has_no_findings_of_it() -> None:
    inner = Config(ignore=(FAMILY,))
    runs = {
        run.rule.name: run for run in plan(["a.py", "b/c.py"], OUTER, lambda path: inner if path[0] == "b" else OUTER)
    }
    assert runs[RULE].covers("a.py")
    assert not runs[RULE].covers("b/c.py")


def test_other_options_are_a_run_of_their_own() -> None:
    inner = Config(select=(RULE,), options={RULE: {"allowed": ("x",)}})
    runs = plan(["a.py", "b/c.py"], OUTER, lambda path: inner if path[0] == "b" else OUTER)
    assert [(dict(run.options), run.covers("a.py"), run.covers("b/c.py")) for run in runs] == [
        ({}, True, False),
        ({"allowed": ("x",)}, False, True),
    ]


def test_without_files_the_rules_of_the_review_are_still_known() -> None:
    assert [run.rule.name for run in plan([], OUTER, lambda path: OUTER)] == [RULE]
