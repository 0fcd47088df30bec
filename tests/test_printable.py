"""Nothing that is printed is obeyed by a terminal or by the GitHub Actions runner."""

import pytest

from reviewlint.printable import guarded, printable, printable_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcödé 日本語 👩‍💻", "plain ünïcödé 日本語 👩‍💻"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred\x9b0m", "\\x1b[31mred\\x9b0m"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("caf\udce9.py", "caf\\udce9.py"),
        ("a\U000e0041b\u2028c\ufeff", "a\\U000e0041b\\u2028c\\ufeff"),
    ],
)
def test_characters_that_do_something_are_written_as_escapes(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_lines_keep_their_indentation() -> None:
    assert printable_lines("if x:\r\n\treturn '\x07'\n") == ["if x:", "    return '\\x07'", ""]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("::error::x\n  ::debug::y\n", "\\:\\::error::x\n  \\:\\::debug::y\n".replace("\\:\\::", "\\::")),
        ("\x1b[1m::error::x", "\x1b[1m\\::error::x"),
        ("a :: b", "a :: b"),
        ("x ##[error]y ####[group]", "x #\\#[error]y ###\\#[group]"),
        ("##vso[task]", "#\\#vso[task]"),
        ("## a heading [link]", "## a heading [link]"),
    ],
)
def test_commands_are_broken_and_all_else_is_kept(text: str, safe: str) -> None:
    assert guarded(text) == safe
