"""Ignore comments: what is one, what it covers, and what to delete when it is of no use."""

from typing import NamedTuple

import pytest

from reviewlint import readers
from reviewlint.classify import classify
from reviewlint.facts.file import IgnoreComment
from reviewlint.facts.location import Location
from reviewlint.source import Source
from reviewlint.texts import lines_of


class Seen(NamedTuple):
    rules: str
    reason: str
    lines: tuple[int, int]


def comments(path: str, text: str) -> list[IgnoreComment]:
    source = classify(path, text.encode())
    assert isinstance(source, Source)
    return [fact for fact in readers.read(source, text.encode()).facts if isinstance(fact, IgnoreComment)]


def seen(path: str, text: str) -> list[Seen]:
    return [
        Seen(" ".join(comment.rules), comment.reason, (comment.first_line, comment.last_line))
        for comment in comments(path, text)
    ]


def without(text: str, at: Location) -> str:
    """The text without what stands at `at`."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines) + 1)]
    return text[: starts[at.line - 1] + at.column - 1] + text[starts[at.end_line - 1] + at.end_column - 1 :]


ON_ITS_LINE = [
    ("a.py", "x = 1  # reviewlint: ignore[a] why\n"),
    ("a.py", "x = 1  #reviewlint:ignore[ a ]why\n"),
    ("a.py", "x = 1  # noqa: E501  # reviewlint: ignore[a] why\n"),
    ("a.py", "x = 1  # reviewlint: ignore[a] why  # noqa\n"),
    ("a.ts", "const x = 1; // reviewlint: ignore[a] why\n"),
    ("a.ts", "const x = /* reviewlint: ignore[a] why */ 1;\n"),
    ("a.tsx", "const x = <a>{/* reviewlint: ignore[a] why */} b</a>;\n"),
    ("a.js", "x = 1 // eslint-disable-line // reviewlint: ignore[a] why\n"),
    ("a.sql", "select 1; -- reviewlint: ignore[a] why\n"),
    ("a.sql", "select 1 /* reviewlint: ignore[a] why */;\n"),
    (".env", "A=1 # reviewlint: ignore[a] why\n"),
    ("a.toml", "a = 1 # reviewlint: ignore[a] why\n"),
    ("tsconfig.json", '{"a": 1} // reviewlint: ignore[a] why\n'),
    ("a.jsonc", '{"a": 1 /* reviewlint: ignore[a] why */}\n'),
    ("a.yml", "a: 1 # reviewlint: ignore[a] why\n"),
    ("Dockerfile", "ENV A=1 # reviewlint: ignore[a] why\n"),
    ("a.go", "x := 1 // reviewlint: ignore[a] why\n"),
    ("a.md", "text <!-- reviewlint: ignore[a] why -->\n"),
]


@pytest.mark.parametrize(("path", "text"), ON_ITS_LINE)
def test_a_comment_beside_code_covers_its_line(path: str, text: str) -> None:
    assert seen(path, text) == [Seen("a", "why", (1, 1))]


NO_COMMENTS = [
    ("a.py", 'x = "# reviewlint: ignore[a]"\n'),
    ("a.py", 'x = """\n# reviewlint: ignore[a]\n"""\n'),
    ("a.py", "x = 1  # to look away, write reviewlint: ignore[a] beside it\n"),
    ("a.py", "x = 1  # reviewlint: reads this\n"),
    ("a.ts", "const x = '// reviewlint: ignore[a]';\n"),
    ("a.ts", "const x = `\n// reviewlint: ignore[a]\n`;\n"),
    ("a.ts", "const x = /\\/\\/ reviewlint: ignore[a]/;\n"),
    ("a.tsx", "const x = <a>// reviewlint: ignore[a]</a>;\n"),
    ("a.sql", "select '-- reviewlint: ignore[a]';\n"),
    ("a.sql", "select '''-- reviewlint: ignore[a]';\n"),
    ("a.sql", "select E'\\'-- reviewlint: ignore[a]';\n"),
    ("a.sql", 'select "-- reviewlint: ignore[a]";\n'),
    ("a.sql", "do $body$ begin -- reviewlint: ignore[a]\nend $body$;\n"),
    ("a.sql", "select $$ -- reviewlint: ignore[a] $$;\n"),
    ("a.sql", "/* /* */ select 1; */ select 1;\n"),
    (".env", 'A="x # reviewlint: ignore[a]"\n'),
    (".env", "A=x#reviewlint: ignore[a]\n"),
    ("a.toml", 'a = "# reviewlint: ignore[a]"\n'),
    ("a.toml", 'a = """\n# reviewlint: ignore[a]\n"""\n'),
    ("a.toml", "a = '''\n# reviewlint: ignore[a]\n'''\n"),
    ("a.json", '{"a": "// reviewlint: ignore[a]"}\n'),
    ("a.yml", "a: '# reviewlint: ignore[a]'\n"),
    ("a.go", 'x := "// reviewlint: ignore[a]"\n'),
    ("a.md", "Write `# reviewlint: ignore[a]` beside it.\n"),
]


