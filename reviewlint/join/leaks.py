"""Secrets and whole requests that go into the log: of each line of the servers the worst that it is given."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ..facts.code import Class
from ..facts.frozen import dataclass
from ..facts.location import Location
from ..facts.logs import LogCall
from ..facts.values import (
    Call,
    Choice,
    Constant,
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
from ..project import SERVER_SIDES, Project
from .developing import in_development, in_production
from .endpoints import endpoints, handling
from .inserted import without_texts
from .places import located
from .prints import PRINTS
from .running import runs
from .tools import loaded_by_tools, tools

_WORDS = (
    r"pass(?:word|wd|phrase)|pwd|secret|(?:access|refresh|auth|bearer|session|id|api|csrf|jwt|reset|invit(?:e|ation)"
    r"|verification|validation|activation|confirmation|renewal)_?token"
    r"|jwt|(?:api|secret|private|service_?role|signing|secret_access)_?key"
    r"|card_?number|cvv|cvc|ssn|otp(?:_?code)?|pin_?code|(?:reset|verification|recovery|login)_code"
)
_SURE = re.compile(rf"^(?:[a-z0-9]+_)*(?:{_WORDS})$")
"""The last name of a text that lets somebody in, in snake case."""
_TOKEN = re.compile(r"^(?P<sent>(?:(?:c\.|ctx\.)?req(?:uest)?|body|params|query|form|input|dto)\b.*\W)?token\W*$")
"""A variable, or a part of what was sent, that is called a token; any object may have a part that is."""
_LETS_IN = re.compile(
    r"auth|log[-_ ]?in|sign[-_ ]?(?:in|up)|session|invit|reset|verif|password|jwt|bearer|activat|confirm|unsubscri"
    r"|account|magic|\buser\b|\bissu(?:ed|ing)\b",
    re.IGNORECASE,
)
"""What the file, the function or the message of a line is about where its token lets somebody in."""
_SECRET = re.compile(
    r"^(?!(?:is|has|looks|valid|needs|use|require|enable|disable|activate|show|log|missing|masked|redacted|hashed|obfuscated|censored|sanitized|truncated|safe)_"
    r"|(?:[a-z0-9]+_)*(?:count|counts|with|without|per|by)_(?:[a-z0-9]+_)*[a-z0-9]+$)"
    rf"(?:[a-z0-9]+_)*(?:{_WORDS}|token|access_?key|authorization|credentials)$|^(?:(?:set|auth|login|session|refresh|access|request|req|raw|all)_)*cookies?$"
)
"""The last name of a value, in snake case, that may be a secret's: any token, `credentials` and cookies among them."""

_CODE = re.compile(
    r"(?:^|\b(?:body|dto|input|data|payload|params|user|otp|verification)\??\.)"
    r"(?:(?:sms|plain|raw|generated|new)_?)?(?:code|pin|passcode|oneTimeCode|verificationCode|magicLink)$",
    re.IGNORECASE,
)
"""What a code is called; whether it lets somebody in, only the message says."""
_ONE_TIME = re.compile(
    r"\b(?:one[- ]?time|otp|2fa|mfa|two[- ]factor|magic[- ]link|passcode"
    r"|(?:verification|confirmation|recovery|reset|security|log-?in|sign-?in|sms|access) (?:code|pin))\b",
    re.IGNORECASE,
)
"""Messages by which a plain `code` is one that lets somebody in."""
_PROVES = re.compile(r"\b(?:passwords?|reset|log-?in|sign-?in|verif\w+|confirm\w*|authenticat\w+)\b", re.IGNORECASE)
_DRAWS = re.compile(r"(?:^|\.)(?:Math\.random|randomInt|randint|randrange|randbelow)$")
"""Messages by which a `code` that these calls have drawn lets somebody in."""
_WHOLE = re.compile(
    r"^(?:req|request|ctx|context|ctx\.request|ctx\.req|event|c\.req)\.(?:body|headers|cookies|rawHeaders|get_json\(\)|json\(\)|raw)$"
    r"|^(?:dict\()?request\.(?:headers|cookies|data|form|json|POST|META)\)?$|^process\.env$|^os\.environ$|^(?:req|request)\.body$"
)
"""A whole request, or the whole environment."""

