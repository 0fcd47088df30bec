"""Every response of the project with the status and the body that the client gets, followed through its own code.

A response that a helper builds has the helper's status and shape with the caller's arguments put in; one that is raised
has what the global error handler makes of it, or the framework's default; a body that is a call of the project's own
function or class has what that returns. What cannot be followed stays unknown.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import is_
from typing import NamedTuple

from ..facts.code import Definition, Function
from ..facts.http import ErrorHandler, Mount, Response, Router
from ..facts.location import Location
from ..facts.statuses import status_named
from ..facts.values import (
    Call,
    Choice,
    Constant,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    options,
)
from ..project import Project
from .functions import classes, functions
from .places import called, located
from .routes import routes
from .services import Services, services

MAX_HOPS = 6
"""How many calls deep a response is followed; helpers of helpers of helpers are rare, cycles are not."""

CATCH_ALL = frozenset({"Exception", "BaseException", "Error", "builtins.Exception", "builtins.BaseException"})

SERIALIZERS = frozenset({"toJSON", "toJson", "to_json", "to_dict", "toDict", "as_dict", "asdict", "serialize"})
"""Names of methods by which the project's own objects turn themselves into JSON; only used with what they return."""

MODEL_DUMPS = frozenset({"model_dump", "dict", "jsonable_encoder", "asdict"})
"""What turns an object into its fields without changing their names."""

NUMBERS = frozenset({"int", "http.HTTPStatus", "Number", "parseInt"})
"""Calls that leave a status what it is."""

DEFAULT_STATUS = 200
"""What the Fetch standard's `Response`, and every framework that takes a status, answers where none is given."""

STATUSES = ("status_code", "status", "http_status", "statusCode", "httpStatus")
"""What constructors of exceptions call the status that their answer shall have."""

DEFAULT_DETAIL = "default_detail"
"""What classes of REST framework's exceptions call the message of those that are raised without one."""

MESSAGES = (DEFAULT_DETAIL, "message", "detail", "description", "msg")
"""What classes of exceptions call it, theirs among them."""

INSTANCE = re.compile(
    r"^(?P<not>not )?\(?(?:[\w.]+ instanceof (?P<ts>[\w.]+)|isinstance\([\w.]+, (?P<py>[\w.]+)\))\)?$"
)
"""A condition that asks for the class of an exception."""

SPREADS = frozenset({"*", "**"})
MORE = "**"
"""Under what a call's arguments have those that no parameter of their own takes."""

UNANSWERED = re.compile(r"^\w*response is None$|^not \w*response$")
"""The test of a handler of REST framework's for what the framework itself has no answer to."""

Bindings = Mapping[str, Value]


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


class _Place(NamedTuple):
    """A name where it is defined: the file, and the name qualified inside it."""

    path: str
    name: str


