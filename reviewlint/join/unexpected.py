"""The global handlers that get what nobody expected."""

from collections import Counter
from collections.abc import Mapping

from ..facts.code import Function
from ..facts.http import ErrorHandler, Response
from ..project import SERVER_SIDES, Project
from .places import located
from .responses import CATCH_ALL, answers_some

_OF_500 = frozenset({"500", "werkzeug.exceptions.InternalServerError"})
_OF_ALL = CATCH_ALL | _OF_500
"""What a handler is registered for that gets every exception; Flask hands it on in the one for its 500."""
_HTTP = "werkzeug.exceptions.HTTPException"
"""The class of all that Flask answers by itself."""


def unexpected(project: Project) -> Mapping[tuple[str, str], str]:
    """The view: the parameter in which such a handler gets the exception, by its file and qualified name."""
    functions = {(fact.at.path, fact.name): fact for fact in project.facts(Function)}
    defined = Counter((fact.at.path, fact.name) for fact in project.facts(Function))
    found = {}
    for handler in project.facts(ErrorHandler, *SERVER_SIDES):
        place = located(project, handler.at.path, handler.handler)
        function = functions.get(place) if place is not None else None
        if place is None or function is None or not function.parameters or defined[place] > 1:
            continue  # of several with one name, nobody sees which
        if answers_some(function, project.facts_of(place[0], Response)):
            continue  # it hands on what it does not know
        if _HTTP in handler.exceptions:
            continue  # what nobody expected comes to it wrapped, in words of the framework's own
        if not handler.exceptions or _OF_ALL.intersection(handler.exceptions):
            last = place[0].endswith(".py") and handler.framework != "drf"  # which hands on the context as well
            found[place] = function.parameters[-1 if last else 0]
    return found


def logged_before(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the handlers that get what their framework has logged by then with its trace: Flask's for 500.

    Flask, "API": `Flask.handle_exception` calls `log_exception` before it looks for the handler.
    """
    of_flask = (one for one in project.facts(ErrorHandler, *SERVER_SIDES) if one.framework == "flask")
    places = (
        located(project, one.at.path, one.handler)
        for one in of_flask
        if one.exceptions and _OF_500.issuperset(one.exceptions)
    )
    return frozenset(place for place in places if place is not None)
