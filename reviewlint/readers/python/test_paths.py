"""Which files of Python are tests."""

from functools import cache
from posixpath import basename


@cache
def is_test(path: str) -> bool:
    """Whether the path is that of tests or of what tests share."""
    name = basename(path)
    folders = path.split("/")[:-1]
    return (
        name.startswith("test_")
        or name.endswith(("_test.py", "_tests.py"))
        or name in ("tests.py", "conftest.py")
        or bool({"tests", "test", "testing"}.intersection(folders))
    )
