"""Every driver in the table of docs/queries.md: text that is put together is found, a bound value is not."""

from pathlib import Path

import pytest

from reviewlint import catalogue

from .test_examples import project_of

RULE = catalogue.load("interpolated-query")
TABLE = (Path(__file__).parent.parent / "docs" / "queries.md").read_text()

PYTHON = {
    "psycopg2": ("import psycopg2\nc = psycopg2.connect().cursor()", "c.execute({})", "= %s', (x,)"),
    "psycopg": ("import psycopg\nc = psycopg.connect()", "c.execute({})", "= %s', (x,)"),
    "execute_values": ("from psycopg2.extras import execute_values", "execute_values(c, {})", "= %s', (x,)"),
    "sqlite3": ("import sqlite3\nc = sqlite3.connect('a')", "c.executescript({})", "= ?', (x,)"),
    "aiosqlite": ("import aiosqlite\nc = aiosqlite.connect('a')", "c.execute({})", "= ?', (x,)"),
    "MySQLdb": ("import MySQLdb\nc = MySQLdb.connect().cursor()", "c.execute({})", "= %s', (x,)"),
    "pymysql": ("import pymysql\nc = pymysql.connect().cursor()", "c.execute({})", "= %s', (x,)"),
    "aiomysql": ("import aiomysql\nc = aiomysql.connect()", "c.execute({})", "= %s', (x,)"),
    "pyodbc": ("import pyodbc\nc = pyodbc.connect()", "c.execute({})", "= ?', x"),
    "duckdb": ("import duckdb", "duckdb.sql({})", "= ?', params=[x]"),
    "oracledb": ("import oracledb\nc = oracledb.connect().cursor()", "c.execute({})", "= :x', x=x"),
    "asyncpg": ("import asyncpg\nc = asyncpg.connect()", "c.fetchrow({})", "= $1', x"),
    "databases": ("from databases import Database\nc = Database('a')", "c.fetch_all({})", "= :x', {'x': x}"),
    "SQLAlchemy": ("import sqlalchemy as sa\nc = sa.create_engine('a').connect()", "c.execute(sa.text({}))", "= :x'"),
    "SQLModel": ("from sqlmodel import Session, text\nc = Session()", "c.exec(text({}))", "= :x'"),
    "Django": ("from shop.models import Order\nimport django", "Order.objects.raw({})", "= %s', [x]"),
    "RawSQL": ("from django.db.models.expressions import RawSQL", "RawSQL({})", "= %s', (x,)"),
    "peewee": ("import peewee\ndb = peewee.SqliteDatabase('a')", "db.execute_sql({})", "= ?', (x,)"),
    "pandas": ("import pandas as pd", "pd.read_sql({})", "= ?', c, params=[x]"),
    "cx_Oracle": ("import cx_Oracle\nc = cx_Oracle.connect().cursor()", "c.prepare({})", "= :x'"),
    "records": ("import records\nc = records.Database('a')", "c.query({})", "= :x', x=x"),
    "clickhouse-driver": (
        "from clickhouse_driver import Client\nc = Client('a')",
        "c.execute_iter({})",
        "= %(x)s', {'x': x}",
    ),
    "clickhouse-connect": ("import clickhouse_connect\nc = clickhouse_connect.get_client()", "c.command({})", "= 1'"),
    "BigQuery": ("from google.cloud import bigquery\nc = bigquery.Client()", "c.query_and_wait({})", "= @x'"),
    "Pony": ("from pony.orm import Database\nc = Database()", "c.select({})", "= $x'"),
    "PySpark": (
        "from pyspark.sql import SparkSession\nc = SparkSession.builder.getOrCreate()",
        "c.sql({})",
        "= :x', {}",
    ),
    "polars": ("import polars as pl", "pl.read_database({})", "= ?', c"),
}
TYPESCRIPT = {
    "pg": ('import { Pool } from "pg";\nconst c = new Pool();', "c.query({})", "= $1', [x]"),
    "mysql2": ('import mysql from "mysql2";\nconst c = mysql.createPool({});', "c.execute({})", "= ?', [x]"),
    "mysql": ('const c = require("mysql").createConnection();', "c.query({})", "= ?', [x]"),
    "better-sqlite3": ('import D from "better-sqlite3";\nconst c = new D("a");', "c.prepare({})", "= ?'"),
    "sqlite3": ('import { Database } from "sqlite3";\nconst c = new Database("a");', "c.all({})", "= ?', [x]"),
    "pg-promise": ('import p from "pg-promise";\nconst c = p()("a");', "c.any({})", "= $1', [x]"),
    "postgres": ('import postgres from "postgres";\nconst c = postgres();', "c.unsafe({})", "= $1', [x]"),
    "knex": ('import knex from "knex";\nconst c = knex({});', "c.raw({})", "= ?', [x]"),
    "objection": ('import { raw } from "objection";', "raw({})", "= ?', [x]"),
    "MikroORM": (
        'import { SqlEntityManager } from "@mikro-orm/postgresql";\nconst c = new SqlEntityManager();',
        "c.execute({})",
        "= ?', [x]",
    ),
    "Cassandra": ('import d from "cassandra-driver";\nconst c = new d.Client({});', "c.execute({})", "= ?', [x]"),
    "whereRaw": ('import knex from "knex";\nconst c = knex({});', 'c("t").whereRaw({})', "= ?', [x]"),
    "sequelize": ('import { Sequelize } from "sequelize";\nconst c = new Sequelize("a");', "c.query({})", "= :x', {}"),
    "TypeORM": ('import { DataSource } from "typeorm";\nconst c = new DataSource({});', "c.query({})", "= $1', [x]"),
    "Prisma": (
        'import { PrismaClient } from "@prisma/client";\nconst c = new PrismaClient();',
        "c.$queryRawUnsafe({})",
        "= $1', x",
    ),
    "drizzle": ('import { sql } from "drizzle-orm";', "sql.raw({})", "= 1'"),
    "kysely": ('import { sql } from "kysely";', "sql.raw({})", "= 1'"),
    "Deno postgres": (
        'import { Client } from "https://deno.land/x/postgres/mod.ts";\nconst c = new Client();',
        "c.queryObject({})",
        "= $1', [x]",
    ),
    "mssql": ('import sql from "mssql";\nconst c = new sql.Request();', "c.query({})", "= @x'"),
    "tedious": ('import { Request } from "tedious";', "new Request({})", "= @x'"),
    "snowflake": ('import s from "snowflake-sdk";\nconst c = s.createConnection({});', "c.execute({})", "= ?'"),
}


