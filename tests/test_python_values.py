"""What the evaluator of Python makes of expressions: the value of the argument of `see(…)`, in a short notation.

Constants stand as `repr`, texts as `{part|part}`, choices as `(one or other)`, parameters as `$name.path`, references
as `@name`, environment variables as `env:NAME/default`, what is unknown as `?source?`.
"""

import textwrap
from pathlib import Path
from typing import Any

import pytest
from tree_sitter import Node

from reviewlint import readers
from reviewlint.facts.file import Side
from reviewlint.facts.values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
)
from reviewlint.readers.python import syntax
from reviewlint.readers.python.module import Module
from reviewlint.readers.python.scopes import Scope
from reviewlint.readers.python.variables import Variables
from reviewlint.source import Source


def shown(value: Value) -> str:
    match value:
        case Constant(value=constant):
            return repr(constant)
        case Text(parts=parts):
            return "{" + "|".join(shown(part) for part in parts) + "}"
        case Choice(options=options):
            return "(" + " or ".join(shown(option) for option in options) + ")"
        case Items(items=items, open=is_open):
            return "[" + ", ".join(shown(item) for item in items) + ("…" if is_open else "") + "]"
        case Record(entries=entries, open=is_open):
            return "<" + ", ".join(f"{key}={shown(entry)}" for key, entry in entries) + ("…" if is_open else "") + ">"
        case Call(callee=callee, arguments=arguments, keywords=keywords):
            given = [shown(one) for one in arguments] + [f"{name}={shown(one)}" for name, one in keywords]
            return f"{callee}({', '.join(given)})"
        case Parameter(name=name, path=path, annotation=annotation):
            return f"${name}{path}" + (f":{annotation}" if annotation else "")
        case Reference(name=name):
            return f"@{name}"
        case Environment(name=name, default=default):
            return f"env:{name}" + (f"/{shown(default)}" if default is not None else "")
        case Unknown(source=source):
            return f"?{source}?"


def seen(source: str) -> str:
    data = textwrap.dedent(source).encode()
    module = Module("a.py", data, syntax.parse(data))
    calls: list[Node] = [node for node in module.calls if module.callee(node) == "see"]
    return shown(module.value(module.arguments(calls[-1])[0]))


