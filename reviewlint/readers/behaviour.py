"""What a function does, spelled so that two versions of it can be compared: the same for every language of a tree.

Left out are comments, types, layout and the parentheses that only show what the tree says anyway, what is logged, and
texts for people. The names of parameters and variables are replaced by their order of appearance.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

_PUNCTUATION = frozenset(
    "( ) [ ] { } , ; : ' \" ` => -> const let var function return string_start string_end escape_interpolation".split()
)
_TRANSPARENT = frozenset(
    "parenthesized_expression expression_statement block statement_block typed_parameter type as_expression "
    "satisfies_expression non_null_expression".split()
)
"""What means no more than the one thing that it holds."""
_CASTS = frozenset({"as_expression", "satisfies_expression", "non_null_expression"})
"""What a type checker is told about the first thing in it."""
_FUNCTION = "function"
_SHORT = "=>"
"""An arrow function of which the body is what it returns."""
_INNER = "*"
"""Behind the kind of a function in the function: what it binds has a name of its own there."""
_FUNCTIONS = frozenset(
    "arrow_function function_declaration function_expression function_definition method_definition lambda".split()
)
_SAME = {
    **dict.fromkeys(("arrow_function", "function_declaration", "function_expression"), _FUNCTION),
    "variable_declaration": "lexical_declaration",
    "template_string": "string",
    "concatenated_string": "string",
    "typed_default_parameter": "default_parameter",
}
_ASIDE = frozenset(
    "comment type_annotation type_arguments type_parameters type_parameter return_type accessibility_modifier "
    "predefined_type type_predicate_annotation asserts_annotation override_modifier readonly implements_clause "
    "union_type type_identifier generic_type type_alias_declaration interface_declaration pass_statement".split()
)
_CALLED = re.compile(rb"[\w\]]\(")
_TEXTS = frozenset({"string", "template_string", "concatenated_string"})
_QUOTED = frozenset({"\\'", '\\"', "\\`"})
"""A quote in a text that begins with such a one."""
_LOGS = re.compile(
    rb"(?:await\s+)?(?:(?:self|this|ctx|req|request|app|fastify)\.)?(?:_{0,2}(?:log(?:ger|ging)?|console)\.|p?print\("
    rb"|(?:this\.)?(?-i:log[A-Z_]\w*(?:\.\w+)?\()|(?:\w+\.)*(?:log|record|track)_?\w*events?\(|\w*(?:statsd|sentry|span|logfire|newrelic|tracer|telemetry)\w*\.|(?:stop|end)_?timer\()",
    re.I,
)
_MEASURES = re.compile(
    rb"(?:[\w.]+\.)?[A-Z][A-Z_]+(?:\.labels\(.*\))?\.(?:inc|dec|observe|set)\(|(?:\w+\.)*[mM]etrics?\.\w+\("
    rb"|(?:\w+\.)*\w*(?:Total|[cC]ounter|[gG]auge|[hH]istogram)\.(?:inc(?:rement)?|dec|observe|labels|set)\("
    rb"|(?:@|with )(?:[\w.]+\.)?(?:statsd\w*|sentry_sdk|logfire|newrelic|\w*tracer)\."
    rb"|@(?:\w+\.)*time[rd]\b|(?:const )?(?:stop|end)_?[tT]imer =",
    re.DOTALL,
)
"""What counts and times how code runs: for those who watch it, as a log is."""
_SENTENCE = re.compile(r"\W*[A-Z][\w'’/-]*[,:;.]? +\S+ +\S|\W*[A-Za-z]\w*(?: +[\w'’,.:{}()-]+){3}")
_FIRST = re.compile(r"\W*\$?\{[^{}]*\}(?= )")
"""A value that a text begins with."""
_QUOTE = re.compile(r"^[rbfu]{0,2}[\"'`]+", re.IGNORECASE)
_SQL = re.compile(r"\s*(?:select|insert|update|delete|with|create|alter|drop|merge|grant|revoke|call)\b", re.I)
_DESCRIBES = re.compile(
    rb"@Api[A-Z]\w*|(?:summary|description|response_description|tags|deprecated|include_in_schema|operation_id"
    rb"|openapi_extra|responses|help|help_text|verbose_name|title|examples?|label)\s*="
)
"""Decorators and keywords of decorators that say something about a route and change nothing in it."""
_DECLARES = re.compile(
    rb"(?:[\w.]+\.)?(?:Field|Query|Path|Body|Header|Cookie|Form|File|Option|Argument|[A-Z]\w*Field)\("
)
"""Calls of which such keywords describe a field or a parameter."""
_COLUMN = re.compile(rb"(?:\w+\.)*models\.[A-Z]\w*Field\(")
"""What takes a name for people before all else (Django, "Model field reference": `verbose_name`)."""
_DESCRIBED = frozenset({b"describe", b"openapi", b"meta"})
"""Methods that give a schema a description, and leave it as it is."""
_OPENAPI = re.compile(rb"(?:openapi_extra|response_description|include_in_schema|operation_id)\s*=")
"""Keywords that say no more wherever they stand."""
_NUMBER = re.compile(rb"(?!status)\w+\s*=\s*[\d_.]+$")
"""A limit that a decorator is given: how long, how often."""
_LIMIT = re.compile(
    rb"[\"']?\w*(?:limit|max|min(?!ut)|timeout|retr(?:y|ies)|interval|delay|backoff|ttl|pool|page_?size|batch_?size)\w*"
    rb"[\"']?\s*[:=]\s*\d[\d_.]*$",
    re.IGNORECASE,
)
"""How much of something, or how long: a number that is set, and nothing that is decided."""
_VERSION = re.compile(
    rb"[\"']?(?:model(?:_?name)?|api_?version)[\"']?\s*[:=]\s*[\"'][\w.:/-]*\d[\w.:/-]*[\"']$", re.IGNORECASE
)
"""Which version of another's work is asked: a setting."""
_ADDRESS = re.compile(rb"[\"'](?:https?|wss?)://[^\"']+[\"']$|[\"'](?:\*\.)?(?:[\w-]+\.)+[a-z]{2,}[\"']$")
"""An address in a list: which hosts there are is configuration."""
_ARGUMENTS = frozenset(
    "argument_list arguments call call_expression new_expression keyword_argument list tuple".split()
)
"""What stands between the words of an error and where it is raised."""
_MESSAGES = frozenset(
    b"message msg detail details reason description title label hint help subject text html placeholder".split()
)
"""Keys and keywords whose texts people read, as far as they are no single word, which a program might compare."""
_SYMBOL = re.compile(r"[\u2190-\u21ff\u2600-\u27bf\U0001f300-\U0001faff]|(?:^|[\s'\"]):[a-z]\w+:(?:\s|['\"]|$)")
"""A picture among words."""
_MARKUP = re.compile(r"\s*<(?:!|/?[a-z][\w-]*[\s/>])")
_TAGS = re.compile(
    rb"with \(?(?:\w+\.)*(?:div|span|p|h[1-6]|button|a|[uod]l|li|d[td]|t[drh]|t(?:able|head|body)|img|form|label|nav"
    rb"|section|header|footer|main|pre|code|strong|em|small|svg)\("
    rb"|with [\w.]+\([^()]*\b(?:class_|classes|class_name|hx_\w+)="
)
"""A page as nested elements: what it looks like is for people."""
_LOADS = re.compile(rb"(?:joined|select(?:in)?|subquery|contains_|raise|no|un)?(?:load|eager)\w*|defer\(")
_FETCHES = frozenset(
    b"with_for_update select_for_update select_related prefetch_related execution_options options forUpdate forShare "
    b"skipLocked noWait".split()
)
_FETCHED = re.compile(rb"(?:with_)?for_update=|skip_locked=|nowait=|lock['\"]?: *\{")
"""How rows are locked and loaded, as against which."""
_NUMBERS = frozenset({"integer", "float", "number"})
_NUMBERED = re.compile(r"\$\d+$")
_ARITHMETIC = frozenset({"+=", "-=", "*=", "/=", "//=", "%=", "**="})
_PLAIN = {
    "augmented_assignment": ("assignment", "binary_operator"),
    "augmented_assignment_expression": ("assignment_expression", "binary_expression"),
}
_OPPOSITE = {"==": "!=", "!=": "==", "===": "!==", "!==": "==="}
_SECONDS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1, "milliseconds": 0.001}
_EXAMPLES = frozenset({b"example", b"examples"})
"""Keys under which a JSON Schema shows what fits it (Validation, 9.5)."""
_DOCUMENTS = frozenset({b"summary", b"description", b"operationId", b"tags", b"deprecated"})
"""Keys under which an object of OpenAPI or JSON Schema documents something."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Where a language binds names: by node type, the field that holds the pattern (`""` for all children)."""

    binds: dict[str, str]
    patterns: frozenset[str]


