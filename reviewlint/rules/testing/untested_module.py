"""No test reaches this module, although it decides things.

Code with branches, rules, sums and queries of its own is where the next change goes wrong. While no test imports it, calls
into it, or requests a route whose handler does, nothing tells the author that it did.

Imports are followed through packages and barrel files, calls through functions, classes and dependencies. Modules that
declare routes are the business of `untested-endpoint`; models, schemas, constants, settings, entry points, programs that
run as they are loaded, files of TypeScript that export nothing and user interfaces are left out. So are a module of Python that a test is called after, which
drives it by ways that nobody sees, what only migrations import, a service without any tests, and what
`change-without-test` says of a change. A service that leaves most or many of its modules untested gets one finding with
the five that decide most. What a change adds, or takes its tests from, is told of by itself, however many others there are.

Shown by default is what tests would have to name to get there. What an application runs as it is loaded, or hands to
somebody who calls it later (providers, middleware, listeners), may run with any test that starts it: that is strict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...facts.location import Location, Related
from ...finding import Finding, Subject
from ...join.modules import importers
from ...join.unnoticed import unnoticed
from ...join.untested_modules import UntestedModule, untested_modules
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F E S",
    by_cause=True,
    strictly="what tests may reach without a word: modules that are run as others are loaded, that are handed on to who calls "
    "them, or many calls away; what Nest gives whoever asks for an interface or a token; all of a service whose tests mostly ask for what "
    "nothing is known to answer, and what is loaded with the tests of one whose routes are all unknown; listeners and middleware; those called as what a test imports from nobody knows where; and "
    "modules that no other imports, where a setting names them or all around them stand alone as well.",
    limits="Modules that tests load by a computed name, or run as another program, are not seen as reached.",
)

FIRST = 5
"""How many modules a service that leaves most or many of them untested is told about."""

MANY = 20
"""More untested modules than this are one finding, however many there are with tests: nobody reads a long list."""


def check(project: Project) -> Iterator[Finding]:
    """Each untested module with logic; one finding for a service where these are most."""
    every = project.view(untested_modules)
    told = project.view(unnoticed).functions if every else {}
    used = project.view(importers) if every else {}
    for service, untested in every.items():
        yield from (_finding(one, is_lost=True) for one in untested.lost)
        yield from (replace(_finding(one), strict=one.strict) for one in untested.new)
        for strict in (False, True):
            those = [one for one in untested.known if one.strict is strict]
            left = [one for one in those if one.path not in told]
            is_habit = len(untested.known) > MANY or 2 * len(untested.known) > untested.total
            if left and len(those) > FIRST and is_habit:
                needed = sorted(left, key=lambda one: one.path not in used)  # what nothing imports may go
                found = [_habit(needed, len(those), untested.total, service)]
            else:
                found = [_finding(one, is_used=one.path in used) for one in left]
            yield from (replace(one, strict=strict) for one in found)


def _counted(module: UntestedModule) -> str:
    parts = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in (
            (module.decisions, "decision"),
            (module.computations, "computation"),
            (module.queries, "query"),
        )
        if count
    ]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))).replace("querys", "queries")


def _finding(module: UntestedModule, is_lost: bool = False, is_used: bool = True) -> Finding:
    begin = f"egin with `{module.where}`: one case for each way it can end."
    seen = f"imports `{module.path}` or reaches it through a route"
    return Finding(
        Location(module.path, 1, 1, 1, 1),
        evidence=f"No test {seen}{' any more' if is_lost else ''}; it holds {_counted(module)}.",
        remedy=f"B{begin}"
        if is_used
        else f"No other file imports it either: where nothing needs it, delete it. Else b{begin}",
        related=(Related(module.at, f"{module.where} decides most"),),
        subject=Subject("module", module.path),
        slots={"module": module.path.rpartition("/")[2], "function": module.where, "counts": _counted(module)},
    )


def _habit(untested: Sequence[UntestedModule], count: int, total: int, service: str) -> Finding:
    worst = untested[:FIRST]
    places = ", ".join(f"`{one.path}` ({_counted(one)})" for one in worst)
    return Finding(
        Location(worst[0].path, 1, 1, 1, 1),
        evidence=f"{count} of {total} modules with logic are reached by no test. Most is decided in {places}.",
        remedy=f"Begin with `{worst[0].where}`: one case for each way it can end.",
        related=tuple(Related(one.at, one.path) for one in worst[1:]),
        subject=Subject("service", service),
        slots={
            "module": worst[0].path.rpartition("/")[2],
            "function": worst[0].where,
            "counts": _counted(worst[0]),
        },
    )


REMARK = "`{module}` holds {counts}, and no test goes there. `{function}` is the place to begin."

EXAMPLES = [
    """
