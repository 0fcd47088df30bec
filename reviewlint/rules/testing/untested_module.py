"""No test reaches this module, although it decides things.

Code with branches, queries and failures of its own is where the next change goes wrong. While no test imports it, calls
into it, or requests a route whose handler does, nothing tells the author that it did.

Imports are followed through packages and barrel files, calls through functions, classes and dependencies. Modules that
declare routes are the business of `untested-endpoint`; models, schemas, constants, settings, entry points, programs that
run as they are loaded and user interfaces are left out. So are a module of Python that a test is called after, which
drives it by ways that nobody sees, what only migrations import, a service without any tests, and what
`change-without-test` says of a change. A service that leaves most or many of its modules untested gets one finding with
the five that decide most.

Shown by default is what tests would have to name to get there. What an application runs as it is loaded, or hands to
somebody who calls it later (providers, middleware, listeners), may run with any test that starts it: that is strict.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...facts.code import Definition, Function
from ...facts.data import DocumentQuery, ModelAccess, Query, RowRead, RowWrite, TableAccess
from ...facts.file import Side
from ...facts.http import Route, Router
from ...facts.imports import Export, Import
from ...facts.location import Location, Related
from ...facts.tests import TestCase
from ...facts.values import Choice, Constant, Items, Record
from ...finding import Finding, Subject
from ...join.coverage import is_unseen
from ...join.deciding import may_decide
from ...join.endpoints import endpoints
from ...join.exercised import exercised, imported_by_tests, may_be_exercised
from ...join.modules import modules
from ...join.requests import test_files
from ...join.services import services
from ...join.unnoticed import unnoticed
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F E S",
    strictly="what tests may reach without a word: modules that are run as others are loaded, that are handed on to who calls "
    "them, or many calls away; listeners and middleware; and modules that no other imports, where a setting names them or "
    "all around them stand alone as well.",
    limits="Modules that tests load by a computed name, or run as another program, are not seen as reached.",
)

LEAST = 3
"""How often a module must decide or query to have logic of its own; with fewer, a test would repeat its lines."""

FIRST = 5
"""How many modules a service that leaves most or many of them untested is told about."""

MANY = 20
"""More untested modules than this are one finding, however many there are with tests: nobody reads a long list."""

REGISTERING = ("apps.py", ".module.ts")
"""How files of Django and Nest end that load what the framework then calls by itself: signals, strategies, guards."""
_LISTENS = re.compile(r"(?:^|\.)(?:receiver|listens_for)$")
"""What marks a function of Django's or SQLAlchemy's that is called whenever something happens to a row."""
_NEXT = "get_response"
"""What Django gives middleware, which all requests pass (Django, "Middleware: writing your own")."""
_TEST_OF = re.compile(r"^tests?_|_tests?$|[-_]?spec$")

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
"""The path of a module or of something in it, as settings write it."""

SENT = (Query, TableAccess, ModelAccess, DocumentQuery)
"""What certainly asks a database."""
QUERIES = (*SENT, RowRead, RowWrite)
"""What asks one where it stands on a server; several of these may speak of one line."""

RUNNERS = frozenset({"unittest", "pytest"})
"""What only tests import, and what helps or runs them."""


@dataclass(frozen=True, slots=True)
class _Module:
    path: str
    decisions: int
    queries: int
    sends: bool
    where: str
    at: Location

    @property
    def weight(self) -> int:
        return self.decisions + 2 * self.queries


def check(project: Project) -> Iterator[Finding]:
    """Each untested module with logic; one finding for a service where these are most."""
    lost = _lost(project)
    several = list(_modules(project, lost))
    if not several:
        return
    names = project.view(services)
    reached = project.view(exercised)
    tests = project.view(test_files)
    by_service: dict[str, list[_Module]] = defaultdict(list)
    told = project.view(unnoticed).functions
    for module in several:
        by_service[names.of(module.path)].append(module)
    answering = {names.of(endpoint.at.path) for endpoint in project.view(endpoints)}
    for service, every in by_service.items():
        python = service.endswith("(python)")
        backend = [one for one in every if python or one.sends or service in answering]
        meant = {_stem(path) for path in tests if python and names.within(path, service)}
        backend = [one for one in backend if one.path in reached or one.path in lost or _stem(one.path) not in meant]
        untested = sorted((one for one in backend if one.path not in reached), key=lambda one: (-one.weight, one.path))
        if not any(names.within(path, service) for path in tests):
            continue
        yield from (_finding(one, is_lost=True) for one in untested if one.path in lost)
        if service in answering and is_unseen(project, service):
            continue
        untested = [one for one in untested if one.path not in lost]
        alone = project.view(_alone) | project.view(may_be_exercised) if untested else frozenset[str]()
        for strict in (False, True):
            those = [one for one in untested if (one.path in alone) is strict]
            left = [one for one in those if one.path not in told]
            if left and len(those) > FIRST and (len(untested) > MANY or 2 * len(untested) > len(backend)):
                found = [_habit(left, len(those), len(backend), service)]
            else:
                found = list(map(_finding, left))
            yield from (replace(one, strict=strict) for one in found)


def _stem(path: str) -> str:
    """What a file is called without its ending, and without what makes it the test of another: `test_orders.py`."""
    return _TEST_OF.sub("", path.rpartition("/")[2].partition(".")[0])


def _alone(project: Project) -> frozenset[str]:
    """The view: the files that a framework calls, or that no other imports but tests and it, or somebody, may load.

    So may all but those that stand among files which others import, and are named nowhere.
    """
    tests, edges = project.view(test_files), project.view(modules).imports
    importing = [path for path in project.files if path not in tests]
    taken = [
        (path, edge) for path in importing for edge in edges(path) if edge.target != path and not edge.fact.type_only
    ]
    registered = {edge.target for path, edge in taken if path.endswith(REGISTERING)} | set(_named(project))
    loaded = {edge.target for path, edge in taken if not path.endswith(REGISTERING)}
    folders = {path.rpartition("/")[0] for path in loaded}
    known = {path for path in project.files if path.rpartition("/")[0] in folders} - registered
    every = project.facts(Function)
    passed = {one.at.path for one in every if _NEXT in one.parameters}
    listening = {one.at.path for one in every if any(map(_LISTENS.search, one.decorators))}
    return frozenset(project.files) - known - loaded | passed | listening & (loaded | registered)


def _named(project: Project) -> Iterator[str]:
    """The files of what settings and tables name by its dotted path: `MIDDLEWARE = ["shop.guards.SignedIn"]`."""
    resolve = project.view(modules).resolve
    waiting = [definition.value for definition in project.facts(Definition)]
    while waiting:
        match waiting.pop():
            case Items(items=several) | Choice(options=several):
                waiting += several
            case Record(entries=entries):
                waiting += (value for _, value in entries)
            case Constant(at=at, value=str(text)) if _DOTTED.fullmatch(text):
                yield from filter(None, (resolve(text, at.path), resolve(text.rpartition(".")[0], at.path)))
            case _:
                pass


def _lost(project: Project) -> frozenset[str]:
    """The files that tests import which the change deletes: somebody found them worth a test."""
    change, resolve = project.change, project.view(modules).resolve
    found: set[str | None] = set()
    for path in change.deleted if change is not None else ():
        file = project.originals.get(path)
        if file is not None and any(isinstance(fact, TestCase) for fact in file.facts):
            for fact in file.facts:
                if isinstance(fact, Import) and not fact.type_only:
                    found |= {
                        resolve(fact.module, path),
                        *(resolve(f"{fact.module}.{name}", path) for name, _ in fact.names),
                    }
    return frozenset(path for path in found if path is not None)


def _modules(project: Project, lost: frozenset[str]) -> Iterator[_Module]:
    """The modules that decide or query, without those that are another rule's business; none where none is wanted.

    What sends SQL for others runs on a server, even if nothing there imports it.
    """
    wanted = (path for path in project.files if project.is_wanted(path))
    if not any(_has_logic(project, path, lost) and _may_lack_tests(project, path) for path in wanted):
        return
    routing = {fact.at.path for kind in (Route, Router) for fact in project.facts(kind)}
    routing |= {endpoint.handler_path for endpoint in project.view(endpoints)}
    tests = project.view(test_files) | {
        fact.at.path for fact in project.facts(Import) if fact.module.partition(".")[0] in RUNNERS
    }
    for path in project.files:
        if path in routing or path in tests or not _has_logic(project, path, lost) or not may_decide(path):
            continue
        decisions, queries = _logic(project, path)
        lends = bool(project.facts_of(path, Query)) and bool(project.facts_of(path, Export))
        serves = project.side(path) in SERVER_SIDES or lends
        if serves and not _is_program(project, path) and not _only_migrates(project, path):
            most = max(project.facts_of(path, Function), key=lambda one: one.decisions)
            yield _Module(
                path, decisions, queries, any(project.facts_of(path, kind) for kind in SENT), most.name, most.at
            )


def _is_program(project: Project, path: str) -> bool:
    """Whether a file that no other imports calls functions of its own as it is loaded: to load it is to run it."""
    if path in project.view(_importers):
        return False
    own = {one.name for one in project.facts_of(path, Function) if "." not in one.name}
    return any(not made.function for made in project.calls_made(path, own)) if own else False


def _only_migrates(project: Project, path: str) -> bool:
    """Whether only migrations import a file."""
    importers = project.view(_importers).get(path, ())
    return bool(importers) and all(project.side(one) is Side.MIGRATION for one in importers)


def _importers(project: Project) -> Mapping[str, Sequence[str]]:
    """The view: the files that import each file that others do."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in project.files:
        for edge in project.view(modules).imports(path):
            if edge.target != path and not edge.fact.type_only:
                found[edge.target].append(path)
    return found


