"""Which endpoints give out a page, a file or the way to another, and do nothing else."""

import re

from ..project import Project
from .callers import is_guard
from .endpoints import Endpoint
from .functions import functions

_READING = frozenset({"GET", "*"})
_GIVES = re.compile(
    r"(?:^|\.)(?:render|render_template|render_to_response|TemplateResponse|HTMLResponse|html|view"
    r"|sendFile|send_file|send_from_directory|FileResponse"
    r"|redirect|RedirectResponse|HttpResponseRedirect|HttpResponsePermanentRedirect)$"
)
_NAMES = re.compile(r"(?:^|\.)(?:join|resolve|Path|url_for|reverse|status|type)$")
"""What a handler calls to say which page, where it lies, and as what it goes out."""
_DESCRIBES = re.compile(r"(?:^|\.)get_(?:swagger_ui_html|redoc_html|openapi)$")
"""What FastAPI makes of the routes that are there: a description of the API, and a page about it."""


def is_bare_page(project: Project, endpoint: Endpoint) -> bool:
    """Whether the function that answers decides nothing and calls only what gives a page, a file or a redirect.

    So it is with one that describes the API. Who may see a page that a guard stands before is worth asking.
    """
    fact = project.view(functions).get(endpoint.place)
    if fact is None or fact.decisions or endpoint.method not in _READING:
        return False
    if any(map(is_guard, (*endpoint.guards, *fact.decorators))):
        return False
    if any(map(_DESCRIBES.search, fact.calls)):
        return True
    gives = any(map(_GIVES.search, fact.calls))
    return gives and all(_GIVES.search(callee) or _NAMES.search(callee) for callee in fact.calls)
