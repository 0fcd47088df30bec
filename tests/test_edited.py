"""What the tests that a change edits reach through what they share with others."""

import pytest

from reviewlint import catalogue
from reviewlint.examples import parse
from reviewlint.rules.testing import change_without_test

from .test_examples import found, project_of

SHOP = """
=== shop/app.py
from flask import Flask, request

app = Flask(__name__)

@app.post("/orders")
def place():
    return {{"total": total(request.json)}}

@app.post("/login")
def login():
    return ""

def total(lines):
    return sum(lines) * {factor}

=== tests/conftest.py
import pytest
from shop.app import app

@pytest.fixture
def client():
    return app.test_client()

@pytest.fixture
def an_order(client):
    def make(lines):
        return client.post("/orders", json=lines)
    return make

=== tests/helpers.py
def order(client, lines):
    return client.post("/orders", json=lines)

def logged_in(client):
    return client.post("/login")

def ordered(client):
    logged_in(client)
    return order(client, [1])

=== tests/test_orders.py
from .helpers import logged_in, order, ordered

def test_old(client):
    assert order(client, [1]).json["total"] == 1
{more}
"""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("def test_new(client):\n    assert order(client, [2]).json['total'] == 4", False),
        ("def test_new(client):\n    assert ordered(client).json['total'] == 2", False),
        ("def test_new(an_order):\n    assert an_order([2]).json['total'] == 4", False),
        ("def test_new(client):\n    assert logged_in(client).status_code == 200", True),
        ("def test_new(client):\n    assert client.get('/')", True),
        ("", True),
    ],
)
def test_requests_that_helpers_and_fixtures_make_for_an_edited_test(more: str, told: bool) -> None:
    base = parse(SHOP.format(factor=1, more="")).files
    now = parse(SHOP.format(factor=2, more=more)).files
    found = [finding.subject for finding in change_without_test.check(project_of(now, base))]
    assert [one.name for one in found if one is not None] == (["total"] if told else [])


GIVEN = """
=== shop/totals.py
def total(lines):
    return sum(lines) * {factor}
=== tests/conftest.py
import pytest

@pytest.fixture
def lines():
    return [{line}]

@pytest.fixture
def names():
    return ["{name}"]
=== tests/orders/conftest.py
import pytest

@pytest.fixture
def order(lines):
    return lines
=== tests/orders/test_totals.py
from shop.totals import total

def test_total(order):
    assert total(order) > 0
"""


@pytest.mark.parametrize(("line", "name", "told"), [(2, "Ada", False), (1, "Eve", True), (1, "Ada", True)])
def test_who_is_given_an_edited_fixture_is_edited(line: int, name: str, told: bool) -> None:
    base = parse(GIVEN.format(factor=1, line=1, name="Ada")).files
    now = parse(GIVEN.format(factor=2, line=line, name=name).replace("* 2", "* 2 if lines else 3")).files
    assert bool(list(change_without_test.check(project_of(now, base)))) is told


STOCK = """
=== stock/items.py
class Item:
    def take(self, count):
        if count > {most}:
            raise ValueError(count)
        return count
{other}
=== stock/shelves.py
from .items import Item

def emptied(shelf):
    found = shelf.find(Item)
    return found.take(2)

=== tests/test_items.py
from stock.items import Item
from stock.shelves import emptied

def test_take():
    assert Item().take(1)

def test_emptied(shelf):
    assert emptied(shelf) == {left}
"""


@pytest.mark.parametrize(
    ("other", "left", "told"),
    [
        ("", 2, False),
        ("", 1, True),
        ("\nclass Parcel:\n    def take(self, count):\n        return count\n", 2, True),
    ],
)
def test_a_method_of_who_knows_what_may_be_the_only_one_of_its_name(other: str, left: int, told: bool) -> None:
    base = parse(STOCK.format(most=3, other=other, left=1)).files
    now = parse(STOCK.format(most=4, other=other, left=left)).files
    found = [finding.subject for finding in change_without_test.check(project_of(now, base))]
    assert [one.name for one in found if one is not None] == (["Item.take"] if told else [])


VIEWS = """
=== manage.py
import django
=== shop/urls.py
from django.urls import path
from . import views
urlpatterns = [path("items/", views.items), path("items/<int:pk>/", views.Item.as_view())]
=== shop/views.py
from django.http import JsonResponse
from django.views import View
def items(request):
    return JsonResponse({{"items": []}})
class Item(View):
    def put(self, request, pk):
        if pk < {least}:
            return JsonResponse({{}}, status=404)
        return JsonResponse({{"pk": pk}})
=== shop/tests.py
from django.test import TestCase
class Items(TestCase):
    def test_items(self):
        self.assertEqual(self.client.get("/items/").status_code, 200)
"""


def test_a_handler_is_one_wherever_its_route_is_put_together() -> None:
    base, now = (parse(VIEWS.format(least=least)).files for least in (1, 2))
    found = [finding.subject for finding in change_without_test.check(project_of(now, base))]
    assert [one.name for one in found if one is not None] == ["Item.put"]


KEY = """
=== src/app.ts
import {{ Hono }} from 'hono'
import {{ requireKey }} from './key'
export const app = new Hono()
app.use('/feeds/*', requireKey)
app.get('/feeds/new', (c) => c.json([]))
=== src/key.ts
import {{ createMiddleware }} from 'hono/factory'
export const requireKey = createMiddleware(async (c, next) => {{
  if ({wrong}) return c.json({{}}, 401)
  await next()
}})
=== test/feeds.test.ts
import {{ app }} from '../src/app'
it('lists', async () => expect((await app.request('/feeds/new')).status).toBe(200))
"""


def test_what_wraps_a_function_is_told_of_once() -> None:
    base, now = (parse(KEY.format(wrong=wrong)).files for wrong in ("!c.key", "!keys.includes(c.key)"))
    found = list(change_without_test.check(project_of(now, base)))
    assert [(one.at.path, one.at.line) for one in found] == [("src/key.ts", 3)]


BUOYS = """
=== {base}buoys/models.py
class Buoy:
    def __init__(self, lamps):
        self.lamps = lamps

    @property
    def lit(self):
        return any(lamp.on for lamp in self.lamps{fit})

    @lit.setter
    def lit(self, value):
        for lamp in [lamp for lamp in self.lamps{fit}]:
            lamp.on = value

=== {base}tests/test_models.py
from buoys.models import Buoy

def test_lit(lamps):
    buoy = Buoy(lamps)
    buoy.lit = True
    assert buoy.lit
"""


def test_a_property_that_is_read_and_set_is_named_once() -> None:
    example = parse(BUOYS.format(base="base ", fit="") + BUOYS.format(base="", fit=" if not lamp.broken"))
    (finding,) = found(catalogue.load("change-without-test"), example.files, base=example.base)
    seen = "the tests that may reach it are as they were"
    assert finding.evidence == f"`Buoy.lit` does something else than before, and {seen}."
