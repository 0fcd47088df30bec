"""A port of the parts of the GitHub Actions runner that find commands in a log (ActionCommand.cs)."""

from dataclasses import dataclass

COMMANDS = frozenset(
    "add-mask add-matcher add-path debug echo endgroup error group internal-set-repo-path notice remove-matcher "
    "save-state set-env set-output stop-commands warning".split()
)
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_LEGACY = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


def command(line: str) -> Command | None:
    """The command that the runner executes on reading a line of output."""
    return _current(line) or _legacy(line)


def commands(output: str) -> list[Command]:
    """The commands in a whole output. Every kind of line end ends a line, to be on the safe side."""
    found = (command(line) for line in output.splitlines())
    return [each for each in found if each is not None]


def _current(line: str) -> Command | None:
    message = line.lstrip()
    if not message.startswith("::"):
        return None
    end = message.find("::", 2)
    if end < 0:
        return None
    info = message[2:end]
    name, _, rest = info.partition(" ")
    if name.lower() not in COMMANDS:
        return None
    properties = {}
    for pair in rest.strip().split(","):
        key, equals, value = pair.partition("=")
        if equals:
            properties[key] = _unescaped(value, _PROPERTY)
    return Command(name, properties, _unescaped(message[end + 2 :], _DATA))


def _legacy(line: str) -> Command | None:
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name = line[start + 3 : end].partition(" ")[0]
    return Command(name, {}, _unescaped(line[end + 1 :], _LEGACY)) if name.lower() in COMMANDS else None


def _unescaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escaped, character in escapes:
        text = text.replace(escaped, character)
    return text
