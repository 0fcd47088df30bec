"""What a file that the Supabase CLI skips says of what its migrations make, too.

Such a file was run by hand, at a time that nobody knows, and on a new database never: what holds there is what the
migrations define. What only such a file makes is taken to be there, since the program was written for it.
"""

from collections.abc import Iterable
from typing import TypeAlias

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import Statement
from .state import FUNCTIONS, VIEWS, State, signature

Thing: TypeAlias = tuple[str, str, str]
"""Something that is made: its kind, its name without a schema, and the name of what belongs to it."""


def is_skipped(path: str, tool: str) -> bool:
    """Whether the name of a migration has no number in front by which the Supabase CLI would know when to run it."""
    return tool == "supabase" and not path.rpartition("/")[2][:1].isdigit()


def made_in(statements: Iterable[Statement]) -> frozenset[Thing]:
    """The tables, functions, views, policies and triggers that a file makes."""
    return frozenset(thing for one in statements if (thing := made_by(one.action)) is not None)


def made_by(action: sql.Action | None) -> Thing | None:
    """What a statement makes, None for one that makes nothing of these."""
    match action:
        case sql.CreateTable(name=name):
            return "table", name.name, ""
        case sql.CreateFunction(name=name):
            return "function", name.name, ""
        case sql.CreateView(name=name):
            return "view", name.name, ""
        case sql.CreatePolicy(name=label, table=name):
            return "policy", name.name, label
        case sql.CreateTrigger(name=label, table=name):
            return "trigger", name.name, label
        case _:
            return None


def is_said_by_migrations(state: State, action: sql.Action) -> bool:
    """Whether a statement of a file that is skipped defines again what a migration defines, or drops it to do so."""
    match action:
        case sql.CreateFunction(name=name, arguments=arguments):
            inputs = [one.type for one in arguments if one.mode not in {"out", "table"}]
            function = state.functions.get((state.new(name), signature(inputs)))
            return function is not None and _is_versioned(function.defined)
        case sql.CreateView(name=name, temporary=False):
            view = state.views.get(state.new(name))
            return view is not None and _is_versioned(view.defined)
        case sql.CreatePolicy(name=label, table=name):
            policy = state.policies.get((state.find(name, state.tables), label))
            return policy is not None and _is_versioned(policy.defined)
        case sql.CreateTrigger(name=label, table=name):
            trigger = state.triggers.get((state.find(name, state.tables, state.views), label))
            return trigger is not None and _is_versioned(trigger.made)
        case sql.Drop(objects=objects):
            return all(_is_made_again(state, action.kind, one) for one in objects)
        case _:
            return False


def _is_made_again(state: State, kind: str, item: sql.Dropped) -> bool:
    kind = "function" if kind in FUNCTIONS else "view" if kind in VIEWS else kind
    if (kind, item.name.name, item.part) not in state.made_again:
        return False
    match kind:
        case "function":
            key = state.function(item.name, item.arguments)
            return key is not None and _is_versioned(state.functions[key].defined)
        case "view":
            view = state.views.get(state.find(item.name, state.views))
            return view is not None and _is_versioned(view.defined)
        case "policy":
            policy = state.policies.get((state.find(item.name, state.tables), item.part))
            return policy is not None and _is_versioned(policy.defined)
        case "trigger":
            trigger = state.triggers.get((state.find(item.name, state.tables, state.views), item.part))
            return trigger is not None and _is_versioned(trigger.made)
        case _:
            return False


def _is_versioned(made: Location | None) -> bool:
    return made is not None and not is_skipped(made.path, "supabase")