def found(path: str, text: str) -> list[int]:
    return [finding.at.line for finding in RULE.check(project_of({path: text}), None)]


@pytest.mark.parametrize("driver", PYTHON)
def test_python(driver: str) -> None:
    setup, call, bound = PYTHON[driver]
    built = call.format('"SELECT a FROM t WHERE b = \'" + x + "\'"')
    kept = call.format(f"'SELECT a FROM t WHERE b {bound}")
    text = f"{setup}\n\ndef f(x, c=c):\n    {built}\n    {kept}\n".replace(
        "c=c", "c=None" if "\nc =" not in setup else "y=0"
    )
    assert found("app.py", text) == [text.split("\n").index(f"    {built}") + 1]


@pytest.mark.parametrize("driver", TYPESCRIPT)
def test_typescript(driver: str) -> None:
    setup, call, bound = TYPESCRIPT[driver]
    built = call.replace("{}", "`SELECT a FROM t WHERE b = '${x}'`")
    kept = call.replace("{}", f"'SELECT a FROM t WHERE b {bound}")
    text = f"{setup}\nexport async function f(x: string) {{\n  await {built};\n  await {kept};\n}}\n"
    assert found("app.ts", text) == [text.split("\n").index(f"  await {built};") + 1]


@pytest.mark.parametrize("driver", [*PYTHON, *TYPESCRIPT])
def test_the_table_names_it(driver: str) -> None:
    assert driver.lower() in TABLE.lower()
