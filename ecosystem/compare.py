"""What a change of reviewlint changes on the pinned repositories: `python -m ecosystem.compare --base REF`.

Prints the findings that come and go, with the line of code each speaks of. Exit status: 0, 2 where a repository could
not be had or reviewed; differences are for people to read, not errors.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .repositories import UnavailableError, available
from .reviews import Finding, ReviewError, findings, version


def main() -> int:
    """Review every repository before and after, and print the differences."""
    parser = argparse.ArgumentParser(prog="python -m ecosystem.compare", description=__doc__)
    parser.add_argument("--base", default="HEAD", help="the commit of reviewlint that is compared with this tree")
    parser.add_argument("--clones", type=Path, help="a folder of clones called `owner+name`")
    asked = parser.parse_args()
    status = 0
    total: Counter[str] = Counter()
    with version(asked.base) as before, version(None) as after:
        for repository, checkout in available(asked.clones):
            try:
                if isinstance(checkout, UnavailableError):
                    raise checkout
                gone, new = difference(findings(checkout, before), findings(checkout, after))
            except (UnavailableError, ReviewError) as error:
                print(f"{repository.name}: {error}", file=sys.stderr)
                status = 2
                continue
            print(f"== {repository.name}: {len(new)} new, {len(gone)} gone")
            for sign, changed in (("+", new), ("-", gone)):
                for finding in changed:
                    total[f"{sign} {finding['rule']}"] += 1
                    print(f"{sign} {described(finding, checkout)}")
    for rule, count in sorted(total.items(), key=lambda item: item[0][2:]):
        print(f"{count:6} {rule}")
    return status


def difference(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings that are gone and those that are new, by what they are about and how severe they are."""
    old = {(each["fingerprint"], each["severity"]): each for each in before}
    new = {(each["fingerprint"], each["severity"]): each for each in after}
    return [old[key] for key in old if key not in new], [new[key] for key in new if key not in old]


def described(finding: Finding, checkout: Path) -> str:
    """A finding and its line of code, on two lines."""
    place = f"{finding['path']}:{finding['line']}"
    lines = (checkout / finding["path"]).read_text("utf-8", "replace").split("\n")
    line = lines[finding["line"] - 1].strip()[:160] if finding["line"] <= len(lines) else ""
    return f"{place}: {finding['severity']}: {finding['rule']}: {finding['evidence']}\n      {line}"


if __name__ == "__main__":
    sys.exit(main())
