"""A credential is written out in the code.

Whoever can read the repository can use it: every past and present colleague, every machine that ever cloned it, and
everyone once it is made public or leaks. It cannot be rolled without a release, so it is not rolled. And it is the same
in development and production, so a test can reach what is real.

Found are credentials by the format that their provider gives them (AWS, GitHub, GitLab, Slack, Stripe live, OpenAI,
Anthropic, Google, SendGrid, Twilio, npm, PyPI, private keys and many more), and literals that no one would type under
the name of a password, or of a secret that signs and encrypts. Placeholders, hashes, ids and values that say of
themselves that they are examples are none. A name alone does not tell whose key to somebody's service it is, many of
which are in every page: an API key or a token without a known format counts where the program is configured.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...credentials.beside import DEVELOPMENT
from ...credentials.names import secret_kind, words
from ...credentials.scan import FIREBASE
from ...credentials.specimens import HEX, jwt, token
from ...facts.code import Definition
from ...facts.file import Side
from ...facts.location import Location
from ...facts.secrets import Secret
from ...finding import Confidence, Finding, Related, Severity
from ...join.secrets import (
    fallbacks,
    for_development,
    for_tests,
    is_demo,
    is_for_show,
    is_made_for_tests,
    is_service_role,
    is_template,
    needs_no_fallback,
    spoken,
)
from ...join.set_anew import is_fallen_back_to, is_set_anew
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("text", "python", "typescript", "sql", "settings"),
    found_at=("Secret",),
    asked_by="F E S",
    security="8.2",
    strictly="what stands in tests, templates and documents, or in them as well, whose credentials are mostly made up; API "
    "keys of Google, which are mostly made for browsers; literals under the name of an API key or a token outside of "
    "configuration, what is called a secret in comments and data, and what a comment or the block that it is in says to be "
    "public, or for development (`// for local use only`, `development: {…}`), and what the settings for production set "
    "anew, or is of an object that only stands in for settings that are not there: `given.key ?? DEFAULTS.key`.",
    limits="Passwords that are words, and secrets that are put together from parts, are not seen.",
)

SHOWN = 6
"""How many places of one secret in one file are named."""

_PUBLISHED = "Google API key"
"""The kind whose keys are mostly made for browsers, and shown to all of their visitors."""

_IN_PAGES = frozenset({"map", "maps", "gmap", "gmaps"})
"""Words in the names of such keys that pages have in them to show a map (Google, "Maps JavaScript API: use API keys")."""

_CONFIGURES = re.compile(
    r"\.(?:ya?ml|toml|ini|cfg|conf|properties|tf|tfvars|env)$|(?:^|/)(?:Dockerfile|\.npmrc|\.netrc)$"
    r"|(?:^|/)(?:app)?(?:settings|config|configuration|secrets|credentials)(?:[/.]|$)",
    re.IGNORECASE,
)
"""Where a program is told what it needs to know."""
_OWN = frozenset({"password", "secret", "secret key", "signing key", "encryption key", "private key"})
"""Kinds of secrets that a program makes up itself, so that nobody else can have published them."""
_TRANSLATIONS = re.compile(r"(?:^|/)(?:i18n|l10n|locales?|lang|translations?)/", re.IGNORECASE)
"""Folders of texts for people: under `password` stands the word for it."""


def check(project: Project) -> Iterator[Finding]:
    defaults: dict[str, list[Location]] = {}
    for name, at, value in fallbacks(project):
        if needs_no_fallback(project, name, at.path):
            defaults.setdefault(value.at.path, []).append(value.at)
    again: dict[tuple[str, str, str], list[Location]] = defaultdict(list)
    shown: set[str] = set()
    for secret in project.facts(Secret):
        again[secret.at.path, secret.fingerprint, secret.name].append(secret.at)
        if is_for_show(project, secret.at.path):
            shown.add(secret.fingerprint)
    for secret in project.facts(Secret):
        path = secret.at.path
        if again[path, secret.fingerprint, secret.name][0] != secret.at:
            continue  # one secret, however often a file has it
        if is_service_role(secret) or is_demo(secret) or secret.how == "url" or _said_elsewhere(project, secret):
            continue
        if any(default.holds(secret.at) for default in defaults.get(path, ())):
            continue  # secret-default
        tests = for_tests(project, path)
        development = tests or for_development(project, path)
        if development and (secret.how == "name" or is_made_for_tests(secret)):
            continue
        if secret.kind == "JSON Web Token" and not secret.name:
            continue
        if secret.how == "name" and _TRANSLATIONS.search(path):
            continue
        if secret.kind == _PUBLISHED and _is_firebase(secret):
            continue
        weak = secret.fingerprint in shown or not _is_known(project, secret)
        severity = Severity.WARNING if development or secret.kind == "JSON Web Token" else None
        called = f" under the name `{secret.name}`" if secret.name else ""
        looks = "what looks like a real " if secret.how == "name" else ""
        yield Finding(
            secret.at,
            f"Written out here{called}: {looks}{secret.kind} ({spoken(secret)}).",
            remedy=_remedy(project, secret),
            related=tuple(Related(at, "once more") for at in again[path, secret.fingerprint, secret.name][1:SHOWN]),
            severity=Severity.NOTE if tests else severity,
            strict=weak,
            confidence=Confidence.MEDIUM if secret.how == "name" else None,
            slots={"kind": secret.kind, "file": path},
        )


def _is_known(project: Project, secret: Secret) -> bool:
    """Whether a literal is certainly a credential of this project: by its form, or else by its place and its name.

    A form that nothing else has speaks for itself, unless keys of that form are mostly made to be published. Without
    one, whatever stands where the program is configured is meant to be used; in code only what a program makes up itself
    is certainly its own.
    """
    published = secret.kind == _PUBLISHED
    if published and not _IN_PAGES.isdisjoint(words(secret.name)):
        return False
    if (secret.how == "format" and not published) or secret.name == "Authorization":
        return True
    if (
        secret.commented
        or secret.excused
        or not DEVELOPMENT.isdisjoint(words(secret.name))
        or _of_development(project, secret)
        or (secret.how == "name" and (is_set_anew(project, secret.at) or is_fallen_back_to(project, secret.at)))
    ):
        return False
    kind = secret_kind(secret.name) if published else secret.kind
    is_code = project.files[secret.at.path].language in ("python", "typescript", "tsx", "sql")
    return _CONFIGURES.search(secret.at.path) is not None or (is_code and kind in _OWN)


def _of_development(project: Project, secret: Secret) -> bool:
    """Whether the class that it stands in holds the settings of a developer's machine."""
    return any(
        definition.at.line == secret.at.line and not DEVELOPMENT.isdisjoint(words(definition.name.rpartition(".")[0]))
        for definition in project.facts_of(secret.at.path, Definition)
    )


