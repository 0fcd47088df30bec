"""Where a test would stand: it has to be one that holds cases, and the one that knows the function best."""

from reviewlint.join.homes import homes

from .test_examples import project_of

SOURCES = {
    "src/utils/request.ts": "export function effective(r: string) { return r }\nexport function other() {}\n",
    "src/routes/objects.ts": "import express from 'express'\nconst app = express()\n"
    "app.put('/objects/:id', (req, res) => res.json({}))\n",
    "src/worker.ts": "export function work() {}\n",
    "test/effective.spec.ts": "import { effective } from '../src/utils/request'\n"
    "it('a', () => { expect(effective('')).toBe('') })\n",
    "test/all.spec.ts": "import * as request from 'supertest'\nit('a', async () => {\n"
    "  await request(app).put('/objects/7').expect(200)\n})\n",
    "test/support.ts": "import { other } from '../src/utils/request'\nexport const made = other()\n",
}


def test_the_test_of_a_function_is_called_after_it() -> None:
    assert project_of(SOURCES).view(homes).of("src/utils/request.ts", "effective") == "test/effective.spec.ts"


def test_helpers_of_tests_hold_no_cases() -> None:
    assert project_of(SOURCES).view(homes).of("src/utils/request.ts", "other") == "test/effective.spec.ts"


def test_routes_are_tested_where_they_are_requested() -> None:
    assert project_of(SOURCES).view(homes).of("src/routes/objects.ts") == "test/all.spec.ts"


def test_what_nothing_tests_goes_beside_the_others() -> None:
    assert project_of(SOURCES).view(homes).of("src/worker.ts") == "test/worker.spec.ts"
