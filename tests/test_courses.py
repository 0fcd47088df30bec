"""Which queries of a function can run in one call of it."""

import pytest

from reviewlint.facts.data import Query, Transaction
from reviewlint.join.courses import both_run

from .test_examples import project_of

HEAD = "import psycopg2\n\n\ndef save(conn, a):\n    cur = psycopg2.connect('dbname=x').cursor()\n"
FIRST, SECOND = "cur.execute('DELETE FROM a WHERE id = 1')", "cur.execute('DELETE FROM b WHERE id = 1')"


@pytest.mark.parametrize(
    ("body", "both"),
    [
        (f"    {FIRST}\n    {SECOND}\n", True),
        (f"    if a:\n        {FIRST}\n    {SECOND}\n", True),
        (f"    if a:\n        {FIRST}\n    else:\n        {SECOND}\n", False),
        (f"    if a:\n        {FIRST}\n    elif conn:\n        {SECOND}\n", False),
        (f"    if a:\n        {FIRST}\n        return\n    {SECOND}\n", False),
        (f"    if a:\n        {FIRST}\n        {SECOND}\n        return\n", True),
        (f"    try:\n        {FIRST}\n    except ValueError:\n        {SECOND}\n", False),
        (f"    match a:\n        case 1:\n            {FIRST}\n        case 2:\n            {SECOND}\n", False),
        (
            f"    if a:\n        {FIRST}\n        if conn:\n            return 1\n        else:\n"
            f"            raise ValueError\n    {SECOND}\n",
            False,
        ),
    ],
)
def test_arms_exclude_each_other_and_what_comes_after_leaving(body: str, both: bool) -> None:
    project = project_of({"shop/orders.py": HEAD + body})
    first, second = (query.at for query in project.facts(Query))
    assert both_run(project, first, second) is both


@pytest.mark.parametrize(
    ("body", "both"),
    [
        (f"if (a) {{ {FIRST}; }} else {{ {SECOND}; }}", False),
        (f"if (a) return {FIRST};\n{SECOND};", False),
        (f"switch (a) {{ case 1: {FIRST}; break; default: {SECOND}; }}", False),
        (f"try {{ {FIRST}; }} catch (e) {{ {SECOND}; }}", False),
        (f"for (const x of a) {{ {FIRST}; }}\n{SECOND};", True),
        (f"await Promise.all(a.map(async (x) => {{ {FIRST}; }}));\n{SECOND};", True),
        (f"later('x', async () => {{ {FIRST}; }});\nlater('y', async () => {{ {SECOND}; }});", False),
        (f"{FIRST};\nlater('y', async () => {{ {SECOND}; }});", False),
        (f"{FIRST};\nawait retried(async () => {{ {SECOND}; }});", True),
        (f"if (a.type === 'x') {{ {FIRST}; }}\nif (a.type === 'y') {{ {SECOND}; }}", False),
        (f"if (a.type === 'x') {{ {FIRST}; }}\nif (a.kind === 'y') {{ {SECOND}; }}", True),
        (f"if (a) {{ {FIRST}; }}\nif (!a) {{ {SECOND}; }}", False),
    ],
)
def test_arms_are_the_same_in_typescript(body: str, both: bool) -> None:
    text = "import { Pool } from 'pg';\nconst cur = new Pool();\nexport async function save(a) {\n" + body + "\n}\n"
    project = project_of({"src/orders.ts": text.replace(".execute", ".query")})
    first, second = (query.at for query in project.facts(Query))
    assert both_run(project, first, second) is both


def test_transactions_are_blocks_beginnings_and_ends() -> None:
    python = (
        "async def save(conn):\n    async with conn.transaction():\n        pass\n    conn.commit()\n    conn.begin()\n"
    )
    typescript = (
        "await db.$transaction(async (tx) => {});\nawait pool.query('BEGIN');\nawait runner.startTransaction();\n"
    )
    project = project_of({"a.py": python, "b.ts": typescript})
    assert [(mark.at.path, mark.at.line, mark.kind) for mark in project.facts(Transaction)] == [
        ("a.py", 3, "block"),
        ("a.py", 4, "commit"),
        ("a.py", 5, "begin"),
        ("b.ts", 1, "block"),
        ("b.ts", 2, "begin"),
        ("b.ts", 3, "begin"),
    ]
