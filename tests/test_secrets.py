"""Finding credentials in any text, and keeping their text out of everything."""

import base64
import dataclasses
import json
import random
import string
import time

import pytest

from reviewlint import readers
from reviewlint.credentials.dummies import looks_secret
from reviewlint.credentials.scan import AZURITE_KEY, scan
from reviewlint.facts.clients import Setting
from reviewlint.facts.file import Side
from reviewlint.facts.secrets import Secret
from reviewlint.readers import secrets as secret_reader
from reviewlint.redact import redacted
from reviewlint.source import Source

BASE62 = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def text_of(alphabet: str, length: int, seed: int = 1) -> str:
    return "".join(random.Random(f"{alphabet}{length}{seed}").choices(alphabet, k=length))


def jwt(payload: dict[str, object], seed: int = 1) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()

    return ".".join((part({"alg": "HS256", "typ": "JWT"}), part(payload), text_of(BASE62, 43, seed)))


SERVICE = jwt({"iss": "supabase", "ref": "qwfjznvbxmctuyaeslrd", "role": "service_role", "exp": 2000000000})
ANON = jwt({"iss": "supabase", "ref": "qwfjznvbxmctuyaeslrd", "role": "anon", "exp": 2000000000})
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "\n".join(text_of(BASE62, 64, n) for n in range(5))
    + "\n-----END RSA PRIVATE KEY-----"
)

PROVIDERS = {
    "AWS access key id": "AKIA" + text_of(string.ascii_uppercase + string.digits, 16),
    "GitHub personal access token": "ghp_" + text_of(BASE62, 36),
    "GitHub fine-grained token": "github_pat_" + text_of(BASE62, 22) + "_" + text_of(BASE62, 59),
    "GitLab token": "glpat-" + text_of(BASE62, 20),
    "Slack token": "xoxb-" + text_of(string.digits, 12) + "-" + text_of(string.digits, 13) + "-" + text_of(BASE62, 24),
    "Slack webhook URL": "hooks.slack.com/services/T"
    + text_of(string.digits, 9)
    + "/B"
    + text_of(string.digits, 9)
    + "/"
    + text_of(BASE62, 24),
    "Stripe live secret key": "sk_live_" + text_of(BASE62, 24),
    "OpenAI API key": "sk-proj-" + text_of(BASE62, 48),
    "Anthropic API key": "sk-ant-api03-" + text_of(BASE62, 93) + "AA",
    "Google API key": "AIza" + text_of(BASE62, 35),
    "SendGrid API key": "SG." + text_of(BASE62, 22) + "." + text_of(BASE62, 43),
    "Twilio API key": "SK" + text_of(HEX, 32),
    "npm access token": "npm_" + text_of(BASE62, 36),
    "PyPI API token": "pypi-AgEIcHlwaS5vcmcC" + text_of(BASE62, 120),
    "Supabase secret key": "sb_secret_" + text_of(BASE62, 31),
    "Supabase service-role JWT": SERVICE,
    "RSA private key": PEM,
    "GitHub app installation token": "ghs_123456_" + jwt({"iss": "github", "exp": 2000000000}),
    "Mailgun API key": "key-" + text_of(HEX, 32),
    "Discord webhook URL": "discord.com/api/webhooks/" + "1" + text_of(string.digits, 17) + "/" + text_of(BASE62, 68),
    "Telegram bot token": "7" + text_of(string.digits, 9) + ":AA" + text_of(BASE62, 33),
    "Google authentication key": "AQ." + text_of(BASE62, 50),
    "Doppler token": "dp.pt." + text_of(BASE62, 43),
    "HCP Terraform token": text_of(BASE62, 14) + ".atlasv1." + text_of(BASE62, 67),
    "Square application secret": "sq0csp-" + text_of(BASE62, 43),
}


