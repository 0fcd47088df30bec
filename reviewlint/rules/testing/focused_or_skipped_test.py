"""A test is focused, so that the others do not run, or skipped without a reason.

`.only` switches every other test of its file off, and the run stays green: from that commit on nothing is checked. A
skipped test without a reason is a test that nobody will ever switch on again, since nobody knows what it waits for.

Where a file has nothing but focused tests, none of them is switched off, and nothing is said unless a change brings it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.tests import TestCase
from ...finding import Finding, Severity
from ...join.edited import is_within
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("TestCase",),
    asked_by="F S",
    strictly="skipped tests whose name, or that of a test in them, says something aside, which may be the reason: in brackets, behind a "
    "dash or a colon.",
    limits="A test that skips itself at run time is left alone, unless it does so without a reason before all else.",
)

_WHY = (
    r"skip|flaky|disabled|pending|todo|wip|unsupported|broken|requires?|needs?|waits?|waiting|until|blocked|depends"
    r"|(?:un)?reachable|(?:un|not )available|missing|sandbox|credentials?|network|slow|manual|temporar|for now|not yet"
    r"|(?-i:CI\b|[A-Z][A-Z\d]+-\d+)|#\d+"
)
ASIDE = re.compile(
    rf"[(\[][^()\[\]]*(?<![a-z])(?:{_WHY})[^()\[\]]*[)\]]|\s(?:--?|[–—])\s.*(?<![a-z])(?:{_WHY})"
    r"|(?:^|[-–—:;,(\[]\s*)(?:skip(?:ped|ping)?|disabled|deferred|postponed)\b"
    r"|\b(?:skip(?:ped|ping)?|disabled|deferred|postponed|pending|blocked)\s+"
    r"(?:until|because|due to|for now|without|while|(?:on|in) (?:ci|windows|mac\w*|linux)\b)",
    re.IGNORECASE,
)
"""What a name says about not being run: `times (too slow, flaky)`, `skipped without a browser`, `pays — needs a wallet`.

What a test is about says so, too, in the midst of a sentence: `skips rows without a name`.
"""
SAYS_MORE = re.compile(r"[(\[][^()\[\]]*[a-z] [^()\[\]]*[)\]]|\s(?:--?|[–—])\s|\w: |^\W*[A-Z]{4,}\b")
"""A name that says more than what is tested: several words in brackets, an aside, a heading, a shout."""


def check(project: Project) -> Iterator[Finding]:
    """Each focused test, and each skipped one without a reason."""
    unfocused = set(_unfocused(project))
    for case in project.facts(TestCase):
        slots = {"name": case.name or "this test", "how": "focused" if case.focused else "skipped"}
        within = _within(project, case) if case.skipped else []
        if _is_told(case) or (within and all(map(_is_told, within))):
            continue
        if case.focused and (case.at.path in unfocused or _is_brought(project, case)):
            others = (
                "the other tests of its file do not" if case.at.path in unfocused else "what comes beside it will not"
            )
            yield Finding(
                case.at,
                evidence=f"“{case.name}” is focused: {others} run.",
                remedy="Remove the focus before committing.",
                severity=Severity.ERROR,
                slots=slots,
            )
        elif case.skipped and not case.focused and not case.reason:
            yield Finding(
                case.at,
                evidence=f"“{case.name}” is skipped and nothing says why.",
                remedy="Mend it, delete it, or say what it waits for."
                if not case.at.path.endswith(".py")
                else 'Mend it, delete it, or say what it waits for: @pytest.mark.skip(reason="…")',
                slots=slots,
                strict=any(map(_may_say_why, (case, *within))),
            )


def _is_brought(project: Project, case: TestCase) -> bool:
    """Whether the change under review says that a case is focused."""
    first = case.at._replace(end_line=case.at.line, end_column=case.at.column + 1)
    return project.change is not None and project.change.touches(first)


def _unfocused(project: Project) -> Iterator[str]:
    """The files of cases that would run but for the focus on another."""
    suites: dict[str, list[TestCase]] = defaultdict(list)
    for case in project.facts(TestCase):
        if case.focused:
            suites[case.at.path].append(case)
    for case in project.facts(TestCase):
        if not (case.skipped or any(is_within(suite.at, case.at) for suite in suites[case.at.path])):
            yield case.at.path


def _within(project: Project, suite: TestCase) -> list[TestCase]:
    """The cases that stand in another."""
    return [one for one in project.facts_of(suite.at.path, TestCase) if one != suite and is_within(suite.at, one.at)]


def _is_told(case: TestCase) -> bool:
    """Whether the name is the reason, as where there is nothing to run: `test.skip("no cases yet", () => {})`."""
    empty = not case.focused and not case.asserts and not case.calls and case.name.count(" ") >= 2
    return ASIDE.search(case.name) is not None or empty


def _may_say_why(case: TestCase) -> bool:
    """Whether something about a test may be the reason, or is."""
    return SAYS_MORE.search(case.name) is not None or _is_told(case) or case.reason not in ("", "todo")


REMARK = "“{name}” is {how}, and the green run says nothing about what that leaves out. Run it, or say what has to happen first."

EXAMPLES = [
    """
