"""`python -m reviewlint`."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the current directory: what is reviewed is not what is imported

from .cli import main

main()
