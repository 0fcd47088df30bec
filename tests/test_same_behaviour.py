"""What is another behaviour and what is the same one, in a project whose tests stay as they were."""

import pytest

from reviewlint.examples import parse
from reviewlint.rules.testing import change_without_test

from .test_examples import project_of

LOOP = """def run(x):
    found = []
    for one in x:
        if one.ok:
            found.append(one.n)
    return found"""
PYTHON = """
=== shop/{name}.py
{code}
=== tests/test_{name}.py
from shop.{name} import run
def test_run():
    assert run(1)
"""
TYPESCRIPT = """
=== src/{name}.ts
{code}
=== test/{name}.test.ts
import {{ run }} from '../src/{name}'
it('runs', () => {{ expect(run(1)).toBe(2) }})
"""


def lines(text: str, name: str, before: str, after: str) -> list[int]:
    base = parse(text.format(name=name, code=before)).files
    now = parse(text.format(name=name, code=after)).files
    return [finding.at.line for finding in change_without_test.check(project_of(now, base))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def run(x):\n    return x + 1", "def run(x):\n    statsd.incr('runs')\n    return x + 1"),
        ("def run(x):\n    return x + 1", "def run(x):\n    with tracer.start('run'):\n        return x + 1"),
        ("def run(x):\n    raise Bad('no item')", "def run(x):\n    raise Bad(f'no item {x}')"),
        (
            "def run(x):\n    return 2 if x in KEYS else 1\nKEYS = {'a', 'b'}",
            "def run(x):\n    return 2 if x in KEYS else 1\nKEYS = {'b', 'a'}",
        ),
        (
            "def run(x):\n    y = x * 2 if x else 0\n    return y + 1",
            "def twice(x):\n    return x * 2 if x else 0\n\ndef run(x):\n    y = twice(x)\n    return y + 1",
        ),
        (
            "def run(x):\n    note(x)\n    return x + 1\n\ndef note(x):\n    mail(x)",
            "def run(x):\n    return x + 1",
        ),
        ("def run(x):\n    return x + 1\nMAX_RUNS = 3", "def run(x):\n    return x + 1\nMAX_RUNS = 5"),
        ("def run(x):\n    return x % DAY\nDAY = 24 * 60 * 60", "def run(x):\n    return x % DAY\nDAY = 86_400"),
        (
            "def run(x):\n    return Item(x) or 1\n"
            "class Item(models.Model):\n    kind = models.CharField(max_length=60)",
            "def run(x):\n    return Item(x) or 1\n"
            "class Item(models.Model):\n    kind = models.CharField(max_length=60, db_index=True)",
        ),
        # a parameter that nobody has to give
        ("def run(x):\n    return 2 if x < 10 else 1", "def run(x, top=10):\n    return 2 if x < top else 1"),
        (
            "def run(x):\n    if x < 10:\n        return 2",
            "def run(x, *, late: bool = False):\n    if not late and x < 10:\n        return 2",
        ),
        (
            "def run(x):\n    if x < 10:\n        return 2",
            "def run(x, late=None):\n    if late is not None:\n        warn(late)\n    if x < 10:\n        return 2",
        ),
        # the same value in other words
        ("def run(x):\n    return x + timedelta(hours=24)", "def run(x):\n    return x + timedelta(days=1)"),
        ("def run(x):\n    return dict(a=x + 1, b=())", "def run(x):\n    return {'a': x + 1, 'b': ()}"),
        ("def run(x):\n    return x * (60 * 60)", "def run(x):\n    return x * 3600"),
        (
            LOOP,
            "def run(x):\n    return [one.n for one in x if one.ok]",
        ),
        ("def run(x):\n    y = find(x)\n    return y + 1", "def run(x):\n    return find(x) + 1"),
        (
            "def run(x):\n    raise Bad([E(f'No {x} there. It is gone.')])",
            "def run(x):\n    raise Bad([E((f'There is no {x}.', f'It is gone {x}.'))])",
        ),
        (
            "def run(x):\n    if x > 1:\n        return True",
            "def run(x):\n    if x > 1:\n        return True\n    return False",
        ),
        ("from a.b import c\ndef run(x):\n    return c(x) + 1", "from a import b\ndef run(x):\n    return b.c(x) + 1"),
        ("def run(x):\n    return x + 1", "def run(x):\n    events.log_order_event(order=x)\n    return x + 1"),
        ("def run(x):\n    return ask(x + 1, model='gpt-4')", "def run(x):\n    return ask(x + 1, model='gpt-5')"),
        ("def run(x):\n    return ask(x + 1)", "def run(x):\n    return ask(x + 1, timeout=5)"),
        # which rows there are, and how they are got
        ("def run(x):\n    return q(x).first()", "def run(x):\n    return q(x).with_for_update().first()"),
        ("def run(x):\n    return q(x + 1)", "def run(x):\n    return q(x + 1, for_update=True)"),
        ("def run(x):\n    return q(x).all()", "def run(x):\n    return q(x).options(joinedload(A.b)).all()"),
        # what a page looks like
        (
            "def run(x):\n    with tag.div(classes='a'):\n        text('b')\n    return x + 1",
            "def run(x):\n    with tag.div(classes='b'):\n        if x:\n            text('c')\n    return x + 1",
        ),
        ("def run(x):\n    return mail(x, '<p>Hi</p>')", "def run(x):\n    return mail(x, '<b>Hello</b>')"),
        # what a type checker is told, whatever parentheses stand around it
        (
            "def run(x: Union[A, B]) -> Union[A, B]:\n    y: Union[A, B] = x\n    return y",
            "def run(\n    x: (A | B)\n) -> (\n    A\n    | B\n):\n    y: (A | B) = x\n    return y",
        ),
        # a function in the place where it was called
        (
            "def run(x):\n    return is_open(x)\n\ndef is_open(x):\n    return x.open or x.kept",
            "def run(x):\n    return x.open or x.kept",
        ),
        # what is only set, listed, named otherwise, or decided elsewhere
        ("def run(x):\n    return send(x + 1)", "def run(x):\n    return send(x + 1, sender=settings.SENDER)"),
        ("def run(x):\n    return x + 1", "def run(x):\n    metrics.increment('runs', kind=x)\n    return x + 1"),
        (
            "def run(x):\n    return x.total + 1 if x.plugin.kind == 'a' else 2",
            "def run(x):\n    return x.total + 1 if x.instance.plugin.kind == 'a' else 2",
        ),
        ("def run(x):\n    return got(f'rows:v4:{x}')", "def run(x):\n    return got(f'rows:v5:{x}')"),
        (
            "def run(x):\n    return got(x, os.environ.get('A') or 'b')",
            "def run(x):\n    return got(x, settings.A)",
        ),
        (
            "def run(x):\n    return MAIL.sent(x) + 1\nMAIL = Mail()",
            "def run(x):\n    return MAIL.sent(x) + 1\nMAIL = Mail(keep=True)",
        ),
        (
            "def run(x):\n    return APP['name'] + x\nAPP = {'name': 'a', 'url': 'https://a.io/in'}",
            "def run(x):\n    return APP['name'] + x\nAPP = {'name': 'a', 'url': 'https://b.io/in'}",
        ),
        (
            "from a import Form\nRow = Annotated[dict[str, int], Form()]\ndef run(x: Row):\n    return x + 1",
            "from a import Form\nRow = Annotated[dict[str, str], Form()]\ndef run(x: Row):\n    return x + 1",
        ),
        ("def run(x):\n    return {'a': x + 1}", "def run(x, b=None):\n    return {'a': x + 1, 'b': b}"),
        (
            "def run(x):\n    return NAMES[x]\nNAMES = {'a': 'A'}",
            "def run(x):\n    return NAMES[x]\nNAMES = {'a': 'A', 'b': 'B'}",
        ),
        # what is only called, set and worded
        ("def run(x):\n    return pay(x + 1)", "def run(x):\n    tell(x.owner)\n    return pay(x + 1)"),
        ("def run(x):\n    cache.drop(f'a_{x.id}')", "def run(x):\n    cache.drop(f'a_{x.id}_{x.kind}')"),
        ("def run(x):\n    x.open = x.a > 2", "def run(x):\n    x.open = x.a > 2\n    x.by = None"),
        ("@background\ndef run(x):\n    return x + 1", "def run(x):\n    return x + 1"),
        (
            f"def run(x):\n    return x in KINDS or 1\nKINDS = [{', '.join(f'KIND_{n}' for n in range(20))}]",
            f"def run(x):\n    return x in KINDS or 1\nKINDS = [{', '.join(f'KIND_{n}' for n in range(21))}]",
        ),
        (
            "def run(x):\n    return x + 1",
            "@overload\ndef run(x: int = 1) -> int: ...\n@overload\ndef run(x: float = 2.5) -> float: ...\n"
            "def run(x):\n    return x + 1",
        ),
        # what was switched on
        (
            "def run(x):\n    if FLAGS.is_enabled('doubled'):\n        return x * 2\n    return x",
            "def run(x):\n    return x * 2",
        ),
        (
            "def run(x):\n    if not x:\n        raise Bad(status.HTTP_404_NOT_FOUND)\n    return x + 1",
            "def run(x):\n    if not x:\n        raise Bad(HTTPStatus.NOT_FOUND)\n    return x + 1",
        ),
        (
            "def run(x):\n    if x.closed:\n        return 0\n    return due(x)\n\ndef due(x):\n    return x.total * 2",
            "def run(x):\n    return due(x)\n\ndef due(x):\n    if x.closed:\n        return 0\n    return x.total * 2",
        ),
        # a method that is a function now, and one of another class
        (
            "class Runs:\n    def has_run(self, x):\n        return x.kind == 'run' and x.done > self.least\n\n"
            "def run(x):\n    if x.runs.has_run(x):\n        return 2\n    return 1",
            "def has_run(x, least):\n    return x.kind == 'run' and x.done > least\n\n"
            "def run(x):\n    if has_run(x):\n        return 2\n    return 1",
        ),
        # who calls it says how many
        (
            "def run(x):\n    return cut(x)\n\ndef cut(x):\n    return x[: 128_000 - x.kept]",
            "def run(x):\n    return cut(x, x.model.most)\n\ndef cut(x, most):\n    return x[: most - x.kept]",
        ),
        # what was caught has a name or none, and where it is told differs
        (
            "def run(x):\n    try:\n        return x.go()\n    except Gone as gone:\n        x.close(True)",
            "def run(x):\n    try:\n        return x.go()\n    except Gone:\n        log.error('gone')\n"
            "        x.close(True)",
        ),
    ],
)
def test_the_same_in_python(before: str, after: str) -> None:
    assert lines(PYTHON, "run", before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("def run(x):\n    return x * RATE\nRATE = 0.19", "def run(x):\n    return x * RATE\nRATE = 0.21", 3),
        ("def run(x):\n    return db.rows().filter(a=x)", "def run(x):\n    return db.rows()", 2),
        ("def run(x):\n    if not x:\n        raise Bad\n    return done(x)", "def run(x):\n    return done(x)", 2),
        ("def run(x):\n    return 2 if x < 10 else 1", "def run(x, top=10):\n    return 2 if x <= top else 1", 1),
        (
            "def run(x):\n    if x < 10:\n        return 2",
            "def run(x, late=True):\n    if not late and x < 10:\n        return 2",
            1,
        ),
        ("def run(x):\n    return x + timedelta(hours=24)", "def run(x):\n    return x + timedelta(days=2)", 2),
        (
            LOOP,
            "def run(x):\n    return [one.n for one in x if one.kept]",
            2,
        ),
        (
            "def run(x):\n    return q(x).where(a=1).first()",
            "def run(x):\n    return q(x).with_for_update().first()",
            2,
        ),
        (
            "from a import b, c\ndef run(x):\n    return b(x) + 1",
            "from a import b, c\ndef run(x):\n    return c(x) + 1",
            3,
        ),
        ("def run(x):\n    if on('new', x):\n        raise Bad", "def run(x):\n    raise Bad(x)", 2),
        ("@login_required\ndef run(x):\n    return x + 1", "def run(x):\n    return x + 1", 1),
        ("def run(x):\n    return x in A\nA = [B, C]", "def run(x):\n    return x in A\nA = [B, C, D]", 3),
        ("def run(x):\n    return q('select a from b')", "def run(x):\n    return q('select a from b where c')", 2),
        (
            "def run(x):\n    try:\n        return int(x)\n    except ValueError:\n        return 0",
            "def run(x):\n    try:\n        return int(x)\n    except (ValueError, TypeError):\n        return 0",
            4,
        ),
    ],
)
def test_another_in_python(before: str, after: str, line: int) -> None:
    assert lines(PYTHON, "run", before, after) == [line]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("export function run(x) { return x + 1 }", "export const run = (x) => x + 1"),
        (
            "export function run(x) { const y = x + 1; return y * 2 }",
            "export function run(x) { let y = x + 1; return y * 2 }",
        ),
        (
            "export function run(x) { const stopTimer = timer(x); try { return x + 1 } finally { stopTimer() } }",
            "export function run(x) { return x + 1 }",
        ),
        (
            "const Body = z.object({ a: z.string().max(9) })\nexport function run(x) { return Body.parse(x).a + 1 }",
            "const Body = z.object({ a: z.string().max(9).describe('What') })\n"
            "export function run(x) { return Body.parse(x).a + 1 }",
        ),
        # what an operator has to set, and what kind of thing was thrown
        (
            "const room = process.env.ROOM\nexport function run(x) {\n  return x > 2 ? send(room, x) : x\n}",
            "const room = process.env.ROOM\nexport function run(x) {\n"
            "  if (!room) {\n    throw new Error('no room is set')\n  }\n  return x > 2 ? send(room, x) : x\n}",
        ),
        (
            "export function run(x) {\n  try { return go(x) } catch (e) { return told(e.message) }\n}",
            "export function run(x) {\n  try { return go(x) } catch (e) {\n"
            "    return told(e instanceof Error ? e.message : String(e))\n  }\n}",
        ),
        (
            "export function run(x) {\n  Object.keys(x).forEach((k) => { if (x[k]) { put(k) } })\n}",
            "export function run(x) {\n  for (const k in x) {\n    if (!Object.hasOwn(x, k)) { continue }\n"
            "    if (x[k]) { put(k) }\n  }\n}",
        ),
        # parts of a value that have names now
        (
            "export function run(x) {\n  const a = x.kinds\n  if (a[0] === x.b && a[1] === '*') { return 1 }\n"
            "  return a[0] === x.c ? 2 : 3\n}",
            "export function run(x) {\n  const a = x.kinds\n  const [kind, part] = a\n"
            "  if (kind === x.b && part === '*') { return 1 }\n  return kind === x.c ? 2 : 3\n}",
        ),
        (
            "export function run(x) { return x.low > 2 ? x.high * 2 : x.low }",
            "export function run(x) { const { low, high: top } = x; return low > 2 ? top * 2 : low }",
        ),
        (
            "export function run(x) { return x[1] > 2 ? 2 : 1 }",
            "export function run(x) { const [, second] = x; return second > 2 ? 2 : 1 }",
        ),
    ],
)
def test_the_same_in_typescript(before: str, after: str) -> None:
    assert lines(TYPESCRIPT, "run", before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "const Body = z.object({ a: z.string().max(9) })\nexport function run(x) { return Body.parse(x).a + 1 }",
            "const Body = z.object({ a: z.string().max(5) })\nexport function run(x) { return Body.parse(x).a + 1 }",
        ),
        (
            "const WEIGHTS = { low: 1 }\nexport function run(x) { return WEIGHTS[x] ?? 0 }",
            "const WEIGHTS = { low: 2 }\nexport function run(x) { return WEIGHTS[x] ?? 0 }",
        ),
        (
            'export function run(x) { return pool.query("update orders set paid = true where id = $1", [x]) }',
            'export function run(x) { return pool.query("update orders set paid = false where id = $1", [x]) }',
        ),
        (
            "export function run(x) { return x[0] > 2 ? x[1] : 1 }",
            "export function run(x) { const [, a, b] = x; return a > 2 ? b : 1 }",
        ),
    ],
)
def test_another_in_typescript(before: str, after: str) -> None:
    assert lines(TYPESCRIPT, "run", before, after) == [1]


