"""The documentation as a site: it builds without a warning, and no link of it leads nowhere."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from reviewlint import catalogue, checklists

pytest.importorskip("sphinx", reason="the extra `docs` is not installed")
pytest.importorskip("furo", reason="the extra `docs` is not installed")

DOCS = Path(__file__).parent.parent / "docs"


class Page(HTMLParser):
    """What a page links to, and what can be linked to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if name in ("href", "src") and value and not (tag == "link" and not value.endswith((".css", ".html"))):
                self.links.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as strictly as it can be."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-b", "html", str(DOCS), str(folder)]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_no_link_leads_nowhere(site: Path) -> None:
    pages = {path: Page(path.read_text("utf-8")) for path in site.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            if not target.is_file() or (known is not None and unquote(parts.fragment) not in known.anchors):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []
    assert len(pages) > len(catalogue.names())


def test_every_rule_and_every_checklist_has_its_page(site: Path) -> None:
    for name in catalogue.names():
        text = (site / "rules" / f"{name}.html").read_text("utf-8")
        assert all(f'id="{part}"' in text for part in ("why", "examples", "ignoring")), name
    for name in checklists.names():
        text = re.sub(r"<[^>]+>|\s+", " ", (site / "checklists" / f"{name}.html").read_text("utf-8"))
        assert len(text) > 1000


def test_what_was_measured_stands_on_the_rules_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import pages

    (tmp_path / "precision.json").write_text('{"rls-disabled": {"read": 40, "right": 39, "projects": 12}}')
    monkeypatch.setattr(pages, "HERE", tmp_path)
    pages._precision.cache_clear()
    page = pages._rule(catalogue.load("rls-disabled"))
    pages._precision.cache_clear()
    assert "\n- measured precision: 39 of 40 findings that were read are right, in 12 open-source projects\n" in page
    assert "\n- security severity: 8.6 of 10\n" in page
    assert "\n- fix: `--fix` mends it, behaviour is kept\n" in page
    assert ":emphasize-lines: " in page
