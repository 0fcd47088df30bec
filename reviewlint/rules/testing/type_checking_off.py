"""The type checker is told to look away, or there is none.

Types that nobody checks are comments: without `strict` a forgotten `null` and a parameter of any type compile, and the
annotation beside them says otherwise. Switching it on for new code is cheap, for old code it can be done file by file.

`strict` of a tsconfig is followed through `extends`; where a base lies outside of the repository, nothing is said.
TypeScript 6 is strict unless told otherwise. For Python, mypy counts as strict with `strict`, `disallow_untyped_defs` or
`check_untyped_defs`, pyright unless its mode is `off` or `basic`. A project full of annotations without any checker gets
a note. Python whose functions mostly say no types is no typed project: there a lenient checker is only told of with
`--strict`, and a missing one not at all.
"""

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from ...facts.clients import Setting
from ...facts.code import Function
from ...facts.file import Side
from ...facts.imports import Import
from ...facts.location import Location, Related
from ...finding import Confidence, Finding, Severity
from ...join.modules import modules
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("settings",),
    asked_by="F E",
    strictly="lenient settings of mypy and pyright where fewer than half of the functions say any type.",
    limits="Settings on command lines are not read; where no checker is set up and one may be asked for, nothing is said.",
)

_PROGRAM = frozenset({Side.SERVER, Side.EDGE, Side.BROWSER, Side.OTHER})
_ASIDE = re.compile(r"(?:^|/)(?:docs?|examples?|samples?|demos?|templates?|e2e|cypress|tests?|scripts)/")
_MOST_EXTENDS = 12
_STRICT_SINCE = 6
"""The major version of TypeScript whose default is strict."""

_TYPED = frozenset({"typing", "typing_extensions", "collections.abc", "pydantic", "dataclasses", "__future__"})
_CHECKERS = re.compile(r"\b(?:mypy|(?:based)?pyright|pyre-check|pyrefly|pytype|ty)\b")
_ELSEWHERE = re.compile(
    r"(?:^|/)(?:\.?mypy\.ini|setup\.cfg|tox\.ini|noxfile\.py|\.pre-commit-config\.ya?ml|pyrightconfig\.json|pyrefly\.toml"
    r"|ty\.toml|\.pyre_configuration|Makefile|justfile|Taskfile\.ya?ml|requirements[\w./-]*(?:dev|test|lint)[\w.-]*\.txt)$"
)
"""Files that may set up or ask for a checker."""
_ASKS = frozenset({"pyproject.toml", "package.json", "setup.cfg"})
"""Files that may name a checker among what they ask for."""
_MYPY = frozenset({"mypy.ini", ".mypy.ini", "setup.cfg"})
_STRICT = ("strict", "disallow_untyped_defs", "check_untyped_defs")
"""Any of these has mypy look into functions, annotated or not (mypy, "The mypy configuration file")."""
_OWN = frozenset({"self", "cls"})
_LAX = "mypy runs without `strict` or `disallow_untyped_defs`, so functions without annotations are not checked."
FEWEST = 5
"""Python files from which on a project without a checker is told so; at least `SHARE` of them must use types."""
SHARE = 0.5
"""Of its functions, too: what imports a typed library need not say types itself."""


def check(project: Project) -> Iterator[Finding]:
    """Each setting that switches strict checking off, and each typed Python project without a checker."""
    settings: dict[str, list[Setting]] = defaultdict(list)
    for setting in project.facts(Setting):
        settings[setting.at.path].append(setting)
    yield from _typescript(project, settings)
    for path, found in settings.items():
        if posixpath.basename(path) in ("deno.json", "deno.jsonc"):
            off = _value(found, "compilerOptions", "strict")
            if off is not None and off.value == "false":
                yield _finding(off.at, "`strict` is `false` here, although Deno checks strictly by itself.", off.name)
        elif posixpath.basename(path) in _MYPY and not _ASIDE.search(path):
            yield from _mypy(project, path, settings)
        elif posixpath.basename(path) in ("pyproject.toml", "pyrightconfig.json") and not _ASIDE.search(path):
            yield from _python(project, path, settings)


# TypeScript


def _typescript(project: Project, settings: dict[str, list[Setting]]) -> Iterator[Finding]:
    told: dict[Location, list[str]] = defaultdict(list)
    evidence: dict[Location, tuple[str, str]] = {}
    lax = {path: off for path in _covered(project, settings) if (off := _strictness(project, settings, path))}
    for path in sorted(lax):
        at, name, text = lax[_first(project, lax, path)]
        told[at].append(path)
        evidence.setdefault(at, (name, text))
    for at, paths in told.items():
        name, text = evidence[at]
        related = [Related(Location(path, 1, 1, 1, 1), "extends it") for path in paths if path != at.path]
        yield _finding(at, text, name, related)


