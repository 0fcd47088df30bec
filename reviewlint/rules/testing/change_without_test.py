"""Code does anything else than before, and no test that reaches it is part of the change.

Tests that stay green while behaviour changes did not look at that behaviour. Whoever changes a function knows best what
should be true of it now, and will never again know it as well: the change is where the test belongs.

Judged by function: what is only laid out, typed, commented, renamed or moved is the same as before, and so are the
wording of messages and what is logged. A test is part of the change when it is new or edited, and it reaches a function
when it imports or calls it, calls into it, or requests a route whose handler does. Policies and functions of the
database count as reached when such a test names them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...facts import sql
from ...facts.change import Change
from ...facts.code import Function
from ...facts.data import DocumentQuery, ModelAccess, Query, TableAccess
from ...facts.file import Side
from ...facts.http import Route
from ...facts.location import Location, Related
from ...facts.sql import Statement
from ...facts.tests import RequestedRoute, TestCase
from ...finding import Finding, Subject
from ...join.behaviours import Changed, changed_behaviours
from ...join.coverage import test_files
from ...join.deciding import may_decide
from ...join.exercised import exercised_by, reach
from ...join.homes import homes
from ...join.modules import modules
from ...join.named_in_tests import named_in_tests
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript", "sql"),
    asked_by="F S",
    about_change=True,
    limits="Constants and declarations outside of functions are not compared, and neither is what only a browser runs.",
)

_WIRES = re.compile(
    r"(?:^|\.)(?:constructor|__init__|__repr__|__str__|toString|toJSON|(?:create|build|make|set_?up|init|register|configure)(?=[A-Z_]).*)$"
)
"""What puts parts together or shows them: it counts where it chooses between ways that it did not have before."""
_CHOICE = re.compile(
    r"\((?:if_statement|elif_clause|for_\w+|while_statement|switch_case|case_clause|catch_clause|except_clause"
    r"|conditional_expression|ternary_expression|throw_statement|raise_statement) "
)

_COMPUTES = re.compile(
    r"\((?:binary_operator|comparison_operator|boolean_operator|not_operator|unary_operator|augmented_assignment"
    r"|conditional_expression|list_comprehension|dictionary_comprehension|set_comprehension|generator_expression"
    r"|binary_expression|ternary_expression|unary_expression|augmented_assignment_expression|spread_element|subscript) "
)
"""Kinds of nodes that make a value of others; without any of them a function hands on what it is given."""
_QUERIES = (Query, TableAccess, ModelAccess, DocumentQuery)

FARTHEST = 6
"""How many calls away from an edited test a function may be: who edits one has something in mind that it reaches."""

SEVERAL = 3
"""More changed functions of one file than this are one finding."""


def check(project: Project) -> Iterator[Finding]:
    """Each function, route, policy and database function that changed without a test."""
    change = project.change
    if change is None:
        return
    tests = project.view(test_files)
    edited = frozenset(path for path in change.files if path in tests)
    if not _drives_from_outside(project, edited):
        yield from _code(project, edited)
    yield from _database(project, change, edited)


def _drives_from_outside(project: Project, tests: Collection[str]) -> bool:
    """Whether any of these tests may reach everything: it neither imports nor requests anything that is known."""
    requesting = {fact.at.path for fact in project.facts(RequestedRoute)}
    return any(
        case.at.path in tests and case.at.path not in requesting and not project.view(modules).imports(case.at.path)
        for case in project.facts(TestCase)
        if not case.at.path.endswith(".sql")
    )


# Code


def _code(project: Project, edited: frozenset[str]) -> Iterator[Finding]:
    now = exercised_by(project, edited, FARTHEST)
    names = project.view(services)
    by_file: dict[str, list[Changed]] = defaultdict(list)
    for changed in project.view(changed_behaviours):
        path = changed.function.at.path
        if (
            _matters(project, changed)
            and not now.includes(path, changed.function.name)
            and any(names.within(test, names.of(path)) for test in project.view(test_files))
        ):
            by_file[path].append(changed)
    for path, every in by_file.items():
        yield from _of_file(project, path, every)


def _matters(project: Project, changed: Changed) -> bool:
    """Whether a function is one that a test can be asked for."""
    path = changed.function.at.path
    if project.side(path) not in SERVER_SIDES or path in project.view(test_files):
        return False
    routes = {fact.handler for fact in project.facts_of(path, Route)}
    name = changed.function.name
    if name in routes or any(handler.startswith(f"{name}.") for handler in routes):
        return True
    if not may_decide(path) or "@" in name or not _is_tested_around(project, path):
        return False
    own = [fact for fact in project.facts_of(path, Function) if fact.name == name]
    decides = any(one.decisions for one in own)
    if _WIRES.search(name) and not _decides_otherwise(changed):
        return False
    at = changed.function.at
    asks = any(at.line <= fact.at.line <= at.end_line for kind in _QUERIES for fact in project.facts_of(path, kind))
    return decides or asks or _COMPUTES.search(changed.function.code) is not None


def _decides_otherwise(changed: Changed) -> bool:
    """Whether a function chooses between other ways than before, not only puts other parts together."""
    before = changed.before.code if changed.before is not None else ""
    return Counter(_CHOICE.findall(changed.function.code)) != Counter(_CHOICE.findall(before))


def _is_tested_around(project: Project, path: str) -> bool:
    """Whether tests reach the file or one beside it: where none goes, nobody expects the next one."""
    folder = path.rpartition("/")[0]
    return any(other.rpartition("/")[0] == folder for other in project.view(reach).files - project.view(test_files))


def _of_file(project: Project, path: str, every: Sequence[Changed]) -> Iterator[Finding]:
    home = project.view(homes).of(path)
    if len(every) <= SEVERAL:
        for changed in every:
            yield _finding(project, changed, home)
        return
    first, *rest = every
    names = ", ".join(f"`{_shown(changed)}`" for changed in every[:SEVERAL])
    yield Finding(
        _place(first),
        f"{len(every)} functions of this file do anything else than before, {names} among them, and no test that "
        "reaches them is part of the change.",
        f"{home}: what is true of each of them now",
        tuple(Related(_place(changed), _shown(changed)) for changed in rest),
        Subject("module", path),
        {"name": _shown(first), "test": home},
    )


def _finding(project: Project, changed: Changed, home: str) -> Finding:
    name = _shown(changed)
    what = "is new" if changed.added else "does anything else than before"
    path = changed.function.at.path
    reached = project.view(reach).includes(path, changed.function.name)
    seen = "the tests that reach it are as they were" if reached and not changed.added else "no test reaches it"
    return Finding(
        _place(changed),
        f"`{name}` {what}, and {seen}.",
        f"{home}: {'what it does' if changed.added else 'what is different now'}, once as it should go and once as not",
        subject=Subject("function", name, schema=path),
        slots={"name": name, "test": home},
    )


def _place(changed: Changed) -> Location:
    return Location(changed.function.at.path, changed.line, 1, changed.line, 1)


def _shown(changed: Changed) -> str:
    name, _, line = changed.function.name.partition("@")
    return f"{name} in line {line}" if line else name


# The database


@dataclass(frozen=True, slots=True)
class _Object:
    kind: str
    name: sql.Name
    at: Location


def _database(project: Project, change: Change, edited: Collection[str]) -> Iterator[Finding]:
    named = project.view(named_in_tests)
    if not any(path.endswith(".sql") for path in named):
        return
    words = frozenset().union(*(named[path] for path in edited if path in named))
    seen: set[tuple[str, str]] = set()
    for statement in project.facts(Statement, Side.MIGRATION):
        one = _changed_object(statement) if change.touches(statement.at) else None
        if one is None or one.name.name in words or (one.kind, str(one.name)) in seen:
            continue
        seen.add((one.kind, str(one.name)))
        home = _sql_home(named, one.name.name)
        yield Finding(
            Location(one.at.path, one.at.line, 1, one.at.line, 1),
            f"The {one.kind} `{one.name}` changes here, and no test that names it is part of the change.",
            f"{home}: who may see and write which rows" if one.kind == "policies of" else f"{home}: what it answers",
            subject=Subject("function" if one.kind == "function" else "policy", one.name.name, one.name.schema),
            slots={"name": str(one.name), "test": home},
        )


def _changed_object(statement: Statement) -> _Object | None:
    match statement.action:
        case sql.CreatePolicy(table=table) | sql.AlterPolicy(table=table):
            return _Object("policies of", table, statement.at)
        case sql.CreateFunction(name=name):
            return _Object("function", name, statement.at)
        case _:
            return None


def _sql_home(named: Mapping[str, frozenset[str]], name: str) -> str:
    """The test that names it already, or one of its own beside the others."""
    there = sorted(path for path in named if path.endswith(".sql"))
    already = [path for path in there if name in named[path]]
    if already:
        return min(already, key=lambda path: len(named[path]))
    folder, _, last = there[0].rpartition("/")
    ending = last[last.index(".") :]
    return f"{folder}/{name}{ending}" if folder else f"{name}{ending}"


REMARK = (
    "`{name}` changed and no test noticed, because none was asked. Say in `{test}` what is true now, while you still "
    "know it."
)

EXAMPLES = [
    """