@pytest.mark.parametrize("kind", PROVIDERS)
@pytest.mark.parametrize(
    "frame", ['const k = "{}";', "{}", "key: {}\n", "curl -H 'Authorization: Bearer {}' x", "f(`{}`)"]
)
def test_provider_formats(kind: str, frame: str) -> None:
    text = frame.replace("{}", PROVIDERS[kind])
    (credential,) = scan(text.encode())
    assert credential.kind == kind
    assert text.encode()[credential.start : credential.end].decode() == PROVIDERS[kind]
    assert PROVIDERS[kind] not in redacted(text)
    assert PROVIDERS[kind][:4] + "…" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "x" * 36,
        "ghp_your_personal_access_token_goes_here_",
        "sk_live_" + "1234567890abcdefghijklmn",
        "sk_test_" + text_of(BASE62, 24),
        "pk_live_" + text_of(BASE62, 24),
        "AIzaSy" + "X" * 33,
        "sb_publishable_" + text_of(BASE62, 31),
        ANON,
        SERVICE.rpartition(".")[0] + "." + "x" * 43,
        "eyJ" + text_of(BASE62, 40) + ".eyJ" + text_of(BASE62, 40) + "." + text_of(BASE62, 43),
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n" + text_of(BASE62, 200) + "\n-----END PUBLIC KEY-----",
        "sha512-" + text_of(BASE62 + "+/", 86) + "==",
        "SKELETON" + text_of(HEX, 30),
        "xAKIA" + text_of(string.ascii_uppercase, 16),
    ],
)
def test_what_is_no_credential(text: str) -> None:
    assert scan(f'value("{text}")'.encode()) == []


RANDOM = text_of(BASE62, 32, 7)
HEXADECIMAL = text_of(HEX, 40, 7)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f'SECRET_KEY = "{RANDOM}"', "SECRET_KEY"),
        (f"client_secret: '{RANDOM}',", "client_secret"),
        (f'{{"apiKey": "{HEXADECIMAL}"}}', "apiKey"),
        (f"const jwtSecret: string = `{RANDOM}`", "jwtSecret"),
        (f'config["auth_token"] = "{RANDOM}"', "auth_token"),
        (f'connect(password="{"vK9#mQ2$xL"}")', "password"),
        (f'api_key: SecretStr = SecretStr("{RANDOM}")', "api_key"),
        (f'AWS_SECRET_ACCESS_KEY = os.environ.get("K") or "{RANDOM}"', ""),
        (f'process.env.JWT_SECRET || "{RANDOM}"', "JWT_SECRET"),
        (f'os.getenv("JWT_SECRET", "{RANDOM}")', "JWT_SECRET"),
        (f'if (token === "{RANDOM}")', "token"),
    ],
)
def test_literals_under_a_secret_name(text: str, name: str) -> None:
    found = scan(text.encode())
    if not name:
        assert found == []
        return
    assert [(credential.name, credential.how) for credential in found] == [(name, "name")]


@pytest.mark.parametrize(
    "text",
    [
        'SECRET_KEY = "changeme-changeme-changeme"',
        'password = "password123"',
        'password = "correct horse battery staple"',
        'api_key = "YOUR_API_KEY_GOES_HERE_2"',
        'token = "{RANDOM}"',
        'secret = "${SECRET_FROM_ELSEWHERE_1}"',
        'API_KEY_HEADER = "X-Api-Key-Header-V2"',
        f'password_hash = "{HEXADECIMAL}"',
        f'token_id = "{RANDOM}"',
        f'secret_name = "{RANDOM}"',
        f'NEXT_PUBLIC_SUPABASE_ANON_KEY = "{RANDOM}"',
        f'publishableKey: "{RANDOM}"',
        f'csrfToken = "{RANDOM}"',
        'token_url = "https://example.com/oauth2/token1"',
        'password: "$2b$12$' + text_of(BASE62, 53) + '"',
        'secret: "arn:aws:secretsmanager:eu-west-1:123:secret:prod/db-a1b2c3"',
        'token = "access_token_cookie_name_2"',
        'secret_key = "config.services.auth.secret2"',
        'labels: { password: "Contraseña2" }',
        'const apiKey = "0123456789abcdef0123456789abcdef"',
        f'f(token, "{RANDOM}")',
    ],
)
def test_placeholders_names_and_public_values_are_none(text: str) -> None:
    assert scan(text.encode()) == []


