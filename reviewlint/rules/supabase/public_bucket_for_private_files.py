"""Files that belong to one person are stored where everybody with the address can read them.

A public bucket serves its files without any policy: whoever has or guesses a URL reads the invoice, and the URL stays
valid in logs, mails and caches for as long as the file exists. A private bucket with signed URLs asks each time. A
policy on `storage.objects` that names no bucket opens all of them, those that are made next year included.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...facts.clients import Setting, StorageCall
from ...facts.file import Side
from ...facts.location import Location
from ...facts.schema import Policy
from ...facts.sql import Name, Tree
from ...facts.values import Constant, Record, Value, constant_text, rendered
from ...finding import Finding, Subject
from ...join.exposure import api_databases, for_visitors
from ...join.truth import always_true, is_for_anybody
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="medium",
    since="0.1.0",
    languages=("sql", "settings", "typescript", "python"),
    asked_by="F",
    security="7.5",
    limits="What is private is told by the names of buckets and folders; `files` and `uploads` say nothing.",
)

_OBJECTS = Name("storage", "objects")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NEVER_PUBLIC = frozenset(
    "kyc passport medical patient private confidential payslip payroll prescription diagnosis ssn bank salary".split()
)
_PRIVATE = frozenset("invoice contract receipt document statement agreement resume cv tax transcript personal".split())
_SHOWN = frozenset("image img photo picture media asset cover banner preview thumbnail thumb template".split())
_PUBLIC = frozenset(
    "public avatar logo icon sample demo example test product blog marketing brand static press open help legal "
    "policy smart token nft non not".split()
)
"""Words that say that a file is meant for everybody, also where it is called a document."""


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A bucket as one place makes it."""

    name: str
    public: bool
    at: Location


def check(project: Project) -> Iterator[Finding]:
    """Public buckets and public addresses for private files, and storage policies that hold for every bucket."""
    buckets = list(_buckets(project))
    for bucket in buckets:
        if bucket.public and _is_private(bucket.name):
            yield _finding(
                bucket.at,
                bucket.name,
                f"bucket `{bucket.name}` is public, so whoever has the address of a file in it can read it.",
            )
    known = {bucket.name for bucket in buckets}
    for call in _calls(project):
        name = constant_text(call.bucket)
        if call.method != "getPublicUrl" or call.path is None or name is None:
            continue
        public = {bucket.name for bucket in buckets if bucket.public}
        folders = _folders(call.path)
        if name not in known and _is_private(name):
            yield _finding(call.at, name, f"a public address is made for a file in bucket `{name}`.")
        elif (name in public or name not in known) and not _is_private(name) and folders and not _is_open(name):
            yield _finding(call.at, name, f"a public address is made for a file in `{folders}` of bucket `{name}`.")
    yield from _policies(project)


def _buckets(project: Project) -> Iterator[_Bucket]:
    for database, _ in project.view(api_databases):
        for made in database.buckets.values():
            yield _Bucket(made.id, made.public, made.at)
    for setting in project.facts(Setting):
        is_public = setting.keys[:2] == ("storage", "buckets") and setting.keys[3:] == ("public",)
        if is_public and setting.at.path.endswith("supabase/config.toml"):
            yield _Bucket(setting.keys[2], setting.value == "true", setting.at)
    for call in _calls(project):
        name = constant_text(call.bucket)
        if call.method in ("createBucket", "updateBucket") and name is not None:
            chosen = call.options.get("public") if isinstance(call.options, Record) else None
            yield _Bucket(name, isinstance(chosen, Constant) and chosen.value is True, call.at)


def _calls(project: Project) -> Iterator[StorageCall]:
    return (call for call in project.facts(StorageCall) if project.side(call.at.path) is not Side.TEST)


def _words(name: str) -> frozenset[str]:
    """The words of a name in the singular."""
    words = [word.lower() for word in _WORD.findall(name)]
    return frozenset(
        word[:-1] if word.endswith("s") and len(word) > 2 and word[-2] not in "si" else word for word in words
    )


def _is_private(name: str) -> bool:
    """Whether a name speaks of files that only some may read."""
    words = _words(name)
    if words & _PUBLIC:
        return False
    return bool(words & _NEVER_PUBLIC) or bool(words & _PRIVATE and not words & _SHOWN)


def _is_open(name: str) -> bool:
    return bool(_words(name) & (_PUBLIC | _SHOWN))


def _folders(path: Value) -> str:
    """The constant folder of a path that speaks of private files, or `""`."""
    parts = rendered(path, "\0").split("/")[:-1]
    if any(_words(part) & _PUBLIC for part in parts):
        return ""
    return next((part for part in parts if "\0" not in part and _is_private(part)), "")


