"""Tests by which code refuses to start without a variable, or with what it falls back to; read alike in both grammars.

`if (!process.env.X) throw …`, `if SECRET == "dev": raise …`, `missing = [name for name in NEEDED if …]`, the validators
of settings, schemas of the environment (zod, Joi, envalid, class-validator), and reads that fail by themselves.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from ..credentials.fingerprint import fingerprint
from ..credentials.names import plain
from ..facts.clients import EnvironmentRead, Insistence
from ..facts.file import FileFact
from ..facts.location import Location
from ..facts.values import constant_text

_ENDS = re.compile(rb"\b(?:throw|raise)\b(?P<what>[^\n]{0,80})|\b(?:process|sys|os|Deno)\s*\.\s*_?exit\(")
_ANSWERS = re.compile(
    rb"http|(?:bad_?request|unauthori[sz]ed|forbidden|not_?found|unprocessable|api_?error|app_?error|graphql)", re.I
)
"""Failures that tell a caller something, and end no program."""
_CONCERNS = (b"env", b"onfig", b"ettings", b"validator", b"ecret", b"SECRET")
_ENVIRONMENT_BY_NAME = re.compile(rb"env(?:(?:iron)?\s*\[|(?:(?:iron)?\.get)?\(\s*[a-z_]\w*\s*[,)])")
_CONFIGURATION_BY_NAME = re.compile(rb"onfig(?:Service)?\.get(?:<\w+>)?\(\s*[a-z_]\w*\s*[,)]")
"""Reads of a variable whose name is another's value. What begins with plain letters is searched for fast."""
_ENVIRONMENT = re.compile(rb"env(?<!\wenv)\b")
_NEEDED = re.compile(rb"environ\[\s*[\"'](?P<name>\w+)")
_THROWN = re.compile(rb"getOrThrow[^\n(]*\(\s*[\"'`](?P<name>\w+)")
_EMPTY = re.compile(
    rb"!(?!=)|\bnot\b|\bNone\b|\bnull\b|\bundefined\b|===?\s*(?:''|\"\")|\.length\b|\blen\(|\b(?:missing|absent|unset)",
    re.I,
)
_COMPARES = re.compile(rb"==|!=|\bin\b|\.(?:includes|has|indexOf|startsWith|startswith|endsWith|endswith)\(")
_CALLED = re.compile(rb"(?<![\w.$])\w+\(")
_CHECKS = (b"validator", b"ecret", b"SECRET", b"_key", b"_KEY", b"Key", b"assword", b"PASSWORD")
_SECRET = (b"secret", b"key", b"token", b"passw", b"pwd", b"credential", b"salt", b"jwt", b"dsn", b"signing")
_BINDING = re.compile(rb"(?:\s*:\s*[^=\n,()]{1,80})?(?:\s*,\s*\w+)?\s*(?:(?<![=!<>])=(?![=>])|\bof\b|\bin\b)")
"""What stands behind a name that is bound."""
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_PART = _WORD.union(b".$")
_BINDS = frozenset({"assignment", "assignment_expression", "variable_declarator", "for_statement", "for_in_statement"})
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{5,}")
_NAME = re.compile(r"[A-Za-z_]\w*")
_NAMES = frozenset({"identifier", "property_identifier", "shorthand_property_identifier"})
_STRINGS = frozenset({"string", "template_string"})
_FUNCTIONS = frozenset(
    {"function_definition", "function_declaration", "function_expression", "arrow_function", "method_definition"}
)
_EACH = frozenset({b"forEach", b"filter", b"some", b"every", b"find", b"map"})
_GATHERS = re.compile(rb"\s*(?:\.\s*(?:append|extend|add|push)\s*\(|\+=)")
_CALLS = frozenset({"call", "call_expression"})
_DEFINES = re.compile(
    rb"\b(?:def|function)\s+(?P<name>[\w$]+)\s*\(|\b(?:const|let)\s+(?P<held>[\w$]+)\s*=\s*(?:async\s*)?\("
)
_HOPS = 3
_MOST = 400
"""Nodes of a test, and of what it rests on, that are looked at."""
_MOST_NAMES = 24
_FAR = 200
"""Bytes of what a call gives that are looked at."""
_SCHEMA = re.compile(
    rb"^[ \t]*[\"']?(?P<name>[A-Z][A-Z0-9_]{2,})[\"']?\s*:\s*"
    rb"(?P<rule>(?:z|[jJ]oi|yup|v|t|Schema|Type)\s*\.\s*\w+|(?:str|makeValidator)\()"
    rb"(?P<more>[^\n]*(?:\n[ \t]*\.[^\n]*)*)",
    re.M,
)
_DECLARING = (b"validationSchema", b"ConfigModule", b"validateSync")
_LENIENT = re.compile(rb"optional|default|nullish|nullable|\bcatch\b|\ballow\(", re.I)
_DECLARED = re.compile(
    rb"(?P<marks>(?:^[ \t]*@[^\n]*\n)+)[ \t]*(?:readonly\s+)?(?P<name>[A-Z][A-Z0-9_]{2,})!?\s*:\s*string", re.M
)


