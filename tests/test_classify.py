"""Language, side, or the reason to skip, from a path and its content."""

import codecs

import pytest

from reviewlint.classify import MAX_CODE_BYTES, MAX_TEXT_BYTES, classify
from reviewlint.facts.file import Side
from reviewlint.sides import Package
from reviewlint.source import Skipped, Source

MINIFIED = "!function(e,t){" + "var n=t(e),r={a:1,b:2};return(n.x=r,n)" * 60 + "}(this,1);"
PICTURE = "export const logo = 'data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAA" * 200 + "';\n"
DENO = 'import { serve } from "https://deno.land/std/http/server.ts";\n'


def side(path: str, text: str = "", package: Package | None = None) -> Side:
    source = classify(path, text.encode(), package=package)
    assert isinstance(source, Source), source
    return source.side


def reason(path: str, data: bytes = b"x", size: int | None = None) -> tuple[str, bool]:
    skipped = classify(path, data, size)
    assert isinstance(skipped, Skipped), skipped
    return skipped.reason, skipped.expected


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        ("a.py", "", "python"),
        ("a.pyi", "", "python"),
        ("bin/deploy", "#!/usr/bin/env python3\n", "python"),
        ("bin/deploy", "#!/usr/bin/env -S deno run\n", "tsx"),
        ("bin/deploy", "#!/bin/sh\n", "text"),
        ("bin/deploy.sh", "#!/usr/bin/env python3\nset -e\n", "text"),
        ("a.ts", "", "typescript"),
        ("a.mts", "", "typescript"),
        ("a.js", "", "tsx"),
        ("a.jsx", "", "tsx"),
        ("A.TSX", "", "tsx"),
        ("de.ts", "<?xml version='1.0'?><TS></TS>", "text"),
        ("a.SQL", "", "sql"),
        (".env", "", "env"),
        (".env.production.local", "", "env"),
        ("prod.env", "", "env"),
        (".dev.vars", "", "env"),
        (".envrc", "", "text"),
        (".env.http", "", "text"),
        (".env.ts", "", "typescript"),
        ("supabase/config.toml", "", "toml"),
        ("tsconfig.base.json", "", "json"),
        ("README.md", "", "text"),
        ("Dockerfile", "", "text"),
        ("skeleton/client.py", "import x\n{% for service in services %}\n", "text"),
    ],
)
def test_language(path: str, text: str, language: str) -> None:
    source = classify(path, text.encode())
    assert isinstance(source, Source)
    assert source.language == language


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("app/main.py", "", Side.SERVER),
        ("tests/test_orders.py", "", Side.TEST),
        ("app/orders_test.py", "", Side.TEST),
        ("app/conftest.py", "", Side.TEST),
        ("accessibility/globalTeardown.ts", "", Side.TEST),
        ("pages/eslint/rules/naming.js", "", Side.SCRIPT),
        ("app/latest.py", "", Side.SERVER),
        ("scripts/backfill.py", "", Side.SCRIPT),
        ("shop/management/commands/import.py", "", Side.SCRIPT),
        ("shop/management/orders.py", "", Side.SERVER),
        (".agents/skills/report/run.py", "", Side.SCRIPT),
        ("manage.py", "", Side.SCRIPT),
        ("tools/release.py", "", Side.SCRIPT),
        ("devscripts/docker.py", "", Side.SCRIPT),
        (".scripts/queries/run.mjs", "", Side.SCRIPT),
        ("ui/src/setupProxy.js", "const express = require('express')\n", Side.SCRIPT),
        ("app/tools/search.py", "", Side.SERVER),
        ("docs/example.py", "", Side.OTHER),
        ("orders/imports/integration_example.py", "", Side.OTHER),
        ("src/lib/example_orders.ts", "import pg from 'pg'\n", Side.OTHER),
        ("src/settings.example.js", "", Side.OTHER),
        ("app/routers/example_orders.py", "from fastapi import APIRouter\n", Side.SERVER),
        ("app/models/example.py", "", Side.SERVER),
        ("examples/shop/src/main.py", "", Side.OTHER),
        ("server-examples/proxy.py", "", Side.OTHER),
        ("seed-code/starter/app/main.py", "", Side.OTHER),
        ("example_service/main.py", "", Side.SERVER),
        ("src/plugins/docs/plugin.py", "", Side.SERVER),
        ("spec/orders.js", "", Side.TEST),
        ("evals/no-policies/supabase/migrations/1_orders.sql", "", Side.TEST),
        ("app/evals/service.py", "", Side.SERVER),
        ("spiking/locks.py", "", Side.SCRIPT),
        ("packages/schema-bench/src/run.ts", "import { Pool } from 'pg'\n", Side.SCRIPT),
        ("src/openapi/spec/orders.ts", "", Side.SERVER),
        ("shop/migrations/0001_initial.py", "class Migration(migrations.Migration):\n", Side.MIGRATION),
        ("alembic/versions/3f2a_add.py", "def upgrade() -> None:\n", Side.MIGRATION),
        ("shop/migrations/__init__.py", "", Side.SERVER),
        ("alembic/env.py", "", Side.SCRIPT),
        ("supabase/migrations/20260101000000_a.sql", "", Side.MIGRATION),
        ("supabase/schemas/a.sql", "", Side.MIGRATION),
        ("supabase/seed.sql", "", Side.SCRIPT),
        ("supabase/tests/a.sql", "", Side.TEST),
        ("db/V12__a.sql", "", Side.MIGRATION),
        ("reports/monthly.sql", "", Side.OTHER),
        ("src/migrations/1700000000-Orders.ts", "class Orders implements MigrationInterface {}", Side.MIGRATION),
        ("src/database/migrations/runner.ts", "export function run() {}", Side.SERVER),
        ("packages/db/code-migrations/8-order-keys.ts", "export async function up() {}", Side.MIGRATION),
        ("packages/db/code-migrations/migrate.ts", "export async function run() {}", Side.SERVER),
        ("supabase/functions/pay/index.ts", "", Side.EDGE),
        ("supabase/functions/cors.ts", "export const cors = {}", Side.EDGE),
        ("supabase/functions/try-hooks.ts", "#!/usr/bin/env -S deno run\n", Side.SCRIPT),
        ("supabase/functions/try-hooks.ts", "const which = Deno.args[0] || 'all'", Side.SCRIPT),
        ("functions/pay/index.ts", DENO, Side.EDGE),
        ("functions/_shared/x.ts", 'import type { Client } from "https://esm.sh/a@2";\n', Side.EDGE),
        ("app/api/orders/route.ts", "", Side.SERVER),
        ("app/invoices/[id]/route.tsx", "", Side.SERVER),
        ("app/api/orders/route.ts", 'export const runtime = "edge";\n', Side.EDGE),
        ("pages/api/orders.ts", "", Side.SERVER),
        ("api/orders.js", "export default async function handler(req, res) {}\n", Side.SERVER),
        ("api/_limit.js", "export const limit = 5\n", Side.SERVER),
        ("apps/web/api/orders.ts", "export default function (request: Request) {}\n", Side.SERVER),
        ("netlify/functions/orders.ts", "", Side.SERVER),
        ("middleware.ts", "", Side.SERVER),
        ("app/orders/page.tsx", 'import { Suspense } from "react";\n', Side.SERVER),
        ("app/orders/page.tsx", '"use client";\n', Side.BROWSER),
        ("app/orders/page.tsx", "// who\n/* what */\n'use client'\n", Side.BROWSER),
        ("lib/actions.ts", '"use server";\n', Side.SERVER),
        ("lib/a.ts", 'const text = "use client";\n', Side.SERVER),
        ("components/Cart.tsx", 'import React, {\n  useMemo,\n  useState,\n} from "react";\n', Side.BROWSER),
        ("components/Cart.tsx", 'import type { useState } from "react";\n', Side.OTHER),
        ("components/Cart.tsx", 'import { cache } from "react";\n', Side.OTHER),
        ("components/Back.tsx", 'import { useRouter } from "next/navigation";\n', Side.BROWSER),
        ("pages/index.tsx", "", Side.BROWSER),
        ("lib/db.ts", 'import { Pool } from "pg";\n', Side.SERVER),
        ("src/index.js", 'const express = require("express");\n', Side.SERVER),
        ("frontend/src/api.ts", "", Side.BROWSER),
        ("frontend/lib/server.ts", 'import { cookies } from "next/headers";\n', Side.SERVER),
        ("app/entry.client.tsx", "", Side.BROWSER),
        ("app/session.server.ts", "", Side.SERVER),
        ("routes/+server.ts", "", Side.SERVER),
        ("src/Cart.stories.tsx", "", Side.BROWSER),
        ("src/cart.test.tsx", "", Side.TEST),
        ("shop/pytest_plugin.py", "import pytest\n\n\n@pytest.fixture\ndef cart():\n    return []\n", Side.TEST),
        ("shop/checks.py", "import pytest\n\n\ndef run():\n    return pytest.main()\n", Side.SERVER),
        ("src/cart.spec.ts", "", Side.TEST),
        ("e2e/cart.ts", "", Side.TEST),
        ("apps/shop-e2e/src/support/commands.ts", "", Side.TEST),
        ("next.config.mjs", "", Side.SCRIPT),
        (".env", "", Side.SETTINGS),
        ("package.json", "", Side.SETTINGS),
        ("README.md", "", Side.OTHER),
    ],
)
def test_side(path: str, text: str, expected: Side) -> None:
    assert side(path, text) is expected


