"""Every response of the project with the status and the body that the client gets, followed through its own code.

A response that a helper builds has the helper's status and shape with the caller's arguments put in; one that is raised
has what the global error handler makes of it, or the framework's default; a body that is a call of the project's own
function or class has what that returns. What cannot be followed stays unknown.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..facts.code import Function
from ..facts.http import ErrorHandler, Response
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.statuses import status_of_word
from ..facts.values import (
    Call,
    Choice,
    Constant,
    Parameter,
    Record,
    Reference,
    Value,
    constant_text,
    options,
)
from ..project import Project
from .code import Code, Place, family
from .places import located
from .written import (
    DEFAULT_STATUS,
    MAX_HOPS,
    STATUSES,
    Bindings,
    arguments,
    bound,
    expanded,
    is_computed,
    number,
)

CATCH_ALL = frozenset({"Exception", "BaseException", "Error", "builtins.Exception", "builtins.BaseException"})

CONSTRUCTORS = ("__init__", "constructor")

DEFAULT_DETAIL = "default_detail"
"""What classes of REST framework's exceptions call the message of those that are raised without one."""

MESSAGES = (DEFAULT_DETAIL, "message", "detail", "description", "msg")
"""What classes of exceptions call it, theirs among them."""

INSTANCE = re.compile(
    r"^(?P<not>not )?\(?(?:[\w.]+ instanceof (?P<ts>[\w.]+)|isinstance\([\w.]+, (?P<py>[\w.]+)\))\)?$"
)
"""A condition that asks for the class of an exception."""

OF_NEST = "@nestjs/common."
HTTP_OF_NEST = f"{OF_NEST}HttpException"
"""The class from which all exceptions are derived that Nest brings along."""

EXCEPTIONS = {"rest_framework.": "django", OF_NEST: "nest"}
"""Whose exceptions those of a module are, by the start of its name."""

UNANSWERED = re.compile(r"^\w*response is None$|^not \w*response$")
"""The test of a handler of REST framework's for what the framework itself has no answer to."""


class _Shape(NamedTuple):
    """What a class of responses takes: whether its content goes out as JSON, and which argument is the status."""

    json: bool
    status_at: int


RESPONSE_CLASSES = {
    "JSONResponse": _Shape(True, 1),
    "ORJSONResponse": _Shape(True, 1),
    "UJSONResponse": _Shape(True, 1),
    "JsonResponse": _Shape(True, -1),
    "Response": _Shape(True, 1),
    "PlainTextResponse": _Shape(False, 1),
    "HTMLResponse": _Shape(False, 1),
    "HttpResponse": _Shape(False, 2),
}
"""The classes of Starlette, Flask, Django and its REST framework from which projects derive their own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as the client gets it.

    `response` is the fact where the code gives it, `at` its place. `origin` is where its shape is written: the same
    place, or that of the helper, exception class or global handler which builds it. `body` is the JSON, None where it
    is not JSON or not known; `text` the body sent as text. `handled` where a global handler takes what is raised,
    `handler` is its file and function where they are known. `is_one_of` where a helper answers now with one status, now
    with another: by tests of its own, of which those around its call say nothing.
    """

    response: Response
    status: int | None
    body: Value | None
    text: Value | None
    origin: Location
    handled: bool = False
    handler: tuple[str, str] | None = None
    is_one_of: bool = False

    @property
    def at(self) -> Location:
        """Where the code gives the response."""
        return self.response.at

    def lacks_header(self, name: str) -> bool:
        """Whether none of the headers that the response can be given is `name`, in lower case; so where it has none."""
        headers = self.response.headers
        return headers is None or all(
            (isinstance(one, Constant) and one.value is None)
            or (isinstance(one, Record) and not one.open and name not in map(str.lower, one.keys))
            for one in options(headers)
        )


def responses(project: Project) -> tuple[Answer, ...]:
    """The view: an answer for every response that the project's code gives, by path and position.

    A helper's own response, whose parameters are only known where it is called, is among them with what is known of it.
    """
    code = project.view(Code)
    return tuple(answer for fact in project.facts(Response) for answer in _answers(code, fact, {}, MAX_HOPS))


