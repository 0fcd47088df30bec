"""What the evaluator of TypeScript makes of expressions: the values of the arguments of `see(…)`, in a short notation.

Constants stand as `repr`, texts as `{part|part}`, choices as `(one or other)`, parameters as `$name.path`, references
as `@name`, environment variables as `env:NAME/default`, calls as `name(…)`, what is unknown as `?source?`.
"""

import pytest

from reviewlint.facts.file import Side
from reviewlint.facts.location import Location
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
    named,
)
from reviewlint.readers.typescript import values
from reviewlint.readers.typescript.grammar import parsed
from reviewlint.readers.typescript.module import Module
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
        case Call(callee=callee, arguments=arguments):
            return f"{callee}({', '.join(shown(argument) for argument in arguments)})"
        case Reference(name=name):
            return f"@{name}"
        case Parameter(name=name, path=path, annotation=annotation):
            return f"${name}{path}" + (f":{annotation}" if annotation else "")
        case Environment(name=name, default=default):
            return f"env:{name}" + (f"/{shown(default)}" if default is not None else "")
        case Unknown(source=source):
            return f"?{source}?"


def module_of(text: str, path: str = "src/a.ts") -> Module:
    source = Source(path, "typescript", Side.SERVER, len(text))
    data = text.encode()
    return Module(source, data, *parsed(source, data))


def seen(text: str) -> list[str]:
    module = module_of(text)
    return [
        shown(module.value(argument))
        for call in module.calls
        if module.callee(call) == "see"
        for argument in module.arguments(call)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a\\n\\u00e9\\x41\\u{1F600}'", "'a\\néA😀'"),
        ("`a\\`b`", "'a`b'"),
        ("'a' + 1 + true + null", "'a1truenull'"),
        ("1 + 2, 2 * 3 - 1", "3 5"),
        ("1 + 2 + 'a' + 3", "'3a3'"),
        ("0x1f, 1_000, 1.5, 10n, -3", "31 1000 1.5 10 -3"),
        ("true, null, undefined, void 0", "True None None None"),
        ("(('a' as string)!) satisfies string", "'a'"),
        ("await (<string>'a')", "'a'"),
        ("`x ${a} y`", "{'x '|@a|' y'}"),
        ("`x ${'a'} ${1} y`", "'x a 1 y'"),
        ("'a' + b + 'c' + 'd'", "{'a'|@b|'cd'}"),
        ("'a'.concat(b, 'c')", "{'a'|@b|'c'}"),
        ("['a', 'b'].join(' and ')", "'a and b'"),
        ("['a', b].join()", "{'a,'|@b}"),
        ("[...'x', ...['a', 'b'], c]", "[?...'x'?, 'a', 'b', @c…]"),
        ("names.join(', ')", "{@names}"),
        ("c ? 'a' : 'b'", "('a' or 'b')"),
        ("c ? 'a' : 'a'", "'a'"),
        ("a || 'b'", "(@a or 'b')"),
        ("a ?? b", "(@a or @b)"),
        ("c && 'x'", "(False or 'x')"),
        ("{a: 1, 'b-c': 2, [`d`]: 3, e}", "<a=1, b-c=2, d=3, e=@e>"),
        ("{...x, a: 1}", "<a=1…>"),
        ("{...{a: 1}, b: 2}", "<a=1, b=2>"),
        ("{[k]: 1}", "<…>"),
        ("{...(c ? {a: 1} : {})}", "<a=(1)…>"),
        ("f(a, 1)", "f(@a, 1)"),
        ("new Foo.Bar('x')", "Foo.Bar('x')"),
        ("a.b?.c!.d", "@a.b.c.d"),
        ("a['b'].c", "@a.b.c"),
        ("a[i].c", "@a[].c"),
        ("x.trim()", "x.trim()"),
        ("' a '.trim() + b", "{' a '|@b}"),
        ("'a-b'.replace('-', '+')", "'a+b'"),
        ("`${a}x`.replace(/x/g, b)", "{@a|'x'|@b}"),
        ("!a, typeof a, a === b, () => 1", "?!a? ?typeof a? ?a === b? ?() => 1?"),
        ("i + 1", "{@i|'1'}"),
        ("i - 1, -i, i++, a.length, +a", "Number(@i, 1) Number(@i) Number(@i) Number(@a) Number(@a)"),
        ("Math.max(1, x) + 1", "Number(Math.max(1, @x), 1)"),
        ("sql`select ${a}`", "sql({'select '|@a})"),
        ("String.raw`a ${b}`", "{'a '|@b}"),
        ("JSON.stringify({a})", "JSON.stringify(<a=@a>)"),
        ("Object.freeze(['a'])", "['a']"),
        ("(1, 'b')", "'b'"),
    ],
)
def test_expression(expression: str, expected: str) -> None:
    assert " ".join(seen(f"see({expression})")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see(process.env.A, process.env['B'], import.meta.env.C, Bun.env.D, Deno.env.get('E'))", "A B C D E"),
        ("const { A, B: b } = process.env; see(A, b)", "A B"),
        ("const env = process.env; see(env.A)", "A"),
        ("import { env } from 'node:process'; see(env.A!)", "A"),
        ("import { A } from '$env/static/private'; see(A)", "A"),
    ],
)
def test_environment(text: str, expected: str) -> None:
    assert seen(text) == [f"env:{name}" for name in expected.split()]