COMMAND = """
=== shop/management/commands/purge.py
from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def handle(self, *args, **options):
        Order.objects.filter(open={open}).delete()
=== shop/tests.py
from django.core.management import call_command
from django.test import TestCase
class PurgeTests(TestCase):
    def test_purge(self):
        call_command("purge"{given})
        self.assertEqual(Order.objects.count(), 0)
"""


@pytest.mark.parametrize(("given", "found"), [("--version", []), ("--help", [1])])
def test_a_test_that_runs_the_program_may_reach_all_of_it(given: str, found: list[int]) -> None:
    text = """
=== src/run.ts
export function run(x) { return x %s 1 }
=== test/run.test.ts
import { run } from '../src/run'
it('runs', () => { expect(run(1)).toBe(2) })
=== test/program.ts
import { exec } from 'node:child_process'
export const started = (given) => exec('node ./bin/run.js ' + given)
=== test/program.test.ts
import { started } from './program'
it('starts', async () => { expect(await started('%s')).toBeDefined() })
"""
    base, now = parse(text % ("+", "--help")).files, parse(text % ("-", given)).files
    assert [finding.at.line for finding in change_without_test.check(project_of(now, base))] == found


@pytest.mark.parametrize(("given", "found"), [("", [4]), (", days=1", [])])
def test_a_command_is_reached_by_its_name(given: str, found: list[int]) -> None:
    base = parse(COMMAND.format(open="False", given="")).files
    now = parse(COMMAND.format(open="True", given=given)).files
    assert [one.at.line for one in change_without_test.check(project_of(now, base))] == found


