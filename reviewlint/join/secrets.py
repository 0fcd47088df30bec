"""What a secret's place says about it: who would be hurt by finding it there, and how to speak of it."""

import re
from collections import defaultdict
from collections.abc import Iterator

from ..credentials.beside import DEVELOPMENT
from ..credentials.names import secret_kind, words
from ..credentials.scan import DEMO_ISSUER
from ..facts.clients import EnvironmentRead
from ..facts.code import Class, Definition, Function
from ..facts.file import Side
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.secrets import Secret
from ..facts.values import Value, constant_text
from ..project import Project
from .places import located

_TEMPLATE = re.compile(
    r"(?:^|[._/-])(?:example|examples|sample|samples|template|templates|tmpl|dist|defaults|skeleton|stub)s?(?=$|[._/-])",
    re.I,
)
_EXAMPLE = re.compile(r"(?:^|[._/-])(?:example|sample)s?(?=$|[._/-])", re.I)
_DEVELOPMENT = re.compile(
    r"(?:^|[._/-])(?:dev|devel|develop|development|devcontainer|local|localhost|(?:unit|integration|system|api)?tests?|testing|e2e|ci|cypress|playwright|"
    r"acceptance|demo|sandbox|fixture|fixtures|mock|mocks|stub|stubs|fakes?|smoke|seed|seeds|storybook|stories|story)(?=$|[._/-])"
    r"|(?:^|/)docker[-_]compose\.py$|(?:^|/)(?:docker-)?compose(?:[.-](?!prod)[\w-]+)*\.ya?ml$|(?:^|/)\.?docker/[\w.-]+\.ya?ml$|^\.(?:github|circleci|gitlab-ci)|(?:^|/)supabase/config\.toml$|^specs?/",
    re.I,
)
_PRODUCTION = re.compile(r"(?:^|[._/-])(?:prod|production|live|staging)(?=$|[._/-])", re.I)
_TESTING = re.compile(
    r"(?:^|[._/-])(?:_*(?:unit|integration|system|api|e2e)?tests?_*|testing|e2e|cypress|playwright|acceptance|fixtures?|mocks?"
    r"|specs?|molecule)(?=$|[._/-])|(?:^|/)\.(?:gitleaks|secrets\.|trufflehog)",
    re.I,
)
"""Where tests keep what they are tried on, and scanners for secrets what they are to let pass."""
_STOCK = frozenset(
    {
        "7f59edafa4d5",  # the keys to the S3 of Supabase's local stack
        "b0f3a96ded75",
        "52f004438faf",  # SECRET_KEY_BASE of Supabase's docker/.env.example
        "94228124c289",  # SECRET_KEY_BASE of the Realtime and the pooler of Supabase's local stack
        "f3c3964ca854",  # secret_key of Grafana's conf/defaults.ini
        "aa6547439583",  # the account key of Azure's Cosmos DB emulator
        "81886cc4d790",  # FERNET_KEY of the images of Airflow that tutorials build on (puckel/docker-airflow)
        "45f9af60db8d",  # the same of Bitnami's
    }
)
"""Fingerprints of values that products are delivered with and that have no form of their own."""
_MADE_FOR_TESTS = ("private key", "JSON Web Token", "webhook signing secret", "Google API key", "Twilio API key")
"""Kinds that tests make for themselves or copy from a provider's test mode."""
_DOCUMENT = re.compile(
    r"\.(?:mdx?|rst|adoc|txt)$|(?:^|/)docs?/|(?:^|[._/-])(?:openapi|swagger|postman)(?=[._/-])", re.I
)


_READERS = re.compile(r"^(?:(?:get|read|load)_?)?env(?:_?(?:var|str|value|variable|or_default))?$")
"""What projects call a function of their own that reads the environment."""
_FALLBACKS = tuple((name,) for name in ("default", "fallback", "default_value"))
_GETTERS = frozenset({"os.environ.get", "os.getenv"})


def is_template(path: str) -> bool:
    """Whether a file is there to be copied and filled in: `.env.example`, `config.sample.yml`."""
    return _TEMPLATE.search(path) is not None


