"""The findings that people have read: `python -m ecosystem.sample draw` prints some to read, `check` looks after them.

`sample.jsonl` holds one a line: repository, rule, path, fingerprint, whether it was `right`, and `why` where not.
A finding is right when a fair reviewer who knows the code would say the same, at that severity. One that was wrong and
is gone since the rule was mended is marked `mended`: it is kept to be looked after, and counts no longer. One of a rule
that is on by default, said with `--strict` alone since its evidence was found too weak, is marked `strict`, right or
wrong, and does not count either: `mark` finds out which are which. `publish` writes what is measured for the pages.
"""

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .compare import described
from .repositories import HERE, UnavailableError, available
from .reviews import PROJECT, ReviewError, findings

SAMPLE = HERE / "sample.jsonl"
PUBLISHED = PROJECT / "docs" / "precision.json"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader said of one finding."""

    repository: str
    rule: str
    path: str
    fingerprint: str
    right: bool
    why: str = ""
    mended: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """How many findings of a rule were read, in how many repositories, and how many of them were right."""

    read: int
    right: int
    repositories: int

    @property
    def precision(self) -> float:
        """The share that was right."""
        return self.right / self.read


def verdicts() -> list[Verdict]:
    """All that was read."""
    return [Verdict(**json.loads(line)) for line in SAMPLE.read_text("utf-8").splitlines()]


def measured(read: Iterable[Verdict]) -> dict[str, Measured]:
    """The measured precision by rule, in order of the names, without those that are mended or strict."""
    by_rule: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in read:
        if not verdict.mended and not verdict.strict:
            by_rule[verdict.rule].append(verdict)
    return {
        rule: Measured(len(those), sum(each.right for each in those), len({each.repository for each in those}))
        for rule, those in sorted(by_rule.items())
    }


def published(read: Iterable[Verdict]) -> str:
    """The measured precision as the pages of the rules are made from it."""
    by_rule = {
        rule: {"read": all_of_it.read, "right": all_of_it.right, "projects": all_of_it.repositories}
        for rule, all_of_it in measured(read).items()
    }
    return json.dumps(by_rule, indent=2) + "\n"


def main() -> int:
    """Print findings that nobody has read yet, or say whether those that were read are still found."""
    parser = argparse.ArgumentParser(prog="python -m ecosystem.sample", description=__doc__)
    parser.add_argument("task", choices=("draw", "check", "mark", "table", "publish"))
    parser.add_argument("--clones", type=Path, help="a folder of clones called `owner+name`")
    parser.add_argument("--rule", action="append", default=[], help="of these rules alone")
    parser.add_argument("--most", type=int, default=5, help="findings of a rule in a repository (%(default)s)")
    asked = parser.parse_args()
    if asked.task == "table":
        for rule, all_of_it in measured(verdicts()).items():
            counts = f"{all_of_it.right:4} of {all_of_it.read:4} in {all_of_it.repositories:2}"
            print(f"{rule:36} {counts}   {all_of_it.precision:.2f}")
        return 0
    if asked.task == "publish":
        PUBLISHED.write_text(published(verdicts()), "utf-8")
        return 0
    known = {(each.repository, each.fingerprint): each for each in verdicts()}
    seen: dict[tuple[str, str], bool] = {}  # whether it is strict
    had: set[str] = set()
    status = 0
    for repository, checkout in available(asked.clones):
        try:
            if isinstance(checkout, UnavailableError):
                raise checkout
            found = findings(checkout, PROJECT, *(("--strict",) if asked.task != "draw" else ()))
        except (UnavailableError, ReviewError) as error:
            print(f"{repository.name}: {error}", file=sys.stderr)
            status = 2
            continue
        had.add(repository.name)
        seen |= {(repository.name, each["fingerprint"]): each.get("strict", False) for each in found}
        if asked.task == "draw":
            random.Random(0).shuffle(found)
            drawn: Counter[str] = Counter()
            for each in found:
                rule = each["rule"]
                if (repository.name, each["fingerprint"]) in known or (asked.rule and rule not in asked.rule):
                    continue
                drawn[rule] += 1
                if drawn[rule] <= asked.most:
                    print(f"{repository.name} {each['fingerprint']} {described(each, checkout)}")
    if asked.task == "mark":
        marked = [_marked(each, seen) if each.repository in had else each for each in verdicts()]
        SAMPLE.write_text("".join(f"{_line(each)}\n" for each in marked), "utf-8")
    if asked.task != "draw":
        status = max(status, _compared(known, seen, had))
    return status


def _marked(verdict: Verdict, seen: Mapping[tuple[str, str], bool]) -> Verdict:
    """The verdict with what became of its finding."""
    strict = seen.get((verdict.repository, verdict.fingerprint))
    return replace(verdict, mended=strict is None and not verdict.right, strict=bool(strict))


def _line(verdict: Verdict) -> str:
    """The verdict as the sample keeps it: without marks that it does not carry."""
    return json.dumps({name: value for name, value in asdict(verdict).items() if value or name in ("right", "why")})


def _compared(known: dict[tuple[str, str], Verdict], seen: Mapping[tuple[str, str], bool], had: set[str]) -> int:
    """Say what became of the findings that were read: 1 where a right one is lost or a wrong one is still there."""
    lost = [each for key, each in known.items() if each.right and each.repository in had and key not in seen]
    still = [each for key, each in known.items() if not each.right and key in seen]
    for word, those in (("right and lost", lost), ("wrong and still there", still)):
        for each in those:
            print(f"{word}: {each.repository} {each.path} {each.rule} {each.fingerprint} {each.why}")
    print(f"{len(known)} read, {len(lost)} right ones lost, {len(still)} wrong ones still there")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
