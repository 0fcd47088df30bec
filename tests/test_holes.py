"""What stands in the hole of an SQL text, told from the words around it."""

import pytest

from reviewlint.join.holes import position, written_before

HOLES = {
    "SELECT * FROM t WHERE a = '{}'": "value",
    "SELECT * FROM t WHERE a = {}": "value",
    'SELECT * FROM t WHERE a = "{}"': "value",
    "SELECT * FROM t WHERE a LIKE {}": "value",
    "SELECT * FROM t WHERE a IN ({})": "value",
    "SELECT * FROM t WHERE a = lower({})": "value",
    "SELECT * FROM t LIMIT {}": "value",
    "INSERT INTO t (a, b) VALUES ({}, 1)": "value",
    "INSERT INTO t (a, b) VALUES (1, {})": "value",
    "UPDATE t SET a = {} WHERE b = 1": "value",
    "ALTER TABLE t UPDATE a = {} WHERE b = 1": "value",
    "CREATE USER a WITH PASSWORD '{}'": "value",
    "SELECT * FROM {}": "identifier",
    'SELECT * FROM "{}" WHERE a = 1': "identifier",
    "SELECT * FROM s.{}": "identifier",
    "SELECT * FROM {}.t": "identifier",
    "SELECT {} FROM t": "identifier",
    "SELECT a, {} FROM t": "identifier",
    "SELECT count({}) FROM t": "identifier",
    "SELECT * FROM t WHERE {} = 1": "identifier",
    "SELECT * FROM t WHERE a = 1 AND {} LIKE 'b%'": "identifier",
    "UPDATE t SET {} = 1": "identifier",
    "UPDATE {} SET a = 1": "identifier",
    "INSERT INTO t ({}) VALUES (1)": "identifier",
    "SELECT * FROM t ORDER BY {}": "identifier",
    "SELECT * FROM t ORDER BY a {}": "identifier",
    "SELECT * FROM t ORDER BY a DESC, {}": "identifier",
    "SELECT a::{} FROM t": "identifier",
    "SET search_path TO {}": "identifier",
    "PRAGMA cache_size = {}": "identifier",
    "CREATE TABLE t (a {})": "identifier",
    "SELECT a {} $1 FROM t": "identifier",
    "SELECT * FROM t WHERE a {} ?": "identifier",
    "SELECT * FROM t LIMIT {} OFFSET $1": "value",
    "SELECT countIf({}) FROM t": "fragment",
    "SELECT * FROM t {}": "fragment",
    "SELECT * FROM t WHERE {}": "fragment",
    "SELECT * FROM t WHERE a = 1 AND {}": "fragment",
    "SELECT count(*) FROM (SELECT * {} LIMIT 5)": "fragment",
    "SELECT * FROM ({}) AS s": "fragment",
}


@pytest.mark.parametrize("text", HOLES)
def test_position(text: str) -> None:
    before, after = text.split("{}")
    assert position(before, after) == HOLES[text]


def test_builders_write_the_words_before() -> None:
    assert position(written_before("db('t').orderByRaw"), " desc") == "identifier"
    assert position(written_before("literal_column"), "_sum") == "identifier"
    assert position(written_before("query.whereRaw") + "a = ", "") == "value"
