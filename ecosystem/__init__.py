"""What reviewlint says of public repositories, and how often it was right; see `ecosystem/README.md`."""
