from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import postgres
from crmlab.data.validation import LINE, DataError
from crmlab.sources import sql
from crmlab.sources.sql import checked_query, is_address, read_query

MAKE = [
    "create table orders (cust text, day date, amount numeric(9, 2), n bigint)",
    "insert into orders values ('0001', '2025-01-31', 5.50, 1), ('0002', '2025-02-01', 6, null), (null, null, null, 3)",
]


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    path = tmp_path / "가게 1.db"
    with sqlite3.connect(path) as shop:
        for statement in MAKE:
            shop.execute(statement)
    shop.close()
    return f"sqlite:///{path.as_posix()}"


@pytest.fixture
def duck(tmp_path: Path) -> str:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as shop:
        for statement in MAKE:
            shop.execute(statement)
    return f"duckdb:///{path.as_posix()}"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgres.binaries() is None:
        assert "CRMLAB_REQUIRE_POSTGRES" not in os.environ, "there is no PostgreSQL server here"
        pytest.skip("there is no PostgreSQL server here")
    import psycopg

    with postgres.running_server() as running:
        with psycopg.connect(running.admin) as shop:
            for statement in (*MAKE, "create sequence tickets"):
                shop.execute(statement)  # pyright: ignore
        yield running.address


def refused(address: str, query: str | None) -> str:
    with pytest.raises(DataError) as caught:
        read_query(address, query)
    return str(caught.value)


@pytest.mark.parametrize("name", ["sqlite", "duck", "server"])
def test_what_a_select_answers(name: str, request: pytest.FixtureRequest) -> None:
    sheet = read_query(request.getfixturevalue(name), "SELECT cust, day, amount, n FROM orders ORDER BY n IS NULL, n;")
    frame = sheet.frame
    assert (frame.index.tolist(), frame.index.name) == ([1, 2, 3], LINE)
    assert frame["cust"].tolist() == ["0001", None, "0002"]
    assert frame["amount"].astype(float).tolist()[::2] == [5.5, 6.0]
    assert frame["n"].tolist() == [1, 3, pd.NA]
    day = frame["day"].iloc[0]
    assert day == "2025-01-31" if name == "sqlite" else day.date() == date(2025, 1, 31)
    assert sheet.name == "SELECT cust, day, amount, n FROM orde..."
    assert (sheet.header, sheet.problems) == (True, [])


@pytest.mark.parametrize("name", ["sqlite", "duck", "server"])
def test_an_answer_without_rows_or_with_signs_of_percent_and_colons(name: str, request: pytest.FixtureRequest) -> None:
    address = request.getfixturevalue(name)
    assert read_query(address, "SELECT cust, n FROM orders WHERE cust = 'x'").frame.shape == (0, 2)
    frame = read_query(address, "WITH a AS (SELECT '%s :n' AS b) SELECT b FROM a WHERE b LIKE '%n'").frame
    assert frame["b"].tolist() == ["%s :n"]


@pytest.mark.parametrize("name", ["sqlite", "duck", "server"])
def test_errors_are_plain_and_name_no_password(name: str, request: pytest.FixtureRequest) -> None:
    address = request.getfixturevalue(name)
    said = refused(address, "SELECT nothing FROM nowhere")
    assert "gets no answer" in said
    assert "nowhere" in said
    assert postgres.PASSWORD not in said
    assert "occurs more than once" in refused(address, "SELECT cust AS a, n AS a FROM orders")


