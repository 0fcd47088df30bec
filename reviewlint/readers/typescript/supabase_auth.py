"""supabase-js: calls of a client's `auth`, and conditions on metadata that users write themselves."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import AuthCall, MetadataRead
from ...facts.file import FileFact
from ..decisions import PREDICATE
from . import syntax
from .module import Module
from .origins import origin

TRIGGERS = (b".auth.", b"user_metadata", b"raw_user_meta_data")
CALLS = frozenset(
    "getUser getClaims getSession setSession refreshSession signInWithPassword signInWithOtp signInWithOAuth "
    "signInWithIdToken signInAnonymously signUp signOut verifyOtp exchangeCodeForSession updateUser "
    "createUser deleteUser updateUserById listUsers getUserById inviteUserByEmail generateLink".split()
)
_METADATA = re.compile(rb"\b(?:raw_)?user_meta_?data\b")
_AROUND = frozenset({*syntax.TRANSPARENT, "parenthesized_expression", "optional_chain"})
_COMPARED = frozenset({"===", "!==", "==", "!=", "<", ">", "in"})
_SENT = re.compile(
    r"(?:return\b|await\b|throw\b|void\b|\s)*(?:(?:[\w$]+\.)*(?:redirect|permanentRedirect|navigate(?:To)?|goto)\("
    r"|(?:[\w$]*[rR]outer|history|navigation|(?:window\.)?location)\.(?:push|replace|navigate|assign|href\s*=))"
)
"""A statement that leads somebody to another page."""
_ADDRESS = re.compile(
    r"(?:(?:const|let|var)\s+)?(?:[\w$.]+(?:\s*:\s*string)?\s*=|return)\s*([\"'`])/[^\"'`\n]*\1\s*;?$|break;?$"
)
"""A statement that chooses the address of a page, or ends having done so."""
_JOINED = frozenset({"||", "??", "&&"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`client.auth.method(…)` and `client.auth.admin.method(…)`."""
    callee = module.callee(node)
    client, found, method = callee.partition(".auth.")
    if not found or method.removeprefix("admin.") not in CALLS:
        return
    if method == "createUser" or (method.startswith("admin.") and "(" in method):
        return
    uses = _uses(node, module) if method == "getSession" else frozenset()
    given = tuple(module.value(argument) for argument in syntax.arguments(node))
    yield AuthCall(module.location(node), module.enclosing(node), client, method, given, uses, _made(node, module))


def _made(node: Node, module: Module) -> str:
    """What made the client before `.auth`."""
    receiver = module.receiver(node)
    while receiver is not None and receiver.type == "member_expression":
        own = receiver.child_by_field_name("property")
        receiver = receiver.child_by_field_name("object")
        if own is not None and module.text(own) == "auth":
            break
    return origin(receiver, module) if receiver is not None else ""


def file(module: Module) -> Iterator[FileFact]:
    """Properties of `user_metadata`."""
    for match in _METADATA.finditer(module.data) if module.mentions(b"user_meta") else ():
        node = module.root.descendant_for_byte_range(match.start(), match.end())
        if node is None or node.type != "property_identifier" or node.parent is None:
            continue
        read = _property(node.parent)
        if read is not None:
            whole, name = read
            yield MetadataRead(
                module.location(whole), module.enclosing(whole), module.text(name).strip("\"'"), _decides(whole, module)
            )


def _property(metadata: Node) -> tuple[Node, Node] | None:
    """The member that is read of `….user_metadata`, with its name."""
    outer = metadata
    while outer.parent is not None and outer.parent.type in _AROUND:
        outer = outer.parent
    member = outer.parent
    if member is None or member.child_by_field_name("object") != outer:
        return None
    name = member.child_by_field_name("property") or member.child_by_field_name("index")
    return (member, name) if name is not None and name.type in ("property_identifier", "string") else None


def _decides(node: Node, module: Module) -> bool:
    """Whether a condition depends on an expression: where it stands, or through the variable that takes it."""
    inner, outer = node, node.parent
    while outer is not None:
        match outer.type:
            case kind if kind in _AROUND:
                pass
            case "binary_expression":
                operator = outer.child_by_field_name("operator")
                sign = operator.type if operator is not None else ""
                if sign in _COMPARED:
                    return not _directs(outer, module)
                if sign not in _JOINED:
                    return False
            case "unary_expression":
                return outer.children[0].type == "!"
            case "if_statement" | "while_statement" | "ternary_expression":
                return outer.child_by_field_name("condition") == inner
            case "switch_statement":
                return outer.child_by_field_name("value") == inner and not _chooses(outer, module)
            case "member_expression":
                own = outer.child_by_field_name("property")
                return own is not None and module.text(own) in ("includes", "some", "has", "indexOf")
            case "arguments":
                called = outer.parent
                function = called.child_by_field_name("function") if called is not None else None
                if called is None or function is None or module.text(function) != "Boolean":
                    return function is not None and module.text(function).endswith((".includes", ".has"))
                outer = called
            case "return_statement" | "arrow_function":
                return PREDICATE.match(module.enclosing(node).rpartition(".")[2]) is not None
            case "variable_declarator":
                name = outer.child_by_field_name("name")
                return name is not None and name.type == "identifier" and _compared(module.text(name), outer, module)
            case _:
                return False
        inner, outer = outer, outer.parent
    return False


