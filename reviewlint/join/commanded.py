"""What runs because somebody calls a command: a program's own commands, and what no request but they come by."""

from ..facts.code import Class
from ..project import Project
from .commands import is_command
from .endpoints import reached
from .functions import functions
from .running import running


def commanded(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that commands run and requests do not, by file and qualified name."""
    begun = {place for place, one in project.view(functions).items() if is_command(one)}
    begun |= {
        (one.at.path, f"{one.name}.handle")
        for one in project.facts(Class)
        if any(base.rpartition(".")[2].endswith("Command") for base in one.bases)
    }
    return frozenset(place for path, name in begun for place in reached(project, path, name)) - project.view(running)