def test_unquoted_values_only_where_the_format_has_them() -> None:
    text = f"JWT_SECRET={RANDOM}\n  password: vK9#mQ2$xL\nother: {RANDOM}\n".encode()
    assert scan(text) == []
    assert [credential.name for credential in scan(text, unquoted=True)] == ["JWT_SECRET"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgres://app:kX82hqLm@db.prod.internal.acme.io:5432/app", True),
        ("https://ci:9fk3LmQ2@git.acme.io/x.git", True),
        ("redis://:kX82hqLm@cache.acme.io:6379", True),
        ("postgres://postgres:postgres@localhost:5432/app", False),
        ("postgres://app:kX82hqLm@127.0.0.1/app", False),
        ("postgres://app:kX82hqLm@db:5432/app", False),
        ("postgres://user:password1@db.acme.io/app", False),
        ("postgres://${USER}:${PASSWORD1}@db.acme.io/app", False),
        ("postgresql://postgres:[YOUR-PASSWORD]@db.abc.supabase.co:5432/postgres", False),
        ("https://api.acme.io/v1?api_key=" + RANDOM, True),
        ("https://api.acme.io/v1?page_token=" + RANDOM, False),
        ("https://api.acme.io/v1?token=abc", False),
    ],
)
def test_credentials_in_urls(url: str, found: bool) -> None:
    assert [credential.how for credential in scan(f'x = "{url}"'.encode())] == (["url"] if found else [])


BASIC = base64.b64encode(b"billing:vK9#mQ2$xL8z").decode()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"headers: {{ Authorization: 'Bearer {HEXADECIMAL}' }}", HEXADECIMAL),
        (f'{{"Authorization": "Basic {BASIC}"}}', BASIC),
        (f'curl -H "Authorization: token {HEXADECIMAL}" https://api.acme.io', HEXADECIMAL),
        ('requests.get(url, auth=("billing", "vK9#mQ2$xL8z"))', "vK9#mQ2$xL8z"),
        ('connect("host=db.acme.io user=app password=vK9mQ2xL8z")', "vK9mQ2xL8z"),
        ('"Server=tcp:db.acme.io,1433;User Id=app;Password=vK9mQ2xL8z;Encrypt=True"', "vK9mQ2xL8z"),
        (f"aws configure set aws_secret_access_key {text_of(BASE62 + '+/', 40)}", text_of(BASE62 + "+/", 40)),
        ("alter role app with login password 'vK9mQ2xL8z';", "vK9mQ2xL8z"),
        ("machine git.acme.io\n  login ci\n  password vK9mQ2xL8z\n", "vK9mQ2xL8z"),
        ("curl -fsS -u 'ci:vK9mQ2xL8z' https://acme.io/upload  # user and password", "vK9mQ2xL8z"),
        ("mysqldump -h db.acme.io -u root -p'vK9mQ2xL8z' shop > shop.sql  # pass", "vK9mQ2xL8z"),
        ("sshpass -p vK9mQ2xL8z ssh deploy@acme.io", "vK9mQ2xL8z"),
        ("export PGPASSWORD='vK9mQ2xL8z'", "vK9mQ2xL8z"),
        (f'{{"Jwt": {{"Issuer": "acme", "Key": "{RANDOM}"}}}}', RANDOM),
        (f'encryptionKey: Buffer.from("{HEXADECIMAL}", "hex")', HEXADECIMAL),
        ("https://api.telegram.org/bot" + PROVIDERS["Telegram bot token"] + "/send", PROVIDERS["Telegram bot token"]),
    ],
)
def test_credentials_by_the_way_they_are_presented(text: str, secret: str) -> None:
    (found,) = scan(text.encode())
    assert text.encode()[found.start : found.end].decode() == secret
    assert secret not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "headers: { Authorization: `Bearer ${token}` }",
        'headers = {"Authorization": f"Bearer {token}"}',
        '"Authorization": "Bearer your-access-token-goes-here"',
        'WWW-Authenticate: Basic realm="orders"',
        f'"Authorization": "Basic {base64.b64encode(b"user:password").decode()}"',
        'requests.get(url, auth=("user", "password"))',
        'connect("host=localhost user=app password=vK9mQ2xL8z")',
        'connect("host=db.acme.io user=app password=$PASSWORD")',
        "if password == other and host == given:",
        "if (!pem.startsWith('-----BEGIN RSA PRIVATE KEY-----')) throw new Error('wrong key')\n" + "const x = 1\n" * 40,
        "alter role app password 'changeme'; create role reader login password 'password';",
        'curl -u "$USER:$PASSWORD" https://acme.io && mysql -u root -p"$MYSQL_ROOT_PASSWORD" shop',
        "mkdir -p build/keys/Output2 && sshpass -p $PASSWORD ssh host",
        f'{{"cache": {{"key": "{RANDOM}"}}, "primary": {{"key": "{RANDOM}"}}}}',
        f'"AccountKey={AZURITE_KEY.decode()};BlobEndpoint=http://127.0.0.1:10000"',
    ],
)
def test_ways_of_presenting_that_hold_nothing(text: str) -> None:
    assert scan(text.encode()) == []


