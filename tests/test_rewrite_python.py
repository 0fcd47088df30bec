"""Fixes in Python source: what they write, that it parses, and that a line of the standard library reads as before."""

import logging
import textwrap
from types import SimpleNamespace

import pytest

from reviewlint.facts.file import Side
from reviewlint.facts.logs import LogCall
from reviewlint.finding import Fix
from reviewlint.readers import read
from reviewlint.rewriters.python import structured_log
from reviewlint.source import Source

LIBRARIES = {
    "logging": "import logging\nlog = logging.getLogger()\n",
    "structlog": "import structlog\nlog = structlog.get_logger()\n",
    "loguru": "from loguru import logger as log\n",
}


def fix_of(text: str) -> Fix | None:
    data = text.encode()
    facts = read(Source("a.py", "python", Side.SERVER, len(data)), data).facts
    [call] = [fact for fact in facts if isinstance(fact, LogCall)]
    return structured_log(call, text)


def applied(text: str, fix: Fix) -> str:
    [edit] = fix.edits
    lines = text.split("\n")
    before = "\n".join([*lines[: edit.at.line - 1], lines[edit.at.line - 1][: edit.at.column - 1]])
    after = "\n".join([lines[edit.at.end_line - 1][edit.at.end_column - 1 :], *lines[edit.at.end_line :]])
    return before + edit.text + after


def fixed(library: str, statement: str) -> str | None:
    text = LIBRARIES[library] + statement + "\n"
    fix = fix_of(text)
    if fix is None:
        return None
    result = applied(text, fix)
    compile(result, "a.py", "exec")
    return result.removeprefix(LIBRARIES[library]).rstrip("\n")


STANDARD = [
    ('log.info(f"order {order.id} by {user}")', 'log.info("order %s by %s", order.id, user)'),
    ("log.info(f'{user!r} {user!a} {user!s}')", "log.info('%r %a %s', user, user, user)"),
    ('log.info(f"{count:d} {ratio:.2f} of 100%")', 'log.info("%d %.2f of 100%%", count, ratio)'),
    ('log.info(f"{{{user}}}")', 'log.info("{%s}", user)'),
    ('log.info(f"{count=}")', 'log.info("count=%r", count)'),
    ('log.info(rf"\\d {user}")', 'log.info(r"\\d %s", user)'),
    ('log.info("order %s is late" % order.id)', None),
    (
        'log.info("order %s, %r, %d%%" % (order.id, user, count))',
        'log.info("order %s, %r, %d%%", order.id, user, count)',
    ),
    ('log.info("order {} of {who}".format(order.id, who=user))', 'log.info("order %s of %s", order.id, user)'),
    ('log.info("order {1} of {0}".format(user, order.id))', 'log.info("order %s of %s", order.id, user)'),
    ('log.info("cannot cancel " + str(order.id) + "!")', 'log.info("cannot cancel %s!", order.id)'),
    ('log.log(logging.INFO, f"a {user}")', 'log.log(logging.INFO, "a %s", user)'),
    ('log.error(f"é {user}", exc_info=True)', 'log.error("é %s", user, exc_info=True)'),
    ('x = "🙂"; log.info(f"a {user}")', 'x = "🙂"; log.info("a %s", user)'),
    (
        'log.info(\n    f"order {order.id}"\n    f" by {user}",\n)',
        'log.info(\n    "order %s"\n    " by %s",\n    order.id,\n    user,\n)',
    ),
]


@pytest.mark.parametrize(("statement", "expected"), [case for case in STANDARD if case[1]])
def test_arguments_for_the_standard_library(statement: str, expected: str) -> None:
    assert fixed("logging", statement) == expected


@pytest.mark.parametrize("statement", [case[0] for case in STANDARD if case[1]])
def test_the_line_reads_as_before(statement: str, caplog: pytest.LogCaptureFixture) -> None:
    names = {"order": SimpleNamespace(id=7), "user": "O'Brien 100%", "count": 3, "ratio": 0.5}
    after = fixed("logging", statement)
    assert after is not None
    with caplog.at_level(logging.DEBUG):
        exec(LIBRARIES["logging"] + statement, dict(names))
        exec(LIBRARIES["logging"] + after, dict(names))
    first, second = caplog.records
    assert first.getMessage() == second.getMessage()
    assert second.args


@pytest.mark.parametrize(
    "statement",
    [
        'log.info(f"{user:>10}")',
        'log.info(f"{count:,}")',
        'log.info(f"{ratio:{width}}")',
        'log.info(f"a {user} %s", count)',
        'log.info("%(a)s" % {"a": user})',
        'log.info("%s %s" % (user,))',
        'log.info("{} {}".format(user))',
        'log.info(*parts, f"{user}")',
        "log.info(message)",
        'log.info(f"constant")',
        "log.info('a' + user + \"b\")",
        'log.info(b"a %s" % user)',
    ],
)
def test_what_is_not_certain_is_left_alone(statement: str) -> None:
    assert fixed("logging", statement) is None


def test_one_value_after_percent_may_be_a_tuple() -> None:
    text = LIBRARIES["logging"] + 'log.info("order %s is late" % order.id)\n'
    fix = fix_of(text)
    assert fix is not None and not fix.safe
    assert applied(text, fix).endswith('log.info("order %s is late", order.id)\n')


def test_fields_for_structlog() -> None:
    assert fixed("structlog", 'log.info(f"order {order.id} paid by {user}", amount=3)') == (
        'log.info("order paid by", order_id=order.id, user=user, amount=3)'
    )
    assert fixed("structlog", 'log.info(f"failed: {error}", error=1)') == 'log.info("failed", error_2=error, error=1)'


def test_named_fields_for_loguru() -> None:
    assert fixed("loguru", 'log.info(f"stock of {order.product!r}: {n:>3} {{}}")') == (
        'log.info("stock of {order_product!r}: {n:>3} {{}}", order_product=order.product, n=n)'
    )


def test_unknown_loggers_are_left_alone() -> None:
    assert fix_of(textwrap.dedent("from app import log\nlog.info(f'a {b}')\n")) is None
