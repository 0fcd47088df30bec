"""Log lines that get the exception which they were written for."""

import re

from ..facts.logs import LogCall
from ..finding import Edit, Fix
from .texts import piece, with_argument

_METHOD = re.compile(r"^(?P<logger>[\w.$?!()]+)\.(?P<method>\w+)\((?P<rest>.*)$", re.DOTALL)


def log_exception(call: LogCall, text: str) -> Fix | None:
    """The log call with the exception of its clause; `text` is the whole file.

    In Python `logger.exception(…)` for `error`, `exc_info=True` for what is worse. In TypeScript the variable of the
    clause, where the library keeps an error: a field for pino and winston, an argument for the console, the stack for
    Nest. None where the clause has no variable or the library is not known. Safe: only the line itself gets longer.
    """
    written = piece(text, call.at)
    match = _METHOD.match(written)
    if match is None:
        return None
    fixed = _python(call, match) if call.at.path.endswith((".py", ".pyi")) else _typescript(call, match, written)
    return Fix(True, (Edit(call.at, fixed),)) if fixed is not None else None


def _python(call: LogCall, match: re.Match[str]) -> str | None:
    logger, method, rest = match.groups()
    if call.library not in ("logging", "structlog", "loguru", "logger"):
        return None
    if method == "error":
        return f"{logger}.exception({rest}"
    if method not in ("critical", "fatal"):
        return None
    if call.library == "loguru":
        return f"{logger}.opt(exception=True).{method}({rest}"
    return with_argument(match[0], "exc_info=True") if call.library in ("logging", "structlog") else None


def _typescript(call: LogCall, match: re.Match[str], written: str) -> str | None:
    logger, method, rest = match.groups()
    error = call.catch_variable
    if not error or len(call.given) != 1 or rest.lstrip().startswith(("{", "[")):
        return None
    match call.library:
        case "pino" | "bunyan":
            field = "err" if error == "err" else f"err: {error}"
            return f"{logger}.{method}({{ {field} }}, {rest}"
        case "winston":
            return with_argument(written, f"{{ {error} }}")
        case "console":
            return with_argument(written, error)
        case "nest":
            return with_argument(written, f"{error} instanceof Error ? {error}.stack : String({error})")
        case _:
            return None
