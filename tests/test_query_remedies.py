"""How interpolated-query writes a query with its values bound, as its library takes them."""

from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        (".where(`LOWER(pots.name) = '${name}'`)", '.where("LOWER(pots.name) = :name", { name: req.query.name })'),
        (".andWhere(`pots.size > ${form.size}`)", '.andWhere("pots.size > :size", { size: req.query.size })'),
    ],
)
def test_builders_of_typeorm_take_an_object(tmp_path: Path, given: str, remedy: str) -> None:
    source = f"""import {{ Repository }} from "typeorm";
import express from "express";

const app = express();
const pots: Repository<Pot> = source.getRepository(Pot);

app.get("/pots", async (req, res) => {{
  const name = req.query.name;
  const form = req.query;
  res.json(await pots.createQueryBuilder("pots"){given}.getMany());
}});
"""
    root = written(tmp_path, {"src/pots.ts": source})
    found = desk.check(root, [], Config(select=("interpolated-query",))).findings
    assert [one.remedy for one in found] == [f'pots.createQueryBuilder("pots"){remedy}']
