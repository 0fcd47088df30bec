"""Which file an import means: Python and TypeScript, aliases, workspaces, cycles, and how long it takes."""

import json

import pytest

from reviewlint import readers
from reviewlint.discovery import classify
from reviewlint.facts.file import FileFacts, Side
from reviewlint.facts.imports import Import
from reviewlint.facts.location import Location
from reviewlint.join.modules import Modules, modules
from reviewlint.project import Project
from reviewlint.source import Source


def project_of(files: dict[str, str]) -> Project:
    facts = []
    for path, text in files.items():
        source = classify(path, text.encode())
        assert isinstance(source, Source), source
        facts.append(readers.read(source, text.encode()))
    return Project(facts)


def modules_of(*paths: str, **texts: str) -> Modules:
    named = {name.replace("__", "/").replace("_json", ".json"): text for name, text in texts.items()}
    return project_of(dict.fromkeys(paths, "") | named).view(modules)


PYTHON = modules_of(
    "backend/app/__init__.py",
    "backend/app/main.py",
    "backend/app/models/__init__.py",
    "backend/app/models/user.py",
    "backend/app/stripe.py",
    "backend/tests/test_main.py",
    "worker/src/jobs/__init__.py",
    "worker/src/jobs/mail.py",
    "scripts/helper.py",
    "scripts/run.py",
    "plain/space/deep.py",
)


@pytest.mark.parametrize(
    ("specifier", "from_path", "target"),
    [
        ("app.models.user", "backend/tests/test_main.py", "backend/app/models/user.py"),
        ("app.models", "backend/app/main.py", "backend/app/models/__init__.py"),
        (".models", "backend/app/main.py", "backend/app/models/__init__.py"),
        (".", "backend/app/main.py", "backend/app/__init__.py"),
        ("..main", "backend/app/models/user.py", "backend/app/main.py"),
        (".user", "backend/app/models/__init__.py", "backend/app/models/user.py"),
        ("jobs.mail", "backend/app/main.py", "worker/src/jobs/mail.py"),
        ("src.jobs.mail", "worker/src/jobs/__init__.py", "worker/src/jobs/mail.py"),
        ("helper", "scripts/run.py", "scripts/helper.py"),
        ("plain.space.deep", "scripts/run.py", "plain/space/deep.py"),
        ("stripe", "backend/app/main.py", None),
        ("os.path", "backend/app/main.py", None),
        ("app.nothing", "backend/app/main.py", None),
        (".....far", "backend/app/main.py", None),
    ],
)
def test_python(specifier: str, from_path: str, target: str | None) -> None:
    assert PYTHON.resolve(specifier, from_path) == target


def test_python_nearest_of_two_packages_with_one_name() -> None:
    found = modules_of("a/app/__init__.py", "a/app/db.py", "a/run.py", "b/app/__init__.py", "b/app/db.py", "b/run.py")
    assert found.resolve("app.db", "a/run.py") == "a/app/db.py"
    assert found.resolve("app.db", "b/run.py") == "b/app/db.py"


def test_python_from_a_project_that_is_called_a_package_itself() -> None:
    found = modules_of("__init__.py", "api/__init__.py", "api/db.py", "tests/test_db.py")
    assert found.resolve("api.db", "tests/test_db.py") == "api/db.py"


def test_python_submodules_named_in_a_from_import() -> None:
    files = {
        "app/__init__.py": "",
        "app/a.py": "from app import b\nfrom . import c as d\n",
        "app/b.py": "",
        "app/c.py": "",
    }
    assert {edge.target for edge in project_of(files).view(modules).imports("app/a.py")} == {
        "app/__init__.py",
        "app/b.py",
        "app/c.py",
    }


