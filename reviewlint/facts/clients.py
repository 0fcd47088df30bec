"""Clients of other services that code builds, and the environment it reads."""

from dataclasses import dataclass

from .file import FileFact
from .values import Value


@dataclass(frozen=True, slots=True)
class Client(FileFact):
    """A client made by a constructor or factory: supabase-js `createClient`, supabase-py `create_client`, ….

    `name` is the variable it is bound to (qualified), `""` where none. `key` is the credential's value.
    """

    function: str
    library: str
    constructor: str
    name: str
    url: Value | None
    key: Value | None
    options: Value | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentRead(FileFact):
    """A read of an environment variable: `os.environ[…]`, `os.getenv`, `process.env.X`, `import.meta.env.X`, `Deno.env.get`."""

    function: str
    name: str
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class Setting(FileFact):
    """One key of a settings file, its path dotted: `.env` variables, TOML and JSON keys, with its value as text.

    `at` reaches from the key to the end of the value. `keys` are the parts of `name` (a key may hold dots itself),
    list items counted from "0". A value that looks like a credential is not kept: what is left of it are four
    characters, and a `Secret` stands at the same place.
    """

    name: str
    value: str
    keys: tuple[str, ...] = ()