@pytest.mark.parametrize(
    "code", ['is_key = pem.startswith("-----BEGIN PRIVATE KEY-----")', 'HEAD = "-----BEGIN PRIVATE KEY-----"']
)
def test_a_bare_armour_line_hides_nothing_after_it(code: str) -> None:
    (found,) = scan(f'{code}\nKEY = "{SERVICE}"\n'.encode())
    assert found.role == "service_role"


def test_a_private_key_in_pieces() -> None:
    lines = [f'"{text_of(BASE62, 64, n)}\\n"' for n in range(5)]
    text = " +\n  ".join(['k = "-----BEGIN PRIVATE KEY-----\\n"', *lines, '"-----END PRIVATE KEY-----"'])
    assert [one.kind for one in scan(text.encode())] == ["private key"]
    armour = f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2 (GNU/Linux)\n\n{text_of(BASE62, 200)}\n"
    assert [one.kind for one in scan(armour.encode())] == ["PGP private key"]


def test_the_secret_key_of_aws_has_a_form_of_its_own() -> None:
    secret = text_of(BASE62 + "+/", 40)
    (found,) = scan(f"AWS_SECRET_ACCESS_KEY: {secret}\n".encode(), unquoted=True)
    assert (found.kind, found.how) == ("AWS secret access key", "format")


def test_the_pairs_of_a_deployment() -> None:
    text = f'env:\n  - name: SESSION_SECRET\n    value: "{HEXADECIMAL}"\n  - name: SECRET_NAME\n    value: orders-key\n'
    assert [(one.name, one.start) for one in scan(text.encode(), unquoted=True)] == [
        ("SESSION_SECRET", text.index(HEXADECIMAL))
    ]


def test_the_role_and_issuer_of_a_jwt() -> None:
    demo = jwt({"iss": "supabase-demo", "role": "service_role", "exp": 1983812996})
    assert [(c.role, c.issuer) for c in scan(demo.encode())] == [("service_role", "supabase-demo")]
    assert [(c.role, c.kind) for c in scan(jwt({"sub": "1", "role": 7}).encode())] == [("", "JSON Web Token")]


def test_a_secret_fact_and_nothing_of_it_elsewhere() -> None:
    text = f"# üben\nSTRIPE='{PROVIDERS['Stripe live secret key']}'\nPLAIN=1\n"
    source = Source(".env", "env", Side.SETTINGS, len(text))
    facts = readers.read(source, text.encode()).facts
    (secret,) = [fact for fact in facts if isinstance(fact, Secret)]
    assert (secret.at.line, secret.at.column, secret.at.end_column) == (2, 9, 9 + 32)
    assert (secret.kind, secret.prefix, len(secret.fingerprint)) == ("Stripe live secret key", "sk_l", 12)
    assert [fact.value for fact in facts if isinstance(fact, Setting)] == ["sk_l…", "1"]