def test_environment_with_default() -> None:
    assert seen("see(process.env.A || 'x', process.env.B ?? 'y'); const { C = 'z' } = process.env; see(C)") == [
        "env:A/'x'",
        "env:B/'y'",
        "env:C/'z'",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const a = 'x'; see(a)", "'x'"),
        ("let s = 'a'; s += 'b'; s += c; see(s)", "{'ab'|@c}"),
        ("let s = 'a'; if (x) { s += b } see(s)", "{'a'|('' or @b)}"),
        ("let s = 'a'; if (x) s = 'b'; see(s)", "('a' or 'b')"),
        ("let s; if (x) { s = 'a' } else { s = 'b' } see(s)", "('a' or 'b')"),
        ("let s = 'a'; if (x) { s = 'b' } else { see(s) }", "'a'"),
        ("let s; switch (x) { case 1: s = 'a'; break; default: s = 'b' } see(s)", "('a' or 'b')"),
        ("let s = 'a'; see(s); s = 'b'", "'a'"),
        ("let s = 'a'; s = s + b; see(s)", "{'a'|@b}"),
        ("const s = 'a'; { const s = 'b'; see(s) }", "'b'"),
        ("const s = 'a'; function f() { see(s) }", "'a'"),
        ("function f(s) { see(s) } const s = 'a'", "$s"),
        ("let s = 'a'; function f() { see(s) } s = 'b'", "('a' or 'b')"),
        ("let x = x; see(x)", "?x?"),
        ("const a = b; const b = a; see(a)", "?b?"),
        ("const p = []; p.push('a'); p.push(b); see(p.join(' and '))", "{'a and '|@b}"),
        ("const p = ['a']; if (x) p.push('b'); see(p)", "['a', 'b'…]"),
        ("const o = { t: 'users' } as const; see(o.t, `from ${o.t}`)", "'users' 'from users'"),
        ("const o = { a: 'x', b: 'y' }; see(o[k])", "('x' or 'y')"),
        ("enum E { A, B = 'x', C = 4, D } see(E.A, E.B, E.D)", "0 'x' 5"),
        ("class K { private t = 'users'; m() { see(`${this.t} ${this.u}`) } }", "{'users '|@this.u}"),
        ("for (const t of ['a', 'b']) see(t)", "('a' or 'b')"),
        ("for (const [k, v] of Object.entries(o)) see(k, v)", "@o[][0] @o[][1]"),
        ("let i = 1; const w = `a = $${i++}`; see(w)", "{'a = $'|Number(1)}"),
        ("const o = {}; o.a = b; o['c'] = 'd'; if (x) { o.c = e } see(o.a, o.c)", "@b ('d' or @e)"),
        ("const o = {}; o[k] = b; see(o.a)", "@o.a"),
        ("const m = new Map(); m.set('a', b); m.set('c', 'd'); see(m.get('a'), m.get('c'))", "@b 'd'"),
        ("const m = new Map(); m.set('a', b); m.set('c', 'd'); see(m.get(k))", "(@b or 'd')"),
        ("const o = { a: 1, c: 2, d: 3 }; delete o.a; delete o['c']; see(o)", "<d=3>"),
        ("const o = { a: 1 }; if (b) delete o.a; see(o)", "<a=1>"),
        ("const o = { a: 1 }; see(o); delete o.a", "<a=1>"),
        ("const m = new Map(); m.set('a', m.get('a')); see(m.get(k))", "m.get('a')"),
    ],
)
def test_variables(text: str, expected: str) -> None:
    assert " ".join(seen(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const n = 106; let s; if (7 * 18 + n > 200) { s = 'a' } else { s = b } see(s)", "'a'"),
        ("const n = 1; let s = 'a'; if (n > 2) s = b; see(s)", "'a'"),
        ("const n = 1; see(n === 1 || b ? 'a' : c, !(n === 1) ? 'a' : c)", "'a' @c"),
        ("const n = 1; see(n === 1 && b ? 'a' : c)", "('a' or @c)"),
        ("let n = 1; see(n > 2 ? 'a' : b); n = 3", "('a' or @b)"),
        ("const n = 'pq'[1]; see(n === 'q' ? 'a' : b)", "'a'"),
        ("const n = o.n; see(n === 1 ? 'a' : b)", "('a' or @b)"),
        ("const n = 1; let s; switch (n) { case 1: s = 'a'; break; default: s = b } see(s)", "'a'"),
        ("const n = 1; let s; switch (n) { case 1: s = 'a'; case 2: s = b; break; default: s = c } see(s)", "@b"),
        ("const n = 3; let s; switch (n) { case 1: s = 'a'; break; default: s = b } see(s)", "@b"),
        ("const n = 3; let s = 'a'; switch (n) { case k: s = b; break; case 1: s = c } see(s)", "('a' or @b or @c)"),
    ],
)
def test_conditions_that_constants_decide(text: str, expected: str) -> None:
    assert " ".join(seen(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("function f(req) { const { id } = req.query; see(id, req.query.id) }", "$req.query.id $req.query.id"),
        ("function f(req: Request) { see(req) }", "$req:Request"),
        ("function f({ a, b: { c } }: P) { see(a, c) }", "${0}.a:P ${0}.b.c:P"),
        ("function f(x, { id = 'd' }) { see(id) }", "${1}.id"),
        ("const f = (id: number) => see(id)", "$id:number"),
        ("function f(ids) { ids.forEach(id => see(id)) }", "$ids[]"),
        ("async function f(req) { const body = await req.json(); see(body.email) }", "@req.json().email"),
        ("async function f() { const { data, error } = await db.from('x').select(); see(error.message) }",
         "@db.from().select().error.message"),
        ("fetch(u).then(r => see(r.status))", "@fetch().status"),
    ],
)  # fmt: skip
def test_parameters(text: str, expected: str) -> None:
    assert " ".join(seen(text)) == expected