@pytest.mark.parametrize(
    ("dependencies", "expected"),
    [
        ({"react-dom", "vite"}, Side.BROWSER),
        ({"express", "pg"}, Side.SERVER),
        ({"react-native"}, Side.BROWSER),
        ({"next", "react-dom", "pg"}, Side.OTHER),
        ({"express", "react-dom"}, Side.OTHER),
        ({"lodash"}, Side.OTHER),
        ({"winston"}, Side.SERVER),
    ],
)
def test_a_package_decides_where_the_file_itself_does_not(dependencies: set[str], expected: Side) -> None:
    assert side("shared/format.tsx", package=Package(frozenset(dependencies))) is expected


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/a/index.js",
        "packages/web/node_modules/a/index.js",
        "vendor/a.py",
        "third_party/a.py",
        ".venv/lib/python3.12/site-packages/a.py",
        "dist/a.js",
        "build/a.js",
        "package-lock.json",
        "web/pnpm-lock.yaml",
        "uv.lock",
        "static/jquery.min.js",
        "static/app.js.map",
        "logo.PNG",
    ],
)
def test_what_nobody_here_wrote_is_skipped_as_expected(path: str) -> None:
    assert reason(path)[1]


@pytest.mark.parametrize("path", ["src/vendor/routes.py", "app/build/page.tsx", "app/dist/a.ts", "vendors/a.py"])
def test_a_part_of_the_program_may_be_called_like_a_product(path: str) -> None:
    assert isinstance(classify(path, b"x"), Source)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "# Code generated by sqlc. DO NOT EDIT.\nx = 1\n"),
        ("a.py", '"""\nFile generated from the OpenAPI document. Do not edit the class manually.\n"""\nx = 1\n'),
        ("a.ts", "/* eslint-disable */\n// @generated by protoc-gen-es\nexport {};\n"),
        ("a.ts", "/**\n * This file was auto-generated by openapi-typescript.\n */\nexport {};\n"),
        ("routeTree.gen.ts", "export {};\n"),
        ("orders_pb2.py", "x = 1\n"),
        ("src/__generated__/graphql.ts", "export {};\n"),
        ("src/a.js", '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.a = 1;\n'),
        ("src/b.js", '"use strict";\nvar __rest = (this && this.__rest) || function (s, e) {};\nexports.a = 1;\n'),
    ],
)
def test_generated_code_is_skipped(path: str, text: str) -> None:
    assert reason(path, text.encode()) == ("generated", True)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "def write():\n    # DO NOT EDIT: generated by the importer\n    return 1\n"),
        ("a.py", '"""Reads the files that were written by the generator."""\n'),
        ("0001_initial.py", "# Generated by Django 5.1\n\nclass Migration(migrations.Migration):\n"),
    ],
)
def test_code_that_speaks_of_generating_is_reviewed(path: str, text: str) -> None:
    folder = "shop/migrations/" if "Migration" in text else ""
    assert isinstance(classify(folder + path, text.encode()), Source)


