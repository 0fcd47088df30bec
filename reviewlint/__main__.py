"""`python -m reviewlint`."""

from .cli import main

main()
