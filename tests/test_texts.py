"""Encodings and lines."""

import codecs
from pathlib import Path

import pytest

from reviewlint.texts import Texts, decode, lines_of, misread, utf8

TEXT = "größe = 1\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("latin-1"),
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes) -> None:
    assert decode(data) == TEXT
    assert utf8(data) == TEXT.encode()


def test_a_declared_encoding_is_followed() -> None:
    data = ("#!/usr/bin/python\n# -*- coding: cp1251 -*-\n" + "имя = 1\n").encode("cp1251")
    assert decode(data).endswith("имя = 1\n")
    assert misread(data) is None


@pytest.mark.parametrize("name", [b"rot13", b"base64", b"no-such", b"\xff", b"undefined", b"idna"])
def test_a_declaration_that_names_no_text_encoding_is_passed_over(name: bytes) -> None:
    assert decode(b"# coding: " + name + b"\nx = '\xe9'\n").endswith("x = 'é'\n")


def test_the_offending_byte_is_named() -> None:
    assert misread(b"a\nb\n\xe9\n") == (3, 0xE9)
    assert misread(TEXT.encode()) is None


def test_only_newlines_end_a_line() -> None:
    assert lines_of("a\r\nb\x0cc\u2028d\re\n") == ["a", "b\x0cc\u2028d\re", ""]


def test_lines_of_a_file_that_is_gone_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x\r\ny\n")
    texts = Texts(tmp_path, {"b.py": b"z"})
    assert texts.lines("a.py") == ["x", "y", ""]
    assert texts.lines("b.py") == ["z"]
    assert texts.lines("c.py") == []
