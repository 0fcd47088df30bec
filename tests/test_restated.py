"""What a migration says again of a function of the database, and what it says otherwise."""

import pytest

from reviewlint.examples import parse
from reviewlint.rules.testing import change_without_test

from .test_examples import project_of

BASE = """
=== supabase/migrations/20260101000000_shop.sql
create function public.touch() returns trigger language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
=== supabase/tests/shop.sql
begin;
select plan(1);
select has_table('orders');
select * from finish();
"""
AGAIN = """
=== supabase/migrations/20260102000000_again.sql
CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql {settings}
AS $$
BEGIN
  -- by the server's clock
  NEW.updated_at := {value};
  RETURN NEW;
END;
$$;
"""


@pytest.mark.parametrize(
    ("settings", "value", "told"),
    [
        ("SET search_path = ''", "NOW()", False),
        ("SET search_path = ''", "NOW() /* UTC */", False),
        ("SET search_path = ''", "clock_timestamp()", True),
        ("SECURITY DEFINER SET search_path = ''", "now()", True),
    ],
)
def test_a_function_said_again(settings: str, value: str, told: bool) -> None:
    base = parse(BASE).files
    now = {**base, **parse(AGAIN.format(settings=settings, value=value)).files}
    assert bool(list(change_without_test.check(project_of(now, base)))) is told