MOUNTED = """
=== src/app.ts
import express from 'express'
import {{ orders }} from './routes/orders'
import {{ signedIn }} from './auth'
export const app = express()
app.use('/orders', signedIn, orders)
=== src/auth.ts
export function signedIn(req, res, next) {{
  if (!req.user{more}) return res.status(401).end()
  next()
}}
=== src/routes/orders.ts
import {{ Router }} from 'express'
export const orders = Router()
orders.get('/', (req, res) => res.json([]))
=== test/orders.test.ts
import request from 'supertest'
import {{ app }} from '../src/app'
it('lists', () => request(app).get('/orders').expect({status}))
"""


@pytest.mark.parametrize(("status", "found"), [(200, [2]), (401, [])])
def test_what_guards_a_mount_is_reached_where_it_is_requested(status: int, found: list[int]) -> None:
    base = parse(MOUNTED.format(more="", status=200)).files
    now = parse(MOUNTED.format(more=" || req.user.blocked", status=status)).files
    assert [one.at.line for one in change_without_test.check(project_of(now, base))] == found


GUARDED = """
=== src/app.ts
import express from 'express'
import {{ signedIn }} from './auth'
export const app = express()
app.use(express.json())
app.use({guard})
app.get('/orders', (req, res) => res.json([]))
app.use((err, req, res, next) => {{
  res.status({status}).json({{ error: err.message }})
}})
=== src/auth.ts
export function signedIn(req, res, next) {{
  next()
}}
=== test/orders.test.ts
import request from 'supertest'
import {{ app }} from '../src/app'
it('lists', () => request(app).get('/orders').expect({seen}))
"""


