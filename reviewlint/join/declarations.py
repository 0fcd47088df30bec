"""What names at module and class level stand for that a change gives another meaning, and who goes by it.

A rate, a pattern, the permissions of a view, a bound in a schema: no function is any different, and each that goes by
it does something else. Only what was there before counts, since what is new does nothing until a function uses it.
Names, addresses, versions, limits and the columns of tables are left out: they are set, and decide nothing, as long as
no function of the same file refuses anything for being above or below them, or cuts it off there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..facts.code import Behaviour, Class, Declared, Definition, Function
from ..facts.http import Route
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.values import Call
from ..project import Project
from .alike import Tree, parsed, text_of, walked
from .behaviours import Changed
from .deciding import is_aid
from .deeds import COMPUTES, OPERATIONS
from .endpoints import endpoints
from .exercised import Reach
from .places import located

_SET = re.compile(
    r"(?:^|\.)(?:\w*(?:version|limit|timeout|retries|retry|interval|delay|ttl|backoff|pool|port|size|batch|url|host|domain"
    r"|description|verbose_name\w*|label|title|icon|help|summary|tags|docs?|logger|log|example\w*|app_label|db_table)\w*"
    r"|[A-Z_]*MAX[A-Z_]*|max[A-Z_]\w*|__\w+__|(?:display_?)?name|how_?to)$",
    re.IGNORECASE,
)
"""Names of what is set or said, as against what is decided."""
_PLAIN = re.compile(r"(?:\(string[^()]*\)|…|#|[A-Za-z_$][\w.$]*|\(attribute [^()]*\)|\(member_expression [^()]*\))?$")
"""A text, a name, or nothing."""
_TEXT_THAT_RUNS = re.compile(r"\(string (?:select|insert|update|delete|with)\b", re.IGNORECASE)
_COLUMN = re.compile(
    r"\(call (?:\(attribute (?:models|db|sa|orm|peewee) \. \w+\)|mapped_column|Column|relationship|\w*ForeignKey) ?"
)
_BOUNDS = re.compile(
    r"\(keyword_argument (?:[gl][te]|(?:min|max)_(?:length|value|digits)|pattern|regex|validators|validate|choices) ="
    r"|\(member_expression .*\b(?:min|max|regex|email|url|uuid|positive|nonnegative|nonempty|length|int)\)"
)
"""What a field of a schema asks of what it is given."""
_BOUND = re.compile(
    r"\(keyword_argument (?:[gl][te]|(?:min|max)_(?:length|value|digits)|pattern|regex) = [^()]*\)"
    r"|\b(?:min|max|length|regex)\) \(arguments [^()]*\)"
    r"|\(call_expression (?:Min|Max|MinLength|MaxLength|Length|Matches) \(arguments [^()]*\)"
    r"|\(pair (?:required|pattern|enum|(?:min|max)(?:imum|Length|Items)) (?:[^()]+|\(array (?:\(string [^()]*\) ?)*\))"
)
"""A bound of a field with what it is: pydantic's, zod's, class-validator's, JSON Schema's ("Validation keywords")."""
_LETS_IN = re.compile(r"(?:^|[._])(?:permission|authentication|guard)\w*$|\.(?:matcher|@guards)$", re.IGNORECASE)
_LOOKS_UP = ["has", "includes", "get", "test", "match", "fullmatch", "search"]
_CONFIGURES = re.compile(
    r"(?:^|/)(?:[\w.-]*(?:config|settings|env|environment)[\w.-]*|conf)\.\w+$|(?:^|/)(?:config|settings|openapi)/"
)
_MAKES = re.compile(
    r"(?:\((?:list|array|tuple) )?\((?:call|new_expression new) (?:\(attribute \w+ \. )?"
    r"(?!(?:Set|Map|RegExp|Date|Array|Decimal|Fraction|Q)\b)[A-Z]\w*\)? \((?:argument_list|arguments)\b"
)
"""What makes objects of a class, which are told how to be: that is a setting, unless it is about who is let in."""
_ENVIRONMENT = re.compile(r" \. (?:env|environ|getenv)\b")
"""What an operator sets."""
_ADMITS = re.compile(r"Depends|Security|[pP]ermission|[gG]uard|[aA]uth")
_TYPE = re.compile(r"\((?:subscript|generic_type|type) ")
_CALLED = re.compile(r"\(call .*")
"""What a type says of a value that runs: `Annotated[User, Depends(current_user)]`."""
_TABLE = re.compile(r"\((?:dictionary|object) |\((?:list|array) \((?:dictionary|object) ")
_AMOUNT = re.compile(r" (?:\d|[Tt]rue\b|[Ff]alse\b)")
"""Entries by key, and what is no name among them: one more name says nothing else of those that were there."""
_CATALOGUE = re.compile(r"\((?:list|array|tuple|set)(?: [A-Z][A-Z\d_]*){13,}\)")
"""So many constants in a row that nothing is decided by naming one more."""
_TOKEN = re.compile(r"\(?[^\s()]+")
_LIMIT = re.compile(r"limit|max|min", re.IGNORECASE)
"""How much there may be of something: a setting as long as nobody is refused for it."""
_QUANTITY = re.compile(
    r"timeout|retr(?:y|ies)|interval|delay|ttl|backoff|pool|port|size|batch|page|per_page|concurren|cache|chunk|buffer|seconds|minutes|_ms$",
    re.IGNORECASE,
)
"""How long, how often, and how much at a time."""
_CHOOSES = {
    "if_statement": 2,
    "elif_clause": 2,
    "ternary_expression": 1,
    "conditional_expression": 3,
    "return_statement": 1,
}
"""Which part of what chooses or answers is what it goes by."""
_COMPARED = re.compile(r"\((?:comparison_operator|binary_expression) .*(?:[<>]=?|[=!]==?)")
_ENDS = re.compile(r"\((?:raise|throw|return)_statement\b")
_MATCHER = re.compile(r"^config\.matcher$")
"""What an exported configuration tells a framework about when its functions run (Next.js, "Middleware": `matcher`)."""

_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Redeclared:
    """A name that stands for something else than before, and the functions that go by it.

    Where it is `of_class`, a field of what requests are taken as, these are who makes or takes an object of it.
    """

    changed: Changed
    users: tuple[_Place, ...]
    of_class: bool = False

    def reached(self, reach: Reach) -> _Place | None:
        """The first of what goes by it that is surely exercised, None where nothing is.

        Of a file of which only the whole is known nobody tells which of its classes is made.
        """
        if self.of_class:
            return next((place for place in self.users if place in reach.places), None)
        return next((place for place in self.users if reach.includes(*place)), None)

    def may_be_reached(self, reach: Reach) -> bool:
        """Whether any of what goes by it may be exercised."""
        return any(reach.includes(*place) for place in self.users)


def redeclared(project: Project) -> tuple[Redeclared, ...]:
    """The view, by place."""
    return tuple(
        Redeclared(one, users, _is_of_class(project, one.function))
        for one in _changed(project)
        if (users := tuple(_users(project, one.function)))
    )


def _changed(project: Project) -> Iterator[Changed]:
    change = project.change
    answering = (
        {(one.handler_path, one.handler.partition(".")[0]) for one in project.view(endpoints)} if change else set()
    )
    for path, file in change.files.items() if change is not None else ():
        was = project.originals.get(file.before)
        if was is None or is_aid(path) or _CONFIGURES.search(path):
            continue
        before = _by_name(one for one in was.facts if isinstance(one, Declared))
        now = _by_name(project.facts_of(path, Declared))
        does = project.facts_of(path, Behaviour)
        inner = {one.name for one in does} | {one.name.rpartition(".")[0] for one in does}
        for one in now.values():
            if one.name in inner:
                continue  # each of its functions is looked at by itself
            old = before.get(one.name)
            answers = (path, one.name.partition(".")[0]) in answering
            if old is None:
                bounds = "." in one.name and (answers or _BOUNDS.search(one.code) is not None)
                old = Declared(one.at, one.name, "") if bounds and not _COLUMN.match(one.code) else None
            if (
                old is not None
                and _is_other(old.code, one.code)
                and (answers or _decides(one.name, old.code, one.code) or _is_limit(project, one))
            ):
                parts = [Behaviour(one.at, one.name, code) for code in (old.code, one.code)]
                yield Changed(parts[1], one.at.line, parts[0], declared=True, sure=_is_sure(project, *parts))
        for name, old in before.items():
            owner = name.partition(".")[0]
            if "." in name and name not in now and (path, owner) in answering and not _SET.search(name):
                at = next((one.at for one in project.facts_of(path, Class) if one.name == owner), None)
                if at is not None:
                    yield _named(at, name, old.code, "")


def _named(at: Location, name: str, before: str, now: str) -> Changed:
    return Changed(Behaviour(at, name, now), at.line, Behaviour(at, name, before), declared=True, sure=False)


def _is_sure(project: Project, before: Behaviour, now: Behaviour) -> bool:
    """Whether it surely makes something else of what was there: who is let in, a bound, a constant to compare with."""
    if lets_in(now.name):
        return True
    if not before.code:
        return False
    if Counter(_BOUND.findall(before.code)) != Counter(_BOUND.findall(now.code)):
        return True
    return now.name.isupper() and any(
        _goes_by(node, now.name)
        for fact in project.facts_of(now.at.path, Behaviour)
        if now.name in fact.code and (tree := parsed(fact.code)) is not None
        for node in walked(tree)
    )


def lets_in(name: str) -> bool:
    """Whether a name, or what a class says under it, stands for who is let in."""
    return _LETS_IN.search(name) is not None


def _goes_by(node: Tree, name: str) -> bool:
    """Whether a function compares or computes something with what a name stands for, or looks it up there."""
    if node[:1] in (["member_expression"], ["attribute"]):
        return node[1:2] == [name] and node[-1] in _LOOKS_UP
    return (name in node and (str(node[0]) in OPERATIONS or str(node[0]) in _CHOOSES)) or _computes(node, name)


def _computes(node: Tree, name: str) -> bool:
    """Whether a call that is an operation is given a name: `slug.slice(0, MAX)`."""
    match node:
        case ["call" | "call_expression", called, ["argument_list" | "arguments", *given]]:
            return name in given and str(called[-1] if isinstance(called, list) else called) in COMPUTES
    return False


def _by_name(every: Iterable[Declared]) -> dict[str, Declared]:
    """What was said last under each name, with all that was said under it."""
    found: dict[str, Declared] = {}
    for one in every:
        known = found.get(one.name)
        found[one.name] = one if known is None else replace(one, code=f"{known.code} {one.code}")
    return found


def _is_other(before: str, now: str) -> bool:
    """Whether more is different than the order of what is listed, and addresses."""
    return before != now and _words(before) != _words(now)


def _words(code: str) -> Counter[str]:
    return Counter(one for one in _TOKEN.findall(code) if not one.startswith(("http://", "https://")))


def _decides(name: str, before: str, now: str) -> bool:
    if (_SET.search(name) and "(call" not in now) or ".@" in name or any(_COLUMN.match(code) for code in (before, now)):
        return False
    if "." in name and not now:
        return True  # it has to be given, where it did not before
    if "." not in name and _MAKES.match(before) and _MAKES.match(now) and not _ADMITS.search(before + now):
        return False
    if _ENVIRONMENT.search(before) and _ENVIRONMENT.search(now):
        return False
    if _CATALOGUE.sub("", before) == _CATALOGUE.sub("", now):
        return False
    if _TYPE.match(now) and _CALLED.findall(before) == _CALLED.findall(now):
        return False
    if _TABLE.match(now) and not _AMOUNT.search(now) and _words(before) <= _words(now):
        return False
    return not all(_PLAIN.match(code) for code in (before, now)) or _TEXT_THAT_RUNS.match(now) is not None


def _is_limit(project: Project, one: Declared) -> bool:
    """Whether functions of the same file answer otherwise where something is above or below what a name stands for.

    Or cut off there what they give.
    """
    if not _LIMIT.search(one.name) or _QUANTITY.search(one.name) or not re.fullmatch(r"[\d_.]+", one.code):
        return False
    named = re.compile(rf"(?<![\w$]){re.escape(one.name.rpartition('.')[2])}(?![\w$])")
    return any(
        _refuses(node, named) or _computes(node, one.name)
        for fact in project.facts_of(one.at.path, Behaviour)
        if named.search(fact.code) and (tree := parsed(fact.code)) is not None
        for node in walked(tree)
    )


def _refuses(node: Tree, named: re.Pattern[str]) -> bool:
    """Whether what chooses here compares something with a name, and ends the function with an answer."""
    place = _CHOOSES.get(str(node[0])) if node else None
    if place is None or len(node) <= place:
        return False
    condition = text_of(node[place : place + 1])
    ends = node[0] != "if_statement" or any(_ENDS.search(text_of([part])) for part in node[place + 1 :])
    return ends and _COMPARED.search(condition) is not None and named.search(condition) is not None


def _users(project: Project, declared: Behaviour) -> Iterator[_Place]:
    """The functions that go by what a name stands for: those that write it, or take or call what it belongs to.

    Itself comes last: those say better where a test of it would stand.
    """
    path, (owner, _, inner) = declared.at.path, declared.name.partition(".")
    names = frozenset({owner, *_made_of(project, path, owner)} if inner else {owner})
    written = re.compile(rf"(?<![\w$]){'|'.join(map(re.escape, sorted(names)))}(?![\w$])")
    for one in project.facts_of(path, Behaviour):
        if written.search(one.code) or _MATCHER.match(declared.name):
            yield path, one.name
    for endpoint in project.view(endpoints):
        if endpoint.handler_path == path and endpoint.handler.partition(".")[0] in names:
            yield path, endpoint.handler
    yield from _taken(project, path, names)
    for fact in project.facts(Import):
        for name, local in fact.names:
            if name in names and located(project, fact.at.path, f"{fact.module}.{name}") == (path, name):
                known = tuple(_taken(project, fact.at.path, frozenset({name, local or name})))
                if _is_of_class(project, declared):
                    yield from known  # a field goes by nothing but what makes or takes an object of its class
                    continue
                yield from known or ((fact.at.path, one.name) for one in project.facts_of(fact.at.path, Function))
    yield path, owner


def _is_of_class(project: Project, declared: Behaviour) -> bool:
    """Whether something is said of a field of a class of which its file makes no object for all to share."""
    path, (owner, _, inner) = declared.at.path, declared.name.partition(".")
    return bool(inner) and not inner.startswith("@") and not any(_made_of(project, path, owner))


def _made_of(project: Project, path: str, owner: str) -> Iterator[str]:
    """The objects of a file that a class of it makes: `settings = Settings()`."""
    for fact in project.facts_of(path, Definition):
        if isinstance(fact.value, Call) and fact.value.callee == owner:
            yield fact.name


def _taken(project: Project, path: str, names: frozenset[str]) -> Iterator[_Place]:
    """The functions of a file that call a method of one of these names, or take a request as one."""
    for route in project.facts_of(path, Route):
        types = (*route.annotations, *(type for _, type in route.bodies))
        if any(not names.isdisjoint(re.findall(r"\w+", type)) for type in types):
            yield path, route.handler
    for function in project.facts_of(path, Function):
        if any(not names.isdisjoint(callee.replace("()", "").split(".")) for callee in function.calls):
            yield path, function.name