PYTHON = Grammar(
    {
        "assignment": "left",
        "for_statement": "left",
        "for_in_clause": "left",
        "named_expression": "name",
        "default_parameter": "name",
        "typed_default_parameter": "name",
        "typed_parameter": "",
        "parameters": "",
        "lambda_parameters": "",
        "as_pattern_target": "",
    },
    frozenset(
        "identifier pattern_list tuple_pattern list_pattern list_splat_pattern dictionary_splat_pattern tuple".split()
    ),
)
TYPESCRIPT = Grammar(
    {
        "variable_declarator": "name",
        "required_parameter": "pattern",
        "optional_parameter": "pattern",
        "formal_parameters": "",
        "arrow_function": "parameter",
        "catch_clause": "parameter",
        "for_in_statement": "left",
    },
    frozenset(
        "identifier object_pattern array_pattern rest_pattern pair_pattern assignment_pattern "
        "object_assignment_pattern shorthand_property_identifier_pattern".split()
    ),
)


def spelled(node: Node, grammar: Grammar, before: tuple[Node, ...] = ()) -> str:
    """What the function at `node` does, its own name left out; `before` are decorators that stand outside of it."""
    writer = _Writer(grammar, set(_bound(node, grammar)), node)
    return " ".join(filter(None, map(writer.written, (*before, node))))


