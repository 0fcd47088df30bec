"""Credentials written out in a file. The text of a secret is never kept."""

from typing import Literal

from .file import FileFact
from .frozen import dataclass


@dataclass(frozen=True, slots=True)
class Secret(FileFact):
    """A literal that is a credential. `at` is the literal's text without its quotes.

    `kind` says which (`Supabase service-role JWT`, `AWS access key id`); `how` it was recognised: by its `format`
    (a provider's, or a JWT's), by the `name` it is assigned to, by its place in a `url`. `name` is the variable or key
    that it is assigned to, or `""`; `prefix` its first four characters; `fingerprint` the first 12 hexadecimal digits
    of its SHA-256, so that two places can be seen to hold the same one. `role` is the role claim of a decoded JWT,
    `issuer` its `iss` (`supabase-demo` for the published keys of Supabase's local stack; `firebase` for the public key
    of a Firebase app), else `""`. `host` is the host of the URL around it, `project` the reference of the hosted
    Supabase project that a JWT is for. `commented` where the mark of a comment stands before it on its line, `excused`
    where a comment beside it, or the block that it is in, says that it is meant to be seen or opens nothing real.
    """

    kind: str
    prefix: str
    fingerprint: str
    name: str = ""
    role: str = ""
    how: Literal["format", "name", "url"] = "format"
    issuer: str = ""
    host: str = ""
    project: str = ""
    commented: bool = False
    excused: bool = False
