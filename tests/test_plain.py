"""Functions that come to the same, however they are written, and such as only look alike."""

import pytest

from reviewlint.facts.code import Behaviour
from reviewlint.join.plain import is_same_in_plain

from .test_examples import read

SAME = {
    "guard": "if a: return f()\n  return g()|if not a:\n    return g()\n  else:\n    return f()",
    "elif": "if a == 1: return 'x'\n  elif a == 2: return 'y'\n  else: return 'z'|"
    "if a == 1: return 'x'\n  if a == 2: return 'y'\n  return 'z'",
    "conditional": "return f() if a > 2 else g()|if a <= 2: return g()\n  return f()",
    "nested": "if a:\n    if b: save(a)\n  return b|if a and b: save(a)\n  return b",
    "boolean": "return a is not None and b in a|if a is None: return False\n  return b in a",
    "kept": "x = 1 if a else 2\n  save(x)\n  return x|if a: x = 1\n  else: x = 2\n  save(x)\n  return x",
    "any": "for x in a:\n    if x.ok: return True\n  return False|return any(x.ok for x in a)",
    "all": "for x in a:\n    if not x.ok: return False\n  return True|return all(x.ok for x in a)",
    "next": "for x in a:\n    if x.n > b: return x\n  return None|return next((x for x in a if x.n > b), None)",
    "list": "r = []\n  for x in a:\n    if not x: continue\n    r.append(x.n)\n  return r|return [x.n for x in a if x]",
    "map": "r = {}\n  for x in a: r[x.k] = x.n\n  return r|return {x.k: x.n for x in a}",
    "two loops": "r = []\n  for x in a:\n    for y in x: r.append(y)\n  return r|return [y for x in a for y in x]",
    "sum": "n = 0\n  for x in a: n += x.n\n  return n|return sum(x.n for x in a)",
    "extend": "r = [b]\n  for x in a: r.append(x.n)\n  return r|r = [b]\n  r.extend(x.n for x in a)\n  return r",
    "named": "half = a // 2\n  return ' ' * half + b * half|return ' ' * (a // 2) + b * (a // 2)",
    "source": "rows = f(a)\n  return [x.n for x in rows if x]|return [x.n for x in f(a) if x]",
    "in a loop": "for x in a:\n    if x.ok:\n      save(x)|for x in a:\n    if not x.ok: continue\n    save(x)",
}
OTHER = {
    "another answer": "if a: return f()\n  return g()|if a: return g()\n  return f()",
    "another bound": "return f() if a > 2 else g()|return f() if a >= 2 else g()",
    "no guard": "if a: return f()\n  return g()|return g()",
    "runs for all": "for x in a:\n    if x.ok: save(x)\n  return b|for x in a: save(x)\n  return b",
    "the last one": "r = None\n  for x in a:\n    if x.ok: r = x\n  return r|return next((x for x in a if x.ok), None)",
    "begins elsewhere": "n = 1\n  for x in a: n += x.n\n  return n|return sum(x.n for x in a)",
    "ends early": "for x in a:\n    if x.ok: break\n    save(x)|for x in a:\n    if x.ok: continue\n    save(x)",
    "after both": "if a: save(a)\n  return b|if a:\n    save(a)\n    return b",
    "two lists": "r = []\n  s = []\n  for x in a: r.append(x)\n  r.sort()\n  return r, s|"
    "r = []\n  s = []\n  for x in a: r.append(x)\n  s.sort()\n  return r, s",
    "given anew": "x = a\n  a = f(a)\n  return x|a = f(a)\n  return a",
    "once for each": "y = f()\n  return [g(x, y) for x in a]|return [g(x, f()) for x in a]",
    "asked first": "x = f()\n  g()\n  y = f()\n  return x + y|x = f()\n  y = f()\n  return x + y",
}
SAME_IN_TYPESCRIPT = {
    "switch": "switch (a) { case 1: return 'x'; case 2: case 3: return 'y'; default: return 'z' }|"
    "if (a === 1) return 'x'\nif (a === 2 || a === 3) return 'y'\nreturn 'z'",
    "reduce": "let n = 0\nfor (const x of a) { n += x.n * 2 }\nreturn n|return a.reduce((sum, x) => sum + x.n * 2, 0)",
    "filter": "const r = []\nfor (const x of a) { if (x.ok) r.push(x.n) }\nreturn r|"
    "return a.filter((y) => y.ok).map((x) => x.n)",
    "some": "for (const x of a) { if (x > b) return true }\nreturn false|return a.some(x => b < x)",
    "every": "for (const x of a) { if (x > b) return false }\nreturn true|return a.every((x) => !(x > b))",
    "find": "return a.find((x) => x.n === b)|for (const x of a) { if (x.n === b) return x }\nreturn undefined",
    "each": "a.forEach((x) => { save(x); b.add(x) })\nreturn b|for (const x of a) { save(x); b.add(x) }\nreturn b",
    "brackets": "return load(a, x => x.n, async x => save(x))|return load(a, (x) => x.n, async (x) => save(x))",
    "taken apart": "const { n } = load(a)\nif (!n) throw new Error(b)|const r = load(a)\nif (!r.n) throw new Error(b)",
    "optional": "const old = a?.n && a.n < b\nif (!a || old) return null\nreturn a|"
    "if (!a || (a.n && a.n < b)) return null\nreturn a",
    "ternary": "return a ? f(b) : g(b)|if (!a) { return g(b) }\nreturn f(b)",
}
OTHER_IN_TYPESCRIPT = {
    "falls through": "switch (a) { case 1: save(b); case 2: return 'y' }\nreturn 'z'|"
    "if (a === 1) { save(b); return 'y' }\nif (a === 2) return 'y'\nreturn 'z'",
    "with an index": "return a.map((x, i) => x + i)|return a.map((x) => x)",
    "begins elsewhere": "return a.reduce((sum, x) => sum + x, 1)|return a.reduce((sum, x) => sum + x, 0)",
    "may be left out": "return load(a, (x?: number) => x)|return load(a, (x: number) => x)",
    "counts": "let i = 1\nwhile (a) { i++ }\nreturn i|let i = 2\nwhile (a) { i++ }\nreturn i",
    "another part": "return a.filter((x) => x.ok).map(({ n }) => n)|return a.filter((x) => x.ok).map(({ m: n }) => n)",
    "left in the middle": "for (const x of a) { switch (x) { case 1: if (b) break; return 1; default: return 2 } }|"
    "for (const x of a) { if (x === 1) { if (b) break; return 1 } return 2 }",
    "taken from two": "const { n } = load(a)\nreturn n|const { m } = load(a)\nreturn m",
    "not awaited": "for (const x of a) { await save(x) }|a.forEach(async (x) => { await save(x) })",
}


