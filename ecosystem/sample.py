"""The findings that people have read: `python -m ecosystem.sample draw` prints some to read, `check` looks after them.

`sample.jsonl` holds one a line: repository, rule, path, fingerprint, whether it was `right`, and `why` where not.
A finding is right when a fair reviewer who knows the code would say the same, at that severity. One that was wrong and
is gone since the rule was mended is marked `mended`: it is kept to be looked after, and counts no longer. `publish`
writes what is measured for the pages of the rules.
"""

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
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
    """The measured precision by rule, in order of the names, without findings that are gone since a rule was mended."""
    by_rule: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in read:
        if not verdict.mended:
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
    parser.add_argument("task", choices=("draw", "check", "table", "publish"))
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
    seen: set[tuple[str, str]] = set()
    had: set[str] = set()
    status = 0
    for repository, checkout in available(asked.clones):
        try:
            if isinstance(checkout, UnavailableError):
                raise checkout
            found = findings(checkout, PROJECT, *(("--strict",) if asked.task == "check" else ()))
        except (UnavailableError, ReviewError) as error:
            print(f"{repository.name}: {error}", file=sys.stderr)
            status = 2
            continue
        had.add(repository.name)
        seen |= {(repository.name, each["fingerprint"]) for each in found}
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
    if asked.task == "check":
        status = max(status, _compared(known, seen, had))
    return status


def _compared(known: dict[tuple[str, str], Verdict], seen: set[tuple[str, str]], had: set[str]) -> int:
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
