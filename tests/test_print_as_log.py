"""How print-as-log shows the lines that it finds."""

import json
from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

PACKAGE = json.dumps({"name": "shop", "dependencies": {"express": "5"}})
ROUTE = """import { Router } from "express"
import { load } from "./orders"

const router = Router()

router.get("/orders", async (req, res) => {
  try {
    res.json(await load())
  } catch (e) {
    console.log(e)
    res.status(500).json({ error: "failed" })
  }
})

export default router
"""


def test_a_line_without_a_word_of_its_own_is_not_shown_as_empty(tmp_path: Path) -> None:
    root = written(tmp_path, {"package.json": PACKAGE, "src/routes.ts": ROUTE})
    found = desk.check(root, [], Config(select=("print-as-log",))).findings
    assert [(one.at.line, "“…”" in one.evidence) for one in found] == [(10, True)]


LOGGING = 'import { logger } from "./logger"\n\nexport const load = async () => logger.info("loaded")\n'


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "pino"),
        ({"src/orders.ts": LOGGING}, "the service's logger"),
        ({"src/nest.ts": 'import { Module } from "@nestjs/common"\n'}, "of @nestjs/common"),
    ],
)
def test_the_logger_is_one_that_the_service_has_or_can_have(tmp_path: Path, files: dict[str, str], words: str) -> None:
    root = written(tmp_path, {"package.json": PACKAGE, "src/routes.ts": ROUTE, **files})
    (found,) = desk.check(root, [], Config(select=("print-as-log",))).findings
    assert words in found.remedy
    assert ("no logger yet" in found.evidence) == ("src/orders.ts" not in files)