def same(path: str, pair: str) -> bool:
    shape = "def run(a, b):\n  {}\n" if path.endswith(".py") else "export function run(a, b) {{\n{}\n}}\n"
    done = []
    for body in pair.split("|") if "||" not in pair else pair.replace("||", "\0").split("|"):
        files, _ = read({path: shape.format(body.replace("\0", "||"))}, closely=True)
        done += [fact for file in files for fact in file.facts if isinstance(fact, Behaviour) and fact.name == "run"]
    before, now = done
    assert before.code != now.code
    return is_same_in_plain(before, now)


@pytest.mark.parametrize("name", SAME)
def test_the_same_in_other_words(name: str) -> None:
    assert same("run.py", SAME[name])


@pytest.mark.parametrize("name", OTHER)
def test_another_behaviour(name: str) -> None:
    assert not same("run.py", OTHER[name])


@pytest.mark.parametrize("name", SAME_IN_TYPESCRIPT)
def test_the_same_in_other_words_of_typescript(name: str) -> None:
    assert same("run.ts", SAME_IN_TYPESCRIPT[name])


@pytest.mark.parametrize("name", OTHER_IN_TYPESCRIPT)
def test_another_behaviour_in_typescript(name: str) -> None:
    assert not same("run.ts", OTHER_IN_TYPESCRIPT[name])


def test_what_is_too_long_or_too_deep_is_not_asked() -> None:
    long = Behaviour(read({"a.py": "def run():\n  pass\n"}, closely=True)[0][0].facts[0].at, "run", "")
    for code in (f"(block {'(call f) ' * 9000})", f"{'(not ' * 400}x{')' * 400}", "(string ) )"):
        assert not is_same_in_plain(long, Behaviour(long.at, "run", code))
