"""Whether a response goes to a provider that calls: a webhook, by its path or by what its code is called."""

import re

from ..project import Project
from .endpoints import Endpoint, endpoints
from .responses import Answer

WEBHOOK = re.compile(
    r"web_?-?hook|[-_/]hooks?\b|telegram|whats_?-?app|\bslack|\bdiscord|\btwilio"
    r"|pay\w*[-_/](?:callback|notif\w*)|(?<![a-zA-Z])ipn(?![a-zA-Z])",
    re.IGNORECASE,
)
"""In paths and names: that of a hook, of the messengers that ask a bot by one, and of payment providers' notices."""


def to_webhook(project: Project, answer: Answer) -> bool:
    """Whether the client is a provider, that looks at the status alone and shows nobody the body."""
    place = (answer.at.path, answer.response.function)
    return bool(WEBHOOK.search("/".join(place))) or place in project.view(_handling)


def to_hook(endpoint: Endpoint) -> bool:
    """Whether an endpoint is asked by a provider, whose requests have the form that the provider says."""
    return bool(endpoint.path) and WEBHOOK.search(endpoint.path or "") is not None


def _handling(project: Project) -> frozenset[tuple[str, str]]:
    return frozenset(
        (endpoint.handler_path, endpoint.handler) for endpoint in project.view(endpoints) if to_hook(endpoint)
    )