def _said_elsewhere(project: Project, secret: Secret) -> bool:
    """Whether another rule says it: secret-in-frontend about browser code, tracked-env-file about `.env` files."""
    file = project.files[secret.at.path]
    if file.side is Side.BROWSER:
        return True
    source = project.sources.get(file.path)
    tracked = source is None or source.tracked is not False
    return file.language == "env" and tracked and not is_template(file.path)


def _is_firebase(secret: Secret) -> bool:
    """Google's own configuration of an app's client: its API key is no secret (Firebase, "Using API keys")."""
    told = secret.issuer == FIREBASE or "firebase" in f"{secret.at.path} {secret.name}".lower()
    return told or secret.at.path.endswith(("google-services.json", ".plist"))


def _remedy(project: Project, secret: Secret) -> str:
    variable = "_".join(words(secret.name) or secret.kind.split()).upper()
    language = project.files[secret.at.path].language
    read = {
        "python": f'os.environ["{variable}"]',
        "typescript": f"process.env.{variable}",
        "tsx": f"process.env.{variable}",
    }.get(language, f"${{{variable}}}  # from the environment or a secret store")
    if project.side(secret.at.path) is Side.EDGE:
        read = f'Deno.env.get("{variable}")'
    return f"{read}\nRevoke the old value: it stays in the history."


REMARK = (
    "This {kind} is in every clone from now on, deleted or not. Revoke it; its successor belongs in the environment."
)

