"""Tests that let only certain values go on, in files that send queries: membership, digits, a pattern, a type.

So does a parser of the command line that makes a number of an argument, or knows its choices.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import Check
from ...facts.file import FileFact
from ...facts.values import Call, Reference, constant_text
from . import guards, queries, syntax

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b".execute", b".fetch", b"read_sql", b".raw(", b".extra(", b"RawSQL", b"text(", b".sql(", b".query(")
_FORMS = frozenset({"isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha", "isidentifier"})
_PATTERNS = frozenset({"match", "fullmatch"})
_TYPES = frozenset({"int", "float", "bool", "Decimal", "UUID", "date", "datetime", "Enum"})
_TELLING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"})
_DECLARES = "add_argument"
CALLS = _FORMS | _PATTERNS | {"isinstance", _DECLARES}


def file(module: "Module") -> Iterator[FileFact]:
    """`x in …` and `x not in …`."""
    if not module.mentions(b" in "):
        return
    for node in module.seen.get("test", ()):
        operands = syntax.children(node)
        if (
            len(operands) == 2
            and guards.operator(node) in ("in", "not in")
            and operands[0].type not in ("string", "concatenated_string")
            and not _is_only_told(node, module)
        ):
            value, against = (module.value(operand) for operand in operands)
            yield Check(module.location(node), module.enclosing(node), value, against)


def _is_only_told(test: Node, module: "Module") -> bool:
    """Whether all that comes of `x not in …` is a line in a log: then any value goes on."""
    statement = test.parent
    body = statement.child_by_field_name("consequence") if statement is not None else None
    if statement is None or statement.type != "if_statement" or body is None or guards.operator(test) != "not in":
        return False
    done = [syntax.children(one) for one in syntax.children(body)]
    calls = [inner[0] for inner in done if len(inner) == 1 and inner[0].type == "call"]
    return len(calls) == len(done) > 0 and all(module.callee(one).rpartition(".")[2] in _TELLING for one in calls)


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`x.isdigit()` and its kin, `re.fullmatch(pattern, x)`, `PATTERN.match(x)`, `isinstance(x, int)`."""
    receiver, arguments = queries.receiver_of(node), module.arguments(node)
    if receiver is None and len(arguments) == 2 and _is_narrow(arguments[1], module):
        yield Check(module.location(node), module.enclosing(node), module.value(arguments[0]))
    if receiver is None:
        return
    if module.callee(node).rpartition(".")[2] == _DECLARES:
        yield from _declared(node, receiver, module)
        return
    if module.callee(node).rpartition(".")[2] in _FORMS:
        tested: Node | None = receiver
    elif module.dotted(receiver) in ("re", "regex"):
        tested = arguments[1] if len(arguments) > 1 else None
    else:
        tested = arguments[0] if arguments else None
    if tested is not None:
        yield Check(module.location(node), module.enclosing(node), module.value(tested))


def _declared(node: Node, parser: Node, module: "Module") -> Iterator[Check]:
    """`parser.add_argument("--days", type=int)`: what `parser.parse_args().days` can be."""
    call = module.value(node)
    if not isinstance(call, Call):
        return
    made = call.keyword("type")
    narrow = call.keyword("choices") is not None or (
        isinstance(made, Reference) and made.name.rpartition(".")[2] in _TYPES
    )
    flags = [text for argument in call.arguments if (text := constant_text(argument))]
    long = next((flag for flag in flags if flag.startswith("--")), next(iter(flags), ""))
    name = constant_text(call.keyword("dest")) or long.lstrip("-").replace("-", "_")
    if narrow and name:
        parsed = Reference(module.location(node), f"{module.dotted(parser)}.parse_args().{name}")
        yield Check(module.location(node), module.enclosing(node), parsed)


def _is_narrow(types: Node, module: "Module") -> bool:
    """Whether what `isinstance` asks for are types whose values can be no SQL."""
    several = syntax.children(types) if types.type == "tuple" else [types]
    return all(module.dotted(one).rpartition(".")[2] in _TYPES for one in several)
