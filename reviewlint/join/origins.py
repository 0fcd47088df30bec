"""Which outsider a value comes from: who sends requests and messages, who starts the program, who sets it up."""

import re
from collections import defaultdict

from ..facts.code import Class, Function
from ..facts.http import Route
from ..facts.values import Call, Choice, Environment, Parameter, Reference, Unknown, Value
from ..project import Project
from .commands import is_command
from .functions import functions
from .places import located
from .routes import routes

REQUEST, COMMAND_LINE, ENVIRONMENT, TERMINAL = "the request", "the command line", "the environment", "the terminal"
MESSAGE = "a message"

PASSING = frozenset(
    """str repr format strip lstrip rstrip lower upper title capitalize casefold replace encode decode removeprefix
    removesuffix trim trimStart trimEnd toLowerCase toUpperCase toString String replaceAll slice substring substr concat
    join split rsplit splitlines list tuple set sorted reversed dict iter next map filter values keys items pop
    unquote unquote_plus decodeURIComponent decodeURI loads dumps cast dedent indent cleandoc normalize zfill ljust
    rjust center padStart padEnd translate expandtabs filter flat first at model_dump parse stringify copy
    deepcopy""".split()
)
"""Functions and methods whose result is text made of what they are given."""
_PARTS = (
    r"(?:args|form|values|json|data|get_json|get_data|headers?|cookies|files|view_args|query_string|path|full_path|url|"
    r"GET|POST|META|COOKIES|FILES|body|query_params|path_params|query|queries|match_info|rel_url|params?|matchdict|forms|"
    r"rawBody|signedCookies|originalUrl|nextUrl|searchParams|formData|text|get_argument|queryStringParameters|"
    r"pathParameters|multiValueQueryStringParameters|querystring|kwargs|arguments|input)"
)
_OF_REQUEST = re.compile(rf"(?:^|[./_])(?:req|request)(?:\(\))?\.{_PARTS}\b|(?:^|\.)(?:searchParams|get_argument)\b")
_OF_CONNECTION = re.compile(r"(?:connection|database|db|dsn)_?(?:url|uri|string)\b", re.IGNORECASE)
_INSIDE_REQUEST = re.compile(rf"^\.(?:(?:req|request)\.)?{_PARTS}\b")
_COMMAND_LINE = re.compile(
    r"(?:^|\.)(?:sys\.argv|process\.argv|Deno\.args|Bun\.argv|parse_args\(\)|yargs[\w.()]*\.argv)"
)
_TERMINAL = re.compile(r"^(?:input|raw_input|prompt|sys\.stdin\.\w+|getpass\.getpass)(?:\(\))?$")
_REQUEST_NAMES = frozenset({"req", "request", "_req", "ctx", "context", "c", "event"})
MESSAGE_NAMES = _REQUEST_NAMES | {"body", "message", "msg", "data", "payload", "update", "socket", "websocket", "ws"}
_REQUEST_TYPES = re.compile(r"\b\w*(?:Request|Context|HttpRequest|APIGatewayProxyEvent\w*)\b")
_FORM_DATA = re.compile(r"^:?\s*FormData$")
_DELIVERED = re.compile(
    r"\b(?:Abstract)?(?:Incoming|Consume|Kafka|Service(?:Bus|BusReceived))Message\b|\bConsumerRecord\b"
)
"""Types of what a queue delivers; Node's `IncomingMessage` is a request."""
_RESOLVER = re.compile(r"(?:^|\.)(?:resolve_\w+|mutate)$")
_RESOLVERS = re.compile(r"(?:^|\.)(?:Query|Mutation|Subscription)\.\w+$")
"""Resolvers of a schema in TypeScript: what stands second in them are the arguments of the query."""
_FIELD = re.compile(r"(?:^|\.)(?:strawberry\.(?:field|mutation|subscription)|(?:query|mutation|subscription)\.field)$")
_TASK = re.compile(r"(?:^|\.)(?:shared_task|task|actor|periodic_task|job)$")
"""Decorators of functions that a queue hands messages to."""
_ROUTING = re.compile(r"^(?:bottle|cherrypy|hug|falcon)\.\w+$")
_VIEW = re.compile(r"(?:View|ViewSet|Resource|RequestHandler|HTTPEndpoint|WebSocketEndpoint|APIHandler)$")
_HTTP_METHODS = frozenset("get post put patch delete head options retrieve list update destroy dispatch".split())
_OPTIONS = frozenset({"options", "opts", "kwargs"})
_READ = re.compile(
    r"(?:^|\.)(?:rfile\.read\w*|receive_(?:text|json|bytes)|(?:streamlit|st)\.(?:text_input|text_area|chat_input)|get_payload)"
    r"(?:\(\))?(?:$|[.\[])"
)
"""What reads a message, an upload, or what somebody typed in a page."""
_UPLOAD = re.compile(r"\b(?:UploadFile|FileStorage|InMemoryUploadedFile|UploadedFile)\b")
_INJECTED = re.compile(r"\b(?:Depends|Security|Inject)\b")
_COUNTS = re.compile(
    r"\.(?:limit|offset|page|size|count|skip|take|days|hours|minutes|year|month|day|per_?page|page_?size|length|\w+_count)$",
    re.IGNORECASE,
)


