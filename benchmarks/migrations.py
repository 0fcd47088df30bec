"""How long a cold review of many migrations takes: python -m benchmarks.migrations [FILES [MEGABYTES]].

Writes a history of that many files (400 and 3 MB by default) of tables, policies, functions and blocks, reviews it in a
process of its own without a cache, and prints seconds and the most memory that one of its processes took. There are
as many statements to a megabyte as in real histories.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_TABLE = """\
create table public.{name} (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null references auth.users (id) on delete cascade,
  parent uuid{references},
  title text not null check (length(title) < 200),
  created_at timestamptz not null default now()
);
create index {name}_owner on public.{name} (owner);
alter table public.{name} enable row level security;
create policy "read own {name}" on public.{name} for select to authenticated
  using (owner = (select auth.uid()) or exists (select 1 from public.{name} other where other.parent = {name}.id));
create policy "change own {name}" on public.{name} for update to authenticated
  using (owner = auth.uid()) with check (owner = auth.uid());
create function public.{name}_count(whose uuid) returns bigint language plpgsql
security definer set search_path = '' as $$
declare
  found bigint;
begin
  -- {filling}
  select count(*) into found from public.{name} where owner = whose;
  return found;
end $$;
do $$
declare
  t text;
begin
  foreach t in array array['{name}'] loop
    execute format('drop policy if exists %I on public.%I', 'old ' || t, t);
    execute format('create policy %I on public.%I for delete using (owner = auth.uid())', 'delete ' || t, t);
  end loop;
end $$;
"""


def _write(folder: Path, files: int, size: int) -> None:
    folder.mkdir(parents=True)
    for number in range(files):
        name = f"things_{number}"
        references = f" references public.things_{number - 1} (id)" if number else ""
        text = "".join(
            _TABLE.format(name=f"{name}_{part}" if part else name, references=references, filling="filling " * 280)
            for part in range(max(1, size // files // 3_700))
        )
        (folder / f"{20240101000000 + number}_{name}.sql").write_text(text)


def main() -> None:
    """Measure one cold review."""
    files, megabytes = (*map(float, sys.argv[1:3]), *(400.0, 3.0)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "supabase" / "migrations"
        _write(folder, int(files), int(megabytes * 1e6))
        written = sum(path.stat().st_size for path in folder.iterdir())
        command = [
            sys.executable,
            "-m",
            "reviewlint",
            "check",
            "--no-cache",
            "--exit-zero",
            "--select",
            "rls,migrations",
        ]
        began = time.perf_counter()
        subprocess.run([*command, root], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{int(files)} files, {written / 1e6:.1f} MB: {seconds:.2f} s, "
        f"{used.ru_utime + used.ru_stime:.2f} s of processor time, {used.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