=== base shop/prices.py
def total(lines, discount=0):
    if not lines:
        raise ValueError("no lines")
    return sum(line.price for line in lines) - discount

def label(price):
    if price < 0:
        return "refund"
    return f"{price} EUR"

=== shop/prices.py
def total(lines, discount=0):
    if not lines:
        raise ValueError("no lines")
    return sum(line.price for line in lines) * (100 - discount) / 100 # <-- from an amount to a percentage

def price_label(amount: int) -> str:
    # renamed and typed
    if amount < 0:
        return "refund"
    return f"{amount} EUR"

=== base tests/test_prices.py
from shop.prices import total

def test_total():
    assert total([]) == 0

=== tests/test_prices.py
from shop.prices import total

def test_total():
    assert total([]) == 0
""",
    """
=== base shop/prices.py
def total(lines, discount=0):
    return sum(line.price for line in lines) - discount

=== shop/prices.py
def total(lines, discount=0):
    return sum(line.price for line in lines) * (100 - discount) / 100

=== base tests/test_prices.py
from shop.prices import total

def test_total():
    assert total([], 1) == -1

=== tests/test_prices.py
from shop.prices import total

def test_total():
    assert total([], 1) == 0
""",
    """
=== base shop/seats.py
class SeatService:
    def revoke(self, seat):
        if seat.open:
            seat.close()

    def assign(self, seat, owner):
        if seat.open:
            seat.owner = owner