class _Code:
    """The project's functions, classes and responses by where they are defined."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.services = project.view(services)
        self.functions = project.view(functions)
        self.classes = project.view(classes)
        self._lineages: dict[tuple[str, str], tuple[tuple[_Place | None, str], ...]] = {}
        self.definitions = {_Place(fact.at.path, fact.name): fact.value for fact in project.facts(Definition)}
        self.responses: dict[_Place, list[Response]] = defaultdict(list)
        self.answering = {_Place(route.at.path, route.handler) for route in project.view(routes) if route.handler}
        for response in project.facts(Response):
            self.responses[_Place(response.at.path, response.function)].append(response)
        self.handlers: dict[str, list[ErrorHandler]] = defaultdict(list)
        self.own_handlers: dict[str, list[ErrorHandler]] = defaultdict(list)
        self.frameworks: dict[str, set[str]] = defaultdict(set)
        for route in project.view(routes):
            self.frameworks[self.services.of(route.at.path)].add(_family(route.framework))
        aside = _aside(project, self.services)
        for handler in project.facts(ErrorHandler):
            if handler.at.path in aside:
                self.own_handlers[handler.at.path].append(handler)
            else:
                self.handlers[self.services.of(handler.at.path)].append(handler)

    def place(self, path: str, name: str) -> _Place | None:
        """Where the dotted `name`, as the file at `path` spells it, is defined in this project."""
        if "#" in name and (named := _Place(*name.split("#", 1))) in self.classes:
            return named
        found = located(self.project, path, name)
        return None if found is None else _Place(*found)

    def helper(self, fact: Response) -> _Place | None:
        """Where the helper of a response is defined."""
        function = self.functions.get(_Place(fact.at.path, fact.function))
        found = None if function is None else called(self.project, function, fact.helper)
        place = self.place(fact.at.path, fact.helper) if found is None else _Place(*found)
        return place or self._inherited_method(fact.at.path, fact.helper)

    def _inherited_method(self, path: str, name: str) -> _Place | None:
        """Where a method that a class of the file has from one of its bases is defined."""
        owner, _, method = name.rpartition(".")
        for place, _ in self.lineage(path, owner) if _Place(path, owner) in self.classes else ():
            if place is not None and (found := _Place(place.path, f"{place.name}.{method}")) in self.functions:
                return found
        return None

    def lineage(self, path: str, name: str) -> tuple[tuple[_Place | None, str], ...]:
        """The class called `name` and its bases, nearest first, each with its place (None outside the project)."""
        if (path, name) not in self._lineages:
            self._lineages[path, name] = tuple(self._lineage(path, name))
        return self._lineages[path, name]

    def _lineage(self, path: str, name: str) -> Iterator[tuple[_Place | None, str]]:
        waiting, seen = [(path, name)], set()
        while waiting:
            path, name = waiting.pop(0)
            place = self.place(path, name)
            if (place or name) in seen:
                continue
            seen.add(place or name)
            yield place, name
            if place is not None and place in self.classes:
                waiting += [(place.path, base) for base in self.classes[place].bases]

    def constructor(self, place: _Place) -> _Place | None:
        """The constructor of a class of the project: its own, or that of the nearest of its bases that has one."""
        for owner, _ in self.lineage(place.path, place.name):
            for method in ("__init__", "constructor"):
                if owner is not None and (found := _Place(owner.path, f"{owner.name}.{method}")) in self.functions:
                    return found
        return None

    def attribute(self, path: str, owner: str, name: str) -> Value | None:
        """The constant attribute `name` of a class or of the nearest of its bases that has it."""
        for place, _ in self.lineage(path, owner):
            if place is not None:
                value = self.definitions.get(_Place(place.path, f"{place.name}.{name}"))
                if value is not None:
                    return value
        return None


def _aside(project: Project, services: Services) -> frozenset[str]:
    """The files with an application of their own beside the one that a service's routers are mounted on."""
    applications = {(fact.at.path, fact.name) for fact in project.facts(Router) if fact.application}
    own = {fact.name for fact in project.facts(Router) if fact.framework == "starlette"}  # lists, no parts of their own
    mounting = {(fact.at.path, fact.parent) for fact in project.facts(Mount) if fact.child not in own} & applications
    main = {path for path, _ in mounting}
    served = {services.of(path) for path in main}
    return frozenset(path for path, _ in applications if path not in main and services.of(path) in served)


def apart(project: Project) -> frozenset[str]:
    """The view: the files of such applications that answer what is raised in them by handlers of their own."""
    aside = _aside(project, project.view(services))
    return frozenset(fact.at.path for fact in project.facts(ErrorHandler) if fact.at.path in aside)


def responses(project: Project) -> tuple[Answer, ...]:
    """The view: an answer for every response that the project's code gives, by path and position.

    A helper's own response, whose parameters are only known where it is called, is among them with what is known of it.
    """
    code = project.view(_Code)
    return tuple(answer for fact in project.facts(Response) for answer in _answers(code, fact, {}, MAX_HOPS))


def are_wanted(project: Project) -> bool:
    """Whether findings about answers can be wanted ones: about those that a file gives, or whose shape it makes.

    It makes that of others where a function of its returns what one of the project's makes of what it is given.
    """
    return any(
        any(project.may_serve(path) or _is_built(one) for one in project.facts_of(path, Response))
        or any(_returns_made(project, one) for one in project.facts_of(path, Function))
        for path in project.files
        if project.is_wanted(path)
    )


def _returns_made(project: Project, function: Function) -> bool:
    """Whether a function returns what another of the project makes of something that it is given."""
    made = (one for returned in function.returns for one in options(returned) if isinstance(one, Call))
    given = (one for one in made if one.arguments or one.keywords)
    return any(located(project, function.at.path, one.callee) is not None for one in given)


