"""The schema that a Supabase client was told to use."""

from ..facts.values import Call, Value, constant_text, options


def schema_of(client: Value) -> str | None:
    """What `.schema(…)` names on the way to `client`: `""` where nothing does, None where that is not constant."""
    found: set[str | None] = set()
    for option in options(client):
        if isinstance(option, Call) and option.name == "schema":
            found.add(constant_text(option.arguments[0]) if option.arguments else None)
        else:
            found.add("")
    return found.pop() if len(found) == 1 else None
