"""Supabase Edge Functions, and those that the platform lets anyone call: `verify_jwt = false` in config.toml.

Supabase documentation, "Edge Functions": each folder of `supabase/functions` is one function, unless its name begins
with an underscore; `index` is where it begins.
"""

import re
from dataclasses import dataclass

from ..facts.clients import Setting
from ..facts.file import Side
from ..facts.http import Route
from ..facts.location import Location
from ..facts.sql import Invocation, Literal, Select, Statement, walk
from ..project import Project

_SCHEDULES = frozenset({"schedule", "schedule_in_database"})
_ON_SCHEDULE = re.compile(
    r"\bcron\b|\bpg_cron\b|\bscheduled (?:(?:edge )?function|job|task)\b|\b(?:on|by) a schedule\b"
    r"|\b(?:runs?|called|invoked|triggered|executed) (?:once )?(?:every|each|hourly|daily|nightly|weekly)\b",
    re.I,
)
"""What a comment says of a function that a clock calls."""
_ADDRESS = re.compile(r"/functions/v1/([\w-]+)")
_ENTRY = re.compile(r"(?:^|.*/)supabase/functions/(?P<name>[^/_.][^/]*)/index\.(?:tsx?|m?js)$")


@dataclass(frozen=True, slots=True)
class EdgeFunction:
    """A function by the name of its folder. `path` is its entry file, `folder` ends with a slash."""

    name: str
    path: str

    @property
    def folder(self) -> str:
        """The folder with everything that is the function's own."""
        return self.path.rpartition("/")[0] + "/"


def edge_functions(project: Project) -> tuple[EdgeFunction, ...]:
    """Every function whose code is in the project, by path; call it through `project.view(edge_functions)`."""
    entries = (_ENTRY.match(path) for path, file in project.files.items() if file.side is Side.EDGE)
    return tuple(EdgeFunction(entry["name"], entry[0]) for entry in entries if entry is not None)


def scheduled_functions(project: Project) -> frozenset[str]:
    """The entry files of the functions that a cron job calls (Supabase, "Scheduling Edge Functions").

    One of the migrations, or one that the comment above the function tells of. Call it through
    `project.view(scheduled_functions)`.
    """
    called: set[str] = set()
    for statement in project.facts(Statement):
        outputs = statement.action.query.outputs if isinstance(statement.action, Select) else ()
        for one in (tree for output in outputs for tree in walk(output)):
            if isinstance(one, Invocation) and one.function.schema == "cron" and one.function.name in _SCHEDULES:
                texts = (str(part.value) for part in walk(one) if isinstance(part, Literal))
                called.update(name for text in texts for name in _ADDRESS.findall(text))
    told = {route.at.path for route in project.facts(Route) if _ON_SCHEDULE.search(route.note)}
    return frozenset(
        function.path for function in project.view(edge_functions) if function.name in called or function.path in told
    )


@dataclass(frozen=True, slots=True)
class UnverifiedFunction:
    """A function with `verify_jwt = false`. `at` is the setting, `path` the function's entry file.

    `reason` is what a comment beside the setting says.
    """

    name: str
    at: Location
    path: str
    reason: str = ""


def unverified_functions(project: Project) -> tuple[UnverifiedFunction, ...]:
    """Every such function whose code is in the project; call it through `project.view(unverified_functions)`."""
    entries = {
        (setting.at.path, setting.keys[1]): setting.value
        for setting in project.facts(Setting)
        if setting.keys[:1] == ("functions",) and setting.keys[2:] == ("entrypoint",)
    }
    found = []
    for setting in project.facts(Setting):
        keys = setting.keys
        if keys[:1] != ("functions",) or keys[2:] != ("verify_jwt",) or setting.value != "false":
            continue
        if setting.at.path.rpartition("/")[2] != "config.toml":
            continue
        folder = setting.at.path.removesuffix("config.toml")
        given = entries.get((setting.at.path, keys[1]), "").removeprefix("./")
        places = [folder + given] if given else []
        places += [f"{folder}functions/{keys[1]}/index.{suffix}" for suffix in ("ts", "tsx", "js", "mjs")]
        path = next((place for place in places if place in project.files), None)
        if path is not None:
            found.append(UnverifiedFunction(keys[1], setting.at, path, setting.comment))
    return tuple(found)