def within(body: str, parameters: str = "a, b, c") -> str:
    return seen(f"def f({parameters}):\n" + textwrap.indent(textwrap.dedent(body), "    "))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1", "1"),
        ("0x_ff", "255"),
        ("-2", "-2"),
        ("1.5", "1.5"),
        ("None", "None"),
        ("True", "True"),
        ('"a"', "'a'"),
        ('"a" "b"', "'ab'"),
        ("('a'\n 'b')", "'ab'"),
        (r'"a\n\x41\u0042\101\"\\ \q"', r"""'a\nABA"\\ \\q'"""),
        (r'r"a\n"', r"'a\\n'"),
        (r'b"a\x41"', "'aA'"),
        ('"""a\n  b"""', r"'a\n  b'"),
        ('"a\\\nb"', "'ab'"),
        ('f"a{1}b"', "'a1b'"),
        ('f"{{a}}"', "'{a}'"),
        ('"a" + "b" + "c"', "'abc'"),
        ('"ab" * 2', "'abab'"),
        ("2 * 3 + 1", "7"),
        ('"é" f"{x}"', "{'é'|@x}"),
        ('("a")', "'a'"),
        ('"a" if x else "b"', "('a' or 'b')"),
        ('"a" if x else "a"', "'a'"),
        ('x or "b"', "(@x or 'b')"),
        ('"" or "b"', "'b'"),
        ("[1, *x, 2]", "[1, 2…]"),
        ("[1, *[3, 4]]", "[1, 3, 4]"),
        ("(1, 2)", "[1, 2]"),
        ("{1, 2}", "[1, 2]"),
        ('{"a": 1, "b": x}', "<a=1, b=@x>"),
        ('{"a": 1, **x}', "<a=1…>"),
        ('{**{"a": 1}, "b": 2}', "<a=1, b=2>"),
        ('{"a": 1, x: 2}', "<a=1…>"),
        ("dict(a=1, b=2)", "<a=1, b=2>"),
        ("dict(x, b=2)", "dict(@x, b=2)"),
        ('{"a": 1} | {"b": 2}', "<a=1, b=2>"),
        ('{"a": 1}["a"]', "1"),
        ('{"a": 1, "b": 2}[x]', "(1 or 2)"),
        ('{"a": 1}.get("a")', "1"),
        ('{"a": "p", "b": "q"}.get(x, "p")', "('p' or 'q')"),
        ("[1, 2][1]", "2"),
        ("[1, 2][x]", "(1 or 2)"),
        ("x.y.z", "@x.y.z"),
        ('x["k"].z', "@x.k.z"),
        ("x[0]", "@x[]"),
        ("x[i]", "@x[]"),
        ("f(1, k=2)", "f(1, k=2)"),
        ("f(*x, **y)", "f(*=@x, **=@y)"),
        ("f(*[1, 2])", "f(1, 2)"),
        ("await f()", "f()"),
        ("f().y", "@f().y"),
        ("not x", "?not x?"),
        ("x < 1", "?x < 1?"),
        ("lambda: 1", "?lambda: 1?"),
        ("int(x)", "int(@x)"),
        ("len(x)", "len(@x)"),
        ("x - 1", "int(@x, 1)"),
        ("x - y", "?x - y?"),
        ("len(x) * 2", "int(2, len(@x))"),
        ("len(x) * y", "?len(x) * y?"),
        ('x / "a"', '?x / "a"?'),
        ("str('a')", "'a'"),
        ("str(1)", "'1'"),
        ("str(x)", "str(@x)"),
    ],
)
def test_expression(expression: str, value: str) -> None:
    assert seen(f"see({expression})") == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('f"a {a} b"', "{'a '|$a|' b'}"),
        ('f"{a!r:>10}"', "{$a}"),
        ('f"{a:d} {b:.2f}"', "{int($a)|' '|float($b)}"),
        ('"a %s b" % a', "{'a '|$a|' b'}"),
        ('"%s-%s" % (a, b)', "{$a|'-'|$b}"),
        ('"%(x)s %(y)s" % {"x": a, "y": "k"}', "{$a|' k'}"),
        ('"%d%% of %5.1f" % (a, b)', "{int($a)|'% of '|float($b)}"),
        ('"%s %s" % ("x", "y")', "'x y'"),
        ('"%s %s" % (a,)', "{$a|' '|?%s?}"),
        ("a % (b, c)", "{$a|$b|$c}"),
        ("a % 2", "?a % 2?"),
        ('"{} {}".format(a, b)', "{$a|' '|$b}"),
        ('"{1} {0}".format(a, b)', "{$b|' '|$a}"),
        ('"{x} {y.z} {y[k]}".format(x=a, y=b)', "{$a|' '|$b.z|' '|$b.k}"),
        ('"{x}".format(**a)', "{$a.x}"),
        ('"{x}".format_map({"x": a})', "{$a}"),
        ('"{:d}".format(a)', "{int($a)}"),
        ('"{{}} {}".format("k")', "'{} k'"),
        ('"{".format(a)', "{?.format()?}"),
        ('"a " + a + " b"', "{'a '|$a|' b'}"),
        ("a + b", "?a + b?"),
        ('", ".join([a, "k", b])', "{$a|', k, '|$b}"),
        ('", ".join(["x", "y"])', "'x, y'"),
        ('", ".join(a)', "{$a[]}"),
        ('", ".join(["%s"] * len(a))', "'%s'"),
        ('",".join("?" * 3)', "'?,?,?'"),
        ('", ".join("%s" for _ in a)', "'%s'"),
        ('", ".join(f"{x} = 1" for x in a)', "{$a[]|' = 1'}"),
        ('", ".join(f"{x} = 1" for x in ("p", "q"))', "'p = 1, q = 1'"),
        ('", ".join(f"{k}={v}" for k, v in {"p": a}.items())', "{'p='|$a}"),
        ('", ".join(map(str, a))', "{str($a[])}"),
        ('", ".join(str(int(x)) for x in a)', "{str(int($a[]))}"),
        ('"a {t}".replace("{t}", a)', "{'a '|$a}"),
        ('"a b".replace("b", "c")', "'a c'"),
        ('f"a {a}".strip()', "{'a '|$a}"),
        ('" a ".strip()', "'a'"),
        ('"a,b".split(",")', "['a', 'b']"),
        ('"A".lower()', "'a'"),
        ("a.strip()", "a.strip()"),
        ('("x" if a else "y") + b', "{('x' or 'y')|$b}"),
        ("a.query.id", "$a.query.id"),
        ('a["id"]', "$a.id"),
        ("a[0]", "$a[]"),
        ("a[1:]", "$a"),
        ('", ".join(f"{k} = {v}" for k, v in a.items())', "{$a[]|' = '|$a[]}"),
        ('", ".join(a.keys())', "{$a[]}"),
        ('a.split(",")[0]', "a.split(',')"),
    ],
)
def test_text_of_parameters(expression: str, value: str) -> None:
    assert within(f"see({expression})") == value


