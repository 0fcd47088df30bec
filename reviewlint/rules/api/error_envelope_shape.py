"""An error response does not have the shape that the service's other errors have.

A client can program against one error shape: it reads `error.code`, shows `error.message`, and reports the request id.
The one endpoint that answers `{"detail": …}` where its siblings answer `{"error": …}` shows its users an empty message,
and nobody notices until it happens.

The envelope is learned: where three quarters of a service's error responses agree, their shape is the envelope and the
outliers are findings. Where nothing agrees there is one finding for the service, at a shape that is not the most common,
with `{"error": {"code": …, "message": …}}` as the proposal; none where the shape of most of them is not known. Responses
built by helpers, raised exceptions and global error handlers are followed to the shape that the client gets; what goes to
providers that call a hook counts, and is left alone. By default outliers are those that write their body where they
answer. RFC 9457 problem details and the error responses of OAuth, SCIM, GraphQL and JSON-RPC, whose shapes are given by
their protocols, are always accepted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...facts.location import Location, Related
from ...facts.values import Call, Constant, Record, Text, Value, rendered
from ...facts.values import options as choices
from ...finding import Confidence, Finding
from ...join.code import apart
from ...join.endpoints import endpoints
from ...join.envelopes import AGREEMENT, BESIDE, DEFAULT, FIELDS, PROBLEM, SCALAR, Envelope, Shape, learned, shapes
from ...join.graphql import by_graphql, may_be_by_graphql
from ...join.idle import is_idle
from ...join.responses import Answer, are_wanted, given_by, responses
from ...join.services import services
from ...join.webhooks import to_webhook
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="S E",
    strictly="that a service's errors have no shape in common, errors that differ in the kind of a value alone, those of "
    "a part of the service that has a shape of its own or that a helper gives to others and adds to, lists of all that is "
    "invalid in a request (400 and 422 with nothing but `errors`), bodies that do not say "
    "that anything failed, or tell its kind by a word beside data, handlers that have a form of their own throughout, those with the keys of the handler's success, those for tests, those in files of Python that "
    "nothing loads and in tasks of a queue, what is raised beside resolvers of GraphQL where no handler was seen to run it, "
    "and what is raised with nothing but a message: something else gives it its shape.",
    limits="Bodies that are computed, and statuses that are only known at run time, are not judged.",
)

FEW = 4
"""With fewer error responses than this, what the others share is weak evidence."""

LEAST = 3
"""Two error responses are no habit that a third could break."""

HEALTH = re.compile(r"health|heart_?beat|readiness|readyz?\b|liveness|livez|\balive|\bping", re.IGNORECASE)

RPC_CODES = range(-32768, -31999)
"""The codes that JSON-RPC keeps for itself (its specification, 5.1)."""
OF_NEST = frozenset({"statusCode", "message", "error"})
"""What Nest's own filter answers; `error` is left out where an exception is made without a message."""
GRAPHQL = re.compile(r"graphql", re.IGNORECASE)
TELLS = re.compile(
    r"^$|^(?:errors?|err|details?|messages?|msg|reasons?|status|code|success|ok|result|data)$", re.IGNORECASE
)
"""Keys that are no field's."""
FAILS = re.compile(r"err|fail|fault|problem|mess|msg|reason|detail|cause|warn", re.IGNORECASE)
"""Keys that tell of a failure."""
FAILED = {"success": bool, "ok": bool, "status": str, "code": str}
"""Keys that tell of one by what is under them: false, or a word."""
OF_TESTS = re.compile(r"(?:^|[/_.-])tests?[/_.-]|\bNODE_ENV\b", re.IGNORECASE)
OAUTH = re.compile(
    r"\boauth2?/(?:\w+/)?(?:token|register|introspect\w*|revoke\w*|device\w*|par)$|/\.well-known/", re.IGNORECASE
)
"""Addresses of endpoints whose answers a protocol gives (RFC 6749, 5.2; RFC 7591, 3.2.2)."""

STATE = frozenset({"ready", "healthy", "isReady", "isHealthy", "is_ready", "is_healthy", "alive", "live"})
"""Keys under which a probe is told how the service is."""

ALONE = re.compile(r"\+?(?:route|server|index)\.[cm]?[jt]sx?$")
"""Files of handlers whose addresses are those of their folders: Next's, SvelteKit's, Edge Functions."""

SEVERAL = 3
"""With as many keys of data an answer is a report, and no flag or message."""

HABIT = 6
"""As many outliers of one shape are a habit of their own: one finding, with the others as related places."""


@dataclass(frozen=True)
class Options:
    """`required` keys, dotted (`error.code`), instead of the learned ones; `allowed` top-level keys beside them (empty: any);
    `helpers`: names of functions and classes whose responses are right by definition; `problem_json`: accept RFC 9457."""

    required: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    problem_json: bool = True


@dataclass(frozen=True, slots=True)
class _Error:
    """An error response whose shape is known; a provider that calls a hook does not read it, and it only counts."""

    answer: Answer
    shape: Shape
    to_provider: bool = False


