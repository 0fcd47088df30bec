"""What the rules about log lines suggest for loggers that take fields in different places."""

import json
from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

NEST = """import { Injectable, Logger } from "@nestjs/common"

@Injectable()
export class Orders {
  private readonly logger = new Logger(Orders.name)

  place(id: string) {
    this.logger.log(`order ${id} placed`)
    try {
      this.keep(id)
    } catch (error) {
      this.logger.error("not kept")
    }
  }
}
"""
OWN = """import { logger } from "./logger"

export function place(id: string) {
  logger.info(`order ${id} placed`)
  logger.info(`${id} is gone`)
}
"""
USED = {True: 'logger.info({ id }, "kept")', False: 'logger.info("kept", { id })', None: ""}


def remedies(root: Path, rule: str) -> list[str]:
    return [one.remedy for one in desk.check(root, [], Config(select=(rule,))).findings]


@pytest.mark.parametrize(
    ("backend", "fields", "error"),
    [
        (
            "nestjs-pino",
            'this.logger.log({ id }, "order placed")',
            "Pass the error along: this.logger.error({ err: error }, …)",
        ),
        (
            "@nestjs/config",
            "A constant message, and `id` beside it, as fields.",
            "Pass the error along: this.logger.error(…, error instanceof Error ? error.stack : String(error))",
        ),
    ],
)
def test_nest_takes_fields_as_its_backend_does(tmp_path: Path, backend: str, fields: str, error: str) -> None:
    package = json.dumps({"name": "shop", "dependencies": {"@nestjs/common": "11", backend: "4"}})
    root = written(tmp_path, {"package.json": package, "src/orders.ts": NEST})
    assert remedies(root, "unstructured-log") == [fields]
    assert remedies(root, "error-without-exception") == [error]


@pytest.mark.parametrize(
    ("first", "fields"),
    [
        (True, 'logger.info({ id }, "order placed")'),
        (False, 'logger.info("order placed", { id })'),
        (None, "A constant message, and `id` beside it, as fields."),
    ],
)
def test_a_logger_of_the_projects_own_takes_fields_as_its_lines_give_them(
    tmp_path: Path, first: bool | None, fields: str
) -> None:
    used = f'import {{ logger }} from "./logger"\nexport function keep(id: string) {{\n  {USED[first]}\n}}\n'
    package = json.dumps({"name": "shop", "dependencies": {"express": "5"}})
    root = written(tmp_path, {"package.json": package, "src/orders.ts": OWN, "src/keep.ts": used})
    without_a_subject = "A constant message, and `id` beside it, as fields."
    assert remedies(root, "unstructured-log") == [fields, without_a_subject]


PYTHON = """from fastapi import FastAPI

from shop.logs import Log

app = FastAPI()


@app.post("/orders")
def place(order: dict):
    try:
        keep(order)
    except Exception:
        Log.error(message="not kept")
    return {}
"""
LET = "Let `Log.error` take the error, too, and write its trace; then hand it over here."
CALLED = "Log.exception(…), or exc_info=True beside the message"


@pytest.mark.parametrize(
    ("logs", "remedy"),
    [
        ("class Log:\n    @staticmethod\n    def error(*, message: str):\n        write(message)\n", LET),
        ("class Log:\n    @staticmethod\n    def error(message, **more):\n        write(message, more)\n", CALLED),
        ("class Log:\n    @staticmethod\n    def error(message, **more):\n        print(message, more)\n", LET),
        ("class Log:\n    @staticmethod\n    def error(message, exc_info=None):\n        print(message)\n", CALLED),
        (
            "class Log:\n    @staticmethod\n    def write(level, **more):\n        print(level, more)\n\n"
            "    @staticmethod\n    def error(message, **more):\n        Log.write('error', message=message, **more)\n",
            LET,
        ),
        (
            "class Log:\n    @staticmethod\n    def error(message):\n        write(message)\n\n"
            "    @staticmethod\n    def exception(message):\n        write(message)\n",
            CALLED,
        ),
        ("import logging\n\nclass Log(logging.Logger):\n    def error(self, message):\n        pass\n", CALLED),
    ],
)
def test_a_logger_of_the_projects_own_is_given_no_more_than_it_takes(tmp_path: Path, logs: str, remedy: str) -> None:
    root = written(tmp_path, {"shop/main.py": PYTHON, "shop/logs.py": logs})
    (found,) = desk.check(root, [], Config(select=("error-without-exception",))).findings
    assert found.remedy == remedy
    assert (found.rewrite is None) == (remedy == LET)


