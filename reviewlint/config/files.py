"""Configuration files: which one governs a path, and what it says, checked key by key."""

import os
import posixpath
import re
import stat
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from .. import own
from ..fault import Fault
from ..guess import did_you_mean
from ..own import Own
from ..rule import Rule
from . import Config, typed
from .places import line_of

NAMES = ("reviewlint.toml", "pyproject.toml")
"""Files that may hold a configuration, the one that wins in its folder first."""


class ConfigurationError(Exception):
    """A configuration cannot be used. The message says which file, which line and what to do."""


@dataclass(frozen=True, slots=True)
class Override:
    """A value given on the command line: it takes the place of what any file says."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A configuration file while it is read: how it is called, its text, and the keys above the configuration."""

    name: str
    text: str
    above: tuple[str, ...]

    def line(self, *key: str) -> int:
        return line_of(self.text, (*self.above, *key))

    def error(self, message: str, *key: str, near: str = "") -> ConfigurationError:
        """An error at a key, or at the first line from there on that has the text `near`."""
        line = self.line(*key)
        below = self.text.splitlines()[line - 1 :]
        offset = next((number for number, text in enumerate(below) if near in text), 0)
        return ConfigurationError(f"{self.name}:{line + offset}: {message}")


def keys() -> dict[str, Any]:
    """The keys of a configuration file, with the type of each."""
    hints = get_type_hints(Config)
    return {
        field.name.replace("_", "-"): hints[field.name]
        for field in fields(Config)
        if field.name not in ("source", "origins", "own")
    }


def governing(
    root: Path, overrides: Mapping[str, Override] | None = None, explicit: Path | None = None
) -> Callable[[str], Config]:
    """How to find the configuration of a path of the project (relative to `root`, with `/`; a folder ends in `/`).

    The nearest configuration file wins, from the path's folder up to the root; files further up say nothing. With
    `explicit` that file governs every path. The function raises ConfigurationError where a file cannot be used.
    """
    given = overrides or {}

    @cache
    def of_folder(folder: str) -> Config:
        above = f"{root}/{folder}" if folder else str(root)
        for name in NAMES:
            found = read(Path(above, name), root) if _may_be_there(f"{above}/{name}") else None
            if found is not None:
                return overridden(found, given)
        return of_folder(folder.rpartition("/")[0]) if folder else overridden(Config(), given)

    @cache
    def only() -> Config | None:
        if explicit is None:
            return None
        found = read(explicit, root)
        if found is None:
            raise ConfigurationError(f"{_called(explicit, root)}: has no table [tool.reviewlint]")
        return overridden(found, given)

    @cache
    def of_path(path: str) -> Config:
        config = only() or of_folder(path.rpartition("/")[0])
        ignored = [
            (pattern, name)
            for pattern, names in config.per_file.items()
            if _matcher(pattern)(path)
            for name in names
            if name not in config.ignore
        ]
        severities = [
            (pattern, name, severity)
            for pattern, given in config.per_file_severities.items()
            if _matcher(pattern)(path)
            for name, severity in given.items()
        ]
        if not ignored and not severities:
            return config
        origins = {f"ignore.{name}": _origin_of(config, "per-file", pattern) for pattern, name in ignored}
        origins |= {
            f"severities.{name}": _origin_of(config, "per-file-severities", pattern) for pattern, name, _ in severities
        }
        return replace(
            _without_selected(config, {name for _, name in ignored}),
            ignore=(*config.ignore, *dict.fromkeys(name for _, name in ignored)),
            severities={**config.severities, **{name: severity for _, name, severity in severities}},
            origins={**config.origins, **origins},
        )

    return of_path


def _may_be_there(path: str) -> bool:
    """Whether there is a file, or something in its way: of a thousand folders, most hold no configuration."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def read(path: Path, root: Path) -> Config | None:
    """The configuration in a file; None where there is no file, or a pyproject.toml without a word about us.

    Raises ConfigurationError where it cannot be read or says something that does not hold.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        mode = stat.S_IFREG  # reading it says what is wrong
    name = _called(path, root)  # costs more than all the rest for a folder without configuration, as most are
    try:
        if not stat.S_ISREG(mode):
            raise ConfigurationError(f"{name}: is no regular file")
        text = path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(f"{name}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{name}:{line}: is not UTF-8; save it as UTF-8") from None
    shared = path.name == "pyproject.toml"
    if shared and "reviewlint" not in text:
        return None
    try:
        data: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_syntax(name, str(error))) from None
    except RecursionError:
        raise ConfigurationError(f"{name}: is nested too deeply to be read") from None
    if shared:
        tool = data.get("tool")
        data = tool.get("reviewlint") if isinstance(tool, dict) else None
        if data is None:
            return None
        if not isinstance(data, dict):
            line = line_of(text, ("tool", "reviewlint"))
            raise ConfigurationError(f"{name}:{line}: `tool.reviewlint` takes a table: [tool.reviewlint]")
    return _checked(data, _Place(name, text, ("tool", "reviewlint") if shared else ()), path.parent, root)


