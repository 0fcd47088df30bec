"""A test checks nothing.

It runs the code and passes as long as nothing raises: whatever the code returns or stores is right by definition. Such
a test raises the coverage figure and lowers what the figure means.

Checks in helpers count, and so do expected exceptions, mocks that assert, snapshots and responses that raise for their
status. Queries of Testing Library and commands of Cypress fail by themselves. Tests that say in their name that not
failing is the point are left alone.

Said by default where each thing that the test calls is known to be no check: the project's own code, a request whose
answer nobody looks at, constructors, the standard library, helpers that do none of that either. Beside a request, a
helper or package counts as no check where no function of the tests by that name checks; what a helper looks at before
the test runs anything is how the test begins. Where a test runs only the project's code and calls a fixture, a
parameter, its own class or an unknown package, the finding is strict: on real projects one in four of these checks in a
fixture of another file, or in a promise that only resolves when all is well.
"""

import re
from collections.abc import Iterator, Sequence

from ...facts.tests import TestCase
from ...finding import Finding
from ...join.silent import calls_check, unchecked
from ...join.tools import is_aside
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("TestCase",),
    asked_by="S",
    strictly="tests that call what may check: fixtures, parameters, their own class, helpers of other test files, packages "
    "nothing is known of; and those by whose name nothing may be what is to happen, or which make fail what the code "
    "calls, where they request nothing; and what is called a test among scripts, which may be run by hand.",
    limits="A helper of another file counts as a check only by its name.",
)

NOT_FAILING = re.compile(
    r"(?:does|do|did|should|must|will|ca)_?(?:n.?t|not)_?(?:raise|fail|throw|crash|error|hang|block|break|die|explode|panic|reject)"
    r"|not_?(?:raise|fail|throw|crash|error)|without_?(?:error|fail|throw|crash|raising)|no_?(?:[a-z]*(?:error|exception)|op|crash)"
    r"|smoke|import(?!\w*\.)|compiles?",  # a class of tests is called after what it tests: `ImportTests.test_…`
    re.IGNORECASE,
)
ENDURING = re.compile(
    r"renders?|(?:does|do|did)_?(?:n.?t|not)|survives?|tolerates?|swallows?|suppress(?:es)?|absorbs?|ignores?|idempotent|graceful|nonexistent|unknown|can_be|is_?valid|accepts?"
    r"|(?<![a-z])lets?_(?:[a-z]+_)?(?:through|pass)(?![a-z])",
    re.IGNORECASE,
)
"""What shows in nothing but that it does not fail; of what is requested, in the answer."""
ABSENT = re.compile(
    r"(?<![a-z])(?:missing|absent|silent(?:ly)?|ok|okay|fine|safe(?:ly)?|resolves?|succeeds?|completes?"
    r"|already|unset|unconfigured|revoked)(?![a-z])",
    re.IGNORECASE,
)
"""Words of a name by which nothing may be what is to happen: that all goes well, or a state in which there is nothing to
do. What was requested has an answer all the same.
"""
_MISSPELLED = re.compile(
    r"\.((?:called|awaited)(?:_once)?(?:_with)?(?<!\.called)(?<!\.awaited)|has_(?:calls|awaits)|any_(?:call|await)|not_(?:called|awaited))$"
)
"""What a mock's assertions are called without their `assert_`: any mock has it, and it says nothing."""


def check(project: Project) -> Iterator[Finding]:
    """Each test that runs something and checks nothing."""
    for case in project.facts(TestCase):
        name = case.name.replace(" ", "_")
        if case.asserts or case.skipped or not case.calls or NOT_FAILING.search(name):
            continue
        if case.drops_comparison:
            yield Finding(
                case.at,
                evidence=f"“{case.name}” compares, and drops the outcome.",
                remedy="Assert what is compared.",
                slots={"name": case.name, "call": _last(_last_of(case.calls))},
            )
            continue
        if (misspelled := next(filter(None, map(_MISSPELLED.search, case.calls)), None)) and case.at.path.endswith(
            ".py"
        ):
            yield Finding(
                case.at,
                evidence=f"“{case.name}” calls `{misspelled[1]}`, which is no assertion of a mock, and checks nothing.",
                remedy=f"`assert_{misspelled[1]}` asserts.",
                slots={"name": case.name, "call": misspelled[1]},
            )
            continue
        if calls_check(project, case):
            continue
        endures = ENDURING.search(name) is not None
        may_endure = case.is_hopeful or endures or ABSENT.search(name) is not None
        ran = unchecked(project, case, is_hopeful=may_endure)
        if endures and not ran:
            continue
        call = _last_of(ran or case.calls)
        yield Finding(
            case.at,
            evidence=f"“{case.name}” calls `{_last(call)}` and checks nothing.",
            remedy="Assert what the call returns or changes; where not failing is the point, say so in the name.",
            slots={"name": case.name, "call": _last(call)},
            strict=not ran or is_aside(case.at.path),
        )