_ABOUT = re.compile(
    r"(?:^|_)(?:ids?|hash(?:ed)?|digest|mask(?:ed)?|redacted|names?|types?|kinds?|count|len|length|size|status|version|at|date"
    r"|expir\w*|valid|present|exists|enabled|required|prefix|suffix|last\d?|hint|preview|fingerprint|scopes?|policy|schema"
    r"|index|limit|url|path|tokens|used|usage|total|budget)$"
    r"|^(?:has|is|masked|redacted|hashed|safe|n|num|max|min)_"
)
"""Last names of values that tell something about a secret."""
_ASKS = re.compile(
    r"mask|redact|saniti[sz]e|obfusc|hash|sha\d|md5|digest|hmac|fingerprint|trunc|slice|substr|last_?(?:four|\d)|encrypt|^len$|^bool$|^type$|Boolean"
    r"|count|compare|verify|check|valid|exists|includes|(?:^|\.)(?:has|is)[A-Z_]|\.(?:has|test|some|every|length|delete|update)$",
    re.IGNORECASE,
)
"""Calls that hide a secret, or ask something about it."""
_ASKED_WHOLE = re.compile(
    r"^(?:req|request|flask\.request|c\.req|event\.request|ctx\.request)\.(?:json|text|formData|parseBody|get_json|body|get_data|read|form|arrayBuffer|blob)$"
)
"""Calls that give the body of a request."""

_DECODES = frozenset({"decode", "loads", "dumps", "str", "repr", "dict", "strip", "to_dict", "stringify", "parse"})
"""Calls that give all of what they are given in another form."""
_FLASK = re.compile(r"^(?:flask|quart)\.")

_CSP = re.compile(r"(?:\b|_)csp(?:\b|_)|content.?security.?policy|csp_?(?:report|violation)", re.IGNORECASE)
"""Reports of browsers about their pages, which hold nothing of their users and are sent to be logged."""
_READS_HEADER = re.compile(r"(?:^|\.)(?:headers|cookies|META|COOKIES)\.get$")
"""The call by which Python's frameworks give one header or cookie."""
_NAME = re.compile(r"(?<![\w.\"'])[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[[\"'][\w-]+[\"']\])*(?:\(\))?")
_HEADER = re.compile(
    r"(?:req(?:uest)?|ctx|c\.req)\b.*\b(?:headers\.|META\.HTTP_)"
    r"(authorization|proxy[-_]authorization|cookie|x[-_](?!idempotency)[\w-]*(?:key|token|secret))$",
    re.IGNORECASE,
)
"""A header by which a request proves who sends it, taken from the request."""
_ASKS_HEADER = re.compile(r"^(?:req|request|c\.req|ctx|ctx\.request)\.(?:header|get|headers\.get)$")
"""The calls by which JavaScript's frameworks give one header of a request."""
_PROOF = re.compile(
    r"^(?:authorization|proxy-authorization|cookie|x-(?!idempotency)[\w-]*(?:key|token|secret))$", re.IGNORECASE
)
_OF_REQUEST = re.compile(r"\bIncomingHttpHeaders\b")
"""The type of headers that came with a request."""
_SESSION_KEY = re.compile(r"\bsession\.(session_key|sid)$|\breq(?:uest)?\.(sessionID)$")
"""What a session's cookie holds, by the names of Django, Flask-Session and express-session."""
_COOKIE = re.compile(r"(?:^|\.)cookies\.get$|(?:^|\.)get(?:Signed)?Cookie$")
_SESSION = re.compile(
    r"^(?:__(?:Host|Secure)-)?(?:\w+[._-])?(?:sid|sess(?:ion)?(?:[_-]?(?:id|token))?|(?:auth|access|refresh|id)?[_-]?token|jwt|auth)$",
    re.IGNORECASE,
)
"""Cookies that let somebody in, by their names."""
_TEXT = re.compile(r"str(?:ing)?\b")
"""A type whose values are written as they are."""
_OF_TEXT = (
    r"(?:starts_?[wW]ith|ends_?[wW]ith|length|strip|trim|split|includes|match|lower|upper|toLowerCase|isdigit|test)\b"
)
_ASKING = re.compile(r"(?:^|[^\w$])(?:get|is|has|find|type|kind|describe|classify|check|count)(?:_?[A-Z_][\w$]*)?$")
"""The callee of what tells something about what it is given."""
_CLAIMS = re.compile(
    r"(?:^|[^\w$])(?:(?:\w*jwt|jose|jsonwebtoken)\.(?:decode|verify)(?:_complete)?|jwt_?[dD]ecode|get_unverified_(?:claims|header)"
    r"|decode_?(?:[jJ]wt|JWT|(?:(?:access|id)_?)?[tT]oken)(?:_?[cC]laims|_?[pP]ayload)?)$"
)
"""The callee of what takes a token apart: its claims let nobody in."""
_DOUBLE = re.compile(r"_*(?:Mock|Fake|Stub|Dummy)(?:[A-Z]\w*)?\.")
"""Methods of what tests put in the place of the real one."""
_IN_LINK = re.compile(r"[?&#]([A-Za-z][\w-]*)=$")
"""How a text ends before the value of a link's parameter."""
_ENCODES = frozenset(
    {"encodeURIComponent", "encodeURI", "String", "str", "quote", "quote_plus", "urlsafe_base64_encode"}
)
"""Calls that give all of what they are given in a form that a link can carry."""
_CUT = ("...", "…", "***")
"""What follows a value of which only the beginning is shown."""
_DUMPS = frozenset({"model_dump", "model_dump_json", "dict", "json", "asdict", "str", "repr"})
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
_HIDES = re.compile(
    r"(?:^|[^\w$])(?:filter|redact|mask|saniti[sz]e|scrub|clean|strip|omit|pick|safe(?!_?(?:[sS]tringif|[jJ]son|JSON|[dD]ump))|hide|censor|summari[sz]e|hash|digest"
    r"|fingerprint|obfuscate)(?:_?[A-Z_][\w$]*)?$"
)
"""The callee of what leaves out of something what no log may hold."""
_MEASURED = re.compile(r"[^(){},]*\)\s*\.(?:length|byteLength)\b")
"""What follows something of which only the size is told: `JSON.stringify(body).length`."""
_PART_AS = re.compile(r"\s+as\s[^(){}]*\)\s*\??[.\[]")
"""What follows something whose type is said to get at one part of it: `(request.body as any).error`."""
_PART = re.compile(r"\[[A-Za-z_$]")
"""Behind a name: one part of it, and only the program knows which."""
_GOES_ON = re.compile(r"\s+\??\.[A-Za-z_]")
"""Behind a name: the next line of its chain, which gets something out of it."""
_GUARDS = re.compile(r"\s*(?:&&|and\b)")
"""Behind a name: what is given where it is there."""
_ENDS_THERE = re.compile(r"[\[.\w]*…$")
"""Behind a name: the end of what is known of a long argument, where a part of it may be named."""
_CUT_OUT = re.compile(r"\[[^\[\]:]*:")
"""Behind a name: some of its letters: `[:8]`, `[-8:]`."""


