"""Where a file's code runs: the conventions of frameworks and platforms, its directives and its imports."""

import re
from dataclasses import dataclass
from itertools import pairwise

from .facts.file import Side


@dataclass(frozen=True, slots=True)
class Package:
    """What a package.json says about the code around it: the names of all its dependencies.

    `program` is whether it is installed to be called by its name (npm's `bin`). `behind` are the dependencies of the
    project's own packages that it asks for, and of those that they ask for.
    """

    dependencies: frozenset[str]
    program: bool = False
    behind: frozenset[str] = frozenset()

    @property
    def command(self) -> bool:
        """Whether it is a command line and nothing else: neither answers requests nor draws pages."""
        return self.program and self.dependencies.isdisjoint(_ANSWERING | _BROWSER_PACKAGES | _BOTH_SIDES)

    @property
    def mixed(self) -> bool:
        """Whether a framework runs one code base on both sides, so that only a file itself can say which."""
        return not self.dependencies.isdisjoint(_BOTH_SIDES)

    @property
    def meteor(self) -> bool:
        """Whether Meteor builds it, which keeps what stands in a folder called `server` or `client` on that side."""
        return "meteor" in self.dependencies

    @property
    def side(self) -> Side | None:
        """The side that everything in the package runs on, None where that is not clear."""
        if self.mixed:
            return None
        silent = self.dependencies.isdisjoint(_SERVER_PACKAGES | _BROWSER_PACKAGES)
        names = self.behind if silent else self.dependencies
        server, browser = not names.isdisjoint(_SERVER_PACKAGES), not names.isdisjoint(_BROWSER_PACKAGES)
        return None if server == browser else (Side.SERVER if server else Side.BROWSER)


_BOTH_SIDES = frozenset(
    "next nuxt astro gatsby @sveltejs/kit @remix-run/react @remix-run/node @react-router/node @tanstack/react-start "
    "@tanstack/start @solidjs/start @builder.io/qwik-city blitz @redwoodjs/core meteor".split()
)
_ANSWERING = frozenset(
    "express fastify koa @hapi/hapi hono @nestjs/common restify polka apollo-server @apollo/server graphql-yoga "
    "@trpc/server elysia moleculer".split()
)
_SERVER_PACKAGES = _ANSWERING | frozenset(
    "@nestjs/core pg mysql2 postgres knex sequelize typeorm @prisma/client drizzle-orm kysely mongoose redis ioredis "
    "bullmq amqplib kafkajs express-session body-parser cors helmet winston nodemailer node-cron nodemon "
    "@sentry/node react-email @react-email/render".split()
)
_BROWSER_PACKAGES = frozenset(
    "react-dom vue svelte @angular/core preact solid-js react-native expo lit jquery @vitejs/plugin-react "
    "@vitejs/plugin-vue react-scripts @ionic/core electron-renderer".split()
)

