"""What a GraphQL server answers: 200 and a list of errors, whatever its resolvers raise (GraphQL over HTTP, 6.4)."""

import re

from ..project import SERVER_SIDES, Project
from .endpoints import answering
from .functions import functions
from .responses import Answer
from .services import services

_GRAPHQL = re.compile(r"graphql|graphene|(?:^|[/.])resolvers?[/.]|[a-z]Resolver\.", re.IGNORECASE)
"""In the path of a file, or before the name of a method: where resolvers are."""
_INFO = "info"
"""What graphene, strawberry and ariadne call the parameter by which a resolver is told of the request."""


def by_graphql(project: Project, answer: Answer) -> bool:
    """Whether it is a resolver that raises, so that the status of what it raises is sent to nobody."""
    return answer.response.raised and is_resolver(project, answer.at.path, answer.response.function)


def may_be_by_graphql(project: Project, answer: Answer) -> bool:
    """Whether resolvers may be all that gets to what raises: its service has any, no handler was seen to run it."""
    place = answer.at.path, answer.response.function
    beside = project.view(services).of(answer.at.path) in project.view(_resolving)
    return answer.response.raised and beside and place not in project.view(answering)


def _resolving(project: Project) -> frozenset[str]:
    """The view: the services that have resolvers."""
    names = project.view(services)
    return frozenset(
        names.of(path)
        for path, name in project.view(functions)
        if project.side(path) in SERVER_SIDES and is_resolver(project, path, name)
    )


def is_resolver(project: Project, path: str, name: str) -> bool:
    """Whether a function of the file at `path` is one, as far as can be told from where it stands and what it takes."""
    function = project.view(functions).get((path, name))
    return bool(_GRAPHQL.search(f"{path}.{name}")) or (function is not None and _INFO in function.parameters)
