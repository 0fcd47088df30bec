"""The configuration of a review."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..finding import Confidence, Severity
from ..own import Own


@dataclass(frozen=True, slots=True)
class Config:
    """What a review is asked to do. The defaults are those of a project without configuration.

    Every field but the last three is a key of the configuration file, with dashes for underscores. `exclude` holds
    gitignore patterns relative to the project's root. `per_file` maps such patterns to rules and families that are
    ignored in the files they match, `per_file_severities` to severities of rules in these files. `ratchet` holds the
    severities of rules in a change under review, where `severities` are those of everything. `options` maps rules to
    values for fields of their `Options`. `voice` is a voice that comes with reviewlint or the path of a voice file.

    `root` makes the file's folder a project of its own: discovery looks no further up, and a review of what is around
    it leaves it out. `rules` are folders of the project's own semgrep rules; `own` holds what is in them.

    `source` is the file that these values come from, relative to the root, `""` where there is none. `origins` says
    where each value that is not a default comes from, by dotted key (`fail-on`, `options.untested-endpoint.paths`).
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    voice: str = "foreman"
    min_severity: Severity = Severity.NOTE
    min_confidence: Confidence = Confidence.LOW
    fail_on: Severity = Severity.WARNING
    require_semgrep: bool = False
    strict_files: bool = False
    exclude: tuple[str, ...] = ()
    root: bool = False
    rules: tuple[str, ...] = ()
    per_file: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    per_file_severities: Mapping[str, Mapping[str, Severity]] = field(default_factory=dict)
    ratchet: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    source: str = field(default="", compare=False)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    own: Own = field(default=Own(), compare=False, repr=False)