@pytest.mark.parametrize(
    ("guard", "status", "seen", "found"),
    [
        ("cors()", "err.status", 200, [5]),
        ("signedIn", "500", 200, [8]),
        ("signedIn", "err.status", 200, []),
        ("cors()", "500", 401, []),
    ],
)
def test_what_stands_before_and_after_all_routes(guard: str, status: str, seen: int, found: list[int]) -> None:
    base = parse(GUARDED.format(guard="signedIn", status="err.status", seen=200)).files
    now = parse(GUARDED.format(guard=guard, status=status, seen=seen)).files
    assert [one.at.line for one in change_without_test.check(project_of(now, base))] == found


BOUNDED = """
=== shop/orders.py
from fastapi import APIRouter
from pydantic import BaseModel, Field
router = APIRouter()
class NewOrder(BaseModel):
    name: str
{field}
@router.post("/orders")
def make(order: NewOrder):
    return save(order)
=== tests/test_orders.py
from shop.orders import router
def test_make(client):
    assert client.post("/orders", json={{}}).status_code == 200
"""


@pytest.mark.parametrize(("field", "found"), [("    count: int = Field(1, ge=1)", [6]), ("    note: str = ''", [])])
def test_a_field_that_is_new_counts_where_it_is_checked(field: str, found: list[int]) -> None:
    base, now = (parse(BOUNDED.format(field=one)).files for one in ("", field))
    assert [one.at.line for one in change_without_test.check(project_of(now, base))] == found