def are_wanted(project: Project) -> bool:
    """Whether findings about answers can be wanted ones: about those that a file gives, or whose shape it makes.

    It makes that of others where a function of its builds responses, or returns what another makes of what it is given
    and may be called for one.
    """
    paths = [path for path in project.files if project.is_wanted(path)]
    if any(project.may_serve(path) or _is_built(one) for path in paths for one in project.facts_of(path, Response)):
        return True
    made = [one for path in paths for one in project.facts_of(path, Function) if _returns_made(project, one)]
    return bool(made) and not {_last(one.name) for one in made}.isdisjoint(project.view(_helping))


def _helping(project: Project) -> frozenset[str]:
    """The view: what functions are called that may build the responses of others, by their last names."""
    found = {_last(fact.helper) for fact in project.facts(Response)} - {""}
    found |= {name for fact in project.facts(Import) for name, alias in fact.names if alias in found}
    asked = set[str]()
    while asked != found:
        asked, helpers = set(found), [fact for fact in project.facts(Function) if _last(fact.name) in found]
        returned = (one for fact in helpers for value in fact.returns for one in options(value))
        found |= {_last(one.callee) for one in returned if isinstance(one, Call)}
    return frozenset(found)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _returns_made(project: Project, function: Function) -> bool:
    """Whether a function returns what another of the project makes of something that it is given."""
    made = (one for returned in function.returns for one in options(returned) if isinstance(one, Call))
    given = (one for one in made if one.arguments or one.keywords)
    return any(located(project, function.at.path, one.callee) is not None for one in given)


def _answers(code: Code, fact: Response, bindings: Bindings, hops: int) -> Iterator[Answer]:
    """What `fact` comes to, with its function's parameters bound; several where a helper answers in several ways."""
    if fact.raised:
        made = _raised(code, fact, bindings, hops)
        before = _is_before_handlers(code, fact)
        yield from (replace(one, status=None, body=None) for one in made) if before else made
        return
    said = fact.status is not None and not fact.status_is_default
    if fact.helper and not said and code.helper(fact) in code.answering:
        return  # a handler that is called by another answers for itself
    followed = list(_helped(code, fact, bindings, hops)) if fact.helper and hops else []
    if followed:
        differ = len({answer.status for answer in followed}) > 1
        yield from (replace(answer, is_one_of=True) for answer in followed) if differ else followed
        return
    plain = _plain(code, fact, bindings)
    nobody_knows = fact.helper and fact.status_is_default and code.helper(fact) is None
    yield replace(plain, status=None) if nobody_knows else plain


def _is_before_handlers(code: Code, fact: Response) -> bool:
    """Whether it is raised in a middleware of Starlette's, where nothing makes a response of it but a plain 500."""
    function = code.functions.get(Place(fact.at.path, fact.function)) if fact.at.path.endswith(".py") else None
    return function is not None and "call_next" in function.parameters


def _plain(code: Code, fact: Response, bindings: Bindings) -> Answer:
    path = fact.at.path
    body = None
    if fact.body is not None and (not fact.helper or _is_data(code, fact)):
        body = expanded(code, path, bound(code, fact.body, bindings), MAX_HOPS)
    text = None if fact.text is None else bound(code, fact.text, bindings)
    status = fact.status if fact.status is not None else number(code, path, fact.status_value, bindings)
    headers = _headers(code, fact, bindings)
    return Answer(fact if headers is fact.headers else replace(fact, headers=headers), status, body, text, fact.at)


def _is_data(code: Code, fact: Response) -> bool:
    """Whether what is returned is an object of the project's with fields, which the framework answers as JSON."""
    place = None if fact.raised else code.helper(fact)
    found = code.classes.get(place) if place is not None else None
    return found is not None and bool(found.fields) and not any(base.endswith("Response") for base in found.bases)


def _headers(code: Code, fact: Response, bindings: Bindings) -> Value | None:
    """The headers of a response with what its function is given, or has by default, put in."""
    said = None if fact.headers is None else bound(code, fact.headers, bindings)
    init = bound(code, fact.status_value, bindings) if isinstance(fact.status_value, Parameter) else None
    if isinstance(init, Record) and (init.open or init.get("headers") is not None):
        told = init.get("headers")  # of an `init` of the Fetch standard's that is given as a whole
        return told if told is not None else replace(init, entries=())
    if not isinstance(said, Record) or not fact.spread_headers:
        return said
    spread = [expanded(code, fact.at.path, bound(code, one, bindings), MAX_HOPS) for one in fact.spread_headers]
    entries = (entry for one in spread if isinstance(one, Record) for entry in one.entries)
    more = not all(isinstance(one, Record) and not one.open for one in spread)
    return Record(said.at, (*entries, *said.entries), more)


