"""What constraints are called that a migration adds without a name; PostgreSQL 15 gave them these."""

from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

TABLES = "create table customers (id bigint primary key);\ncreate table orders (id bigint primary key, a int, b int);\n"


@pytest.mark.parametrize(
    ("added", "name"),
    [
        ("add column rating int check (rating > 0)", "orders_rating_check"),
        ("add check (a > 0 and a < 9)", "orders_a_check"),
        ("add check (a > b)", "orders_check"),
        ("add foreign key (a, b) references pairs (a, b)", "orders_a_b_fkey"),
        ("add constraint mine check (a > b)", "mine"),
    ],
)
def test_a_constraint_without_a_name_is_called_as_postgresql_calls_it(tmp_path: Path, added: str, name: str) -> None:
    pairs = "create table pairs (a int, b int, primary key (a, b));\n"
    files = {"migrations/0001_a.sql": TABLES + pairs, "migrations/0002_b.sql": f"alter table orders {added};\n"}
    found = desk.check(written(tmp_path, files), [], Config(select=("validating-constraint",))).findings
    assert [one.subject.name for one in found if one.subject is not None] == [name]
