"""Which names hold secrets: the words at the end of an identifier decide."""

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

# What may follow the noun without changing what the value is.
_QUALIFIERS = frozenset(
    "prod production live staging stage stg dev development local test testing default value val str string text raw "
    "plain plaintext bytes b64 base64 hex encoded primary secondary main old new current previous backup".split()
)
_NOUNS = {
    "password": "password",
    "passwd": "password",
    "pwd": "password",
    "passphrase": "password",
    "secret": "secret",
    "apikey": "API key",
    "secretkey": "secret key",
    "privatekey": "private key",
    "accesstoken": "token",
    "authtoken": "token",
    "clientsecret": "secret",
    "jwtsecret": "secret",
}
_KEYS = {
    "api": "API key",
    "secret": "secret key",
    "private": "private key",
    "signing": "signing key",
    "encryption": "encryption key",
    "decryption": "encryption key",
    "crypto": "encryption key",
    "fernet": "encryption key",
    "aes": "encryption key",
    "hmac": "signing key",
    "jwt": "signing key",
    "access": "access key",
    "auth": "authentication key",
    "master": "master key",
    "admin": "admin key",
    "role": "service-role key",
    "service": "service key",
    "shared": "shared key",
    "server": "server key",
    "webhook": "signing key",
}
# A word before the noun that says the value is meant to be seen, or is no credential at all.
_PUBLIC = frozenset(
    "public publishable anon anonymous site csrf xsrf page next cancel cancellation continuation pagination "
    "sync design color theme syntax no forgot reset show hide toggle enable has is use require change update "
    "min max search known website widget analytics hashed".split()
)
_SEARCHED_WITH = frozenset("algolia inkeep typesense docsearch".split())
"""Services whose keys for searching are made for pages; those that may write say so."""
_WRITES = frozenset("admin secret private write server".split())
_PASS_OWNERS = frozenset(
    "db database smtp mail email user admin root redis mysql postgres pg ftp sftp ssh proxy rabbitmq amqp mongo auth "
    "basic ldap login".split()
)
_CONNECTIONS = re.compile(
    r"(?:^|_)(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|SQLALCHEMY_DATABASE)"
    r"_(?:PRISMA_)?(?:URL|URI|CONNECTION_STRING|DSN|CONN_STRING)(?:_NON_POOLING|_UNPOOLED)?$|CONNECTION_STRING$"
)


def words(name: str) -> list[str]:
    """The words of an identifier in lower case: `dbPassword2` → `db`, `password`, `2`."""
    return [word.lower() for word in _WORDS.findall(name)]


def plain(name: str) -> str:
    """An identifier in whatever case it is written: `jwtsecret` for `JWT_SECRET` and `jwtSecret`."""
    return name.replace("_", "").lower()


@lru_cache(maxsize=4096)
def secret_kind(name: str) -> str:
    """What kind of secret a variable or key of this name holds (`password`, `API key`, …), or `""` for none.

    The name must end in the noun: `password_hash`, `tokenUrl` and `SECRET_NAME` hold something else.
    """
    parts = words(name)
    while len(parts) > 1 and (parts[-1] in _QUALIFIERS or parts[-1].isdigit() or parts[-1] in ("v1", "v")):
        parts.pop()
    if not parts or _PUBLIC & set(parts):
        return ""
    if _SEARCHED_WITH & set(parts) and not _WRITES & set(parts):
        return ""
    last, before = parts[-1], parts[-2] if len(parts) > 1 else ""
    if last in _NOUNS:
        return _NOUNS[last]
    if last.endswith("password") and last.removesuffix("password") in _PASS_OWNERS:  # PGPASSWORD
        return "password"
    if last == "key":
        return _KEYS.get(before, "")
    if last == "token":
        return "token"
    if last == "pass":
        return "password" if before in _PASS_OWNERS else ""
    if last == "role":
        return "service-role key" if before == "service" else ""
    return ""


def is_connection_string(name: str) -> bool:
    """Whether an environment variable of this name holds a database's address with its password."""
    return _CONNECTIONS.search(name.upper()) is not None


def is_server_only(name: str) -> bool:
    """Whether an environment variable of this name holds what only a server may know."""
    return secret_kind(name) != "" or is_connection_string(name)
