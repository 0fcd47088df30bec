"""What a rule says about one place, and how the review labels it."""

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum, StrEnum
from typing import Any

from .facts.file import FileFact
from .facts.frozen import dataclass
from .facts.location import Location, Related

__all__ = [
    "Amendment",
    "Confidence",
    "Edit",
    "Finding",
    "Fix",
    "Location",
    "Related",
    "Rewrite",
    "Severity",
    "State",
    "Subject",
]


class Severity(IntEnum):
    """How bad it is, mildest first; the names are those of every output format."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(IntEnum):
    """How sure the evidence makes us."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class State(StrEnum):
    """The label of a finding. Only `shown` findings count for the exit status."""

    SHOWN = "shown"
    IGNORED = "ignored"
    BASELINED = "baselined"
    OUT_OF_SCOPE = "out-of-scope"


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that a finding is about, where it has a name of its own: a table, a policy, an endpoint."""

    kind: str
    name: str
    schema: str = ""
    table: str = ""
    policy: str = ""
    column: str = ""
    role: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `at` by `text`."""

    at: Location
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend a finding. `safe` where the program's behaviour is certainly kept."""

    safe: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Amendment:
    """Statements that mend a finding in a database which has run the migration. `safe` as in `Fix`."""

    safe: bool
    text: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A fix that a rule asks for in terms of a fact: a rewriter makes edits of it once fixes are wanted.

    `how` names the function in `rewriters` that takes the fact and the file's text: `bind_values`, `structured_log`.
    """

    how: str
    fact: FileFact


@dataclass(frozen=True, slots=False)
class Finding:
    """One fault at one place.

    A rule gives `at`, `evidence` (what was seen, one or two plain sentences with the names from the code), `remedy`
    (the better code, or `""`), `related` places, and where they differ from its `META`, `severity` and `confidence`.
    `strict` where the evidence is too weak for everyday use: it is shown where a strict rule would be, and
    `Meta.strictly` says so.
    `fix` holds the edits, `rewrite` asks for them where they take the file's text, `amendment` is for a new migration.
    `slots` are the words that a voice may put into its remark. The review fills in `rule`, `family`, `remark`,
    `identity` (what it is about, wherever that stands), `fingerprint` (the same with its place in the project), `state`
    and `reason` (why it is not shown).
    """

    at: Location
    evidence: str
    remedy: str = ""
    related: tuple[Related, ...] = ()
    subject: Subject | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    fix: Fix | None = None
    rewrite: Rewrite | None = None
    amendment: Amendment | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None
    strict: bool = False
    rule: str = ""
    family: str = ""
    remark: str = ""
    identity: str = ""
    fingerprint: str = ""
    state: State = State.SHOWN
    reason: str = ""

    def but(self, **changes: Any) -> "Finding":
        """The same finding with other values in some fields: `dataclasses.replace` in a tenth of its time."""
        other = object.__new__(Finding)
        other.__dict__.update(self.__dict__, **changes)
        return other