SAMPLE = """
import os
KEY = "{0}"
COPY = f"Bearer {0}"
PEM = '''{1}'''
def go(client):
    client.call("{0}", {{"deep": ["{0}", "{2}"]}},
        key=compute("a long argument that is cut somewhere in its text", "{0}"))
    logger.info("token {0} sent")
    db.execute("select * from t where key = '{0}'")
"""


@pytest.mark.parametrize(
    ("path", "language"), [("app/x.py", "python"), ("src/x.ts", "typescript"), ("x.sql", "sql"), ("x.yml", "text")]
)
def test_no_reader_keeps_the_text_of_a_secret(path: str, language: str) -> None:
    token = PROVIDERS["Anthropic API key"]
    text = SAMPLE.format(token, PEM, SERVICE)
    facts = readers.read(Source(path, language, Side.SERVER, len(text)), text.encode())
    assert any(isinstance(fact, Secret) for fact in facts.facts)
    flat = json.dumps(dataclasses.asdict(facts), default=str, ensure_ascii=False)
    for secret in (token, SERVICE, *PEM.split("\n")[1:-1]):
        for start in range(0, len(secret) - 12, 4):
            assert secret[start : start + 12] not in flat


def test_weak_values_are_hidden_though_they_accuse_nobody() -> None:
    text = 'JWT_SECRET = os.getenv("JWT_SECRET", "swordfish-77!")\nlabel = "Password"\nSMTP_PASSWORD=swordfish77\n'
    assert scan(text.encode(), unquoted=True) == []
    shown = redacted(text)
    assert "swordfish" not in shown
    assert '"swor…"' in shown and 'label = "Password"' in shown
    facts = readers.read(Source(".env", "env", Side.SETTINGS, 1), b"SMTP_PASSWORD=swordfish77\nPORT=5432\n").facts
    assert [fact.value for fact in facts if isinstance(fact, Setting)] == ["swor…", "5432"]
    assert not any(isinstance(fact, Secret) for fact in facts)


def test_redaction_keeps_lines_and_columns() -> None:
    text = f'a = 1\nb = f("{PROVIDERS["npm access token"]}", tail)\n{PEM}\nend'
    wide = redacted(text, keep_width=True)
    assert [len(line) for line in wide.split("\n")] == [len(line) for line in text.split("\n")]
    assert len(redacted(text).split("\n")) == len(text.split("\n"))
    assert "tail" in redacted(text) and redacted(text).endswith("\nend")
    assert redacted("nothing here: héllo") == "nothing here: héllo"
    assert redacted("\ud800 lone") == "\ud800 lone"


def test_hostile_texts_take_no_time() -> None:
    texts = [
        b"a" * 3_000_000,
        b'"' * 1_000_000,
        b"-----BEGIN PRIVATE KEY-----" * 20_000,
        b"password=" * 200_000,
        b'"token":"' * 200_000,
        b"eyJ" * 500_000,
        b"eyJhbGciOi." * 100_000,
        b"://a:" * 300_000,
        b"?key=" * 300_000,
        bytes(range(256)) * 4_000,
    ]
    for text in texts:
        started = time.process_time()
        scan(text, unquoted=True)
        assert time.process_time() - started < 5, text[:20]  # minutes, where it grows by the square


def test_every_file_name_with_unquoted_values() -> None:
    names = [
        "a.yml",
        "k8s.yaml",
        "x.ini",
        "Dockerfile",
        "Dockerfile.dev",
        "web.dockerfile",
        ".npmrc",
        "run.sh",
        "app.properties",
    ]
    assert all(secret_reader._UNQUOTED.fullmatch(name) for name in names)
    assert not any(secret_reader._UNQUOTED.fullmatch(name) for name in ["a.py", "a.ts", "README.md", "x.json"])


@pytest.mark.parametrize("value", [r"ghp_[A-Za-z0-9]{36}", r"\bxapp-\d+-\w{20,}", "do[oprt]_v1_[a-f0-9]{64}"])
def test_a_regular_expression_for_tokens_is_no_token(value: str) -> None:
    assert not looks_secret(value, "token")