_TEST_FOLDERS = frozenset(
    "test tests testing __tests__ __test__ __mocks__ __fixtures__ __snapshots__ e2e cypress playwright fixtures mocks "
    "testdata test-utils artillery .artillery k6 locust gatling".split()
)
_TEST_FOLDER = re.compile(
    r"\.?(?:unit|integration|functional|acceptance|contract|smoke|system|regression|api|e2e|archived?|old|disabled|legacy"
    r"|load|stress|performance)[-_]?tests?"
    r"|tests?[-_](?:unit|integration|functional|acceptance|contract|smoke|system|regression|api|e2e)|\w[\w.-]*-e2e"
)
_TEST_NAME = re.compile(
    r"^test_.*\.pyi?$|_tests?\.(?:py|sql)$|^tests?\.pyi?$|^conftest\.py$|[.-](?:test|tests|spec|e2e|e2e-spec|cy|mock|mocks)\.[mc]?[jt]sx?$"
    r"|^(?:vitest|jest|playwright|cypress)\.[\w.-]*\.?[mc]?[jt]s$|^(?:(?:setup|global)-?tests?|tests?[-.]?(?:setup|helpers?))\.[mc]?[jt]sx?$"
    r"|^global[-_.]?(?:[sS]etup|[tT]eardown)\.[mc]?[jt]s$"
)
_TEST_PACKAGES = (b"supertest", b"@jest/globals", b"@cucumber/cucumber", b"vitest", b"node:test", b"bun:test")
_TESTED_WITH = re.compile(
    rb"^import\b[^;\n]{1,200}\bfrom ['\"](?:" + b"|".join(map(re.escape, _TEST_PACKAGES)) + rb")['\"]", re.M
)
"""What only tests and their helpers are written with, wherever they stand."""
_FIXTURE = re.compile(rb"^@pytest\.(?:fixture|mark|hookimpl)\b|^from (?:behave|pytest_bdd) import\b", re.M)
"""The same in Python: modules of a plugin for pytest have names of their own, and so have steps of scenarios."""
_MIGRATION_FOLDERS = frozenset(
    "migrations migration migrate db_migrations alembic versions evolutions changelog".split()
)
_OF_MIGRATIONS = re.compile(r"[-_]migrations$")
"""Folders of code that changes data once, which other files than SQL may stand in."""
_MIGRATION_NAME = re.compile(r"^(?:[VURBv]?\d+(?:[._-]\d+)*[._-]|[0-9a-f]{10,16}_)|^V\d")
_MIGRATION_CODE = re.compile(
    rb"^(?:async )?def (?:upgrade|downgrade|step|apply|forwards?)\b|^class Migration\b|\bexports\.(?:up|down|default)\b"
    rb"|^(?:export )?(?:const|async function|function) (?:up|down)\b|\bMigrationInterface\b|\bmodule\.exports\s*=",
    re.M,
)
_SCRIPT_FOLDERS = frozenset(
    "scripts script devscripts bin hack buildtools build-tools .github .circleci .husky .ci .agents .claude .cursor "
    "notebooks seeds seeders seed cli benchmarks bench eslint eslint-rules eslint-local-rules".split()
)
_BENCH_FOLDER = re.compile(r"[\w.-]+[-_]bench(?:marks?)?")
_TOP_SCRIPT_FOLDERS = frozenset(
    "tools tool tasks ci dev devtools extras release packaging spike spikes spiking".split()
)
_ANSWERS = re.compile(
    rb"^(?:from|import) (?:fastapi|starlette|flask|django|rest_framework|sqlmodel|litestar|sanic|tornado)\b"
    rb"|^import .* from ['\"](?:express|fastify|hono|koa|@nestjs/[\w-]+|next/server)['\"]",
    re.M,
)
"""Imports of a package that answers requests, whatever its folder is called."""
_SERVES = re.compile(
    rb"\b(?:uvicorn|hypercorn|gunicorn|waitress|web)\.run\b|\.listen\(|\bserve(?:_forever)?\(|\bapp\.run\("
)
_BEGINS = {
    "python": re.compile(rb"^if __name__ == ['\"]__main__['\"]:", re.M),
    "javascript": re.compile(rb"^(?:void |await )?(?:main|run|seed|migrate)\w*\(\)", re.M),
}
_OF_A_TERMINAL = {
    "python": re.compile(rb"\bargparse\b|\bsys\.(?:argv|exit)\b|\binput\("),
    "javascript": re.compile(rb"\bprocess\.(?:exit\(|argv\b|exitCode\b)"),
}
"""What only programs do that somebody calls: take orders from a terminal, and end the process."""
_ASKS_TERMINAL = re.compile(rb"\A#!|\bDeno\.(?:args\b|exit\()")
"""What only a program of Deno does that somebody calls."""
_BY_HAND = {"python": b"__main__", "javascript": b"process."}
"""A word that stands in every such program, and in few other files: it is found a hundred times as fast."""
_SCRIPT_NAME = re.compile(
    r"^(?:manage|setup|noxfile|fabfile|tasks_dev|__main__|cli|seed|seeds)\.pyi?$|^(?:gulpfile|gruntfile|cli|seed)\.[mc]?[jt]s$"
    r"|^setupProxy\.[jt]s$|^\.[\w-]+rc\.[mc]?[jt]s$|^(?:webpack|rollup|vite|babel|metro)[\w.-]*\.[mc]?[jt]s$|^seeds?\.sql$"
    r"|[.-]seed(?:er|s)?\.[mc]?[jt]s$"
)
_TOOL_SETTINGS = re.compile(r"\.config\.[mc]?[jt]sx?$")
_OWN_SETTINGS = frozenset("config configs configuration".split())
"""Folders in which `auth.config.ts` is a program's own and not a tool's."""
_DEED = re.compile(
    r"^(?:add|analy[sz]e|apply|assign|backfill|check|clean(?:up)?|compare|configure|convert|copy|create|debug|delete|deploy"
    r"|diagnose|discover|drop|dump|execute|export|find|fix|force|generate|grant|import|insert|inspect|install|list|load"
    r"|migrate|patch|populate|promote|prune|purge|rebuild|recreate|remove|rename|repair|reset|restore|rollback|seed|setup"
    r"|simulate|sync|test|truncate|update|upload|validate|verify)[-_][\w-]+\.(?:[mc]?[jt]s|py)$"
)
"""What stands at the very top beside the manifest and is called by what it does, is run by hand."""
_BEGINS_AT_ONCE = re.compile(rb"^(?:void |await )?[a-z]\w*\(\)(?:;|\.(?:then|catch|finally)\b|[ \t]*$)", re.M)
"""A function that a module calls as it is loaded, and whose answer nobody takes."""
_ASKED_BY_NAME = re.compile(
    rb"\brequire\.main\s*===?\s*module\b|\bimport\.meta\.main\b|\bimport\.meta\.(?:url|filename)\s*===?"
    rb"|===?\s*import\.meta\.(?:url|filename)\b"
)
"""Whether Node.js was started with this file; what then reads the words behind its name is a command line."""
_OTHER_FOLDERS = frozenset("docs doc examples example samples sample demo demos templates".split())
_MODEL_FOLDER = re.compile(
    r"[\w-]+[-_](?:examples|samples)|(?:code|seed|reference|sample|example)[-_](?:code|implementations?)"
)
"""How folders are called that hold code to learn from or to begin with: `server-examples`, `seed-code`."""
_EXAMPLE_NAME = re.compile(r"^(?:[\w.-]+[-_.]examples?|examples?[-_][\w-]+)\.(?:pyi?|[mc]?[jt]sx?)$", re.IGNORECASE)
"""How files are called that are an example of something: `import_example.py`; `example.py` may be of a resource."""
_PROGRAM_FOLDERS = frozenset("src app apps lib server backend packages".split())
_SHOWN = re.compile(r"(?:^|[-_.])(?:demo|example|playground|showcase|tutorial)s?(?:[-_.]|$)")
"""How a package is called that shows how to use the others."""
_OF_PACKAGES = frozenset({"apps", "packages"})
_STORY = re.compile(r"\.stories\.[mc]?[jt]sx?$")
_APP_ROUTER_VIEW = re.compile(
    r"^(?:page|layout|template|loading|not-found|default|sitemap|robots|manifest|opengraph-image|icon)\.[jt]sx?$"
)
_ROUTE_HANDLER = re.compile(r"^route\.[jt]sx?$")
_ROOT_SERVER_FILE = re.compile(r"^(?:middleware|proxy|instrumentation)\.[jt]s$")
_BROWSER_FOLDERS = frozenset("public static assets client frontend browser".split())
_SERVER_FOLDERS = frozenset("server backend".split())
_MOBILE_NAME = re.compile(r"\.(?:native|ios|android)\.[jt]sx?$")