def _helped(code: Code, fact: Response, bindings: Bindings, hops: int) -> Iterator[Answer]:
    """The answers of the helper that builds the response, as the caller's own."""
    place = code.helper(fact)
    if place is None:
        return
    if place in code.classes:
        made = _constructed(code, place, fact)
        if made is not None:
            yield _plain(code, made, bindings)
            return
        place = code.constructor(place) or place
    inner = arguments(code, place, _known(code, fact.at.path, fact.body), bindings)
    for given in _built(code, place) or _passed_on(code, place, fact):
        for answer in _answers(code, given, inner, hops - 1):
            said = answer.status is not None or answer.response.status_value is not None
            status = answer.status if said else fact.status
            if status is None and _is_left_out(answer.response.status_value or given.status_value, place, inner):
                status = DEFAULT_STATUS
            own = answer.body is not None and fact.at.holds(answer.body.at)
            yield replace(
                answer,
                response=_sent_by(fact, answer.response),
                status=status,
                origin=fact.at if own else answer.origin,
            )


def _constructed(code: Code, place: Place, fact: Response) -> Response | None:
    """What an instance of the project's own class of responses answers, where a framework's constructor makes it."""
    base = next((name for owner, name in code.lineage(place.path, place.name) if owner is None), "")
    shape = RESPONSE_CLASSES.get(base.rpartition(".")[2])
    if shape is None or code.constructor(place) is not None or not isinstance(fact.body, Call):
        return None
    call = fact.body
    status, own = _given(call, shape.status_at, *STATUSES), code.attribute(place.path, place.name, "status_code")
    content = _given(call, 0, "content", "data", "response")
    said = status if status is not None else own
    media = _given(call, -1, "media_type", "content_type") or code.attribute(place.path, place.name, "media_type")
    return replace(
        fact,
        helper="",
        status=DEFAULT_STATUS if said is None else None,
        status_value=said,
        status_is_default=said is None,
        body=content if shape.json else None,
        text=None if shape.json else content,
        content_type=constant_text(media) or "",
        headers=_given(call, -1, "headers") or fact.headers,
    )


def _given(call: Call, position: int, *names: str) -> Value | None:
    """The argument of a call at `position` (negative: only by name) or under one of `names`."""
    named = next((value for key, value in call.keywords if key in names), None)
    return call.arguments[position] if named is None and 0 <= position < len(call.arguments) else named


def _built(code: Code, place: Place) -> list[Response]:
    """What a helper builds; what it raises only where it does so in any case, like `def fail(status): raise …`.

    What it raises when it finds something wrong goes out from there, and its caller answers something else.
    """
    given = code.responses.get(place, [])
    built = [one for one in given if not one.raised]
    return built or list(filter(_is_built, given))


def _is_built(one: Response) -> bool:
    """Whether a helper can be what gives a response, and not somebody who found something wrong."""
    return not (one.raised and (one.conditions or one.in_catch or one.in_try))


def _sent_by(fact: Response, helped: Response) -> Response:
    """The response of a helper's caller, with the headers and the type of content that the helper sets."""
    told = fact.body.keyword("headers") if isinstance(fact.body, Call) else None
    sets = told if helped.headers is None else helped.headers
    if sets is None and not helped.content_type:
        return fact
    headers = fact.headers if fact.headers is not None else sets
    return replace(fact, headers=headers, content_type=fact.content_type or helped.content_type)


def _known(code: Code, path: str, call: Value | None) -> Value | None:
    """A call with the objects that it is given: what functions of the project write out, others by their classes."""
    if not isinstance(call, Call):
        return call
    return replace(
        call,
        arguments=tuple(_placed(code, path, one) for one in call.arguments),
        keywords=tuple((key, _placed(code, path, one)) for key, one in call.keywords),
    )


def _placed(code: Code, path: str, value: Value) -> Value:
    if isinstance(value, Reference):
        known = expanded(code, path, value, MAX_HOPS)
        return known if isinstance(known, Constant) else value
    place = code.place(path, value.callee) if isinstance(value, Call) and "#" not in value.callee else None
    if place is None or not isinstance(value, Call):
        return value
    if place not in code.classes:
        made = expanded(code, path, value, MAX_HOPS)
        return made if isinstance(made, Record) else value
    return replace(value, callee=f"{place.path}#{place.name}")


