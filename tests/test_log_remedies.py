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
