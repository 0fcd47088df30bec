"""No test names or requests this Edge Function.

An Edge Function is deployed on its own and runs in another runtime than the rest of the program, often with the service
role. What nobody requests before it is deployed is first tried by a user or a webhook.

A test reaches a function when it requests its path, invokes it by name through the client or by a helper that does,
imports a file of its folder, or carries its name: as the test's file, its title or a constant. Where there are no tests at all, one finding says so
and names the five functions that do most. A function that a change alters is told of by `change-without-test`; one that
it adds is told of by itself, however many others have no test.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from ...facts.code import Function
from ...facts.http import Route
from ...facts.location import Location, Related
from ...finding import Finding, Subject
from ...join.edge_functions import EdgeFunction
from ...join.requests import test_files
from ...join.unnoticed import unnoticed
from ...join.untested_edge_functions import untested_edge_functions
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("typescript",),
    asked_by="F S",
    by_cause=True,
    limits="Tests in shell scripts and collections of requests are not seen.",
)

FIRST = 5
"""How many functions a project without tests is told about."""


def check(project: Project) -> Iterator[Finding]:
    """Each function that no test reaches; one finding for a project without tests or with many of them."""
    untested = project.view(untested_edge_functions)
    yield from (_finding(project, one) for one in untested.new)
    left = [one for one in untested.known if one.path not in project.view(unnoticed).functions]
    if len(left) > 1 and (len(untested.known) > FIRST or not project.view(test_files)):
        yield _habit(project, left, len(untested.known), untested.total)
    else:
        yield from (_finding(project, one) for one in left)


def _at(project: Project, function: EdgeFunction) -> Location:
    """Where the function begins to answer: its `serve`, else the first line of its entry file."""
    answers = (route.at for route in project.facts(Route) if route.at.path == function.path)
    return next(answers, Location(function.path, 1, 1, 1, 1))


def _finding(project: Project, function: EdgeFunction) -> Finding:
    return Finding(
        _at(project, function),
        evidence=f"No test requests the Edge Function `{function.name}`, imports from its folder, or names it.",
        remedy=f'Invoke it once as its caller would (`functions.invoke("{function.name}")`), and once without a token.',
        subject=Subject("edge function", function.name),
        slots={"function": function.name},
    )


def _habit(project: Project, untested: Sequence[EdgeFunction], count: int, total: int) -> Finding:
    decisions: Counter[str] = Counter()
    for fact in project.facts(Function):
        decisions[fact.at.path] += fact.decisions
    ranked = sorted(untested, key=lambda one: (-decisions[one.path], one.path))[:FIRST]
    places = ", ".join(f"`{one.name}`" for one in ranked)
    return Finding(
        _at(project, ranked[0]),
        evidence=f"{count} of {total} Edge Functions are requested by no test. "
        f"The first tests matter most for {places}.",
        remedy=f'Invoke each once as its caller would (`functions.invoke("{ranked[0].name}")`), and once without a token.',
        related=tuple(Related(_at(project, one), one.name) for one in ranked[1:]),
        subject=Subject("service", "supabase/functions"),
        slots={"function": ranked[0].name},
    )


REMARK = (
    "Deploying `{function}` is the first time anything calls it. Invoke it once in a test, with and without a token."
)

EXAMPLES = [
    """
=== supabase/functions/_shared/answer.ts
export const answer = () => new Response('paid')

=== supabase/functions/pay/index.ts
import { answer } from '../_shared/answer.ts'

Deno.serve(answer)

=== supabase/functions/pay/index.test.ts
import { answer } from '../_shared/answer.ts'

Deno.test('answers', () => {
  if (answer().status !== 200) throw new Error('no answer')
})
""",
    """
=== supabase/functions/pay/index.ts
Deno.serve(async () => new Response('paid')) // <-- its neighbours are tested

=== supabase/functions/refund/index.ts
Deno.serve(async () => new Response('refunded'))

=== supabase/functions/send-invoice/index.ts
import { send } from './send.ts'

Deno.serve(async () => new Response(send()))

=== supabase/functions/send-invoice/send.ts
export const send = () => 'sent'

=== supabase/functions/remind/index.ts
Deno.serve(async () => new Response('reminded'))

=== supabase/functions/_shared/cors.ts
export const headers = {}

=== supabase/functions/tests/refund.test.ts
Deno.test('refunds', async () => {
  const response = await fetch('http://localhost:54321/functions/v1/refund')
  if (response.status !== 200) throw new Error('no refund')
})

=== supabase/functions/tests/others.test.ts
import { send } from '../send-invoice/send.ts'
import { supabase } from './client.ts'

Deno.test('sends', () => {
  if (send() !== 'sent') throw new Error('not sent')
})

Deno.test('tells those who wait', async () => {
  const { data } = await supabase.functions.invoke('remind', { body: {} })
  if (data !== 'reminded') throw new Error('nobody told')
})
""",
    """
=== supabase/functions/pay/index.ts
Deno.serve(async (request) => answer(request)) // <-- no tests at all: begin here

function answer(request: Request) {
  if (request.method !== 'POST') {
    return new Response('', { status: 405 })
  }
  return new Response('paid')
}

=== supabase/functions/refund/index.ts
Deno.serve(async () => new Response('refunded'))
""",
    """
=== supabase/functions/send-invoice/index.ts
export default { fetch: () => new Response('sent') }

=== supabase/functions/pay-out/index.ts
export default { fetch: () => new Response('paid') } // <-- "pay" alone is another one's name

=== e2e/sendInvoice.spec.ts
import { expect, test } from '@playwright/test'

test('sends what pay needs', async ({ page }) => {
  await expect(page).toHaveTitle('sent')
})
""",
    """
=== supabase/functions/create-space/index.ts
Deno.serve(async () => new Response('made'))

=== supabase/functions/close-space/index.ts
Deno.serve(async () => new Response('closed')) // <-- a helper invokes it that no test calls

=== supabase/functions/create-group/index.ts
Deno.serve(async () => new Response('made'))

=== src/spaces.ts
import { supabase } from './client'

export const createSpace = async (name: string) =>
  supabase.functions.invoke<{ id: number }>('create-space', { body: { name } })

export const closeSpace = async (name: string) => {
  await supabase.functions.invoke('close-space', { body: { name } })
}

=== src/client.ts
import { createClient } from '@supabase/supabase-js'

export const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)

=== src/spaces.test.ts
import { expect, it } from 'vitest'
import { createSpace } from './spaces'

it('makes one', async () => {
  expect((await createSpace('home')).error).toBeNull()
})

=== features/step-definitions/groups.ts
import { When } from '@cucumber/cucumber'
import assert from 'assert'
import { supabase } from '../../src/client'

When('a group {word} is made', async (name: string) => {
  const { error } = await supabase.functions.invoke('create-group', { body: { name } })
  assert.equal(error, null)
})
""",
]