def _compared(name: str, declarator: Node, module: Module) -> bool:
    """Whether a condition of the same function depends on a variable, which holds nothing else for certain by then."""
    word, rest = re.escape(name), _rest(declarator, module)
    given = re.search(rf"(?<![\w.?&]){word}\s*=(?![=>])\s*(?![\"'`]|null\b|undefined\b|{word}\b)", rest)
    if given is not None and not re.search(rf"!\s*{word}\b", rest[: given.start()]):
        return False  # not only where the user has said nothing
    asked = re.compile(
        rf"(?<![\w.]){word}\b\s*(?:[!=]==?|\.includes\()|[!=]==?\s*{word}\b|(?:if|switch)\s*\(\s*!?{word}\b"
        rf"|\.(?:includes|has)\(\s*{word}\b"
    )
    for found in asked.finditer(rest):
        at = declarator.end_byte + len(rest[: found.end() - 1].encode())
        node = module.root.descendant_for_byte_range(at, at)
        if node is None or not _directs(node, module):
            return True
    return False


def _directs(node: Node, module: Module) -> bool:
    """Whether a condition around a node only chooses where somebody is sent: to one address or to another."""
    inner, outer = node, node.parent
    ends = ("if_statement", "ternary_expression", "switch_statement", "statement_block")
    while outer is not None and outer.type not in ends:
        inner, outer = outer, outer.parent
    if outer is not None and outer.type == "switch_statement":
        return outer.child_by_field_name("value") == inner and _chooses(outer, module)
    if outer is None or outer.child_by_field_name("condition") != inner:
        return False
    if outer.type == "ternary_expression":
        arms = [outer.child_by_field_name(name) for name in ("consequence", "alternative")]
        return all(arm is not None and module.text(arm).strip("\"'`").startswith("/") for arm in arms)
    return _sends(outer, module) or _chooses(outer, module)


def _chooses(statement: Node, module: Module) -> bool:
    """Whether all that a statement does, whatever it asks, is to choose the address of a page."""
    match statement.type:
        case "if_statement":
            arms = [statement.child_by_field_name(name) for name in ("consequence", "alternative")]
            return all(_chooses(arm, module) for arm in arms if arm is not None)
        case "switch_statement":
            body = statement.child_by_field_name("body")
            cases = body.named_children if body is not None else []
            return all(_chooses(one, module) for case in cases for one in case.children_by_field_name("body"))
        case "statement_block" | "else_clause":
            held = [one for one in statement.named_children if one.type != "comment"]
            return bool(held) and all(_chooses(one, module) for one in held)
        case "comment":
            return True
    return _ADDRESS.match(module.text(statement)) is not None


def _sends(statement: Node | None, module: Module) -> bool:
    """Whether a statement sends somebody elsewhere, whatever it asks before."""
    if statement is None:
        return False
    match statement.type:
        case "if_statement":
            other = statement.child_by_field_name("alternative") or _next(statement)
            return _sends(statement.child_by_field_name("consequence"), module) and _sends(other, module)
        case "statement_block":
            held = [one for one in statement.named_children if one.type != "comment"]
            return bool(held) and _sends(held[0] if held[0].type != "if_statement" else None, module)
        case "else_clause":
            return any(_sends(one, module) for one in statement.named_children)
        case "return_statement" | "expression_statement":
            return _SENT.match(module.text(statement)) is not None
    return False


def _next(statement: Node) -> Node | None:
    after = statement.next_named_sibling
    while after is not None and after.type == "comment":
        after = after.next_named_sibling
    return after


def _rest(node: Node, module: Module) -> str:
    """The text of the function around a node from the node's end on, or of the file."""
    scope = module.scope(node).function
    end = scope.node.end_byte if scope is not None else len(module.data)
    return module.data[node.end_byte : end].decode("utf-8", "replace")


def _uses(node: Node, module: Module) -> frozenset[str]:
    """What becomes of the session that `getSession()` gives."""
    outer = node.parent
    while outer is not None and outer.type in (*_AROUND, "await_expression"):
        outer = outer.parent
    if outer is None or outer.type != "variable_declarator":
        return frozenset()
    pattern = outer.child_by_field_name("name")
    taken = module.text(pattern) if pattern is not None else ""
    session = r"(?:session|data\??\.session)"
    alias = re.search(r"session\s*:\s*(\w+)", taken)
    if alias:
        session = rf"(?:{alias[1]})"
    elif pattern is not None and pattern.type == "identifier":
        session = rf"(?:{re.escape(taken)}\??\.data\??\.session)"
    text = _rest(outer, module)
    found = set()
    if re.search(rf"\b{session}\s*[?!]?\.\s*user\b", text) or re.search(r"session\s*:\s*\{[^}]*\buser\b", taken):
        found.add("user")
    if re.search(rf"!\s*{session}\b(?!\s*[?!]?\.)|\b{session}\s*(?:\?[^.?]|&&|===?\s*null)", text):
        found.add("checked")
    if re.search(rf"\b{session}\s*[?!]?\.\s*(?:access_token|refresh_token|provider_token)\b", text):
        found.add("token")
    return frozenset(found)