def test_parameters_have_annotations_and_spreads() -> None:
    assert within("see((a, b, rest, more))", "a: int, b: Optional[str] = None, *rest, **more") == (
        "[$a:int, $b:Optional[str], $rest, $more]"
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('os.environ["K"]', "env:K"),
        ('os.environ.get("K", "d")', "env:K/'d'"),
        ('os.getenv("K")', "env:K"),
        ('environ["K"]', "env:K"),
        ('env("K") or "d"', "env:K/'d'"),
        ('os.getenv("K", default="d")', "env:K/'d'"),
    ],
)
def test_environment(expression: str, value: str) -> None:
    assert seen(f"import os\nfrom os import environ, getenv as env\nsee({expression})") == value


def test_names_are_resolved_through_imports() -> None:
    source = """
        import numpy as np, os.path
        from .models import User as U
        from .. import base
        from app.db import *
        see([np.array(1), os.path.join("a"), U.name, base.x, other])
    """
    assert seen(source) == "[numpy.array(1), os.path.join('a'), @.models.User.name, @..base.x, @other]"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("x = 'a'\nsee(x)", "'a'"),
        ("x = 'a'\nx = 'b'\nsee(x)", "'b'"),
        ("x: str = 'a'\nsee(x)", "'a'"),
        ("x = y = 'a'\nsee(x)", "'a'"),
        ("x, y = 'a', 'b'\nsee(y)", "'b'"),
        ("x, (y, *z) = a\nsee(y)", "$a[][]"),
        ("see(x)\nx = 'a'", "@x"),
        ("a = 'k'\nsee(a)", "'k'"),
        ("a = a.strip()\nsee(a)", "a.strip()"),
        ("if (x := a): see(x)", "$a"),
        ("see((x := 'a') + x)", "'aa'"),
        ("with open(a) as x:\n    see(x)", "open($a)"),
        ("with one() as y, y.cursor() as x:\n    pass\nsee(x)", "y.cursor()"),
        ("for x in a:\n    see(x)", "$a[]"),
        ("for x in ('p', 'q'):\n    see(x)", "('p' or 'q')"),
        ("for k, v in {'p': a, 'q': 2}.items():\n    see(k)", "('p' or 'q')"),
        ("for i, x in enumerate(a):\n    see((i, x))", "[int(), $a[]]"),
        ("for i in range(3):\n    see(i)", "int(3)"),
        ("for x, y in zip(a, b):\n    see(y)", "$b[]"),
        ("def g():\n    x = 'inner'\nx = 'outer'\nsee(x)", "'outer'"),
        ("x = 'a'\ndef g():\n    see(x)", "'a'"),
        ("if a:\n    x = 'a'\n    def g():\n        see(x)\n    return g", "'a'"),
        ("x = 'a'\ndef g():\n    see(x)\nx = 'b'", "('a' or 'b')"),
        ("x = [y for y in a]\nsee(x)", "[$a[]…]"),
        ("del a\nsee(a)", "@a"),
        ("def g():\n    nonlocal b\n    see(b)", "$b"),
    ],
)
def test_assignments(body: str, value: str) -> None:
    assert within(body) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("x = 'a'\nif b:\n    x = 'b'\nsee(x)", "('b' or 'a')"),
        ("if b:\n    x = 'b'\nelse:\n    x = 'c'\nsee(x)", "('b' or 'c')"),
        ("if b:\n    x = 'b'\nelif c:\n    x = 'c'\nelse:\n    x = a\nsee(x)", "('b' or 'c' or $a)"),
        ("x = 'a'\nif b:\n    x = 'b'\n    return\nsee(x)", "'a'"),
        ("x = 'a'\nif b:\n    x = 'b'\n    see(x)", "'b'"),
        ("x = 'a'\nif b:\n    see(x)\n    x = 'b'", "'a'"),
        ("x = 'a'\nwhile b:\n    see(x)\n    x = 'b'", "('a' or 'b')"),
        ("x = 'a'\nfor y in b:\n    x = y\nsee(x)", "('a' or $b[])"),
        ("try:\n    x = 'a'\nexcept E:\n    x = 'b'\nsee(x)", "('a' or 'b')"),
        ("try:\n    x = 'a'\nexcept E:\n    raise\nsee(x)", "'a'"),
        ("x = 'a'\ntry:\n    x = 'b'\nexcept E:\n    see(x)", "('a' or 'b')"),
        ("try:\n    x = 'a'\nexcept E:\n    return\nelse:\n    see(x)", "'a'"),
        ("try:\n    x = 'a'\nfinally:\n    x = 'b'\nsee(x)", "'b'"),
        ("match a:\n    case 1:\n        x = 'p'\n    case _:\n        x = 'q'\nsee(x)", "('p' or 'q')"),
        ("with a:\n    x = 'k'\nsee(x)", "'k'"),
        ("for y in b:\n    if y:\n        x = y\n        break\nsee(x)", "$b[]"),
        (
            "x = 'a'\nfor y in b:\n    if y:\n        x += y\n        continue\n    x += 'c'\nsee(x)",
            "{'a'|('c' or {$b[]})}",
        ),
    ],
)
def test_branches(body: str, value: str) -> None:
    assert within(body) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("x = 'a'\nx += 'b'\nsee(x)", "'ab'"),
        ("x = 'a '\nx += b\nx += ' c'\nsee(x)", "{'a '|$b|' c'}"),
        ("x = 'a'\nif b:\n    x += ' b'\nsee(x)", "{'a'|(' b' or '')}"),
        ("x = 'a'\nif b:\n    x += b\nelse:\n    x += 'c'\nsee(x)", "{'a'|({$b} or 'c')}"),
        ("x = 'a'\nfor y in b:\n    x += f' or {y}'\nsee(x)", "{'a or '|$b[]}"),
        ("x = 'a'\nx %= b\nsee(x)", "'a'"),
        ("x = '%s'\nx %= b\nsee(x)", "{$b}"),
        ("x = []\nx.append('a')\nx.append(b)\nsee(' and '.join(x))", "{'a and '|$b}"),
        ("x = []\nif b:\n    x.append('a')\nsee(x)", "['a']"),
        ("x = []\nfor y in b:\n    x.append(y)\nsee(', '.join(x))", "{$b[]}"),
        ("x = ['a']\nx += ['b']\nx.extend([c])\nsee(x)", "['a', 'b', $c]"),
        ("x = list()\nx.append(1)\nsee(x)", "[1]"),
        ("x = {}\nx['k'] = a\nx.update(l=1)\nsee(x)", "<k=$a, l=1>"),
        ("x = {'k': 1}\nx['k'] = 2\nsee(x)", "<k=2>"),
        ("x = {}\nx[a] = 1\nsee(x)", "<…>"),
        ("n = 0\nn += 1\nsee(n)", "int()"),
        ("n = 0\nfor y in a:\n    n += 1\nsee(n)", "int()"),
        ("a.append(1)\nsee(a)", "$a"),
    ],
)
def test_values_that_grow(body: str, value: str) -> None:
    assert within(body) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("n = 106\nif 7 * 18 + n > 200:\n    x = 'a'\nelse:\n    x = b\nsee(x)", "'a'"),
        ("n = 1\nx = 'a'\nif n > 2:\n    x = b\nsee(x)", "'a'"),
        ("n = 1\nx = 'a'\nif n > 2:\n    x += b\nsee(x)", "'a'"),
        ("n = 1\nif a:\n    x = 'a'\nelif n == 1:\n    x = 'b'\nelse:\n    x = c\nsee(x)", "('a' or 'b')"),
        ("n = 1\nsee('a' if n == 1 or b else c)", "'a'"),
        ("n = 1\nsee('a' if n == 1 and b else c)", "('a' or $c)"),
        ("n = 1\nsee('a' if not (n < 1) else c)", "'a'"),
        ("n = 'pq'[1]\nmatch n:\n    case 'p' | 'r':\n        x = a\n    case 'q':\n        x = 'k'\nsee(x)", "'k'"),
        (
            "n = 'pq'[1]\nmatch n:\n    case 'q' if b:\n        x = a\n    case _:\n        x = 'k'\nsee(x)",
            "($a or 'k')",
        ),
        ("n = 0\nx = 'a'\nfor y in b:\n    if n > 0:\n        x += y\n    n += 1\nsee(x)", "{'a'|({$b[]} or '')}"),
        ("n = 0\nif a.n > 0:\n    n = 1\nsee('a' if n > 0 else b)", "('a' or $b)"),
        ("n = 1\nsee('a' if n > 'b' else b)", "('a' or $b)"),
    ],
)
def test_conditions_that_constants_decide(body: str, value: str) -> None:
    assert within(body) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("x = ['p', a, 'q']\nx.pop(0)\nsee(x)", "[$a, 'q']"),
        ("x = ['p', a]\ny = x.pop()\nsee(x)", "['p']"),
        ("x = {'k': a, 'l': 1}\ndel x['k']\nsee(x)", "<l=1>"),
        ("x = {'k': a, 'l': 1}\nx.pop('l', None)\nsee(x)", "<k=$a>"),
        ("x = {'k': a, 'l': 1}\nif b:\n    del x['k']\nsee(x)", "<k=$a, l=1>"),
        ("x = {'k': a}\ndel x[b]\nsee(x)", "<k=$a>"),
        ("x = ['p', a]\nif b:\n    x.pop()\nsee(x)", "['p', $a…]"),
        ("x = ['p', a]\nx.pop(b)\nsee(x[0])", "?x[0]?"),
        ("x = ['p', a]\nx.remove('p')\nsee(x)", "['p', $a…]"),
        ("x = ['p', a]\nx.clear()\nsee(x)", "[]"),
    ],
)
def test_lists_that_shrink(body: str, value: str) -> None:
    assert within(body) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("if a not in ('p', 'q'):\n    raise E\nsee(a)", "('p' or 'q')"),
        ("if a not in ('p', 'q'):\n    a = 'p'\nsee(a)", "('p' or 'q')"),
        ("if a in {'p': 1, 'q': 2}:\n    see(a)", "('p' or 'q')"),
        ("if a in ('p', 'q'):\n    pass\nsee(a)", "$a"),
        ("if a in ('p', 'q'):\n    pass\nelse:\n    see(a)", "$a"),
        ("assert a in ALLOWED\nsee(a)", "@ALLOWED[]"),
        ("if not (a in ALLOWED and b):\n    return\nsee(a)", "@ALLOWED[]"),
        ("if a not in ALLOWED or b:\n    return\nsee(a)", "@ALLOWED[]"),
        ("if a not in ALLOWED and b:\n    return\nsee(a)", "$a"),
        ("if a.b not in ALLOWED:\n    return\nsee(a.b)", "@ALLOWED[]"),
        ("if a not in ALLOWED:\n    return\na = c\nsee(a)", "$c"),
        ("see(a if a in ALLOWED else 'p')", "(@ALLOWED[] or 'p')"),
        ("if a == 'p':\n    see(a)", "'p'"),
        ("if a in b:\n    see(a)", "$a"),
        ("if a in 'pq':\n    see(a)", "$a"),
        ("def g(): pass\nif b in ALLOWED:\n    see(a)", "$a"),
    ],
)
def test_tests_that_narrow(body: str, value: str) -> None:
    assert within(body) == value