def test_parameters_know_their_function() -> None:
    module = module_of("class Orders { find(id) { see(id) } }")
    value = module.value(module.arguments(module.calls[0])[0])
    assert value == Parameter(Location("src/a.ts", 1, 31, 1, 33), "id", "Orders.find")


def test_generated_placeholders_have_numbers_in_them_only() -> None:
    dollar = "see(ids.map((_, i) => `$${i + 1}`).join(','))"
    assert seen(dollar) == ["{'$'|Number($i:number, 1)|',$'|Number($i:number, 1)}"]
    assert seen("see(ids.map(() => '?').join(','), Array(n).fill('?').join(), Array.from({length: n}, () => '?'))") == [
        "'?,?'",
        "'?,?'",
        "['?'…]",
    ]
    assert seen("function f(ids) { see(ids.map(id => `'${id}'`).join(',')) }") == ['{"\'"|$ids[]|"\',\'"|$ids[]|"\'"}']


def test_functions_of_the_file_are_followed() -> None:
    assert seen("function where(id) { return `id = ${id}` } see('x ' + where(3), where(y))") == [
        "'x id = 3'",
        "{'id = '|@y}",
    ]
    assert seen("const w = (t = 'a', u) => t + u; see(w(undefined, 'b'), w('c', 'd'))")[1] == "'cd'"
    assert seen("class K { w(id) { return { id } } m() { see(this.w(1)) } }") == ["<id=1>"]
    assert seen("function f() { return f() } see(f())") == ["f()"]
    assert seen("function f(x) { if (x) return 'a'; return 'b' } see(f(1))") == ["('a' or 'b')"]


def test_imports_resolve_names() -> None:
    head = "import d, { T as U } from './t'; import * as n from 'n';"
    head += "const { Pool } = require('pg'); const k = require('k');"
    assert seen(head + "see(d.x, U, n.y, new Pool(), k.z())") == [
        "@./t.default.x",
        "@./t.T",
        "@n.y",
        "pg.Pool()",
        "k.z()",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "see(" + "(" * 3_000 + "1" + ")" * 3_000 + ")",
        "see(" + "[" * 3_000 + "1" + "]" * 3_000 + ")",
        "see(" + "{a:" * 2_000 + "1" + "}" * 2_000 + ")",
        "see(" + "f(" * 3_000 + "1" + ")" * 3_000 + ")",
        "see(" + "a+" * 5_000 + "1)",
        "see(a" + ".b" * 5_000 + ")",
        "see(a" + ".b()" * 2_000 + ")",
        "see(" + "a?" * 1_000 + "1" + ":2" * 1_000 + ")",
        "see('' + 0x" + "f" * 20_000 + " * 9" * 3_000 + ")",
        "const {" + "a:{" * 500 + "b" + "}" * 500 + "} = x; see(b)",
        "let s = ''; " + "s += x;" * 3_000 + "see(s)",
        "const p = []; " + "p.push(x);" * 3_000 + "see(p.join(','))",
        "".join(f"const a{n} = a{n + 1} + a{n + 1};" for n in range(40)) + "see(a0)",
    ],
)  # fmt: skip
def test_deep_and_large_expressions_end(text: str) -> None:
    assert len(seen(text)) == 1


def test_a_destructured_parameter_is_shown_by_what_is_taken() -> None:
    module = module_of("function f({ query: { id } }, x) { see(id, x.y) }")
    assert [named(module.value(one)) for one in module.arguments(module.calls[0])] == ["query.id", "x.y"]


def test_a_file_in_which_all_hangs_together_is_summed_up_from_some_step_on(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ", ".join(f"'{n}'" for n in range(100))
    text = f"see([{words}].join(''), [{words}, 'x'].join(''), 'y')"
    whole = "".join(map(str, range(100)))
    assert seen(text) == [f"'{whole}'", f"'{whole}x'", "'y'"]
    monkeypatch.setattr(values, "_MAX_OF_FILE", 100)
    first, second, third = seen(text)
    assert (first, third) == (f"'{whole}'", "'y'")
    assert second.startswith("{'0'|?''?|'1'|") and second.endswith("|?'x'?}")  # as far as a summary goes