def written_out(project: Project, path: str, value: Value) -> Value:
    """`value` with what the project's own functions return and other files define in the place of calls and names."""
    return _expanded(project.view(_Code), path, value, MAX_HOPS)


def _answers(code: _Code, fact: Response, bindings: Bindings, hops: int) -> Iterator[Answer]:
    """What `fact` comes to, with its function's parameters bound; several where a helper answers in several ways."""
    if fact.raised:
        yield from _raised(code, fact, bindings, hops)
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


def _plain(code: _Code, fact: Response, bindings: Bindings) -> Answer:
    path = fact.at.path
    body = None
    if fact.body is not None and (not fact.helper or _is_data(code, fact)):
        body = _expanded(code, path, _bound(code, fact.body, bindings), MAX_HOPS)
    text = None if fact.text is None else _bound(code, fact.text, bindings)
    status = fact.status if fact.status is not None else _number(code, path, fact.status_value, bindings)
    headers = _headers(code, fact, bindings)
    return Answer(fact if headers is fact.headers else replace(fact, headers=headers), status, body, text, fact.at)


def _is_data(code: _Code, fact: Response) -> bool:
    """Whether what is returned is an object of the project's with fields, which the framework answers as JSON."""
    place = None if fact.raised else code.helper(fact)
    found = code.classes.get(place) if place is not None else None
    return found is not None and bool(found.fields) and not any(base.endswith("Response") for base in found.bases)


def _headers(code: _Code, fact: Response, bindings: Bindings) -> Value | None:
    """The headers of a response with what its function is given, or has by default, put in."""
    said = None if fact.headers is None else _bound(code, fact.headers, bindings)
    init = _bound(code, fact.status_value, bindings) if isinstance(fact.status_value, Parameter) else None
    if isinstance(init, Record) and (init.open or init.get("headers") is not None):
        told = init.get("headers")  # of an `init` of the Fetch standard's that is given as a whole
        return told if told is not None else replace(init, entries=())
    if not isinstance(said, Record) or not fact.spread_headers:
        return said
    spread = [_expanded(code, fact.at.path, _bound(code, one, bindings), MAX_HOPS) for one in fact.spread_headers]
    entries = (entry for one in spread if isinstance(one, Record) for entry in one.entries)
    more = not all(isinstance(one, Record) and not one.open for one in spread)
    return Record(said.at, (*entries, *said.entries), more)


def _helped(code: _Code, fact: Response, bindings: Bindings, hops: int) -> Iterator[Answer]:
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
    inner = _arguments(code, place, _known(code, fact.at.path, fact.body), bindings)
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


def _constructed(code: _Code, place: _Place, fact: Response) -> Response | None:
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


def _built(code: _Code, place: _Place) -> list[Response]:
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


def _known(code: _Code, path: str, call: Value | None) -> Value | None:
    """A call with the objects that it is given: what functions of the project write out, others by their classes."""
    if not isinstance(call, Call):
        return call
    return replace(
        call,
        arguments=tuple(_placed(code, path, one) for one in call.arguments),
        keywords=tuple((key, _placed(code, path, one)) for key, one in call.keywords),
    )


def _placed(code: _Code, path: str, value: Value) -> Value:
    if isinstance(value, Reference):
        known = _expanded(code, path, value, MAX_HOPS)
        return known if isinstance(known, Constant) else value
    place = code.place(path, value.callee) if isinstance(value, Call) and "#" not in value.callee else None
    if place is None or not isinstance(value, Call):
        return value
    if place not in code.classes:
        made = _expanded(code, path, value, MAX_HOPS)
        return made if isinstance(made, Record) else value
    return replace(value, callee=f"{place.path}#{place.name}")


def _is_left_out(status: Value | None, place: _Place, given: Bindings) -> bool:
    """Whether a helper takes its status, or what holds it, from a parameter that its caller leaves out."""
    left_out = isinstance(status, Parameter) and status.function == place.name and status.name not in given
    return left_out and not place.path.endswith(".py")  # Python does not call a function without it


def _passed_on(code: _Code, place: _Place, fact: Response) -> list[Response]:
    """The responses of a helper that only calls another helper."""
    function = code.functions.get(place)
    return [
        Response(one.at, place.name, fact.framework, None, one, helper=one.callee)
        for returned in (function.returns if function is not None else ())
        for one in options(returned)
        if isinstance(one, Call) and code.place(place.path, one.callee) is not None
    ]