=== src/tolls.ts
export function toll(axles: number, night: boolean) {  // <-- strict: what answers the tests nobody knows
  if (axles > 4) return 40
  if (axles > 2) return 20
  return night ? 5 : 10
}
=== src/server.ts
import express from 'express'
import { createServer } from './own-framework'
import { toll } from './tolls'

express().get('/lanes', (req, res) => res.json({ lanes: 4 }))
createServer({ '/tolls': { get: ({ axles }) => toll(axles, false) } }).listen(80)
=== src/own-framework.ts
import { createServer as create } from 'node:http'

export const createServer = (table: object) => create(handlerOf(table))
=== tests/tolls.test.ts
import request from 'supertest'

const at = 'http://localhost:80'

it('takes 1', async () => {
  expect((await request(at).get('/tolls/1')).status).toBe(200)
})

it('takes 2', async () => {
  expect((await request(at).get('/tolls/2')).status).toBe(200)
})

it('takes 3', async () => {
  expect((await request(at).get('/tolls/3')).status).toBe(200)
})

it('takes 4', async () => {
  expect((await request(at).get('/tolls/4')).status).toBe(200)
})

it('takes 5', async () => {
  expect((await request(at).get('/tolls/5')).status).toBe(200)
})

it('takes 6', async () => {
  expect((await request(at).get('/tolls/6')).status).toBe(200)
})

it('takes 7', async () => {
  expect((await request(at).get('/tolls/7')).status).toBe(200)
})

it('takes 8', async () => {
  expect((await request(at).get('/tolls/8')).status).toBe(200)
})

it('takes 9', async () => {
  expect((await request(at).get('/tolls/9')).status).toBe(200)
})

it('takes 10', async () => {
  expect((await request(at).get('/tolls/10')).status).toBe(200)
})
""",
    """
=== src/app.module.ts
import { Module } from '@nestjs/common'
import { FerriesController } from './ferries.controller'
import { IBerths } from './berths'
import { StoredBerths } from './stored-berths'

@Module({ controllers: [FerriesController], providers: [{ provide: IBerths, useClass: StoredBerths }] })
export class AppModule {}
=== src/berths.ts
export abstract class IBerths {
  abstract free(pier: string): Promise<number>
}
=== src/stored-berths.ts
import { IBerths } from './berths'  // <-- strict: what Nest gives whoever asks for berths

export class StoredBerths implements IBerths {
  async free(pier: string) {
    if (!pier) return 0
    if (pier === 'north') return 4
    for (const one of ['east', 'west']) if (one === pier) return 2
    return 1
  }
}
=== src/ferries.controller.ts
import { Controller, Get, Param } from '@nestjs/common'
import { IBerths } from './berths'

@Controller('ferries')
export class FerriesController {
  constructor(private readonly berths: IBerths) {}

  @Get(':pier')
  async berthsAt(@Param('pier') pier: string) {
    return { free: await this.berths.free(pier) }
  }
}
=== test/ferries.e2e-spec.ts
import { Test } from '@nestjs/testing'
import request from 'supertest'
import { AppModule } from '../src/app.module'

