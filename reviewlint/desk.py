"""Where a review begins: find the files, read them, and hand what they say to the review."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from . import catalogue, discovery, disk, reading
from .asking import OF_DATABASES
from .baseline import Entry
from .cache import FOLDER, Cache
from .called import Called
from .config import Config
from .config.files import excludes
from .evidence import matched
from .facts.change import Change
from .facts.data import CallMade
from .facts.flows import Flow, Match, Search
from .facts.tests import Ran
from .finding import Finding
from .judged import Judged
from .memory import Tally, recall, remember, state, tallied
from .packing import collecting_later
from .project import AskCalls, View
from .review import Review, review
from .scope import UNCONCERNED, Before, can_look_back, in_another_language, unread
from .shelf import Batch
from .source import Skipped, Source, has_code
from .texts import Texts
from .timing import spending

FEW = 8
"""Files: as many are mostly edited between two reviews."""

_RULES = "rules"
"""What the cache keeps under it is what rules say about themselves."""


@collecting_later()
def check(
    root: Path,
    paths: Iterable[Path],
    config: Config,
    *,
    jobs: int | None = None,
    stdin: tuple[str, bytes] | None = None,
    config_of: Callable[[str], Config] | None = None,
    cache: bool = False,
    baseline: Collection[Entry] = (),
    change: Change | None = None,
    reports: Mapping[str, Ran] | None = None,
) -> Review:
    """Review the project at `root`.

    `paths` limit what is reported, none of them or the root itself for everything; the project around them is always
    read. `stdin` is a file's name (absolute, or relative to the working directory) and the content to take in place of
    what is on the disk; without `paths` only its findings are reported. `config_of` gives the configuration of a path
    where it differs from `config`. With `cache`, what the files say is kept in the project for the next time.
    `baseline` are the entries for findings that are known. With a `change` only what is part of it is reported.
    `reports` say what ran with the tests, by paths as another machine may have had them.
    Raises `discovery.OutsideRoot` for a path that is not in the project.
    """
    asked = [Path(path) for path in paths]
    contents: dict[str, bytes] = {} if change is None else dict(change.contents)
    if stdin is not None:
        contents[discovery.relative(root, Path(stdin[0]))] = stdin[1]
        asked = asked or [Path(stdin[0])]
    closely = frozenset(change.files) if change is not None else frozenset()
    kept = Cache(root) if cache else None
    is_known = kept is not None and kept.is_there
    with reading.crew(root) as workers, reading.crew(root) as second:
        if kept is not None and (closely or any(kept.is_older_than(path) for path in asked)):
            workers.get_ready(1, jobs)
        if kept is not None and closely:
            second.get_ready(1, jobs)
        with spending("stage", "discovery"):
            found = discovery.discover(
                root,
                asked,
                config.exclude,
                contents,
                closely=closely,
                cache=kept,
                listed=lambda files: None if is_known or files <= reading.MANY else workers.get_ready(2, jobs),
                first=lambda sources: _begin_to_read(sources, kept, workers, jobs, contents),
                touched=lambda source: workers.get_ready(1, jobs) if kept is not None and kept.lacks(source) else None,
            )
        if config_of is not None:
            found = _less_excluded(found, config_of)
        if _is_foreign(found):
            kept = None
        told = (kept.recall(_RULES, b"") if kept is not None else None) or {}
        catalogue.expect(told)
        originals = dict(_reviewed(change.originals, found, config_of or (lambda path: config))) if change else {}
        earlier = list(discovery.originals(found, originals))
        _begin_to_read(earlier, kept, second, jobs, originals)
        changed = [*(source for source in found.sources if source.closely), *earlier]
        whole, found = found, _less(found, unread(found.sources, changed))
        there = {one.path for one in found.sources}
        look: AskCalls = partial(_calls_made, root, {source.path: source for source in found.sources}, contents)
        judge = partial(_flows, root=root, elsewhere=contents)
        judged = called = None
        if kept is not None and not contents:
            digests = {source.path: source.digest for source in found.sources}
            judged, called = Judged(judge, kept, digests, _checks), Called(look, kept, digests)
        read: deque[Batch] = deque()
        begun: dict[View, View] = {}
        code = change is not None or has_code(found.sources)
        with spending("stage", "reading"):
            facts, lost, faults = reading.read_all(
                root,
                [one for one in whole.sources if one.path in there or (kept is not None and kept.holds(one))],
                jobs,
                contents,
                meanwhile=lambda: chain(
                    _looking_back(kept, called, found.sources),
                    _ahead(config, kept, found.sources, read, begun, code=code),
                ),
                hear=read.append,
                cache=kept,
                workers=workers,
            )
            team = workers if kept is None else second
            before, _, _ = reading.read_all(root, earlier, jobs, originals, cache=kept, workers=team)
    if kept is not None:
        kept.save()
    if found is not whole:
        facts = facts.only(there)
    base = state(_base(found, change, earlier), originals, config) if change is not None else ""
    known = recall(kept, base) if base else {}
    wanted = _wanted(root, asked, (*(source.path for source in found.sources), *(change.gone if change else ())))
    left = {one.path for one in lost}
    with spending("stage", "review"):
        result = review(
            facts,
            [source for source in found.sources if source.path not in left],
            sorted((*found.skipped, *lost), key=lambda one: one.path),
            config,
            lines=Texts(root, contents).lines,
            data_flow=judged or judge,
            look_for=lambda searches: _found(searches, contents, root),
            config_of=config_of,
            wanted=wanted,
            change=change,
            coverage=matched(reports or {}, root, {source.path for source in found.sources}),
            before=Before(
                tuple(before),
                Texts(root, {**contents, **originals}).lines,
                partial(_calls_made, root, {source.path: source for source in earlier}, originals),
                known,
            ),
            faults=faults,
            baseline=baseline,
            memory=kept if not contents and not reports else None,
            processes=jobs or reading.cores(),
            calls_made=called or look,
            shows_the_same=called.says_the_same if called is not None else lambda path, digest: False,
            begun=begun,
            code=code,
        )
    if found is not whole:
        others = in_another_language(found.sources, changed)
        result = replace(result, findings=tuple(one for one in result.findings if one.at.path not in others))
    if judged is not None and called is not None and result.project is not None:
        judged.save()
        called.save(result.project.looks)
    if kept is not None and catalogue.told().keys() - told.keys():
        kept.remember(_RULES, b"", catalogue.told())
    if kept is not None and not reports:
        told_of = {base: known} if base else {}
        if wanted is None:
            told_of[state(found.sources, _read_closely(root, found, contents), config)] = _told(result)
        if told_of:
            remember(kept, told_of)
    return replace(result, ignored=found.ignored)


def _begin_to_read(
    sources: Iterable[Source],
    kept: Cache | None,
    workers: reading.Crew,
    jobs: int | None,
    contents: Mapping[str, bytes],
) -> None:
    """Begin with those of the files that have to be read, where others will not: it takes longest."""
    if kept is not None:
        workers.begin_early([source for source in sources if kept.lacks(source)], jobs, contents)


def _ahead(
    config: Config,
    kept: Cache | None,
    sources: Iterable[Source],
    read: deque[Batch],
    begun: dict[View, View],
    *,
    code: bool,
) -> Iterator[object]:
    """What can be done before all files are read, in small steps: False for one that has to wait for more to be `read`.

    Views that are under way are put into `begun`, see `Project`.
    """
    selected = catalogue.selected(config.select, config.ignore, strict=config.strict)
    rules = [rule for rule in selected if code or not rule.is_of_code]
    yield from catalogue.ready(rules)
    if kept is not None:
        yield from kept.prepared()
    if any(rule.family in OF_DATABASES for rule in rules):
        from .join.databases import Begun, left_by_files

        databases = Begun(sources, read)
        begun[left_by_files] = databases.finished
        yield from databases.steps()


def _looking_back(kept: Cache | None, called: Called | None, sources: Iterable[Source]) -> Iterator[object]:
    """Get ready to find out whether the files that are read say what they said before, which is likely of a few."""
    if kept is None or called is None:
        return
    altered = {one.path: one.language for one in sources if kept.lacks(one)}
    for path, digest in kept.earlier(altered) if len(altered) <= FEW else ():
        if called.was_looked_into(digest):
            from . import readers

            readers.load_one(altered[path])  # the file itself is a worker's business, as long as nobody has read it
        yield path


def _base(found: discovery.Discovery, change: Change | None, before: Iterable[Source]) -> list[Source]:
    """The files of the project as they were at the base of the change."""
    files = change.files if change is not None else {}
    return [*(source for source in found.sources if source.path not in files), *before]


def _read_closely(root: Path, found: discovery.Discovery, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """What is in the files of the change."""
    texts = {source.path: contents.get(source.path) for source in found.sources if source.closely}
    return {path: data if data is not None else _content(root, path) for path, data in texts.items()}


def _content(root: Path, path: str) -> bytes:
    with suppress(OSError, disk.NotRegular):
        return disk.read(f"{root}/{path}")[0]
    return b""


def _told(result: Review) -> dict[str, Tally]:
    """What each rule found that came to its end and can be held against another state of the project."""
    found: dict[str, list[Finding]] = {rule.name: [] for rule in result.rules if can_look_back(rule)}
    for finding in (*result.findings, *result.held_back):  # the same, of the base, are among what it is held against
        if finding.rule in found:
            found[finding.rule].append(finding)
    return {rule: tallied(findings) for rule, findings in found.items() if rule not in result.unfinished}


def _is_foreign(found: discovery.Discovery) -> bool:
    """Whether the cache came with the repository: then whoever made it may have made up what it says."""
    return any(one.path.startswith(f"{FOLDER}/") for one in found.skipped)


def _flows(check: str, paths: Collection[str], root: Path, elsewhere: Collection[str]) -> Iterable[Flow]:
    """The data flow in files on the disk; files whose content stands `elsewhere` are not looked at."""
    from .readers import dataflow

    return dataflow.judge(check, [path for path in paths if path not in elsewhere], root)


def _calls_made(
    root: Path, sources: Mapping[str, Source], contents: Mapping[str, bytes], path: str, names: Collection[str]
) -> tuple[CallMade, ...]:
    """The calls in a file of what is called so; it was read before, so that no worker has to stand between."""
    if path not in sources:  # it had another name at the base
        return ()
    from . import readers

    data = contents[path] if path in contents else _content(root, path)
    return readers.calls_made(sources[path], data, names)


def _checks() -> bytes:
    """The semgrep rules that come with reviewlint."""
    from .readers import dataflow

    return b"\0".join(path.read_bytes() for path in sorted(dataflow.rules_folder().glob("*/*.yml")))


def _found(
    searches: Collection[Search], elsewhere: Collection[str], root: Path
) -> tuple[Iterable[Match], Mapping[str, str]]:
    """What the project's own rules find on the disk; files whose content stands `elsewhere` are not looked at."""
    from .readers import dataflow

    return dataflow.match([replace(each, paths=each.paths.difference(elsewhere)) for each in searches], root)


