"""What multiple-permissive-policies suggests where policies let in different roles."""

from pathlib import Path

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

MIGRATION = """\
create table public.progress (id uuid primary key, user_id uuid references auth.users);
alter table public.progress enable row level security;
create policy own on public.progress for insert with check (user_id = (select auth.uid()));
create policy own_again on public.progress for insert to authenticated with check ((select auth.uid()) = user_id);
"""


def test_what_is_replaced_is_dropped_and_what_stays_is_for_others(tmp_path: Path) -> None:
    root = written(tmp_path, {"supabase/migrations/20240101000000_progress.sql": MIGRATION})
    found = desk.check(root, [], Config(select=("multiple-permissive-policies",))).findings
    assert [one.remedy.splitlines()[:3] for one in found] == [
        [
            "drop policy own_again on public.progress;",
            "-- take authenticated out of own, for the roles that are left",
            'create policy "own: insert" on public.progress',
        ]
    ]