def _checked(data: Mapping[str, Any], place: _Place, folder: Path, root: Path) -> Config:
    known = keys()
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key, raw in data.items():
        if key not in known:
            raise place.error(f"unknown key `{key}`{did_you_mean(key, known)}", key)
        if key == "options":
            continue
        if isinstance(raw, dict) and typed.is_table(known[key]):
            inner = get_args(known[key])[1]
            values[key.replace("-", "_")] = {name: _value(each, inner, place, key, name) for name, each in raw.items()}
            origins |= {f"{key}.{name}": f"{place.name}:{place.line(key, name)}" for name in raw}
        else:
            values[key.replace("-", "_")] = _value(raw, known[key], place, key)
            origins[key] = f"{place.name}:{place.line(key)}"
    below = _below(folder, root)
    values["own"] = own = _own(values.get("rules", ()), place, folder, root, below)
    if "options" in data:
        values["options"] = _options(data["options"], place, origins, own)
    _check_names(values, place, own)
    if below:
        values["exclude"] = tuple(anchored(pattern, below) for pattern in values.get("exclude", ()))
        for key in ("per-file", "per-file-severities"):
            name = key.replace("-", "_")
            values[name] = {anchored(pattern, below): given for pattern, given in values.get(name, {}).items()}
            origins |= {
                f"{key}.{anchored(each.removeprefix(f'{key}.'), below)}": origin
                for each, origin in origins.items()
                if each.startswith(f"{key}.")
            }
    if "voice" in values:
        values["voice"] = _voice(values["voice"], place, folder)
    return Config(**values, source=place.name, origins=origins)


def _value(raw: Any, hint: Any, place: _Place, *key: str) -> Any:
    try:
        return typed.converted(hint, raw)
    except typed.WrongType as error:
        raise place.error(f"`{'.'.join(key)}` {error}, not {typed.as_toml(raw)}", *key) from None


def _own(given: Iterable[str], place: _Place, folder: Path, root: Path, below: str) -> Own:
    """What is in the places of the project's own rules; none of them may take the name of one of ours.

    They lie in the project, or below the configuration that names them where that one comes from elsewhere.
    """
    from .. import catalogue

    rules: dict[str, Rule] = {}
    faults: list[Fault] = []
    for each in given:
        if not (folder / each).exists():
            raise place.error(f"`rules`: there is no file or folder {each}", "rules", near=each)
        if not any((folder / each).resolve().is_relative_to(home.resolve()) for home in (root, folder)):
            raise place.error(f"`rules`: {each} lies outside of the project", "rules", near=each)
        found = own.read(folder / each, posixpath.normpath(posixpath.join(below, each)))
        faults += found.faults
        for name, rule in found.rules.items():
            where = f"{rule.module.PATH}:{rule.module.LINE}"
            if name in catalogue.names():
                faults.append(Fault(where, f"`{name}` is the name of a rule of reviewlint; take another", ours=False))
            elif name in rules and rules[name].module.PATH != rule.module.PATH:
                faults.append(Fault(where, f"`{name}` is defined in {rules[name].module.PATH} already", ours=False))
            else:
                rules[name] = rule
    return Own(rules, tuple(faults))


def _check_names(values: Mapping[str, Any], place: _Place, own: Own) -> None:
    """Every rule and family that is named exists."""
    named: list[tuple[str, tuple[str, ...]]] = [
        (name, (key,)) for key in ("select", "ignore") for name in values.get(key, ())
    ]
    named += [(name, ("per-file", pattern)) for pattern, names in values.get("per_file", {}).items() for name in names]
    for name, key in named:
        if problem := problem_with(name, own=own.rules):
            raise place.error(problem, *key, near=name)
    graded: list[tuple[str, ...]] = [(key, name) for key in ("severities", "ratchet") for name in values.get(key, ())]
    for pattern, given in values.get("per_file_severities", {}).items():
        graded += [("per-file-severities", pattern, name) for name in given]
    for key in graded:
        if problem := problem_with(key[-1], families=False, own=own.rules):
            raise place.error(problem, *key)


def problem_with(name: str, *, families: bool = True, own: Mapping[str, Rule] | None = None) -> str:
    """What is wrong with `name` as the name of a rule (or, with `families`, of a family); `""` where it is one.

    `own` are the project's rules.
    """
    from .. import catalogue

    known = catalogue.known(own)
    choices = {*known, *known.values()} if families else set(known)
    if name in choices:
        return ""
    if name in known.values():
        return f"`{name}` is a family; name its rules one by one here"
    what = "rule or family" if families else "rule"
    return f"there is no {what} `{name}`{did_you_mean(name, sorted(choices)) or '; `reviewlint rules` lists them'}"