def _first(project: Project, lax: Collection[str], path: str) -> str:
    """The tsconfig of which one has it that it is `lax`: the last that it extends and that is so, else itself."""
    for _ in range(_MOST_EXTENDS):
        above = next((one for one in project.view(modules).extended(path) if one in lax and one != path), None)
        if above is None:
            break
        path = above
    return path


def _covered(project: Project, settings: dict[str, list[Setting]]) -> set[str]:
    """The tsconfigs that TypeScript of the program is compiled with: the nearest one above each file."""
    found: set[str] = set()
    seen: dict[str, str | None] = {}
    for path, file in project.files.items():
        if file.side not in _PROGRAM or not path.endswith((".ts", ".tsx", ".mts")) or path.endswith(".d.ts"):
            continue
        if "supabase/functions/" in path or _ASIDE.search(path):
            continue
        folder = posixpath.dirname(path)
        if folder not in seen:
            here = folder
            while here and f"{here}/tsconfig.json" not in project.files:
                here = posixpath.dirname(here)
            config = posixpath.join(here, "tsconfig.json")
            seen[folder] = config if config in settings else None
        config_path = seen[folder]
        if config_path is not None:
            found.add(config_path)
    return found


def _strictness(project: Project, settings: dict[str, list[Setting]], path: str) -> tuple[Location, str, str] | None:
    """Where a tsconfig is not strict and why, None where it is or where that cannot be known."""
    strict, known = _effective(project, settings, path, "strict")
    if strict is not None and strict.value == "true":
        return None
    parts = [_effective(project, settings, path, name)[0] for name in ("strictNullChecks", "noImplicitAny")]
    if all(part is not None and part.value == "true" for part in parts):
        return None
    if strict is not None and strict.value == "false":
        return strict.at, "strict", "`strict` is `false`: its checks are off unless each is named by itself."
    own = settings[path]
    if not known or any(setting.keys[:1] == ("references",) for setting in own) or _strict_by_default(settings, path):
        return None
    first = next((setting for setting in own if setting.keys[:1] == ("compilerOptions",)), own[0])
    line = Location(path, first.at.line, first.at.column, first.at.line, first.at.column)
    return line, "strict", "`strict` is not set, and TypeScript before 6 is lax by default."


def _effective(
    project: Project, settings: dict[str, list[Setting]], path: str, name: str, depth: int = _MOST_EXTENDS
) -> tuple[Setting | None, bool]:
    """The setting of a compiler option that holds for a tsconfig, and whether all bases could be read."""
    own = _value(settings[path], "compilerOptions", name) if path in settings else None
    if own is not None:
        return own, True
    known = path in settings and depth > 0
    for base in reversed(project.view(modules).extended(path)) if known else ():
        if base is None:
            return None, False
        found, inside = _effective(project, settings, base, name, depth - 1)
        known = known and inside
        if found is not None or not known:
            return found, known
    return None, known


def _strict_by_default(settings: dict[str, list[Setting]], path: str) -> bool:
    """Whether the nearest package.json that asks for TypeScript may ask for a version that is strict by default."""
    folder = posixpath.dirname(path)
    while True:
        for setting in settings.get(posixpath.join(folder, "package.json"), ()):
            if setting.keys[1:] == ("typescript",) and "ependencies" in setting.keys[0]:
                major = re.search(r"\d+", setting.value)
                return major is None or int(major[0]) >= _STRICT_SINCE
        if not folder:
            return False
        folder = posixpath.dirname(folder)


# Python