def test_types_of_the_database_are_kept_as_generated() -> None:
    assert side("lib/database.types.ts", "export type Database = {}\n") is Side.GENERATED
    assert side("lib/supabase.gen.ts", "export interface Database {}\n") is Side.GENERATED
    assert side("types_db.ts", "export type Json =\n  | string\n\nexport interface Database {}\n") is Side.GENERATED
    assert side("lib/data.ts", "export interface Database {}\n") is Side.SERVER


def test_minified_code_is_skipped_and_an_embedded_picture_is_no_sign_of_it() -> None:
    assert reason("static/app.js", MINIFIED.encode()) == ("minified", True)
    assert isinstance(classify("src/logo.ts", PICTURE.encode()), Source)


def test_binary_files_are_expected_and_stray_nul_bytes_in_code_are_not() -> None:
    assert reason("data.dat", b"\x00\x01\x02") == ("binary", True)
    assert reason("clip.ts", bytes(range(256)) * 20) == ("binary", True)
    stray, expected = reason("app.py", b"x = 1\n" * 20 + b"\0import os\n")
    assert "NUL" in stray
    assert not expected


def test_utf_16_is_text() -> None:
    data = codecs.BOM_UTF16_LE + "x = 1\n".encode("utf-16-le")
    assert isinstance(classify("app.py", data), Source)


def test_huge_code_is_reported_and_huge_data_is_expected() -> None:
    assert reason("app.py", b"x", MAX_CODE_BYTES + 1) == ("larger than 5 MB: split it, or exclude it", False)
    assert reason("dump.json", b"{}", MAX_TEXT_BYTES + 1) == ("data: larger than 1 MB", True)


def test_empty_files_are_reviewed() -> None:
    assert classify("app/__init__.py", b"") == Source("app/__init__.py", "python", Side.SERVER, 0)


