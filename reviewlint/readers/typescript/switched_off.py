"""Code that a constant of its file switches off: `const enabled = false;` and `if (enabled) { … }`.

Whoever turns the switch edits the file. A constant that is assigned to later is none, and so is one of another file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from ...facts.code import SwitchedOff
from . import syntax
from .bindings import Binding
from .module import Module

TRIGGERS = (b"const ",)
_SWITCH = re.compile(rb"\bconst\s+[\w$]+\s*(?::\s*boolean\s*)?=\s*(?:true|false)\b")
_DECLARED = "(lexical_declaration (variable_declarator name: (identifier) @name value: [(true) (false)] @value))"
_TESTED = "(if_statement) @if"
_LEAVES = frozenset({"return_statement", "throw_statement", "continue_statement", "break_statement"})


@dataclass(frozen=True, slots=True)
class _Switches:
    """The constants of a file that are true or false, by the bytes at which their declarations begin."""

    values: Mapping[int, bool]
    module: Module

    def holds(self, test: Node) -> bool | None:
        """Whether a test always holds, or never; None where that depends on anything but them."""
        test = syntax.unwrapped(test)
        match test.type:
            case "identifier":
                binding: Binding | None = self.module.binding(test)
                return self.values.get(binding.declaration.start_byte) if binding is not None else None
            case "unary_expression" if test.children[0].type == "!":
                inner = self.holds(test.named_children[-1])
                return None if inner is None else not inner
            case "binary_expression":
                sign = test.child_by_field_name("operator")
                settling = sign is not None and sign.type == "||"
                if sign is not None and sign.type in ("&&", "||"):
                    sides = [self.holds(side) for side in syntax.children(test)]
                    return settling if settling in sides else None if None in sides else not settling
        return None


def file(module: Module) -> Iterator[SwitchedOff]:
    """The arms of each `if` that never run, and what stands behind one that always leaves."""
    if _SWITCH.search(module.data) is None:
        return
    seen = syntax.captures(_DECLARED, module.root, module.language)
    values = {}
    for name, value in zip(seen.get("name", ()), seen.get("value", ()), strict=True):
        binding = module.binding(name)
        if binding is not None and not module.assigned(binding):
            values[binding.declaration.start_byte] = value.type == "true"
    switches = _Switches(values, module)
    for statement in syntax.captures(_TESTED, module.root, module.language).get("if", ()) if values else ():
        test = statement.child_by_field_name("condition")
        holds = switches.holds(test) if test is not None else None
        then, otherwise = (statement.child_by_field_name(name) for name in ("consequence", "alternative"))
        runs, never = (then, otherwise) if holds else (otherwise, then)
        if holds is None:
            continue
        if never is not None:
            yield SwitchedOff(module.location(never))
        after = statement.next_named_sibling
        if runs is not None and _leaves(runs) and after is not None and statement.parent is not None:
            last = statement.parent.named_children[-1]
            _, _, _, end_line, end_column = module.location(last)
            yield SwitchedOff(module.location(after)._replace(end_line=end_line, end_column=end_column))


def _leaves(arm: Node) -> bool:
    """Whether an arm ends by leaving."""
    if arm.type in _LEAVES:
        return True
    inside = syntax.children(arm)
    return bool(inside) and arm.type in ("statement_block", "else_clause") and _leaves(inside[-1])
