"""Code does something else than before, and no test that reaches it is part of the change.

Tests that stay green while behaviour changes did not look at that behaviour. Whoever changes a function knows best what
should be true of it now, and will never again know it as well: the change is where the test belongs.

Judged by function, and by what a test could tell apart: what it decides, computes, refuses, answers, asks of the
database and does besides. What is only laid out, typed, commented, renamed or moved is the same as before, and so are
the wording of messages, what is logged and measured, a setting that is handed to a library, a name in a table, a
condition that another function of the change has now, and a flag that is asked for no more. Nothing is said of a
function that only calls, sets or puts into words something else than before: that is another way to the same as often
as not. What a function goes by counts, too, where it was there before: a
rate, a pattern, the permissions of a view, the bounds of a schema. That is a note, unless it is about who is let in.

Shown by default is what surely comes to something else: what is new, and what decides, asks or answers otherwise than
before. A function that only lost something is as often one whose part stands elsewhere now, one of many that a change
writes anew is most likely ported, and a new one that only asks whether something is there hands on what others make:
those are for `--strict`, with private ones that tests run through others and most of what stands outside of functions; and so are
a precaution in a change of many functions, in a function that no test has ever reached, or where it is all that is
different; what asked for a field that is gone, and what calls a new function which the change tests; a guard where a new dependency
of the handler may ask instead, a new handler that only reads, or hands on to what the change tests, pages
that are put together in code, and scripts; so are what no test seems to reach where the change edits one that is called
after the same subject, new functions half of which stood elsewhere before, and those that read settings or say what an
object looks like. Nothing is said of handlers where tests request hardly any of a service's
routes, nor of a file that is again what it was some commits ago.
An edit that was made to several functions of a file, or alike in several files, is one finding, and so are the new
functions of a file and a function with one that calls it.

A test is part of the change when it is new or edited, and it reaches a function
when it imports or calls it, calls into it, or requests a route whose handler does: in a file with several tests, those
that were edited count, and who is given an edited fixture is edited. What a function only hands on to another of the change is that one's business. Policies and functions
of the database count as reached when such a test names them. New routes, modules and Edge Functions that no test
reaches at all are left to `untested-endpoint`, `untested-module` and `untested-edge-function`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ...facts.code import Function
from ...facts.location import Location, Related
from ...finding import Finding, Severity, Subject
from ...join.behaviours import Changed
from ...join.declarations import lets_in
from ...join.endpoints import endpoints
from ...join.exercised import reach
from ...join.homes import homes
from ...join.named_in_tests import named_in_tests
from ...join.unnoticed import Object, unnoticed
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript", "sql"),
    asked_by="F S",
    about_change=True,
    strictly="functions that lost a condition, a query or an operation and decide nothing new, or only what stands for "
    "something missing or puts a text together; new ones that only ask whether something is there, and private ones that "
    "tests ran through others; those written anew, and precautions, in a change that does so in many, or in what no test has reached; "
    "guards that a new dependency of the handler may ask for, and those that end a function at once where something is "
    "missing; what went with a field that a class has no more, and calls of new functions that the change tests; new handlers that decide nothing, and "
    "read or hand on to what the change tests; what no test seems to reach where one of the change is called after the same "
    "subject; new functions half of which stood elsewhere, old ones that nobody calls, those that read settings or watch others, and those "
    "that say what an object looks like; pages put together in code, and scripts; and what stands outside of functions "
    "besides bounds, constants to compare with, and who is let in.",
    limits="What stands outside of functions is compared where it was there before and tests reach who goes by it. What only a "
    "browser runs is not.",
)

SEVERAL = 3
"""More changed functions of one file than this are one finding; new ones always are."""
FILES = 5
"""More files than this in which nothing but new functions is told of are one finding: somebody adds a whole part."""


def check(project: Project) -> Iterator[Finding]:
    """Each function, route, policy and database function that changed without a test."""
    found = project.view(unnoticed)
    new = [path for path, several in found.functions.items() if all(one.added and one.sure for one in several)]
    together = new if len(new) > FILES else []
    if together:
        every = [one for path in together for one in found.functions[path]]
        yield _together(project, every, f"in {len(together)} files", project.view(homes).of(together[0]))
    for sure in (True, False):
        left = {path: [one for one in several if one.sure is sure] for path, several in found.functions.items()}
        for finding in _of_code(project, {path: left[path] for path in left if not sure or path not in together}):
            yield replace(finding, strict=not sure)
    made: dict[str, list[Object]] = defaultdict(list)
    for objects in found.objects:
        if objects[0].kind == "function":
            made[objects[0].at.path].append(objects[0])
        else:
            yield _of_database(project, objects)
    for several in made.values():
        yield _of_database(project, several)


# Code


def _of_code(project: Project, by_file: Mapping[str, Sequence[Changed]]) -> Iterator[Finding]:
    """One finding for what one test would notice."""
    every = [one for several in by_file.values() for one in several]
    for several in _as_one(project, every):
        files = {one.function.at.path for one in several}
        home = project.view(homes).of(*(several[0].by or several[0].place))
        if len(several) > 1:
            yield _together(project, several, "of this file" if len(files) == 1 else f"in {len(files)} files", home)
        else:
            yield _finding(project, several[0], home)


def _as_one(project: Project, every: Sequence[Changed]) -> list[list[Changed]]:
    """What belongs together: the same edit, one that calls another, and the new functions of a file, or many of it."""
    several = Counter(one.function.at.path for one in every)
    places = {(one.function.at.path, one.function.name) for one in every}
    names = Counter(_last(one) for one in every)
    called = {
        (path, fact.name): {callee.replace("()", "").rpartition(".")[2] for callee in fact.calls}
        for path in several
        for fact in project.facts_of(path, Function)
        if (path, fact.name) in places
    }

    def calls(one: Changed, other: Changed) -> bool:
        name = _last(other)
        alone = names[name] - (name == _last(one)) == 1
        return alone and name in called.get((one.function.at.path, one.function.name), ())

    def belong(one: Changed, other: Changed) -> bool:
        if one.function.at.path == other.function.at.path:
            same = one.added and other.added if one.added or other.added else not one.edit.isdisjoint(other.edit)
            same = same or (one.declared and other.declared)
            if same or several[one.function.at.path] > SEVERAL:
                return True
        return (one.edit == other.edit and bool(one.edit)) or calls(one, other) or calls(other, one)

    found: list[list[Changed]] = []
    for one in every:
        mine = [group for group in found if any(belong(one, other) for other in group)]
        found = [group for group in found if group not in mine] + [[*chain.from_iterable(mine), one]]
    return found


def _last(one: Changed) -> str:
    return one.function.name.partition("@")[0].rpartition(".")[2]


def _together(project: Project, every: Sequence[Changed], where: str, home: str) -> Finding:
    """One finding for several functions, at the first of them."""
    first, *rest = every
    names = ", ".join(f"`{_shown(project, changed)}`" for changed in every[:SEVERAL])
    more = ", …" if len(every) > SEVERAL else ""
    return Finding(
        _place(first),
        f"{len(every)} parts {where} {_what(every)} ({names}{more}), and no test that reaches them is part of the change.",
        f"{home}: what is true of each of them now",
        tuple(Related(_place(changed), _shown(project, changed)) for changed in rest),
        Subject("module", first.function.at.path),
        {"name": _shown(project, first), "test": home, "what": "is new" if first.added else "changed"},
    )


def _what(every: Sequence[Changed]) -> str:
    new = sum(one.added for one in every)
    if all(one.declared for one in every):
        return "say something else than before"
    return (
        "are new" if new == len(every) else "are new or do something else" if new else "do something else than before"
    )


def _finding(project: Project, changed: Changed, home: str) -> Finding:
    name = _shown(project, changed)
    what = "is new" if changed.added else "does something else than before"
    if changed.declared:
        what = "says something else than before"
    path = changed.function.at.path
    seen = _seen(project, path, changed.function.name)
    if changed.added:
        seen = "no test of the change reaches it"
    elif changed.declared:
        seen = "the tests that reach what goes by it are as they were"
    return Finding(
        _place(changed),
        f"`{name}` {what}, and {seen}.",
        f"{home}: {'what it does' if changed.added else 'what is different now'}, once as it should go and once as not",
        subject=Subject("declaration" if changed.declared else "function", name, schema=path),
        slots={"name": name, "test": home, "what": "is new" if changed.added else "changed"},
        severity=Severity.NOTE if changed.declared and not lets_in(changed.function.name) else None,
    )


def _seen(project: Project, path: str, name: str) -> str:
    """What is known of the tests of a function: of a file that they run as a whole, nobody tells which they reach.

    Nor who requests a route whose path is put together as the service starts.
    """
    tests = project.view(reach)
    if (path, name) in tests.places:
        return "the tests that may reach it are as they were"
    unknown = any(one.place == (path, name) and one.segments is None for one in project.view(endpoints))
    return f"no test {'of the change ' if unknown or tests.includes(path, name) else ''}reaches it"


def _place(changed: Changed) -> Location:
    return Location(changed.function.at.path, changed.line, 1, changed.line, 1)


def _shown(project: Project, changed: Changed) -> str:
    """A function's name; the route where a handler has none."""
    name, _, line = changed.function.name.partition("@")
    if changed.declared:
        return changed.function.name.replace(".@", ": @")
    if line:
        for endpoint in project.view(endpoints):
            if (endpoint.handler_path, endpoint.handler) == (changed.function.at.path, changed.function.name):
                return f"{endpoint.method} {endpoint.path}"
    return f"{name} in line {line}" if line else name


