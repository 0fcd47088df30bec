"""What is in a database before the first migration: nothing much, or what Supabase puts there."""

from collections.abc import Mapping

from ..facts.location import Location
from ..facts.schema import Constraint, Extension, Function, Index, Publication, Table, View
from ..facts.sql import Argument, ColumnDef, IndexElement, Name

PLATFORM = Location("", 0, 0, 0, 0)
"""Where a platform's own objects stand: nowhere in the project."""

API_ROLES = ("anon", "authenticated", "service_role")
"""The roles that Supabase's API switches to."""

ROLES = {
    "postgres": ("postgres",),
    "supabase": (
        "postgres",
        *API_ROLES,
        "authenticator",
        "supabase_admin",
        "supabase_auth_admin",
        "supabase_storage_admin",
        "dashboard_user",
    ),
}
"""The roles that there are."""

SCHEMAS = {
    "postgres": ("public", "pg_catalog", "information_schema"),
    "supabase": (
        "public",
        "pg_catalog",
        "information_schema",
        "auth",
        "storage",
        "extensions",
        "realtime",
        "vault",
        "graphql",
        "graphql_public",
        "cron",
        "net",
        "supabase_functions",
        "supabase_migrations",
        "pgsodium",
        "pgbouncer",
    ),
}

_TABLES = {
    "auth.users": "instance_id uuid, id uuid, aud character varying(255), role character varying(255), "
    "email character varying(255), encrypted_password character varying(255), "
    "email_confirmed_at timestamp with time zone, invited_at timestamp with time zone, "
    "confirmed_at timestamp with time zone, confirmation_token character varying(255), "
    "last_sign_in_at timestamp with time zone, raw_app_meta_data jsonb, raw_user_meta_data jsonb, "
    "is_super_admin boolean, created_at timestamp with time zone, updated_at timestamp with time zone, phone text, "
    "phone_confirmed_at timestamp with time zone, banned_until timestamp with time zone, "
    "deleted_at timestamp with time zone, is_anonymous boolean, is_sso_user boolean",
    "auth.identities": "id uuid, user_id uuid, provider text, identity_data jsonb, provider_id text, "
    "created_at timestamp with time zone, updated_at timestamp with time zone, "
    "last_sign_in_at timestamp with time zone",
    "auth.sessions": "id uuid, user_id uuid, aal text, created_at timestamp with time zone, "
    "updated_at timestamp with time zone",
    "auth.mfa_factors": "id uuid, user_id uuid, status text, factor_type text, friendly_name text",
    "storage.buckets": "id text, name text, owner uuid, public boolean, avif_autodetection boolean, "
    "file_size_limit bigint, allowed_mime_types text[], created_at timestamp with time zone, "
    "updated_at timestamp with time zone, owner_id text",
    "storage.objects": "id uuid, bucket_id text, name text, owner uuid, owner_id text, metadata jsonb, "
    "user_metadata jsonb, path_tokens text[], version text, created_at timestamp with time zone, "
    "updated_at timestamp with time zone, last_accessed_at timestamp with time zone",
    "realtime.messages": "id uuid, topic text, extension text, payload jsonb, event text, private boolean, "
    "inserted_at timestamp without time zone",
    "vault.secrets": "id uuid, name text, secret text",
}
_ROW_SECURITY = {"storage.buckets", "storage.objects", "realtime.messages"}
_FUNCTIONS = {
    "auth.uid": ((), "uuid", "stable"),
    "auth.role": ((), "text", "stable"),
    "auth.email": ((), "text", "stable"),
    "auth.jwt": ((), "jsonb", "stable"),
    "storage.foldername": (("text",), "text[]", "volatile"),
    "storage.filename": (("text",), "text", "volatile"),
    "storage.extension": (("text",), "text", "volatile"),
    "realtime.topic": ((), "text", "stable"),
}
_EXTENSIONS = {
    "pgcrypto": "extensions",
    "uuid-ossp": "extensions",
    "pgjwt": "extensions",
    "pg_stat_statements": "extensions",
    "supabase_vault": "vault",
    "pg_graphql": "graphql",
}
"""What a new project has installed, and where (supabase/postgres, `migrations/schema.sql`)."""