_STRIPE = token("sk_live_", 24)
_AWS = token("AKIA", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_GITHUB = token("ghp_", 36)
_RANDOM = token("", 40)
_PEM = "\n".join(["-----BEGIN PRIVATE KEY-----", token("MII", 61), token("Ab", 62), "-----END PRIVATE KEY-----"])
_KEY = "\\n".join(["-----BEGIN PRIVATE KEY-----", token("MII", 61), token("Ab", 62), "-----END PRIVATE KEY-----"])

EXAMPLES = [
    f"""
=== src/pay.ts
import Stripe from "stripe"

const stripe = new Stripe("{_STRIPE}") // <-- a live key
const headers = {{ Authorization: `Bearer {token("xoxb-", 40)}` }} // <-- a bot's token
const key = "{_KEY}" // <-- a private key
const config = {{ clientSecret: "{_RANDOM}" }} // <-- random text under a secret's name
const other = {{ clientSecret: "{_RANDOM}" }}
export const jwtSecret: string = '{_RANDOM}' // <-- the same with a type
const session = {{ token: "{jwt(sub="service", aud="api")}" }} // <-- a token that somebody signed
""",
    f"""
=== app/settings.py
from pydantic import SecretStr

AWS_ACCESS_KEY_ID = "{_AWS}"  # <-- AWS
AWS_SECRET_ACCESS_KEY = "{token("", 40, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/")}"  # <-- its other half
SECRET_KEY = "{_RANDOM}"  # <-- signs sessions
SMTP_PASSWORD: SecretStr = SecretStr("vK9#mQ2$xL7p")  # <-- a password
client = connect(api_key="{token("", 32, HEX)}")  # <-- a keyword


class Development:
    SECRET_KEY = "{token("", 32, HEX)}"  # <-- strict: for a developer's machine


class Config:
    SECRET_KEY = "{token("", 46)}"  # <-- strict: production has another
    SIGNING_KEY = "{token("", 47)}"  # <-- and has this one


class ProductionConfig(Config):
    SECRET_KEY = os.environ["SECRET_KEY"]


DATA = {{"auth_token": "{_RANDOM}"}}  # <-- a key of a dictionary
""",
    f"""
=== shop/settings/base.py
SECRET_KEY = "{_RANDOM}"  # <-- strict: production has another
SIGNING_KEY = "{token("", 44)}"  # <-- which production may fall back to
JWT_SECRET = "{token("", 45)}"  # <-- and this one it takes over
GOOGLE_MAPS_API_KEY = "{token("AIza", 35)}"  # <-- strict: pages have it in them
GOOGLE_API_KEY = "{token("AIza", 35, HEX)}"  # <-- who knows what for
=== shop/settings/production.py
import os

from .base import *

if "SECRET_KEY" in os.environ:
    SECRET_KEY = os.environ["SECRET_KEY"]
else:
    SECRET_KEY = drawn()
SIGNING_KEY = os.environ.get("SIGNING_KEY", SIGNING_KEY)
=== deploy/values.yaml
env:
  STRIPE_KEY: {_STRIPE} # <-- in a deployment
  jwt_secret: "{_RANDOM}" # <-- quoted
=== .github/workflows/release.yml
env:
  DATABASE_PASSWORD: vK9#mQ2$xL7p
  GITHUB_TOKEN: {_GITHUB} # <-- a provider's format counts here, too
=== README.md
Export `GITHUB_TOKEN={token("ghp_", 36, "abcdefgh12345678")}` first. <!-- <-- strict: in a document -->
and then `password: "vK9#mQ2$xL7p"`
""",
    f"""
=== deploy/object-storage.yaml
access_key: {_AWS} # <-- strict: so well known that the documents name it
=== docs/storage.md
In this example the key is `{_AWS}`. <!-- <-- strict: in a document -->
=== app/rates.py
api_key = "{token("", 32, HEX)}"  # <-- strict: of another service, perhaps of all its visitors
youtube = connect(key="{token("AIza", 35)}")  # <-- strict: so are Google's
# password = "vK9#mQ2$xL7p"  # <-- strict: in a comment
password = "vK9#mQ2$xL7q"  # <-- a program's own
=== data/rows.json
{{ "rows": [{{ "secret": "{_RANDOM}" }}] }} // <-- strict: in data
""",
    f"""
=== src/mixed.ts
// This is not actually a secret key, it makes the short links look different
const XOR_SECRET_KEY = "{token("", 32, HEX)}"
const search = {{ "x-algolia-api-key": "{token("", 32, HEX)}" }}
=== app/settings.py
import os

SECRET_KEY = os.environ["SECRET_KEY"]
API_KEY = "your-api-key-goes-here-1"
PASSWORD = "changeme123"
AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
GITHUB_TOKEN = "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
STRIPE_TEST = "{token("sk_test_", 24)}"
PASSWORD_HASH = "{token("$2b$12$", 53)}"
TOKEN_URL = "https://auth.example.com/oauth/token2"
SECRET_NAME = "prod/database/password-v2"
API_KEY_HEADER = "X-Api-Key-2"
REQUEST_ID = "{token("", 32, HEX)}"
SHA256 = "{token("", 64, HEX)}"
docs = Field(examples=["{token("whsec_", 40)}"])
PUBLISHABLE_KEY = "{token("pk_live_", 24)}"
SLACK_BOT = "xoxb-secret-bot-token-12345"
=== app/views.py
def export(request):
    '''Hands out the certificate.

    .. sourcecode:: http

       {{"passphrase": "UAWOHW#&@_%!tnwmxh832025", "extension": "jks"}}
    '''
    return certificate(request)
=== package.json
{{ "dependencies": {{ "@shop/server-token": "workspace:^0.7.18" }} }}
=== static/openapi/schema_v2.yaml
session_token: {token("", 32, HEX)}
=== spec/support/cert/key.pem
{_PEM}
=== tests/test_login.py
def test_login(client):
    client.post("/login", json={{"password": "vK9#mQ2$xL7p", "token": "{_RANDOM}"}})
=== src/config.ts
export const config = {{ apiKey: "{token("AIza", 35)}", authDomain: "shop.firebaseapp.com" }}
=== src/labels.ts
export const labels = {{ password: "Password1", newPassword: "Neues-Passwort2", token: "auth.session.token2" }}
=== src/i18n/locale/sv.json
{{ "settings.smtpPassword": "SMTP-lösenord", "settings.authPass": "Pgp9-lösenord" }}
=== docs/docusaurus.config.js
export default {{ themeConfig: {{ algolia: {{ appId: "NBR0FXJNGW", apiKey: "{token("", 32, HEX)}", indexName: "shop" }} }} }}
=== web/chat.ts
export const chat = {{ websiteToken: "{token("", 24)}" }}
=== unittests/scans/found.json
{{ "password": "vK9#mQ2$xL7p", "access_token": "{_RANDOM}" }}
=== src/emojis.json
{{ "atm": {{ "token": "space/2021/05/29/{token("", 32, HEX)}" }}, "baby": {{ "token": "space/icons/{token("", 32, HEX)}.png" }} }}
=== docs/attack.md
It sends what it finds to `hxxps://api[.]chat[.]example/send?token={_GITHUB}`, which I have made harmless.
=== src/managers.ts
export enum Managers {{ OnePassword = "bada5566-a7aa-401f-bd96-45619a55120d" }}
=== src/pictures.ts
export const picture = "https://media.s3.amazonaws.com/a.jpg?AWSAccessKeyId={_AWS}&Expires=1&Signature=x"
=== src/auth.ts
const secret = process.env.JWT_SECRET || "{_RANDOM}"
const empty = process.env.SENTRY || ""
=== .env
JWT_SECRET={_RANDOM}
""",
    f"""
=== deploy/kibana.yml
# Nothing is encrypted, and nobody outside gets here, so setting these
# to public values should be fine
xpack.security.encryptionKey: "{_RANDOM}" # <-- strict: said to be public
xpack.reporting.encryptionKey: "{token("", 32)}" # <-- strict: of the same paragraph

# what the reports are signed with
xpack.reports.signingKey: "{token("", 33)}" # <-- of another paragraph

# dev only
jwt_secret: "{token("", 34)}" # <-- strict: it says so
=== deploy/grafana.ini
[security]
secret_key = {"SW2YcwTIb9zp" + "OOhoPsMm"}
=== config/database.yml
development:
  adapter: postgresql
  db_password: "vK9#mQ2$xL7p" # <-- strict: of a developer's machine
production:
  db_password: "vK9#mQ2$xL7q" # <-- in production
=== src/keys.ts
export const keys = {{
  [Environment.local]: [
    {{ name: "first", secret: "{_RANDOM}" }}, // <-- strict: on one machine alone
  ],
  [Environment.production]: [{{ name: "first", secret: "{token("", 41)}" }}], // <-- in production
}}
const wise = {{ url: "https://api.wise-sandbox.com", clientSecret: "{token("", 42)}" }} // <-- strict: of a sandbox
// TODO: remove, only for local testing
export const jwtSecret = "{token("", 43)}" // <-- it stayed
=== scripts/probe.ts
await signUp({{ email: `probe.${{Date.now()}}@shop.invalid`, password: "Bk9_probes!" }})
await signUp({{ email: "ann@shop.io", password: "Bk9_probes!" }}) // <-- somebody's
=== dumps/rows.sql
insert into extensions values ('{{"db_name": "sWBpZNdjggEPTQVlI52Zfw==", "db_password": "sWBpZNdjggEPTQVlI52Zfw=="}}');
""",
    f"""
=== supabase/migrations/20240101000000_hook.sql
select vault.create_secret('{_STRIPE}', 'stripe'); -- <-- in the history of the database
=== src/config.ts
const DEFAULT_CONFIG = {{ secretKey: "{token("", 48)}", port: "80" }} // <-- strict: only where none is given
const DEFAULT_KEYS = {{ secretKey: "{token("", 49)}" }} // <-- nothing comes before it

export function configured(given: Given) {{
  return {{ secretKey: given.secretKey ?? DEFAULT_CONFIG.secretKey, signs: DEFAULT_KEYS.secretKey }}
}}
=== config/production.toml
jwt_secret = "{_RANDOM}" # <-- in a settings file
""",
]
