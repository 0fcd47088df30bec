"""What a rule is: a module whose docstring, META, check(), REMARK and EXAMPLES say everything about it."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from .finding import Confidence, Finding, Severity

if TYPE_CHECKING:
    from .facts.flows import Search
    from .project import Project

SeverityName = Literal["error", "warning", "note"]
ConfidenceName = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Meta:
    """What cannot be inferred about a rule.

    `languages` out of `python`, `typescript`, `sql`, `settings`, `text`. `level` is `rec` (on by default) or `strict`.
    `found_at` names the kinds of facts that its findings stand at, none where they may stand at anything: where only
    the findings of files without such facts are asked for, the rule need not run. `serving` where they only stand in
    code that answers requests (`SERVER_SIDES`).
    `asked_by` holds the initials of the checklists that ask for it (F E R A S). `data_flow` names the semgrep check
    under `rules/` whose verdict sharpens this rule, `""` for none. `strictly` says what a `rec` rule finds on evidence
    that is too weak for everyday use (`Finding.strict`). `security` for faults that an attacker can use: a number as in
    SARIF's `security-severity` ("9.1"), else `""`. `limits` says what the rule does not see.
    `after_review` for rules about the review itself: they run last and see `project.outcome`. `about_change` for rules
    about a change (`project.change`): all that they find is part of it. `by_cause` for rules about what is missing
    elsewhere: what stands on the lines of a change is part of it only where it was not missing before.
    """

    severity: SeverityName
    confidence: ConfidenceName
    since: str
    languages: tuple[str, ...]
    found_at: tuple[str, ...] = ()
    serving: bool = False
    asked_by: str = ""
    level: Literal["rec", "strict"] = "rec"
    data_flow: str = ""
    strictly: str = ""
    security: str = ""
    limits: str = ""
    after_review: bool = False
    about_change: bool = False
    by_cause: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue, read off its module."""

    module: ModuleType

    @property
    def name(self) -> str:
        """The rule's name: its module's, with hyphens."""
        return self.module.__name__.rpartition(".")[2].replace("_", "-")

    @property
    def family(self) -> str:
        """The name of the folder that the rule's module lives in."""
        return self.module.__name__.split(".")[-2]

    @cached_property
    def _documentation(self) -> list[str]:
        return inspect.cleandoc(self.module.__doc__ or "").split("\n\n")

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring, one sentence."""
        return " ".join(self._documentation[0].split())

    @property
    def why(self) -> str:
        """The rest of the docstring, paragraphs kept."""
        return "\n\n".join(self._documentation[1:])

    @property
    def meta(self) -> Meta:
        """What the module declares about itself."""
        meta: Meta = self.module.META
        return meta

    @property
    def severity(self) -> Severity:
        """The severity of findings that do not set their own."""
        return Severity[self.meta.severity.upper()]

    @property
    def confidence(self) -> Confidence:
        """The confidence of findings that do not set their own."""
        return Confidence[self.meta.confidence.upper()]

    @property
    def remarks(self) -> tuple[str, ...]:
        """The default voice's sentences, with slots in braces: the first that can be filled is said."""
        said: str | tuple[str, ...] = self.module.REMARK
        return (said,) if isinstance(said, str) else said

    @property
    def remark(self) -> str:
        """The first of them, which is what is said as a rule."""
        return self.remarks[0]

    @property
    def examples(self) -> tuple[str, ...]:
        """Sources with arrows, as `reviewlint.examples` reads them."""
        return tuple(self.module.EXAMPLES)

    @property
    def options(self) -> type[Any] | None:
        """The rule's `Options`, a frozen dataclass with defaults; None where it has none."""
        return getattr(self.module, "Options", None)

    @property
    def is_of_code(self) -> bool:
        """Whether it judges code and nothing else, so that it finds nothing where there is none."""
        return {"python", "typescript"}.issuperset(self.meta.languages)

    def suspects(self, project: "Project") -> Iterator[str]:
        """The paths over which data flow has to be judged before `check` runs."""
        suspects: Callable[[Project], Iterable[str]] | None = getattr(self.module, "suspects", None)
        if suspects is not None:
            yield from suspects(project)

    @property
    def ours(self) -> bool:
        """Whether the rule comes with reviewlint: neither from another package nor from the project under review."""
        return self.module.__name__.startswith("reviewlint.rules.") and not self.is_own

    @property
    def is_own(self) -> bool:
        """Whether it is one of the project's own (see `reviewlint.own`)."""
        return "YAML" in vars(self.module)

    def search(self, project: "Project") -> "Search":
        """What semgrep has to look for, for a rule of the project's own."""
        search: Search = self.module.search(project)
        return search

    def check(self, project: "Project", options: Any) -> Iterator[Finding]:
        """The rule's findings over the whole project, unlabelled."""
        judge: Callable[..., Iterable[Finding]] = self.module.check
        yield from judge(project, options) if self.options is not None else judge(project)
