"""A password, token, credential header or whole request goes into the log.

Logs are read by more people, kept longer and copied to more places than any database. A token in a log line is a login
for everybody who can read the log, and nobody can take it back out of the backups. Log that it was there, its length, or
a keyed hash; log the two fields of a request that matter instead of its body and headers.

A name convinces where it is that of a text by which somebody is let in: a password, an API key, a refresh token. Projects
call many other things a token, a cookie or credentials, objects, ids and positions in a listing among them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename
from typing import NamedTuple

from ...facts.code import Class, Function
from ...facts.logs import LogCall
from ...facts.values import (
    Call,
    Environment,
    Parameter,
    Record,
    Reference,
    Text,
    Value,
    constant_text,
    holes,
    named,
    rendered,
)
from ...finding import Confidence, Finding
from ...join.developing import in_development
from ...join.endpoints import answering, endpoints
from ...join.habits import as_habits
from ...join.places import located
from ...join.prints import PRINTS
from ...join.running import runs
from ...join.tools import loaded_by_tools, tools
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="F E S",
    strictly="tokens that are parts of an object or of a kind of the project's own, and what is called `credentials`, "
    "`authorization` or a cookie, for which there is the name alone; whole requests where the same file takes secrets out "
    "of something.",
    security="6.5",
    limits="Judged by names: a secret in a variable called `data` is not seen.",
)

_WORDS = (
    r"pass(?:word|wd|phrase)|pwd|secret|(?:access|refresh|auth|bearer|session|id|api|csrf|jwt|reset|invit(?:e|ation)"
    r"|verification|validation|activation|confirmation|renewal)_?token"
    r"|jwt|(?:api|secret|private|service_?role|access|signing)_?key"
    r"|card_?number|cvv|cvc|ssn|otp(?:_?code)?|pin_?code|(?:reset|verification|recovery|login)_code"
)
SURE = re.compile(rf"^(?:[a-z0-9]+_)*(?:{_WORDS})$")
"""The last name of a text that lets somebody in, in snake case."""
TOKEN = re.compile(r"^(?:(?:(?:c\.|ctx\.)?req(?:uest)?|body|params|query|form|input|dto)\b.*\W)?token\W*$")
"""A variable, or a part of what was sent, that is called a token; any object may have a part that is."""
SECRET = re.compile(
    r"^(?!(?:is|has|looks|valid|needs|use|require|enable|disable|activate|show|log|missing|masked|redacted|hashed|obfuscated|censored|sanitized|truncated|safe)_"
    r"|(?:[a-z0-9]+_)*(?:page|pagination|continuation|cursor|sync|delta|skip|resume|next|prev|previous|since|from|to|start|end"
    r"|last|first|batch|stream|position)_token$)"
    rf"(?:[a-z0-9]+_)*(?:{_WORDS}|token|authorization|credentials)$|^(?:(?:set|auth|login|session|refresh|access|request|req|raw|all)_)*cookies?$"
)
"""The last name of a value, in snake case, that says it is a secret; a token may say how far a listing or a stream has come."""

MARKS = re.compile(
    r"consistency|(?:(?<![A-Za-z])[lL]ock|(?<=[a-z])Lock)(?!ed|out)|mutex|semaphore|[lL]ease|[fF]encing|[cC]ursor|[pP]aginat|[cC]hangefeed|[tT]okeni[sz]er?\b|[lL]exer"
    r"|[cC]ancell",
)
"""Files and functions whose tokens are positions, turns and versions."""

CODE = re.compile(
    r"(?:^|\b(?:body|dto|input|data|payload|params|user|otp|verification)\??\.)"
    r"(?:(?:sms|plain|raw|generated|new)_?)?(?:code|pin|passcode|oneTimeCode|verificationCode|magicLink)$",
    re.IGNORECASE,
)
"""What a code is called; whether it lets somebody in, only the message says."""
ONE_TIME = re.compile(
    r"\b(?:one[- ]?time|otp|2fa|mfa|two[- ]factor|magic[- ]link|passcode"
    r"|(?:verification|confirmation|recovery|reset|security|log-?in|sign-?in|sms|access) (?:code|pin))\b",
    re.IGNORECASE,
)
"""Messages by which a plain `code` is one that lets somebody in."""
PROVES = re.compile(r"\b(?:passwords?|reset|log-?in|sign-?in|verif\w+|confirm\w*|authenticat\w+)\b", re.IGNORECASE)
DRAWS = re.compile(r"(?:^|\.)(?:Math\.random|randomInt|randint|randrange|randbelow)$")
"""Messages by which a `code` that these calls have drawn lets somebody in."""
WHOLE = re.compile(
    r"^(?:req|request|ctx|context|ctx\.request|ctx\.req|event|c\.req)\.(?:body|headers|cookies|rawHeaders|get_json\(\)|json\(\)|raw)$"
    r"|^(?:dict\()?request\.(?:headers|cookies|data|form|json|POST|META)\)?$|^process\.env$|^os\.environ$|^(?:req|request)\.body$"
)
"""A whole request, or the whole environment."""

ABOUT = re.compile(
    r"(?:^|_)(?:ids?|hash(?:ed)?|digest|mask(?:ed)?|redacted|names?|types?|kinds?|count|len|length|size|status|version|at|date"
    r"|expir\w*|valid|present|exists|enabled|required|prefix|suffix|last\d?|hint|preview|fingerprint|scopes?|policy|schema"
    r"|index|limit|url|path|tokens|used|usage|total|budget)$"
    r"|^(?:has|is|masked|redacted|hashed|safe|n|num|max|min)_"
)
"""Last names of values that tell something about a secret."""
ASKS = re.compile(
    r"mask|redact|saniti[sz]e|obfusc|hash|sha\d|md5|digest|hmac|fingerprint|trunc|slice|substr|last_?(?:four|\d)|encrypt|^len$|^bool$|^type$|Boolean"
    r"|count|compare|verify|check|valid|exists|includes|(?:^|\.)(?:has|is)[A-Z_]|\.(?:has|test|some|every|length|delete|update)$",
    re.IGNORECASE,
)
"""Calls that hide a secret, or ask something about it."""
ASKED_WHOLE = re.compile(
    r"^(?:req|request|flask\.request|c\.req|event\.request|ctx\.request)\.(?:json|text|formData|parseBody|get_json|body|get_data|read|form|arrayBuffer|blob)$"
)
"""Calls that give the body of a request."""

FILE = re.compile(r"\b(?:path|file|filename|folder)\b[\s:='\"]*$", re.IGNORECASE)
"""How a message ends that tells where secrets are kept, whatever the variable with the place is called."""
DECODES = frozenset({"decode", "loads", "dumps", "str", "repr", "dict", "strip", "to_dict", "stringify", "parse"})
"""Calls that give all of what they are given in another form."""
FLASK = re.compile(r"^(?:flask|quart)\.")

CSP = re.compile(r"(?:\b|_)csp(?:\b|_)|content.?security.?policy|csp_?(?:report|violation)", re.IGNORECASE)
"""Reports of browsers about their pages, which hold nothing of their users and are sent to be logged."""
REDACTS = re.compile(
    r"(?:filter|mask|redact|hide|remove|saniti[sz]e|scrub|strip|clean)_?(?:secret|sensitive|credential|password)",
    re.IGNORECASE,
)
"""Names of functions that take the secrets out of what they are given."""
READS_HEADER = re.compile(r"(?:^|\.)(?:headers|cookies|META|COOKIES)\.get$")
"""The call by which Python's frameworks give one header or cookie."""
_NAME = re.compile(r"(?<![\w.\"'])[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[[\"'][\w-]+[\"']\])*(?:\(\))?")
HEADER = re.compile(
    r"(?:req(?:uest)?|ctx|c\.req)\b.*\b(?:headers\.|META\.HTTP_)"
    r"(authorization|proxy[-_]authorization|cookie|x[-_](?!idempotency)[\w-]*(?:key|token|secret))$",
    re.IGNORECASE,
)
"""A header by which a request proves who sends it, taken from the request."""
ASKS_HEADER = re.compile(r"^(?:req|request|c\.req|ctx|ctx\.request)\.(?:header|get|headers\.get)$")
"""The calls by which JavaScript's frameworks give one header of a request."""
PROOF = re.compile(
    r"^(?:authorization|proxy-authorization|cookie|x-(?!idempotency)[\w-]*(?:key|token|secret))$", re.IGNORECASE
)
OF_REQUEST = re.compile(r"\bIncomingHttpHeaders\b")
"""The type of headers that came with a request."""
SESSION_KEY = re.compile(r"\bsession\.(session_key|sid)$|\breq(?:uest)?\.(sessionID)$")
"""What a session's cookie holds, by the names of Django, Flask-Session and express-session."""
COOKIE = re.compile(r"(?:^|\.)cookies\.get$|(?:^|\.)get(?:Signed)?Cookie$")
SESSION = re.compile(
    r"^(?:__(?:Host|Secure)-)?(?:\w+[._-])?(?:sid|sess(?:ion)?(?:[_-]?(?:id|token))?|(?:auth|access|refresh|id)?[_-]?token|jwt|auth)$",
    re.IGNORECASE,
)
"""Cookies that let somebody in, by their names."""
TEXT = re.compile(r"str(?:ing)?\b")
"""A type whose values are written as they are."""
_OF_TEXT = (
    r"(?:starts_?[wW]ith|ends_?[wW]ith|length|strip|trim|split|includes|match|lower|upper|toLowerCase|isdigit|test)\b"
)
_ASKING = re.compile(r"(?:^|[^\w$])(?:get|is|has|find|type|kind|describe|classify|check|count)(?:_?[A-Z_][\w$]*)?$")
"""The callee of what tells something about what it is given."""
DUMPS = frozenset({"model_dump", "model_dump_json", "dict", "json", "asdict", "str", "repr"})
_ASKED = re.compile(r"(?<=[\w)\]])\.get\(\s*([\"'])([\w-]+)\1[^()]*\)")
"""`data.get("password")`, which is `data["password"]`."""
_STRINGS = re.compile(r"(?<![\[\w])([fFrRbBuU]*)(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_FIELD = re.compile(r"([A-Za-z_$][\w$]*)['\"]?\s*[:=]\s*$")
"""The name of a field or an argument before its value."""
_SAFE = re.compile(
    r"(?:\b(?:len|bool|type|isinstance|id|hash|sha\w*|md5|\w*(?:mask|redact|saniti[sz]e|obfuscate|hash|fingerprint|trunc\w*|last_?(?:four|\d))\w*"
    r"|typeof|Boolean|Object\.keys|list)\s*\(?\s*|\.replace(?:All)?\(\s*|!!?\s*|\b(?:not|if|in)\s+)$",
    re.IGNORECASE,
)
_WRITTEN_OUT = re.compile(r"JSON\.stringify\(\s*$")
_REPLACED = re.compile(r"\s*,\s*(?!null\b|undefined\b)[\w$(\[]")
"""What follows a value whose parts somebody chose to write: the second argument of `JSON.stringify`."""
_IS_WORD = re.compile(r"(.+) ===? ([\"'])[^\"']*\2")
_PART = re.compile(r"\[[A-Za-z_$]")
"""Behind a name: one part of it, and only the program knows which."""
_BACKTICKS = re.compile(r"`[^`]*`")
_TEMPLATE = re.compile(r"\$?\{([^{}]*)\}")


class _Seen(NamedTuple):
    """What a line is given: its name, whether it is a whole request, and whether it is certain to be a secret."""

    name: str
    whole: bool = False
    sure: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Each log line that is given a secret or a whole request; whole requests in many lines are a service's habit."""
    found = list(_found(project))
    yield from (finding for finding, whole in found if not whole)
    yield from as_habits(project, (finding for finding, whole in found if whole))


def _found(project: Project) -> Iterator[tuple[Finding, bool]]:
    for log in project.facts(LogCall, *SERVER_SIDES):
        if in_development(log.conditions) or (log.message is not None and FILE.search(rendered(log.message, ""))):
            continue
        if log.library in PRINTS and _is_shown(project, log):
            continue  # what somebody asked a program to make and to show
        seen = [*_exposed(log), *_by_value(project, log), *_inside(project, log)]
        if CSP.search(log.function) or CSP.search(rendered(log.message, "") if log.message is not None else ""):
            seen = [one for one in seen if not one.whole]
        if not log.at.path.endswith(".py"):  # where an object in a text is `[object Object]`
            seen = [one for one in seen if not one.whole or one.name not in log.inserted]
        seen = [one for one in seen if not (_is_marker(log, one.name) or _only_in_development(log, one.name))]
        if not seen:
            continue
        name, whole, sure = next((one for one in seen if one.sure), seen[0])
        what = f"all of `{name}`" if whole else f"`{name}`"
        finding = Finding(
            log.at,
            evidence=f"`{_plain(log.call)}` writes {what} into the log.",
            remedy="Name the fields that are needed, one by one."
            if whole
            else f"Log that it is there, or a keyed hash of it, never `{name}` itself.",
            slots={"name": name, "call": _plain(log.call)},
            confidence=Confidence.MEDIUM,
            strict=not sure or (whole and _redacts(project, log.at.path)),
        )
        yield finding, whole


def _is_marker(log: LogCall, name: str) -> bool:
    """Whether a plain token says where something stands or whose turn it is, by the file and the function around."""
    return name == "token" and any(map(MARKS.search, (basename(log.at.path), log.function)))


def _only_in_development(log: LogCall, name: str) -> bool:
    """Whether a value is put into a line on a condition: `...(isDevelopment && { body: req.body })`."""
    value = re.escape(name)
    guarded = re.compile(
        rf"(?:\.\.\.\(\s*(?P<asked>[^{{}}]*?)(?:&&|\?)\s*\(?\{{[^{{}}]*|\w\s*:\s*(?P<chosen>[^{{}},]*?)\?\s*)(?<![\w.]){value}(?![\w.])"
    )
    return any(
        in_development((match["asked"] or match["chosen"] or "",))
        for text in log.given
        for match in guarded.finditer(text)
    )


def _is_shown(project: Project, log: LogCall) -> bool:
    """Whether a line stands in a program that somebody calls in a terminal, or in what such a program alone loads."""
    by_hand = log.at.path in project.view(loaded_by_tools) and not runs(project, log.at.path, log.function)
    return log.at.path in project.view(tools) or by_hand


def _redacts(project: Project, path: str) -> bool:
    """Whether a file takes secrets out of something, which may be what it logs."""
    return any(REDACTS.search(fact.name) for fact in project.facts_of(path, Function))


def _is_sure(name: str) -> bool:
    """Whether a name says that its value lets somebody in."""
    return SURE.match(_last(name)) is not None or TOKEN.match(name) is not None


def _by_value(project: Project, log: LogCall) -> Iterator[_Seen]:
    """The secrets among the values that the line is given, and whether it is a whole request, by where they come from.

    A field that is called a secret holds one whatever the value is called there: `token=request.auth.key`.
    """
    for name, value in log.fields:
        if SECRET.match(_last(name)):
            held = _held(log, name)
            told = [one for one in holes(value) if _is_told(one) or (held and _was_made(one, log))]
            for called in (held or named(one) for one in told):
                yield _Seen(called, sure=SURE.match(_last(name)) is not None or _is_sure(called))
        yield from _come_from(project, value)
        yield from (_Seen(read) for one in holes(value) if log.at.holds(one.at) and (read := _header(one)))
    for value in (*log.arguments, *((log.message,) if log.message is not None else ())):
        yield from _come_from(project, value)
        yield from (_Seen(read) for one in holes(value) if (read := _header(one)))


def _header(call: Value) -> str:
    """The name of the header or cookie that a call reads, where it is a secret: `request.headers.get("X-Api-Key")`."""
    reads = isinstance(call, Call) and bool(call.arguments) and READS_HEADER.search(call.callee) is not None
    key = constant_text(call.arguments[0]) if reads and isinstance(call, Call) else None
    proves = key is not None and (PROOF.match(key) or SECRET.match(key.replace("-", "_").lower()))
    return key if key and proves else ""


def _held(log: LogCall, field: str) -> str:
    """The variable that a field is given, `""` where it is given none, or one that only tells something about a secret."""
    spelled = re.compile(rf"(?<![\w.]){re.escape(field)}['\"]?\s*[:=]\s*([A-Za-z_$][\w$]*)\s*(?=[,}})]|$)")
    name = next((match[1] for text in log.given if (match := spelled.search(text))), "")
    return "" if ABOUT.search(_last(name)) else name


def _was_made(value: Value, log: LogCall) -> bool:
    """Whether a value comes from a call before the line, and none that hides it or asks something about it."""
    made = isinstance(value, Call) and value.at.path == log.at.path and not log.at.holds(value.at)
    return made and isinstance(value, Call) and ASKS.search(value.callee) is None


def _is_told(value: Value) -> bool:
    """Whether a value under a secret's name is the secret, and nothing about it."""
    if isinstance(value, Reference | Parameter):
        return not ABOUT.search(_last(named(value)))
    return isinstance(value, Environment) or (isinstance(value, Call) and value.callee.endswith(".cookies.get"))


def _come_from(project: Project, value: Value) -> Iterator[_Seen]:
    """What a value is made of that is a secret by its origin: an environment variable, the body of the request."""
    for one in holes(value):
        if isinstance(one, Environment) and SECRET.match(_last(one.name)):
            yield _Seen(one.name)
        elif isinstance(one, Parameter) and (_came_in(project, one) or _is_body(project, one)):
            yield _Seen(one.name, whole=True)
        elif isinstance(one, Parameter | Reference) and (header := HEADER.search(named(one))) is not None:
            yield _Seen(header[1])
        elif isinstance(one, Parameter | Reference) and (key := SESSION_KEY.search(named(one))) is not None:
            yield _Seen(key[1] or key[2])
        elif isinstance(one, Call) and ASKS_HEADER.search(one.callee) and _names_proof(one):
            yield _Seen(f"{one.callee}({rendered(one.arguments[0])})")
        elif isinstance(one, Call) and COOKIE.search(one.callee) and _names_session(one):
            yield _Seen(f"{named(one)} of the session")
        elif isinstance(one := _undecoded(one), Call) and _asks_for_all(one):
            yield _Seen(
                f"{one.callee}()", whole=True
            )  # of the request itself; `req = client.post(…)` is somebody's answer
        elif WHOLE.match(read := FLASK.sub("", named(_undecoded(one)))) and not isinstance(one, Record):
            yield _Seen(read, whole=True)
        elif isinstance(one, Record):
            yield from _written(one)


def _came_in(project: Project, headers: Parameter) -> bool:
    """Whether headers are those of a request, by their type or as a handler gets them; others are of answers, too."""
    if (headers.name, headers.path) != ("headers", ""):
        return False
    handled = OF_REQUEST.search(headers.annotation) is not None
    return handled or (headers.at.path, headers.function) in project.view(answering)


def _is_body(project: Project, given: Parameter) -> bool:
    """Whether a parameter of a handler is the body of its request as it came, in which anything may be."""
    if given.path or given.name not in ("body", "payload") or not re.match(r"(?:dict|Dict)\b", given.annotation):
        return False
    place = (given.at.path, given.function)
    return any((endpoint.handler_path, endpoint.handler) == place for endpoint in project.view(endpoints))


def _names_proof(call: Call) -> bool:
    """Whether a header that is asked for by name proves who sends the request."""
    return bool(call.arguments) and PROOF.match(constant_text(call.arguments[0]) or "") is not None


def _names_session(call: Call) -> bool:
    """Whether a cookie that is asked for says by its name that it lets somebody in."""
    said = next((text for one in call.arguments if (text := constant_text(one)) is not None), "")
    return SESSION.search(said) is not None


def _written(record: Record) -> Iterator[_Seen]:
    """The secrets in an object that is written out: `{"authorization": f"Bearer {key}"}`."""
    for name, value in dict(record.entries).items():  # of one name the last
        if isinstance(value, Record):
            yield from _written(value)
        elif SECRET.match(_last(name)) and any(map(_is_told, holes(value))):
            yield _Seen(name, sure=isinstance(value, Text) or _is_sure(name))


def _asks_for_all(call: Call) -> bool:
    """Whether a call gives the body of a request."""
    return not isinstance(call.receiver, Call) and ASKED_WHOLE.search(call.callee) is not None


def _undecoded(value: Value) -> Value:
    """What a value was before it was decoded or parsed: `request.body` of `json.loads(request.body.decode())`."""
    while isinstance(value, Call) and value.name in DECODES:
        of_module = Reference(value.at, value.callee.rpartition(".")[0])
        value = value.receiver or next(iter(value.arguments), of_module)
    return value


def _inside(project: Project, log: LogCall) -> Iterator[_Seen]:
    """The secrets in the objects that are logged whole: `form.model_dump()` of a form that has a password."""
    fields = project.view(_fields)
    for value in (*log.arguments, *(value for _, value in log.fields), *(holes(log.message) if log.message else ())):
        whole = value.receiver if isinstance(value, Call) and value.name in DUMPS else value
        if isinstance(whole, Parameter) and whole.annotation and not whole.path:
            place = located(project, log.at.path, whole.annotation.strip("\"'"))
            yield from (_Seen(f"{whole.name}.{name}") for name in (fields.get(place, ()) if place is not None else ()))


def _fields(project: Project) -> dict[tuple[str, str], tuple[str, ...]]:
    """The secret fields of each class that would be written as they are."""
    found = {}
    for fact in project.facts(Class):
        secret = tuple(name for name, kind in fact.fields if TEXT.match(kind) and SECRET.match(_last(name)))
        if secret:
            found[fact.at.path, fact.name] = secret
    return found


def _plain(call: str) -> str:
    return re.sub(r"\s*\.\s*", ".", call)


def _exposed(log: LogCall) -> Iterator[_Seen]:
    """The secrets that the line is given, as written, and whether it is a whole request."""
    for text in map(_code, (*log.inserted, *log.given)):
        for match in _NAME.finditer(text):
            name, before, after = match[0], text[: match.start()], text[match.end() :]
            field = _FIELD.search(before)
            if field and ABOUT.search(_last(field[1])):
                continue  # which says what it is: `credentialId: credentials`
            if _asked_of(before) or _is_chosen(before, after) or _is_one_word(name, log):
                continue
            if _SAFE.search(before) or after.lstrip().startswith(
                ("(", ":", "=", "!=", "?", "is ", "[:", ".length", ".slice")
            ):
                continue
            if _PART.match(after):
                continue
            if WHOLE.match(name):
                yield _Seen(name, whole=True)
            elif name.isupper() or _is_object(name, log):
                continue
            elif SECRET.match(_last(name)):
                yield _Seen(name, sure=_is_sure(name))
            elif CODE.search(name) and _is_one_time(log):
                yield _Seen(name)


def _is_object(name: str, log: LogCall) -> bool:
    """Whether a value is no text: the tests around the line ask for its parts."""
    part = rf"(?<![\w.]){re.escape(name)}\??\.(?!{_OF_TEXT})[A-Za-z_]"
    return any(name in test and re.search(part, test) for test in log.conditions)  # most compile nothing


def _is_chosen(before: str, after: str) -> bool:
    """Whether parts of an object are written out that somebody chose."""
    return _WRITTEN_OUT.search(before) is not None and _REPLACED.match(after) is not None


def _is_one_word(name: str, log: LogCall) -> bool:
    """Whether a test around the line says what the value is: `if api_key == "public":`."""
    tests = map(_IS_WORD.fullmatch, log.conditions)
    return any(test is not None and test[1] == name for test in tests)


def _asked_of(before: str) -> bool:
    """Whether what comes next is given to a call that tells something about it: `getTokenType(token)`."""
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(before[place], 0)
        if depth < 0:
            return _ASKING.search(before[:place]) is not None
    return False


def _is_one_time(log: LogCall) -> bool:
    """Whether a line is about a code that lets somebody in, by its message."""
    said = rendered(log.message, " ") if log.message is not None else ""
    if ONE_TIME.search(said):
        return True
    given = (*log.arguments, *(value for _, value in log.fields), *(holes(log.message) if log.message else ()))
    return PROVES.search(said) is not None and any(map(_is_drawn, given))


def _is_drawn(value: Value) -> bool:
    """Whether a value comes by chance: `Math.floor(100000 + Math.random() * 900000)`."""
    if not isinstance(value, Call):
        return isinstance(value, Text) and any(map(_is_drawn, value.parts))
    inner = (*value.arguments, *((value.receiver,) if value.receiver is not None else ()))
    return DRAWS.search(value.callee) is not None or any(map(_is_drawn, inner))


def _code(text: str) -> str:
    """An argument without what stands in its strings, except for what is interpolated."""
    inner = _BACKTICKS.sub(lambda one: " ".join(_TEMPLATE.findall(one[0])), text)
    return _STRINGS.sub('""', _ASKED.sub(r'["\2"]', _STRINGS.sub(_interpolated, inner)))


def _interpolated(string: re.Match[str]) -> str:
    """What an f-string puts in; any other as it is."""
    return " ".join(_TEMPLATE.findall(string[0])) if "f" in string[1].lower() else string[0]


@lru_cache(maxsize=10_000)
def _last(name: str) -> str:
    """The last part of a dotted name in snake case."""
    last = re.split(r"\??\.|\[", name)[-1].strip("\"'](")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", last).lower().strip("_$)")


REMARK = (
    "`{name}` ends up wherever this log is shipped, kept and grepped. "
    "Whoever can read the log has it now; log that it was there, and rotate it if this line ever ran."
)

EXAMPLES = [
    """
=== tower/hooks.py
import json
import logging

from flask import Flask, request

logger = logging.getLogger(__name__)
app = Flask(__name__)

@app.post("/hooks")
def hook():
    raw = request.get_data()
    logger.debug("hook: %s", raw)  # <-- the body, whatever is in it
    logger.debug("hook: %s", request.data.decode())  # <-- the same as a text
    payload = json.loads(request.data)
    logger.debug("hook: %s", payload)  # <-- and as an object
    logger.debug("hook of %d bytes: %s", len(raw), payload["kind"])
    return {}
""",
    """
=== app/partners.py
import logging

from flask import request

log = logging.getLogger(__name__)

def partner():
    key = request.headers.get("X-Api-Key")
    name = request.headers.get("X-Partner")
    mine = request.headers.get("X-Organizer-Key")
    log.debug("asked with " + mine)  # <-- a header that proves who asks
    log.warning("unknown partner %s with %s", name, key)  # <-- the variable has the header
    log.warning("unknown partner %s", name)
""",
    """
=== app/auth.py
import logging

logger = logging.getLogger(__name__)

def login(request, email, password):
    logger.info("login of %s with %s", email, password)  # <-- the password itself
    token = issue(email)
    logger.debug(f"issued {token}")  # <-- a login for whoever reads the log
    logger.info("request", extra={"headers": request.headers})  # <-- the Authorization header is in there
    logger.info("token issued", extra={"email": email, "has_token": bool(token)})
    logger.info("password changed for %s", email)
    logger.info("token of length %d", len(token))
    logger.info("used %d tokens", usage.total_tokens)
    logger.info("asked with a cookie: %s, a form: %s", "csrftoken" in request.COOKIES, f"{'csrf' in request.POST}")
    logger.info(f"csrf={'csrf' in request.POST}")
    logger.info("token expires at %s", token.expires_at)
""",
    """
=== src/server.ts
import express from 'express'
import pino from 'pino'

const logger = pino()
const app = express()

app.post('/login', (req, res) => {
  logger.info({ body: req.body }, 'login') // <-- the password is in the body
  logger.info(`login: ${req.body}`)
  logger.info({ email: req.body.email, apiKey: req.body.apiKey }, 'login') // <-- a key by its name
  logger.info({ email: req.body.email, token: redact(req.body.token) }, 'login')
  const code = Math.floor(100000 + Math.random() * 900000)
  logger.info({ email: req.body.email, code }, 'password reset requested') // <-- whoever reads it resets it
  logger.info({ code }, 'room opened')
  logger.info({ code: failure.code }, 'password reset failed')
  logger.info({ hasToken: !!req.body.token }, 'login')
  logger.info(colour.blue(`the secret comes from a file`))
  logger.info(colour.blue(`it is ${req.body.secret}`)) // <-- put in
  res.json({ ok: true })
})
=== src/errors.ts
import pino from 'pino'

const logger = pino()

export function filterSecrets(error, req, res, next) {
  req.body = without(req.body)
  next(error)
}

export function log(error, req, res, next) {
  logger.error({ error, body: req.body }) // <-- strict: what is left of it
  next(error)
}
""",
    """
=== src/reading/consistency.ts
import pino from 'pino'

const logger = pino()

export function waited(token: string) {
  logger.warn({ token }, 'not there yet')
}
=== src/locks/distributed-lock.ts
import pino from 'pino'

const logger = pino()

export function released(token: string) {
  logger.debug({ token }, 'released')
}
=== src/accounts/unlocked.ts
import pino from 'pino'

const logger = pino()

export function opened(token: string) {
  logger.debug({ token }, 'opened') // <-- whoever has it opens the account
}
=== src/failed.ts
import express from 'express'
import pino from 'pino'

const logger = pino()
const app = express()

app.post('/orders', (req, res) => {
  logger.error({ url: req.url, ...(config.env === 'development' && { body: req.body }) }, 'failed')
  logger.error({ url: req.url, body: isDevelopment ? req.body : undefined }, 'failed')
  logger.error({ url: req.url, ...(config.env === 'production' && { body: req.body }) }, 'failed') // <-- where it matters
})
""",
    """
=== app/tokens.py
import structlog

log = structlog.get_logger()

def rotate(token):
    log.info("token_rotated", token_id=token.id, kind="refresh")
    log.warning("invalid token")
""",
]