@dataclass(frozen=True, slots=True)
class Leak:
    """What a line is given: its name, whether it is a whole request, and whether it is certain to be a secret."""

    name: str
    whole: bool = False
    sure: bool = True


def leaks(project: Project) -> dict[Location, tuple[LogCall, Leak]]:
    """The view: the lines that are given a secret or a whole request, by their places and in order, each with one."""
    found = {}
    for log in project.facts(LogCall, *SERVER_SIDES):
        if in_development(log.conditions):
            continue
        if log.library in PRINTS and _is_shown(project, log):
            continue  # what somebody asked a program to make and to show
        if _DOUBLE.match(log.function):
            continue  # whose tokens are made up
        seen = [*_exposed(log), *_by_value(project, log), *_inside(project, log)]
        if _CSP.search(log.function) or _CSP.search(rendered(log.message, "") if log.message is not None else ""):
            seen = [one for one in seen if not one.whole]
        if not log.at.path.endswith(".py"):  # where an object in a text is `[object Object]`
            seen = [one for one in seen if not one.whole or one.name not in log.inserted]
        seen = [one for one in seen if not _only_in_development(log, one.name)]
        if seen:
            found[log.at] = log, next((one for one in seen if one.sure), seen[0])
    return found


def _only_in_development(log: LogCall, name: str) -> bool:
    """Whether a value is put into a line on a condition: `...(isDevelopment && { body: req.body })`.

    Or instead of something else: `body: isProduction ? undefined : req.body`.
    """
    value = re.escape(name)
    instead = re.compile(rf"\w\s*:\s*(?P<asked>[^{{}},?]+?)\?[^{{}},?:]*:\s*{value}(?![\w.])")
    guarded = re.compile(
        rf"(?:\.\.\.\(\s*(?P<asked>[^{{}}]*?)(?:&&|\?)\s*\(?\{{[^{{}}]*|\w\s*:\s*(?P<chosen>[^{{}},]*?)\?\s*)(?<![\w.]){value}(?![\w.])"
    )
    return any(
        any(in_development((match["asked"] or match["chosen"] or "",)) for match in guarded.finditer(text))
        or any(in_production(match["asked"]) for match in instead.finditer(text))
        for text in log.given
    )