_DIRECTIVE = re.compile(
    rb"""\A(?:\s++|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*\*/|["']use strict["'];?)*["']use (client|server)["']"""
)
_FUNCTION_HANDLER = re.compile(
    rb"^(?:export default|module\.exports\s*=|exports\.handler\s*=)\s*(?:async\s+)?(?:function)?\s*\w*"
    rb"\s*\(\s*_?(?:req|request|event)\b",
    re.M,
)
"""A function that answers requests, handed to whoever loads the module."""
_EDGE_RUNTIME = re.compile(
    rb"""^export const (?:runtime\s*=\s*|config\s*=\s*\{[^}]{0,200}\bruntime:\s*)["'](?:experimental-)?edge["']""", re.M
)
_IMPORT = re.compile(
    rb"""^import\b(?!\s+type\s+[\w{*])\s*(?:([^;'"()=]{1,2000}?)\bfrom\s*)?["'](?P<module>[^"'\n]+)["']""", re.M
)
_FROM_ADDRESS = re.compile(rb"""^import\b[^;'"]{1,2000}["']https://(?:deno\.land|esm\.sh)/""", re.M)
"""What only Deno imports, though it be types alone: Node.js looks nothing up at an address."""
_REQUIRE = re.compile(rb"""\brequire\(\s*["'](?P<module>[^"'\n]+)["']\s*\)""")
_SERVER_MODULES = frozenset(
    "server-only next/headers next/server fs fs/promises http https http2 net tls dns child_process cluster "
    "worker_threads express fastify koa hono restify polka pg mysql mysql2 postgres better-sqlite3 sqlite3 knex "
    "sequelize sequelize-typescript typeorm kysely mongoose mongodb redis ioredis bullmq amqplib kafkajs nodemailer "
    "stripe winston firebase-admin jsonwebtoken bcrypt argon2 resend postmark twilio express-session passport bull "
    "@sendgrid/mail @neondatabase/serverless @planetscale/database @prisma/client".split()
)
_SERVER_SCOPES = ("node:", "@nestjs/", "@fastify/", "@hapi/", "@hono/", "@aws-sdk/", "@trpc/server", "mysql2/", "pg-")
_EDGE_SCOPES = ("https://deno.land/", "https://esm.sh/", "npm:", "jsr:", "cloudflare:")
_BROWSER_MODULES = frozenset(
    "client-only react-dom/client next/router react-router-dom react-hook-form @tanstack/react-query swr jotai vue "
    "vue-router vuex pinia @vueuse/core react-native expo jquery @stripe/stripe-js @stripe/react-stripe-js "
    "framer-motion".split()
)
_BROWSER_SCOPES = ("@angular/", "react-native-", "expo-", "@react-native/", "@react-navigation/")
_HOOK_MODULES = frozenset({"react", "preact/hooks", "next/navigation"})
_HOOK = re.compile(
    rb"\buse(?:State|Effect|LayoutEffect|Reducer|Ref|Context|SyncExternalStore|Transition|Optimistic|ActionState"
    rb"|Router|Pathname|SearchParams|Params)\b"
)


