"""On which side a module runs that does not say so itself: that of the code that loads it.

`lib/orders.ts` of a full-stack framework or a workspace's package has neither a place nor an import that tells. What
route handlers, server actions and pages on the server take from it runs on the server, as long as nothing in the
browser takes it, too. What is called an example runs there, too, once a server loads it.
"""

from collections.abc import Iterable, Iterator, Mapping

from ..facts.file import Side
from ..project import Project
from .browser import browser
from .loading import CODE, Hop, loading
from .modules import modules


def sides(project: Project) -> Mapping[str, Side]:
    """The view: the side of every module that does not say it, where only modules of a server's side load it."""
    told = {path: file.side for path, file in project.files.items() if file.language in CODE}
    silent = {path for path, side in told.items() if side is Side.OTHER}

    def loaded(starts: Iterable[Hop]) -> Iterator[str]:
        steps = project.view(loading).loaded(starts, lambda path: path not in silent).steps
        return (path for path in steps if path in silent and not project.view(browser).reaches(path))

    in_python = dict.fromkeys(_loaded_in_python(project), Side.SERVER)
    if not silent:
        return in_python
    on_edge = loaded((path, None, None) for path, side in told.items() if side is Side.EDGE)
    on_server = loaded(
        [*((path, None, None) for path, side in told.items() if side is Side.SERVER), *_for_data(project, silent)]
    )
    return in_python | dict.fromkeys(on_edge, Side.EDGE) | dict.fromkeys(on_server, Side.SERVER)


def _loaded_in_python(project: Project) -> Iterator[str]:
    """The modules of Python that say nothing and that modules of a server load."""
    several = {path for path, file in project.files.items() if file.language == "python"}
    silent = {path for path in several if project.files[path].side is Side.OTHER}
    waiting = [path for path in several if project.files[path].side is Side.SERVER] if silent else []
    while waiting and silent:
        met = {edge.target for edge in project.view(modules).imports(waiting.pop()) if not edge.fact.type_only} & silent
        silent -= met
        waiting += met
        yield from met


def _for_data(project: Project, silent: set[str]) -> Iterator[Hop]:
    """What pages take for their data functions alone, which are called on the server."""
    for path, file in project.files.items():
        if file.language in CODE and file.side in (Side.OTHER, Side.BROWSER):
            yield from (hop for hop in project.view(loading).for_data(path) if hop[0] in silent)