def name_of(text: str) -> Name:
    """`schema.name` as a name."""
    schema, _, name = text.rpartition(".")
    return Name(schema, name)


def tables(platform: str) -> dict[Name, Table]:
    """The tables of the platform, those in `auth`, `storage`, `realtime` and `vault`."""
    made: dict[Name, Table] = {}
    if platform != "supabase":
        return made
    for text, written in _TABLES.items():
        name = name_of(text)
        columns = []
        for column in written.split(", "):
            label, _, type_ = column.partition(" ")
            columns.append(ColumnDef(PLATFORM, label, type_, Name("", type_.partition("(")[0]), not_null=label == "id"))
        made[name] = Table(
            name,
            None,
            tuple(columns),
            (Constraint(f"{name.name}_pkey", "primary key", ("id",), None),),
            rls=text in _ROW_SECURITY,
            platform=True,
        )
    return made


def indexes(platform: str) -> dict[Name, Index]:
    """The indexes behind the primary keys of the platform's tables."""
    return {
        Name(name.schema, f"{name.name}_pkey"): Index(
            Name(name.schema, f"{name.name}_pkey"),
            name,
            (IndexElement("id", "id"),),
            None,
            unique=True,
            constraint=f"{name.name}_pkey",
            primary=True,
        )
        for name in tables(platform)
    }


def functions(platform: str) -> dict[tuple[Name, tuple[str, ...]], Function]:
    """The functions of the platform that policies call."""
    made: dict[tuple[Name, tuple[str, ...]], Function] = {}
    if platform != "supabase":
        return made
    for text, (signature, returns, volatility) in _FUNCTIONS.items():
        name = name_of(text)
        arguments = tuple(Argument("", type_) for type_ in signature)
        made[name, signature] = Function(
            name,
            signature,
            arguments,
            returns,
            "sql",
            None,
            None,
            volatility=volatility,
            grants={"public": frozenset({"execute"})},
            platform=True,
        )
    return made


def views(platform: str) -> dict[Name, View]:
    """The views of the platform."""
    if platform != "supabase":
        return {}
    name = Name("vault", "decrypted_secrets")
    return {name: View(name, PLATFORM, PLATFORM, None, "", columns=("id", "name", "decrypted_secret"), platform=True)}


def extensions(platform: str) -> dict[str, Extension]:
    """The extensions that are installed already."""
    if platform != "supabase":
        return {}
    return {name: Extension(name, schema, None) for name, schema in _EXTENSIONS.items()}


def publications(platform: str) -> dict[str, Publication]:
    """The publications that are there already."""
    if platform != "supabase":
        return {}
    return {"supabase_realtime": Publication("supabase_realtime", {})}


def default_privileges(platform: str) -> dict[tuple[str, str], Mapping[str, frozenset[str]]]:
    """What new objects are granted: by schema (`""` for all) and kind of object, roles to privileges."""
    defaults: dict[tuple[str, str], Mapping[str, frozenset[str]]] = {
        ("", "function"): {"public": frozenset({"execute"})}
    }
    if platform == "supabase":
        for kind in ("table", "function", "sequence"):
            defaults["public", kind] = {role: frozenset({"all"}) for role in API_ROLES}
    return defaults


EXPOSED_UNTIL = "20261030"
"""From this day on Supabase grants new tables of `public` to no role of its API, whatever the age of the project."""

EXPOSED_UNTIL_NEW = "20260530"
"""The same for projects that begin on this day or later; both: Supabase's changelog, entry 45329."""


def exposes_new_tables(version: str, first_version: str, setting: bool | None) -> bool:
    """Whether a table made by a migration is granted to the API's roles by default.

    `version` and `first_version` are the time stamps of the migration and of the project's first one, `setting` is
    `[api] auto_expose_new_tables` in config.toml. Where nothing says otherwise, it is.
    """
    if setting is not None:
        return setting
    if not (version[:8].isdigit() and len(version) >= 8):
        return True
    return version[:8] < (EXPOSED_UNTIL_NEW if first_version[:8] >= EXPOSED_UNTIL_NEW else EXPOSED_UNTIL)


SEARCH_PATH = {"postgres": ("public",), "supabase": ("public", "extensions")}
"""Where unqualified names are looked up."""