def check(project: Project, options: Options) -> Iterator[Finding]:
    """The outliers of each service, or one finding where its errors have no common shape."""
    if not are_wanted(project):
        return
    names, alone = project.view(services), project.view(apart)
    by_service: dict[str, list[_Error]] = defaultdict(list)
    for error in _errors(project, options):
        path = error.answer.at.path
        by_service[path if path in alone else names.of(path)].append(error)
    unread = Counter(names.of(answer.at.path) for answer in _failures(project) if _is_unread(answer))
    for service, every in by_service.items():
        problems = [error for error in every if _is_problem(error.shape)]
        if problems and options.problem_json and len(problems) >= AGREEMENT * len(every):
            yield from _outliers(project, every, PROBLEM)
            continue
        errors = [error for error in every if error not in problems or not options.problem_json]
        built = [error for error in errors if error.shape != FIELDS]
        read = [error for error in built if not error.to_provider]
        if len(read) < LEAST:
            continue
        envelope = _configured(options) or learned([error.shape for error in built])
        if _is_less(envelope) and _share(built, DEFAULT) >= (AGREEMENT if envelope else 0.5):
            envelope = DEFAULT
        if envelope is not None:
            yield from _outliers(project, built if _is_framework(envelope) else errors, envelope)
        elif unread[service] <= len(read):
            yield _disorder(built)


def _is_less(envelope: Envelope | None) -> bool:
    """Whether what errors have in common is only a part of what is proposed, which most of them may carry whole."""
    return envelope is None or {path for path, _ in envelope.required} < {path for path, _ in DEFAULT.required}


def _is_framework(envelope: Envelope) -> bool:
    """Whether the envelope is REST framework's `{detail}`, which comes with errors by field."""
    return {path.partition(".")[0] for path, _ in envelope.required} == {"detail"}


def _is_problem(shape: Shape) -> bool:
    return {"title", "status"} <= set(shape.top)


def _configured(options: Options) -> Envelope | None:
    if not options.required:
        return None
    allowed = frozenset(options.allowed) if options.allowed else None
    return Envelope(tuple((path, "") for path in options.required), allowed)


def _share(errors: Sequence[_Error], envelope: Envelope) -> float:
    return sum(_admits(envelope, error) for error in errors) / len(errors)


def _admits(envelope: Envelope, error: _Error) -> bool:
    """Whether an error is read by those who program against an envelope: any of Nest's own filter, where that is it."""
    response = error.answer.response
    by_filter = response.framework == "nest" and response.raised and OF_NEST.issuperset(error.shape.top)
    of_filter = OF_NEST.issuperset(path.partition(".")[0] for path, _ in envelope.required)
    return envelope.admits(error.shape) or (by_filter and of_filter and not error.answer.handled)


def _failures(project: Project) -> Iterator[Answer]:
    """The error responses, those that helpers build where they are asked for them."""
    answers = [answer for answer in project.view(responses) if project.side(answer.at.path) in SERVER_SIDES]
    borrowed = {answer.origin for answer in answers if answer.origin != answer.at}
    for answer in answers:
        is_failure = answer.status is not None and 400 <= answer.status <= 599
        is_lent = answer.at in borrowed and answer.at == answer.origin
        if is_failure and not is_lent and not by_graphql(project, answer):
            yield answer


def _is_unread(answer: Answer) -> bool:
    """Whether an error response has a body, or gets one where it is caught, of which no shape is known."""
    has_body = answer.response.raised or answer.body is not None or answer.text is not None
    return has_body and not shapes(answer.body)


def _errors(project: Project, options: Options) -> Iterator[_Error]:
    calling, granting = project.view(_speaking_rpc), project.view(_granting)
    for answer in _failures(project):
        if answer.at.path in calling or (answer.at.path, answer.response.function) in granting:
            continue
        if answer.response.helper.rpartition(".")[2] in options.helpers or answer.response.function in options.helpers:
            continue
        typed = options.problem_json and "problem+json" in answer.response.content_type
        for shape in shapes(answer.body):
            if typed and not _is_problem(shape):
                continue  # with members of its own
            if _protocol(shape) or _of_graphql(answer, shape) or _by_field(answer, shape) or _is_page(answer, shape):
                continue
            unlike_errors = (shape.kind("error") is None or _tells_state(shape)) and _health_report(answer, shape)
            if not unlike_errors:
                yield _Error(answer, shape, to_webhook(project, answer))


def _protocol(shape: Shape) -> bool:
    """Whether the shape is not the project's to choose."""
    keys = set(shape.top)
    return (
        {"error", "error_description"} <= keys
        or {"schemas", "detail"} <= keys  # SCIM's (RFC 7644, 3.12)
        or {"error.message", "error.type"} <= {name for name, _ in shape.keys}  # OpenAI's, which others speak as well
        or {"data", "errors"} <= keys
        or (not keys and not shape.kind("") and shape.open)
    )


def _is_page(answer: Answer, shape: Shape) -> bool:
    """Whether a text is a page for people: `<!doctype html>…`."""
    several = _forms(answer.body) if shape.kind("") is not None else ()
    return any(isinstance(one, Constant | Text) and rendered(one).lstrip().startswith("<") for one in several)


def _speaking_rpc(project: Project) -> frozenset[str]:
    """The view: the files that answer in the form of JSON-RPC (its specification, 5), as MCP does."""
    return frozenset(answer.at.path for answer in project.view(responses) if any(map(_is_rpc, _forms(answer.body))))


