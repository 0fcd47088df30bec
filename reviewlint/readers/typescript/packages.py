"""Which package a dotted name comes from, whatever way of importing it was chosen."""

import re
from functools import lru_cache

_HOST = re.compile(
    r"(?:npm:|jsr:|node:|https?://(?:esm\.sh|cdn\.skypack\.dev|cdn\.jsdelivr\.net/npm|unpkg\.com|deno\.land|jsr\.io)/)"
    r"/?(?:v\d+/|stable/)?"
)
_VERSION = re.compile(r"(?<=[\w-])@[\^~v]?\d[\w.+-]*?(?=/|\?|$|\.(?:default\b|[A-Za-z_$][\w$]*$|[A-Za-z_$][\w$()]*\.))")
_ENTRY = re.compile(r"/(?:mod|index|main|server)\.[tj]s(?=\.|$)")
_BY_BASE_URL = re.compile(
    r"(?:src|libs?|utils?|server|services?|helpers?|middlewares?|common|shared|modules|controllers|features|domain)/"
)
_QUERY = re.compile(r"\?[^/]*?(?=\.[A-Za-z_$][\w$]*(?:\(\))?(?:\.|$)|$)")


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A dotted name without registry, version, entry file and `default`.

    `npm:pg@8.11.Pool`, `pg.default.Pool` and `pg.Pool` are all `pg.Pool`; `https://deno.land/std@0.168.0/http/server.ts`
    is `std/http`.
    """
    if ":" in name or name.startswith("std/"):
        name = _ENTRY.sub("", _QUERY.sub("", _VERSION.sub("", _HOST.sub("", name, count=1))))
    if ".default" in name:
        name = name.replace(".default", "")
    return name


def is_own(name: str) -> bool:
    """Whether a dotted name comes from another file of the project: `./db.pool`, `@/lib/db.pool`, `~/db.pool`.

    So does one from a folder that no package is called, by `baseUrl` of the compiler's options: `lib/db.pool`.
    """
    return name.startswith((".", "@/", "~/", "~~/", "#", "$lib/")) or _BY_BASE_URL.match(name) is not None