def test_module_constants_and_those_that_functions_change() -> None:
    source = """
        T = "users"
        U = f"{T}_u"
        V = None
        def g():
            global V
            V = 1
        def f():
            see((T, U, V))
    """
    assert seen(source) == "['users', 'users_u', @V]"


def test_class_attributes_and_what_init_assigns() -> None:
    source = """
        class K(Base):
            TABLE = "k"
            NAME = TABLE + "_n"
            conn = None
            def __init__(self, conn: Conn):
                self.conn = conn
            def f(self):
                see((self.TABLE, K.NAME, self.conn, self.other, self.run()))
    """
    assert seen(source) == "['k', 'k_n', $conn:Conn, @self.other, self.run()]"


def test_helpers_of_the_file_that_give_back_text() -> None:
    source = """
        def q(t, n=10):
            return f"select * from {t} limit {n}"
        class K:
            @staticmethod
            def one(x): return "one " + x
            def two(self, x):
                if x: return "two"
                return "2"
            def f(self, a):
                see((q("u"), q(t=a), K.one(a), self.two(a)))
    """
    assert seen(source) == (
        "['select * from u limit 10', {'select * from '|$a|' limit 10'}, {'one '|$a}, ('two' or '2')]"
    )


def test_generators_and_helpers_of_other_values_stay_calls() -> None:
    source = """
        def rows():
            yield "a"
        def number(): return 1
        def again(): return again() + "x"
        see((rows(), number(), again()))
    """
    assert seen(source) == "[rows(), number(), {again()|'x'}]"


