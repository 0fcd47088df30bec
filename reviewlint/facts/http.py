"""The HTTP contract: routers, routes, guards, responses."""

from .file import FileFact
from .frozen import dataclass
from .values import Value


@dataclass(frozen=True, slots=True)
class Router(FileFact):
    """An object that routes are put on: an app, router, blueprint. `name` is its variable, qualified inside the file.

    `prefix` is the path that it puts before its routes. `guards` hold for every route on it. `application` for one that
    answers by itself, error handling included (`FastAPI()`, `express()`), not only groups routes. `version` is the
    segment that stands before `prefix` where its framework has versions of routes: `v1`, `""` for none, None where it
    does not say; of an application, that of all that do not say.
    """

    name: str
    framework: str
    prefix: str = ""
    guards: tuple[str, ...] = ()
    application: bool = False
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Mount(FileFact):
    """One router put on another: `include_router`, `app.use("/v1", users)`, `register_blueprint`, Django `include`.

    `parent` and `child` are dotted names as `Reference.name` has them; the child `./routes/**` is every router in the
    files of a folder beside the mounting file, each under its file's own folder (@fastify/autoload).
    """

    parent: str
    child: str
    prefix: str = ""
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route(FileFact):
    """One endpoint as its file declares it; `Project.endpoints()` joins it with what is mounted elsewhere.

    `method` is upper case, `*` for any. `path` is the declared path in the framework's own spelling, None where it is
    not constant; file-system routes have their whole path. `handler` is a function of this file (qualified) or a
    dotted reference. `router` is the dotted name of what it is put on, `""` for file-system routing.
    `guards` are the dotted names of dependencies, decorators and middleware in front of it. `status` is the
    success status that the declaration sets, or None. `name` is what the framework's `reverse()` or `url_for()`
    knows it by, `""` where it has none; of a view set's action what follows the name of the set (`-list`).
    `annotations` are the dotted types of the handler's parameters: any may be a
    `DependencyAlias`. `loose` are the handler's parameters that get the request's body, or a field of it, where neither
    their type nor anything around them checks it, `bodies` those that get it as a class whose fields would have to say
    what they may hold, with that type. `router_path` is the file that calls its router so, where that is
    another than the one it stands in. `note` is, of a function of its own, the text of the comments that its file
    begins with and of those right before the statement that declares it.
    """

    framework: str
    method: str
    path: str | None
    handler: str
    router: str = ""
    guards: tuple[str, ...] = ()
    status: int | None = None
    name: str = ""
    annotations: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    router_path: str = ""
    bodies: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class RouteTable(FileFact):
    """Routes that are rows of a list which is gone through: `for (const one of routes) app[one.method](one.path, …)`.

    `rows` is the list, or a `Reference` to it; `router` as in `Route`. `method`, `path`, `handler` and `guards` are the
    keys under which a row has these, the first that it has counts; `guards` may all be there.
    """

    framework: str
    router: str
    rows: Value
    method: tuple[str, ...]
    path: tuple[str, ...]
    handler: tuple[str, ...]
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DependencyAlias(FileFact):
    """A type that stands for dependencies: `CurrentUser = Annotated[User, Depends(get_current_user)]`.

    `name` is qualified inside the file, `guards` are the dotted names of what it depends on, `type` what they give.
    """

    name: str
    guards: tuple[str, ...]
    type: str = ""


@dataclass(frozen=True, slots=True)
class Response(FileFact):
    """A response that a function can give: returned, sent or raised.

    `status` is the number where it is known; None where the code computes it or a helper decides. `status_is_default`
    where nothing was said and the framework's default applies. `body` is the JSON value (None where there is none or
    it is not JSON). `raised` for exceptions such as `HTTPException`, whose body the framework builds around `body`.
    `catch_variable` is the bound exception's name where it is built inside an except/catch, else `""`.
    `helper` is the dotted callee where the project's own function builds the response (or its own exception class is
    raised), with its call as `body`: the join puts the helper's status and shape in its place. A helper's own file has
    the response that it builds, its parameters standing as `Parameter`; a class hands on what its base is given
    (`super().__init__(404, …)`) as a raised response of its `__init__` or `constructor`, and what it answers with as a
    response of its `toJSON`, `to_dict` or kin.

    `status_value` is the status as an expression where it is said but is no number yet: a helper's `Parameter`, another
    file's `Reference`, an attribute of the exception.
    `text` is the body where it is sent as text or HTML instead of JSON. `exception` is the dotted class of what is
    raised, `""` otherwise; `default_body` the JSON that the framework's own handler answers it with (`{"detail": …}`),
    None where that is not JSON or not known; `default_key` is the key in it under which an object would not stand but
    be sent instead of the whole (Nest's `message`), or `""`. `content_type` is set where the code sets one other than
    the framework's. `headers` are those that the code sets. `conditions` are the tests around it as written, innermost
    first, `not …` for an else branch; for a response in an except/catch only those inside the clause. `in_try` inside
    the body of a try with an except/catch: what is raised there may never become a response. `lacks` is the call that
    gave what the innermost test found missing (`if not row`, `if row is None`), `finds` the one that gave what it found
    there (`if existing`); None where the test is about anything else. `spread_headers` is what is spread
    into `headers` and leaves them open: `{ "X-Frame-Options": "DENY", ...cors, ...headers }`. `explained` where a
    comment at it speaks for its status: "200, so that they do not send it again".
    """

    function: str
    framework: str
    status: int | None
    body: Value | None
    raised: bool = False
    status_is_default: bool = False
    in_catch: bool = False
    helper: str = ""
    catch_variable: str = ""
    text: Value | None = None
    exception: str = ""
    default_body: Value | None = None
    content_type: str = ""
    headers: Value | None = None
    status_value: Value | None = None
    conditions: tuple[str, ...] = ()
    in_try: bool = False
    default_key: str = ""
    lacks: Value | None = None
    finds: Value | None = None
    spread_headers: tuple[Value, ...] = ()
    explained: bool = False


@dataclass(frozen=True, slots=True)
class HandlerMethods(FileFact):
    """The methods that a handler answers by its own declaration: `@require_POST`, `@api_view(["GET"])`."""

    function: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErrorHandler(FileFact):
    """A global handler that turns exceptions into responses: `exception_handler`, Express error middleware.

    `exceptions` are dotted names (`()` for all), `handler` the function that builds the response. `spares` where it
    hands the framework's own exceptions back as they are.
    """

    framework: str
    exceptions: tuple[str, ...]
    handler: str
    spares: bool = False


@dataclass(frozen=True, slots=True)
class CookieRead(FileFact):
    """A read of a request's cookies by hand: `req.headers.get("cookie")`, `getCookies(req.headers)`."""

    function: str