def _bound(node: Node, grammar: Grammar, *, only: bool = False) -> Iterator[str]:
    """The names that the function binds; `only` itself, and not the functions in it."""
    stack = [node]
    while stack:
        one = stack.pop()
        if only and one != node and one.type in _FUNCTIONS:
            continue
        field = grammar.binds.get(one.type)
        if field is not None:
            given = one.named_children if not field else [one.child_by_field_name(field)]
            yield from _names([child for child in given if child is not None], grammar)
        stack += one.named_children


def _names(patterns: list[Node], grammar: Grammar) -> Iterator[str]:
    while patterns:
        one = patterns.pop()
        if one.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield (one.text or b"").decode("utf-8", "replace")
        elif one.type in grammar.patterns:
            value = one.child_by_field_name("right") or one.child_by_field_name("key")
            patterns += [child for child in one.named_children if child != value]


class _Writer:
    def __init__(self, grammar: Grammar, bound: set[str], whole: Node) -> None:
        self._grammar = grammar
        self._bound = bound - {"self", "cls", "this"}
        self._whole = whole
        self._own = whole.child_by_field_name("name")
        self._order: dict[str, str] = {}
        self._outside: list[tuple[dict[str, str], set[str]]] = []
        self._count = 0

    def written(self, top: Node) -> str:
        """The tree below `top` as nested lists. Not by recursion: it is as deep as the strangest source."""
        done: list[list[str]] = [[]]
        work: list[Node | tuple[str, bool]] = [top]
        while work:
            one = work.pop()
            if isinstance(one, tuple):
                kind, transparent = one
                parts = done.pop()
                if kind.endswith(_INNER):
                    kind = kind.removesuffix(_INNER)
                    outside, own = self._outside.pop()
                    inside = {name: told for name, told in self._order.items() if name not in own}
                    self._order = {**inside, **outside}
                if kind == _SHORT:
                    kind, parts[-1] = _FUNCTION, f"(return_statement {parts[-1]})"
                if (kind == "if_statement" and len(parts) == 2) or (kind == "finally_clause" and len(parts) == 1):
                    continue  # it only logged
                if kind == "try_statement" and len(parts) == 2:
                    parts, transparent = parts[1:], True
                if (same := _in_other_words(kind, parts)) is not None:
                    parts, transparent = [same], True
                done[-1] += parts if transparent and len(parts) < 2 else [f"({kind} {' '.join(parts)})"]
            elif not _is_aside(one) and one != self._own:
                if one.type in _TEXTS and _is_for_people(one):
                    done[-1].append("…")
                elif one.type in ("pair", "keyword_argument") and _is_set(one.text or b""):
                    continue
                elif (entries := _entries(one)) is not None:
                    work.append(("dictionary", False))
                    done.append([])
                    work += reversed(entries)
                elif one.type == "keyword_argument" and _entries(one.parent and one.parent.parent) is not None:
                    key, value = one.child_by_field_name("name"), one.child_by_field_name("value")
                    work.append(("pair", False))
                    done.append([f"(string {((key and key.text) or b'').decode('utf-8', 'replace')})"])
                    work += [value] if value is not None else []
                elif (around := _inside(one)) is not None:
                    work += around
                elif one.child_count == 0 or one.type in ("regex", "shorthand_property_identifier"):
                    done[-1] += self._leaf(one)
                else:
                    kind = _kind(one)
                    if one.type in _FUNCTIONS and one != self._whole:
                        kind = f"{kind}{_INNER}"
                        own = set(_bound(one, self._grammar, only=True))
                        self._outside.append((self._order, own))
                        self._order = {name: told for name, told in self._order.items() if name not in own}
                    work.append((kind, one.type in _TRANSPARENT))
                    done.append([])
                    work += one.named_children[:1] if one.type in _CASTS else reversed(one.children)
        return " ".join(done[0])

    def _leaf(self, node: Node) -> list[str]:
        kind = node.type
        if _leaves_out(node):
            return ["_"]
        if kind in _PUNCTUATION:
            return []
        text = (node.text or b"").decode("utf-8", "replace")
        if text in _QUOTED:
            return [text[1]]
        if kind == "identifier" and not _is_member(node):
            return [self._named(text)]
        if kind.startswith("shorthand_property_identifier"):
            return [f"(pair {text} {self._named(text)})"]
        return [text.replace("_", "") if kind in _NUMBERS else text]

    def _named(self, name: str) -> str:
        if name not in self._bound:
            return name
        if name not in self._order:
            self._count += 1
            self._order[name] = f"${self._count}"
        return self._order[name]


