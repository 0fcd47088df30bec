"""What a file takes from others and gives to them."""

from .file import FileFact
from .frozen import dataclass


@dataclass(frozen=True, slots=True)
class Import(FileFact):
    """One import statement, dynamic import, or `require`.

    `module` stands as written (`.models`, `app.db`, `@/lib/server`). `names` pairs each imported name with its local
    name; `*` is a namespace or star import, `default` a default import. No names: the module is run for its effects
    or, in Python, bound whole. `reexport` for `export … from`.
    """

    module: str
    names: tuple[tuple[str, str], ...] = ()
    type_only: bool = False
    dynamic: bool = False
    reexport: bool = False


@dataclass(frozen=True, slots=True)
class Export(FileFact):
    """A name that a TypeScript or JavaScript module exports; `local` is what it is called inside.

    `type_only` where nothing is left of it when the program runs: a type or an interface.
    """

    name: str
    local: str
    type_only: bool = False
