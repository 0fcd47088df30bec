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


TEST = "def test_one():\n    assert True\n"
PACKAGES = {
    "app/orders/service.py": "def total():\n    return 1\n",
    "app/readers/service.py": "def find():\n    return 1\n",
    "app/loans/flows.py": "def lend():\n    return 1\n",
    "tests/test_readers.py": TEST,
    "tests/orders/test_prices.py": TEST,
    "tests/readers/test_cards.py": TEST,
}


def test_modules_of_one_name_are_tested_as_their_folders() -> None:
    assert project_of(PACKAGES).view(homes).of("app/readers/service.py") == "tests/test_readers.py"


def test_what_nothing_tests_goes_into_a_folder_like_its_own() -> None:
    found = project_of(PACKAGES).view(homes)
    assert found.of("app/orders/service.py") == "tests/orders/test_service.py"
    assert found.of("app/loans/flows.py") == "tests/loans/test_flows.py"


def test_a_module_of_a_package_is_tested_beside_the_package() -> None:
    sources = {
        "shop/models.py": "class Order:\n    def total(self):\n        return 1\n",
        "shop/loans/models.py": "class Loan:\n    pass\n",
        "tests/test_models.py": TEST,
        "tests/handlers/test_alerts.py": f"from shop import models\n{TEST}",
    }
    assert project_of(sources).view(homes).of("shop/models.py", "Order.total") == "tests/test_models.py"


def test_a_test_in_the_folder_of_the_module_is_nearer_than_one_that_takes_less() -> None:
    sources = {
        "app/notes/service.py": "def parse():\n    return 1\n",
        "app/orders/service.py": "def total():\n    return 1\n",
        "app/other.py": "x = 1\n",
        "tests/orders/test_tasks.py": f"from app.notes import service\n{TEST}",
        "tests/notes/test_pledges.py": f"from app import other\nfrom app.notes import service\n{TEST}",
    }
    found = project_of(sources).view(homes)
    assert found.of("app/notes/service.py", "parse") == "tests/notes/test_pledges.py"
    del sources["tests/notes/test_pledges.py"]
    assert project_of(sources).view(homes).of("app/notes/service.py", "parse") == "tests/orders/test_tasks.py"


def test_the_subject_of_a_test_may_stand_behind_a_dot() -> None:
    sources = {
        "server/mutations/orders.js": "export function refund() {}\n",
        "server/lib/money.js": "export function round() {}\n",
        "server/lib/money.spec.js": "it('a', () => { expect(1).toBe(1) })\n",
        "test/graphql.refund.test.js": "it('a', () => { expect(1).toBe(1) })\n",
        **{f"test/case{number}.test.js": "it('a', () => { expect(1).toBe(1) })\n" for number in range(20)},
    }
    found = project_of(sources).view(homes)
    assert found.of("server/mutations/orders.js", "refund") == "test/graphql.refund.test.js"
    assert found.of("server/mutations/orders.js") == "test/orders.test.js"  # one test that stands beside is no habit


def test_a_test_of_another_module_that_takes_this_one_is_not_its_own() -> None:
    sources = {
        "app/mail/client.py": "def send():\n    return 1\n",
        "app/mail/tasks.py": "from app.mail.client import send\ndef remind():\n    return send()\n",
        "tests/mail/test_tasks.py": "from app.mail.client import send\nfrom app.mail.tasks import remind\n"
        "def test_remind():\n    assert remind() == send()\n",
    }
    found = project_of(sources).view(homes)
    assert found.of("app/mail/tasks.py") == "tests/mail/test_tasks.py"
    assert found.of("app/mail/client.py") == "tests/mail/test_client.py"


def test_a_test_in_the_folder_of_another_package_is_not_its_own() -> None:
    sources = {
        "src/hall/database.py": "def page():\n    return 1\n",
        "src/hall/conference/flows.py": "def call():\n    return 1\n",
        "tests/conference/test_database.py": TEST,
        "tests/conference/test_flows.py": TEST,
        "tests/test_views.py": TEST,
    }
    assert project_of(sources).view(homes).of("src/hall/database.py") == "tests/test_database.py"


def test_tests_may_have_the_name_of_their_folder() -> None:
    sources = {
        "src/shop/orders/service.py": "def total():\n    return 1\n",
        "src/shop/carts/service.py": "def fill():\n    return 1\n",
        "src/shop/letters/service.py": "def write():\n    return 1\n",
        "tests/orders/test_orders_service.py": TEST,
        "tests/carts/test_carts_service.py": TEST,
        "tests/test_money.py": TEST,
    }
    assert project_of(sources).view(homes).of("src/shop/letters/service.py") == "tests/letters/test_letters_service.py"