@pytest.mark.parametrize(("path", "text"), NO_COMMENTS)
def test_only_real_comments_count(path: str, text: str) -> None:
    assert seen(path, text) == []


ALONE = [
    ("a.py", "# reviewlint: ignore[a]\nx = f(\n    1,\n)\ny = 1\n", (1, 4)),
    ("a.py", "# reviewlint: ignore[a]\n\n# more\nx = 1\ny = 1\n", (1, 4)),
    ("a.py", "# reviewlint: ignore[a]\n@get('/')\nasync def f(\n    a,\n):\n    # b\n    return 1\n", (1, 5)),
    ("a.py", "def f():\n    # reviewlint: ignore[a]\n    x = f(\n        1\n    )\n    y = 1\n", (2, 5)),
    ("a.py", "# reviewlint: ignore[a]\nif a:\n    x = 1\n", (1, 2)),
    ("a.py", "f(\n    # reviewlint: ignore[a]\n    g(\n        1\n    ),\n    2,\n)\n", (2, 5)),
    ("a.py", "x = 1\n# reviewlint: ignore[a]", (2, 2)),
    ("a.ts", "// reviewlint: ignore[a]\nconst x = f(\n  1,\n);\nlet y;\n", (1, 4)),
    ("a.ts", "/*\n * reviewlint: ignore[a]\n */\nconst x = f(\n  1,\n);\nlet y;\n", (1, 6)),
    ("a.ts", "// reviewlint: ignore[a]\napp.get('/', (q, s) => {\n  s.send(1);\n});\n", (1, 2)),
    (
        "a.ts",
        "class A {\n  // reviewlint: ignore[a]\n  @Get()\n  @Post()\n  f(\n    a,\n  ) {\n    b();\n  }\n}\n",
        (2, 7),
    ),
    ("a.ts", "const x = {\n  // reviewlint: ignore[a]\n  a: f(\n    1,\n  ),\n  b: 2,\n};\n", (2, 5)),
    ("a.ts", "db\n  // reviewlint: ignore[a]\n  .from('x')\n  .select();\n", (2, 3)),
    (
        "a.tsx",
        "x = (\n  <a>\n    {/* reviewlint: ignore[a] */}\n    <b\n      c\n    >\n      <d />\n    </b>\n  </a>\n);\n",
        (3, 6),
    ),
    ("a.sql", "-- reviewlint: ignore[a]\ncreate table x (\n  a int\n);\nselect 1;\n", (1, 4)),
    ("a.sql", "create table x (\n  -- reviewlint: ignore[a]\n  a int,\n  b int\n);\n", (2, 3)),
    ("a.sql", "/* reviewlint: ignore[a] */\n-- more\ncreate function f() as $$\n  select 1;\n$$;\nselect 1;\n", (1, 5)),
    (".env", "# reviewlint: ignore[a]\nA=1\nB=1\n", (1, 2)),
    ("a.toml", "# reviewlint: ignore[a]\n\na = 1\n", (1, 3)),
    ("package.json", '{\n  // reviewlint: ignore[a]\n  "a": 1\n}\n', (2, 3)),
    ("a.yml", "# reviewlint: ignore[a]\na: 1\n", (1, 2)),
]