def side_of(path: str, language: str, head: bytes, package: Package | None = None) -> Side:
    """The side of a file, from its path, the first bytes of its content and its package, the surest sign first."""
    *folders, name = path.split("/")
    lower = [folder.lower() for folder in folders]
    if language in ("env", "toml", "json"):
        return Side.SETTINGS
    if language == "text":
        return Side.OTHER
    if _is_test(lower, name) or _helps_tests(language, head):
        return Side.TEST
    if _is_migration(lower, name, language, head):
        return Side.MIGRATION
    if language == "sql":
        return Side.SCRIPT if _SCRIPT_NAME.search(name) or not _SCRIPT_FOLDERS.isdisjoint(lower) else Side.OTHER
    if lower[-2:] == ["supabase", "functions"] and _ASKS_TERMINAL.search(head):
        return Side.SCRIPT  # no function of its own, as it stands in no folder of one
    if _pair(lower, "supabase", "functions") or _pair(lower, "netlify", "edge-functions"):
        return Side.EDGE
    if _is_script(lower, name, language, head) or (package is not None and package.command and language != "python"):
        return Side.SCRIPT
    if _is_beside_the_program(lower) or _is_example(name, head):
        return Side.OTHER
    return Side.SERVER if language == "python" else _javascript(lower, name, language, head, package)


def _is_beside_the_program(folders: list[str]) -> bool:
    """Whether the file stands in documentation or examples, and not in a part of the program that is called so."""
    for folder, inside in pairwise((*folders, "")):
        if folder in _OF_PACKAGES:
            return _SHOWN.search(inside) is not None
        if folder in _PROGRAM_FOLDERS and not (folder in _SERVER_FOLDERS and inside in _OF_PACKAGES):
            return False
        if folder in _OTHER_FOLDERS or _MODEL_FOLDER.fullmatch(folder):
            return True
    return False


