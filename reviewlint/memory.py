"""What the rules found in states of the project that were reviewed before, so that a change can be held against them.

The base of a change is mostly a state that was reviewed already: as the head of the last review, or as the base of it.
What is kept are counts of identities by rule, a few dozen bytes a finding, for the last states.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from .cache import Cache, digest
from .config import Config
from .finding import Finding
from .source import Source

KEPT = 4
"""How many states are remembered."""

_NAME = "states"
"""What the cache keeps them under."""

_SUMMARY = "service"
"""The kind of subject by which a rule says once what it would have to say at many places."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a rule found what, by identity and path (`""` for objects with names, which may stand anywhere).

    `summed_up` where it said once what it would have to say at many places.
    """

    counts: Mapping[tuple[str, str], int]
    summed_up: bool = False


def tallied(findings: Iterable[Finding]) -> Tally:
    """The tally of one rule's findings, which have their identities."""
    every = list(findings)
    counts = Counter((one.identity, "" if one.subject is not None else one.at.path) for one in every)
    return Tally(counts, any(one.subject is not None and one.subject.kind == _SUMMARY for one in every))


def state(sources: Iterable[Source], contents: Mapping[str, bytes], config: Config) -> str:
    """What tells one state of a project under one configuration from all others.

    `contents` are those of the sources that are read closely, by path.
    """
    made = blake2b(digest_size=16)
    made.update(repr((config.options, config.exclude, config.per_file, config.select, config.ignore)).encode())
    made.update(repr((config.strict, config.source)).encode())
    for source in sorted(sources, key=lambda source: source.path):
        plain = source
        if source.closely:
            plain = replace(source, closely=False)
            plain = replace(plain, digest=digest(plain, contents[source.path]))
        made.update(plain.digest)
    return made.hexdigest()


def recall(kept: Cache | None, which: str) -> dict[str, Tally]:
    """What was found in a state, by rule, as far as it is remembered."""
    states = kept.recall(_NAME, b"") if kept is not None else None
    try:
        return {rule: Tally(counts, summed_up) for rule, (counts, summed_up) in (states or {}).get(which, {}).items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def remember(kept: Cache, found: Mapping[str, Mapping[str, Tally]]) -> None:
    """Keep what rules found in some states, which may be nothing."""
    before = kept.recall(_NAME, b"")
    states = dict(before) if isinstance(before, dict) else {}
    for which, tallies in found.items():
        told = {rule: (dict(tally.counts), tally.summed_up) for rule, tally in tallies.items()}
        states[which] = {**states.pop(which, {}), **told}
    latest = dict(list(states.items())[-KEPT:])
    if latest != before:
        kept.remember(_NAME, b"", latest)
