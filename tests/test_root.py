"""A folder whose reviewlint.toml says `root = true` is a project of its own."""

import subprocess
from pathlib import Path

from reviewlint import discovery


def test_a_declared_root_is_found_from_below_and_left_out_from_above(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    sample = tmp_path / "samples" / "shop"
    (sample / "api").mkdir(parents=True)
    (sample / "reviewlint.toml").write_text("root = true\n")
    (sample / "api" / "main.py").write_text("x = 1\n")
    (tmp_path / "main.py").write_text("y = 1\n")
    assert discovery.find_root(sample / "api") == sample
    assert discovery.find_root(tmp_path / "samples") == tmp_path
    assert [source.path for source in discovery.discover(sample).sources] == ["api/main.py", "reviewlint.toml"]
    around = discovery.discover(tmp_path)
    assert [source.path for source in around.sources] == ["main.py"]
    assert {skipped.path: skipped.reason for skipped in around.skipped} == {
        "samples/shop/api/main.py": "another project (`root = true`)",
        "samples/shop/reviewlint.toml": "another project (`root = true`)",
    }


def test_a_broken_declaration_declares_nothing(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "reviewlint.toml").write_text("")
    (tmp_path / "inner" / "reviewlint.toml").write_text("root = = true\n")
    assert discovery.find_root(tmp_path / "inner") == tmp_path / "inner"  # nearest folder with settings
    assert len(discovery.discover(tmp_path).sources) == 2
