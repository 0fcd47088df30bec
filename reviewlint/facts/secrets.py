"""Credentials written out in a file. The text of a secret is never kept."""

from dataclasses import dataclass

from .file import FileFact


@dataclass(frozen=True, slots=True)
class Secret(FileFact):
    """A literal that is a credential by its format.

    `kind` says which (`Supabase service-role JWT`, `AWS access key id`); `name` is the variable or key that it is
    assigned to, or `""`; `prefix` its first four characters; `fingerprint` the first 12 hexadecimal digits of its
    SHA-256, so that two places can be seen to hold the same one. `role` is the role claim of a decoded JWT, else `""`.
    """

    kind: str
    prefix: str
    fingerprint: str
    name: str = ""
    role: str = ""
