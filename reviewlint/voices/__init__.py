"""How a voice speaks: remarks for findings, and the verdict."""
