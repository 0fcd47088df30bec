"""Which file an import means: Python modules and packages, TypeScript paths, aliases and workspaces.

Python, "The import system". TypeScript, "Modules – Theory: module resolution" and the tsconfig reference (`paths`,
`baseUrl`, `extends`, `references`). Node.js, "Packages" (`exports`, `imports`, `main`). Deno, "Import maps".
"""

import posixpath
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..facts.clients import Setting
from ..facts.imports import Import
from ..project import Project

_SOURCES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".vue", ".svelte", ".astro", ".json")
_PLATFORMS = (".native", ".web", ".ios", ".android")
_SAID_AS_JAVASCRIPT = {
    ".js": (".ts", ".tsx", ".d.ts", ".jsx"),
    ".jsx": (".tsx",),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_BUILD_FOLDERS = re.compile(
    r"^(?:\./)?(?:dist|build|lib|out|output|esm|cjs|types|\.output)(?:/(?:esm|cjs|es|src|types))?/"
)
_CONDITIONS = ("source", "development", "import", "module", "default", "require", "node", "browser", "types")
_CONFIG_NAMES = ("tsconfig.json", "jsconfig.json", "tsconfig.app.json", "tsconfig.base.json")
_MAP_NAMES = ("deno.json", "deno.jsonc", "import_map.json")
_SAYING = (*_CONFIG_NAMES, *_MAP_NAMES, "package.json")
_ALIAS_ROOTS = {"@/": ("src/", "", "app/"), "~/": ("src/", "", "app/"), "#/": ("src/",), "$lib/": ("src/lib/",)}
"""Aliases that templates of Vite, Nuxt, Remix and SvelteKit set up in code; tried where no configuration has them."""
_SOURCE_FOLDERS = frozenset({"src", "source", "python", "py"})
"""How folders are called that hold source code, and that Python is told to look into (`PYTHONPATH`)."""
_DEPENDENCY_FIELDS = frozenset({"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"})
_MOST_EXTENDS = 12
_PLAIN = re.compile(r"[\w@$-]+")
"""A first segment without anything that makes a specifier more than a path: `./`, `/`, `#`, `npm:`, `?raw`."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One import of a file of the project by another; several for one import where it names submodules."""

    fact: Import
    target: str


@dataclass(frozen=True, slots=True)
class _Aliases:
    """What a tsconfig or an import map says: patterns with at most one `*` and where they lead (project paths)."""

    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: str | None = None


class Modules:
    """The modules of a project, and how they find each other. Get it with `project.view(modules)`."""

    def __init__(self, project: Project) -> None:
        """Index the files and the settings that resolution depends on."""
        self._files = set(project.files)
        self._folders = {folder for path in self._files for folder in _parents(path)}
        self._settings: dict[str, list[Setting]] = defaultdict(list)
        for setting in project.facts(Setting):
            self._settings[setting.at.path].append(setting)
        self._packages: dict[str, str] = {}
        for path in sorted(self._settings, key=lambda path: (path.count("/"), path)):
            if posixpath.basename(path) == "package.json":
                name = self._value(path, ("name",))
                if name:
                    self._packages.setdefault(name, posixpath.dirname(path))
        self._imports: dict[str, list[Import]] = defaultdict(list)
        for fact in project.facts(Import):
            self._imports[fact.at.path].append(fact)
        self._python_roots = self._find_python_roots()
        self._nearest: dict[tuple[str, str], list[str]] = {}
        self._homes: dict[str, str] = {}
        self._scopes: dict[str, str] = {}
        self._asked: dict[str, frozenset[str] | None] = {}
        self._vantages: dict[tuple[str, str], str] = {}
        self._resolved: dict[tuple[str, str, bool], str | None] = {}
        self._aliases: dict[str, tuple[_Aliases, ...]] = {}
        self._package_heads = {_head(name) for name in self._packages}
        self._known_heads: dict[str, frozenset[str]] = {}
        self._may_hold: dict[tuple[str, str], bool] = {}
        self._edges: dict[str, tuple[Edge, ...]] = {}

    def resolve(self, specifier: str, from_path: str) -> str | None:
        """The file that `specifier` (as written in the file at `from_path`) means; None outside of the project."""
        if not self.may_hold(specifier, from_path):
            return None
        return self.resolved(specifier, from_path, self.vantage(specifier, from_path))

    def resolved(self, specifier: str, from_path: str, vantage: str) -> str | None:
        """The same for one that may begin with a module, as seen from its `vantage`."""
        python = from_path.endswith((".py", ".pyi"))
        key = (specifier, vantage, python)
        if key not in self._resolved:
            folder = from_path.rpartition("/")[0]
            found = self._python(specifier, folder) if python else self._typescript(specifier, from_path)
            self._resolved[key] = found
        return self._resolved[key]

    def vantage(self, name: str, path: str) -> str:
        """From where the file at `path` sees a dotted name: equal for files in which it means the same.

        A Python package that is in the project once means the same everywhere, another where the same one is nearest;
        what TypeScript writes without dots means the same below the same configuration.
        """
        folder = path.rpartition("/")[0]
        if name[:1] == ".":
            return folder
        if not path.endswith((".py", ".pyi")):
            return self._scope(folder)
        package = name.partition(".")[0]
        if len(self._python_roots.get(package, ())) < 2:
            return ""
        if (package, folder) not in self._vantages:
            self._vantages[package, folder] = "\n".join(self._near(package, folder))
        return self._vantages[package, folder]

    def may_hold(self, name: str, path: str) -> bool:
        """Whether a dotted name in the file at `path` may begin with a module; most begin with a package elsewhere.

        The same for every name that begins with the same segment, so it is found out once a folder.
        """
        if name[:1] == ".":
            return True
        if path.endswith((".py", ".pyi")):
            return name.partition(".")[0] in self._python_roots
        key = (_head(name), self._scope(path.rpartition("/")[0]))
        if key not in self._may_hold:
            self._may_hold[key] = self._may_begin(*key)
        return self._may_hold[key]

    def _may_begin(self, head: str, folder: str) -> bool:
        """Whether a module of the project may begin with this segment, as TypeScript in a folder writes it."""
        if not _PLAIN.fullmatch(head) or head in self._package_heads:
            return True
        aliases = self._aliases_for(folder)
        if any(one.base is not None and head in self._heads_in(one.base) for one in aliases):
            return True
        patterns = (pattern for one in aliases for pattern, _ in one.patterns)
        starts = (*_ALIAS_ROOTS, *(pattern.partition("*")[0] for pattern in patterns))
        return any(head.startswith(start) or start.startswith(head) for start in starts)

    def _heads_in(self, folder: str) -> frozenset[str]:
        """The first segments of all names in a folder."""
        folder = posixpath.normpath(folder) if folder else ""
        if folder not in self._known_heads:
            start = "" if folder in ("", ".") else f"{folder}/"
            inside = (path[len(start) :] for path in self._files if path.startswith(start))
            self._known_heads[folder] = frozenset(map(_head, inside))
        return self._known_heads[folder]

    def imports(self, path: str) -> tuple[Edge, ...]:
        """The imports of the file at `path` that stay in the project, in the order of its text, type-only ones too."""
        if path not in self._edges:
            self._edges[path] = tuple(self._follow(path))
        return self._edges[path]

    def _scope(self, folder: str) -> str:
        """The nearest folder from `folder` upwards whose files say what names mean in TypeScript, `""` for the root."""
        if folder not in self._scopes:
            says = not folder or any(f"{folder}/{name}" in self._files for name in _SAYING)
            self._scopes[folder] = folder if says else self._scope(folder.rpartition("/")[0])
        return self._scopes[folder]

    def package_folder(self, path: str) -> str:
        """The folder of the package.json that `path` belongs to; `""` also for the root or where there is none."""
        folder = path.rpartition("/")[0]
        if folder not in self._homes:
            above = (one for one in (folder, *_parents(folder)) if f"{one}/package.json" in self._files)
            self._homes[folder] = next(above, "")
        return self._homes[folder]

    def dependencies(self, path: str) -> frozenset[str] | None:
        """Every package that the nearest package.json asks for; None where there is no package.json."""
        folder = self.package_folder(path)
        if folder not in self._asked:
            manifest = _join(folder, "package.json")
            asked = (
                setting.keys[1]
                for setting in self._settings.get(manifest, ())
                if len(setting.keys) == 2 and setting.keys[0] in _DEPENDENCY_FIELDS
            )
            self._asked[folder] = frozenset(asked) if manifest in self._files else None
        return self._asked[folder]

    def _follow(self, path: str) -> Iterator[Edge]:
        python = path.endswith(".py")
        for fact in self._imports.get(path, ()):
            if not self.may_hold(fact.module, path):
                continue
            target = self.resolved(fact.module, path, self.vantage(fact.module, path))
            if target is not None:
                yield Edge(fact, target)
            if python and (target is None or self._has_submodules(target)):
                joint = "" if fact.module.endswith(".") else "."
                for name, _ in fact.names:
                    inner = self.resolve(f"{fact.module}{joint}{name}", path) if name != "*" else None
                    if inner is not None and inner != target:
                        yield Edge(fact, inner)

    # Python

    def _has_submodules(self, target: str) -> bool:
        return target.endswith("__init__.py") or target.rpartition(".")[0] in self._folders

    def _find_python_roots(self) -> dict[str, list[str]]:
        """The first part of every absolute import with the folders that may hold it, nearest to the root first.

        The folder of the project may hold any, even if it is called a package itself: what is in it is run from there.
        So may one that is called after source code as such, where nobody imports it by that name.
        """
        roots: dict[str, set[str]] = defaultdict(set)
        taken = {fact.module.partition(".")[0] for several in self._imports.values() for fact in several}
        for path in self._files:
            if not path.endswith(".py"):
                continue
            here = path.removesuffix("/__init__.py").removesuffix(".py")
            while here:
                parent, _, name = here.rpartition("/")
                is_package = parent and f"{parent}/__init__.py" in self._files
                looked_into = (
                    parent.rpartition("/")[2] in _SOURCE_FOLDERS - taken and name not in sys.stdlib_module_names
                )
                if not is_package or looked_into:
                    roots[name].add(parent)
                here = parent
        return {name: sorted(found, key=lambda root: (root.count("/"), root)) for name, found in roots.items()}

    def _python(self, specifier: str, folder: str) -> str | None:
        name = specifier.lstrip(".")
        dots = len(specifier) - len(name)
        parts = name.split(".") if name else []
        if dots:
            for _ in range(dots - 1):
                if not folder:
                    return None
                folder = folder.rpartition("/")[0]
            return self._python_file("/".join((folder, *parts) if folder else parts))
        for root in self._near(parts[0], folder) if parts else ():
            found = self._python_file("/".join((root, *parts) if root else parts))
            if found is not None:
                return found
        return None

    def _near(self, package: str, folder: str) -> list[str]:
        """The folders that hold a package of that name, the one that shares most of its path with `folder` first."""
        roots = self._python_roots.get(package, [])
        if len(roots) < 2:
            return roots
        if (package, folder) not in self._nearest:
            self._nearest[package, folder] = sorted(roots, key=lambda root: -len(_common(root, folder)))
        return self._nearest[package, folder]

    def _python_file(self, base: str) -> str | None:
        for path in (f"{base}.py", f"{base}/__init__.py".removeprefix("/"), f"{base}.pyi"):
            if path in self._files:
                return path
        return None

    # TypeScript

    def _typescript(self, specifier: str, from_path: str) -> str | None:
        specifier = specifier.partition("?")[0].removeprefix("npm:")
        folder = posixpath.dirname(from_path)
        if specifier.startswith("."):
            base = posixpath.normpath(posixpath.join(folder, specifier))
            return None if base.startswith("..") else self._file_or_folder(base.removeprefix("./"))
        if not specifier or "://" in specifier or specifier.startswith(("node:", "jsr:", "data:")):
            return None
        home = self.package_folder(from_path)
        if specifier.startswith("/"):
            return self._file_or_folder(_join(home, specifier[1:]))
        for aliases in self._aliases_for(folder):
            found = self._by_aliases(specifier, aliases)
            if found is not None:
                return found
        if specifier.startswith("#"):
            found = self._by_package_field(home, "imports", specifier)
            if found is not None:
                return found
        for alias, roots in _ALIAS_ROOTS.items():
            if specifier.startswith(alias):
                bases = (_join(home, root + specifier[len(alias) :]) for root in roots)
                return next((found for found in map(self._file_or_folder, bases) if found), None)
        return self._by_workspace(specifier)

    def _file_or_folder(self, base: str) -> str | None:
        return self._file(base) or self._folder(base)

    def _file(self, base: str) -> str | None:
        stem, suffix = posixpath.splitext(base)
        for instead in _SAID_AS_JAVASCRIPT.get(suffix, ()):
            if stem + instead in self._files:
                return stem + instead
        if base in self._files:
            return base
        for suffix in _SOURCES:
            if base + suffix in self._files:
                return base + suffix
        for platform in _PLATFORMS:
            for suffix in _SOURCES[:6]:
                if base + platform + suffix in self._files:
                    return base + platform + suffix
        return None

    def _folder(self, base: str) -> str | None:
        if base in (".", ""):
            base = ""
        elif base not in self._folders:
            return None
        if _join(base, "package.json") in self._files:
            found = self._entry(base)
            if found is not None:
                return found
        for suffix in _SOURCES:
            if _join(base, "index" + suffix) in self._files:
                return _join(base, "index" + suffix)
        return None

    def _entry(self, package: str) -> str | None:
        """What `main` and its kin in a package.json lead to."""
        for field in ("source", "module", "main", "types", "typings", "browser"):
            target = self._value(_join(package, "package.json"), (field,))
            found = self._built(package, target) if target else None
            if found is not None:
                return found
        return None

    def _built(self, package: str, target: str) -> str | None:
        """The file `target` of a package, or the source that it is built from."""
        base = posixpath.normpath(_join(package, target))
        if base.startswith(".."):
            return None
        found = self._file(base)
        if found is None and _BUILD_FOLDERS.match(target):
            inner = _BUILD_FOLDERS.sub("", target)
            stem = re.sub(r"(?:\.d)?\.[cm]?[jt]sx?$", "", inner)
            found = self._file_or_folder(_join(package, "src", stem)) or self._file_or_folder(_join(package, stem))
        return found

    def _by_workspace(self, specifier: str) -> str | None:
        parts = specifier.split("/")
        length = 2 if specifier.startswith("@") else 1
        name, inner = "/".join(parts[:length]), "/".join(parts[length:])
        package = self._packages.get(name)
        if package is None:
            return None
        found = self._by_package_field(package, "exports", f"./{inner}" if inner else ".")
        if found is not None:
            return found
        if not inner:
            return self._entry(package) or self._folder(package) or self._folder(_join(package, "src"))
        found = self._file_or_folder(_join(package, inner)) or self._file_or_folder(_join(package, "src", inner))
        return found or self._built(package, inner)

    def _by_package_field(self, package: str, field: str, wanted: str) -> str | None:
        """What `exports` or `imports` of a package.json lead to for the subpath `wanted` (`.`, `./x`, `#x`)."""
        targets: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for setting in self._settings.get(_join(package, "package.json"), ()):
            if setting.keys[:1] == (field,) and setting.value != "null":
                subpath = next((key for key in setting.keys[1:] if key.startswith((".", "#"))), ".")
                condition = next((key for key in reversed(setting.keys[1:]) if key in _CONDITIONS), "default")
                targets[subpath].append((_CONDITIONS.index(condition), setting.value))
        for pattern in sorted(targets, key=lambda pattern: ("*" in pattern, -len(pattern))):
            middle = _matched(pattern, wanted)
            if middle is None:
                continue
            for _, target in sorted(targets[pattern]):
                found = self._built(package, target.replace("*", middle))
                if found is not None:
                    return found
        return None

    # tsconfig and import maps

    def _by_aliases(self, specifier: str, aliases: _Aliases) -> str | None:
        for pattern, targets in aliases.patterns:
            middle = _matched(pattern, specifier)
            if middle is None:
                continue
            for target in targets:
                found = self._file_or_folder(posixpath.normpath(target.replace("*", middle)))
                if found is not None:
                    return found
        return self._file_or_folder(_join(aliases.base, specifier)) if aliases.base is not None else None

    def _aliases_for(self, folder: str) -> tuple[_Aliases, ...]:
        """The aliases in force in a folder: those of the nearest tsconfig and of the nearest import map."""
        if folder in self._aliases:
            return self._aliases[folder]
        found: list[_Aliases] = []
        for here in (folder, *_parents(folder)) if folder else ("",):
            configs = [_join(here, name) for name in _CONFIG_NAMES if _join(here, name) in self._files]
            for config in configs:
                found += self._tsconfig(config, 0)
            if configs:
                break
        found += self._registered(self.package_folder(f"{folder}/"))
        for here in (folder, *_parents(folder)) if folder else ("",):
            maps = [_join(here, name) for name in _MAP_NAMES]
            maps = [path for path in maps if path in self._files]
            for path in maps:
                found += self._import_map(path)
            if maps:
                break
        self._aliases[folder] = tuple(found)
        return self._aliases[folder]

    def _tsconfig(self, path: str, depth: int) -> list[_Aliases]:
        """The aliases of a tsconfig: its own or inherited ones, then those of the projects it refers to."""
        own = self._inherited(path, depth)
        found = [own] if own.patterns or own.base is not None else []
        if depth == 0:
            for setting in self._settings.get(path, ()):
                if setting.keys[:1] == ("references",) and setting.keys[-1:] == ("path",):
                    other = posixpath.normpath(posixpath.join(posixpath.dirname(path), setting.value))
                    other = other if other in self._files else _join(other, "tsconfig.json")
                    inside = posixpath.dirname(other) == posixpath.dirname(path)
                    if inside and other != path:
                        found += self._tsconfig(other, 1)
        return found

    def _inherited(self, path: str, depth: int) -> _Aliases:
        folder = posixpath.dirname(path)
        base: str | None = None
        patterns: dict[str, list[str]] = {}
        parents: list[str] = []
        for setting in self._settings.get(path, ()):
            keys, value = setting.keys, setting.value.replace("${configDir}", ".")
            if keys == ("compilerOptions", "baseUrl"):
                base = posixpath.normpath(_join(folder, value)).removeprefix("./")
                base = "" if base == "." else base
            elif keys[:2] == ("compilerOptions", "paths") and len(keys) == 4:
                patterns.setdefault(keys[2], []).append(value)
            elif keys[:1] == ("extends",):
                parents.append(value)
        if (not patterns or base is None) and depth < _MOST_EXTENDS:
            for parent in reversed(parents):
                other = self._config_file(parent, folder)
                inherited = self._inherited(other, depth + 1) if other is not None else _Aliases()
                if not patterns and inherited.patterns:
                    return _Aliases(inherited.patterns, base if base is not None else inherited.base)
                base = base if base is not None else inherited.base
        root = base if base is not None else folder
        ordered = sorted(patterns, key=lambda pattern: ("*" in pattern, -len(pattern.partition("*")[0])))
        return _Aliases(tuple((one, tuple(_join(root, to) for to in patterns[one])) for one in ordered), base)

    def extended(self, path: str) -> tuple[str | None, ...]:
        """What the tsconfig at `path` extends, the last one the strongest; None for one outside of the project."""
        folder = posixpath.dirname(path)
        named = (setting.value for setting in self._settings.get(path, ()) if setting.keys[:1] == ("extends",))
        return tuple(self._config_file(name, folder) for name in named)

    def _config_file(self, name: str, folder: str) -> str | None:
        """The file that `extends` names: a path, or a package of the workspace."""
        if name.startswith("."):
            base = posixpath.normpath(posixpath.join(folder, name))
        else:
            parts = name.split("/")
            length = 2 if name.startswith("@") else 1
            package = self._packages.get("/".join(parts[:length]))
            if package is None:
                return None
            base = _join(package, *parts[length:])
        for path in (base, f"{base}.json", f"{base}/tsconfig.json"):
            if path in self._files:
                return path
        return None

    def _registered(self, package: str) -> list[_Aliases]:
        """What a package.json tells module-alias, by which Node.js loads modules then (module-alias, "Usage")."""
        aliases = [
            (setting.keys[1], _join(package, setting.value))
            for setting in self._settings.get(_join(package, "package.json"), ())
            if len(setting.keys) == 2 and setting.keys[0] == "_moduleAliases"
        ]
        aliases.sort(key=lambda alias: -len(alias[0]))
        patterns = [one for name, to in aliases for one in ((f"{name}/*", (f"{to}/*",)), (name, (to,)))]
        return [_Aliases(tuple(patterns))] if patterns else []

    def _import_map(self, path: str) -> list[_Aliases]:
        folder = posixpath.dirname(path)
        patterns = []
        for setting in self._settings.get(path, ()):
            if setting.keys[:1] == ("imports",) and len(setting.keys) == 2 and setting.value.startswith("."):
                many = "*" if setting.keys[1].endswith("/") else ""
                patterns.append((setting.keys[1] + many, (_join(folder, setting.value) + many,)))
            elif setting.keys == ("importMap",):
                other = posixpath.normpath(_join(folder, setting.value))
                if other in self._files and other != path:
                    return self._import_map(other)
        patterns.sort(key=lambda pattern: ("*" in pattern[0], -len(pattern[0])))
        return [_Aliases(tuple(patterns))] if patterns else []

    def _value(self, path: str, keys: tuple[str, ...]) -> str:
        return next((setting.value for setting in self._settings.get(path, ()) if setting.keys == keys), "")


def modules(project: Project) -> Modules:
    """The project's modules; call it through `project.view(modules)`."""
    return Modules(project)


def imported(project: Project) -> frozenset[str]:
    """The view: the files that others import."""
    known = project.view(modules)
    return frozenset(edge.target for path in project.files for edge in known.imports(path) if edge.target != path)


def importers(project: Project) -> Mapping[str, Sequence[str]]:
    """The view: the files that load each file that others do; types alone load nothing."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in project.files:
        for edge in project.view(modules).imports(path):
            if edge.target != path and not edge.fact.type_only:
                found[edge.target].append(path)
    return found


def _parents(path: str) -> Iterator[str]:
    """The folders above `path`, the nearest first, `""` for the root last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _join(folder: str, *parts: str) -> str:
    if len(parts) == 1 and parts[0][:1] != "/":  # nearly always; `posixpath.join` takes five times as long
        return f"{folder}/{parts[0]}" if folder and folder[-1] != "/" else folder + parts[0]
    return posixpath.join(folder, *parts)


def _head(name: str) -> str:
    """What stands before the first slash or dot."""
    return name.partition("/")[0].partition(".")[0]


def _common(one: str, other: str) -> str:
    return posixpath.commonpath((one, other)) if one and other else ""


def _matched(pattern: str, text: str) -> str | None:
    """What the `*` of `pattern` stands for in `text` (`""` without one), None where they do not match."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if pattern == text else None
    if len(text) >= len(before) + len(after) and text.startswith(before) and text.endswith(after):
        return text[len(before) : len(text) - len(after)]
    return None
