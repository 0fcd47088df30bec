"""What the catalogue says of rules before any of them is imported."""

import importlib
import subprocess
import sys
from pathlib import Path

from reviewlint import catalogue

IMPORTED = """
import sys
from reviewlint.cli import run
run(["check", "--no-cache", "--jobs", "1", "--output-format", "json"])
print(*[name for name in sys.modules if name.startswith("reviewlint.rules.")], file=sys.stderr)
"""


def test_the_head_of_a_rule_s_source_says_what_its_module_says() -> None:
    for rule in map(catalogue.load, catalogue.names()):
        module = importlib.import_module(rule.module.__name__)
        assert (module.META, module.__doc__) == (rule.meta, rule.module.__doc__), rule.name
        assert catalogue._head(module.__name__) == (module.__doc__, module.META), rule.name


def test_where_there_is_no_code_no_rule_of_code_is_imported(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "1_notes.sql").write_text("create table notes (body text);\n")

    def imported() -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", IMPORTED], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return set(done.stderr.split())

    assert imported() & {"reviewlint.rules.migrations.no_primary_key"}
    assert not imported() & {"reviewlint.rules.api.created_with_200"}
    (tmp_path / "notes.vue").write_text("<script>export default {}</script>\n")
    assert imported() & {"reviewlint.rules.api.created_with_200"}