# The database


def _of_database(project: Project, several: Sequence[Object]) -> Finding:
    # What is dropped to be made anew is told of where it is made.
    one = min(several, key=lambda each: each.what == "dropped")
    home = _sql_home(project.view(named_in_tests), one.name.name)
    of_function = "it" if len(several) == 1 else "any of them"
    others = [each for each in several if each is not one] if one.kind == "function" else []
    return Finding(
        Location(one.at.path, one.at.line, 1, one.at.line, 1),
        f"{_told(one, several)} here, and no test that names "
        f"{of_function if one.kind == 'function' else 'the table'} is part of the change.",
        f"{home}: {'what it answers' if one.kind == 'function' else 'who may see and write which rows'}",
        tuple(Related(Location(each.at.path, each.at.line, 1, each.at.line, 1), str(each.name)) for each in others),
        subject=Subject(one.kind, one.name.name, one.name.schema),
        slots={"name": str(one.name), "test": home, "what": "changed"},
    )


def _told(one: Object, several: Sequence[Object]) -> str:
    if one.kind == "function" and len(several) > 1:
        names = ", ".join(f"`{each.name}`" for each in several[:SEVERAL])
        return f"{len(several)} functions ({names}{', …' if len(several) > SEVERAL else ''}) are made or replaced"
    if one.kind == "function":
        return f"The function `{one.name}` is {one.what}"
    policies = {each.policy for each in several}
    if len(policies) > 1:
        return f"{len(policies)} policies on `{one.name}` are changed"
    return f"The policy “{one.policy}” on `{one.name}` is {one.what}"


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
    "`{name}` {what} and no test noticed, because none was asked. Say in `{test}` what is true now, while you still "
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
=== base src/prices.ts
import express from 'express'

