"""A test checks nothing.

It runs the code and passes as long as nothing raises: whatever the code returns or stores is right by definition. Such
a test raises the coverage figure and lowers what the figure means.

Checks in helpers count, and so do expected exceptions, mocks that assert, snapshots and responses that raise for their
status. Queries of Testing Library and commands of Cypress fail by themselves. Tests that say in their name that not
failing is the point are left alone.

Strict, because on real projects one finding in four is a test whose check lies in a fixture of another file, or in a
promise that only resolves when all is well.
"""

import re
from collections.abc import Iterator

from ...facts.tests import TestCase
from ...finding import Finding
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("TestCase",),
    asked_by="S",
    level="strict",
    limits="A helper of another file counts as a check only by its name.",
)

NOT_FAILING = re.compile(
    r"does(?:n.?t| ?not)|not_?(?:raise|fail|throw|crash|error)|without_?(?:error|fail|throw|crash|raising)|no_?(?:error|op|exception|crash)"
    r"|smoke|import|renders?|never|survives?|tolerates?|ignores?|idempotent|graceful|nonexistent|unknown|can_be|is_?valid|accepts?|compiles?",
    re.IGNORECASE,
)
CHECKING = re.compile(
    r"assert|expect|verif|check|should|ensure|must|test|snapshot|compare|match|wait_?(?:for|until)|valid|run|find(?:All)?By|get(?:All)?By",
    re.IGNORECASE,
)
"""Names by which a helper may be a check of its own."""


def check(project: Project) -> Iterator[Finding]:
    """Each test that runs something and checks nothing."""
    for case in project.facts(TestCase):
        if case.asserts or case.skipped or not case.calls or NOT_FAILING.search(case.name.replace(" ", "_")):
            continue
        if any(CHECKING.search(_last(name)) or name.startswith("cy.") for name in case.calls):
            continue
        yield Finding(
            case.at,
            evidence=f"“{case.name}” calls `{_last(case.calls[-1])}` and checks nothing.",
            remedy="Assert what the call returns or changes; where not failing is the point, say so in the name.",
            slots={"name": case.name, "call": _last(case.calls[-1])},
        )


def _last(callee: str) -> str:
    return callee.replace("()", "").rpartition(".")[2]


REMARK = "“{name}” passes whatever `{call}` does, as long as it does not raise. Say what should be true afterwards."

EXAMPLES = [
    """
=== tests/test_orders.py
import pytest

def test_place():  # <-- the order may be anything
    order = make_order()
    place(order)

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

def check_order(order):
    assert order.id

def test_helper():
    check_order(place(make_order()))
""",
    """
=== src/orders.test.ts
import { expect, it } from 'vitest'
import { place } from './orders'

it('places an order', async () => { // <-- nothing is expected
  await place({ id: 1 })
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
]