def _options(raw: Any, place: _Place, origins: dict[str, str], own: Own) -> dict[str, dict[str, Any]]:
    """The `options` tables, each checked against the `Options` of its rule."""
    from .. import catalogue

    if not isinstance(raw, dict):
        raise place.error("`options` takes one table a rule: [options.<rule>]", "options")
    options: dict[str, dict[str, Any]] = {}
    for name, given in raw.items():
        problem = problem_with(name, families=False, own=own.rules)
        if problem:
            raise place.error(problem, "options", name)
        rule = own.rules.get(name) or catalogue.load(name)
        if not isinstance(given, dict):
            raise place.error(f"`options.{name}` takes a table", "options", name)
        if rule.options is None:
            raise place.error(f"rule `{name}` has no options", "options", name)
        hints = option_types(rule.options)
        options[name] = {}
        for key, each in given.items():
            if key not in hints:
                guess = did_you_mean(key, hints)
                message = f"rule `{name}` has no option `{key}`{guess or '; it has ' + ', '.join(sorted(hints))}"
                raise place.error(message, "options", name, key)
            options[name][key.replace("-", "_")] = _value(each, hints[key], place, "options", name, key)
            origins[f"options.{name}.{key}"] = f"{place.name}:{place.line('options', name, key)}"
        try:
            rule.options(**options[name])
        except (TypeError, ValueError) as error:
            raise place.error(f"options of rule `{name}`: {error}", "options", name) from None
    return options


def option_types(options: type[Any]) -> dict[str, Any]:
    """The options of a rule's `Options`, named with dashes, with the type of each."""
    hints = get_type_hints(options)
    return {each.name.replace("_", "-"): hints[each.name] for each in fields(options)}


def _voice(name: str, place: _Place, folder: Path) -> str:
    from .. import voices

    if name.endswith(".toml"):
        return str(folder / name)
    if name not in voices.names():
        guess = did_you_mean(name, voices.names()) or f"; there are {', '.join(voices.names())}"
        raise place.error(f"there is no voice `{name}`{guess}", "voice")
    return name


def overridden(config: Config, overrides: Mapping[str, Override]) -> Config:
    """The configuration with what the command line says put over it.

    What is ignored, everywhere or per file, is added to what the file ignores; everything else takes the place of the
    file's value.
    """
    values = {name: override.value for name, override in overrides.items() if name not in ("ignore", "per_file")}
    origins = {name.replace("_", "-"): override.origin for name, override in overrides.items()}
    if "per_file" in overrides:
        values["per_file"] = dict(config.per_file)
        for pattern, names in overrides["per_file"].value.items():
            values["per_file"][pattern] = (*config.per_file.get(pattern, ()), *names)
            origins[f"per-file.{pattern}"] = overrides["per_file"].origin
    if "ignore" in overrides:
        config = _without_selected(config, overrides["ignore"].value)
        values["ignore"] = tuple(dict.fromkeys((*config.ignore, *overrides["ignore"].value)))
        if config.ignore:
            origins["ignore"] = f"{config.origins.get('ignore', '')} and {overrides['ignore'].origin}"
    return replace(config, **values, origins={**config.origins, **origins})


def _without_selected(config: Config, names: Iterable[str]) -> Config:
    """The configuration with `names` no longer selected by name, so that ignoring them holds."""
    dropped = set(names)
    return replace(config, select=tuple(name for name in config.select if name not in dropped))


def anchored(pattern: str, folder: str) -> str:
    """A gitignore pattern of a configuration file in `folder` as one that means the same from the root."""
    sign, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    middle = "" if "/" in bare.rstrip("/") else "**/"
    return f"{sign}/{folder}/{middle}{bare.removeprefix('/')}"


def excludes(config: Config, path: str) -> bool:
    """Whether a configuration leaves out the file at `path`; of several patterns that match it, the last decides."""
    return bool(config.exclude) and _matcher(*config.exclude)(path)


@cache
def _matcher(*patterns: str) -> Callable[[str], bool]:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns).match_file


def _origin_of(config: Config, *key: str) -> str:
    return config.origins.get(".".join(key), config.source)


def _below(folder: Path, root: Path) -> str:
    """`folder` relative to the root with `/`, `""` for the root itself and for folders outside of it."""
    try:
        relative = folder.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return ""
    return "" if relative == "." else relative


def _called(path: Path, root: Path) -> str:
    below = _below(path.parent, root)
    if below or path.parent.resolve() == root.resolve():
        return f"{below}/{path.name}" if below else path.name
    return str(path)


def _syntax(name: str, message: str) -> str:
    """tomllib's word on a syntax error, with its line in front as everywhere else."""
    what, _, where = message.rstrip(")").rpartition(" (at ")
    place = re.match(r"line (\d+), column (\d+)", where)
    return f"{name}:{f'{place[1]}:{place[2]}: ' if place else ' '}not valid TOML: {what[:1].lower()}{what[1:]}"