def _is_shown(project: Project, log: LogCall) -> bool:
    """Whether a line stands in a program that somebody calls in a terminal, or in what such a program alone loads."""
    by_hand = log.at.path in project.view(loaded_by_tools) and not runs(project, log.at.path, log.function)
    return log.at.path in project.view(tools) or by_hand


def _is_sure(name: str, log: LogCall) -> bool:
    """Whether a name says that its value lets somebody in; a plain token's does so with what is around it."""
    token = _TOKEN.match(name)
    if token is None:
        return _SURE.match(_last(name)) is not None
    said = rendered(log.message, "") if log.message is not None else ""
    if token["sent"] is not None or any(map(_LETS_IN.search, (log.at.path, log.function, said))):
        return True
    given = (*log.arguments, *(value for _, value in log.fields), *(holes(log.message) if log.message else ()))
    return any((of := _TOKEN.match(named(value))) is not None and of["sent"] is not None for value in given)


def _by_value(project: Project, log: LogCall) -> Iterator[Leak]:
    """The secrets among the values that the line is given, and whether it is a whole request, by where they come from.

    A field that is called a secret holds one whatever the value is called there: `token=request.auth.key`.
    """
    for name, value in log.fields:
        if _SECRET.match(_last(name)) and not _is_cut(log, name):
            held = _held(log, name)
            told = [one for one in _shown(value) if _is_told(one) or (held and _was_made(one, log))]
            for called in (held or named(one) for one in told):
                yield Leak(called, sure=_SURE.match(_last(name)) is not None or _is_sure(called, log))
        yield from () if _is_cut(log, name) else _come_from(project, value, log)
        yield from (Leak(read) for one in _shown(value) if log.at.holds(one.at) and (read := _header(one)))
        yield from _in_links(value, log)
    for value in (*log.arguments, *((log.message,) if log.message is not None else ())):
        yield from _in_links(value, log)
        yield from _come_from(project, value, log)
        yield from (Leak(read) for one in _shown(value) if (read := _header(one)))


def _in_links(value: Value, log: LogCall) -> Iterator[Leak]:
    """The secrets in a link that somebody is sent: `f"{site}/reset?token={token}"`."""
    parts = (*value.parts, None) if isinstance(value, Text) else ()
    for before, part, after in zip(parts, parts[1:], parts[2:], strict=False):
        link = _IN_LINK.search(str(before.value)) if isinstance(before, Constant) else None
        if link is None or not _SECRET.match(_last(link[1])) or part is None:
            continue
        if _is_cut_off(after):
            continue
        while isinstance(part, Call) and part.name in _ENCODES and part.arguments:
            part = part.arguments[0]
        if not isinstance(part, Constant | Call) and not _ABOUT.search(_last(named(part))):
            opens = _SURE.match(_last(link[1])) or _LETS_IN.search(str(getattr(before, "value", "")))
            yield Leak(named(part), sure=opens is not None or _is_sure(named(part), log))


def _shown(value: Value, *, inner: bool = False) -> Iterator[Value]:
    """The holes of a value, without those of which only the beginning is shown: `f"{token[:4]}…"`."""
    match value:
        case Text(parts=parts):
            if not (inner and any(map(_is_cut_off, parts))):
                for part, after in zip(parts, (*parts[1:], None), strict=True):
                    yield from () if _is_cut_off(after) else _shown(part, inner=True)
        case Choice(options=several):
            for option in several:
                if not _guards(option, several):
                    yield from _shown(option, inner=inner)
        case _:
            yield from holes(value)


def _guards(option: Value, several: Sequence[Value]) -> bool:
    """Whether a value is only asked whether it is there, for a part of it: `req.body && req.body.email`."""
    whole = named(option)
    return bool(whole) and any(named(one).startswith((f"{whole}.", f"{whole}?.", f"{whole}[")) for one in several)


def _is_cut_off(after: Value | None) -> bool:
    return isinstance(after, Constant) and str(after.value).startswith(_CUT)


def _is_cut(log: LogCall, field: str) -> bool:
    """Whether a field is given a part of something alone: `"token": token[:8] + "…"`."""
    part = re.compile(rf"(?<![\w.]){re.escape(field)}['\"]?\s*[:=]\s*[\w.]+\[[^\[\]]*:")
    return any(map(part.search, log.given))


