"""Which files put pages together in code, of tags or of the columns and fields that an admin site shows."""

from ..facts.imports import Import
from ..project import Project

_MADE_BY = frozenset(
    "tagflow dominate htpy htmy fasthtml yattag airium markyp nicegui streamlit sqladmin flask_admin "
    "starlette_admin".split()
)
"""Packages for it; JSX is written in files of its own."""
_ADMIN = "django.contrib.admin"


def pages(project: Project) -> frozenset[str]:
    """The view: their paths."""
    return frozenset(fact.at.path for fact in project.facts(Import) if _puts_together(fact))


def _puts_together(fact: Import) -> bool:
    package = fact.module.partition(".")[0]
    names = {fact.module, *(f"{fact.module}.{name}" for name, _ in fact.names)}
    return package in _MADE_BY or _ADMIN in names or fact.module.startswith(f"{_ADMIN}.")
