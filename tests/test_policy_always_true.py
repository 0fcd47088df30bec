"""What policy-always-true suggests where no key says whose a row is."""

from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

ORDERS = "create table public.orders (id uuid primary key, closed_by uuid references auth.users);\n"


@pytest.mark.parametrize(
    ("columns", "last"),
    [
        (
            "id uuid, requested_by uuid, company_id uuid, colour_id integer",
            "-- or say in it who may, where one of these leads to the caller: requested_by, company_id",
        ),
        (
            "id uuid, order_id uuid references public.orders",
            "-- or say in it who may, where one of these leads to the caller: order_id",
        ),
        ("id uuid, colour_id integer", "-- or say in it who may: no column says whose a row is"),
    ],
)
def test_the_columns_are_named_that_may_lead_to_the_caller(tmp_path: Path, columns: str, last: str) -> None:
    table = f"create table public.claims ({columns});\nalter table public.claims enable row level security;\n"
    policy = "create policy add on public.claims for insert to authenticated with check (true);\n"
    root = written(tmp_path, {"supabase/migrations/20240101000000_claims.sql": ORDERS + table + policy})
    found = desk.check(root, [], Config(select=("policy-always-true",))).findings
    assert [one.remedy.splitlines()[-1] for one in found] == [last]