def _header(call: Value) -> str:
    """The name of the header or cookie that a call reads, where it is a secret: `request.headers.get("X-Api-Key")`."""
    reads = isinstance(call, Call) and bool(call.arguments) and _READS_HEADER.search(call.callee) is not None
    key = constant_text(call.arguments[0]) if reads and isinstance(call, Call) else None
    proves = key is not None and (_PROOF.match(key) or _SECRET.match(key.replace("-", "_").lower()))
    return key if key and proves else ""


def _held(log: LogCall, field: str) -> str:
    """The variable that a field is given, `""` where there is none, or where it only tells something about a secret."""
    spelled = re.compile(rf"(?<![\w.]){re.escape(field)}['\"]?\s*[:=]\s*([A-Za-z_$][\w$]*)\s*(?=[,}})]|$)")
    name = next((match[1] for text in log.given if (match := spelled.search(text))), "")
    return "" if _ABOUT.search(_last(name)) else name


def _was_made(value: Value, log: LogCall) -> bool:
    """Whether a value comes from a call before the line, and none that hides it or asks something about it."""
    made = isinstance(value, Call) and value.at.path == log.at.path and not log.at.holds(value.at)
    return made and isinstance(value, Call) and _ASKS.search(value.callee) is None


def _is_told(value: Value) -> bool:
    """Whether a value under a secret's name is the secret, and nothing about it."""
    if isinstance(value, Reference | Parameter):
        return not _ABOUT.search(_last(named(value)))
    return isinstance(value, Environment) or (isinstance(value, Call) and value.callee.endswith(".cookies.get"))


def _come_from(project: Project, value: Value, log: LogCall) -> Iterator[Leak]:
    """What a value is made of that is a secret by its origin: an environment variable, the body of the request."""
    for one in _shown(value):
        if isinstance(one, Environment) and _SECRET.match(_last(one.name)):
            yield Leak(one.name, sure=_last(one.name).endswith("token") or _is_sure(one.name, log))
        elif isinstance(one, Parameter) and (_came_in(project, one) or _is_body(project, one)):
            yield Leak(one.name, whole=True)
        elif isinstance(one, Parameter | Reference) and (header := _HEADER.search(named(one))) is not None:
            yield Leak(header[1])
        elif isinstance(one, Parameter | Reference) and (key := _SESSION_KEY.search(named(one))) is not None:
            yield Leak(key[1] or key[2])
        elif isinstance(one, Call) and _ASKS_HEADER.search(one.callee) and _names_proof(one):
            yield Leak(f"{one.callee}({rendered(one.arguments[0])})")
        elif isinstance(one, Call) and _COOKIE.search(one.callee) and _names_session(one):
            yield Leak(f"{named(one)} of the session")
        elif isinstance(one := _undecoded(one), Call) and _asks_for_all(one):
            yield Leak(
                f"{one.callee}()", whole=True
            )  # of the request itself; `req = client.post(…)` is somebody's answer
        elif _WHOLE.match(read := _FLASK.sub("", named(_undecoded(one)))) and not isinstance(one, Record):
            yield Leak(read, whole=True)
        elif isinstance(one, Record):
            yield from _written(one, log)


def _came_in(project: Project, headers: Parameter) -> bool:
    """Whether headers are those of a request, by their type or as a handler gets them; messages have some, too."""
    if (headers.name, headers.path) != ("headers", ""):
        return False
    place = (headers.at.path, headers.function)
    return _OF_REQUEST.search(headers.annotation) is not None or place in project.view(handling)


def _is_body(project: Project, given: Parameter) -> bool:
    """Whether a parameter of a handler is the body of its request as it came, in which anything may be."""
    if given.path or given.name not in ("body", "payload") or not re.match(r"(?:dict|Dict)\b", given.annotation):
        return False
    place = (given.at.path, given.function)
    return any((endpoint.handler_path, endpoint.handler) == place for endpoint in project.view(endpoints))


def _names_proof(call: Call) -> bool:
    """Whether a header that is asked for by name proves who sends the request."""
    return bool(call.arguments) and _PROOF.match(constant_text(call.arguments[0]) or "") is not None


def _names_session(call: Call) -> bool:
    """Whether a cookie that is asked for says by its name that it lets somebody in."""
    said = next((text for one in call.arguments if (text := constant_text(one)) is not None), "")
    return _SESSION.search(said) is not None


def _written(record: Record, log: LogCall) -> Iterator[Leak]:
    """The secrets in an object that is written out: `{"authorization": f"Bearer {key}"}`."""
    for name, value in dict(record.entries).items():  # of one name the last
        if isinstance(value, Record):
            yield from _written(value, log)
        elif _SECRET.match(_last(name)) and any(map(_is_told, _shown(value))):
            yield Leak(name, sure=isinstance(value, Text) or _is_sure(name, log))