@pytest.mark.parametrize(
    ("specifier", "target"),
    [
        ("./util", "web/src/util.ts"),
        ("./util.js", "web/src/util.ts"),
        ("./view.jsx", "web/src/view.tsx"),
        ("./lib", "web/src/lib/index.ts"),
        ("./lib/", "web/src/lib/index.ts"),
        (".", "web/src/index.ts"),
        ("..", "web/index.js"),
        ("./worker?worker", "web/src/worker.mts"),
        ("./phone", "web/src/phone.native.tsx"),
        ("./App.vue", "web/src/App.vue"),
        ("/src/util", "web/src/util.ts"),
        ("@/util", "web/src/util.ts"),
        ("./nothing", None),
        ("../../../out", None),
        ("react", None),
        ("https://esm.sh/x", None),
        ("", None),
    ],
)
def test_relative_paths_extensions_and_folders(specifier: str, target: str | None) -> None:
    found = modules_of(
        "web/package.json",
        "web/index.js",
        "web/src/index.ts",
        "web/src/main.ts",
        "web/src/util.ts",
        "web/src/view.tsx",
        "web/src/lib/index.ts",
        "web/src/worker.mts",
        "web/src/phone.native.tsx",
        "web/src/App.vue",
    )
    assert found.resolve(specifier, "web/src/main.ts") == target


def test_paths_through_a_chain_of_extends_with_comments() -> None:
    found = modules_of(
        "apps/web/src/page.ts",
        "apps/web/src/server/db.ts",
        "apps/web/made/types.ts",
        "apps/web/src/styles.ts",
        apps__web__tsconfig_json='{"extends": "./tsconfig.base.json", // next line\n "include": ["src"],}',
        **{
            "apps/web/tsconfig.base.json": '{"extends": ["@acme/config/base.json", "./tsconfig.paths.json"]}',
            "apps/web/tsconfig.paths.json": json.dumps(
                {
                    "compilerOptions": {
                        "paths": {
                            "@/*": ["./missing/*", "./src/*"],
                            "types": ["./made/types"],
                            "@/st*": ["./src/st*"],
                        }
                    }
                }
            ),
            "packages/config/base.json": "{}",
            "packages/config/package.json": '{"name": "@acme/config"}',
        },
    )
    assert found.resolve("@/server/db", "apps/web/src/page.ts") == "apps/web/src/server/db.ts"
    assert found.resolve("types", "apps/web/src/page.ts") == "apps/web/made/types.ts"
    assert found.resolve("@/styles", "apps/web/src/page.ts") == "apps/web/src/styles.ts"


def test_base_url_references_and_endless_extends() -> None:
    found = modules_of(
        "src/lib/a.ts",
        "src/main.ts",
        "loop/x.ts",
        tsconfig_json='{"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./none.json"}]}',
        **{
            "tsconfig.app.json": '{"compilerOptions": {"baseUrl": "src", "paths": {"~lib/*": ["lib/*"]}}}',
            "loop/tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"baseUrl": "."}}',
        },
    )
    assert found.resolve("lib/a", "src/main.ts") == "src/lib/a.ts"
    assert found.resolve("~lib/a", "src/main.ts") == "src/lib/a.ts"
    assert found.resolve("x", "loop/x.ts") == "loop/x.ts"
    assert found.resolve("y", "loop/x.ts") is None


