"""An integration test replaces the database with a mock.

It is there to show that the parts work together, and the part that fails most often is not there: a query with a wrong
column, a constraint, a policy that hides the row all pass, because the mock answers what the test expects.

Integration tests are those that say so, in the name of their folder or file, and those that send requests to the whole
application. Unit tests may replace what they like.
"""

import re
from collections.abc import Iterator

from ...facts.tests import Replacement, RequestedRoute
from ...finding import Finding
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Replacement",),
    asked_by="F S",
    level="strict",
    limits="A mock that is handed in as an argument is not seen.",
)

_INTEGRATION = re.compile(
    r"(?:^|[/._-])(?:integration|e2e|end[_-]to[_-]end|functional|acceptance)(?:[_-]?tests?)?(?=[/.]|[_-][^/]*$)",
    re.I,
)
_UNIT = re.compile(r"(?:^|[/._-])units?(?:[_-]?tests?)?(?=[/._-])", re.I)
_DATABASE = re.compile(
    r"^(?:pg|postgres|mysql2?(?:/promise)?|sqlite3|better-sqlite3|mongodb|mongoose|knex|typeorm|@prisma/client|psycopg2?"
    r"|asyncpg|sqlalchemy|@supabase/supabase-js|drizzle-orm)(?:[./].*)?$"
    r"|(?:^|[./_@-])(?:db|database|prisma|get_db|get_session|sessionmaker|SessionLocal|async_session(?:_maker)?|db_session"
    r"|supabase(?:[_-]?client)?|create_client)(?:\.[mc]?[jt]s)?$"
    r"|(?:^|[/~@])(?:supabase|db|database|drizzle|prisma|knex|kysely)/(?:server|client|admin|service|index|connection|pool)(?:\.[mc]?[jt]s)?$"
    r"|@supabase/(?:ssr|auth-helpers-[\w-]+)$"
    r"|^get(?:Repository|Model|EntityManager|DataSource|Connection)Token\(|^(?:DataSource|EntityManager|\w*Prisma(?:Service|Client)?)$"
    r"|(?:^|\.)(?:psycopg2?|asyncpg|sqlite3|pymysql|MySQLdb|aiomysql|aiosqlite|pymongo)\.\w+$|\.objects(?:\.\w+)?$"
    r"|(?:^|\.)(?:\w*_?(?:store|repository|repo|dao|crud)|db|database|session)\.\w+$"
)


def check(project: Project) -> Iterator[Finding]:
    """Each replacement of the database in a file of integration tests."""
    for fact in project.facts(Replacement):
        if not fact.by_mock:
            continue
        if _is_integration(project, fact.at.path) and _DATABASE.search(fact.target):
            yield Finding(
                fact.at,
                evidence=f"This integration test replaces `{fact.target}`, so no query in it reaches a database.",
                remedy="Run it against a database of its own: a container, a schema for each worker, or a rolled-back transaction.",
                slots={"target": fact.target},
            )


def _is_integration(project: Project, path: str) -> bool:
    """Whether the tests of a file go through the parts together: they say so, or they request what they test."""
    if _UNIT.search(path):
        return False
    says = _INTEGRATION.search(path) is not None
    return says or (path.endswith(".py") and bool(project.facts_of(path, RequestedRoute)))


REMARK = "With `{target}` replaced, this integrates everything but the part that breaks. Give it a database of its own."

EXAMPLES = [
    """
=== tests/integration/test_orders.py
from unittest.mock import patch

def test_orders(client):
    with patch("shop.db.get_session"): # <-- no database in an integration test
        assert client.get("/orders").status_code == 200

def test_mail(client):
    with patch("shop.mail.send"):
        assert client.get("/orders").status_code == 200

def test_carts(client):
    with patch("shop.carts.Cart.objects"):  # <-- what Django asks by
        assert client.get("/carts").status_code == 200

def test_stock(client):
    with patch("shop.store.psycopg.connect"):  # <-- the driver
        assert client.get("/stock").status_code == 200

=== tests/integration/test_reports.py
from unittest.mock import MagicMock

from shop.clock import get_clock
from shop.db import get_session
from shop.main import app

def test_reports(client):
    session = MagicMock()
    session.execute.return_value.all.return_value = []
    app.dependency_overrides[get_session] = lambda: session  # <-- handed to every route
    app.dependency_overrides[get_clock] = lambda: MagicMock()
    assert client.get("/reports").status_code == 200

def test_reports_of_nobody(client, session):
    app.dependency_overrides[get_session] = lambda: session
    assert client.get("/reports").status_code == 200

=== tests/unit/test_orders.py
from unittest.mock import patch

def test_orders(client):
    with patch("shop.db.get_session"):
        assert client.get("/orders").status_code == 200
""",
    """
=== src/orders.integration.test.ts
import { expect, it, vi } from 'vitest'
import { orders } from './orders'

vi.mock('../lib/prisma') // <-- everything but the database
vi.mock('../lib/mail')

it('lists', async () => expect(await orders()).toEqual([]))
""",
    """
=== integration-service/tests/orders.test.ts
import { expect, it, vi } from 'vitest'
import { orders } from '../src/orders'

vi.mock('../lib/db')

it('lists', async () => expect(await orders()).toEqual([]))
""",
    """
=== test/payments.e2e-spec.ts
import { Test } from '@nestjs/testing'
import { getRepositoryToken } from '@nestjs/typeorm'

it('books', async () => {
  const payments = { save: jest.fn() }
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(BankClient)
    .useValue({ confirm: () => true })
    .overrideProvider(getRepositoryToken(Payment)) // <-- the repository
    .useValue(payments)
    .overrideProvider(PrismaService) // <-- a client that pretends
    .useValue(mockPrisma)
    .overrideProvider(DataSource)
    .useValue(container.dataSource)
    .compile()
})

=== tests/integration/reservations.test.ts
import { vi } from 'vitest'

vi.mock('@/lib/supabase/server', () => ({ createServerSupabase: () => ({ from }) })) // <-- no rows, no policies
vi.mock('@/lib/mail/client')
""",
    """
=== tests/test_orders.py
def test_orders(client, monkeypatch):
    monkeypatch.setattr("shop.orders.store.many", lambda: MagicMock())  # <-- through the whole application, without it
    assert client.get("/orders").status_code == 200

def test_carts(client, monkeypatch, session):
    monkeypatch.setattr("shop.db.session", session)
    assert client.get("/carts").status_code == 200

=== tests/test_sums.py
from unittest.mock import patch

@patch("shop.orders.store.many")
def test_total(many):
    assert total(many) == 0
""",
]