=== src/orders.test.ts
import { describe, expect, it } from 'vitest'

describe('orders', () => {
  it.only('places', () => { // <-- the others do not run
    expect(place()).toBe(true)
  })

  it.skip('cancels', () => { // <-- why?
    expect(cancel()).toBe(true)
  })

  // The provider's sandbox is down until May.
  it.skip('refunds', () => {
    expect(refund()).toBe(true)
  })

  it.skip('charges', () => {
    // The provider's sandbox takes no cards.
    expect(charge()).toBe(true)
  })

  it.skip('ships in time (skipping timing tests)', () => {
    expect(ship()).toBe(true)
  })

  it.skip('weighs (by hand at the scales)', () => { // <-- strict: that may be why
    expect(weigh()).toBe(true)
  })

  it.skip('removes (DELETE)', () => { // <-- why?
    expect(remove()).toBe(true)
  })

  it.skip('tells the courier (the gateway is not reachable from CI, SHOP-77)', () => {
    expect(tell()).toBe(true)
  })

  it.skip('pays the courier - requires a funded wallet', () => {
    expect(pay()).toBe(true)
  })

  it.skip('skips orders without lines', () => { // <-- that it skips them is what it is about
    expect(sweep()).toBe(0)
  })

  it.todo('ships')

  describe.skip('returns', () => {})

  describe.skip('complaints', () => {
    it('deferred until the desk is open again', () => {
      expect(complain()).toBe(true)
    })
  })

  describe.skip('exchanges', () => { // <-- why?
    it('takes back', () => {
      expect(exchange()).toBe(true)
    })
  })

  it('lists', () => {
    expect(list()).toEqual([])
  })
})
""",
    """
=== tests/test_orders.py
import sys

import pytest

@pytest.mark.skip
def test_place():  # <-- why?
    assert place()

@pytest.mark.skip(reason="the provider's sandbox is down")
def test_refund():
    assert refund()

@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_fork():
    assert fork()
""",
    """
=== e2e/orders.spec.ts
import { expect, test } from '@playwright/test'
import { test as own } from './fixtures.test'

test('lists', async ({ request }) => {
  expect((await request.get('/orders')).ok()).toBeTruthy()
})

test.skip('cancels', async ({ page }) => { // <-- why?
  await page.goto('/orders')
})

own.only('pays', async ({ page }) => { // <-- the others do not run
  expect(page).toBeDefined()
})
""",
    """
=== test/suites.ts
export const describeIf = (tag: string, ...rest: Parameters<typeof describe>) =>
  process.env.TAGS?.includes(tag) ? describe(...rest) : describe.skip(...rest)

export function withStock(title: string, body: () => void) {
  if (!process.env.STOCK) return describe.skip(title, body)
  return describe(title, body)
}

function freight() {
  it('is weighed', () => expect(weigh()).toBe(1))
}

describe.skip('freight', freight) // <-- why?
=== src/rates.test.ts
import { expect, it } from 'vitest'

it.only('is the only one here', () => {
  expect(rate()).toBe(1)
})

if (!cases.length) it.skip('there are no cases yet', () => {})
""",
    """
=== src/tolls.test.ts
import { describe, expect, it } from 'vitest'

describe.only('tolls', () => {
  it('is taken', () => {
    expect(toll()).toBe(1)
  })
})
=== src/ferries.test.ts
import { describe, expect, it } from 'vitest'

// The ferry's timetable service is suspended, see https://ferries.acme.io:
// "It moves to a new home in spring"

describe('ferries', () => {
  it.skip('lists', () => {
    expect(list()).toEqual([])
  })
})

// All that goes by water.
describe('barges', () => {
  it.skip('lists', () => { // <-- why?
    expect(list()).toEqual([])
  })
})

describe.only('rafts', () => { // <-- the barges do not run
  it('float', () => {
    expect(float()).toBe(true)
  })
})

it('sinks', () => {
  expect(sink()).toBe(false)
})
""",
    """
=== store_test.ts
import { assertEquals } from '@std/assert'
import { describe, it } from '@std/testing/bdd'

Deno.test.ignore('opens', () => { // <-- why?
  assertEquals(open(), 1)
})

describe('store', () => {
  it.ignore('keeps', () => { // <-- why?
    assertEquals(keep(), 1)
  })

  it('forgets', () => {
    assertEquals(forget(), 1)
  })
})
""",
    """
=== test/links.test.js
import test from 'node:test'
import assert from 'node:assert/strict'

test('follows', { skip: true }, () => { // <-- why?
  assert.ok(follow())
})

test('survives old links', { skip: 'the old links are not in the repository' }, () => {
  assert.ok(follow())
})

test('checks', (t) => {
  assert.ok(/a/.test('abc'))
})
""",
    """
