"""What is there: the root of a project and its files."""

from .classify import classify

__all__ = ["classify"]
