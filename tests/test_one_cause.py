"""What a change brings without a test is one finding: of what nothing reaches, or of what was altered, not of both."""

import pytest

from reviewlint import catalogue
from reviewlint.examples import parse
from reviewlint.finding import Finding
from reviewlint.project import Project

from .test_examples import project_of

RULES = ("change-without-test", "untested-endpoint", "untested-module", "untested-edge-function", "untested-policy")

ROUTES = """
=== shop/main.py
from fastapi import FastAPI
from shop.orders import router
app = FastAPI()
app.include_router(router, prefix="/orders")
=== shop/orders.py
from fastapi import APIRouter
router = APIRouter()
@router.get("")
def orders():
    return []
=== tests/test_orders.py
def test_orders(client):
    assert client.get("/orders").json() == []
"""
NEW_ROUTE = """
=== shop/orders.py
from fastapi import APIRouter
router = APIRouter()
@router.get("")
def orders():
    return []
@router.delete("/{order}")
def cancel(order: int):
    return {"cancelled": order}
"""
MODULES = """
=== shop/prices.py
def total(lines):
    return sum(lines)
=== tests/test_prices.py
from shop.prices import total
def test_total():
    assert total([1]) == 1
"""
NEW_MODULE = """
=== shop/discounts.py
def discount(code, lines):
    if not code:
        return 0
    if code == "SPRING":
        return sum(lines) // 10
    for line in lines:
        if line < 0:
            raise ValueError(line)
    return 0
"""
EDGE = """
=== supabase/functions/pay/index.ts
import { fee } from './fee.ts'
Deno.serve(async (request) => Response.json({ fee: fee(await request.json()) }))
=== supabase/functions/pay/fee.ts
export const fee = (order) => order.total * 0.02
=== supabase/functions/pay/fee_test.ts
import { assertEquals } from 'jsr:@std/assert'
import { fee } from './fee.ts'
Deno.test('fee', () => assertEquals(fee({ total: 100 }), 2))
"""
NEW_EDGE = """
=== supabase/functions/refund/index.ts
Deno.serve(async (request) => {
  const { order } = await request.json()
  if (!order) return Response.json({ error: 'no order' }, { status: 400 })
  return Response.json({ refunded: order })
})
"""
POLICIES = """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id bigint primary key, owner uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (owner = (select auth.uid()));
=== supabase/tests/notes.test.sql
begin;
select plan(1);
select is_empty('select 1 from public.notes', 'visitors see nothing');
select * from finish();
rollback;
"""
NEW_POLICY = """
=== supabase/migrations/20240201000000_tags.sql
create table public.tags (id bigint primary key, owner uuid);
alter table public.tags enable row level security;
create policy own on public.tags for select to authenticated using (owner = (select auth.uid()));
"""


def said(base: str, change: str) -> set[tuple[str, str, int]]:
    """What the rules say of a change: their name, the path and the line."""
    before = parse(base).files
    project = project_of({**before, **parse(change).files}, before)
    return {(rule, one.at.path, one.at.line) for rule in RULES for one in _findings(rule, project)}


def _findings(name: str, project: Project) -> list[Finding]:
    return list(next(rule for rule in catalogue.load_all() if rule.name == name).check(project, None))


@pytest.mark.parametrize(
    ("base", "change", "rule", "path", "line"),
    [
        (ROUTES, NEW_ROUTE, "untested-endpoint", "shop/orders.py", 6),
        (MODULES, NEW_MODULE, "untested-module", "shop/discounts.py", 1),
        (EDGE, NEW_EDGE, "untested-edge-function", "supabase/functions/refund/index.ts", 1),
        (POLICIES, NEW_POLICY, "change-without-test", "supabase/migrations/20240201000000_tags.sql", 3),
    ],
)
def test_what_is_new_without_a_test_is_told_of_once(base: str, change: str, rule: str, path: str, line: int) -> None:
    assert said(base, change) == {(rule, path, line)}


def test_what_was_untested_before_is_told_of_by_the_other_rule() -> None:
    only_read = NEW_ROUTE.replace(
        "=== shop/orders.py", ROUTES.partition("=== shop/orders.py")[0] + "=== shop/orders.py"
    )
    tests = ROUTES[ROUTES.index("=== tests/") :]
    assert said(only_read + tests, "=== shop/notes.py\nx = 1\n") == {("untested-endpoint", "shop/orders.py", 6)}


def test_without_any_tests_the_first_places_are_named() -> None:
    without = ROUTES[: ROUTES.index("=== tests/")]
    assert said(without, NEW_ROUTE) == {("untested-endpoint", "shop/orders.py", 6)}


def test_a_route_whose_test_is_deleted_is_untested() -> None:
    before = parse(ROUTES).files | {"tests/test_prices.py": "def test_nothing():\n    assert 1\n"}
    now = {path: text for path, text in before.items() if path != "tests/test_orders.py"}
    found = {(rule, one.at.line) for rule in RULES for one in _findings(rule, project_of(now, before))}
    assert ("change-without-test", 3) not in found
    assert ("untested-endpoint", 3) in found