def _leaves_out(node: Node) -> bool:
    """Whether a comma stands for an item that a pattern does not take: `const [, second] = pair`."""
    before = node.prev_sibling
    around = node.parent
    inside = node.type == "," and around is not None and around.type == "array_pattern"
    return inside and before is not None and before.type in ("[", ",")


def _kind(node: Node) -> str:
    body = node.child_by_field_name("body") if node.type == "arrow_function" else None
    return _SHORT if body is not None and body.type != "statement_block" else _SAME.get(node.type, node.type)


def _in_other_words(kind: str, parts: list[str]) -> str | None:
    """How a node is spelled that means what another kind of node does; None where it is spelled as it is.

    Texts that are put together for people are one, products of numbers and spans of time are their value.
    """
    texts = "…" in parts
    if kind in ("tuple", "list", "array"):
        return "…" if parts and set(parts) == {"…"} else None
    if kind in ("augmented_assignment", "augmented_assignment_expression") and len(parts) == 3:
        name, operator, value = parts
        if _NUMBERED.match(name) and operator in _ARITHMETIC:
            assigned, computed = _PLAIN[kind]
            return f"({assigned} {name} = ({computed} {name} {operator[:-1]} {value}))"
    if kind in ("not_operator", "unary_expression") and len(parts) == 2 and parts[0] in ("not", "!"):
        match _parts(parts[1]):
            case [("(comparison_operator" | "(binary_expression") as compared, left, operator, right] if (
                opposite := _OPPOSITE.get(operator)
            ):
                return f"{compared} {left} {opposite} {right})"
        return None
    if kind in ("binary_operator", "binary_expression"):
        if texts and ("+" in parts or "%" in parts):
            return "…"
        if len(parts) == 3 and parts[1] == "*" and parts[0].isdigit() and parts[2].isdigit():
            return str(int(parts[0]) * int(parts[2]))
    if kind == "call" and len(parts) == 2:
        if parts[0] == "(attribute … format)":
            return "…"
        if parts == ["list", "(argument_list )"]:
            return "(list )"
        if parts[0] == "timedelta" or parts[0].endswith(" timedelta)"):
            given = re.findall(r"\(keyword_argument (\w+) = ([\d.]+)\)", parts[1])
            if given and len(given) == parts[1].count(" =") and all(unit in _SECONDS for unit, _ in given):
                return f"(timedelta {sum(_SECONDS[unit] * float(count) for unit, count in given):g})"
    return None