seats = SeatService()

=== shop/seats.py
class SeatService:
    def revoke(self, seat):
        if seat.open and not seat.kept:
            seat.close()

    def assign(self, seat, owner):
        if seat.open and owner: # <-- the test that was added revokes
            seat.owner = owner

seats = SeatService()

=== base tests/test_seats.py
from shop.seats import seats as seat_service

def test_assign(seat):
    seat_service.assign(seat, "Ada")
    assert seat.owner == "Ada"

=== tests/test_revoking.py
from shop.seats import seats as seat_service

def test_revoke(seat):
    seat_service.revoke(seat)
    assert seat.open

=== tests/test_seats.py
from shop.seats import seats as seat_service

def test_assign(seat):
    seat_service.assign(seat, "Ada")
    assert seat.owner == "Ada"
""",
    """
=== base src/app.ts
import express from 'express'

export const app = express()

app.get('/orders', (req, res) => {
  res.json(list(req.query.limit))
})

app.get('/orders/:id', (req, res) => {
  res.json(find(req.params.id))
})

=== src/app.ts
import express from 'express'

export const app = express()

app.get('/orders', (req, res) => {
  res.json(list(req.query.limit ?? 20)) // <-- a limit that was not there
})

app.get('/orders/:id', (request: Request, response: Response) => {
  response.json(find(request.params.id));
});

=== base src/app.test.ts
import request from 'supertest'
import { app } from './app'

it('lists', async () => {
  await request(app).get('/orders').expect(200)
})

=== src/app.test.ts
import request from 'supertest'
import { app } from './app'

it('lists', async () => {
  await request(app).get('/orders').expect(200)
})
""",
    """
=== base supabase/migrations/20240101000000_notes.sql
create table public.notes (id bigint primary key, owner uuid, shared boolean);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (owner = (select auth.uid()));

=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id bigint primary key, owner uuid, shared boolean);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (owner = (select auth.uid()));

=== supabase/migrations/20240201000000_shared.sql
alter policy own on public.notes using (shared or owner = (select auth.uid())); -- <-- who sees what is shared?

=== base supabase/tests/notes.test.sql
begin;
select plan(1);
select is_empty('select 1 from public.notes', 'visitors see nothing');
select * from finish();
rollback;

=== supabase/tests/notes.test.sql
begin;
select plan(1);
select is_empty('select 1 from public.notes', 'visitors see nothing');
select * from finish();
rollback;
""",
]
