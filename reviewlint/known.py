"""What the rules found the last time, for as long as they cannot find anything else."""

from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Any, NamedTuple

from .cache import DIGEST, Cache
from .facts.change import Change
from .facts.flows import DataFlowUnavailable
from .finding import Finding
from .plan import Run
from .source import Source

_ALL, _SOME = "findings", "some"
"""What the cache keeps them under: those of all files, and those of the files that were asked about the last time."""


Waiting = tuple[str, str, tuple[str, ...]]
"""A rule for which data flow could not be judged, with the check and the files."""


class Known(NamedTuple):
    """What the rules found, the files whose text they went by beside the facts, and what they wait for.

    `texts` were judged for their data flow, `looked` were looked into once more. `problem` says why anything waits.
    """

    findings: tuple[Finding, ...]
    texts: frozenset[str] = frozenset()
    looked: frozenset[str] = frozenset()
    waiting: tuple[Waiting, ...] = ()
    problem: str = ""


def remember(
    memory: Cache,
    runs: Iterable[Run],
    sources: Iterable[Source],
    change: Change | None,
    known: Known,
    *,
    as_before: Mapping[str, bytes],
    wanted: Collection[str] | None,
) -> None:
    """Keep what these runs found in the files that are `wanted`; `as_before` as in `recall`."""
    name, question = list(_places(_question(runs, sources, change, as_before), wanted).items())[-1]
    memory.remember(name, question, tuple(known))


def recall(
    memory: Cache,
    runs: Collection[Run],
    sources: Collection[Source],
    change: Change | None,
    data_flow: Callable[[str, Collection[str]], object],
    *,
    as_before: Mapping[str, bytes],
    shows_the_same: Callable[[str, bytes], bool],
    wanted: Collection[str] | None,
) -> Known | None:
    """What these runs found the last time in the files that are `wanted`, where it cannot be anything else now.

    Files that changed and say what they said before make no difference, unless the rules went by their text:
    `shows_the_same` tells whether looking into one finds what it found when the file had another digest. `as_before`
    are the digests that files had before a change of which it is known that they say the same. What kept `data_flow`
    from being judged has to keep it still.
    """
    places = _places(_question(runs, sources, change, {}), wanted)
    name, kept = _first(memory, places) if not as_before else ("", None)
    if kept is None and (unaltered := as_before or memory.unaltered()):
        name, kept = _first(memory, _places(_question(runs, sources, change, unaltered), wanted))
        if kept is None or not kept[1].isdisjoint(unaltered):
            return None
        if not all(shows_the_same(path, unaltered[path]) for path in sorted(kept[2].intersection(unaltered))):
            return None
        if not as_before:
            memory.remember(name, places[name], kept)
    if kept is None:
        return None
    known = Known(*kept)
    if known.waiting:
        _, check, paths = known.waiting[0]
        try:
            data_flow(check, paths)
        except DataFlowUnavailable as unavailable:
            return known if str(unavailable) == known.problem else None
        except Exception:  # whoever judges next finds out what is wrong
            return None
        return None
    return known


def _places(question: bytes, wanted: Collection[str] | None) -> dict[str, bytes]:
    """Where the answer may be kept, by the name that it is kept under: what is known of all files is known of some."""
    if wanted is None:
        return {_ALL: question}
    some = blake2b(question, digest_size=DIGEST)
    some.update(repr(sorted(wanted)).encode("utf-8", "surrogatepass"))
    return {_ALL: question, _SOME: some.digest()}


def _first(memory: Cache, places: Mapping[str, bytes]) -> tuple[str, Any]:
    """The first answer that is kept, and under which name."""
    kept = ((name, memory.recall(name, question)) for name, question in places.items())
    return next((one for one in kept if one[1] is not None), ("", None))


def _question(
    runs: Iterable[Run], sources: Iterable[Source], change: Change | None, digests: Mapping[str, bytes]
) -> bytes:
    """A digest of all that the findings of these runs depend on beside the code of the rules.

    The digest of a source tells its path and side, too. `digests` stand for those of the sources at these paths.
    """
    asked = [
        (run.rule.name, sorted(run.options.items()), None if run.paths is None else sorted(run.paths)) for run in runs
    ]
    made = blake2b(repr(asked).encode("utf-8", "surrogatepass"), digest_size=DIGEST)
    made.update(b"".join(digests.get(source.path, source.digest) for source in sources))
    made.update(bytes(2 if source.tracked is None else source.tracked for source in sources))
    if change is not None:
        files = sorted(change.files.items(), key=itemgetter(0))
        compared = (change.base, files, sorted(change.gone), sorted(change.originals.items()))
        made.update(repr(compared).encode("utf-8", "surrogatepass"))
    return made.digest()