_GETTERS = frozenset({"get", "getlist", "getAll", "getall"})
_OF_PROGRAM = frozenset({"res", "response", "next", "reply", "db", "session", "self", "cls", "request", "req", "info"})
"""Names of parameters that the program or its framework fills in."""


class Origins:
    """Where the values of a project come from. `routes` are those of each handler, by file and name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._functions = project.view(functions)
        self.routes: dict[tuple[str, str], list[Route]] = defaultdict(list)
        for route in project.view(routes):
            place = located(project, route.at.path, route.handler) if route.handler else None
            self.routes[place or (route.at.path, route.handler)].append(route)

    def of(self, value: Value) -> str:
        """Which outsider a value comes from, `""` where none is known to."""
        match value:
            case Parameter():
                return self._of_parameter(value)
            case Environment():
                return ENVIRONMENT
            case Call(callee=callee, arguments=arguments, receiver=receiver, name=name):
                found = origin_of_name(callee)
                if not found and name == "read" and isinstance(receiver, Parameter):
                    found = REQUEST if _UPLOAD.search(receiver.annotation) else ""
                if not found and receiver is not None and name in PASSING | _GETTERS:
                    found = self.of(receiver)
                if not found and name in PASSING:
                    found = next((origin for one in arguments if (origin := self.of(one))), "")
                return found
            case Reference(name=name):
                return origin_of_name(name) or self._of_view(value)
            case Unknown(source=source):
                return REQUEST if _OF_REQUEST.search(source) else ""
            case Choice(options=several):
                return next((origin for one in several if (origin := self.of(one))), "")
        return ""

    def _of_view(self, reference: Reference) -> str:
        """`self.kwargs` holds what the path of the request says, in classes that answer requests."""
        if not reference.name.startswith("self.kwargs"):
            return ""
        views = (known for known in self._project.facts_of(reference.at.path, Class) if _answers_requests(known))
        return REQUEST if any(True for _ in views) else ""

    def _of_parameter(self, parameter: Parameter) -> str:
        is_request = parameter.name in _REQUEST_NAMES or _REQUEST_TYPES.search(parameter.annotation) is not None
        if is_request and _INSIDE_REQUEST.search(parameter.path):
            return REQUEST
        if _FORM_DATA.match(parameter.annotation):
            return REQUEST
        if _DELIVERED.search(parameter.annotation) and parameter.path:
            return MESSAGE
        if _COUNTS.search(parameter.path):
            return ""
        function = self._functions.get((parameter.at.path, parameter.function))
        if function is not None:
            called_by = self._caller(function, parameter)
            if called_by:
                return called_by
        routes = self.routes.get((parameter.at.path, parameter.function))
        if not routes or is_request or _INJECTED.search(parameter.annotation) or parameter.name in _OF_PROGRAM:
            return ""
        default = dict(function.defaults).get(parameter.name) if function is not None else None
        return "" if isinstance(default, Call) and _INJECTED.search(default.name) else REQUEST

    def _caller(self, function: Function, parameter: Parameter) -> str:
        """The outsider that a framework lets call a function with what it likes for a parameter."""
        if is_command(function):
            return COMMAND_LINE
        own = parameter.name not in _OF_PROGRAM
        if "info" in function.parameters[:2] and _RESOLVER.search(function.name):
            return REQUEST if own and parameter.name != function.parameters[0] else ""
        if function.parameters[1:2] == (parameter.name,) and parameter.path and _RESOLVERS.search(function.name):
            return REQUEST
        if own and any(_FIELD.search(name) or _ROUTING.search(name) for name in function.decorators):
            return REQUEST
        if own and any(_TASK.search(name) for name in function.decorators):
            return MESSAGE
        owner, _, name = function.name.rpartition(".")
        klass = next((one for one in self._project.facts_of(function.at.path, Class) if one.name == owner), None)
        if klass is None:
            return ""
        if own and name in _HTTP_METHODS and _answers_requests(klass):
            return REQUEST
        handles = name == "handle" and any(base.endswith("Command") for base in klass.bases)
        return COMMAND_LINE if handles and parameter.name in _OPTIONS and parameter.path else ""


def origins(project: Project) -> Origins:
    """The view: `project.view(origins).of(value)`."""
    return Origins(project)


def origin_of_name(name: str) -> str:
    """Which outsider a dotted name leads to, `""` for none."""
    if _OF_CONNECTION.search(name):
        return ""
    if _OF_REQUEST.search(name):
        return REQUEST
    if _READ.search(name):
        return MESSAGE
    if _COMMAND_LINE.search(name):
        return COMMAND_LINE
    return TERMINAL if _TERMINAL.search(name) else ""


def _answers_requests(klass: Class) -> bool:
    return any(_VIEW.search(base) for base in klass.bases)
