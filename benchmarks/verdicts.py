"""Compares findings with the verdicts of Supabase's own database linter: python -m benchmarks.verdicts REPO=FILE…

FILE holds what that linter says about a server to which REPO's migrations were applied, as JSON:
`{"lints": [{"name", "cache_key", "metadata"}, …]}`, one entry for each row that its queries return. Prints, for each
check that both have, how many objects both name and which only one of them names.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.replay import project_of
from reviewlint import catalogue
from reviewlint.finding import Subject

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


def compare(root: Path, verdicts: list[dict[str, Any]]) -> Iterator[tuple[str, set[Object], set[Object]]]:
    """By check: the objects that they name, and those that we name."""
    project = project_of(root)
    theirs: dict[str, set[Object]] = defaultdict(set)
    for verdict in verdicts:
        if verdict["name"] in CHECKS:
            theirs[verdict["name"]].add(CHECKS[verdict["name"]][1](verdict["metadata"], verdict["cache_key"]))
    for check, (name, _, of) in CHECKS.items():
        if name not in catalogue.names():
            continue
        rule = catalogue.load(name)
        options = rule.options() if rule.options else None
        found = [finding for finding in rule.check(project, options) if finding.subject]
        if check == "auth_users_exposed":
            found = [finding for finding in found if "auth.users" in finding.evidence]
        subjects = [finding.subject for finding in found if finding.subject]
        yield check, theirs[check], {key for subject in subjects if (key := of(subject))}


def main() -> None:
    """Compare every repository named on the command line, and sum up."""
    both: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for argument in sys.argv[1:]:
        folder, _, file = argument.rpartition("=")
        print(f"\n{Path(folder).name}")
        for check, theirs, ours in compare(Path(folder), json.loads(Path(file).read_text())["lints"]):
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
