"""What the readers of database drivers share: is it SQL, how are values bound, and the fact itself."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from ...facts.data import Query
from ...facts.values import Constant, Items, Record, Text, Value, options, rendered
from . import models, syntax
from .module import Module

_SQL = re.compile(
    r"""^(?: \s | --[^\n]*\n | /\*.*?\*/ | \( )*
    (?: select\b(?: (?=.*?\bfrom\b) | \s+(?: \d | ['"$(*] | \w+\( | (?:exists|distinct|array|case|current_\w+)\b ) )
      | insert\s+(?:ignore\s+|or\s+\w+\s+)?into\b | replace\s+into\b | merge\s+into\b | delete\s+from\b
      | update\s+\S+.*?\bset\b | update\s*$ | truncate\s+\S | values\s*\( | call\s+\S+\s*\( | do\s+\$
      | with\s+(?:recursive\s+)?\S+\s*(?:\([^)]*\)\s*)?as\b
      | (?:create|alter|drop)\s+
        (?:or\s+replace\s+|unique\s+|temp(?:orary)?\s+|materialized\s+|global\s+|virtual\s+|event\s+|default\s+)*
        (?:table|index|view|schema|function|procedure|trigger|type|extension|role|user|database|policy|sequence|domain
          |owned|publication|subscription|system|privileges)\b
      | grant\s.*?\b(?:on|to)\b | revoke\s.*?\b(?:on|from)\b | copy\s+\S.*?\b(?:from|to)\b | comment\s+on\b
      | set\s+(?:local|session|role|search_path|transaction|statement_timeout|lock_timeout|time\s+zone|constraints)\b
      | (?:begin|commit|rollback|savepoint|release|start\s+transaction|abort)(?:\s+\w+){0,5}\s*;?\s*$
      | (?:vacuum|analyze|reindex|explain|pragma|listen|notify|unlisten|show|reset|discard|attach|detach|cluster)\s+\w
      | refresh\s+materialized\b | lock\s+table\b | (?:vacuum|analyze)\s*;?\s*$
    )""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


_BINDING = frozenset({"bind", "run", "get", "all", "values", "iterate", "execute", "query"})
"""What statements that D1, better-sqlite3, Bun and mysql2 prepare are given their values by."""

_RUNNING = _BINDING - {"bind"}

_HOLE = re.compile(r"\$\{[^}]*\}")


def is_sql(value: Value) -> bool:
    """Whether a text begins as a statement of SQL does; false where its beginning is not known."""
    return any(_SQL.match(rendered(option, " ? ")[:4000]) for option in options(value))


def paramstyle_of(value: Value) -> str:
    """How the text itself spells bound values: `$1`, `?`, `:name`; `""` where it binds none."""
    text = rendered(value, " ")
    if re.search(r"\$\d", text):
        return "$1"
    if re.search(r"(?<![\w:]):[A-Za-z_]\w*", text):
        return ":name"
    return "?" if "?" in text else ""


def queries(
    call: Node, module: Module, driver: str, paramstyle: str, *, certain: bool = True, text: Node | None = None
) -> Iterator[Query]:
    """The query that a call sends: its first argument (or `text`), with the values bound by the second one.

    `{ text, values }`, `{ sql, values }` and their kin are taken apart.
    """
    given = syntax.arguments(call)
    if text is None:
        if not given or given[0].type == "spread_element" or syntax.unwrapped(given[0]).type in syntax.FUNCTIONS:
            return
        text = given[0]
    value = module.value(text)
    parameters = None
    if len(given) > 1 and syntax.unwrapped(given[1]).type not in syntax.FUNCTIONS:
        parameters = module.value(given[1])
    parameters = parameters or _bound_later(call, module)
    if isinstance(value, Record):
        said = value.get("text") or value.get("sql") or value.get("query") or value.get("sqlText")
        if said is None:
            return
        bound = value.get("values") or value.get("args") or value.get("params")
        value, parameters = said, bound if bound is not None else parameters
    if isinstance(parameters, Record):
        bound = parameters.get("replacements") or parameters.get("bind")
        parameters = bound if bound is not None or driver == "sequelize" else parameters
    if isinstance(value, Items):
        return
    yield Query(
        module.link(call),
        module.enclosing(call),
        driver,
        _called(call, module),
        value,
        parameters,
        paramstyle,
        certain,
        _is_sent(call, module),
    )


def _is_sent(call: Node, module: Module) -> bool:
    """Whether a call sends what it is given: a statement that is prepared is sent by what follows in the same chain."""
    if not module.callee(call).endswith(".prepare"):
        return True
    return any(_called(one, module).rpartition(".")[2] in _RUNNING for one in models.chain(call))


def _bound_later(call: Node, module: Module) -> Items | None:
    """The values that a prepared statement is given: `db.prepare("…").bind(id)`, `db.prepare("…").run(id)`."""
    member = call.parent if module.callee(call).endswith(".prepare") else None
    after = member.parent if member is not None and member.type == "member_expression" else None
    own = member.child_by_field_name("property") if member is not None else None
    if after is None or own is None or after.type != "call_expression" or module.text(own) not in _BINDING:
        return None
    given = syntax.arguments(after)
    return Items(module.location(after), tuple(map(module.value, given))) if given else None


def piece(call: Node, module: Module, driver: str, paramstyle: str, *, certain: bool = True) -> Iterator[Query]:
    """The query that a piece of SQL is put into as it stands, `sql.raw(name)`, with the template around it."""
    for query in queries(call, module, driver, paramstyle, certain=certain):
        hole = call.parent
        template = hole.parent if hole is not None and hole.type == "template_substitution" else None
        if hole is None or template is None or isinstance(query.text, Text | Constant):
            yield query
            continue
        before = module.data[template.start_byte + 1 : hole.start_byte].decode("utf-8", "replace")
        after = module.data[hole.end_byte : template.end_byte - 1].decode("utf-8", "replace")
        at = query.at
        parts = (Constant(at, _HOLE.sub("?", before)), query.text, Constant(at, _HOLE.sub("?", after)))
        yield replace(query, text=Text(at, parts, "template literal"))


def _called(call: Node, module: Module) -> str:
    """The callee as written, or the end of it where it is a long chain."""
    function = syntax.callee(call)
    if function is None:
        return ""
    text = " ".join(module.text(function).split())
    return text if len(text) <= 60 else f"….{text.rpartition('.')[2]}"