def _is_left_out(status: Value | None, place: Place, given: Bindings) -> bool:
    """Whether a helper takes its status, or what holds it, from a parameter that its caller leaves out."""
    left_out = isinstance(status, Parameter) and status.function == place.name and status.name not in given
    return left_out and not place.path.endswith(".py")  # Python does not call a function without it


def _passed_on(code: Code, place: Place, fact: Response) -> list[Response]:
    """The responses of a helper that only calls another helper."""
    function = code.functions.get(place)
    return [
        Response(one.at, place.name, fact.framework, None, one, helper=one.callee)
        for returned in (function.returns if function is not None else ())
        for one in options(returned)
        if isinstance(one, Call) and code.place(place.path, one.callee) is not None
    ]


def _made(code: Code, fact: Response, bindings: Bindings) -> Response:
    """What is raised where a function of the project makes it: `throw ApiError.notFound("order")`."""
    place = code.place(fact.at.path, fact.exception) if fact.exception else None
    function = code.functions.get(place) if place is not None and place not in code.classes else None
    if place is None or function is None or len(function.returns) != 1 or not isinstance(function.returns[0], Call):
        return fact
    returned = function.returns[0]
    klass = code.place(place.path, returned.callee)
    if klass is None or klass not in code.classes:
        return fact
    made = bound(code, returned, arguments(code, place, fact.body, bindings))
    return replace(fact, exception=f"{klass.path}#{klass.name}", body=made)


def _worded(code: Code, fact: Response) -> Response:
    """What is raised without a message, with the one that its class has for all of them."""
    bare = fact.body is None or (isinstance(fact.body, Call) and not (fact.body.arguments or fact.body.keywords))
    if not bare or not fact.helper or fact.helper != fact.exception:
        return fact
    for name in MESSAGES:
        said = code.attribute(fact.at.path, fact.exception, name)
        if said is not None:
            return replace(fact, body=Call(fact.at, fact.exception, keywords=((name, said),)))
    return fact


def _raised(code: Code, fact: Response, bindings: Bindings, hops: int) -> Iterator[Answer]:
    made = code.helper(fact) if fact.helper and fact.helper == fact.exception else None
    if hops and made in code.functions and made in code.responses:
        yield from _helped(code, fact, bindings, hops)
        return
    fact = _worded(code, _made(code, fact, bindings))
    inherited = _inherited(code, fact, bindings, hops)
    if inherited.status is not None and _is_own_code(code, fact, inherited.status):
        inherited = replace(inherited, status=None)
    handler = _handler(code, fact, inherited.status)
    if handler is None:
        yield inherited
        return
    place = code.place(handler.at.path, handler.handler)
    given = code.responses.get(place, []) if place is not None else []
    caught = _caught(code, place, fact) if place is not None else {}
    meant = _meant(code, fact, given)
    meant = [one for one in meant if _keeps(one, inherited.status)]
    shapes = [answer for one in meant for answer in _answers(code, one, caught, hops - 1)] if hops else []
    if not shapes:
        yield replace(inherited, body=None, text=None, handled=True, handler=place)
    always = all(map(_always, meant))
    for shape in shapes:
        body, text = (None if one is None else _settled(code, fact, one) for one in (shape.body, shape.text))
        status = shape.status if inherited.status is None or always else inherited.status
        if inherited.status is None and any(len(other.conditions) > 1 or not _is_chosen(other) for other in meant):
            status = None  # the handler looks at what it got
        yield Answer(fact, status, body, text, shape.origin, handled=True, handler=place)


def _is_own_code(code: Code, fact: Response, status: int) -> bool:
    """Whether what a class of the project's calls its status is a number of its own for clients to tell failures by.

    A class derived from a framework's hands its status on to be answered with.
    """
    if 100 <= status <= 599:
        return False
    owner, _, method = fact.function.rpartition(".")
    name = owner if method in CONSTRUCTORS else fact.exception  # where the class itself says what it is
    if not name or code.place(fact.at.path, name) not in code.classes:
        return False
    lineage = code.lineage(fact.at.path, name)
    return all(place is not None or not re.search(r"[./]", name) for place, name in lineage)


def _meant(code: Code, fact: Response, given: list[Response]) -> list[Response]:
    """Those of a handler's responses that are for what `fact` raises, as far as their tests ask for its class."""
    if fact.framework in ("django", "drf"):
        given = [one for one in given if not any(map(UNANSWERED.match, one.conditions))]
    if not fact.exception or not any(one.conditions for one in given):
        return given
    names = _kinds(code, fact)
    own = [one for one in given if _is_for(one, names)]
    return own or [one for one in given if _is_for(one, names) is None]


