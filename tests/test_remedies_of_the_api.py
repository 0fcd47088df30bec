"""What is suggested where code asks Supabase's API for what is not there, and for functions that anybody may call."""

from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

SHOP = """create table public.orders (id bigint primary key, total numeric, note text);
alter table public.orders drop column note;
create table public.rooms (id bigint primary key);
create view public.open_orders as select id from public.orders;
create function public.close_all() returns void language sql security definer set search_path = ''
as $$ delete from public.orders where true $$;
"""
CLIENT = """import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)
export const rooms = () => supabase.from("rooms").select("id")
"""
REVOKED = "revoke execute on function public.close_all() from public, anon, authenticated;"


def remedies(root: Path, rule: str, asked: str) -> list[str]:
    files = {"supabase/migrations/20240101000000_shop.sql": SHOP, "lib/orders.ts": CLIENT + asked}
    return [one.remedy for one in desk.check(written(root, files), [], Config(select=(rule,))).findings]


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        ('from("orders").select("totl")', "total"),
        (
            'from("orders").select("capacity")',
            "Take `capacity` out of the request, or make the column by a migration:\n"
            "alter table public.orders add column capacity …;",
        ),
        ('from("orders").select("note")', "Take `note` out of the request."),
        ('from("open_orders").select("capacity")', "Take `capacity` out of the request, or have a migration make it."),
        ('from("invoices").select("id")', "Ask for what is there instead of `invoices`, or have a migration make it."),
    ],
)
def test_what_is_not_there_is_left_out_or_made(tmp_path: Path, asked: str, remedy: str) -> None:
    assert remedies(tmp_path, "unknown-relation", f"export const asked = () => supabase.{asked}\n") == [remedy]


def test_a_function_that_code_calls_has_to_ask_who_is_calling(tmp_path: Path) -> None:
    called = 'export const close = () => supabase.rpc("close_all")\n'
    assert remedies(tmp_path / "uncalled", "exposed-definer-function", "") == [REVOKED]
    own = "const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)\n"
    by_service = called.replace("supabase.", "admin.")
    assert remedies(tmp_path / "own", "exposed-definer-function", own + by_service) == [REVOKED]
    (first,) = remedies(tmp_path / "called", "exposed-definer-function", called)
    assert first.startswith("-- lib/orders.ts calls it: have its body ask first who is calling")
    assert first.endswith(f"-- and where only the service role calls it:\n{REVOKED}")