def test_workspaces_exports_and_sources_of_build_products() -> None:
    found = modules_of(
        "apps/web/a.ts",
        "packages/ui/src/index.ts",
        "packages/ui/src/button.tsx",
        "packages/db/src/index.ts",
        "packages/db/src/server/client.ts",
        "packages/plain/index.js",
        "packages/plain/deep/file.ts",
        "packages/self/src/inner.ts",
        **{
            "packages/ui/package.json": """{"name": "@acme/ui", "exports": {
                ".": {"types": "./dist/index.d.ts", "import": "./dist/index.js"}, "./*": "./src/*.tsx"}}""",
            "packages/db/package.json": """{"name": "@acme/db", "main": "dist/index.js", "exports": {
                ".": "./dist/index.js", "./server": {"import": {"default": "./dist/server/client.mjs"}}}}""",
            "packages/plain/package.json": '{"name": "plain"}',
            "packages/self/package.json": """{"name": "self", "imports": {
                "#inner": "./src/inner.ts", "#all/*": "./src/*.ts"}}""",
        },
    )
    expected = {
        "@acme/ui": "packages/ui/src/index.ts",
        "@acme/ui/button": "packages/ui/src/button.tsx",
        "@acme/db": "packages/db/src/index.ts",
        "@acme/db/server": "packages/db/src/server/client.ts",
        "plain": "packages/plain/index.js",
        "plain/deep/file": "packages/plain/deep/file.ts",
        "@acme/nothing": None,
        "@acme/db/none": None,
    }
    assert {name: found.resolve(name, "apps/web/a.ts") for name in expected} == expected
    assert found.resolve("#inner", "packages/self/src/inner.ts") == "packages/self/src/inner.ts"
    assert found.resolve("#all/inner", "packages/self/src/inner.ts") == "packages/self/src/inner.ts"


def test_folders_of_sources_that_python_looks_into() -> None:
    found = modules_of(
        "apps/scan/src/python/__init__.py",
        "apps/scan/src/python/scan/__init__.py",
        "apps/scan/src/python/scan/pages.py",
        "apps/scan/src/python/json.py",
        "apps/scan/tests/test_pages.py",
        **{"apps/scan/src/python/scan/run.py": "from .pages import count\n"},
    )
    assert found.resolve("scan.pages", "apps/scan/tests/test_pages.py") == "apps/scan/src/python/scan/pages.py"
    assert found.resolve("json", "apps/scan/tests/test_pages.py") is None
    named = modules_of("src/__init__.py", "src/redis.py", **{"src/app.py": "from src.redis import pool\n"})
    assert named.resolve("redis", "src/app.py") is None


def test_import_maps_of_deno() -> None:
    found = modules_of(
        "supabase/functions/_shared/db.ts",
        "supabase/functions/send/index.ts",
        "supabase/functions/old/index.ts",
        **{
            "supabase/functions/send/deno.json": '{"imports": {"@shared/": "../_shared/", "x": "npm:x"}}',
            "supabase/functions/import_map.json": '{"imports": {"shared/": "./_shared/"}}',
        },
    )
    assert found.resolve("@shared/db.ts", "supabase/functions/send/index.ts") == "supabase/functions/_shared/db.ts"
    assert found.resolve("shared/db.ts", "supabase/functions/old/index.ts") == "supabase/functions/_shared/db.ts"
    assert found.resolve("x", "supabase/functions/send/index.ts") is None


def test_a_cycle_and_a_missing_or_broken_tsconfig() -> None:
    files = {
        "a.ts": 'import "./b"\n',
        "b.ts": 'import "./a"\nimport "@x/y"\n',
        "tsconfig.json": '{"compilerOptions": {',
    }
    found = project_of(files).view(modules)
    assert [edge.target for edge in found.imports("a.ts")] == ["b.ts"]
    assert [edge.target for edge in found.imports("b.ts")] == ["a.ts"]


def test_every_import_between_two_thousand_modules_is_resolved() -> None:
    config = '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}'
    files = [
        readers.read(source, config.encode())
        for source in (classify("tsconfig.json", config.encode()),)
        if isinstance(source, Source)
    ]
    for number in range(2000):
        path = f"src/area{number % 50}/module{number}.ts"
        imports = tuple(
            Import(Location(path, line, 1, line, 20), f"@/area{other % 50}/module{other}", (("x", "x"),))
            for line, other in enumerate(((number * 7 + k * 131) % 2000 for k in range(12)), 1)
        )
        files.append(FileFacts(path, "typescript", Side.OTHER, imports))
    project = Project(files)
    found = project.view(modules)
    assert sum(len(found.imports(path)) for path in project.files) == 24_000