def _less_excluded(found: discovery.Discovery, config_of: Callable[[str], Config]) -> discovery.Discovery:
    """What was found, without the files that the configuration of their own folder excludes."""
    excluded = {source.path for source in found.sources if excludes(config_of(source.path), source.path)}
    return replace(
        found,
        sources=tuple(source for source in found.sources if source.path not in excluded),
        ignored=tuple(sorted(excluded.union(found.ignored))),
    )


def _less(found: discovery.Discovery, paths: Collection[str]) -> discovery.Discovery:
    """What was found, without the files at these paths, that the change cannot concern."""
    if not paths:
        return found
    return replace(
        found,
        sources=tuple(source for source in found.sources if source.path not in paths),
        skipped=(*found.skipped, *(Skipped(path, UNCONCERNED) for path in sorted(paths))),
    )


def _reviewed(
    originals: Mapping[str, bytes], found: discovery.Discovery, config_of: Callable[[str], Config]
) -> Iterator[tuple[str, bytes]]:
    """What was in the files of the base that the configuration does not exclude."""
    for path, data in originals.items():
        if path not in found.ignored and not excludes(config_of(path), path):
            yield path, data


def _wanted(root: Path, asked: Iterable[Path], files: Iterable[str]) -> frozenset[str] | None:
    """The paths asked for and the files below them, None where that is everything."""
    wanted = {discovery.relative(root, path) for path in asked}
    if not wanted or "" in wanted:
        return None
    below = tuple(f"{path}/" for path in wanted)
    return frozenset(wanted).union(path for path in files if path.startswith(below))