def _asks_for_all(call: Call) -> bool:
    """Whether a call gives the body of a request."""
    return not isinstance(call.receiver, Call) and _ASKED_WHOLE.search(call.callee) is not None


def _undecoded(value: Value) -> Value:
    """What a value was before it was decoded or parsed: `request.body` of `json.loads(request.body.decode())`."""
    while isinstance(value, Call) and value.name in _DECODES:
        of_module = Reference(value.at, value.callee.rpartition(".")[0])
        value = value.receiver or next(iter(value.arguments), of_module)
    return value


def _inside(project: Project, log: LogCall) -> Iterator[Leak]:
    """The secrets in the objects that are logged whole: `form.model_dump()` of a form that has a password."""
    fields = project.view(_fields)
    for value in (*log.arguments, *(value for _, value in log.fields), *(holes(log.message) if log.message else ())):
        whole = value.receiver if isinstance(value, Call) and value.name in _DUMPS else value
        if isinstance(whole, Parameter) and whole.annotation and not whole.path:
            place = located(project, log.at.path, whole.annotation.strip("\"'"))
            yield from (Leak(f"{whole.name}.{name}") for name in (fields.get(place, ()) if place is not None else ()))


def _fields(project: Project) -> dict[tuple[str, str], tuple[str, ...]]:
    """The secret fields of each class that would be written as they are."""
    found = {}
    for fact in project.facts(Class):
        secret = tuple(name for name, kind in fact.fields if _TEXT.match(kind) and _SECRET.match(_last(name)))
        if secret:
            found[fact.at.path, fact.name] = secret
    return found


def _exposed(log: LogCall) -> Iterator[Leak]:
    """The secrets that the line is given, as written, and whether it is a whole request."""
    for text in map(without_texts, (*log.inserted, *log.given)):
        for match in _NAME.finditer(text):
            name, before, after = match[0], text[: match.start()], text[match.end() :]
            field = _FIELD.search(before)
            if field and _ABOUT.search(_last(field[1])):
                continue  # which says what it is: `credentialId: credentials`
            if _asked_of(before, after) or _is_chosen(before, after) or _is_one_word(name, log):
                continue
            if _SAFE.search(before) or after.lstrip().startswith(
                ("(", ":", "=", "!=", "?", "is ", ".length", ".slice")
            ):
                continue
            if any(one.match(after) for one in (_PART, _GOES_ON, _CUT_OUT, _PART_AS, _GUARDS, _ENDS_THERE)):
                continue
            if _WHOLE.match(name):
                yield Leak(name, whole=True)
            elif name.isupper() or _is_object(name, log):
                continue
            elif _SECRET.match(_last(name)):
                yield Leak(name, sure=_is_sure(name, log))
            elif _CODE.search(name) and _is_one_time(log):
                yield Leak(name)


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


def _asked_of(before: str, after: str) -> bool:
    """Whether what comes between is only asked about, hidden or taken apart: `tokenType(token)`, `!(token || key)`."""
    if _MEASURED.match(after):
        return True
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(before[place], 0)
        if depth < 0:
            around, depth = before[:place].rstrip(), 0
            if around.endswith("!") or any(one.search(around) for one in (_ASKING, _HIDES, _CLAIMS)):
                return True
    return False


def _is_one_time(log: LogCall) -> bool:
    """Whether a line is about a code that lets somebody in, by its message."""
    said = rendered(log.message, " ") if log.message is not None else ""
    if _ONE_TIME.search(said):
        return True
    given = (*log.arguments, *(value for _, value in log.fields), *(holes(log.message) if log.message else ()))
    return _PROVES.search(said) is not None and any(map(_is_drawn, given))


def _is_drawn(value: Value) -> bool:
    """Whether a value comes by chance: `Math.floor(100000 + Math.random() * 900000)`."""
    if not isinstance(value, Call):
        return isinstance(value, Text) and any(map(_is_drawn, value.parts))
    inner = (*value.arguments, *((value.receiver,) if value.receiver is not None else ()))
    return _DRAWS.search(value.callee) is not None or any(map(_is_drawn, inner))


@lru_cache(maxsize=10_000)
def _last(name: str) -> str:
    """The last part of a dotted name in snake case."""
    last = re.split(r"\??\.|\[", name)[-1].strip("\"'](")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", last).lower().strip("_$)")