def _parts(code: str) -> list[str]:
    """The kind of a node and what stands in it, as it is spelled; none of a text with parentheses of its own."""
    found, depth = [""], 0
    for character in code[:-1]:
        depth += (character == "(") - (character == ")")
        if depth < 1:
            return []
        if character == " " and depth == 1:
            found.append("")
        else:
            found[-1] += character
    return found


def _entries(node: Node | None) -> list[Node] | None:
    """The keywords of `dict(a=1)`, which is `{"a": 1}`; None for anything else."""
    function = node.child_by_field_name("function") if node is not None and node.type == "call" else None
    arguments = node.child_by_field_name("arguments") if node is not None and function is not None else None
    if function is None or function.text != b"dict" or arguments is None:
        return None
    named = [one for one in arguments.named_children if one.type != "comment"]
    return named if all(one.type == "keyword_argument" for one in named) else None


def _is_member(node: Node) -> bool:
    """Whether an identifier is the name of an attribute or a keyword, and so no variable (only Python has those)."""
    parent = node.parent
    if parent is None or parent.type not in ("attribute", "keyword_argument"):
        return False
    return node == parent.child_by_field_name("attribute" if parent.type == "attribute" else "name")


def _is_aside(node: Node) -> bool:
    kind = node.type
    if kind in _ASIDE:
        return True
    if kind == "type":  # in Python it may say who makes the value: `Annotated[User, Depends(current_user)]`
        return _CALLED.search(node.text or b"") is None
    if kind == "expression_statement":
        inner = node.named_children[0] if node.named_child_count == 1 else None
        return inner is not None and (
            (inner.type in _TEXTS and node.parent is not None and node.parent.type == "block")
            or (inner.type in ("call", "call_expression", "await", "await_expression") and _is_log(inner))
        )
    key = node.child_by_field_name("key") if kind == "pair" else None
    said = (key.text or b"").strip(b"'\"") if key is not None else b""
    if said in _EXAMPLES or (said in _DOCUMENTS and _is_documentation(node)):
        return True
    parent = node.parent
    if kind == "keyword_argument" and _OPENAPI.match(node.text or b"") is not None:
        return True
    if kind in ("keyword_argument", "pair") and _FETCHED.match(node.text or b"") is not None:
        return True
    if kind == "keyword_argument" and (node.text or b"").startswith(b"options=") and _LOADS.search(node.text or b""):
        return True
    if (
        kind == "keyword_argument"
        and _NUMBER.match(node.text or b"")
        and parent is not None
        and _is_in_decorator(parent)
    ):
        return True
    if kind in _TEXTS and parent is not None and parent.type == "argument_list" and node == parent.named_children[0]:
        return parent.parent is not None and _COLUMN.match((parent.parent.text or b"")[:100]) is not None
    if kind == "string" and parent is not None and parent.type in ("array", "list"):
        return _ADDRESS.match(node.text or b"") is not None
    if kind == "keyword_argument" and parent is not None:
        return (_is_in_decorator(parent) or _declares(parent)) and _DESCRIBES.match(node.text or b"") is not None
    if kind == "decorator":
        return (_DESCRIBES.match(node.text or b"") or _MEASURES.match(node.text or b"")) is not None
    return kind == "lexical_declaration" and _MEASURES.match((node.text or b"")[:100]) is not None


