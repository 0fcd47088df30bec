"""What unchecked-supabase-error suggests, by what the call takes for an error."""

from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

CODE = """import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)

export async function favorite(id: string) {
  const { data } = await supabase.from("favorites")%s
  return data?.id ?? null
}
"""


@pytest.mark.parametrize(
    ("calls", "remedy", "outcome"),
    [
        ('.select("id").eq("item_id", id).single()', "….maybeSingle()\n", "take it for no data"),
        ('.select("id").eq("item_id", id).limit(1)', "…\n", "take it for no data"),
        ('.insert({ item_id: id }).select("id").single()', "…\n", "report success"),
    ],
)
def test_a_row_that_may_be_missing_is_no_error(tmp_path: Path, calls: str, remedy: str, outcome: str) -> None:
    root = written(tmp_path, {"lib/favorites.ts": CODE % calls})
    found = desk.check(root, [], Config(select=("unchecked-supabase-error",))).findings
    assert [
        (one.remedy.endswith(f"await supabase.{remedy}if (error) throw error"), one.slots["outcome"]) for one in found
    ] == [(True, outcome)]