def _python(project: Project, path: str, settings: dict[str, list[Setting]]) -> Iterator[Finding]:
    folder = posixpath.dirname(path)
    inside = [one for one, file in project.files.items() if file.language == "python" and _within(one, folder)]
    program = [one for one in inside if project.side(one) is Side.SERVER]
    if not program:
        return
    own = settings[path]
    mypy = [setting for setting in own if setting.keys[:2] == ("tool", "mypy") and len(setting.keys) == 3]
    above = [] if path.endswith("pyrightconfig.json") else settings.get(posixpath.join(folder, "pyrightconfig.json"))
    pyright = [
        setting
        for setting in above or own  # "settings in pyrightconfig.json take precedence" (pyright, "Configuration")
        if setting.keys[-1:] == ("typeCheckingMode",)
        and (setting.at.path.endswith("pyrightconfig.json") or setting.keys[1:2] in (("pyright",), ("basedpyright",)))
    ]
    strict = any(setting.value == "true" and setting.keys[2] in _STRICT for setting in mypy) or any(
        setting.value in ("strict", "standard", "recommended", "all") for setting in pyright
    )
    if strict:
        return
    for setting in pyright:
        if setting.value in ("off", "basic") and setting.at.path != path:
            return  # told there
        if setting.value in ("off", "basic"):
            severity = None if setting.value == "off" else Severity.NOTE
            evidence = f"pyright's `typeCheckingMode` is `{setting.value}`."
            lax = not _says_types(project, program)
            half = setting.value == "basic"
            yield _finding(setting.at, evidence, "typeCheckingMode", severity=severity, strict=lax, half=half)
            return
    if mypy:
        yield _finding(mypy[0].at, _LAX, "strict", strict=not _says_types(project, program), half=True)
    elif (
        path.endswith("pyproject.toml")
        and _is_typed(project, program)
        and not _may_be_checked(project, settings, folder)
    ):
        text = f"Most of the {len(program)} modules are annotated, and no type checker is set up or asked for."
        at = Location(path, own[0].at.line, own[0].at.column, own[0].at.line, own[0].at.column)
        yield _finding(at, text, "mypy", severity=Severity.NOTE, confidence=Confidence.MEDIUM)


def _mypy(project: Project, path: str, settings: dict[str, list[Setting]]) -> Iterator[Finding]:
    """mypy's own file or setup.cfg: where it says that it is not strict, or does not say so of annotated modules."""
    folder = posixpath.dirname(path)
    own = [setting for setting in settings[path] if setting.keys[0] == "mypy"]
    program = [
        one
        for one, file in project.files.items()
        if file.language == "python" and _within(one, folder) and project.side(one) is Side.SERVER
    ]
    said = {setting.keys[1]: setting for setting in own}
    if not own or not program or any(_is_on(said.get(name)) for name in _STRICT):
        return
    above = settings.get(posixpath.join(folder, "pyrightconfig.json"), ())
    if _value(above, "typeCheckingMode") is not None:
        return  # told there
    off = next((said[name] for name in _STRICT if name in said), None)
    if off is not None:
        evidence = f"mypy's `{off.keys[1]}` is `{off.value}`."
        yield _finding(off.at, evidence, "strict", strict=not _says_types(project, program), half=True)
    elif _is_typed(project, program):
        yield _finding(own[0].at, _LAX, "strict", half=True)


def _is_on(setting: Setting | None) -> bool:
    return setting is not None and setting.value.lower() in ("true", "yes", "on", "1")


