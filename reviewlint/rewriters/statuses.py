"""Statuses of responses, in the words that the file has for them."""

import re

from ..facts.http import Response, Route
from ..facts.location import Location
from ..facts.statuses import status_named
from ..facts.values import Record
from ..finding import Edit, Fix
from .texts import piece, with_argument

_SPELLINGS = (
    (
        re.compile(r"^from (?:fastapi|starlette|rest_framework) import .*\bstatus\b", re.MULTILINE),
        "status.HTTP_201_CREATED",
    ),
    (re.compile(r"^from http import .*\bHTTPStatus\b", re.MULTILINE), "HTTPStatus.CREATED"),
    (re.compile(r"import \{[^}]*\bStatusCodes\b[^}]*\} from ['\"]http-status-codes['\"]"), "StatusCodes.CREATED"),
    (re.compile(r"\bhttpStatus\b.*['\"]http-status['\"]"), "httpStatus.CREATED"),
)
_SENDS = re.compile(r"^(?P<res>[A-Za-z_]\w*)\.(?P<how>json|send|jsonp)\(")
_SAID = re.compile(r"\b204\b|[A-Za-z_.]*(?:HTTP_204_NO_CONTENT|NO_CONTENT|NoContent)\b")


def say_created(fact: Route | Response, text: str) -> Fix | None:
    """The declaration or response with status 201; `text` is the whole file.

    Never safe: clients may compare with 200. None for frameworks that say it elsewhere.
    """
    written = piece(text, fact.at)
    status = next((spelled for pattern, spelled in _SPELLINGS if pattern.search(text)), "201")
    fixed = _declared(fact, written, status) if isinstance(fact, Route) else _answered(fact, written, status, text)
    return Fix(False, (Edit(fact.at, fixed),)) if fixed is not None else None


def _declared(route: Route, written: str, status: str) -> str | None:
    if route.framework != "fastapi" or route.status is not None or not written.startswith("@"):
        return None
    return with_argument(written, f"status_code={status}")


def _answered(response: Response, written: str, status: str, text: str) -> str | None:
    bare = response.headers is None or (isinstance(response.headers, Record) and not response.headers.entries)
    if not response.status_is_default or response.helper or not bare:
        return None
    match response.framework:
        case "flask":
            return f"{written}, {status}" if _ends_line(text, response.at) else None
        case "django" | "drf":
            return with_argument(written, f"status={status}")
        case "express":
            match = _SENDS.match(written)
            return f"{match['res']}.status({status}).{written[match.start('how') :]}" if match is not None else None
        case "hono":
            return with_argument(written, status)
        case "nextjs" | "web" | "edge" if "headers" not in written and "status" not in written:
            return with_argument(written, f"{{ status: {status} }}")
        case _:
            return None


def _ends_line(text: str, at: Location) -> bool:
    """Whether nothing stands behind a place on its line."""
    rest = text.split("\n")[at.end_line - 1][at.end_column - 1 :].strip()
    return not rest or rest.startswith("#")


def allow_body(fact: Route | Response, text: str) -> Fix | None:
    """The response or its route's declaration with 200 in place of 204; `text` is the whole file.

    Never safe: clients may compare with 204. None where the status is not written there just once.
    """
    written = piece(text, fact.at)
    said = list(_SAID.finditer(written))
    if len(said) != 1:
        return None
    word = said[0][0]
    if word != "204" and status_named(word) != 204:
        return None
    better = word.replace("HTTP_204_NO_CONTENT", "HTTP_200_OK").replace("NO_CONTENT", "OK").replace("NoContent", "Ok")
    fixed = written[: said[0].start()] + ("200" if word == "204" else better) + written[said[0].end() :]
    return Fix(False, (Edit(fact.at, fixed),))