def test_the_library_of_an_imported_logger_says_where_an_error_goes(tmp_path: Path) -> None:
    line = 'import { logger } from "./logger"\n\nexport function keep(id: string) {\n  try {\n    store(id)\n  }'
    files = {
        "package.json": json.dumps({"name": "shop", "dependencies": {"express": "5", "pino": "9"}}),
        "src/logger.ts": 'import pino from "pino"\n\nexport const logger = pino({ level: "info" })\n',
        "src/keep.ts": f'{line} catch (error) {{\n    logger.error("not kept")\n  }}\n}}\n',
    }
    root = written(tmp_path, files)
    assert remedies(root, "error-without-exception") == ["Pass the error along: logger.error({ err: error }, …)"]


def test_a_long_list_of_lines_is_one_finding_however_many_are_well_written(tmp_path: Path) -> None:
    baked = "".join(f'    logger.info(f"{n}: {{order}}")\n' for n in range(51))
    plain = "".join(f'    logger.info("stored {n}")\n' for n in range(600))
    text = f"import logging\n\nlogger = logging.getLogger(__name__)\n\n\ndef place(order):\n{baked}{plain}"
    root = written(tmp_path, {"shop/main.py": f"from fastapi import FastAPI\n\napp = FastAPI()\n{text}"})
    (found,) = desk.check(root, [], Config(select=("unstructured-log",))).findings
    assert found.evidence.startswith(
        "51 of this service's 651 log lines, in 1 file, have values baked into the message"
    )


def test_what_is_a_field_already_is_not_named_again(tmp_path: Path) -> None:
    line = "logger.info({ id, kind: order.kind }, `order ${id} of ${order.kind} after ${tries} tries`)"
    code = (
        f'import pino from "pino"\nconst logger = pino()\nexport function placed(id, order, tries) {{\n  {line}\n}}\n'
    )
    package = json.dumps({"name": "shop", "dependencies": {"express": "5", "pino": "9"}})
    root = written(tmp_path, {"package.json": package, "src/orders.ts": code})
    assert remedies(root, "unstructured-log") == ['logger.info({ id, kind: order.kind, tries }, "order after tries")']


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ('f"{took:6.2f}ms for {name!r}"', '"%6.2fms for %r", took, name'),
        ('f"{took:,} of {name:>9}"', '"%s of %s", format(took, ","), format(name, ">9")'),
        ('f"done{more} by {name}"', '"done%s by %s", more, name'),
        ('f"{took:.1%} by {name}"', '"%s by %s", format(took, ".1%"), name'),
        ('f"fired {pot} twice"', '"fired %s twice", pot'),
        ('"fired " + pot + " twice"', '"fired %s twice", pot'),
        ('"fired %.2f of %s" % (took, name)', '"fired %.2f of %s", took, name'),
    ],
)
def test_a_line_keeps_how_its_values_are_written_out(tmp_path: Path, line: str, remedy: str) -> None:
    source = f"""import logging

logger = logging.getLogger(__name__)

def fire(took, name, using):
    more = f" ({{using}})" if using else ""
    pot = f"pot {{name}}"
    logger.info({line})
"""
    root = written(tmp_path, {"kiln/fire.py": source})
    assert remedies(root, "unstructured-log") == [f"logger.info({remedy})"]


@pytest.mark.parametrize(
    ("said", "constant"),
    [
        ("No rules for ${id}.${action}, denying access (by '${action}')", "No rules, denying access"),
        ("order ${id}, placed by ${action}", "order, placed"),
        ("kept id=${id}, action=${action}", "kept"),
        ("moved to ${id} as ${action} at once", "moved at once"),
    ],
)
def test_a_message_without_its_values_can_be_read(tmp_path: Path, said: str, constant: str) -> None:
    source = f"""import pino from "pino"

const logger = pino()

export function place(id: string, action: string) {{
  logger.info(`{said}`)
}}
"""
    root = written(tmp_path, {"src/orders.ts": source})
    assert remedies(root, "unstructured-log") == [f'logger.info({{ id, action }}, "{constant}")']
