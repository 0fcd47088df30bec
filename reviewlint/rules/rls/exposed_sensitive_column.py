"""A column whose name promises secrets stands in a table that the API serves without row security.

Passwords, tokens, card and account numbers, health and identity data: what the name says may be read by everybody who
holds the anon key. This is what turns an open table from a fault into an incident.
"""

from collections.abc import Iterator

from ...facts.location import Related
from ...finding import Finding
from ...join.exposure import api_databases, is_exposed, own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E",
    security="9.1",
    limits="Columns are known by their names.",
)

SENSITIVE = frozenset(
    """
    password passwd pwd passphrase secret secret_key private_key ssh_key pgp_key gpg_key api_key apikey
    token access_token refresh_token session_token auth_code bearer_token oauth_token jwt otp recovery_code
    ssn social_security social_security_number national_id passport_number driver_license drivers_license license_number
    tax_id credit_card card_number cvv cvc bank_account account_number routing_number iban swift_code bic
    medical_record health_record health_insurance insurance_number patient_id facial_recognition
    mac_address imei password_hash hashed_password encrypted_password totp_secret webhook_secret client_secret
    """.split()
)
"""Names of columns that hold what nobody should read; compared in lower case with `_` for `-`."""


def check(project: Project) -> Iterator[Finding]:
    """Every open table with sensitive columns, at its CREATE TABLE."""
    for database, served in project.view(api_databases):
        for table in own_tables(database):
            if table.rls or table.made is None or not is_exposed(table, served):
                continue
            columns = [column for column in table.columns if column.name.lower().replace("-", "_") in SENSITIVE]
            if not columns:
                continue
            names = ", ".join(column.name for column in columns)
            yield Finding(
                table.made,
                f"{table.name} holds {names}, is served by the API, and has no row security.",
                f"alter table {table.name.quoted} enable row level security;\n"
                f"revoke select on {table.name.quoted} from anon;",
                tuple(Related(column.at, f"column {column.name}") for column in columns),
                table_subject(table, columns[0].name if len(columns) == 1 else ""),
                {"table": str(table.name), "columns": names},
            )


REMARK = "`{columns}` in `{table}`, readable with a key that is printed in the page source. Close it before anything else today."

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_clients.sql
create table public.clients (id uuid primary key, name text, api_key text, iban text); -- <-- open
create table public.vault (id uuid primary key, secret text);
alter table public.vault enable row level security;
""",
    """
=== supabase/migrations/20240101000000_clients.sql
create table public.clients (id uuid primary key, name text, password_changed_at timestamptz, session_id text);
create schema private;
create table private.clients (id uuid primary key, password text);
""",
]