def is_for_show(project: Project, path: str) -> bool:
    """Whether credentials in a file are mostly made up: it belongs to tests, is a template, or is read by people."""
    code = project.files[path].language in ("python", "typescript", "tsx", "sql")
    return (
        for_tests(project, path)
        or (_EXAMPLE.search(path) is not None if code else is_template(path))  # templates/ and defaults.py are code
        or _DOCUMENT.search(path) is not None
    )


def is_for_production(path: str) -> bool:
    """Whether a file says by its place that it is for production."""
    return _PRODUCTION.search(path) is not None


def for_development(project: Project, path: str) -> bool:
    """Whether a file is plainly for development: tests, templates, compose files, CI, seeds, documents.

    Values that only work on a developer's machine are no secrets there.
    """
    return not is_for_production(path) and (is_for_show(project, path) or _DEVELOPMENT.search(path) is not None)


def for_tests(project: Project, path: str) -> bool:
    """Whether a file belongs to tests, in which credentials are made up, whatever they look like."""
    return (
        project.side(path) is Side.TEST
        or _TESTING.search(path) is not None
        or any(fact.module.startswith("vitest") for fact in project.facts_of(path, Import))
    )


def is_demo(secret: Secret) -> bool:
    """Whether a product is delivered with this: the published keys of Supabase's local stack, Grafana's own default."""
    return secret.issuer == DEMO_ISSUER or secret.fingerprint in _STOCK


def is_made_for_tests(secret: Secret) -> bool:
    """Whether a credential is of a kind that is made on the spot where one is needed to try something."""
    return any(kind in secret.kind for kind in _MADE_FOR_TESTS)


def is_service_role(secret: Secret) -> bool:
    """Whether this is a key that bypasses row-level security: a JWT by its role claim, or an `sb_secret_` key."""
    return secret.role == "service_role" or secret.kind == "Supabase secret key"


def needs_no_fallback(project: Project, variable: str, path: str) -> bool:
    """Whether a fallback for `variable` at `path` is a fault: a secret that can be missing in production."""
    return (
        bool(secret_kind(variable))
        and project.side(path) in (Side.SERVER, Side.EDGE, Side.OTHER)
        and not for_development(project, path)
    )


def fallbacks(project: Project) -> list[tuple[str, Location, Value]]:
    """What code of wanted files falls back to where the environment has no value: (variable, place, fallback).

    Reads with a default beside them that nothing refuses, and the fields of pydantic's settings classes.
    """
    found = [
        (read.name, read.at, read.default)
        for read in project.wanted(EnvironmentRead)
        if read.default is not None and not read.is_refused
    ]
    found += _asked_for(project)
    settings = {
        (one.at.path, one.name): {field for field, kind in one.fields if "ClassVar" in kind}
        for one in project.wanted(Class)
        if any(base.rpartition(".")[2] == "BaseSettings" for base in one.bases)
    }
    for definition in project.wanted(Definition):
        owner, _, name = definition.name.rpartition(".")
        constants = settings.get((definition.at.path, owner))
        if constants is not None and name not in constants and DEVELOPMENT.isdisjoint(words(owner)):
            found.append((name, definition.at, definition.value))
    return found


def _asked_for(project: Project) -> Iterator[tuple[str, Location, Value]]:
    """What the project's own readers of the environment fall back to: `env("JWT_SECRET", default="dev")`."""
    readers = {
        (one.at.path, one.name): one.parameters[1]
        for one in project.facts(Function)
        if _READERS.match(one.name) and one.parameters[1:2] in _FALLBACKS and not _GETTERS.isdisjoint(one.calls)
    }
    users: dict[str, set[str]] = defaultdict(set)
    for path, name in readers:
        if project.is_wanted(path):
            users[path].add(name)
    for fact in project.wanted(Import) if readers else ():
        users[fact.at.path] |= {local for name, local in fact.names if any(name == own for _, own in readers)}
    for path, names in users.items():
        for call in project.calls_made(path, names) if names else ():
            fallback = readers.get(located(project, path, call.callee) or ("", ""))
            variable = constant_text(call.arguments[0]) if call.arguments else None
            value = dict(call.keywords).get(fallback or "") or next(iter(call.arguments[1:]), None)
            if fallback and variable is not None and value is not None:
                yield variable, call.at, value


def spoken(secret: Secret) -> str:
    """A secret as it may be shown: its first four characters and its fingerprint."""
    return f"`{secret.prefix}…`, fingerprint {secret.fingerprint}"