=== tests/test_books.py
import unittest

class BooksTest(unittest.TestCase):
    @unittest.skip("")
    def test_later(self):  # <-- the reason is empty
        self.fail()
""",
    """
=== tests/test_lists.py
def test_list():
    assert list_orders() == []
""",
    """
=== tests/test_orders.py
import pytest

@pytest.mark.slow
@pytest.mark.skip  # the courier's sandbox is closed
def test_ship():
    assert ship() == "shipped"

@pytest.mark.slow
@pytest.mark.skip
def test_send():  # <-- for whatever reason
    assert send() == "sent"

@pytest.mark.skip()
def test_call():
    # TODO does this make sense? Nobody calls any more
    # Arrange
    assert call() == "called"

@pytest.mark.skip()
def test_write():  # <-- a heading is no reason
    # Arrange
    letter = "dear"
    assert write(letter) == "written"
=== src/carts.test.ts
import { describe, expect, it } from "vitest";

/**
 * Some are skipped until the courier's sandbox opens again.
 */
describe("carts", () => {
  it.skip("ships", () => {
    expect(ship()).toBe(true);
  });
});

// What is kept of a cart.
describe("kept", () => {
  it.skip("keeps", () => { // <-- why?
    expect(keep()).toBe(true);
  });
});
=== src/orders.test.ts
import { describe, expect, it } from "vitest";

describe.skip("shipping", () => {
  it("ships", async () => {
    // Skipped: the courier's sandbox is closed
    expect(await ship()).toBe("shipped");
  });
});
""",
    """
=== tests/test_stock.py
import unittest

import pytest

@pytest.mark.skip()
class TestReturns:  # <-- none of them runs
    def test_counts(self):
        assert count() == 1

@pytest.mark.skip("the scanner is away")
class TestScans:
    def test_scans(self):
        assert scan() == 1

def test_moves():  # <-- it leaves at once
    '''Goods move from shelf to shelf.'''
    pytest.skip()
    assert move() == 1

def test_weighs():
    pytest.skip("the scales are away")
    assert weigh() == 1

def test_sells():
    # the till is away
    pytest.skip()
    assert sell() == 1

def test_orders():
    if not online():
        pytest.skip()
    assert order() == 1

class StockTest(unittest.TestCase):
    def test_sums(self):  # <-- an empty reason is none
        self.skipTest("")
        self.assertEqual(total(), 1)

class ReturnsTest(unittest.TestCase):  # <-- nothing of it gets any further
    def setUp(self):
        self.skipTest("")

    def test_returns(self):
        self.assertEqual(returned(), 1)

class LoansTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("needs the stock of the branch in town")

    def test_loans(self):
        self.assertEqual(lent(), 1)
=== tests/test_sizes.py
import pytest

@pytest.mark.parametrize(
    "width, size",
    [
        (1, "S"),
        pytest.param(2, "M", marks=pytest.mark.skip),  # <-- one row, and nothing says why
        pytest.param(3, "L", marks=[pytest.mark.slow, pytest.mark.skip(reason="")], id="wide"),  # <-- nor here
        pytest.param(4, "XL", marks=pytest.mark.skip(reason="the looms are too narrow")),
        # the looms are too narrow
        pytest.param(5, "XXL", marks=pytest.mark.skip),
        pytest.param(6, "XXXL", marks=pytest.mark.xfail),
    ],
)
def test_sizes(width, size):
    assert size_of(width) == size

WIDE = [pytest.param(7, id="seven", marks=pytest.mark.skip())]  # <-- nor here

@pytest.mark.xfail(run=False)
def test_widths():  # <-- it is not even tried
    assert width_of("S") == 1

@pytest.mark.xfail(run=False, reason="hangs until the looms answer")
def test_looms():
    assert width_of("M") == 2
=== tests/test_shelves.py
import pytest

pytestmark = pytest.mark.skip  # <-- the whole file

def test_shelves():
    assert shelves() == []
=== tests/test_carts.py
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skip(reason="the carts are away")]

def test_carts():
    assert carts() == []
=== test/stock.test.js
import test from 'node:test'
import assert from 'node:assert/strict'

test('counts', (t) => { // <-- it leaves at once
  t.skip()
  assert.equal(count(), 1)
})

test('weighs', (t) => {
  t.skip('the scales are away')
  assert.equal(weigh(), 1)
})

test('orders', (t) => {
  if (!online()) return t.skip()
  assert.equal(order(), 1)
})
""",
    """
=== test/tides.test.js
import test from 'node:test'
import assert from 'node:assert'

test('tides', async (t) => {
  await t.test('rise', { skip: true }, () => { // <-- a part of a test is left out without a word
    assert.ok(high() > low())
  })
  await t.test('fall', { skip: 'the gauge is being repaired' }, () => {
    assert.ok(low() < high())
  })
  await t.test('turn', () => {
    assert.ok(turn())
  })
})
""",
]
