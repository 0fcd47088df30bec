"""Migrations do not apply in the order in which they were meant.

Two files with one version: the tool applies one of them, or fails. A name without a version: the tool says in one line
that it skips the file, and goes on; what is in it is not on a new database. A statement that uses what only a later file creates: it works where the files happened to be applied
one by one, and fails on every new database. What drops a thing that is made afterwards says that it was there, and what
stands in a block may be caught, so neither counts.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ...facts import sql
from ...facts.location import Location, Related
from ...facts.schema import Database, Step
from ...facts.sql import Name, Statement
from ...finding import Finding, Subject
from ...join.applied import VERSIONED, is_ordered
from ...join.databases import databases
from ...join.keeping import keeps_names
from ...join.replay.skipped import Thing, made_by, made_in
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="R E",
    strictly="statements that come too early where no tool or number says the order; and names without a version where "
    "most of a project's have none, or where migrations make all that is in the file; and equal versions where a program of the "
    "project's own applies the files and keeps their whole names.",
)

_VERSION = re.compile(r"^[VB]?(\d+(?:[._]\d+)*?)(?:__|_|-|\.)")
_HABIT = 6
"""As many files that are named alike are one finding."""
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_DAYS = 3
"""As many days of which there are several files are one finding where the versions are dates."""
_TOLD_OF = 5
"""As many other files of one version, or with a version that is shared, are named."""
_TOLD = 3
"""As many things are named that migrations make, too."""
MOST = 0.5
"""Where more of the files have no version, nobody seems to apply them with the Supabase CLI."""


def check(project: Project) -> Iterator[Finding]:
    """Equal versions, names without a version, and statements that come too early."""
    for database in project.view(databases):
        yield from _names(project, database)
        if database.tool != "declared":  # what is declared is applied in the order that a setting gives
            yield from _once(database, list(_too_early(database)), ordered=is_ordered(project, database))


def _top(path: str) -> Location:
    return Location(path, 1, 1, 1, 1)


def _names(project: Project, database: Database) -> Iterator[Finding]:
    versions: dict[str, list[str]] = defaultdict(list)
    passed_over: list[str] = []
    for path in database.files:
        name = PurePosixPath(path).name
        if database.tool in {"prisma", "diesel", "declared", "django", "alembic"}:
            name = PurePosixPath(path).parent.name
        match = _VERSION.match(name)
        if match:
            versions[match[1]].append(path)
        if database.tool == "supabase" and not VERSIONED.match(name):
            passed_over.append(path)
    yield from _passed_over(project, database, passed_over)
    shared = {version: paths for version, paths in versions.items() if len(paths) > 1}
    if shared and database.tool in {"supabase", "flyway"}:
        yield from _shared(shared, by_name=keeps_names(project, database))


def _shared(versions: Mapping[str, list[str]], *, by_name: bool) -> Iterator[Finding]:
    """Equal versions, one by one, or together where it is a habit: where dates alone are versions, days are shared.

    A runner of the project's own that keeps the names of files applies them all; the tool itself would not.
    """
    dates = all(map(_DATE.fullmatch, versions))
    habit = len(versions) >= (_DAYS if dates else _HABIT)
    for version, paths in [*versions.items()][: 1 if habit else None]:
        names = " and ".join(PurePosixPath(path).name for path in paths)
        others = f" So do files of {len(versions) - 1} other versions here." if habit else ""
        last = PurePosixPath(paths[-1]).name
        more = [(f"version {one}, too", also[-1]) for one, also in versions.items() if one != version] if habit else []
        yield Finding(
            _top(paths[-1]),
            f"{names} have the same version {version}: only one of them can be recorded as applied.{others}",
            f"mv {last} $(date +%Y%m%d%H%M%S)_….sql" + "\nso with all but one file of each version" * habit,
            (
                *(Related(_top(path), f"also version {version}") for path in paths[:-1][:_TOLD_OF]),
                *(Related(_top(path), f"one of several that have {said}") for said, path in more[:_TOLD_OF]),
            ),
            Subject("migration", last),
            {"file": last, "why": f"it shares version {version}"},
            strict=by_name,
        )


def _passed_over(project: Project, database: Database, paths: list[str]) -> Iterator[Finding]:
    """The files that the Supabase CLI skips, one by one, or together where it is a habit.

    Where most files are such, people seem to run them by hand. What migrations make, too, a new database has.
    """
    habit = len(paths) >= _HABIT
    by_hand = len(paths) > MOST * len(database.files)
    applied = [one for path in database.files if path not in paths for one in project.facts_of(path, Statement)]
    known = made_in(applied)
    for path in paths[:1] if habit else paths:
        name = PurePosixPath(path).name
        version = re.match(r"\d+", name)
        why = "no `_` behind its version" if version else "no version in front"
        others = f" So does it with {len(paths) - 1} other files here." if habit else ""
        statements = project.facts_of(path, Statement)
        made = made_in(statements)
        again = () if habit else sorted(made & known)
        complete = bool(again) and made <= known and not any(_does_more(one.action) for one in statements)
        by_migrations = f" Migrations make {_told(again)}, too." if again else ""
        yield Finding(
            _top(path),
            f"{name} has {why}: the Supabase CLI prints that it skips it, and goes on.{by_migrations}{others}",
            _named_anew(name, version[0] if version else "", again, complete=complete),
            tuple(Related(_top(other), "is skipped, too") for other in paths[1:6]) if habit else (),
            subject=Subject("migration", name),
            slots={"file": name, "why": f"it has {why}"},
            strict=by_hand or complete,
        )


def _named_anew(name: str, version: str, again: Sequence[Thing], *, complete: bool) -> str:
    """What to do with a file that is skipped; a later date would bring back what migrations have made `again`."""
    if complete:
        return f"git rm {name}"
    if again:
        return f"Move what only {name} does into a new migration, without {_told(again)}, and delete it."
    rest = re.sub(r"^[^a-z]+", "", name.lower())
    return f"mv {name} {version or '$(date +%Y%m%d%H%M%S)'}_{rest or 'name.sql'}"


def _told(things: Sequence[Thing]) -> str:
    names = [f"{kind} {part or name}" for kind, name, part in things]
    rest = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + rest


def _does_more(action: sql.Action | None) -> bool:
    """Whether a statement leaves more in the database than what it makes."""
    return made_by(action) is None and not isinstance(action, sql.Drop | sql.Grant | sql.Transaction | None)


def _once(database: Database, found: list[Finding], *, ordered: bool) -> list[Finding]:
    """What comes too early, or one finding where the files as a whole were not applied in this order."""
    by_hand = not ordered or not database.tool or (database.tool == "numbered" and len(found) >= _HABIT)
    if len(found) >= _HABIT:
        evidence = f"{found[0].evidence} So do {len(found) - 1} other statements of these migrations."
        related = (*found[0].related, *(Related(one.at, one.evidence) for one in found[1:6]))
        found = [replace(found[0], evidence=evidence, related=related)]
    return [replace(one, strict=by_hand) for one in found]


def _too_early(database: Database) -> Iterator[Finding]:
    """Statements that use a table, view or function which only a later statement creates.

    Not in files that the Supabase CLI skips, nor of what those create: who runs them by hand knows when.
    """
    made: dict[Name, tuple[int, Location]] = {}
    for place, step in enumerate(database.steps):
        action = step.action
        if _is_skipped(database, step):
            continue
        if isinstance(action, sql.CreateTable | sql.CreateView) and not step.problem and not step.statement.conditional:
            name = action.name if action.name.schema else Name("public", action.name.name)
            made.setdefault(name, (place, step.statement.at))
    told: set[Name] = set()
    block: Location | None = None
    for place, step in enumerate(database.steps):
        if isinstance(step.action, sql.Do):
            block = step.statement.at
        if _is_skipped(database, step) or (block is not None and block.holds(step.statement.at)):
            continue
        if isinstance(step.action, sql.CreateFunction | sql.Drop):
            continue
        for name in step.missing:
            later = made.get(name)
            if later and later[0] > place and name not in told and not _optional(step.action):
                told.add(name)
                yield Finding(
                    step.statement.at,
                    f"this uses {name}, which is only created later: on a new database it fails.",
                    f"-- rename the migration so that it comes after {PurePosixPath(later[1].path).name}",
                    (Related(later[1], f"{name} is created here"),),
                    Subject("table", name.name, name.schema),
                    {"file": PurePosixPath(step.statement.at.path).name, "why": f"it needs {name} too early"},
                )


def _is_skipped(database: Database, step: Step) -> bool:
    """Whether the Supabase CLI never comes to a step."""
    return database.tool == "supabase" and not VERSIONED.match(PurePosixPath(step.statement.at.path).name)


def _optional(action: sql.Action) -> bool:
    return getattr(action, "if_exists", False) is True


REMARK = (
    "`{file}` will not do on a new database what it did on yours: {why}. Find out on an empty one before others do."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_orders.sql
alter table public.customers add column vip boolean; -- <-- customers come a file later
=== supabase/migrations/20240102000000_customers.sql
create table public.customers (id uuid primary key);
=== supabase/migrations/20240103000000_a.sql
create table public.a (id uuid primary key);
=== supabase/migrations/20240103000000_b.sql
create table public.b (id uuid primary key); -- <-- the same version again
=== supabase/migrations/fix.sql
select 1; -- <-- no version at all
alter table public.later add column x int;
=== supabase/migrations/zz_later.sql
create table public.later (id bigint primary key); -- <-- nor here; somebody ran both by hand
""",
    """
=== supabase/migrations/20240101000000_customers.sql
create table public.customers (id uuid primary key);
drop table if exists public.later;
=== supabase/migrations/20240102000000_later.sql
create table public.later (id uuid primary key references public.customers (id));
alter table public.outside add column x int;
do $$
begin
  alter table public.caught add column x int;
exception when others then null;
end $$;
drop view public.seen;
=== supabase/migrations/20240103000000_caught.sql
create table public.caught (id uuid primary key);
create view public.seen as select id from public.caught;
""",
    """
=== supabase/migrations/20240101000000_totals.sql
create table public.orders (id bigint primary key);
=== supabase/migrations/20240102000000_total.sql
create function public.total() returns bigint language sql set search_path = '' as $$ select 2 $$;
=== supabase/migrations/count.sql
create function public.count_all() returns bigint language sql as $$ select 1 $$; -- <-- nor does a migration make it
create or replace function public.total() returns bigint language sql as $$ select 1 $$;
=== supabase/migrations/total.sql
create or replace function public.total() returns bigint language sql as $$ select 1 $$; -- <-- strict: one makes it
grant execute on function public.total() to authenticated;
""",
    """
=== supabase/migrations/a_one.sql
select 1; -- <-- strict: as they all are
=== supabase/migrations/a_two.sql
select 1;
=== supabase/migrations/add_three.sql
select 1;
=== supabase/migrations/add_four.sql
select 1;
=== supabase/migrations/fix_five.sql
select 1;
=== supabase/migrations/fix_six.sql
select 1;
""",
    """
=== migrations/a_orders.sql
create table public.orders (id bigint primary key);
=== migrations/add_vip.sql
alter table public.customers add column vip boolean; -- <-- strict: who runs them, and in which order?
=== migrations/customers.sql
create table public.customers (id uuid primary key);
""",
    """
=== supabase/migrations/20240101000000_all.sql
alter table public.a add column x int; -- <-- so are the five others
alter table public.b add column x int;
alter table public.c add column x int;
alter table public.d add column x int;
alter table public.e add column x int;
alter table public.f add column x int;
=== supabase/migrations/20240102000000_made.sql
create table public.a (id uuid primary key);
create table public.b (id uuid primary key);
create table public.c (id uuid primary key);
create table public.d (id uuid primary key);
create table public.e (id uuid primary key);
create table public.f (id uuid primary key);
""",
]
