"""Supabase clients with what is known of their keys: which one acts as the service role, which as the visitor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ..credentials.published import PREFIXES
from ..facts.clients import AuthCall, Client
from ..facts.code import Definition
from ..facts.data import TableAccess
from ..facts.imports import Export, Import
from ..facts.secrets import Secret
from ..facts.values import Call, Environment, Parameter, Reference, Text, Unknown, Value, constant_text, options
from ..project import Project
from .functions import functions
from .modules import modules
from .places import located
from .secrets import is_service_role


class Key(StrEnum):
    """Whose key a client was made with."""

    SERVICE = "service role"
    ANON = "anon"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SupabaseClient:
    """A client with its key. `variable` is the environment variable that the key comes from, `""` where none."""

    client: Client
    key: Key
    variable: str = ""


_SERVICE = re.compile(
    r"service[_-]?role|(?:^|[_.])(?:supabase|sb)[_-]?(?:service|secret|admin)(?:[_-]?(?:role[_-]?)?(?:key|token))?$"
    r"|SUPABASE_\w*(?:SECRET|SERVICE)\w*_KEY|supabase(?:Secret|Service|Admin)\w*Key",
    re.I,
)
_ANON = re.compile(r"anon|publishable|SUPABASE_(?:PUBLIC_)?KEY$", re.I)
_DEPENDENCY = re.compile(r"\b(?:Depends|Security)\(\s*([\w.]+)")
_FIXED = {
    "createBrowserClient": Key.ANON,
    "createClientComponentClient": Key.ANON,
    "createPagesBrowserClient": Key.ANON,
    "serverSupabaseClient": Key.ANON,
    "serverSupabaseServiceRole": Key.SERVICE,
}


def supabase_clients(project: Project) -> tuple[SupabaseClient, ...]:
    """Every Supabase client that the project builds; call it through `project.view(supabase_clients)`."""
    literals: dict[str, list[Secret]] = {}
    for secret in project.facts(Secret):
        if is_service_role(secret):
            literals.setdefault(secret.at.path, []).append(secret)
    return tuple(_judged(project, client, literals) for client in project.facts(Client) if client.library == "supabase")


def _judged(project: Project, client: Client, literals: dict[str, list[Secret]]) -> SupabaseClient:
    variable = ""
    kinds: set[Key] = set()
    for value in _values(project, client.key, client.at.path):
        if isinstance(value, Environment):
            variable = variable or value.name
        if any(
            value.at.path == secret.at.path and value.at.holds(secret.at) for secret in literals.get(value.at.path, ())
        ):
            kinds.add(Key.SERVICE)
        else:
            kinds.add(_kind(value))
    if not kinds and (fixed := _FIXED.get(client.constructor.rpartition(".")[2])):
        kinds.add(fixed)
    if Key.SERVICE in kinds and Key.ANON not in kinds:  # both: whoever calls the factory decides
        return SupabaseClient(client, Key.SERVICE, variable)
    return SupabaseClient(client, Key.ANON if kinds == {Key.ANON} else Key.UNKNOWN, variable)


def _kind(value: Value) -> Key:
    match value:
        case Environment(name=name) | Reference(name=name) | Parameter(path="", name=name) | Parameter(path=name):
            last = name.rpartition(".")[2]
            if _ANON.search(last):
                return Key.ANON
            return Key.SERVICE if _SERVICE.search(last) else Key.UNKNOWN
        case Call(arguments=arguments) if arguments:  # a helper that reads a variable: `required("SUPABASE_…")`
            text = constant_text(arguments[0])
            if text and _ANON.search(text):
                return Key.ANON
            return Key.SERVICE if text and _SERVICE.search(text) else Key.UNKNOWN
    text = constant_text(value)
    if text and text.startswith("sb_publishable_"):
        return Key.ANON
    return Key.UNKNOWN


def _values(project: Project, value: Value | None, path: str, hops: int = 3) -> Iterator[Value]:
    """What a key may be, constants of other files followed."""
    for option in options(value) if value is not None else ():
        if isinstance(option, Reference) and hops:
            definition = _definition(project, option.name, path)
            if definition is not None and _kind(option) is Key.UNKNOWN:
                yield from _values(project, definition.value, definition.at.path, hops - 1)
                continue
        if isinstance(option, Text) and len(option.parts) == 1:
            option = option.parts[0]
        yield option


def _definition(project: Project, name: str, path: str) -> Definition | None:
    found = project.view(_definitions).get((path, name))
    if found is None and "." in name:
        module, _, inner = name.rpartition(".")
        target = project.view(modules).resolve(module, path)
        found = project.view(_definitions).get((target, inner)) if target is not None else None
    return found


def _definitions(project: Project) -> dict[tuple[str, str], Definition]:
    return {(one.at.path, one.name): one for one in project.facts(Definition)}


def is_published(variable: str) -> bool:
    """Whether a bundler writes this variable into the browser's code."""
    return variable.startswith(PREFIXES)


