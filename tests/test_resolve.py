"""References followed into other files."""

from reviewlint.facts.data import Query
from reviewlint.facts.file import Side
from reviewlint.facts.values import Choice, Constant, rendered
from reviewlint.join.resolve import resolve
from reviewlint.project import Project
from reviewlint.readers import read
from reviewlint.source import Source


def project_of(files: dict[str, str]) -> Project:
    sources = [Source(path, "python", Side.SERVER, len(text)) for path, text in files.items()]
    return Project([read(source, files[source.path].encode()) for source in sources], sources=sources)


def query_text(files: dict[str, str]) -> str:
    project = project_of(files)
    [query] = project.facts(Query)
    return rendered(resolve(project, query.text))


def test_constant_of_another_module() -> None:
    files = {
        "app/__init__.py": "",
        "app/names.py": 'PREFIX = "app_"\nUSERS = PREFIX + "users"\n',
        "app/db.py": 'from .names import USERS\ndef f(cur):\n    cur.execute(f"select * from {USERS}")\n',
    }
    assert query_text(files) == "select * from app_users"


def test_constant_through_the_package_and_an_alias() -> None:
    files = {
        "app/__init__.py": "",
        "app/names.py": 'USERS = "users"\n',
        "app/db.py": 'import app.names as n\ndef f(cur):\n    cur.execute("select * from " + n.USERS)\n',
    }
    assert query_text(files) == "select * from users"


def test_attribute_of_an_instance_of_a_class() -> None:
    files = {
        "app/__init__.py": "",
        "app/config.py": 'class Settings:\n    table: str = "orders"\nsettings = Settings()\n',
        "app/db.py": "from app.config import settings\n\ndef f(cur):\n"
        '    cur.execute(f"select 1 from {settings.table}")\n',
    }
    assert query_text(files) == "select 1 from orders"


def test_function_that_returns_text() -> None:
    files = {
        "sql.py": 'def listing(table, limit=10):\n    return f"select * from {table} limit {limit}"\n',
        "db.py": 'from sql import listing\ndef f(cur):\n    cur.execute(listing("users"))\n',
    }
    assert query_text(files) == "select * from users limit 10"


def test_a_value_tested_against_a_list_of_another_module_is_one_of_its_items() -> None:
    project = project_of(
        {
            "names.py": 'ALLOWED = ("id", "name")\n',
            "db.py": "from names import ALLOWED\ndef f(cur, column):\n"
            "    if column not in ALLOWED:\n        raise ValueError\n"
            '    cur.execute(f"select 1 from t order by {column}")\n',
        }
    )
    [query] = project.facts(Query)
    hole = resolve(project, query.text).parts[1]
    assert isinstance(hole, Choice)
    assert [option.value for option in hole.options if isinstance(option, Constant)] == ["id", "name"]


def test_what_the_project_does_not_define_stays() -> None:
    files = {"db.py": 'from elsewhere import T\ndef f(cur):\n    cur.execute(f"select * from {T}")\n'}
    assert query_text(files) == "select * from {}"


def test_definitions_in_a_circle_end() -> None:
    files = {
        "a.py": "from b import Y\nX = Y\n",
        "b.py": "from a import X\nY = X\n",
        "db.py": 'from a import X\ndef f(cur):\n    cur.execute(f"select * from {X}")\n',
    }
    assert query_text(files) == "select * from {}"
