"""What looks at a request's body before anything is done with it, and what only takes it apart."""

import re

from ..facts.code import Function
from ..facts.data import CallMade
from ..facts.location import Location
from ..facts.values import Call, Parameter, Reference, Value, named, options
from ..project import Project
from .endpoints import Endpoint
from .functions import functions
from .places import called, located
from .responses import responses
from .taken import BODY, of_body, spelled

_WHOLE = re.compile(
    r"(?:^|\.)(?:request|req)\.(?:body|data|json|get_json|get_data|body\.decode|get_json\(\)|json\(\))(?:\(|$)"
)
"""A request's body, as it came or parsed."""
CHECKS = re.compile(
    r"(?:safe_?)?parse(?!(?:Int|Float)?$)|valid|schema|check|assert|ensure|require_?(?:fields|keys|params|json)|sanit|isinstance|^is[A-Z]|\.load$|verify|guard"
    r"|zod|joi|yup|ajv|dto|celebrate|typebox|from_dict|structure|construct|timingSafeEqual|compare_digest|(?:^|request|req)_?body$",
    re.IGNORECASE,
)
"""Calls, and what stands around a handler, that check something, by their names."""
_CALLER = re.compile(
    r"(?:guard|check|ensure|assert|verify)(?=(?:ed)?$)"
    r"|(?:check|ensure|assert|verify|validate|require|guard|is)_?(?=auth|jwt|token|user|session|logged|signed|role|admin|perm|owner)",
    re.IGNORECASE,
)
"""In the names of what stands around a handler: that it looks at who is asking, which says nothing of the body."""
_VALIDATORS = re.compile(r"[@\w/-]*(?:valid|celebrate)[\w/-]*\.")
"""Packages that check requests, whatever their middleware is called."""
_VALIDATES = re.compile(
    r"(?:^|\.)(?:(?:safe_?)?parse(?:Async)?|check|assert|decode|cast|load|\w*schema)$|valid(?!Until|From|ity)",
    re.IGNORECASE,
)
"""What checks what it is given against a schema, by the callee."""
_FOLLOWED = 2
"""How many functions a body is followed through that one in front of a handler gets."""
_ELSEWHERE = re.compile(r"\.(?:query|params|headers|cookies|method|url|nextUrl)\b")
"""What a request has beside its body."""
_LOOKED_UP = re.compile(r"(?:\b(?:searchParams|headers|cookies)\.get|\breq\.(?:param|query|header|get))$")
"""Calls that look into it."""
_ROW = re.compile(
    r"\.(?:query\w*|find(?:One|First|Unique|By|Many)\w*|find|first|single|maybeSingle|one|oneOrNone|get_?(?:by_?id|one)"
    r"|getOne\w*|executeTakeFirst\w*|fetch_?one|fetchrow|scalar\w*|get_object_or_404)\(\)",
    re.IGNORECASE,
)
"""A part of what a lookup gave, by its name."""
_CONVERTS = frozenset({"Number", "String", "parseInt", "Number.parseInt", "int", "str"})
"""What gives a value in another form."""
_NUMBERS = frozenset({"int", "float", "Decimal", "UUID"})
"""Those of Python that fail for what is none."""


def guards_body(project: Project, path: str, guard: str) -> bool:
    """Whether what stands in front of a handler looks at the body: by what it does, by its name where nobody sees that.

    Python's decorators and dependencies may as well hand the body on: there the name is enough.
    """
    spoken = _CALLER.sub("", guard.rpartition(".")[2] or guard)
    named_so = CHECKS.search(spoken) is not None or _VALIDATORS.match(guard) is not None
    place = located(project, path, guard)
    function = project.view(functions).get(place) if place is not None else None
    if place is None or function is None or not function.calls or (named_so and path.endswith(".py")):
        return named_so
    own = [answer for answer in project.view(responses) if (answer.at.path, answer.response.function) == place]
    refuses = [answer for answer in own if answer.status in (400, 422)]
    if named_so and refuses:
        return True
    asked_body = any("body" in condition for answer in refuses for condition in answer.response.conditions)
    return asked_body or _inspects(project, function, named_so, _FOLLOWED)


def _inspects(project: Project, function: Function, named_so: bool, hops: int) -> bool:
    """Whether a function checks a request's body, itself or by others that it hands it.

    One that is named so (or is handed the whole request by one) does whatever it is that gets the body.
    """
    for call in project.calls_made(function.at.path, {callee.rpartition(".")[2] for callee in function.calls}):
        if call.function != function.name or not call.arguments or not looks_at_body(call):
            continue
        place = called(project, function, call.callee)
        target = project.view(functions).get(place) if place is not None else None
        if (target is None and _VALIDATES.search(call.callee)) or (named_so and any(map(of_body, call.arguments))):
            return True
        if target is not None and target is not function and hops and _inspects(project, target, False, hops - 1):
            return True
    return False


def looks_at_body(call: CallMade) -> bool:
    """Whether a call that checks something may check the body: it is given what does not come from elsewhere."""
    given = (*call.arguments, *(value for _, value in call.keywords))
    return not given or not all(map(is_elsewhere, given))


def is_elsewhere(value: Value) -> bool:
    """Whether a value is certainly not of the request's body: of its path, query, headers, method, or of a row."""
    match value:
        case Parameter(path=path):
            return _ELSEWHERE.match(path) is not None
        case Reference(name=name):
            return _ROW.search(name) is not None and not BODY.search(name)
        case Call(callee=callee, arguments=arguments):
            asked = _LOOKED_UP.search(callee) is not None
            return asked or (callee in _CONVERTS and bool(arguments) and all(map(is_elsewhere, arguments)))
        case _:
            return False


def loading(project: Project, endpoint: Endpoint) -> frozenset[str]:
    """What a handler takes a body apart with: `json.loads` of Django's views, helpers that give all a request holds."""
    function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
    found = {"json.loads"} if endpoint.framework == "django" and _loads_body(project, endpoint) else set()
    for callee in function.calls if function is not None and function.at.path.endswith(".py") else ():
        place = called(project, function, callee) if function is not None else None
        helper = project.view(functions).get(place) if place is not None else None
        if helper is not None and not any(map(CHECKS.search, helper.calls)):
            returned = (option for one in helper.returns for option in options(one))
            found |= {callee} if any(map(_is_whole, returned)) else set()
    return frozenset(found)


def _loads_body(project: Project, endpoint: Endpoint) -> bool:
    """Whether what a view of Django takes apart by `json.loads` is always what it was sent, and no answer to it."""
    loaded = [
        made
        for made in project.calls_made(endpoint.handler_path, {"loads"})
        if made.function == endpoint.handler and made.callee == "json.loads"
    ]
    return all(made.arguments and _WHOLE.search(named(made.arguments[0])) for made in loaded)


def _is_whole(value: Value) -> bool:
    """Whether a value is the whole body of a request: `json.loads(request.body)`, `request.get_json()`."""
    if isinstance(value, Call) and value.callee == "json.loads" and value.arguments:
        value = value.arguments[0]
    return any(_WHOLE.search(named(one)) for one in options(value))  # `request.body or b"{}"`


def reads_number(project: Project, place: tuple[str, str], write: Location, taken: Value) -> bool:
    """Whether a handler makes a number of that very value before, which fails where it is none."""
    made = (one for one in project.calls_made(place[0], _NUMBERS) if one.function == place[1] and one.at < write)
    return any(spelled(value) == spelled(taken) for one in made for value in one.arguments)
