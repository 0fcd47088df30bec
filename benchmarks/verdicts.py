"""Compares findings with the verdicts of Supabase's own linter: python -m benchmarks.verdicts LINTS REPOSITORY…

LINTS is the folder `lints` of a checkout of github.com/supabase/splinter, each file of it one check as a query. The
migrations of every Supabase database of each REPOSITORY are applied to a database of a private PostgreSQL server, the
queries are run there, and what they say is held against the findings on the files alone. Prints, for each check that
both have, how many objects both name and which only one of them names.

A statement that the server refuses (an extension that only Supabase's image carries, a history whose beginning is not
in the repository) changes nothing there; how many there were is printed too. Needs a PostgreSQL server's programs and
psycopg.
"""

import re
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.replay import project_of
from reviewlint import catalogue
from reviewlint.facts.schema import Database
from reviewlint.finding import Subject
from reviewlint.join.databases import databases
from reviewlint.project import Project
from tests import catalog
from tests.postgres import server

Object = tuple[str, ...]
SHOWN = 8


def _table(meta: dict[str, Any], key: str) -> Object:
    return meta["schema"], meta["name"]


def _policy(prefix: str) -> Callable[[dict[str, Any], str], Object]:
    def of(meta: dict[str, Any], key: str) -> Object:
        return meta["schema"], meta["name"], key.removeprefix(f"{prefix}_{meta['schema']}_{meta['name']}_")

    return of


CHECKS: dict[str, tuple[str, Callable[[dict[str, Any], str], Object], Callable[[Subject], Object]]] = {
    "rls_disabled_in_public": ("rls-disabled", _table, lambda s: (s.schema, s.name)),
    "rls_policy_always_true": (
        "policy-always-true",
        lambda m, k: (m["schema"], m["name"], m["policy_name"]),
        lambda s: (s.schema, s.table, s.policy),
    ),
    "policy_exists_rls_disabled": ("policy-without-rls", _table, lambda s: (s.schema, s.name)),
    "rls_enabled_no_policy": ("rls-without-policy", _table, lambda s: (s.schema, s.name)),
    "auth_rls_initplan": (
        "unwrapped-auth-call",
        _policy("auth_rls_init_plan"),
        lambda s: (s.schema, s.table, s.policy),
    ),
    "rls_references_user_metadata": (
        "user-metadata-in-policy",
        _policy("rls_references_user_metadata"),
        lambda s: (s.schema, s.table, s.policy),
    ),
    "multiple_permissive_policies": ("multiple-permissive-policies", _table, lambda s: (s.schema, s.name)),
    "security_definer_view": ("definer-view", _table, lambda s: (s.schema, s.name)),
    "function_search_path_mutable": ("mutable-search-path", _table, lambda s: (s.schema, s.name)),
    "anon_security_definer_function_executable": (
        "exposed-definer-function",
        _table,
        lambda s: (s.schema, s.name) if "anon" in s.role else (),
    ),
    "authenticated_security_definer_function_executable": (
        "exposed-definer-function",
        _table,
        lambda s: (s.schema, s.name) if "authenticated" in s.role else (),
    ),
    "auth_users_exposed": ("exposed-auth-users", _table, lambda s: (s.schema, s.name)),
    "materialized_view_in_api": (
        "exposed-auth-users",
        _table,
        lambda s: (s.schema, s.name) if s.kind == "materialized view" else (),
    ),
    "foreign_table_in_api": (
        "exposed-auth-users",
        _table,
        lambda s: (s.schema, s.name) if s.kind == "table" else (),
    ),
    "sensitive_columns_exposed": ("exposed-sensitive-column", _table, lambda s: (s.schema, s.name)),
    "public_bucket_allows_listing": ("public-bucket-listing", lambda m, k: (m["name"],), lambda s: (s.name,)),
    "unindexed_foreign_keys": (
        "unindexed-foreign-key",
        lambda m, k: (m["schema"], m["name"], m["fkey_name"]),
        lambda s: (s.schema, s.table, s.name),
    ),
    "no_primary_key": ("no-primary-key", _table, lambda s: (s.schema, s.name)),
    "duplicate_index": (
        "duplicate-index",
        lambda m, k: (m["schema"], m["name"], ",".join(sorted(m["indexes"]))),
        lambda s: (s.schema, s.table, s.name),
    ),
    "extension_in_public": ("extension-in-public", lambda m, k: (m["name"],), lambda s: (s.name,)),
    "fkey_to_auth_unique": (
        "reference-to-auth-unique",
        lambda m, k: (m["schema"], m["name"], m["foreign_key"]),
        lambda s: (s.schema, s.table, s.name),
    ),
    "unsupported_reg_types": (
        "unsupported-reg-type",
        lambda m, k: (m["schema"], m["name"], m["column"]),
        lambda s: (s.schema, s.table, s.column),
    ),
}
"""By the linter's name of a check: our rule, and the object as each side names it, `()` where it is another's."""


