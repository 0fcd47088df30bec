"""A public bucket lets everybody list its files.

Files in a public bucket are downloaded by URL without any policy. A SELECT policy on `storage.objects` for the bucket
adds something else: the right to list it. Whoever has it needs no URL, and finds every file of every user. Code that
lists, removes or replaces files needs the right for its own: then the policy is to be narrowed, not dropped.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.clients import StorageCall
from ...facts.file import Side
from ...facts.location import Related
from ...facts.schema import Database, Policy
from ...facts.sql import Name, Tree
from ...facts.values import Constant, Record, constant_text
from ...finding import Amendment, Finding, Subject
from ...join.exposure import api_databases, for_visitors
from ...join.truth import always_true
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    limits="Only buckets that migrations create are known.",
)

_OBJECTS = Name("storage", "objects")
_UNSEEN = frozenset({Side.TEST, Side.SCRIPT, Side.MIGRATION, Side.EDGE})
"""Where files are mostly touched with the service role, which no policy holds for."""


def check(project: Project) -> Iterator[Finding]:
    """Every public bucket for which a policy on storage.objects lets visitors select without further condition."""
    for database, _ in project.view(api_databases):
        policies = [
            policy
            for policy in database.policies_of(_OBJECTS)
            if policy.command in {"select", "all"} and policy.permissive and for_visitors(policy)
        ]
        for bucket in database.buckets.values():
            listing = [policy for policy in policies if bucket.public and _lists(policy, bucket.id)]
            if listing:
                names = " and ".join(repr(policy.name) for policy in listing)
                use = next((call for call in _selecting(project) if constant_text(call.bucket) == bucket.id), None)
                mended = _mended(listing[0], bucket.id, narrowed=use is not None)
                everybody = any(not policy.roles or {"public", "anon"} & set(policy.roles) for policy in listing)
                who = "everybody" if everybody else "every signed-in user"
                yield Finding(
                    listing[0].defined,
                    f"bucket {bucket.id!r} is public, and {names} on storage.objects lets {who} list its files.",
                    mended if use else f"{mended} -- downloads by URL need none{_but(database, bucket.id)}",
                    (
                        Related(bucket.at, f"bucket {bucket.id!r} is made public here"),
                        *([Related(use.at, f"`{use.method}` needs to select its own files")] if use else ()),
                    ),
                    Subject("bucket", bucket.id, "storage", policy=listing[0].name),
                    {"bucket": bucket.id, "policy": listing[0].name, "who": who},
                    amendment=None if not use and _but(database, bucket.id) else Amendment(False, mended),
                )


def _but(database: Database, bucket: str) -> str:
    """What to see to where visitors may change or remove files: for that they have to select them."""
    for policy in database.policies_of(_OBJECTS):
        condition = policy.using if policy.command in {"update", "delete"} and for_visitors(policy) else None
        parts = sql.walk(condition.tree) if condition else ()
        if any(isinstance(one, sql.Literal) and one.value == bucket for one in parts):
            return (
                f",\n-- but who removes or replaces files has to select them: if {policy.name!r} is in use, narrow the "
                "policy to those files instead"
            )
    return ""


def _selecting(project: Project) -> Iterator[StorageCall]:
    """The calls that only who may select a file can make (Supabase, "Storage Access Control")."""
    for call in project.facts(StorageCall):
        if call.method in ("createBucket", "updateBucket", "getPublicUrl") or project.side(call.at.path) in _UNSEEN:
            continue
        replaces = isinstance(call.options, Record) and call.options.get("upsert")
        if call.method != "upload" or (isinstance(replaces, Constant) and replaces.value is True):
            yield call


def _mended(policy: Policy, bucket: str, *, narrowed: bool) -> str:
    name = sql.quoted(policy.name)
    dropped = f"drop policy {name} on storage.objects;"
    if not narrowed:
        return dropped
    whose = f"bucket_id = '{bucket}' and owner_id = (select auth.uid()::text)"
    return f"{dropped}\ncreate policy {name} on storage.objects\n  for select to authenticated using ({whose});"


def _lists(policy: Policy, bucket: str) -> bool:
    return policy.using is not None and (always_true(policy.using.tree) or _only_bucket(policy.using.tree, bucket))


def _only_bucket(tree: Tree, bucket: str) -> bool:
    """Whether a condition is `bucket_id = 'bucket'` and nothing else."""
    match tree:
        case sql.Operation(operator="=", operands=operands):
            columns = [one for one in operands if isinstance(one, sql.ColumnRef) and one.name == "bucket_id"]
            values = [_text(one) for one in operands if not isinstance(one, sql.ColumnRef)]
            return bool(columns) and bucket in values
        case _:
            return False


def _text(tree: Tree) -> object:
    return _text(tree.operand) if isinstance(tree, sql.Cast) else tree.value if isinstance(tree, sql.Literal) else None


REMARK = "Public files need no policy to be downloaded; this one adds a table of contents of `{bucket}` for {who}."

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_files.sql
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('papers', 'papers', false);
create policy "avatars are public" on storage.objects -- <-- everybody lists them
  for select using (bucket_id = 'avatars');
create policy "papers" on storage.objects for select to authenticated using (bucket_id = 'papers');
insert into storage.buckets (id, name, public) values ('badges', 'badges', true);
create policy "badges" on storage.objects -- <-- every signed-in user lists them
  for select to authenticated using (bucket_id = 'badges');
create policy "removed" on storage.objects for delete to authenticated using (bucket_id = 'badges');
""",
    """
=== supabase/migrations/20240101000000_files.sql
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
create policy "own" on storage.objects
  for select to authenticated using (bucket_id = 'avatars' and owner = (select auth.uid()));
create policy "upload" on storage.objects for insert to authenticated with check (bucket_id = 'avatars');
""",
    """
=== supabase/migrations/20240101000000_files.sql
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
create policy "seen" on storage.objects for select using (bucket_id = 'avatars'); -- <-- to be narrowed: the code lists
=== src/avatar.tsx
import { supabase } from "./client"

export const mine = (id: string) => supabase.storage.from("avatars").list(id)
""",
]