it('tells what is free', async () => {
  const app = (await Test.createTestingModule({ imports: [AppModule] }).compile()).createNestApplication()
  const answer = await request(app.getHttpServer()).get('/ferries/north')
  expect(answer.body.free).toBe(4)
})
""",
    """
=== shop/main.py
from fastapi import FastAPI
from .orders import router

app = FastAPI()
app.include_router(router)

=== shop/orders.py
from fastapi import APIRouter, Depends
from . import shipping
from .pricing import total
from .stock import get_stock

router = APIRouter()

@router.post("/orders")
def order(lines: list[dict], stock=Depends(get_stock)):
    stock.reserve(lines)
    return {"total": total(lines)}

@router.post("/orders/{order_id}/ship")
def ship(order_id: int):
    return shipping.send(order_id)

=== shop/pricing.py
def total(lines):
    if not lines:
        raise ValueError("no lines")
    for line in lines:
        line["price"] *= line["count"]
    return sum(line["price"] for line in lines)

=== shop/stock.py
def get_stock():
    return Stock()

class Stock:
    def reserve(self, lines):
        for line in lines:
            if line["count"] > 10:
                raise ValueError("not in stock")

=== shop/shipping.py
def send(order_id): # <-- only a route that no test requests calls it
    if order_id < 0:
        raise ValueError("no such order")
    for attempt in range(3):
        if carrier(order_id, attempt):
            return attempt

def carrier(order_id, attempt):
    return order_id % 2 == attempt

=== shop/worker.py
from shop import shipping

def port(text):
    if not text:
        return 3001
    if not text.isdigit():
        raise ValueError("no port")
    return int(text)

def run(at):
    while at:
        at = None

run(port("3001"))

=== shop/models.py
def parse(text):
    if not text:
        raise ValueError
    for each in text:
        if each == " ":
            raise ValueError

=== shop/refunds.py
def refund(order): # <-- nobody calls it
    if order.paid:
        order.pay_back()
    elif order.cancelled:
        raise ValueError("already cancelled")

=== shop/discounts/__init__.py
from .codes import discount

=== shop/discounts/codes.py
def discount(code):
    if code == "SPRING":
        return 10
    elif code:
        raise ValueError(code)

=== tests/conftest.py
import pytest
from fastapi.testclient import TestClient
from shop.main import app

@pytest.fixture
def client():
    return TestClient(app)

=== shop/billing/fees.py
def fee(order): # <-- strict: a test imports one from who knows where
    if order.paid:
        return 0
    elif order.late:
        return order.total * 0.1

=== tests/test_money.py
from billing.made.fees import fee

def test_fee():
    assert fee(late()) == 1

=== tests/test_shop.py
from shop.discounts import discount

def test_order(client):
    assert client.post("/orders", json=[]).status_code == 200

def test_discount():
    assert discount("SPRING") == 10
""",
    """
=== shop/refunds.py
def refund(order):
    if order.paid:
        order.pay_back()
    elif order.cancelled:
        raise ValueError("no tests at all are another rule's business")
""",
    """
=== src/app.ts
import express from 'express'
import { orders } from './orders'

export const app = express()
app.use('/orders', orders)

=== src/orders.ts
import { Router } from 'express'
import { OrderService } from './order-service'

export const orders = Router()
const service = new OrderService()

orders.post('/', (req, res) => res.json(service.create(req.body)))

=== src/order-service.ts
import { reserve } from './stock'

export class OrderService {
  create(lines: Line[]) {
    if (lines.length === 0) {
      throw new Error('no lines')
    }
    for (const line of lines) reserve(line)
  }
}

=== src/stock.ts
export function reserve(line: Line) {
  if (line.count > 10) {
    throw new Error('not in stock')
  }
  if (line.count < 0) return
}

=== src/refunds.ts
export function refund(order: Order) { // <-- exported, and never tried
  if (order.paid) {
    order.payBack()
  } else if (order.cancelled) {
    throw new Error('already cancelled')
  }
}

=== src/lib/index.ts
export * from './discounts'