def _granting(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the handlers of OAuth's own endpoints."""
    return frozenset((one.handler_path, one.handler) for one in project.view(endpoints) if OAUTH.search(one.path or ""))


def _is_rpc(body: Value) -> bool:
    if not isinstance(body, Record):
        return False
    said = body.get("error")
    codes = _forms(said.get("code")) if isinstance(said, Record) else ()
    return "jsonrpc" in body.keys or any(isinstance(one, Constant) and one.value in RPC_CODES for one in codes)


def _forms(value: Value | None) -> tuple[Value, ...]:
    return () if value is None else tuple(choices(value))


def _of_graphql(answer: Answer, shape: Shape) -> bool:
    """Whether a list of errors is what GraphQL answers (its specification, 7.1.2)."""
    return shape.top == ("errors",) and GRAPHQL.search(f"{answer.at.path} {answer.response.function}") is not None


def _by_field(answer: Answer, shape: Shape) -> bool:
    """Whether REST framework's own shape for what is wrong with one field is written by hand: `{"size": "Too large."}`."""
    told = answer.status == 400 and answer.response.framework == "drf" and len(shape.keys) == 1 and shape != FIELDS
    return told and not TELLS.match(shape.keys[0][0])


def _tells(error: _Error) -> bool:
    """Whether a body says that something failed, by a key or by what stands under it, and is no report of another kind."""
    if error.shape == FIELDS or error.shape.kind("") is not None:
        return True
    entries = [entry for form in _forms(error.answer.body) if isinstance(form, Record) for entry in form.entries]
    is_data = any(not isinstance(said, Constant | Text) for _, said in entries)  # of which a word tells the kind
    return any(map(FAILS.search, error.shape.top)) or any(
        isinstance(said, Constant) and isinstance(said.value, FAILED.get(key, ())) and said.value is not True
        for key, said in entries
        if not (is_data and key == "status")
    )


def _is_for_tests(answer: Answer) -> bool:
    """Whether a response is given where the service runs for its tests, or to somebody who takes it for that."""
    return any(map(OF_TESTS.search, (answer.at.path, *answer.response.conditions)))


def _tells_state(shape: Shape) -> bool:
    """Whether a body says first of all how the service is: `{ ready: false, error }`."""
    return not STATE.isdisjoint(shape.top)


def _health_report(answer: Answer, shape: Shape) -> bool:
    named = _tells_state(shape) or any(map(HEALTH.search, (answer.response.function, answer.at.path)))
    is_state = shape.kind("status") is not None or _is_report(shape)
    unwell = answer.status == 503 and shape.kind("error") is None and is_state
    return (answer.status or 0) >= 500 and (named or unwell)


def _is_report(shape: Shape) -> bool:
    """Whether a body tells of several things, and that something failed only beneath one: `{ redis: { error }, queues }`."""
    telling = (FAILS.search(key) or key in FAILED for key in shape.top)
    return len(shape.top) > 1 and any("." in path for path, _ in shape.keys) and not any(telling)


def _outliers(project: Project, errors: Sequence[_Error], envelope: Envelope) -> Iterator[Finding]:
    total = len(errors)
    good = [error for error in errors if _admits(envelope, error)]
    roots = {path.partition(".")[0] for path, _ in envelope.required} - {""}
    carrying = [error for error in good if roots.issubset(error.shape.top)]
    built = _built([error for error in errors if not roots.issubset(error.shape.top)])
    settled = set(map(_place, good))  # where one of several bodies fits, the others are those of success
    shapes_of: dict[Location, list[_Error]] = defaultdict(list)
    for error in errors:
        if not (error.to_provider or _place(error) in settled or _health_report(error.answer, error.shape)):
            shapes_of[error.answer.origin].append(error)
    by_shape: dict[str, list[Location]] = defaultdict(list)
    for at, several in shapes_of.items():
        by_shape[str(several[0].shape)].append(at)
    exemplars = tuple(
        Related(at, "the shape that the others have")
        for at in list(dict.fromkeys(error.answer.origin for error in carrying))[:2]
    )
    required = " and ".join(f"`{path}`" for path in _leaves(envelope))
    for places in by_shape.values():
        shape = shapes_of[places[0]][0].shape
        lacking, foreign = envelope.lacks(shape), envelope.foreign(shape)
        fault = f"without {_listed(lacking)}" if lacking else f"with {_listed(foreign)} besides"
        same_keys = bool(lacking) and all(shape.kind(path) is not None for path in lacking)
        if same_keys:
            fault = f"with another kind of {_listed(lacking)}"
        habit = len(places) >= HABIT
        as_helper = _gist(shape) in built and not built[_gist(shape)].intersection(places)
        apart = _stand_apart(places, good)
        for at in places[:1] if habit else places:
            told = [error for place in (places if habit else [at]) for error in shapes_of[place]]
            others = list(dict.fromkeys(error.answer.at for error in told if error.answer.at != at))
            who = f"{len(told)} others answer" if habit else f"{_statuses(told)} answers"
            yield Finding(
                at,
                evidence=f"{len(carrying)} of {total} error responses of this service carry {required}; "
                f"{who} `{shape}`, {fault}.",
                remedy=f"Answer with the shape of the others: {_as_code(envelope)}",
                related=(*(Related(other, f"answers `{shape}`") for other in others[:10]), *exemplars),
                slots={
                    "shape": str(shape),
                    "majority": str(envelope),
                    "count": str(len(carrying)),
                    "total": str(total),
                },
                confidence=Confidence.HIGH if len(carrying) >= FEW else Confidence.MEDIUM,
                strict=same_keys
                or apart
                or as_helper
                or _lists_faults(told)
                or not any(_is_given(project, one) for one in told)
                or all(_speaks_apart(project, one, roots) for one in told),
            )


def _lists_faults(told: Iterable[_Error]) -> bool:
    """Whether bodies hold a list of all that is invalid, and nothing else: what one message for people cannot say."""
    return all(
        error.answer.status in (400, 422) and error.shape.top == ("errors",) and error.shape.kind("errors") != SCALAR
        for error in told
    )


def _place(error: _Error) -> tuple[Location, Location]:
    """Where a response is given, and where its shape is written."""
    return error.answer.at, error.answer.origin


def _is_plain(error: _Error) -> bool:
    """Whether a body can be nothing else than what a client of the service is told of a failure."""
    return _tells(error) and _is_written(error.answer) and not _is_for_tests(error.answer)


def _is_given(project: Project, error: _Error) -> bool:
    """Whether a client gets it, and it is no part of what the handler gives it when all goes well."""
    where, function = error.answer.at.path, error.answer.response.function
    if is_idle(project, where, function) or may_be_by_graphql(project, error.answer):
        return False
    return _is_plain(error) and not _is_as_success(project, error)


def _is_written(answer: Answer) -> bool:
    """Whether a body is written where it is answered: what is raised gets its shape from whatever catches it."""
    given = answer.response.body
    inside = (*given.arguments, *(one for _, one in given.keywords)) if isinstance(given, Call) else (given,)
    return not answer.response.raised or (not answer.handled and any(isinstance(one, Record) for one in inside))


def _gist(shape: Shape) -> frozenset[str]:
    """The keys of a shape but for those that are left out where there is nothing to say."""
    return frozenset(path for path, _ in shape.keys if path.partition(".")[0] not in BESIDE)


def _built(errors: Sequence[_Error]) -> Mapping[frozenset[str], set[Location]]:
    """What functions make for several places that ask for it, with where these write it."""
    made = [one for one in errors if one.answer.origin != one.answer.at and not one.answer.response.raised]
    asked = Counter((_gist(one.shape), one.answer.origin) for one in made)
    found: dict[frozenset[str], set[Location]] = defaultdict(set)
    for (gist, origin), times in asked.items():
        if times > 1:
            found[gist].add(origin)
    return found


def _speaks_apart(project: Project, error: _Error, roots: Collection[str]) -> bool:
    """Whether a handler has a form of its own, `{ error: { message } }` throughout, and where all goes well no flag.

    Then somebody else may have given it, whose client it is: an editor that uploads images.
    """
    flags = {root for root in roots if root in FAILED}
    own = given_by(project.view(responses), error.answer.at.path, error.answer.response.function) if flags else ()
    known = [(one, list(shapes(one.body))) for one in own]
    failed = [shape for one, each in known for shape in each if (one.status or 200) >= 400]
    good = [shape for one, each in known for shape in each if (one.status or 200) < 400]
    nested = any(path == "error.message" for path, _ in error.shape.keys)
    alike = len(failed) > 1 and all(shape == error.shape for shape in failed)
    return nested and alike and bool(good) and not any(flags.intersection(shape.top) for shape in good)


def _is_as_success(project: Project, error: _Error) -> bool:
    """Whether a body has the keys of what its handler answers when all goes well, and tells beneath one what failed.

    Or has several keys of data, as far as the handler came with these, and beside them one that tells.
    """
    top = set(error.shape.top)
    beneath = any("." in path and FAILS.search(path.rpartition(".")[2]) for path, _ in error.shape.keys)
    own = given_by(project.view(responses), error.answer.at.path, error.answer.response.function)
    good = [shape for one in own if (one.status or 200) < 400 for shape in shapes(one.body)]
    return any(
        (beneath and each.top == error.shape.top)
        or (
            sum(not TELLS.match(key) for key in each.top) >= SEVERAL
            and top > set(each.top)
            and all(map(FAILS.search, top - set(each.top)))
        )
        for each in good
    )


def _stand_apart(places: Sequence[Location], good: Sequence[_Error]) -> bool:
    """Whether outliers of one shape stand where nobody answers with the shape of the others: a part with its own."""
    parts = {_part(place.path) for place in places}
    others = {_part(error.answer.origin.path) for error in good}
    return len(places) >= LEAST and len(parts) == 1 and parts.isdisjoint(others)


def _part(path: str) -> str:
    """The folder of a file, and where every endpoint has one for itself that in which they are."""
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[0] if ALONE.match(name) else folder


def _disorder(errors: Sequence[_Error]) -> Finding:
    counts = Counter(str(error.shape) for error in errors)
    first_of: dict[str, Location] = {}
    for error in errors:
        first_of.setdefault(str(error.shape), error.answer.origin)
    told = ", ".join(f"`{shape}` ({count})" for shape, count in counts.most_common(5))
    raised = Counter(str(error.shape) for error in errors if error.answer.response.raised)
    most = max(reversed(counts), key=lambda shape: (counts[shape], raised[shape]))
    wrong = [error for error in errors if not DEFAULT.admits(error.shape)] or errors
    wrong = [error for error in wrong if not error.to_provider] or wrong
    outliers = [error for error in wrong if str(error.shape) != most] or wrong
    here = max(outliers, key=lambda error: counts[str(error.shape)])
    at, shape_here = here.answer.origin, str(here.shape)
    other = next((shape for shape in (most, *counts) if shape != shape_here), shape_here)
    return Finding(
        at,
        evidence=f"The {len(errors)} error responses of this service have no shape in common: {told}.",
        remedy=f"Choose one envelope and build it in one place: {_as_code(DEFAULT)}",
        related=tuple(
            Related(place, f"`{shape}`, {_times(counts[shape])}") for shape, place in first_of.items() if place != at
        )[:5],
        slots={
            "shape": shape_here,
            "majority": other,
            "count": str(counts[other]),
            "total": str(len(errors)),
        },
        confidence=Confidence.MEDIUM,
        strict=True,
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _statuses(errors: Sequence[_Error]) -> str:
    statuses = sorted({error.answer.status or 0 for error in errors})
    return f"this {statuses[0]}" if len(statuses) == 1 else "this one (" + ", ".join(map(str, statuses)) + ")"


def _leaves(envelope: Envelope) -> list[str]:
    """The required paths without those that only hold others."""
    paths = [path for path, _ in envelope.required]
    return [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]


def _listed(paths: Sequence[str]) -> str:
    outermost = [path for path in paths if path.rpartition(".")[0] not in paths or not path]
    return ", ".join(f"`{path}`" if path else "an object" for path in outermost)


def _as_code(envelope: Envelope) -> str:
    """The envelope as JSON with something to fill in."""
    tree: dict[str, object] = {}
    for path in _leaves(envelope):
        inside = tree
        *above, last = path.split(".")
        for step in above:
            deeper = inside.setdefault(step, {})
            assert isinstance(deeper, dict)
            inside = deeper
        inside[last] = "…"
    return _json(tree)


def _json(tree: object) -> str:
    if not isinstance(tree, dict):
        return '"…"'
    return "{" + ", ".join(f'"{key}": {_json(inside)}' for key, inside in tree.items()) + "}"


REMARK = (
    "{count} of {total} error responses agree on `{majority}`, this one says `{shape}`. "
    "A client can only be written against one of them."
)

EXAMPLES = [
    """
=== quotas/views.py
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

class QuotaView(APIView):
    def post(self, request):
        if full():
            raise PermissionDenied({"error": "The maximum has been reached"})
        if late():
            return Response({"error": "Too late"}, status=409)
        if early():
            return Response({"error": "Too early"}, status=409)
        if odd():
            return Response({"error": "Not odd"}, status=400)
        return Response({"fault": "Not even"}, status=409)  # <-- the others say error
""",
    """
=== app/responses.py
from starlette.responses import JSONResponse

class Problem(JSONResponse):
    def __init__(self, status, title):
        super().__init__({"title": title, "status": int(status)}, status, media_type="application/problem+json")
=== app/links.py
from starlette.responses import JSONResponse

from app.responses import Problem

async def read(request):
    if request.query_params.get("a"):
        return Problem(404, "Link not found")
    if request.query_params.get("b"):
        return Problem(409, "Link is taken")
    if request.query_params.get("c"):
        return Problem(422, "Link is invalid")
    return JSONResponse({"message": "no such link"}, 404)  # <-- the others are problems
""",
    """
=== app/orders.py
from fastapi import APIRouter
from fastapi.responses import JSONResponse

router = APIRouter(prefix="/orders")

def problem(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse(status_code=status, content={"error": {"code": code, "message": message}})

@router.get("/{order_id}")
def read(order_id: int):
    order = find(order_id)
    if order is None:
        return problem(404, "order_not_found", "There is no such order.")
    if order.hidden:
        return problem(403, "order_hidden", "This order is not yours.")
    return {"order": order}

@router.post("/{order_id}/pay")
def pay(order_id: int):
    if not find(order_id):
        return problem(404, "order_not_found", "There is no such order.")
    if declined(order_id):
        return JSONResponse(status_code=402, content={"detail": "declined"})  # <-- {detail} beside {error: {code, message}}
    return {"status": "paid"}

@router.get("/health")
def health():
    return JSONResponse(status_code=503, content={"status": "down", "checks": {"database": "down"}})
""",
    """
=== app/errors.py
from fastapi import Request
from fastapi.responses import JSONResponse

class ShopError(Exception):
    def __init__(self, code, message, status_code=400):
        self.code, self.message = code, message
        self.status_code = status_code

class OutOfStock(ShopError):
    def __init__(self, product):
        super().__init__("out_of_stock", f"{product} is sold out", 409)

async def answer(request: Request, error: ShopError):
    return JSONResponse({"error": {"code": error.code, "message": error.message}}, status_code=error.status_code)

=== app/main.py
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from .errors import OutOfStock, ShopError, answer

app = FastAPI()
app.add_exception_handler(ShopError, answer)

@app.post("/carts/{cart_id}/lines")
def add(cart_id: int, product: str):
    if not stock(product):
        raise OutOfStock(product)
    if not cart(cart_id):
        raise ShopError("cart_not_found", "There is no such cart.", 404)
    return {"lines": lines(cart_id)}

@app.delete("/carts/{cart_id}")
def clear(cart_id: int):
    if not cart(cart_id):
        raise ShopError("cart_not_found", "There is no such cart.", 404)
    if paid(cart_id):
        return JSONResponse({"message": "Cart is paid"}, 409)  # <-- {message}, the handler answers {error}
    return {}
""",
    """
=== shop/views.py
from flask import Blueprint, jsonify, abort

bp = Blueprint("shop", __name__)

def failure(message, status):
    return jsonify(error=message), status

@bp.errorhandler(404)
def missing(error):
    return jsonify({"error": "not found"}), 404

@bp.get("/products/<int:pid>")
def product(pid):
    found = find(pid)
    if not found:
        abort(404)
    if found.withdrawn:
        return failure("withdrawn", 410)
    return jsonify(found.as_dict())

@bp.post("/products")
def create():
    if not allowed():
        return {"error": "forbidden"}, 403
    if duplicate():
        return jsonify({"msg": "exists", "status": 409}), 409  # <-- {msg, status}, the others answer {error}
    return jsonify(id=1), 201
""",
    """
=== src/errors.ts
import type { Response } from 'express'

export class ApiError extends Error {
  constructor(public status: number, public code: string, message: string) {
    super(message)
  }
  toJSON() {
    return { error: { code: this.code, message: this.message } }
  }
}

export function sendError(res: Response, status: number, code: string, message: string) {
  return res.status(status).json({ error: { code, message } })
}

=== src/orders.ts
import { Router } from 'express'
import { ApiError, sendError } from './errors'

export const orders = Router()

orders.get('/:id', async (req, res) => {
  const order = await find(req.params.id)
  if (!order) return sendError(res, 404, 'order_not_found', 'There is no such order.')
  if (order.hidden) return res.status(403).json(new ApiError(403, 'hidden', 'Not yours.').toJSON())
  res.json(order)
})

orders.post('/', async (req, res) => {
  if (!req.body.lines) return sendError(res, 422, 'no_lines', 'An order has lines.')
  if (await duplicate(req.body)) return res.status(409).json({ message: 'duplicate' }) // <-- {message}
  res.status(201).json({ error: null })
})
""",
    """
=== app/items.py
from fastapi import APIRouter, HTTPException, status

router = APIRouter()

@router.get("/items/{item_id}")
def read(item_id: int):
    if item_id < 0:
        raise HTTPException(status_code=422, detail="Item ids are positive")
    item = find(item_id)
    if item is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "Item not found")
    return item
""",
    """
=== src/all.filter.ts
import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common'

@Catch(HttpException)
export class AllFilter implements ExceptionFilter {
  catch(failure: HttpException, host: ArgumentsHost) {
    const res = host.switchToHttp().getResponse()
    res.status(failure.getStatus()).json({ fault: { name: failure.name, text: failure.message } })
  }
}
=== src/boats.controller.ts
import { BadRequestException, Controller, Get, NotFoundException, Post, Res } from '@nestjs/common'
import { find, rent } from './boats'

class BoatSunk extends NotFoundException {
  constructor() {
    super('It has sunk')
  }
}

@Controller('boats')
export class BoatsController {
  @Get(':id')
  async read(id: string) {
    if (!id) throw new BadRequestException('Which one?')
    const boat = await find(id)
    if (!boat) throw new NotFoundException('No boat')
    if (boat.sunk) throw new BoatSunk()
    if (boat.sold) throw new NotFoundException('It is sold')
    return boat
  }

  @Get(':id/crew')
  async crew(id: string) {
    if (!id) throw new BadRequestException('Whose?')
    const boat = await find(id)
    if (!boat) throw new NotFoundException('No boat')
    if (boat.sunk) throw new BoatSunk()
    return boat.crew
  }

  @Post(':id/rental')
  async rent(id: string, @Res() res) {
    const rented = await rent(id)
    if (rented.late) return res.status(410).json({ late: true }) // <-- strict: it may be how things stand
    if (rented.taken) return res.status(409).json({ error: 'taken' }) // <-- beside what the filter answers
    return res.json({})
  }
}
""",
    """
=== src/server.ts
import Fastify from "fastify";

const app = Fastify();

app.get("/up", async (request, reply) => {
  try {
    await ping();
    return { ready: true };
  } catch (error) {
    return reply.status(503).send({ ready: false, error: error.message });
  }
});
app.get("/a", async (request, reply) => reply.status(404).send({ error: "not_found", message: "no a" }));
app.get("/b", async (request, reply) => reply.status(404).send({ error: "not_found", message: "no b" }));
app.get("/c", async (request, reply) => reply.status(409).send({ error: "conflict", message: "two c" }));
app.get("/d", async (request, reply) => reply.status(403).send({ error: "forbidden", message: "not your d" }));
app.get("/e", async (request, reply) => reply.status(503).send({ error: "down" })); // <-- no message
app.get("/f", async (request, reply) => reply.status(422).send({ error: "invalid", message: "f is a number" }));
app.get("/g", async (request, reply) => reply.status(422).send({ error: "invalid", message: "g is a number" }));
app.get("/h", async (request, reply) => reply.status(422).send({ error: "invalid", message: "h is a number" }));
app.get("/i", async (request, reply) => reply.status(422).send({ error: "invalid", message: "i is a number" }));
app.get("/j", async (request, reply) => reply.status(422).send({ error: "invalid", message: "j is a number" }));
app.get("/k", async (request, reply) => reply.status(422).send({ error: "invalid", message: "k is a number" }));
""",
    """
=== app/queues.py
from flask import Blueprint, jsonify

bp = Blueprint("queues", __name__)

@bp.get("/queues/a")
def a():
    return jsonify({"error": "no a"}), 404

@bp.get("/queues/b")
def b():
    return jsonify({"error": "no b"}), 404

@bp.get("/queues/c")
def c():
    return jsonify({"error": "no c"}), 404

@bp.get("/queues/diagnosis")
def diagnosis():
    return jsonify({"redis": {"available": False, "error": "No connection"}, "workers": []}), 503

@bp.get("/queues/d")
def d():
    return jsonify({"reason": {"error": "No connection"}, "workers": []}), 503  # <-- no report: it gives the reason
""",
    """
=== app/main.py
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse

app = FastAPI()

@app.get("/nests/{nest_id}")
def read(nest_id: int):
    if nest_id < 0:
        return JSONResponse({"error": "no such nest"}, status_code=404)
    if nest_id > 99:
        return JSONResponse({"error": "not yours"}, status_code=403)
    if nest_id > 90:
        return JSONResponse({"error": "gone"}, status_code=410)
    if nest_id > 80:
        return JSONResponse({"reason": "closed"}, status_code=409)  # <-- written here
    if nest_id > 70:
        raise HTTPException(status_code=409, detail="moved")  # <-- strict: the framework makes that
    if nest_id > 60:
        return JSONResponse({"error": "late"}, status_code=409)
    if nest_id > 50:
        return JSONResponse({"error": "early"}, status_code=409)
    if nest_id > 40:
        return JSONResponse({"error": "wet"}, status_code=409)
    return {}
""",
    """
=== src/lamps.ts
import express from "express";

const app = express();

app.post("/lamps", (req, res) => {
  if (!req.body) return res.status(400).json({ errors: ["No body"] }); // <-- strict: as many as of the other
  if (!req.body.name) return res.status(400).json({ errors: ["No name"] });
  if (!req.body.watts) return res.status(400).json({ errors: ["No watts"] });
  if (!req.body.hall) return res.status(400).json({ error: "No hall" }); // one of three that answer so
  res.status(201).json({});
});
=== src/webhooks.ts
import express from "express";

export const hooks = express.Router();

hooks.post("/webhooks/:id", (req, res) => {
  if (!req.params.id) return res.status(404).json({ error: "No such hook" });
  if (!req.body) return res.status(400).json({ error: "No body" });
  res.json({});
});
""",
    """
=== supabase/functions/_shared/commands.ts
export function refused(code: string, message: string, status: number, details?: unknown) {
  return Response.json({ ok: false, code, message, ...(details === undefined ? {} : { details }) }, { status });
}
=== supabase/functions/begin/index.ts
import { refused } from "../_shared/commands.ts";

Deno.serve(async (req) => {
  if (req.method !== "POST") return refused("METHOD", "Only POST", 405);
  if (!(await signedIn(req))) return refused("AUTH", "Sign in first", 401);
  return Response.json(await begin(req));
});
=== supabase/functions/end/index.ts
Deno.serve(async (req) => {
  if (!(await signedIn(req))) {
    return Response.json({ ok: false, code: "AUTH", message: "Sign in first" }, { status: 401 }); // <-- strict: as a helper does
  }
  if (!(await begun(req))) return Response.json({ problem: "Not begun" }, { status: 409 }); // <-- nobody else
  return Response.json(await end(req));
});
=== supabase/functions/lines/index.ts
Deno.serve(async (req) => {
  if (req.method === "DELETE") return Response.json({ error: "Lines stay" }, { status: 405 });
  if (req.method === "PUT") return Response.json({ error: "No such line" }, { status: 404 });
  if (req.method === "POST") return Response.json({ error: "It is taken" }, { status: 409 });
  if (req.method === "PATCH") return Response.json({ error: "It is closed" }, { status: 410 });
  if (await stopped()) return Response.json({ error: "All stopped" }, { status: 503 });
  if (await late()) return Response.json({ error: "Too late" }, { status: 408 });
  if (await many()) return Response.json({ error: "Too many" }, { status: 429 });
  if (await foreign()) return Response.json({ error: "Not yours" }, { status: 403 });
  if (await long()) return Response.json({ error: "Too long" }, { status: 413 });
  if (await old()) return Response.json({ error: "Too old" }, { status: 412 });
  if (await weak()) return Response.json({ error: "Too weak" }, { status: 422 });
  if (await unpaid()) return Response.json({ error: "Not paid" }, { status: 402 });
  if (await odd()) return Response.json({ error: "Odd" }, { status: 400 });
  if (await small()) return Response.json({ error: "Too small" }, { status: 400 });
  if (await wide()) return Response.json({ error: "Too wide" }, { status: 400 });
  return Response.json(await lines(req));
});
=== supabase/functions/link/index.ts
Deno.serve(async (req) => {
  try {
    const found = await tried();
    const report = { success: found.open, link: { open: found.open, error: found.error } };
    return Response.json(report, { status: found.open ? 200 : 503 });
  } catch (error) {
    return Response.json({ success: false, link: { open: false, error: String(error) } }, { status: 500 }); // <-- strict: as it tells otherwise
  }
});
""",
    """
=== src/quays.controller.ts
import { Body, Controller, ForbiddenException, NotFoundException, Post } from "@nestjs/common";
import { QuaysService } from "./quays.service";

@Controller("quays")
export class QuaysController {
  constructor(private readonly quays: QuaysService) {}

  @Post()
  async open(@Body() quay: Quay) {
    if (!quay.name) throw new ForbiddenException({ error: { code: "nameless", message: "It has no name" } });
    if (!quay.port) throw new NotFoundException({ error: { code: "no_port", message: "No such port" } });
    if (!quay.crane) throw new NotFoundException({ error: { code: "no_crane", message: "No such crane" } });
    return this.quays.open(quay);
  }
}
=== src/quays.resolver.ts
import { Mutation, Resolver } from "@nestjs/graphql";
import { QuaysService } from "./quays.service";

@Resolver()
export class QuaysResolver {
  constructor(private readonly quays: QuaysService) {}

  @Mutation()
  async close(id: number) {
    return this.quays.close(id);
  }
}
=== src/quays.service.ts
import { ForbiddenException, Injectable } from "@nestjs/common";

@Injectable()
export class QuaysService {
  async open(quay: Quay) {
    if (quay.taken) throw new ForbiddenException({ code: "TAKEN", message: "It is taken" }); // <-- a handler runs it
    return this.db.save(quay);
  }

  async close(id: number) {
    if (this.busy(id)) throw new ForbiddenException({ code: "BUSY", message: "It is busy" }); // <-- strict: for GraphQL
    return this.db.remove(id);
  }
}
""",
    """
=== src/doors.ts
import express from "express";

const app = express();
const page = (error: string) => `
<!doctype html>
<p>${error}</p>`;
const told = (error: string) => `Error: ${error}`;

app.post("/doors", async (req, res) => {
  if (!req.body.name) return res.status(400).json({ error: { code: "NAME", message: "No name" } });
  if (!req.body.lock) return res.status(400).json({ error: { code: "LOCK", message: "No lock" } });
  if (!req.body.house) return res.status(400).json({ error: { code: "HOUSE", message: "No house" } });
  if (!req.body.key) return res.status(401).send(page("No key"));
  if (!req.body.bell) return res.status(400).json(told("No bell")); // <-- a text, and no page
  res.json({ ok: true });
});
""",
    """
=== app.py
from flask import Flask, jsonify, request

app = Flask(__name__)

@app.post("/pages")
def page():
    if not request.form.get("title"):
        return jsonify({"success": False, "message": "No title"}), 400
    if not request.form.get("text"):
        return jsonify({"success": False, "message": "No text"}), 400
    return jsonify({"success": True, "id": store(request.form)})

@app.post("/words")
def word():
    if not request.form.get("word"):
        return jsonify({"success": False, "message": "No word"}), 400
    if len(request.form["word"]) > 99:
        return jsonify({"success": False, "message": "Too long"}), 413
    held = find(request.form["word"])
    if held:
        return jsonify({"status": "conflict", "held": held.id, "others": held.others}), 409  # <-- strict: what is held
    if full():
        return jsonify({"error": {"message": "Full"}}), 503  # <-- nobody else gave it this form
    return jsonify({"success": True})

@app.post("/lines")
def line():
    if not request.form.get("line"):
        return jsonify({"success": False, "message": "No line"}), 400
    return jsonify({"success": True})

@app.post("/images")
def image():
    sent = request.files.get("upload")
    if not sent:
        return jsonify({"error": {"message": "No image"}}), 400  # <-- strict: the editor's form
    if not sent.filename.endswith(".png"):
        return jsonify({"error": {"message": "No picture"}}), 400  # <-- strict: the same
    return jsonify({"url": keep(sent)})

@app.post("/scenes")
def scene():
    if not request.form.get("scene"):
        return jsonify({"success": False, "message": "No scene"}), 400
    if not request.form.get("act"):
        return jsonify({"success": False, "message": "No act"}), 400
    if not request.form.get("play"):
        return jsonify({"success": False, "message": "No play"}), 400
    if not request.form.get("stage"):
        return jsonify({"success": False, "message": "No stage"}), 400
    if not request.form.get("cast"):
        return jsonify({"success": False, "message": "No cast"}), 400
    if not request.form.get("light"):
        return jsonify({"success": False, "message": "No light"}), 400
    if not request.form.get("sound"):
        return jsonify({"success": False, "message": "No sound"}), 400
    return jsonify({"success": True})
""",
]