def insistences(
    facts: Sequence[FileFact], root: Node, data: bytes, locate: Callable[[Node], Location]
) -> Iterator[Insistence]:
    """What a file insists on, in the order of its text; reads with a fallback insist on nothing."""
    reads = [fact for fact in facts if isinstance(fact, EnvironmentRead)]
    yield from _by_themselves(reads, data)
    if not any(mark in data for mark in _CONCERNS):
        return
    yield from _schemas(root, data, locate)
    by_name = bool(reads) or _reads_by_name(data)
    if not by_name and not any(mark in data for mark in _CHECKS):
        return
    bindings = _Bindings(data)
    for test in _tests(root, data):
        condition = _condition(test)
        asked = (condition.text if condition is not None else None) or b""
        # What a name was bound to is dear to find: only for what may be about a variable.
        named = by_name and test.type == "if_statement" and _EMPTY.search(asked)
        if named or ((_COMPARES.search(asked) or _CALLED.search(asked)) and _may_be_secret(test, data)):
            yield from _of_test(test, root, bindings, reads, locate)


def _reads_by_name(data: bytes) -> bool:
    """Whether code reads variables whose names it has from elsewhere."""
    return bool(_ENVIRONMENT_BY_NAME.search(data) or _CONFIGURATION_BY_NAME.search(data))