=== src/lib/discounts.ts
export function discount(code: string) {
  if (code === 'SPRING') {
    return 10
  }
  if (code) {
    throw new Error(code)
  }
}

=== src/app.test.ts
import request from 'supertest'
import { expect, it } from 'vitest'
import { app } from './app'
import { discount } from './lib'

it('orders', async () => {
  await request(app).post('/orders').expect(200)
})

it('gives a discount', () => {
  expect(discount('SPRING')).toBe(10)
})
""",
    """
=== src/app.ts
import { Hono } from 'hono'
import { db } from './db'
import { links } from './schema'

export const app = new Hono()
app.get('/links', async (c) => c.json(await db.select().from(links)))
=== src/db.ts
import { drizzle } from 'drizzle-orm/node-postgres'

export const db = drizzle(process.env.DATABASE_URL!)
=== src/schema.ts
import { pgTable, text } from 'drizzle-orm/pg-core'

export const links = pgTable('links', { slug: text('slug') })
=== src/expiry.ts
import { eq } from 'drizzle-orm' // <-- queries of a builder count as others do
import { db } from './db'
import { links } from './schema'

export async function expire(slug: string) {
  const found = await db.select().from(links).where(eq(links.slug, slug))
  if (found.length === 0) return
  await db.delete(links).where(eq(links.slug, slug))
}
=== test/app.test.ts
import { expect, it } from 'vitest'
import { app } from '../src/app'

it('lists', async () => {
  expect((await app.request('/links')).status).toBe(200)
})
""",
    """
=== shop/fees.py
RATE = 0.04 # <-- few branches, but sums

def fee(total, weeks):
    if weeks >= 10:
        total *= 0.9
    return round(total * RATE)

def is_corner(pitch, pitches):
    return pitch in (1, pitches)

=== shop/pool.py
import os
from sqlalchemy import create_engine

def pool(url=None):
    size = 20 if os.environ.get("ENV") == "production" else 5
    if not url:
        url = os.environ["DATABASE_URL"]
    return create_engine(url, pool_size=size, pool_recycle=60 * 30)

=== shop/repository.py
from sqlalchemy import select
from .models import Order

def of(customer, since):
    return select(Order).where(Order.customer_id == customer, Order.paid_at > since, Order.total >= 0)

=== shop/models.py
class Order: ...

=== shop/timed.py
import time

def timed(call):
    started = time.perf_counter()
    result = call()
    return result, round((time.perf_counter() - started) * 1000, 2)

=== tests/test_models.py
from shop.models import Order

def test_order():
    assert Order()
""",
    """
=== src/money.ts
export const cents = (amount: number): number => Math.round(amount * 100)

=== src/expiry.ts
const DAY = 86_400_000 // <-- nobody imports it, and nothing of it is found by who does not

export function expired(issued: Date, now: Date): boolean {
  return (now.getTime() - issued.getTime()) / DAY > 30
}

export function left(issued: Date, now: Date): number {
  const passed = Math.floor((now.getTime() - issued.getTime()) / DAY)
  return passed < 30 ? 30 - passed : 0
}

export const share = (days: number): number => days / 30

=== src/plans.ts
export default function plan(count: number): number { // <-- strict: somebody may load all of a folder
  if (count > 100) return count * 3
  if (count > 10) return count * 4
  return count % 2 === 0 ? count * 5 : count * 6
}

=== src/client.ts
import { createClient } from '@supabase/supabase-js'

export const client = () =>
  createClient(process.env.SUPABASE_URL!, process.env.NODE_ENV === 'production' ? process.env.KEY! : 'local')

=== src/app.ts
import { Hono } from 'hono'

export const app = new Hono()
app.get('/orders', (c) => c.json([]))

=== src/app.test.ts
import { expect, it } from 'vitest'
import { app } from './app'
import { cents } from './money'

it('counts', async () => {
  expect(cents(1)).toBe(100)
  expect((await app.request('/orders')).status).toBe(200)
})
""",
]