def _made(code: _Code, fact: Response, bindings: Bindings) -> Response:
    """What is raised where a function of the project makes it: `throw ApiError.notFound("order")`."""
    place = code.place(fact.at.path, fact.exception) if fact.exception else None
    function = code.functions.get(place) if place is not None and place not in code.classes else None
    if place is None or function is None or len(function.returns) != 1 or not isinstance(function.returns[0], Call):
        return fact
    returned = function.returns[0]
    klass = code.place(place.path, returned.callee)
    if klass is None or klass not in code.classes:
        return fact
    made = _bound(code, returned, _arguments(code, place, fact.body, bindings))
    return replace(fact, exception=f"{klass.path}#{klass.name}", body=made)


def _worded(code: _Code, fact: Response) -> Response:
    """What is raised without a message, with the one that its class has for all of them."""
    bare = fact.body is None or (isinstance(fact.body, Call) and not (fact.body.arguments or fact.body.keywords))
    if not bare or not fact.helper or fact.helper != fact.exception:
        return fact
    for name in MESSAGES:
        said = code.attribute(fact.at.path, fact.exception, name)
        if said is not None:
            return replace(fact, body=Call(fact.at, fact.exception, keywords=((name, said),)))
    return fact


def _raised(code: _Code, fact: Response, bindings: Bindings, hops: int) -> Iterator[Answer]:
    made = code.helper(fact) if fact.helper and fact.helper == fact.exception else None
    if hops and made in code.functions and made in code.responses:
        yield from _helped(code, fact, bindings, hops)
        return
    fact = _worded(code, _made(code, fact, bindings))
    inherited = _inherited(code, fact, bindings, hops)
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


def _meant(code: _Code, fact: Response, given: list[Response]) -> list[Response]:
    """Those of a handler's responses that are for what `fact` raises, as far as their tests ask for its class."""
    if fact.framework in ("django", "drf"):
        given = [one for one in given if not any(map(UNANSWERED.match, one.conditions))]
    if not fact.exception or not any(one.conditions for one in given):
        return given
    names = _kinds(code, fact)
    own = [one for one in given if _is_for(one, names)]
    return own or [one for one in given if _is_for(one, names) is None]


def _kinds(code: _Code, fact: Response) -> set[str]:
    """The names of the class of what `fact` raises, and of its bases."""
    lineage = code.lineage(fact.at.path, fact.exception)
    names = {(name if place is None else place.name).rpartition(".")[2] for place, name in lineage}
    return names | {"HttpException"} if fact.exception.startswith("@nestjs/common.") else names


def _settled(code: _Code, fact: Response, value: Value) -> Value:
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


def _caught(code: _Code, place: _Place, fact: Response) -> dict[str, Value]:
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


def _inherited(code: _Code, fact: Response, bindings: Bindings, hops: int) -> Answer:
    """A raised response by what its class and the class's bases say, as if nobody handled it."""
    own = _plain(code, fact, bindings)
    default = None if fact.default_body is None else _bound(code, fact.default_body, bindings)
    if default is not None or not fact.exception:
        body = None if default is None else _expanded(code, fact.at.path, default, MAX_HOPS)
        instead = body.get(fact.default_key) if isinstance(body, Record) and fact.default_key else None
        body = instead if isinstance(instead, Record) else body
        return replace(own, body=body)
    status = own.status if own.status is not None else _attributed(code, fact, bindings)
    for place, _ in code.lineage(fact.at.path, fact.exception):
        if place is None or not hops:
            continue
        for name in STATUSES if status is None else ():
            said = code.definitions.get(_Place(place.path, f"{place.name}.{name}"))
            status = status if status is not None else _number(code, place.path, said, {})
        for method in ("__init__", "constructor"):
            constructor = _Place(place.path, f"{place.name}.{method}")
            for given in code.responses.get(constructor, ()):
                inner = _arguments(code, constructor, fact.body, bindings)
                base = _inherited(code, given, inner, hops - 1)
                return replace(base, response=fact, status=status if status is not None else base.status)
    said = code.attribute(fact.at.path, fact.exception, DEFAULT_DETAIL)
    body = None if said is None or _framework(code, fact) != "django" else Record(said.at, (("detail", said),))
    return replace(own, status=status, body=body)