def _last_of(calls: Sequence[str]) -> str:
    """The last call with all that is called on what it gives, which stands before it."""
    last = len(calls) - 1
    while last and calls[last - 1].startswith(f"{calls[last].removesuffix('()')}()."):
        last -= 1
    return calls[last]


def _last(callee: str) -> str:
    """What a callee is called; what a module exports by no name goes by that of its file."""
    before, _, last = callee.replace("()", "").rpartition(".")
    return before.rpartition("/")[2] or last if last == "default" else last


REMARK = "“{name}” passes whatever `{call}` does, as long as it does not raise. Say what should be true afterwards."

EXAMPLES = [
    """
=== shop/orders.py
def make_order():
    return {"lines": []}

def place(order):
    order["placed"] = True

def schema_for(kind):
    return f"create table {kind} (id int)"

=== tests/test_orders.py
import sqlite3
from contextlib import nullcontext as does_not_raise
from datetime import date
from unittest.mock import patch

import pytest

from shop.orders import make_order, place, schema_for

def test_place():  # <-- the order may be anything
    order = make_order()
    place(order)

def test_stock(warehouse):  # <-- strict: what the fixture is may check
    warehouse.fill()
    place(make_order())

def test_place_does_not_empty_an_order():
    place(make_order())

def test_place_twice():
    with does_not_raise():
        place(make_order())

def test_place_missing_order():  # <-- strict: perhaps nothing is what has to happen
    place({})

def test_place_without_lines():  # <-- what then?
    place({"id": 1})

def test_place_revoked_order():  # <-- strict: the same
    place({"revoked": True})

def test_empty():  # <-- strict: it says what it is for, if not in its name
    # an order without lines should not fail
    place({})

def test_total():
    assert total([1, 2]) == 3

def test_refuses():
    with pytest.raises(ValueError):
        place(None)

def test_mail(mailer):
    place(make_order())
    mailer.send.assert_called_once()

def test_place_does_not_raise():
    place(make_order())

def test_place_swallows_what_the_mailer_raises():
    place(make_order())

def test_place_mailer_error():  # <-- strict: it may be there to live through that
    with patch("shop.orders.mailer", side_effect=ConnectionError("gone")):
        place(make_order())

def test_place_tries_again():  # <-- whether it does nobody asks
    with patch("shop.orders.mailer", side_effect=ConnectionError("gone")):
        place(make_order())

def test_schema_applies():  # <-- strict: the database refuses what is wrong
    sqlite3.connect(":memory:").executescript(schema_for("sqlite"))

def test_place_negative():  # <-- strict: it says that it checks what it does
    # Act & Assert
    place({"lines": -1})

def test_place_when():
    date.fromisoformat(make_order()["when"])

def test_place_later():  # <-- that date is only what it begins with
    place({"when": date.fromisoformat("2024-01-31")})

def check_order(order):
    assert order.id

def test_helper():
    check_order(place(make_order()))
""",
    """
=== src/orders.ts
export async function place(order: { id: number }) {
  return order
}

=== src/results.ts
export function unwrap<T>(result: { error?: Error; value: T }) {
  if (result.error) throw result.error
  return result.value
}

=== src/orders.test.ts
import { expect, it } from 'vitest'
import { place } from './orders'
import { unwrap } from './results'

it('places an order', async () => { // <-- nothing is expected
  await place({ id: 1 })
})

it('places an order for good', async () => {
  unwrap(await place({ id: 1 }))
})

it.fails('places nothing', async () => {
  await place(undefined)
})

it('returns the order', async () => {
  expect(await place({ id: 1 })).toEqual({ id: 1 })
})

it('refuses an empty order', async () => {
  await shop.place({}, 422)
})

it('ships the order', async () => {
  await place({ id: 1 })
  await waitUntil(async () => (await shop.orders()).length === 0)
})

it('shows the order to nobody', async () => {
  await shop.request('GET', '/orders/1', { expectedStatus: 401 })
})
""",
    """
=== tests/test_items.py
import unittest

class Items(unittest.TestCase):
    def test_total(self):
        self.assertEqual(total([1, 2]), 3)
""",
    """
=== shop/app.py
from flask import Flask

def create_app():
    return Flask(__name__)
=== tests/conftest.py
import pytest

from shop.app import create_app
from tests.strictness import Asking

@pytest.fixture
def client():
    return create_app().test_client()

@pytest.fixture
def asking():
    return Asking(create_app().test_client())
=== tests/strictness.py
class Asking:
    def __init__(self, client):
        self.client = client

    def get(self, path):
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise AssertionError(path)
=== tests/test_app.py
def test_orders(client):  # <-- nobody looks at the answer
    client.get("/orders")

def test_carts(asking):  # <-- strict: the object of the fixture looks at it
    asking.get("/carts")

def test_stock(client):
    if client.get("/stock").status_code != 200:
        raise AssertionError("no stock")
""",
    """
=== shop/app.py
from flask import Flask

def create_app():
    return Flask(__name__)
=== tests/conftest.py
import pytest
from flask.testing import FlaskClient

from shop.app import create_app

class Expecting(FlaskClient):
    def sent(self, method, expected, *args, **kwargs):
        answer = self.open(*args, method=method, **kwargs)
        assert answer.status_code == expected
        return answer

    def get(self, *args, **kwargs):
        return self.sent("GET", kwargs.pop("expected", 200), *args, **kwargs)

@pytest.fixture
def client():
    app = create_app()
    app.test_client_class = Expecting
    return app.test_client()
=== tests/test_stock.py
import pytest

class Prepared:
    @pytest.fixture(autouse=True)
    def prepare(self, client):
        self.client = client

class TestStock(Prepared):
    def test_stock(self):  # <-- strict: the class that the client is made of looks at the answer
        self.client.get("/stock")

    def test_counted(self):  # <-- which it leaves alone here
        self.client.post("/stock")

def test_shelves(client):  # <-- strict: the same client
    client.get("/shelves")
""",
    """
=== src/app.ts
import express from 'express'

export const app = express()
=== test/app.test.ts
import request from 'supertest'
import { app } from '../src/app'
import { login } from './login'

const api = request(app)

it('lists orders', async () => { // <-- whatever the answer is
  await api.get('/orders').set('accept', 'application/json')
})

it('lists carts', async () => {
  await api.get('/carts').expect(200)
})

it('lists stock', async () => { // <-- the helper may look at the login, at the stock nobody does
  await login(api)
  await api.get('/stock')
})

it('logs in again', async () => { // <-- strict: another file of tests may look at it
  await api.post('/logout')
  await login(api)
})

it('waits for orders', async () => { // <-- strict: it may never come
  await new Promise((resolve) => app.once('order', resolve))
})

it('shows an order', async () => {
  const answer = await api.get('/orders/1')
  if (answer.status !== 200) {
    throw new Error(answer.text)
  }
})
=== test/login.ts
export async function login(api: any) {
  const answer = await api.post('/login')
  if (answer.status !== 200) throw new Error(answer.text)
}
""",
    """
=== shop/app.py
from flask import Flask

def create_app():
    return Flask(__name__)

def total(lines):
    return sum(lines)
=== tests/base.py
import unittest

from shop.app import create_app

class ApiCase(unittest.TestCase):
    def setUp(self):
        self.http = create_app().test_client()

    def order(self, lines):
        return self.http.post("/orders", json={"lines": lines})

    def accepted(self, lines):
        assert self.order(lines).status_code == 201
=== tests/test_api.py
from shop.app import total
from tests.base import ApiCase

class Orders(ApiCase):
    def test_order_works(self):  # <-- that it works is in the answer
        self.order([1])

    def test_orders(self):  # <-- read, and not looked at
        answer = self.http.get("/orders")
        print(answer.get_json())

    def test_order_is_accepted(self):
        self.accepted([1])

    def test_order_does_not_raise(self):
        self.order([])

    def test_total(self):  # <-- compares, and drops what comes of it
        total([1, 2]) == 3

    def test_total_works(self):  # <-- strict: it may be that no failing is all there is to see
        total([1, 2])
""",
    """
=== src/app.ts
import { Hono } from 'hono'

export const app = new Hono()
app.get('/orders', (c) => c.json([]))
=== test/app.test.ts
import { it } from 'vitest'
import { app } from '../src/app'

it('survives odd queries', async () => { // <-- a failure would be in the answer
  await app.request('/orders?page=-1')
})

it('is quick', async () => { // <-- how long it took is only shown
  const begin = performance.now()
  const answer = await fetch('http://localhost/orders')
  await answer.body?.cancel()
  console.debug(performance.now() - begin)
})
""",
    """
=== src/codes.ts
import { timingSafeEqual } from 'node:crypto'

export function codesMatch(expected: string, given: string): boolean {
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given.toUpperCase()))
}
=== src/codes.test.ts
import { strict as same } from 'node:assert'
import { expect, it } from 'vitest'
import { codesMatch } from './codes'

it('never matches codes of another length', () => { // <-- it only tells whether they do
  codesMatch('ABC', 'ABCD')
})

it('matches in any case', () => {
  same(codesMatch('ABC', 'abc') === true)
})
=== test/support/api.ts
import request from 'supertest'
import { buildApp } from '../../src/app'

export function useApi() {
  let app: any
  beforeAll(async () => { app = await buildApp() })
  return {
    get: (url: string) => app.inject({ method: 'GET', url }),
    refused: async (url: string) => {
      const answer = await app.inject({ method: 'GET', url })
      if (answer.statusCode !== 401) throw new Error(url)
    },
  }
}

export class Suite {
  app: any

  post(path: string, body: object) {
    return request(this.app.getHttpServer()).post(path).send(body)
  }
}

export async function anOrder(app: any) {
  const { rows } = await app.pg.query('insert into orders default values returning id')
  return rows[0].id
}
=== test/orders.test.ts
import { expect, it } from 'vitest'
import { anOrder, Suite, useApi } from './support/api'

const api = useApi()
const suite = new Suite()

it('accepts orders of old', async () => { // <-- what the helper sends, nobody looks at
  const id = await anOrder(suite.app)
  await api.get(`/orders/${id}`)
})

it('takes orders it does not know', async () => { // <-- a refusal would be in the answer
  await suite.post('/orders', { id: 0 })
})

it('turns strangers away', async () => { // <-- strict: the helper looks at the answer itself
  await api.refused('/orders')
})

it('does not fail for odd orders', async () => {
  await api.get('/orders/-1')
})
=== src/gate.ts
const seen = new Set<string>()
export default function enter(name: string) {
  if (seen.has(name)) throw new Error('twice')
  seen.add(name)
}
=== src/gate.test.ts
import { it } from 'vitest'
import enter from './gate'

it('should let everybody through who comes once', () => {
  enter('ada')
})

it('enters', () => { // <-- nobody knows who is in
  enter('ben')
})
=== e2e/health.spec.ts
import { expect, test } from '@playwright/test'

test('answers', async ({ request }) => { // <-- Playwright fails for no status
  await request.get('/health')
})

test('shows the start page', async ({ page }) => { // <-- strict: a page that does not come fails by itself
  await page.goto('/')
})
=== e2e/support/extended.ts
import { test as base, type APIRequestContext } from '@playwright/test'

export class Library {
  constructor(private readonly request: APIRequestContext) {}

  lend(book: string) {
    return this.request.post('/api/loans', { data: { book } })
  }
}

export const test = base.extend<{ library: Library }>({
  library: async ({ request }, use) => {
    await use(new Library(request))
  },
})
=== e2e/loans.spec.ts
import { test } from './support/extended'

test('can be taken twice', async ({ library }) => { // <-- what the fixture sends, nobody looks at
  for (const book of ['atlas', 'bible']) {
    await library.lend(book)
  }
})
=== supabase/functions/tests/hook.test.ts
import { handler } from '../hook/handler.ts'

const deliver = (body: string) => handler(new Request('http://localhost', { method: 'POST', body }))

Deno.test('takes events it does not know', async () => { // <-- thrown away unread
  const answer = await deliver('{}')
  await answer.body?.cancel()
})
=== supabase/functions/hook/handler.ts
export async function handler(request: Request): Promise<Response> {
  return new Response(await request.text())
}
""",
    """
=== src/fees.ts
export function feeFor(days: number): number {
  return Math.max(0, days - 28) * 0.2
}
export function openFees(url: string) {
  return { url }
}
=== src/fees.test.ts
import { expect, it } from 'vitest'
import { feeFor } from './fees'

const late = (days: number) => days + 28

it('accepts parts of days', () => { // <-- a sum that is wrong fails no more than one that is right
  feeFor(late(0.5))
})
=== test/support/desk.ts
import type { Hono } from 'hono'
import { makeApp } from '../../src/app'
import { openFees } from '../../src/fees'

export class Desk {
  private constructor(readonly app: Hono) {}

  static async open() {
    const fees = await openFees(':memory:')
    const desk: Desk = new Desk(makeApp(fees))
    return desk
  }

  send(method: string, path: string) {
    return this.app.request(path, { method })
  }

  async pays(path: string) {
    const answer = await this.send('POST', path)
    if (answer.status !== 204) throw new Error(path)
  }
}
=== test/desk.test.js
import test from 'node:test'
import assert from 'node:assert'
import { Desk } from './support/desk'

test('the desk', async (t) => {
  const desk = await Desk.open()

  await t.test('shows what is owed', async () => {
    assert.equal((await desk.send('GET', '/fees/1')).status, 200)
  })

  await t.test('can be paid at', async () => { // <-- a case of its own, whatever those beside it check
    await desk.send('POST', '/fees/1/payments')
  })

  await t.test('is paid', async () => { // <-- strict: the desk itself looks at the answer
    await desk.pays('/fees/1/payments')
  })
})
=== supabase/functions/tests/fees_test.ts
Deno.test('fees', async (t) => {
  await t.step('are asked for', async () => { // <-- a step is a case as well
    await fetch('http://localhost/functions/v1/fees')
  })
})
""",
]