def test_a_nul_byte_in_a_small_source_is_said_aloud() -> None:
    found = classify("app/main.py", b"x = 1\0\n")
    assert isinstance(found, Skipped)
    assert not found.expected
    assert "NUL" in found.reason


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("backend/utils/refresh.py", "import sys\n\nif __name__ == '__main__':\n    sys.exit(main())\n", Side.SCRIPT),
        (
            "backend/main.py",
            "import sys\nimport uvicorn\n\nif __name__ == '__main__':\n    uvicorn.run(app)\n",
            Side.SERVER,
        ),
        ("backend/shell.py", "import sys\nimport flask\n\nif __name__ == '__main__':\n    sys.exit(1)\n", Side.SERVER),
        ("src/backfill.ts", "import { db } from './db'\nmain().catch(() => process.exit(1))\n", Side.SCRIPT),
        (
            "src/install/index.ts",
            "const args = process.argv.slice(2)\nif (import.meta.url === asked) {\n  main()\n}\n",
            Side.SCRIPT,
        ),
        (
            "src/index.ts",
            "const args = process.argv.slice(2)\nif (require.main === module) {\n  app.listen(args[0])\n}\n",
            Side.SERVER,
        ),
        ("apply-dates.js", "import { db } from './db'\napply()\n", Side.SCRIPT),
        ("check_users.mjs", "import { db } from './db'\napply()\n", Side.SCRIPT),
        ("update-prices.js", "import express from 'express'\n", Side.SERVER),
        ("api/fix-dates.js", "async function fixDates() {}\n\nfixDates().catch(console.error)\n", Side.SCRIPT),
        ("src/fix-dates.ts", "export async function fixDates() {}\n", Side.SERVER),
        ("create_admin.py", "from app import db\n\nif __name__ == '__main__':\n    create()\n", Side.SCRIPT),
        ("create_app.py", "from app import db\n\napp = make()\n", Side.SERVER),
        ("backend/apps/base-demo/src/orders.controller.ts", "import express from 'express'\n", Side.OTHER),
        ("backend/apps/orders/demo/src/orders.controller.ts", "import express from 'express'\n", Side.SERVER),
        ("src/apps/shop.ts", "import express from 'express'\n", Side.SERVER),
        (".archived-tests/orders/setup.ts", "", Side.TEST),
        (
            "src/index.ts",
            "import { app } from './app'\napp.listen(1)\nmain().catch(() => process.exit(1))\n",
            Side.SERVER,
        ),
    ],
)
def test_what_begins_by_itself_at_a_terminal_is_a_script(path: str, text: str, expected: Side) -> None:
    assert side(path, text) is expected


def test_a_package_that_is_called_by_its_name_and_answers_nothing_is_a_command_line() -> None:
    assert side("src/deploy.ts", package=Package(frozenset({"yargs", "ora"}), program=True)) is Side.SCRIPT
    assert side("src/deploy.ts", package=Package(frozenset({"yargs", "express"}), program=True)) is Side.SERVER


def test_a_folder_of_meteor_tells_the_side_whatever_the_package_asks_for() -> None:
    package = Package(frozenset({"meteor", "jquery"}))
    assert side("models/server/orders.js", package=package) is Side.SERVER
    assert side("client/orders.js", package=package) is Side.BROWSER
    assert side("models/orders.js", package=package) is Side.OTHER
    assert side("server/orders.js", package=Package(frozenset({"jquery"}))) is Side.BROWSER


def test_a_page_of_nextjs_is_the_servers_whatever_it_imports() -> None:
    package = Package(frozenset({"next", "react-dom"}))
    text = 'import { dehydrate } from "@tanstack/react-query";\n'
    assert side("src/app/invite/page.tsx", text, package=package) is Side.SERVER
    assert side("src/app/invite/page.tsx", f'"use client";\n{text}', package=package) is Side.BROWSER


def test_a_script_in_a_servers_public_folder_that_takes_no_module_is_the_browsers() -> None:
    package = Package(frozenset({"fastify"}))
    assert side("server/public/track.js", "(function () { send() })()\n", package=package) is Side.BROWSER
    assert side("src/public/orders.js", "const db = require('./db')\nexports.a = db\n", package=package) is Side.SERVER


def test_middleware_of_nextjs_stands_at_the_root_of_its_package() -> None:
    package = Package(frozenset({"next", "react-dom", "zustand"}))
    assert side("apps/web/middleware.ts", package=package) is Side.SERVER
    assert side("apps/web/src/middleware.ts", package=package) is Side.SERVER
    assert side("apps/web/src/stores/middleware.ts", package=package) is Side.OTHER
    assert side("apps/api/src/auth/middleware.ts", package=Package(frozenset({"express"}))) is Side.SERVER