def _has_logic(project: Project, path: str, lost: frozenset[str]) -> bool:
    decisions, queries = _logic(project, path)
    return decisions + 2 * queries >= (1 if path in lost else LEAST)


def _logic(project: Project, path: str) -> tuple[int, int]:
    """How many decisions the functions of a file make, and how many queries stand in one that has functions."""
    functions = project.facts_of(path, Function)
    queries = {fact.at.line for kind in QUERIES for fact in project.facts_of(path, kind)}
    return (sum(_own(functions)), len(queries)) if functions else (0, 0)


def _may_lack_tests(project: Project, path: str) -> bool:
    """Whether a module may be one that no test reaches, as far as that is known at once."""
    return project.may_serve(path) and may_decide(path) and path not in project.view(imported_by_tests)


def _own(functions: Sequence[Function]) -> Iterator[int]:
    """The decisions of each outermost function; those of the functions in it are among its own."""
    names = {one.name for one in functions}
    for one in functions:
        if one.name.rpartition(".")[0] not in names:
            yield one.decisions


def _counted(module: _Module) -> str:
    parts = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((module.decisions, "decision"), (module.queries, "query"))
        if count
    ]
    return " and ".join(parts).replace("querys", "queries")


def _finding(module: _Module, is_lost: bool = False) -> Finding:
    seen = f"imports `{module.path}` or reaches it through a route"
    return Finding(
        Location(module.path, 1, 1, 1, 1),
        evidence=f"No test {seen}{' any more' if is_lost else ''}; it holds {_counted(module)}.",
        remedy=f"Begin with `{module.where}`: one case for each way it can end.",
        related=(Related(module.at, f"{module.where} decides most"),),
        subject=Subject("module", module.path),
        slots={"module": module.path.rpartition("/")[2], "function": module.where, "counts": _counted(module)},
    )


def _habit(untested: Sequence[_Module], count: int, total: int, service: str) -> Finding:
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
]