def _attributed(code: _Code, fact: Response, bindings: Bindings) -> int | None:
    """The status that a constructor of the project's own exception is given under its name."""
    place = code.place(fact.at.path, fact.exception)
    if place not in code.classes or not isinstance(fact.body, Call):
        return None
    constructor = code.constructor(place)
    given = {} if constructor is None else _arguments(code, constructor, fact.body, bindings)
    said = next((given[name] for name in STATUSES if name in given), None)
    return None if said is None else _number(code, fact.at.path, said, {})


def _handler(code: _Code, fact: Response, status: int | None) -> ErrorHandler | None:
    """The global handler that takes what `fact` raises: the one for its own class before those for its bases."""
    service = code.services.of(fact.at.path)
    handlers = code.own_handlers.get(fact.at.path) or code.handlers.get(service, [])
    if len(code.frameworks[service]) > 1:  # the handler of one takes nothing that the other's routes raise
        framework = _family(fact.framework) or _framework(code, fact)
        handlers = [one for one in handlers if _family(one.framework) == framework]
    handlers = [one for one in handlers if not (one.spares and fact.framework == one.framework)]
    handlers = [one for one in handlers if not _hands_on(code, one, fact)]
    if not handlers:
        return None
    for place, name in code.lineage(fact.at.path, fact.exception) if fact.exception else ():
        for handler in handlers:
            for exception in handler.exceptions:
                if exception == name or (place is not None and code.place(handler.at.path, exception) == place):
                    return handler
    for handler in handlers:
        if not handler.exceptions or (status is not None and str(status) in handler.exceptions):
            return handler
        if fact.default_body is None and CATCH_ALL.intersection(handler.exceptions):
            return handler
    return None


def _hands_on(code: _Code, handler: ErrorHandler, fact: Response) -> bool:
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


def _family(framework: str) -> str:
    """The framework whose handlers of errors take what another raises: FastAPI's what Starlette's routes do."""
    return {"starlette": "fastapi", "drf": "django"}.get(framework, framework)


def _framework(code: _Code, fact: Response) -> str:
    """The framework that the project's own exception belongs to by what it is derived from, `""` where it is none's."""
    lineage = code.lineage(fact.at.path, fact.exception) if fact.exception else ()
    return "django" if any(name.startswith("rest_framework.") for _, name in lineage) else ""


def _arguments(code: _Code, place: _Place, call: Value | None, outer: Bindings) -> dict[str, Value]:
    """The parameters of the function at `place` as `call` gives them."""
    function = code.functions.get(place) or code.functions.get(_Place(place.path, f"{place.name}.constructor"))
    if function is None or not isinstance(call, Call):
        return {}
    given: dict[str, Value] = dict(zip(function.parameters, call.arguments, strict=False))
    given.update(call.keywords)
    more = tuple((key, value) for key, value in call.keywords if key not in function.parameters and key not in SPREADS)
    if more:  # what Python's `**extra` takes
        given[MORE] = Record(call.at, more)
        if place.path.endswith(".py") and function.parameters:
            given.setdefault(function.parameters[-1], given[MORE])
    return {**dict(function.defaults), **{name: _bound(code, value, outer) for name, value in given.items()}}


def _bound(code: _Code, value: Value, bindings: Bindings) -> Value:
    """`value` with the parameters that `bindings` know put in."""
    if not bindings:
        return value
    match value:
        case Parameter(name=name, path=path) if name in bindings or f"{name}{path}" in bindings:
            given = bindings.get(name)
            for step in filter(None, path.split(".")):
                given = None if given is None else _inside(code, given, step)
            return given or bindings.get(f"{name}{path}") or Unknown(value.at, f"{name}{path}")
        case Text(parts=parts):
            found = _all_bound(code, parts, bindings)
            return value if found is parts else replace(value, parts=found)
        case Record(entries=entries):
            named = _bound_by_name(code, entries, bindings)
            named = named if MORE not in value.keys else tuple(itertools.chain.from_iterable(map(_spread, named)))
            more = bindings.get(MORE) if value.open else None
            if isinstance(more, Record):
                named = (*named, *(entry for entry in more.entries if entry[0] not in value.keys))
            return value if named is entries else replace(value, entries=named)
        case Items(items=items):
            found = _all_bound(code, items, bindings)
            return value if found is items else replace(value, items=found)
        case Choice(options=several):
            found = _all_bound(code, several, bindings)
            return value if found is several else replace(value, options=found)
        case Call(arguments=arguments, keywords=keywords, receiver=receiver):
            found = _all_bound(code, arguments, bindings)
            named = _bound_by_name(code, keywords, bindings)
            made = None if receiver is None else _bound(code, receiver, bindings)
            if found is arguments and named is keywords and made is receiver:
                return value
            return replace(value, arguments=found, keywords=named, receiver=made)
        case _:
            return value


