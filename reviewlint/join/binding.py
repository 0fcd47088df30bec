"""How a query is written with its values bound: in its driver's own style, as code that may take its place."""

import re

from ..facts.data import Query
from ..facts.values import Call, Constant, Items, Record, Text, Value, options
from .splices import Splice, Splices

_OPEN_LITERAL = re.compile(r"[EN]?'((?:[^']|'')*)$")
_WORD = re.compile(r"[A-Za-z_]\w*")


def remedy(query: Query, found: tuple[Splice, ...], view: Splices) -> str:
    """What to write in place of a query with splices in its text: code, or what the code has to do."""
    kinds = {splice.kind: splice for splice in reversed(found)}
    if "identifier" in kinds:
        return _chosen(query, kinds["identifier"], view)
    code = _bound(query, found, view) if "fragment" not in kinds else ""
    if code:
        return code
    splice = kinds.get("fragment", found[0])
    if splice.before.rstrip().lower().endswith("("):
        items = _bare(splice.value, view)
        return f"Write one placeholder for each item of `{items}`, and hand the items over as parameters."
    placeholder = query.paramstyle or "?"
    held = "an object" if _takes_object(query) else "a list"
    return (
        f"Build the text from constant pieces such as `column = {placeholder}`, collect `{_bare(splice.value, view)}` "
        f"in {held} beside it, and hand the {held.partition(' ')[2]} to `{query.call}` as parameters."
    )


def _takes_object(query: Query) -> bool:
    """Whether values are given by their names: as the conditions of TypeORM's builder take them."""
    return query.driver == "typeorm" and query.paramstyle == ":name"


def _bare(value: Value, view: Splices) -> str:
    return view.spelled(value).removesuffix("[…]")


def _chosen(query: Query, splice: Splice, view: Splices) -> str:
    """How a table or column is named safely, in the driver's own way."""
    name = _bare(splice.value, view)
    if query.driver in ("psycopg", "psycopg2"):
        return f'sql.SQL("… {{}} …").format(sql.Identifier({name}))'
    if query.driver == "knex":
        return f'{query.call}("… ?? …", [{name}])'
    table = f"{name.upper()}S" if name.isidentifier() else "NAMES"
    return f"Look the name up in a fixed table, `{table} = {{…}}`, and put `{table}[{name}]` into the text."


def _bound(query: Query, found: tuple[Splice, ...], view: Splices) -> str:
    """The call with its values bound in the driver's own style, `""` where that is more than one call can show."""
    text = next((option for option in options(query.text) if isinstance(option, Text)), None)
    values = [splice.value for splice in found]
    if text is None or query.call.endswith(".extra"):
        return ""
    written, given, rest = "", list[tuple[str, str]](), list(text.parts)
    while rest:
        part = rest.pop(0)
        if isinstance(part, Constant):
            written += str(part.value)
            continue
        if part not in values or view.spelled(part).endswith("[…]"):
            return ""
        name, code = _named(part, view), view.spelled(part)
        literal = _OPEN_LITERAL.search(written) if written.count("'") % 2 else None
        if literal is not None:
            after, quote, more = (
                str(rest[0].value).partition("'") if rest and isinstance(rest[0], Constant) else ("", "", "")
            )
            if not quote:
                return ""
            written = written[: literal.start()]
            rest[0] = Constant(rest[0].at, more)
            code = _with(literal[1], code, after, query)
        given.append((name, code))
        written += _placeholder(query.paramstyle, given)
    written = " ".join(written.split())
    return _call(query, written if len(written) <= 160 else f"… {written[-140:]}", given)


def _named(value: Value, view: Splices) -> str:
    """A name for a value: of the variable, or of what is taken from the request."""
    words = _WORD.findall(view.spelled(value).partition(",")[0])
    return words[-1] if words else "value"


def _with(before: str, code: str, after: str, query: Query) -> str:
    """The value with the text that stood around it inside the quotes, such as the `%` of a LIKE."""
    if not before and not after:
        return code
    quote = "'" if '"' in code else '"'
    if query.at.path.endswith((".py", ".pyi")):
        return f"f{quote}{before}{{{code}}}{after}{quote}"
    return f"`{before}${{{code}}}{after}`"


def _placeholder(style: str, given: list[tuple[str, str]]) -> str:
    match style:
        case "$1":
            return f"${len(given)}"
        case ":name":
            return f":{given[-1][0]}"
    return style or "?"


def _call(query: Query, text: str, given: list[tuple[str, str]]) -> str:
    quoted = next((f"{quote}{text}{quote}" for quote in "\"'`" if quote not in text), f'"{text}"')
    values = [code for _, code in given]
    if isinstance(query.parameters, Record | Call) or (isinstance(query.parameters, Items) and query.parameters.items):
        values = ["…", *values]
    listed = ", ".join(values)
    match query.driver:
        case "sqlalchemy" | "databases":
            pairs = ", ".join(f'"{name}": {code}' for name, code in given)
            statement = f"text({quoted})" if query.driver == "sqlalchemy" else quoted
            call = "session.execute" if query.call.endswith("text") else query.call
            return f"{call}({statement}, {{{pairs}}})"
        case "asyncpg":
            return f"{query.call}({quoted}, {listed})"
        case "pandas" | "polars":
            return f"{query.call}({quoted}, connection, params=[{listed}])"
        case "prisma" | "postgres.js" | "drizzle" | "kysely":
            tag = "prisma.$queryRaw" if query.driver == "prisma" else "sql"
            template = text
            for number, (_, code) in enumerate(given, 1):
                mark = f"${number}" if query.paramstyle == "$1" else query.paramstyle or "?"
                template = template.replace(mark, f"${{{code}}}", 1)
            return f"{tag}`{template}`: the tag binds what stands in its holes"
    if query.driver == "sequelize":
        pairs = ", ".join(name if name == code else f"{name}: {code}" for name, code in given)
        return f"{query.call}({quoted}, {{ replacements: {{ {pairs} }} }})"
    if _takes_object(query):
        pairs = ", ".join(
            [*values[: len(values) - len(given)], *(n if n == code else f"{n}: {code}" for n, code in given)]
        )
        return f"{query.call}({quoted}, {{ {pairs} }})"
    if query.at.path.endswith((".py", ".pyi")):
        return f"{query.call}({quoted}, ({listed},))" if len(values) == 1 else f"{query.call}({quoted}, ({listed}))"
    return f"{query.call}({quoted}, [{listed}])"
