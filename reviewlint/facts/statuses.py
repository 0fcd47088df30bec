"""HTTP statuses by the names that frameworks and libraries give them."""

import re
from http import HTTPStatus

_BY_NAME = {member.name.replace("_", "").lower(): member.value for member in HTTPStatus} | {
    "unprocessableentity": 422,
    "requesttoolong": 413,
    "requesturitoolong": 414,
    "payloadtoolarge": 413,
    "requestedrangenotsatisfiable": 416,
    "imateapot": 418,
    "internalservererrorexception": 500,
    "insufficientspaceonresource": 419,
    "methodfailure": 420,
    "servererror": 500,
}
"""The statuses of RFC 9110 and its registry, as Python and npm packages spell them."""

_NUMBERED = re.compile(r"\bHTTP_([1-5]\d\d)(?:_[A-Z_]+)?$")
_ENUM = re.compile(
    r"(?:^|[./])(?:\w*[sS]tatus\w*|\w*STATUS\w*|http|HTTP|constants|codes|http\.client|http-status(?:-codes)?)\."
    r"(?:HTTP_STATUS_)?([A-Za-z_]+?)(?:\.value|\.real)?$"
)


def status_of_word(word: str) -> int | None:
    """The status that a word stands for: `NOT_FOUND`, `NotFound`, `notFound`."""
    return _BY_NAME.get(word.replace("_", "").lower())


def status_named(name: str) -> int | None:
    """The status of a dotted constant: `HTTPStatus.GONE`, `status.HTTP_404_NOT_FOUND`, `StatusCodes.OK`."""
    if numbered := _NUMBERED.search(name):
        return int(numbered[1])
    enum = _ENUM.search(name.replace(".default.", "."))
    return status_of_word(enum[1]) if enum is not None else None