def _policies(project: Project) -> Iterator[Finding]:
    """Policies on storage.objects that let everybody in whatever the bucket is."""
    for database, _ in project.view(api_databases):
        policies = database.policies_of(_OBJECTS)
        if any(not policy.permissive for policy in policies):
            continue
        public = any(bucket.public for bucket in database.buckets.values())
        for policy in policies:
            condition = policy.check if policy.command == "insert" else policy.using
            if condition is None or policy.uncertain or not for_visitors(policy) or not is_for_anybody(condition.tree):
                continue
            if public and policy.command in ("select", "all") and always_true(condition.tree):
                continue  # that everybody can list a public bucket is a finding of its own
            yield Finding(
                policy.defined,
                f"policy {policy.name!r} on storage.objects names no bucket: it lets {_who(policy, condition.tree)} "
                f"{_DEEDS[policy.command]} files of every bucket.",
                f"bucket_id = '…' and ({condition.text})",
                subject=Subject("policy", policy.name, "storage", table="objects", policy=policy.name),
                slots={"what": "every bucket", "place": f"policy '{policy.name}'"},
            )


_DEEDS = {
    "select": "read the",
    "insert": "add",
    "update": "replace the",
    "delete": "delete the",
    "all": "read, replace and delete the",
}


def _who(policy: Policy, condition: Tree) -> str:
    signed_in = policy.roles == ("authenticated",) or not always_true(condition)
    return "every signed-in user" if signed_in else "everybody"


def _finding(at: Location, name: str, evidence: str) -> Finding:
    return Finding(
        at,
        evidence,
        f'supabase.storage.from("{name}").createSignedUrl(path, 60)  // in a bucket that is not public',
        subject=Subject("bucket", name, "storage"),
        slots={"what": f"bucket `{name}`", "place": at.path.rpartition("/")[2]},
    )


REMARK = (
    "Nobody is asked who they are before reading from {what}. An address is not a permission: make the bucket private."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_files.sql
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
insert into storage.buckets (id, name, public) values ('invoices', 'invoices', true); -- <-- invoices
insert into storage.buckets (id, name, public) values ('contracts', 'contracts', false);
insert into storage.buckets (id, name, public) values ('product-documents', 'product-documents', true);
create policy "signed in" on storage.objects -- <-- which bucket
  for select using (auth.role() = 'authenticated');
create policy "own" on storage.objects for delete using (owner = (select auth.uid()));
create policy "one bucket" on storage.objects for insert to authenticated with check (bucket_id = 'contracts');

=== supabase/config.toml
[storage.buckets.passport-scans]
public = true # <-- passports

[storage.buckets.images]
public = true
""",
    """
=== lib/files.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
export const make = () => supabase.storage.createBucket("medical-records", { public: true }) // <-- medical
export const safe = () => supabase.storage.createBucket("kyc", { public: false })
export const open = () => supabase.storage.createBucket("avatars", { public: true })
export const receipt = (path: string) => supabase.storage.from("receipts").getPublicUrl(path) // <-- receipts
export const folder = (user: string) =>
  supabase.storage.from("uploads").getPublicUrl(`${user}/invoices/1.pdf`) // <-- invoices
export const avatar = (user: string) => supabase.storage.from("avatars").getPublicUrl(`${user}/me.png`)
export const signed = (path: string) => supabase.storage.from("receipts").createSignedUrl(path, 60)
export const upload = (path: string) => supabase.storage.from("uploads").getPublicUrl(path)
""",
    """
=== app/files.py
from supabase import create_client

supabase = create_client(url, key)
supabase.storage.create_bucket("payslips", options={"public": True})  # <-- payslips
supabase.storage.create_bucket("logos", options={"public": True})
address = supabase.storage.from_("contracts").get_public_url("a.pdf")  # <-- contracts
""",
    """
=== supabase/migrations/20240101000000_files.sql
insert into storage.buckets (id, name, public) values ('press-documents', 'press-documents', true);
insert into storage.buckets (id, name, public) values ('documents', 'documents', false);
create policy "staff" on storage.objects for select using (public.is_staff());
create policy "own folder" on storage.objects for all to authenticated
  using ((storage.foldername(name))[1] = (select auth.uid())::text);

=== lib/files.ts
export const address = (path: string) => supabase.storage.from("press-documents").getPublicUrl(path)
export const image = (id: string) => supabase.storage.from("images").getPublicUrl(`documents/${id}.png`)
""",
]