export function fee(days: number) {
  return days > 3 ? days * 2 : 0
}

=== src/prices.ts
import express from 'express'

export function fee(days: number) {
  return days > 3 ? days * 2 : 0
}

=== src/scores.ts
export function score(opened: number, sent: number) { // <-- nobody imports it yet
  if (sent === 0) {
    return 0
  }
  return opened / sent
}

export function segment(value: number) {
  return value > 6 ? 'hot' : 'cold'
}

=== base src/prices.test.ts
import { fee } from './prices'

it('charges', () => {
  expect(fee(4)).toBe(8)
})

=== src/prices.test.ts
import { fee } from './prices'

it('charges', () => {
  expect(fee(4)).toBe(8)
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
    """
=== base shop/stock.py
def left(item):
    if item.reserved:
        return item.count - item.reserved
    return item.count

def price(item, log):
    return item.price

=== shop/stock.py
def left(item):
    return item.count # <-- strict: what it asked may be asked elsewhere now

def price(item, log):
    cheap = "cheap" if item.price < 10 else "dear"
    log.info("priced", cheap)
    return item.price

=== base tests/test_stock.py
from shop.stock import left, price

def test_stock(item, log):
    assert left(item) == 3 and price(item, log) == 5

=== tests/test_stock.py
from shop.stock import left, price

def test_stock(item, log):
    assert left(item) == 3 and price(item, log) == 5
""",
    """
=== base shop/shelves.py
def items_of(shelf):
    return [item for item in shelf if item.count]

=== shop/shelves.py
def items_of(shelf, kept):
    return [item for item in shelf if item.count > kept]

=== base shop/orders.py
from shop.shelves import items_of

def left(shelf):
    return len(items_of(shelf))

=== shop/orders.py
from shop.shelves import items_of

def left(shelf):
    if shelf.closed: # <-- with the function that it calls
        return 0
    return len(items_of(shelf, shelf.kept))

=== base shop/listing.py
from dominate.tags import li, ul

def page(items):
    return ul(li(item.name) for item in items)

=== shop/listing.py
from dominate.tags import li, ul

def page(items):
    return ul(li(item.name) for item in items if item.price > 3) # <-- strict: a page is looked at

=== base tests/test_shelves.py
from shop.listing import page
from shop.orders import left

def test_orders(shelf):
    assert left(shelf) == 3 and page(shelf)

=== tests/test_shelves.py
from shop.listing import page
from shop.orders import left

def test_orders(shelf):
    assert left(shelf) == 3 and page(shelf)
""",
]