def _kinds(code: Code, fact: Response) -> set[str]:
    """The names of the class of what `fact` raises, and of its bases."""
    lineage = code.lineage(fact.at.path, fact.exception)
    names = {(name if place is None else place.name).rpartition(".")[2] for place, name in lineage}
    return names | {"HttpException"} if fact.exception.startswith(OF_NEST) else names


def _settled(code: Code, fact: Response, value: Value) -> Value:
    """`value` with what a handler chooses by the class of what it gets: `e instanceof HttpError ? e.message : …`."""
    match value:
        case Choice(options=(either, other), test=test) if fact.exception and (asked := INSTANCE.match(test)):
            fits = (asked["ts"] or asked["py"]).rpartition(".")[2] in _kinds(code, fact)
            return other if fits is bool(asked["not"]) else either
        case Record(entries=entries):
            return replace(value, entries=tuple((key, _settled(code, fact, entry)) for key, entry in entries))
        case _:
            return value


def _is_for(given: Response, names: set[str]) -> bool | None:
    """Whether a response is for exceptions of these classes; None where its tests ask for no class."""
    asked = None
    for condition in given.conditions:
        match = INSTANCE.match(condition)
        if match is not None:
            fits = (match["ts"] or match["py"]).rpartition(".")[2] in names
            if fits is bool(match["not"]):
                return False
            asked = True if fits else asked
    return asked


def _is_chosen(given: Response) -> bool:
    """Whether a handler's response has no test around it, or one that asks for the class alone."""
    return all(map(INSTANCE.match, given.conditions))


def _always(given: Response) -> bool:
    """Whether a handler's response has a number of its own, whatever the handler gets."""
    return given.status is not None and not given.status_is_default and not given.conditions


def _keeps(given: Response, status: int | None) -> bool:
    """Whether a handler's response may be for what has this status: a branch with a number of its own is for others."""
    free = given.status in (None, status) or given.status_is_default
    return status is None or free or _is_chosen(given)


def _caught(code: Code, place: Place, fact: Response) -> dict[str, Value]:
    """The parameter by which a handler gets the exception, with what was raised."""
    function, raised = code.functions.get(place), code.place(fact.at.path, fact.exception)
    if function is None or not function.parameters:
        return {}
    parameter = function.parameters[-1] if place.path.endswith(".py") else function.parameters[0]
    if raised is None:
        said = fact.body.arguments[0] if isinstance(fact.body, Call) and fact.body.arguments else None
        return {parameter: Record(fact.at, ((fact.default_key, said),), open=True)} if fact.default_key and said else {}
    given = fact.body if isinstance(fact.body, Call) else Call(fact.at, fact.exception)
    return {parameter: replace(given, callee=f"{raised.path}#{raised.name}")}


def _inherited(code: Code, fact: Response, bindings: Bindings, hops: int) -> Answer:
    """A raised response by what its class and the class's bases say, as if nobody handled it."""
    own = _plain(code, fact, bindings)
    default = None if fact.default_body is None else bound(code, fact.default_body, bindings)
    if default is not None or not fact.exception:
        body = None if default is None else expanded(code, fact.at.path, default, MAX_HOPS)
        instead = body.get(fact.default_key) if isinstance(body, Record) and fact.default_key else None
        body = instead if isinstance(instead, Record) else body
        return replace(own, body=body)
    status = own.status if own.status is not None else _attributed(code, fact, bindings)
    for place, _ in code.lineage(fact.at.path, fact.exception):
        if place is None or not hops:
            continue
        constructor, ways = _handing_on(code, place)
        given = next(iter(ways), None)
        inner = {} if constructor is None else arguments(code, constructor, fact.body, bindings)
        differ = len({one.status for one in ways}) > 1  # by what it is given: `code === "FORBIDDEN" ? 403 : 401`
        computed = given is not None and (differ or is_computed(code, place.path, given.status_value, inner))
        for name in STATUSES if status is None and not computed else ():
            said = code.definitions.get(Place(place.path, f"{place.name}.{name}"))
            status = status if status is not None else number(code, place.path, said, {})
        if given is not None:
            base = _inherited(code, given, inner, hops - 1)
            told = _by_code(fact.body) if computed else base.status
            return replace(base, response=fact, status=status if status is not None else told)
    said = code.attribute(fact.at.path, fact.exception, DEFAULT_DETAIL)
    body = None if said is None or _framework(code, fact) != "django" else Record(said.at, (("detail", said),))
    return replace(own, status=status, body=body)


