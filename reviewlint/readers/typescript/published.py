"""Environment variables that the configuration of a bundler writes into the browser's code one by one.

Next.js, "next.config.js options": `env`, `publicRuntimeConfig`; Nuxt, "Runtime config": `public`; Vite, "Shared
options": `define`.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import Published
from ...facts.file import FileFact
from . import syntax
from .module import Module

TRIGGERS = (b"env", b"Config", b"define")
_SECTIONS = (
    (re.compile(r"(?:^|/)next\.config\.[cm]?[jt]s$"), (("env",), ("publicRuntimeConfig",))),
    (re.compile(r"(?:^|/)nuxt\.config\.[cm]?[jt]s$"), (("runtimeConfig", "public"),)),
    (re.compile(r"(?:^|/)(?:vite|astro|electron\.vite)\.config\.[cm]?[jt]s$"), (("define",),)),
)
"""Configuration files, and the paths of keys in them whose values are published."""
_READ = re.compile(r"\benv(?:\??\.|\??\.?\[[\"'])([A-Z][A-Z0-9_]*)\b")


def file(module: Module) -> Iterator[FileFact]:
    """Every variable that is read in a published part of a configuration file."""
    wanted = next((sections for name, sections in _SECTIONS if name.search(module.path)), ())
    for pair in syntax.captures("(pair) @pair", module.root, module.language).get("pair", []) if wanted else ():
        value = pair.child_by_field_name("value")
        keys = tuple(_keys(pair, module))
        section = next((one for one in wanted if _inside(keys[:-1], one)), None)
        if section is None or value is None or value.type == "object":
            continue
        for name in dict.fromkeys(_READ.findall(module.text(value))):
            yield Published(module.location(pair), name, ".".join(section))


def _inside(keys: tuple[str, ...], section: tuple[str, ...]) -> bool:
    return any(keys[start : start + len(section)] == section for start in range(len(keys)))


def _keys(pair: Node, module: Module) -> Iterator[str]:
    """The keys by which a pair is reached from the outermost object literal around it, its own last."""
    above, key = pair.parent, pair.child_by_field_name("key")
    outer = above.parent if above is not None and above.type == "object" else None
    if outer is not None and outer.type == "pair":
        yield from _keys(outer, module)
    yield module.text(key).strip("\"'") if key is not None else ""