_HEADER = re.compile(r"\s*create\s+(?:or\s+replace\s+)?view\s+\S+\s+as\b", re.IGNORECASE)
_EXPOSED = "public, storage, graphql_public"
"""The schemas that Supabase's API shows unless it is told otherwise."""


def verdicts_on(root: Path, database: Database, lints: Path, dsn: str) -> tuple[list[dict[str, Any]], int]:
    """The rows of the linter's queries after a database's migrations, and how many statements the server refused."""
    import psycopg

    name = "verdicts_" + uuid.uuid4().hex[:8]
    with psycopg.connect(f"{dsn} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}")
    rows: list[dict[str, Any]] = []
    with psycopg.connect(f"{dsn} dbname={name}", autocommit=True) as connection:
        connection.execute(catalog.PLATFORM.read_bytes(), prepare=False)
        refused = catalog.apply(connection, catalog.scripts(root, database))
        connection.execute("reset all")
        connection.execute("set search_path = ''")
        connection.execute(f"set pgrst.db_schemas = '{_EXPOSED}'")
        for lint in sorted(lints.glob("*.sql")):
            query = _HEADER.sub("", lint.read_text("utf-8"), count=1).rstrip().rstrip(";")
            try:
                said = connection.execute(query.encode(), prepare=False)
            except psycopg.Error as error:
                print(f"  {lint.name} cannot be run: {str(error).splitlines()[0]}")
                continue
            columns = [column.name for column in said.description or ()]
            rows += [dict(zip(columns, row, strict=True)) for row in said.fetchall()]
    return rows, len(refused)


def compare(
    project: Project, files: frozenset[str], verdicts: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, set[Object], set[Object]]]:
    """By check: the objects that they name, and those that we name in these files."""
    theirs: dict[str, set[Object]] = defaultdict(set)
    for verdict in verdicts:
        if verdict["name"] in CHECKS:
            theirs[verdict["name"]].add(CHECKS[verdict["name"]][1](verdict["metadata"], verdict["cache_key"]))
    for check, (name, _, of) in CHECKS.items():
        if name not in catalogue.names():
            continue
        rule = catalogue.load(name)
        options = rule.options() if rule.options else None
        found = [finding for finding in rule.check(project, options) if finding.subject and finding.at.path in files]
        if check == "auth_users_exposed":
            found = [finding for finding in found if "auth.users" in finding.evidence]
        subjects = [finding.subject for finding in found if finding.subject]
        yield check, theirs[check], {key for subject in subjects if (key := of(subject))}


def main() -> None:
    """Compare every Supabase database of the repositories named on the command line, and sum up."""
    lints, *roots = map(Path, sys.argv[1:])
    both: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    with server() as dsn:
        for root in roots:
            project = project_of(root)
            for database in project.view(databases):
                if database.platform != "supabase":
                    continue
                verdicts, refused = verdicts_on(root, database, lints, dsn)
                print(f"\n{root.name}/{database.root}: {len(database.files)} files, {refused} statements refused")
                for check, theirs, ours in compare(project, frozenset(database.files), verdicts):
                    for place, part in enumerate((theirs & ours, theirs - ours, ours - theirs)):
                        both[check][place] += len(part)
                    for label, only in (("missed", theirs - ours), ("extra", ours - theirs)):
                        for item in sorted(only)[:SHOWN]:
                            print(f"  {check}: {label} {'.'.join(item)}")
    print(f"\n{'check':52} both missed extra recall precision")
    for check, (same, missed, extra) in both.items():
        recall = f"{same / (same + missed):.3f}" if same + missed else "-"
        precision = f"{same / (same + extra):.3f}" if same + extra else "-"
        print(f"{check:52} {same:4} {missed:6} {extra:5} {recall:>6} {precision:>9}")


if __name__ == "__main__":
    main()
