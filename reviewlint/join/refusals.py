"""What an except clause says went wrong by the names of the project's own exceptions, and by Python's own."""

import re

from ..facts.code import Catch
from ..facts.http import Response
from ..project import SERVER_SIDES, Project
from .converts import converts
from .faults import Fault
from .functions import classes, functions
from .places import located
from .responses import Answer
from .writes import writes

_NAMED = (
    (Fault.DUPLICATE, re.compile(
        r"^Already(?!Done|Running|Finished)|^Duplicated?[A-Z]|Already(?:Exists|Taken|Registered)"
        r"|(?:Exists|Taken|Duplicate|InUse)$"
    )),
    (Fault.CREDENTIALS, re.compile(
        r"^(?:Invalid|Bad|Wrong|Incorrect)(?:Credentials?|ApiKey|Login)$|^(?:Wrong|Incorrect)Password$|^Unauthori[sz]ed|^Unauthenticated"
        r"|^NotAuthenticated|^(?:Authentication|Login)(?:Failed|Failure)?$|^(?:Token|Session)Expired$"
    )),
    (Fault.FORBIDDEN, re.compile(
        r"^(?:Permission|Access)Denied|^Forbidden|^Not(?:Allowed|Permitted|Yours|Owner|Owned|AMember|Member)|^Insufficient(?:Permission|Right|Role|Privilege)"
        r"|(?:NotOwner|NotOwned|NotPermitted)$|PermissionDenied$"
    )),
    (Fault.MISSING, re.compile(r"NotFound$|^NotFound|^(?:No|Unknown|Missing)[A-Z]\w+$|DoesNotExist$|Gone$")),
)  # fmt: skip
"""Names of exceptions, without `Error` and `Exception` at their end, that say what was wrong with a request."""
_OF_NO_REQUEST = re.compile(
    r"Config|Setting|Env|Driver|Plugin|Provider|Backend|Handler|Response|Result|Data$|Upstream|Option|Method"
)
_BUILT_IN = {"PermissionError": Fault.FORBIDDEN, "LookupError": Fault.MISSING}
_FILES = re.compile(
    r"(?:^|\.)(?:open|unlink|mkdir|makedirs|read\w*|write\w*|rename|remove|copy\w*|move|chmod|stat|save)$|^os\.|^shutil\."
)
"""Calls that raise `PermissionError` for files."""
_INTEGRITY = re.compile(
    r"^(?:sqlalchemy|django|psycopg2?|asyncpg|sqlite3|peewee|tortoise|aiosqlite|pymysql|MySQLdb)\..*\bIntegrityError$"
)
_OF_INPUT = frozenset({"ValueError", "TypeError", "KeyError", "JSONDecodeError", "ValidationError"})
_READS = re.compile(r"(?:^|\.)request\.(?:json|get_json|form|body)$|^json\.loads$")
_PARSES = re.compile(
    r"(?:^|\.)(?:model_validate(?:_json)?|parse_obj|parse_raw|loads?|validate|strptime|fromisoformat)$|^[a-z.]*\.[A-Z]\w+$|^[A-Z]\w+$"
)
"""Calls that give the body of a request, and those that make something of it."""
_DELETES = re.compile(r"(?:^|[._])(?:delete|remove|destroy)", re.IGNORECASE)
_MAKES = re.compile(r"^(?:create|add|insert|register|save|update|commit|flush)(?:_|$)")


def refused(project: Project, answer: Answer, clause: Catch) -> tuple[Fault, str] | None:
    """What the exceptions of a clause say was wrong, with their names; None where they do not say one thing."""
    found = {_fault(project, clause, name) for name in clause.exceptions}
    names = f"`{' or '.join(name.rpartition('.')[2] for name in clause.exceptions)}`"
    if answer.response.conditions:
        return None
    if len(found) == 1 and (fault := found.pop()) is not None:
        return fault, names
    if clause.exceptions and {name.rpartition(".")[2] for name in clause.exceptions} <= _OF_INPUT and _parses(clause):
        return Fault.INVALID, names
    of_constraint = bool(clause.exceptions) and all(map(_INTEGRITY.match, clause.exceptions))
    if of_constraint and _is_of_duplicates(project, answer, clause):
        return Fault.DUPLICATE, names
    return None


def _parses(clause: Catch) -> bool:
    """Whether nothing is tried but to take a request apart."""
    return any(map(_READS.search, clause.attempts)) and all(
        _READS.search(callee) or _PARSES.search(callee) or converts(callee) for callee in clause.attempts
    )


def _is_of_duplicates(project: Project, answer: Answer, clause: Catch) -> bool:
    """Whether a clause for a broken constraint answers for all of them, and with a status of the framework's own."""
    own = answer.response.raised and not answer.response.framework
    others = (one for one in project.facts(Response, *SERVER_SIDES) if clause.at.holds(one.at))
    if own or any(one.conditions for one in others):
        return False
    deletes = any(map(_DELETES.search, (answer.response.function, *clause.attempts)))
    return not deletes and ((answer.status or 0) >= 500 or _writes(project, answer, clause))


def _fault(project: Project, clause: Catch, name: str) -> Fault | None:
    last = name.rpartition(".")[2]
    if last in _BUILT_IN and name == last:
        return None if any(map(_FILES.search, clause.attempts)) else _BUILT_IN[last]
    place = located(project, clause.at.path, name)
    if place is None or place not in project.view(classes) or _OF_NO_REQUEST.search(last):
        return None
    plain = re.sub(r"(?:Error|Exception)$", "", last)
    return next((fault for fault, said in _NAMED if said.search(plain)), None)


def _writes(project: Project, answer: Answer, clause: Catch) -> bool:
    """Whether what is tried writes rows, and deletes none: it mostly fails since another row has the same value."""
    place = (answer.at.path, answer.response.function)
    operations = {write.operation for write in project.view(writes).get(place, ())}
    function = project.view(functions).get(place)
    deletes = any(callee.endswith(".delete") for callee in (function.calls if function is not None else ()))
    if "delete" in operations or deletes:
        return False
    return bool(operations) or any(_MAKES.match(callee.rpartition(".")[2]) for callee in clause.attempts)