def _spread(entry: tuple[str, Value]) -> tuple[tuple[str, Value], ...]:
    """The entries that `**extra` gives among keywords, where it is known."""
    key, value = entry
    return value.entries if key == MORE and isinstance(value, Record) else (entry,)


def _all_bound(code: _Code, values: tuple[Value, ...], bindings: Bindings) -> tuple[Value, ...]:
    """The same tuple where nothing in it is bound: most values hold no parameter."""
    found = tuple([_bound(code, value, bindings) for value in values])
    return values if all(map(is_, found, values)) else found


def _bound_by_name(
    code: _Code, entries: tuple[tuple[str, Value], ...], bindings: Bindings
) -> tuple[tuple[str, Value], ...]:
    found = tuple([(key, _bound(code, value, bindings)) for key, value in entries])
    same = all(one is other for (_, one), (_, other) in zip(found, entries, strict=True))
    return entries if same else found


def _inside(code: _Code, given: Value, name: str) -> Value | None:
    """What `given.name` is: an entry of a record, an attribute of an object that a class of the project makes."""
    if isinstance(given, Record):
        return given.get(name)
    return _attribute(code, given, name, MAX_HOPS) if isinstance(given, Call) and "#" in given.callee else None


def _attribute(code: _Code, made: Call, name: str, hops: int) -> Value | None:
    """An attribute of what `made` constructs (its class named by path and name): what the constructor gets under this
    name, else what the class says of all its objects, else what the class tells its base.
    """
    place = code.place("", made.callee)
    constructor = code.constructor(place) if place is not None and hops else None
    if place is None:
        return None
    given = {} if constructor is None else _arguments(code, constructor, made, {})
    constant = code.attribute(place.path, made.callee, name)
    if name in given:
        own = given[name]
        return constant if constant is not None and isinstance(own, Constant) and own.value is None else own
    if constant is not None or constructor is None:
        said = made.arguments[0] if name == "message" and made.arguments and not place.path.endswith(".py") else None
        return said if constant is None else constant  # JavaScript's classes hand on what they are given
    for one in code.responses.get(constructor, ()):
        base = code.place(constructor.path, one.exception) if one.exception else None
        if base is not None and base in code.classes and isinstance(one.body, Call):
            told = _bound(code, replace(one.body, callee=f"{base.path}#{base.name}"), given)
            if isinstance(told, Call) and (found := _attribute(code, told, name, hops - 1)) is not None:
                return found
    return None


def _expanded(code: _Code, path: str, value: Value, hops: int) -> Value:
    """`value` with other files' constants, and what the project's functions and classes return, in place of names."""
    if not hops:
        return value
    match value:
        case Record(entries=entries):
            return replace(value, entries=tuple((key, _expanded(code, path, entry, hops)) for key, entry in entries))
        case Choice(options=several):
            return replace(value, options=tuple(_expanded(code, path, option, hops) for option in several))
        case Reference(name=name):
            place = code.place(path, name)
            known = code.definitions.get(place) if place is not None else None
            if known is None or place is None:
                return _entry(code, path, name, hops) or value
            return _expanded(code, place.path, known, hops - 1)
        case Call():
            return _called(code, path, value, hops)
        case _:
            return value


def _entry(code: _Code, path: str, name: str, hops: int) -> Value | None:
    """What an object of constants that another file defines holds under a name: `./http.Status.Conflict`."""
    owner, _, key = name.rpartition(".")
    place = code.place(path, owner) if owner else None
    held = code.definitions.get(place) if place is not None else None
    found = held.get(key) if isinstance(held, Record) else None
    return None if found is None or place is None else _expanded(code, place.path, found, hops - 1)


