"""What unverified-edge-function suggests, by who calls the function."""

from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

from .test_desk import written

CODE = """import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("orders").insert(await req.json())
  return Response.json({ error })
})
"""


@pytest.mark.parametrize(
    ("name", "begins"),
    [("place-order", "[functions.place-order]\nverify_jwt = true"), ("shop-webhook", "Verify the caller's")],
)
def test_another_service_is_not_asked_for_a_token_of_this_platform(tmp_path: Path, name: str, begins: str) -> None:
    config = f"[functions.{name}]\nverify_jwt = false\n"
    root = written(tmp_path, {"supabase/config.toml": config, f"supabase/functions/{name}/index.ts": CODE})
    found = desk.check(root, [], Config(select=("unverified-edge-function",))).findings
    assert [one.remedy.startswith(begins) for one in found] == [True]
