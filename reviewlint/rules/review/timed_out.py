"""Reading a file took too long and was given up, so nothing in it was reviewed.

A parser has three seconds for a file, and everything that is done with it ten, then the process that reads it is ended:
a review has to finish, whatever stands in the files of a pull request. Files that people write do not come near these
limits. The ones that do are mostly data written as code, output of generators, or made to bring a parser to its knees.
"""

from collections.abc import Iterator

from ...facts.file import Problem
from ...finding import Finding
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning", confidence="high", since="0.1.0", languages=("python", "typescript", "sql", "settings", "text")
)

REMARK = (
    "Reading `{path}` took longer than any file may take, and nothing in it was checked. Files that people write do not "
    "come near that; where one does, the fault is ours, and we would like to hear of it."
)


def check(project: Project) -> Iterator[Finding]:
    for problem in project.facts(Problem):
        if problem.timed_out:
            path = problem.at.path
            yield Finding(
                problem.at,
                evidence=f"Reading `{path}` was given up: {problem.reason}.",
                remedy=f'Split the file, or leave it out: exclude = ["{path}"] in reviewlint.toml.',
                slots={"path": path},
            )


EXAMPLES = [
    """
=== app/tables.py
PRIMES = [2, 3, 5, 7, 11, 13, 17, 19]  # <-- read as if it went on like this for ever
""",
    """
=== app/tables.py
PRIMES = [2, 3, 5, 7, 11, 13, 17, 19]
""",
]
