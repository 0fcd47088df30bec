"""reviewlint: executable review rules for backend code in Python, TypeScript and SQL."""

__version__ = "0.1.0"