class _Bindings:
    """Where names of a file are bound to something."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._known: dict[bytes, list[int]] = {}
        self._functions: dict[bytes, int] | None = None

    def of(self, name: bytes) -> list[int]:
        """The places of one name, in order."""
        if name not in self._known:
            places = _places(name, self.data, 0, len(self.data))
            self._known[name] = [start for start in places if _BINDING.match(self.data, start + len(name))]
        return self._known[name]

    def function(self, name: bytes) -> int | None:
        """Where the parameters of the first function of this name begin; None where there is none."""
        if self._functions is None:  # one search for all: files may be long, and their tests many
            self._functions = {}
            for found in _DEFINES.finditer(self.data):
                self._functions.setdefault(found["name"] or found["held"], found.end() - 1)
        return self._functions.get(name)


def _places(name: bytes, data: bytes, start: int, end: int) -> Iterator[int]:
    """Where a name stands by itself in `data` from `start` to `end`. A pattern for each name takes long to compile."""
    while name and (start := data.find(name, start, end)) >= 0:
        after = start + len(name)
        if (start == 0 or data[start - 1] not in _PART) and (after == len(data) or data[after] not in _WORD):
            yield start
        start = after


def _tests(root: Node, data: bytes) -> Iterator[Node]:
    """The tests of a file in which something ends, or is asserted, once each, with those that gather why."""
    known = set[int]()
    for end in _ENDS.finditer(data):
        if end["what"] is not None and _ANSWERS.search(end["what"]):
            continue
        node = root.descendant_for_byte_range(end.start(), end.start() + 1)
        while node is not None and node.type not in _FUNCTIONS:
            if node.type in ("if_statement", "assert_statement") and node.id not in known and _ends(node):
                known.add(node.id)
                yield node
                for one in _gathering(node, data):
                    if one.id not in known:
                        known.add(one.id)
                        yield one
            node = node.parent


def _gathering(test: Node, data: bytes) -> Iterator[Node]:
    """The tests above one that ends whose finds it ends for: `if X == "dev": errors.append(…)`, `if errors: raise`."""
    around, condition = _function(test), _condition(test)
    start = around.start_byte if around is not None else 0
    root = around or _root(test)
    for name in {one.text for one in _inside(condition) if one.type == "identifier"} if condition is not None else ():
        for more in _places(name or b"", data, start, test.start_byte):
            if not _GATHERS.match(data, more + len(name or b""), test.start_byte):
                continue
            node = root.descendant_for_byte_range(more, more + 1)
            while node is not None and node.type not in ("if_statement", *_FUNCTIONS):
                node = node.parent
            if node is not None and node.type == "if_statement" and node.end_byte <= test.start_byte:
                yield node


def _root(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _bound(name: Node, root: Node, bindings: _Bindings) -> Node | None:
    """What a name was last bound to above: by an assignment, by a loop, or as what is done for each of a list."""
    text = name.text or b""
    given = _each(name, text)
    if given is not None:
        return given
    starts = bindings.of(text)
    for start in reversed(starts[: bisect_left(starts, name.start_byte)]):
        node = root.descendant_for_byte_range(start, start + 1)
        for _ in range(3):
            node = node.parent if node is not None else None
            if node is not None and node.type in _BINDS:
                bound = node.child_by_field_name("right") or node.child_by_field_name("value")
                return bound if bound is not None and bound.end_byte <= name.start_byte else None
    return None


def _each(name: Node, text: bytes) -> Node | None:
    """The list of which a name stands for each: `NEEDED.forEach((name) => …)`."""
    around = _function(name)
    given = around.child_by_field_name("parameter") or around.child_by_field_name("parameters") if around else None
    if around is None or given is None or all(one.text != text for one in _inside(given)) or around.parent is None:
        return None
    call = around.parent.parent if around.parent.type == "arguments" else None
    function = call.child_by_field_name("function") if call is not None else None
    method = function.child_by_field_name("property") if function is not None else None
    return function.child_by_field_name("object") if function and method and method.text in _EACH else None


def _behind(condition: Node, root: Node, bindings: _Bindings) -> list[Node]:
    """A test, and what the names in it were last bound to, and the names in that."""
    found, waiting, known = [condition], [(condition, _HOPS)], set[bytes]()
    while waiting:
        node, hops = waiting.pop()
        for one in _inside(node) if hops else ():
            if one.type == "identifier" and one.text and one.text not in known and len(known) < _MOST_NAMES:
                known.add(one.text)
                value = _bound(one, root, bindings)
                given = [value] if value is not None else _answers(one, root, bindings)
                found.extend(given)
                waiting.extend((each, hops - 1) for each in given)
    return found


def _answers(name: Node, root: Node, bindings: _Bindings) -> list[Node]:
    """What a function of the file answers that a test calls: `if is_weak(secret)`."""
    call = name.parent
    if call is None or call.type not in _CALLS or call.child_by_field_name("function") != name:
        return []
    defined = bindings.function(name.text or b"")
    node = root.descendant_for_byte_range(defined, defined + 1) if defined is not None else None
    while node is not None and node.type not in _FUNCTIONS:
        node = node.parent
    body = node.child_by_field_name("body") if node is not None else None
    if body is None:
        return []
    if body.type not in ("block", "statement_block"):
        return [body]
    return [one for one in _inside(body) if one.type == "return_statement"]


def _inside(node: Node) -> Iterator[Node]:
    waiting, left = [node], _MOST
    while waiting and left:
        one, left = waiting.pop(), left - 1
        yield one
        if one.type not in _STRINGS:
            waiting.extend(reversed(one.named_children))


def _condition(test: Node) -> Node | None:
    return test.child_by_field_name("condition") or next(iter(test.named_children), None)


def _may_be_secret(test: Node, data: bytes) -> bool:
    """Whether what is around a test, with what decorates it, or a call of that, says anything of a secret."""
    around = _function(test)
    whole = around or test
    if whole.parent is not None and whole.parent.type == "decorated_definition":
        whole = whole.parent
    texts = (data[whole.start_byte : whole.end_byte], *(_given(around, data) if around is not None else ()))
    return any(word in text.lower() for text in texts for word in _SECRET)


def _of_test(
    test: Node,
    root: Node,
    bindings: _Bindings,
    reads: Sequence[EnvironmentRead],
    locate: Callable[[Node], Location],
) -> Iterator[Insistence]:
    condition = _condition(test)
    if condition is None:
        return
    behind = _behind(condition, root, bindings)
    places = [locate(node) for node in behind]
    around = _function(test)
    words = {word for node in behind for one in _inside(node) for word in _words(one)}
    texts = {text for node in behind for text in _strings(node)}
    asked = condition.text or b""
    names: set[str] = set()
    if test.type == "if_statement" and _EMPTY.search(asked):
        names = {
            read.name
            for read in reads
            if (read.default is None or constant_text(read.default) == "") and any(at.holds(read.at) for at in places)
        }
        if any(_reads_by_name(node.text or b"") for node in (test, *behind)):
            names |= {text for text in texts if _VARIABLE.fullmatch(text)}
    compared = [node for node, at in zip(behind, places, strict=True) if not any(at.holds(read.at) for read in reads)]
    refused = (
        frozenset(fingerprint(text.encode()) for node in (condition, *compared) for text in _strings(node))
        if any(_COMPARES.search(node.text or b"") for node in (condition, *behind))
        else frozenset[str]()
    )
    if refused and around is not None:
        words |= _said_around(around, bindings.data)
    if names or refused:
        yield Insistence(locate(test), _name(around), frozenset(names), refused, frozenset(map(plain, words)))


def _ends(test: Node) -> bool:
    """Whether a test ends the program, or what it is in, and does not only tell a caller."""
    if test.type == "assert_statement":
        return True
    body = test.child_by_field_name("consequence")
    found = [*_ENDS.finditer((body.text if body is not None else None) or b"")]
    return any(one["what"] is None or not _ANSWERS.search(one["what"]) for one in found)


def _function(node: Node) -> Node | None:
    around = node.parent
    while around is not None and around.type not in _FUNCTIONS:
        around = around.parent
    return around


def _name(function: Node | None) -> str:
    """What a function is called, or what it is given as or assigned to; `""` outside of all."""
    if function is None:
        return ""
    named = function.child_by_field_name("name")
    holder = function.parent
    if named is None and holder is not None:
        named = holder.child_by_field_name("name") or holder.child_by_field_name("key")
    return ((named.text if named is not None else None) or b"?").decode("utf-8", "replace")


def _given(function: Node, data: bytes) -> Iterator[bytes]:
    """What calls of a function in its file begin to give it."""
    called = _name(function).encode() + b"("
    at = data.find(called)
    while at >= 0:
        start = at + len(called)
        yield data[start : start + _FAR].partition(b")")[0]
        at = data.find(called, start)


def _said_around(function: Node, data: bytes) -> set[str]:
    """The names in the decorators of a validator, and in what calls of the function are given."""
    said = set[str]()
    decorated = function.parent
    if decorated is not None and decorated.type == "decorated_definition":
        said |= {
            word
            for one in decorated.named_children
            if one != function
            for each in _inside(one)
            for word in _words(each)
        }
    for given in _given(function, data):
        said |= set(_NAME.findall(given.decode("utf-8", "replace")))
    return said


def _words(node: Node) -> Iterator[str]:
    if node.type in _NAMES:
        yield (node.text or b"").decode("utf-8", "replace")
    elif node.type in _STRINGS and _NAME.fullmatch(text := _string(node)):
        yield text


def _strings(node: Node) -> Iterator[str]:
    yield from (text for one in _inside(node) if one.type in _STRINGS and (text := _string(one)))


def _string(node: Node) -> str:
    return re.sub(
        r"^[rRbBuU]*(?:\"\"\"|'''|[\"'`])|(?:\"\"\"|'''|[\"'`])$", "", (node.text or b"").decode("utf-8", "replace")
    )


def _by_themselves(reads: Sequence[EnvironmentRead], data: bytes) -> Iterator[Insistence]:
    """Reads that fail where there is nothing: `os.environ["X"]` as the file is loaded, `config.getOrThrow("X")`."""
    lines = data.split(b"\n") if reads else []
    for read in reads:
        written = b"\n".join(lines[read.at.line - 1 : read.at.end_line])
        name = read.name.encode()
        failing = (*(() if read.function else _NEEDED.finditer(written)), *_THROWN.finditer(written))
        if any(one["name"] == name for one in failing):
            yield Insistence(read.at, "", frozenset({read.name}))


def _schemas(root: Node, data: bytes, locate: Callable[[Node], Location]) -> Iterator[Insistence]:
    """The variables that a schema of the environment does not let be missing."""
    if not any(mark in data for mark in _DECLARING) and not _ENVIRONMENT.search(data):
        return
    found = set[str]()
    for one in _SCHEMA.finditer(data):
        joi = one["rule"].lower().startswith(b"joi")
        if not _LENIENT.search(one["more"]) and (not joi or b".required" in one["more"]):
            found.add(one["name"].decode())
    for one in _DECLARED.finditer(data) if b"validateSync" in data else ():
        if b"@IsOptional" not in one["marks"]:
            found.add(one["name"].decode())
    if found:
        yield Insistence(locate(root), "", frozenset(found))
