"""Clients of other services that code builds, and the environment it reads."""

from .file import FileFact
from .frozen import dataclass
from .values import Value


@dataclass(frozen=True, slots=True)
class Client(FileFact):
    """A client made by a constructor or factory: supabase-js `createClient`, supabase-py `create_client`, ….

    `name` is the variable it is bound to (qualified), `""` where none. `key` is the credential's value. `typed` where
    it is given the type of the database's schema.
    """

    function: str
    library: str
    constructor: str
    name: str
    url: Value | None
    key: Value | None
    options: Value | None = None
    typed: bool = False


@dataclass(frozen=True, slots=True)
class EnvironmentRead(FileFact):
    """A read of an environment variable: `os.environ[…]`, `process.env.X`, `import.meta.env.X`, `Deno.env.get("X")`.

    `is_switch` where it is only asked whether it says yes: `process.env.X === "true"`. `is_refused` where the file does
    not go on with the default in all circumstances: `if (production && SECRET === "dev") throw …`, `development: {…}`.
    """

    function: str
    name: str
    default: Value | None = None
    is_switch: bool = False
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Insistence(FileFact):
    """A test by which code refuses to go on without variables of the environment, or with some values of them.

    `names` are the variables that may not be missing. `refused` are fingerprints (as of a `Secret`) of the texts that
    the test compares with, `words` the plain names in it: of what may not have these texts. `function` is `""` where
    it is passed as the file is loaded.
    """

    function: str
    names: frozenset[str]
    refused: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Published(FileFact):
    """An environment variable that a bundler's configuration writes into the browser's code.

    `section` is the part of the configuration that says so, dotted: `env` of Next.js, `runtimeConfig.public` of Nuxt,
    `define` of Vite.
    """

    name: str
    section: str


@dataclass(frozen=True, slots=True)
class Setting(FileFact):
    """One key of a settings file, its path dotted: `.env` variables, TOML and JSON keys, with its value as text.

    `at` reaches from the key to the end of the value. `keys` are the parts of `name` (a key may hold dots itself),
    list items counted from "0". A value that looks like a credential is not kept: what is left of it are four
    characters, and a `Secret` stands at the same place. `comment` is what TOML says beside a `true` or
    `false`: behind it, on the lines right above its key or table, or right below.
    """

    name: str
    value: str
    keys: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class AuthCall(FileFact):
    """A call of a Supabase client's authentication: `supabase.auth.getUser()`, `admin.auth.admin.deleteUser(id)`.

    `client` is the receiver before `.auth`, dotted; `method` what follows it (`getUser`, `admin.deleteUser`; Python's
    names as they are written). `made` is the dotted name of what made the client, where it is known. `uses` says what
    becomes of a session that it gives: `user` where its user is read, `checked` where code goes on only with one,
    `token` where a token is taken from it.
    """

    function: str
    client: str
    method: str
    arguments: tuple[Value, ...] = ()
    uses: frozenset[str] = frozenset()
    made: str = ""


@dataclass(frozen=True, slots=True)
class StorageCall(FileFact):
    """A call of Supabase's storage that decides who can read files, or that only who may select them can make.

    `method` is `createBucket`, `updateBucket` or `getPublicUrl`, in Python too; in TypeScript also `list`, `remove`,
    `move`, `copy`, `update`, `upload`, `download`, `createSignedUrl` or `createSignedUrls`. `bucket` is its name;
    `path` the file's within it, `options` those of the bucket or upload, each None where the method has none.
    """

    function: str
    method: str
    bucket: Value
    path: Value | None = None
    options: Value | None = None


@dataclass(frozen=True, slots=True)
class Subscription(FileFact):
    """A subscription to the changes of a table: `channel.on("postgres_changes", {table: "orders"}, …)`.

    `at` are the call's first two arguments, `options` the second. `ended` where the file ends subscriptions or hands
    the channel on to somebody who may.
    """

    function: str
    options: Value
    ended: bool = False


@dataclass(frozen=True, slots=True)
class MetadataRead(FileFact):
    """A property of `user_metadata` (or `raw_user_meta_data`), which users write themselves.

    `name` is the property (`role`); `decides` where a condition or comparison depends on it.
    """

    function: str
    name: str
    decides: bool
