"""Code that is for a developer's machine or for tests alone, by what stands around it in its own file."""

import re

from tree_sitter import Node

_OTHERS = r"dev|devel|develop|development|tests?|testing|ci|e2e"
_BLOCK = re.compile(
    rf"^(?:{_OTHERS}|local|localhost)_?(?:config|configuration|settings|env|environment)?$", re.IGNORECASE
)
"""Keys, classes and objects of a configuration for one environment: `development:`, `TestingConfig`, `config.test`."""
_NEEDS_KIN = re.compile(r"^local(?:host)?$", re.IGNORECASE)
_KIN = re.compile(rf"^(?:{_OTHERS}|prod|production|staging|live)$", re.IGNORECASE)
"""What stands beside `local` where that is an environment, and no way to sign in."""
_REQUIRES = re.compile(r"(?:in_?prod(?:uction)?|or_?dev(?:elopment)?|dev_?(?:default|only|fallback))$", re.IGNORECASE)
_FALLBACK = re.compile(r"^_?(?:dev|development|local|test)_?(?:default|value|fallback|only)", re.IGNORECASE)
"""Functions, and parameters, that let a value be missing in development."""
_DEVELOPMENT = re.compile(
    r"[!=]==?\s*['\"](?:development|dev|test|local)['\"]|!==?\s*['\"]production['\"]|(?:!\s*|\bnot\s+)[\w.]*is_?prod"
    r"|(?<![!\w.])[\w.]*(?:is_?dev|is_?test|is_?local)\w*\b|^\W*(?:settings\.|self\.)?debug\W*$",
    re.IGNORECASE,
)
_PRODUCTION = re.compile(r"===?\s*['\"]production['\"]|^\W*(?<!!)[\w.]*is_?prod\w*\W*$", re.IGNORECASE)
_NEGATED = re.compile(r"!==?\s*['\"](?:development|dev|test|local)['\"]", re.IGNORECASE)


def for_development(node: Node, data: bytes) -> bool:
    """Whether the expression at `node` of a file with the text `data` counts in development or tests alone."""
    inside, around = node, node.parent
    while around is not None:
        if _is_block(around, inside) or _is_branch(around, inside) or _is_fallback(around, inside, data):
            return True
        inside, around = around, around.parent
    return False


def chosen_for_development(node: Node | None) -> bool:
    """Whether what is fallen back to depends on a condition, and is something in development alone."""
    while node is not None and node.type == "parenthesized_expression" and node.named_children:
        node = node.named_children[0]
    branches = _branches(node) if node is not None else None
    if node is None or branches is None:
        return False
    _, then, otherwise = branches
    given = [one for one in (then, otherwise) if _text(one).strip("\"'`") not in ("", "undefined", "null", "None")]
    return all(one is not None and _is_branch(node, one) for one in given)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _is_block(around: Node, inside: Node) -> bool:
    """Whether the value of a key, the body of a class, or what an attribute is set to is one environment's."""
    match around.type:
        case "pair" if around.child_by_field_name("value") == inside:
            key = _text(around.child_by_field_name("key")).strip("\"'`")
            return _BLOCK.match(key) is not None and (_NEEDS_KIN.match(key) is None or _has_kin(around))
        case "class_definition" | "class_declaration" | "variable_declarator":
            return _BLOCK.match(_text(around.child_by_field_name("name"))) is not None
        case "assignment" | "assignment_expression" if around.child_by_field_name("right") == inside:
            return (
                _BLOCK.match(re.split(r"[.\[]", _text(around.child_by_field_name("left")))[-1].strip("\"']"))
                is not None
            )
    return False


def _has_kin(pair: Node) -> bool:
    others = pair.parent.named_children if pair.parent is not None else []
    return any(_KIN.match(_text(one.child_by_field_name("key")).strip("\"'`")) for one in others if one != pair)


def _branches(around: Node) -> list[Node | None] | None:
    """What a statement or an expression asks, and what follows a yes and a no; None where it asks nothing."""
    if around.type == "conditional_expression" and len(around.named_children) == 3:  # Python's: `a if asked else b`
        return [around.named_children[place] for place in (1, 0, 2)]
    if around.type in ("if_statement", "ternary_expression"):
        return [around.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
    return None


def _is_branch(around: Node, inside: Node) -> bool:
    """Whether a condition is asked before, and holds in development alone."""
    branches = _branches(around)
    if branches is None:
        return False
    asked, then, otherwise = branches
    said = _text(asked)
    if inside == then:
        return _DEVELOPMENT.search(said) is not None and _NEGATED.search(said) is None
    return inside == otherwise and _PRODUCTION.search(said) is not None


def _is_fallback(around: Node, inside: Node, data: bytes) -> bool:
    """Whether it is given to a function that insists on the variable in production, as what to take elsewhere."""
    if around.type not in ("arguments", "argument_list") or around.parent is None:
        return False
    name = re.split(r"\W+", _text(around.parent.child_by_field_name("function")))[-1]
    if not name or _REQUIRES.search(name):
        return bool(name)
    word = name.encode()
    if inside not in around.named_children or not any(
        made + word in data for made in (b"function ", b"def ", b"const ")
    ):
        return False
    made = re.search(
        rb"\b(?:function|def|const) " + re.escape(word) + rb"\b[^(\n]{0,40}\((?P<given>[^()]{0,400})\)", data
    )
    given = made["given"].decode("utf-8", "replace").split(",") if made is not None else []
    place = around.named_children.index(inside)
    return place < len(given) and _FALLBACK.match(given[place].strip()) is not None
