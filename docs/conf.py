"""How the documentation is built: `sphinx-build -W -n docs build/site`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))
import pages

from reviewlint import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "reviewlint"
release = __version__
copyright = "the reviewlint authors"
extensions = ["myst_parser"]
exclude_patterns = ["Thumbs.db", ".DS_Store"]
nitpicky = True

myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
suppress_warnings = ["misc.highlighting_failure"]  # examples of broken source

html_theme = "furo"
html_title = "reviewlint"
html_static_path = ["_static"]
html_css_files = ["reviewlint.css"]
html_show_sphinx = False
html_copy_source = False
html_extra_path = ["review.schema.json"]
pygments_style = "default"
pygments_dark_style = "monokai"


def setup(app: "Sphinx") -> None:
    """Write the pages that are made from the rules, before anything is read."""
    pages.write(Path(app.srcdir))