def _declares(arguments: Node) -> bool:
    call = arguments.parent
    return call is not None and _DECLARES.match((call.text or b"")[:100]) is not None


def _is_set(pair: bytes) -> bool:
    """Whether a key or keyword only sets how much of something there is, or which version."""
    return (_LIMIT.match(pair) or _VERSION.match(pair)) is not None


def _inside(node: Node) -> list[Node] | None:
    """What a node comes to that only watches or describes what stands in it; None where it does more."""
    if node.type == "with_statement" and _MEASURES.match((node.text or b"")[:100]):
        body = node.child_by_field_name("body")
        return [body] if body is not None else []
    if node.type == "with_statement" and _TAGS.match((node.text or b"")[:300]):
        return []
    function = node.child_by_field_name("function") if node.type in ("call", "call_expression") else None
    if function is not None and (made := function.child_by_field_name("object")) is not None:
        method = function.child_by_field_name("property") or function.child_by_field_name("attribute")
        said = method.text if method is not None else None
        if said == b"options":
            return [made] if _LOADS.search((node.text or b"")[len(made.text or b"") :]) else None
        if said in _FETCHES or (said in _DESCRIBED and node.type == "call_expression"):
            return [made]
    return None


def _is_documentation(pair: Node) -> bool:
    """Whether the object that a key stands in describes a route to OpenAPI, by its neighbours."""
    around = pair.parent.named_children if pair.parent is not None else []
    keys = {(key.text or b"") for one in around if (key := one.child_by_field_name("key")) is not None}
    return b"operationId" in keys or b"responses" in keys


def _is_in_decorator(arguments: Node) -> bool:
    call = arguments.parent
    return call is not None and call.parent is not None and call.parent.type == "decorator"


def _is_log(call: Node) -> bool:
    start = (call.text or b"")[:100]
    return (_LOGS.match(start) or _MEASURES.match(start)) is not None


def _is_for_people(node: Node) -> bool:
    """Whether a text is a sentence: its wording is no behaviour."""
    text = _QUOTE.sub("", (node.text or b"")[:300].decode("utf-8", "replace"))
    named = node.parent if node.parent is not None and node.parent.type in ("pair", "keyword_argument") else None
    key = named.child_by_field_name("key") or named.child_by_field_name("name") if named is not None else None
    if key is not None and key != node and (key.text or b"").strip(b"'\"") in _MESSAGES and " " in text:
        return _SQL.match(text) is None
    if _MARKUP.match(text) or _SYMBOL.search(text):
        return True
    if " " in text and _is_told(node):
        return True
    text = _FIRST.sub("", text)
    return _SENTENCE.match(text) is not None and _SQL.match(text) is None


def _is_told(text: Node) -> bool:
    """Whether a text is what an error says."""
    around = text.parent
    while around is not None and around.type in _ARGUMENTS:
        around = around.parent
    return around is not None and around.type in ("raise_statement", "throw_statement")