def _handing_on(code: Code, place: Place) -> tuple[Place | None, Sequence[Response]]:
    """The constructor of a failure's class, and what it says of the response in each of its ways; nothing where it has
    none of its own.
    """
    for method in CONSTRUCTORS:
        constructor = Place(place.path, f"{place.name}.{method}")
        if ways := code.responses.get(constructor, ()):
            return constructor, ways
    return None, ()


def _by_code(made: Value | None) -> int | None:
    """The status after which the code is named that a failure is made with: `new Refused({ code: Code.NOT_FOUND })`.

    For its class to look up; what is called unauthorized is a 403 to some.
    """
    given = [*made.arguments, *(one for _, one in made.keywords)] if isinstance(made, Call) else []
    given += [one for each in given if isinstance(each, Record) for _, one in each.entries]
    names = (one.name if isinstance(one, Reference) else constant_text(one) or "" for one in given)
    found = {status_of_word(name.rpartition(".")[2]) for name in names if " " not in name} - {None}
    return None if len(found) != 1 or found == {401} else found.pop()


def _attributed(code: Code, fact: Response, bindings: Bindings) -> int | None:
    """The status that a constructor of the project's own exception is given under its name."""
    place = code.place(fact.at.path, fact.exception)
    if place not in code.classes or not isinstance(fact.body, Call):
        return None
    constructor = code.constructor(place)
    given = {} if constructor is None else arguments(code, constructor, fact.body, bindings)
    said = next((given[name] for name in STATUSES if name in given), None)
    return None if said is None else number(code, fact.at.path, said, {})


def _handler(code: Code, fact: Response, status: int | None) -> ErrorHandler | None:
    """The global handler that takes what `fact` raises: the one for its own class before those for its bases."""
    service = code.services.of(fact.at.path)
    handlers = code.own_handlers.get(fact.at.path) or code.handlers.get(service, [])
    if len(code.frameworks[service]) > 1:  # the handler of one takes nothing that the other's routes raise
        framework = family(fact.framework) or _framework(code, fact)
        handlers = [one for one in handlers if family(one.framework) == framework]
    handlers = [one for one in handlers if not (one.spares and fact.framework == one.framework)]
    handlers = [one for one in handlers if not _hands_on(code, one, fact)]
    if not handlers:
        return None
    for place, name in code.lineage(fact.at.path, fact.exception) if fact.exception else ():
        names = (name, HTTP_OF_NEST) if name.startswith(OF_NEST) else (name,)
        for handler in handlers:
            for exception in handler.exceptions:
                if exception in names or (place is not None and code.place(handler.at.path, exception) == place):
                    return handler
    for handler in handlers:
        if not handler.exceptions or (status is not None and str(status) in handler.exceptions):
            return handler
        if fact.default_body is None and CATCH_ALL.intersection(handler.exceptions):
            return handler
    return None


def _hands_on(code: Code, handler: ErrorHandler, fact: Response) -> bool:
    """Whether a handler hands what `fact` raises on to the next one."""
    place = code.place(handler.at.path, handler.handler)
    function = code.functions.get(place) if place is not None else None
    given = code.responses.get(place, ()) if place is not None else ()
    some = function is not None and answers_some(function, given)
    return some and not any(_is_for(one, _kinds(code, fact)) for one in given)


def answers_some(function: Function, given: Iterable[Response]) -> bool:
    """Whether a handler of Express's is for some failures: it can hand others on, and knows no answer to everything.

    One that does answers 5xx, or what it is told; all of this one's are numbers for faults of the client's. `given`
    are responses of its file.
    """
    own = [one for one in given if one.function == function.name]
    hands_on = not set(function.parameters[3:4]).isdisjoint(function.calls)
    return hands_on and bool(own) and all(one.status is not None and one.status < 500 for one in own)


def _framework(code: Code, fact: Response) -> str:
    """The framework that the project's own exception belongs to by what it is derived from, `""` where it is none's."""
    lineage = code.lineage(fact.at.path, fact.exception) if fact.exception else ()
    return next((whose for _, name in lineage for of, whose in EXCEPTIONS.items() if name.startswith(of)), "")


def given_by(answers: Iterable[Answer], path: str, function: str) -> Iterator[Answer]:
    """Those of `answers` that the function itself gives."""
    return (answer for answer in answers if answer.at.path == path and answer.response.function == function)
