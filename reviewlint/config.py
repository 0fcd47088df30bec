"""The configuration of a review."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .finding import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Config:
    """What a review is asked to do. The defaults are those of a project without configuration."""

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
    severities: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