def _within(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _is_typed(project: Project, program: Sequence[str]) -> bool:
    wanted = set(program)
    typed: Counter[str] = Counter()
    for fact in project.facts(Import):
        if fact.at.path in wanted and fact.module in _TYPED:
            typed[fact.at.path] += 1
    return len(program) >= FEWEST and len(typed) >= SHARE * len(program) and _says_types(project, program)


def _says_types(project: Project, program: Sequence[str]) -> bool:
    """Whether most functions of the program that take anything say a type; where none does, nothing speaks against it."""
    functions = [
        one
        for path in program
        for one in project.facts_of(path, Function)
        if one.is_typed or not _OWN.issuperset(one.parameters)
    ]
    return sum(one.is_typed for one in functions) >= SHARE * len(functions)


def _may_be_checked(project: Project, settings: Mapping[str, Sequence[Setting]], folder: str) -> bool:
    """Whether a file of settings above or within `folder`, that of a member of a workspace too, may ask for a checker."""
    above = {folder, *_parents(folder)}

    def concerns(path: str) -> bool:
        return posixpath.dirname(path) in above or _within(path, folder)

    if any(_ELSEWHERE.search(path) and concerns(path) for path in (*project.files, *project.sources)):
        return True
    return any(
        _CHECKERS.search(f"{setting.name} {setting.value}")
        for path, own in settings.items()
        if posixpath.basename(path) in _ASKS and concerns(path)
        for setting in own
    )


def _parents(folder: str) -> Iterator[str]:
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _value(found: Sequence[Setting], *keys: str) -> Setting | None:
    return next((setting for setting in found if setting.keys == keys), None)


def _finding(
    at: Location,
    evidence: str,
    name: str,
    related: Sequence[Related] = (),
    *,
    severity: Severity | None = None,
    confidence: Confidence | None = None,
    strict: bool = False,
    half: bool = False,
) -> Finding:
    """The finding; `half` where a checker runs and is lenient."""
    option = name.rpartition(".")[2]
    remedies = {
        "strict": '"strict": true'
        if at.path.endswith((".json", ".jsonc"))
        else f"[{'tool.' if at.path.endswith('.toml') else ''}mypy]\nstrict = true",
        "typeCheckingMode": 'typeCheckingMode = "strict"',
        "mypy": "[tool.mypy]\nstrict = true",
    }
    return Finding(
        at,
        evidence=evidence,
        remedy=remedies[option],
        related=tuple(related),
        slots={"file": posixpath.basename(at.path), "checks": "half of them checked" if half else "nobody check them"},
        severity=severity,
        confidence=confidence,
        strict=strict,
    )


REMARK = "The annotations are there, and `{file}` has {checks}. Switch strict on and exempt the old files by name."

EXAMPLES = [
    """
=== tsconfig.json
{
  "compilerOptions": {
    "target": "es2022",
    "strict": false // <-- off
  }
}

=== src/orders.ts
export const total = (order) => order.total
""",
    """
=== apps/web/tsconfig.json
{ "extends": "../../config/tsconfig.base.json" }

=== apps/api/tsconfig.json
{ "extends": ["../../config/tsconfig.base.json", "../../config/tsconfig.strict.json"] }

=== apps/site/tsconfig.json
{ "extends": "astro/tsconfigs/base", "compilerOptions": { "jsx": "react" } }

=== apps/old/tsconfig.json
{
  "compilerOptions": {
    "target": "es2022" // <-- not set
  }
}

=== config/tsconfig.base.json
{
  "compilerOptions": {
    "strict": false // <-- the web application inherits it
  }
}

=== config/tsconfig.strict.json
{ "compilerOptions": { "strict": true } }

=== apps/web/src/a.ts
export const a = 1

=== apps/api/src/a.ts
export const a = 1

=== apps/site/src/a.ts
export const a = 1

=== apps/old/stories/tsconfig.json
{
  "extends": "../tsconfig.json",
  "compilerOptions": { "types": ["node"] }
}

=== apps/old/stories/a.ts
export const a = 1

=== apps/old/src/a.ts
export const a = 1
""",
    """
=== tsconfig.json
{ "compilerOptions": { "target": "es2022" } }

=== package.json
{ "devDependencies": { "typescript": "^6.0.2" } }

=== src/a.ts
export const a = 1
""",
    """
=== pyproject.toml
[project]
name = "shop"

[tool.mypy]
ignore_missing_imports = true # <-- the rest is not checked

=== shop/orders.py
def total(order) -> int:
    return order.total
""",
    """
=== pyproject.toml
[tool.pyright]
typeCheckingMode = "basic" # <-- strict: who says no types has nothing to check

=== shop/orders.py
def total(order):
    return order.total

def paid(order) -> bool:
    return order.paid

def late(order):
    return order.due < today()
""",
    """
=== pyproject.toml
[tool.pyright]
typeCheckingMode = "basic" # <-- half of it is checked

=== shop/orders.py
def total(order: "Order") -> int:
    return order.total
""",
    """
=== pyproject.toml
[tool.mypy]
strict = true

[tool.pyright]
typeCheckingMode = "basic"

=== shop/orders.py
def total(order: int) -> int:
    return order
""",
    """
=== pyproject.toml
[tool.pyright]
typeCheckingMode = "basic"

=== pyrightconfig.json
{ "typeCheckingMode": "off" } // <-- this one holds

=== shop/orders.py
def total(order: int) -> int:
    return order
""",
    """
=== pyproject.toml
[tool.pyright]
typeCheckingMode = "off" # <-- off

=== shop/orders.py
def total(order: int) -> int:
    return order
""",
    """
=== mypy.ini
[mypy]
python_version = 3.11
strict = False ; <-- off
ignore_missing_imports = True

[mypy-shop.old.*]
ignore_errors = True

=== billing/setup.cfg
[mypy]
disallow_untyped_defs = True

=== shipping/mypy.ini
[mypy]
check_untyped_defs = True

=== shipping/parcels.py
def weight(parcel: int) -> int:
    return parcel

=== legacy/mypy.ini
[mypy]
ignore_missing_imports = True

=== shop/orders.py
def total(order: int) -> int:
    return order

=== billing/bills.py
def total(bill: int) -> int:
    return bill

=== legacy/sums.py
def total(bill):
    return bill
""",
]
