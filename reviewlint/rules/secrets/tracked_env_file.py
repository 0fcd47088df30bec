"""An `.env` file with real values is tracked by git.

`.env` files exist so that secrets stay out of the repository. Once one is committed its values are in every clone and
in the history, and the next value will be committed along with it, because git no longer ignores the file.

Templates with placeholders (`.env.example`, `.env.sample`, `.env.template`), files without secrets, and values that
only work on a developer's machine are silent.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...credentials.dummies import is_stand_in
from ...credentials.names import secret_kind
from ...credentials.published import published_secret
from ...credentials.specimens import token
from ...facts.clients import Setting
from ...facts.location import Location, Related
from ...facts.secrets import Secret
from ...finding import Finding
from ...join.secrets import (
    for_development,
    is_demo,
    is_for_production,
    is_made_for_tests,
    is_service_role,
    is_template,
)
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("settings",),
    found_at=("Secret", "Setting"),
    asked_by="F S",
    security="8.2",
    strictly="files of a stage that is not production's where another secret says itself that it is for tests.",
)

_FOR_TESTS = re.compile(r"(?:^|[_-])tests?(?:[_-]|$)", re.IGNORECASE)


def check(project: Project) -> Iterator[Finding]:
    secrets: dict[str, list[Secret]] = defaultdict(list)
    for secret in project.facts(Secret):
        if project.files[secret.at.path].language == "env":
            secrets[secret.at.path].append(secret)
    real: dict[str, dict[str, Location]] = defaultdict(dict)
    tried: set[str] = set()
    for setting in project.facts(Setting):
        path = setting.at.path
        source = project.sources.get(path)
        if project.files[path].language != "env" or is_template(path) or (source and source.tracked is False):
            continue
        inside = [secret for secret in secrets[path] if setting.at.holds(secret.at)]
        if not inside and secret_kind(setting.name) and _FOR_TESTS.search(setting.value):
            tried.add(path)
            continue
        if any(is_service_role(secret) or is_demo(secret) or secret.how == "url" for secret in inside):
            continue  # service-role-jwt and secret-in-url
        if for_development(project, path):
            inside = [secret for secret in inside if secret.how == "format" and not is_made_for_tests(secret)]
        if inside or _is_real(project, setting):
            real[path].setdefault(setting.name, setting.at)
    for path, variables in real.items():
        first, *others = variables.items()
        names = ", ".join(f"`{name}`" for name in list(variables)[:4])
        more = f" and {len(variables) - 4} more" if len(variables) > 4 else ""
        yield Finding(
            first[1],
            f"{path} is part of the repository, with real values for {names}{more}.",
            remedy=f"git rm --cached {path} && echo {path} >> .gitignore  # then change the values",
            related=tuple(Related(at, f"{name} has a real value too") for name, at in others),
            slots={"file": path, "variable": first[0]},
            strict=path in tried and not path.endswith("/.env") and path != ".env" and not is_for_production(path),
        )


def _is_real(project: Project, setting: Setting) -> bool:
    """Whether a value of no known format is a secret all the same: in a file that is used outside of development."""
    return (
        bool(secret_kind(setting.name))
        and not for_development(project, setting.at.path)
        and published_secret(setting.name, setting.value) is None
        and _plain(setting.value) != _plain(setting.name)  # `S3_ACCESS_KEY=s3-access-key`
        and (setting.value.endswith("…") or not is_stand_in(setting.value))  # the reader cut it off, or it is whole
    )


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


REMARK = (
    "{file} was made to stay out of the repository, and `{variable}` is in it now. "
    "Take the file out of git, change what it held, and leave a `.env.example` with empty values in its place."
)

_KEY = "\\n".join(["-----BEGIN PRIVATE KEY-----", token("MII", 61), token("Ab", 62), "-----END PRIVATE KEY-----"])

EXAMPLES = [
    f"""
=== .env
PORT=3000
STRIPE_SECRET_KEY={token("sk_live_", 24)} # <-- the file, at its first secret
JWT_SECRET={token("", 40)}
=== .env.production
SMTP_PASSWORD=swordfish77 # <-- in use outside of development
""",
    f"""
=== .env.example
STRIPE_SECRET_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx
JWT_SECRET={token("", 40)}
=== .env
PORT=3000
NEXT_PUBLIC_API_URL=https://api.acme.io
SECRET_KEY=changethis
POSTGRES_PASSWORD=postgres
S3_SECRET_ACCESS_KEY=s3-secret-access-key
JWT_SECRET=
SESSION_SECRET=${{JWT_SECRET}}
DATABASE_URL=postgres://postgres:postgres@localhost:5432/postgres
=== supabase/functions/.env
S3_SECRET_ACCESS_KEY=850181e4652dd023b7a98c58ae0d2d34bd487ee0cc3254aed6eda37307425907
=== .env.test
SMTP_PASSWORD=swordfish77
SECRET_KEY={token("", 40)}
JWT_PRIVATE_KEY="{_KEY}"
=== config.yml
jwt_secret: {token("", 40)}
""",
    f"""
=== app/.env.unit
WX_SECRET=test_secret
TOKEN_SECRET={token("", 40)} # <-- strict: what another one says is for tests
PHONE_KEY=phone_encryption_test_key_32_chars
=== app/.env.uat
TOKEN_SECRET={token("", 40)} # <-- in use
=== .env.prod
WX_SECRET=test_secret
TOKEN_SECRET={token("", 40)} # <-- in use, whatever else is
""",
]