@pytest.mark.parametrize(
    "source",
    [
        "see(" + "(" * 3000 + "1" + ")" * 3000 + ")",
        "see(" + " + ".join(["x"] * 5000) + ")",
        "see(" + "x" + ".a()" * 3000 + ")",
        "see(" + "[" * 3000 + "]" * 3000 + ")",
        "def f(x):\n" + "    x = f'{x}{x}'\n" * 300 + "    see(x)",
        "def f(x):\n" + "    if x:\n        x = g(x, x)\n" * 300 + "    see(x)",
        "def f(x):\n"
        + "".join(
            f"    if a{n}:\n        x = x.where({n})\n    elif b{n}:\n        x = x.also({n})\n" for n in range(30)
        )
        + "    see(x)",
        "def f(x):\n" + "    x += 'a'\n" * 3000 + "    see(x)",
        "def f(x):\n" + "".join(" " * n + "if x:\n" for n in range(4, 300)) + " " * 300 + "see(x)",
        "x = y\ny = x\nsee(x)",
        "see(f'" + "{x}" * 5000 + "')",
    ],
)
def test_hostile_sizes_end(source: str) -> None:
    assert seen(source)


def test_what_reaches_a_place_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that is narrowed on ten conditions has a thousand ways to come about."""
    asked: list[tuple[object, ...]] = []
    find = Variables._found

    def found(self: Variables, scope: Scope, name: str, position: int | None, *rest: Any) -> Value | None:
        asked.append((scope.number, name, position))
        return find(self, scope, name, position, *rest)

    monkeypatch.setattr(Variables, "_found", found)
    text = (Path(__file__).parent / "fixtures" / "long_queries.py.txt").read_bytes()
    readers.read(Source("books.py", "python", Side.SERVER, len(text)), text)
    assert any(name == "found" for _, name, _ in asked)
    assert len(asked) == len(set(asked))