@pytest.mark.parametrize(("path", "text", "lines"), ALONE)
def test_a_comment_alone_covers_the_next_statement_without_its_blocks(
    path: str, text: str, lines: tuple[int, int]
) -> None:
    assert seen(path, text) == [Seen("a", "", lines)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "f('''\n{x}\n''')  # reviewlint: ignore[a]\n"),
        ("a.py", "f(f'''\n{x('''\na''')}\n''')  # reviewlint: ignore[a]\n"),
        ("a.ts", "f(`\n${x}\n`) // reviewlint: ignore[a]\n"),
    ],
)
def test_a_line_begins_where_its_string_begins(path: str, text: str) -> None:
    [(_, _, (first, last))] = seen(path, text)
    assert (first, last) == (1, text.count("\n"))


def test_a_whole_file() -> None:
    assert seen("a.py", "x = 1\n# reviewlint: ignore-file[a, b-c] all of it is\ny = 1\n") == [
        Seen("a b-c", "all of it is", (1, 4))
    ]


@pytest.mark.parametrize(
    "comment",
    ["ignore", "ignore all of this", "ignore[]", "disable", "ignore-next-line[a]", "noqa", "ignore-file", "skip-file"],
)
def test_forms_that_do_not_exist_are_comments_that_ignore_nothing(comment: str) -> None:
    [found] = comments("a.py", f"x = 1  # reviewlint: {comment}\n")
    assert found.rules == ()


def test_columns_count_code_points() -> None:
    [found] = comments("a.py", "größe = 'é'  # reviewlint: ignore[a] é\n")
    assert found.at == Location("a.py", 1, 14, 1, 39)
    assert found.names == Location("a.py", 1, 35, 1, 36)


@pytest.mark.parametrize(
    ("path", "text", "rest"),
    [
        ("a.py", "x = 1  # reviewlint: ignore[a] why\ny = 1\n", "x = 1\ny = 1\n"),
        ("a.py", "x = 1\n    # reviewlint: ignore[a] why\ny = 1\n", "x = 1\ny = 1\n"),
        ("a.py", "x = 1\n# reviewlint: ignore[a]", "x = 1\n"),
        ("a.py", "x = 1  # noqa: E501 # reviewlint: ignore[a] why\n", "x = 1  # noqa: E501\n"),
        ("a.py", "x = 1  # reviewlint: ignore[a] why # noqa\n", "x = 1  # noqa\n"),
        ("a.ts", "const x = /* reviewlint: ignore[a] */ 1;\n", "const x = 1;\n"),
        ("a.tsx", "x = (\n  <a>\n    {/* reviewlint: ignore[a] */}\n  </a>\n);\n", "x = (\n  <a>\n  </a>\n);\n"),
        ("a.tsx", "x = <a>b {/* reviewlint: ignore[a] */}</a>;\n", "x = <a>b</a>;\n"),
        ("a.sql", "select 1; -- reviewlint: ignore[a]\n", "select 1;\n"),
        ("a.md", "text\n<!-- reviewlint: ignore[a] why -->\nmore\n", "text\nmore\n"),
    ],
)
def test_the_removal_takes_the_comment_and_nothing_else(path: str, text: str, rest: str) -> None:
    [found] = comments(path, text)
    assert without(text, found.removal) == rest


@pytest.mark.parametrize("path", ["a.py", "a.ts", "a.sql", ".env", "a.toml", "a.json", "a.yml", "a.md"])
def test_line_ends_of_windows_change_nothing(path: str) -> None:
    mark = {"a.py": "#", "a.ts": "//", "a.sql": "--", "a.json": "//"}.get(path, "#")
    line = f"{mark} reviewlint: ignore[a] why"
    line = f"<!-- {line[2:]} -->" if path == "a.md" else line
    assert seen(path, f"{line}\r\nx\r\n") == [Seen("a", "why", (1, 2))]


def test_lines_of_a_text_agree_with_those_of_the_readers() -> None:
    text = "x = 1\x0c\u2028\r\n# reviewlint: ignore[a]\n"
    [found] = comments("a.py", text)
    assert "reviewlint" in lines_of(text)[found.at.line - 1]