@pytest.mark.parametrize("name", ["sqlite", "duck", "server"])
def test_the_connection_itself_only_reads(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = request.getfixturevalue(name)
    monkeypatch.setattr(sql, "checked_query", str)
    for query in (
        "DELETE FROM orders",
        "CREATE TABLE x (a int)",
        "WITH x AS (DELETE FROM orders RETURNING 1) SELECT 1",
    ):
        with pytest.raises((DataError, TypeError)):
            read_query(address, query)
    assert read_query(address, "SELECT count(*) AS n FROM orders").frame["n"].tolist() == [3]


def test_postgresql_cannot_be_talked_out_of_reading_only(server: str) -> None:
    said = refused(server, "SELECT set_config('transaction_read_only', 'off', false)")
    assert "gets no answer" in said
    assert "read-only" in refused(server, "SELECT nextval('tickets')")


def test_values_of_postgresql(server: str) -> None:
    sheet = read_query(
        server,
        "SELECT '2025-01-31 10:00+09'::timestamptz AS zone, 9007199254740993 AS large, true AS yes, ARRAY[1] AS many,"
        " '{\"a\": 1}'::jsonb AS record, 'NaN'::numeric AS no, gen_random_uuid() AS id, interval '1 day' AS long",
    )
    row = sheet.frame.iloc[0]
    assert "+" in row["zone"]
    assert (row["large"], row["yes"], len(row["id"])) == (9007199254740993, True, 36)
    assert sheet.frame["no"].isna().all()
    assert [each.column for each in sheet.problems] == ["many", "record"]


def test_duckdb_reads_nothing_else_of_the_machine(duck: str, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert "gets no answer" in refused(duck, f"SELECT * FROM '{(tmp_path / 'other.csv').as_posix()}'")


def test_wrong_passwords_and_silent_servers(server: str) -> None:
    wrong = server.replace(postgres.PASSWORD.replace("/", "%2F"), "Wr0ng%40pass")
    said = refused(wrong, "SELECT 1 AS a")
    assert "password authentication failed" in said
    assert "Wr0ng" not in said
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert "gets no answer" in refused(f"postgresql://u:p@127.0.0.1:{port}/x", "SELECT 1 AS a")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (None, "is missing"),
        (" ", "is missing"),
        (";", "begins with no word"),
        ("DROP TABLE orders", "begins with DROP"),
        ("SELECT 1; DROP TABLE orders", "several statements"),
        ("SELECT 1 /* ; */ ; SELECT 2", "several statements"),
        ("SELECT E'\\' '; DROP TABLE orders; --'", "several statements"),
        ("WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x", "holds DELETE"),
        ("SELECT * INTO other FROM orders", "holds INTO"),
        ("-- SELECT\nUPDATE orders SET n = 1", "begins with UPDATE"),
        ("/* SELECT */ VACUUM", "begins with VACUUM"),
        ("(DELETE FROM orders)", "begins with DELETE"),
        ("SELECT * FROM orders FOR UPDATE", "holds UPDATE"),
        ("PRAGMA journal_mode = DELETE", "begins with PRAGMA"),
        ("COPY orders TO 'x.csv'", "begins with COPY"),
    ],
)
def test_only_one_select_is_sent(query: str | None, said: str) -> None:
    with pytest.raises(DataError, match=said):
        checked_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1",
        "select ';' as a ; ",
        "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
        "(SELECT 1)",
        "SELECT 'it''s; DROP' AS a, \"update\" FROM orders -- delete; insert",
        "SELECT updated_at, inserted FROM orders /* ; drop */",
        "SELECT $$; DROP $$ AS a",
    ],
)
def test_selects_pass(query: str) -> None:
    assert checked_query(query) == query.rstrip("; ")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://u:geheim@host/x", "is one of mysql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("duckdb:///:memory:", "names no file"),
        ("sqlite:///nowhere.db", "is not there"),
        ("postgresql+asyncpg://u:geheim@host/x", "asyncpg"),
        ("postgresql+nothing://u:geheim@host/x", "gets no answer"),
        ("postgresql://u:geheim@host:port/x", "cannot be understood"),
    ],
)
def test_addresses_that_lead_nowhere(address: str, said: str) -> None:
    told = refused(address, "SELECT 1 AS a")
    assert said in told
    assert "geheim" not in told


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(b"no database at all" * 100)
    for kind in ("sqlite", "duckdb"):
        assert "gets no answer" in refused(f"{kind}:///{path.as_posix()}", "SELECT 1 AS a FROM x")


def test_endless_answers_are_cut_off(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "MOST_ANSWERED", 1000)
    monkeypatch.setattr(sql, "_BATCH", 100)
    said = refused(sqlite, "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n FROM x")
    assert "more than 1,000 values" in said


def test_bytes_are_left_out(sqlite: str) -> None:
    sheet = read_query(sqlite, "SELECT cust, x'00ff' AS raw FROM orders")
    assert sheet.frame.columns.tolist() == ["cust"]
    assert [each.column for each in sheet.problems] == ["raw"]


def test_what_an_address_is(tmp_path: Path) -> None:
    assert is_address("postgresql+psycopg://host/x")
    assert not is_address("C:\\data\\orders.csv")
    assert not is_address(tmp_path)