OWNED = """
=== shop/sales.py
from shop import users
def run(sale):
    {shown}
    return sale.total * 2 if sale.total > 3 else 0
{more}
=== tests/test_sales.py
from shop.sales import run
def test_run(sale):
    assert run(sale)
"""
HOLDS = "_made = None\ndef made(sale):\n    if not sale.maker:\n        return None\n    return sale.maker.make(sale)"


@pytest.mark.parametrize(
    ("before", "after", "sure"),
    [
        (("if sale.shop:\n        sale.by = users.verify_seller(sale)", ""), ("pass", ""), [True]),
        (("if sale.shop:\n        sale.by = users.get_verified_seller(sale)", ""), ("pass", ""), [False]),
        (("pass", ""), ("pass", HOLDS), [False]),
        (("mail(sale)", ""), ("try: mail(sale)\n    except Full: log.error('full')", ""), [False]),
        (("mail(sale)", ""), ("try: mail(sale)\n    except Full: keep(sale)", ""), [True]),
        (("sale.at = sale.shop", ""), ("sale.at = sale.shop + '/'", ""), [False]),
        (("pass", ""), ("pass", HOLDS.replace("return None", "raise NobodyMakes(sale)")), [True]),
    ],
)
def test_what_is_weak_by_itself(before: tuple[str, str], after: tuple[str, str], sure: list[bool]) -> None:
    base, now = (parse(OWNED.format(shown=shown, more=more)).files for shown, more in (before, after))
    assert [not one.strict for one in change_without_test.check(project_of(now, base))] == sure


HANDED = """
=== shop/lines.py
import json
def made(line):
    if "{key}" in line:
        return Line(line["{key}"])
    return line
def lines(text):
    return json.loads(text, object_hook=made)
=== tests/test_lines.py
from shop.lines import lines
def test_lines():
    assert lines('[{{"{seen}": 1}}]')
"""


@pytest.mark.parametrize(("seen", "found"), [("count", [3]), ("number", [])])
def test_what_is_handed_on_is_reached_with_who_hands_it_on(seen: str, found: list[int]) -> None:
    base, now = (parse(HANDED.format(key=key, seen=one)).files for key, one in (("count", "count"), ("number", seen)))
    assert [one.at.line for one in change_without_test.check(project_of(now, base))] == found