def _is_example(name: str, head: bytes) -> bool:
    """Whether a file is an example by its name, and not what answers for a resource that is called so."""
    return _EXAMPLE_NAME.match(name) is not None and not _ANSWERS.search(head)


def _is_test(folders: list[str], name: str) -> bool:
    if _TEST_NAME.search(name) is not None or not _TEST_FOLDERS.isdisjoint(folders):
        return True
    if any(map(_TEST_FOLDER.fullmatch, folders)):
        return True
    # Deeper down these are a specification, such as OpenAPI's, or a part of the program that evaluates.
    return folders[:1] in (["spec"], ["specs"], ["evals"])


def _helps_tests(language: str, head: bytes) -> bool:
    if language == "python":
        return (b"pytest" in head or b"behave" in head) and _FIXTURE.search(head) is not None
    return any(map(head.__contains__, _TEST_PACKAGES)) and _TESTED_WITH.search(head) is not None


def _is_migration(folders: list[str], name: str, language: str, head: bytes) -> bool:
    if language == "sql" and _pair(folders, "supabase", "schemas"):
        return True
    if name == "migrations.py":
        return True
    inside = not _MIGRATION_FOLDERS.isdisjoint(folders) or _pair(folders, "db", "changes")
    if language == "sql" and "drizzle" in folders:
        return (
            True  # where its kit writes them unless it is told another folder (Drizzle, "drizzle-kit generate": `out`)
        )
    if language == "sql":
        return inside or (_MIGRATION_NAME.search(name) is not None and name[:1] in "VURB" and "__" in name)
    return (
        (inside or any(map(_OF_MIGRATIONS.search, folders)))
        and name != "__init__.py"
        and _MIGRATION_CODE.search(head) is not None
        and (_MIGRATION_NAME.search(name) is not None or language == "python")
    )


def _is_script(folders: list[str], name: str, language: str, head: bytes) -> bool:
    return (
        not _SCRIPT_FOLDERS.isdisjoint((*folders, *(folder.lstrip(".") for folder in folders)))
        or any(map(_BENCH_FOLDER.fullmatch, folders))
        or _pair(folders, "management", "commands")  # of Django's manage.py
        or (bool(folders) and folders[0] in _TOP_SCRIPT_FOLDERS and not _ANSWERS.search(head))
        or _SCRIPT_NAME.search(name) is not None
        or (_TOOL_SETTINGS.search(name) is not None and _OWN_SETTINGS.isdisjoint(folders[-1:]))
        or (_DEED.match(name) is not None and _is_done_by_hand(folders, name, head))
        or (language == "python" and name == "env.py" and not _MIGRATION_FOLDERS.isdisjoint(folders))
        or head.startswith(b"#!")
        or _is_run_by_hand(language, head)
    )


def _is_done_by_hand(folders: list[str], name: str, head: bytes) -> bool:
    """Whether a file that is called by a deed is there to do it once, and answers no requests."""
    if name.endswith(".py"):
        alone = not folders and _BEGINS["python"].search(head) is not None
    else:
        alone = not folders or (_BEGINS_AT_ONCE.search(head) is not None and b"export" not in head)
    return alone and not (_ANSWERS.search(head) or _SERVES.search(head))


def _is_run_by_hand(language: str, head: bytes) -> bool:
    """Whether a file begins by itself and is of a terminal; servers begin by themselves, too."""
    kind = "python" if language == "python" else "javascript"
    if _BY_HAND[kind] not in head:
        return False
    begins = _OF_A_TERMINAL[kind].search(head) is not None and _BEGINS[kind].search(head) is not None
    asked = kind == "javascript" and b"process.argv.slice(" in head and _ASKED_BY_NAME.search(head) is not None
    return (begins or asked) and not (_ANSWERS.search(head) or _SERVES.search(head))