class _Made:
    """Every client by the place that gives it a name: a variable or a factory of a file."""

    def __init__(self, project: Project) -> None:
        self.named: dict[tuple[str, str], list[SupabaseClient]] = {}
        for one in project.view(supabase_clients):
            names = {one.client.name, one.client.function} - {""}
            for name in names:
                self.named.setdefault((one.client.at.path, name), []).append(one)
        self.exported = {(one.at.path, one.name): one.local for one in project.facts(Export)}
        self.passed: dict[str, list[Import]] = {}
        for fact in project.facts(Import):
            if fact.reexport:
                self.passed.setdefault(fact.at.path, []).append(fact)


def client_behind(project: Project, access: TableAccess | AuthCall) -> SupabaseClient | None:
    """The client that a chain or an auth call goes through; None where that is not known, or it may be several."""
    made = project.view(_Made)
    path = access.at.path
    scope = access.function
    name = access.client.removeprefix("self.").removeprefix("this.")  # a field is named after its class
    while True:
        found = made.named.get((path, f"{scope}.{name}" if scope else name))
        if found:
            return _one(found)
        if not scope:
            break
        scope = scope.rpartition(".")[0]
    for other in (access.made, access.client):
        if other:
            found = _elsewhere(project, made, path, other.replace("()", ""), 4)
            if found:
                return _one(found)
    return None


def as_written(client: str) -> str:
    """What code calls the client that a fact knows by its dotted name: without the module that it comes from."""
    name = client.rpartition("/")[2].partition(".")[2] if "/" in client else client
    return "supabase" if not name or name.startswith("default") else name


def is_supabase(project: Project, access: TableAccess) -> bool:
    """Whether a chain goes to Supabase: by its form, or because the client behind it does."""
    return access.library == "supabase" or (not access.library and client_behind(project, access) is not None)


def _elsewhere(project: Project, made: _Made, path: str, name: str, hops: int) -> list[SupabaseClient]:
    if (path, name) in made.named:
        return made.named[path, name]
    place = located(project, path, name)
    if place is not None and place in made.named:
        return made.named[place]
    if place is not None and hops:
        return _behind(project, made, place, hops - 1)
    module, _, inner = name.rpartition(".")
    target = project.view(modules).resolve(module, path) if module and hops else None
    if target is None:
        return []
    local = made.exported.get((target, inner), inner)
    if (target, local) in made.named:
        return made.named[target, local]
    for fact in made.passed.get(target, ()):
        for given, taken in fact.names:
            if taken in (inner, "*"):
                wanted = inner if taken == "*" else given
                found = _elsewhere(project, made, target, f"{fact.module}.{wanted}", hops - 1)
                if found:
                    return found
    return []


def _behind(project: Project, made: _Made, place: tuple[str, str], hops: int) -> list[SupabaseClient]:
    """The clients that a variable is bound to, a function returns, or FastAPI injects for an annotated type."""
    path, name = place
    definition, function = project.view(_definitions).get(place), project.view(functions).get(place)
    values = (definition.value,) if definition is not None else function.returns if function is not None else ()
    found: list[SupabaseClient] = []
    for value in values:
        match value:
            case Call(callee=given) | Reference(name=given) if given != name:
                there = _elsewhere(project, made, path, given, hops)
                found += [_told(project, one, value, path) for one in there] if isinstance(value, Call) else there
            case Unknown(source=source) if match := _DEPENDENCY.search(source):
                found += _elsewhere(project, made, path, match[1], hops)
    return found


def _told(project: Project, one: SupabaseClient, call: Call, path: str) -> SupabaseClient:
    """A factory's client with the key that a call of the factory hands it."""
    key, function = one.client.key, project.view(functions).get((one.client.at.path, one.client.function))
    if one.key is not Key.UNKNOWN or not isinstance(key, Parameter) or key.path or function is None:
        return one
    for name, value in zip(function.parameters, call.arguments, strict=False):
        kinds = {_kind(option) for option in _values(project, value, path)} if name == key.name else set()
        if len(kinds) == 1:
            return replace(one, key=kinds.pop())
    return one


def _one(found: list[SupabaseClient]) -> SupabaseClient | None:
    return found[0] if len({one.key for one in found}) == 1 else None