def _called(code: _Code, path: str, call: Call, hops: int) -> Value:
    """What a call of the project's own code returns, `call` itself where that is not known."""
    if call.name in MODEL_DUMPS:
        inner = call.receiver if call.receiver is not None else next(iter(call.arguments), None)
        return call if inner is None else _expanded(code, path, inner, hops - 1)
    place = code.place(path, call.callee)
    made = call.receiver if isinstance(call.receiver, Call) else None
    if place is None and call.name in SERIALIZERS and made is not None:
        place = _method(code, path, made.callee, call.name)
    if place is None and call.name in SERIALIZERS and isinstance(call.receiver, Parameter) and call.receiver.annotation:
        place = _method(code, path, call.receiver.annotation, call.name)
    if place is None:
        return call
    if place in code.classes:
        shown = _method(code, place.path, place.name, "toJSON")
        if shown is not None:
            named = replace(call, callee=f"{place.path}#{place.name}")
            return _returned(code, shown, Call(call.at, shown.name, receiver=named), hops)
        if call.keywords and not call.arguments:
            fields = tuple((key, _expanded(code, path, given, hops - 1)) for key, given in call.keywords)
            return Record(call.at, fields, open=True)
        return call
    if made is not None and (owner := code.place(path, made.callee)) is not None and owner in code.classes:
        call = replace(call, receiver=replace(made, callee=f"{owner.path}#{owner.name}"))
    return _returned(code, place, call, hops)


def _returned(code: _Code, place: _Place, call: Call, hops: int) -> Value:
    """What the function at `place` returns to `call`; in a method, `this` and `self` are the object it is called on."""
    function = code.functions.get(place)
    if function is None or not function.returns:
        return call
    inner = _arguments(code, place, call, {})
    made = call.receiver if isinstance(call.receiver, Call) and "#" in call.receiver.callee else None
    found = tuple(
        _expanded(code, place.path, _of_object(code, _bound(code, one, inner), made), hops - 1)
        for one in function.returns
    )
    return found[0] if len(found) == 1 else Choice(call.at, found)


def _of_object(code: _Code, value: Value, made: Call | None) -> Value:
    """`value` with the attributes of the object that `made` constructs in place of `this.x` and `self.x`."""
    match value:
        case Reference(name=name) if made is not None and name.partition(".")[0] in ("this", "self"):
            return _attribute(code, made, name.partition(".")[2], MAX_HOPS) or value
        case Record(entries=entries):
            return replace(value, entries=tuple((key, _of_object(code, entry, made)) for key, entry in entries))
        case Text(parts=parts):
            return replace(value, parts=tuple(_of_object(code, part, made) for part in parts))
        case _:
            return value


def _method(code: _Code, path: str, owner: str, method: str) -> _Place | None:
    for place, _ in code.lineage(path, owner):
        if place is not None and (found := _Place(place.path, f"{place.name}.{method}")) in code.functions:
            return found
    return None


def _number(code: _Code, path: str, value: Value | None, bindings: Bindings) -> int | None:
    """The status that an expression comes to, None where it is not one number."""
    if value is None:
        return None
    said = _expanded(code, path, _bound(code, _number_itself(value), bindings), MAX_HOPS)
    found = {_counted(_number_itself(option)) for option in options(said)}
    numbers = found - {None}
    return numbers.pop() if len(numbers) == 1 else None


def _number_itself(value: Value) -> Value:
    """A status without what only turns it into a number: `int(status)`, `HTTPStatus(status)`, `status.value`."""
    match value:
        case Call(callee=callee, arguments=(inner,)) if callee in NUMBERS:
            return _number_itself(inner)
        case Parameter(path=path) if path.endswith(".value"):
            return replace(value, path=path.removesuffix(".value"))
        case _:
            return value


def _counted(value: Value) -> int | None:
    match value:
        case Constant(value=int(number)):
            return number
        case Reference(name=name):
            return status_named(name)
        case Record():  # the `init` of the Fetch standard's `Response`
            said = value.get("status")
            return _counted(said) if said is not None else None if value.open else DEFAULT_STATUS
        case _:
            return None


def given_by(answers: Iterable[Answer], path: str, function: str) -> Iterator[Answer]:
    """Those of `answers` that the function itself gives."""
    return (answer for answer in answers if answer.at.path == path and answer.response.function == function)
