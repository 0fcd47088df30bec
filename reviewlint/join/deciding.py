"""Which modules may hold logic of their own, by their names and folders."""

import re

_DECLARES = (
    r"models?|entit(?:y|ies)|schemas?|types?|typings|dtos?|constants?|consts?|enums?|config\w*|settings?|exceptions?|errors?"
    r"|cli|commands?|routes?|routers?|urls?|views?|components?|controllers?|resolvers?|templates?|templatetags|locales?|i18n|openapi"
)
_AIDS = (
    r"migrations?|revisions|fixtures?|factor(?:y|ies)|mocks?|fakes?|stubs?|seeds?|load_?tests?|benchmarks?"
    r"|evals?|examples?"
)
_NAME = re.compile(
    rf"(?:^|[._-])(?:{_DECLARES}|{_AIDS}|modules?)\.\w+$"
    r"|^(?:main|app|application|server|index|wsgi|asgi|manage|logging|logger|admin|sentry|instrumentation|telemetry|tracing"
    r"|conf|cors|env|environment|containers?|bootstrap|lifespan|lifecycle|wiring|resources|sitemap|robots|conftest|version|debug|dev|setup|__init__|__main__)(?:\.[a-z]+)?\.\w+$",
    re.IGNORECASE,
)
"""Names of modules that declare, set up, start or answer rather than decide."""
_FOLDER = re.compile(
    rf"(?:^|/)(?:{_DECLARES}|{_AIDS}|command-line|(?:example|sample|test|dev)-[\w-]+|static/js|public/js)/",
    re.IGNORECASE,
)
_AID = re.compile(
    rf"(?:^|/)(?:{_AIDS})/|(?:^|[._/-])(?:{_AIDS})\.\w+$|(?:^|/)(?:fake|mock|stub|seed)s?[._-][^/]*$", re.IGNORECASE
)
_USER_INTERFACE = (".tsx", ".jsx", ".d.ts")


def may_decide(path: str) -> bool:
    """Whether a module may decide things; models, schemas, constants, settings, entry points and views declare them."""
    name = path.rpartition("/")[2]
    return not (_NAME.search(name) or _FOLDER.search(path) or name.endswith(_USER_INTERFACE))


def is_aid(path: str) -> bool:
    """Whether a file helps to develop or to test, and runs for nobody else: migrations, fixtures, fakes, seeds."""
    return _AID.search(path) is not None