def _javascript(folders: list[str], name: str, language: str, head: bytes, package: Package | None) -> Side:
    """The side of TypeScript and JavaScript, which runs on all of them."""
    directive = _DIRECTIVE.match(head)
    if directive:
        return Side.BROWSER if directive[1] == b"client" else Side.SERVER
    stem = name.partition(".")[2]
    if (stem.startswith("client.") and b"@nestjs/" not in head) or _MOBILE_NAME.search(name) or _STORY.search(name):
        return Side.BROWSER
    if stem.startswith("server.") or name.startswith("+server."):
        return Side.SERVER
    below_app = "app" in folders
    below_pages = "pages" in folders
    answers = (
        (_ROUTE_HANDLER.match(name) is not None and below_app)
        or _pair(folders, "pages", "api")
        or _pair(folders, "server", "api")
        or (_ROOT_SERVER_FILE.match(name) is not None and _may_be_at_the_root(folders, package))
    )
    if answers:
        return Side.EDGE if _EDGE_RUNTIME.search(head) else Side.SERVER
    routed = below_app and _APP_ROUTER_VIEW.match(name) is not None
    if routed and package is not None and "next" in package.dependencies:
        return Side.SERVER  # whatever it imports: Next.js, "Server and Client Components"
    if package is not None and package.meteor and not {"server", "client"}.isdisjoint(folders):
        return Side.SERVER if "server" in folders else Side.BROWSER
    if imported := _imported_side(head):
        return imported
    if folders[:1] == ["functions"] and any(folder.startswith("_") for folder in folders):
        return Side.OTHER  # no function of its own: whose it is says what loads it (Supabase, "Organizing functions")
    if routed or _is_platform_function(folders, head):
        return Side.SERVER
    if package is not None:
        served = "public" in (*folders[:1], *folders[-1:])
        browser = served and (package.mixed or (name.endswith(".js") and _stands_alone(head)))
        return Side.BROWSER if browser else package.side or Side.OTHER
    if below_pages and language == "tsx":
        return Side.BROWSER
    if not _SERVER_FOLDERS.isdisjoint(folders):
        return Side.SERVER
    if not _BROWSER_FOLDERS.isdisjoint(folders):
        return Side.BROWSER
    return Side.OTHER if name.endswith((".tsx", ".jsx")) else Side.SERVER


def _may_be_at_the_root(folders: list[str], package: Package | None) -> bool:
    """Whether a file may stand where Next.js looks for its own: in the package's root, or in `src` there."""
    return not folders or folders[-1] == "src" or (package is not None and "src" not in folders)


def _is_platform_function(folders: list[str], head: bytes) -> bool:
    """Whether a hosting platform runs a file as a function of its own, beside what it serves to browsers.

    Vercel, "Vercel Functions" (`api/` in the project's root); Netlify, "Functions"; Cloudflare Pages, "Functions".
    """
    if _pair(folders, "netlify", "functions") or folders[:1] in (["api"], ["functions"]):
        return True
    return "api" in folders and "src" not in folders and _FUNCTION_HANDLER.search(head) is not None


def _stands_alone(head: bytes) -> bool:
    """Whether a script takes nothing from other modules and gives nothing to them, as those do that a page loads."""
    return not (_IMPORT.search(head) or _REQUIRE.search(head) or b"exports" in head or b"\nexport " in head)


def _pair(folders: list[str], first: str, second: str) -> bool:
    """Whether one folder stands directly in another anywhere on the path."""
    return first in folders and second in folders and (first, second) in pairwise(folders)


def _imported_side(head: bytes) -> Side | None:
    """The side that the modules imported by the file exist on alone: hooks decide first, other modules if they agree.

    What is imported of a browser's module beside a server's is its types, as a rule.
    """
    imports = [*_IMPORT.finditer(head), *(_REQUIRE.finditer(head) if b"require(" in head else ())]
    modules = {match["module"].decode("utf-8", "replace") for match in imports}
    hooks = any(
        match["module"].decode("utf-8", "replace") in _HOOK_MODULES and _HOOK.search(match[0]) for match in imports
    )
    browser = not modules.isdisjoint(_BROWSER_MODULES) or any(name.startswith(_BROWSER_SCOPES) for name in modules)
    server = not modules.isdisjoint(_SERVER_MODULES) or any(name.startswith(_SERVER_SCOPES) for name in modules)
    if hooks or (browser and not server):
        return Side.BROWSER
    if any(name.startswith(_EDGE_SCOPES) for name in modules) or b"Deno.serve(" in head or _FROM_ADDRESS.search(head):
        return Side.EDGE
    return Side.SERVER if server and not browser else None
