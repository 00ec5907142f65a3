"""Tables asked in SQL, as their readers and as strangers ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ckan.model as model
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity import room
from ckanext.mxcity.tables import config
from ckanext.mxcity.tables.sql import ask as asking
from ckanext.mxcity.tables.sql import inside, views
from ckanext.mxcity.tables.sql.question import others_in

from tests.mxcity.tables.conftest import work

NOBODY = "00000000-0000-0000-0000-000000000000"
TABLE = [[["tabla"], {"a": "INTEGER", "b": "VARCHAR", "50% ;": "DOUBLE"}]]


def inside_room(query: str, tmp_path: Path, most: int = 5, **bounds: Any) -> dict[str, Any]:
    """What the room answers of a table of three rows."""
    copy = tmp_path / "copy"
    copy.write_text('1,"",0.1\n2,,0.2\n3,"x ""y"", z\nñ",\n', encoding="utf-8")
    found: dict[str, Any] = room.run(
        "ckanext.mxcity.tables.sql.inside:answer",
        {"query": query, "tables": TABLE, "most": most},
        files={inside.COPY.format(0): copy},
        bounds=room.Bounds(**({"seconds": 60, "memory": asking.BOUNDS.memory} | bounds)),
    )
    return found


def test_the_rows_are_those_of_the_table(tmp_path: Path) -> None:
    """An empty text is no null, a missing number is no zero, and a name may be any."""
    found = inside_room('SELECT *, sum("50% ;") OVER () AS s FROM tabla ORDER BY a', tmp_path)
    assert found["rows"] == [
        [1, "", 0.1, 0.3], [2, None, 0.2, 0.3], [3, 'x "y", z\nñ', None, 0.3],
    ]  # fmt: skip
    assert found["more"] is False
    assert inside_room("SELECT a FROM tabla", tmp_path, most=2)["more"] is True


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/proc/self/environ')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM glob('/**')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('https://datos.example/a.parquet')",
        "SELECT * FROM sqlite_scan('/tmp/a.db', 'a')",
        "SELECT * FROM query('COPY tabla TO ''/tmp/a''')",
        "SELECT getenv('HOME')",
        "COPY tabla TO '/tmp/a.csv'",
        "EXPORT DATABASE '/tmp/a'",
        "ATTACH '/tmp/a.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET lock_configuration = false",
        "RESET enable_external_access",
        "PRAGMA enable_profiling",
        "CREATE TABLE x AS SELECT 1",
        "DROP VIEW tabla",
        "INSERT INTO tabla VALUES (1)",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP VIEW tabla",
        "PREPARE p AS SELECT 1",
        "CALL pragma_version()",
        "EXPLAIN ANALYZE SELECT 1",
        "-- nothing",
        "SELECT no FROM tabla",
        "SELECT * FROM pg_authid",
        "SELECT (((",
        "SELECT '\\' FROM tabla WHERE '%",
    ],
)
def test_what_strangers_try(query: str, tmp_path: Path) -> None:
    """Nothing but one question over the copies is answered."""
    found = inside_room(query, tmp_path)
    assert found["error"] in ("kind", "refused", "engine")
    assert str(tmp_path) not in json.dumps(found)
    assert "mxcity-room" not in json.dumps(found)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT current_setting('allowed_paths')",
        "SELECT a FROM tabla WHERE \"CURRENT_setting\"('allowed_paths') IS NULL",
        "SELECT 'allowed_paths'.current_setting()",
        "SELECT list_transform(['allowed_paths'], lambda x: pg_catalog.current_setting(x))",
        "WITH x AS (SELECT * FROM duckdb_settings()) SELECT (SELECT count(*) FROM x)",
        "FROM pg_settings",
        "FROM system.pg_catalog.pg_settings",
        "SELECT sql FROM duckdb_views",
        "SELECT * FROM information_schema.views",
        "SELECT sql FROM sqlite_master",
        "SELECT * FROM query('SELECT current_' || 'setting(''allowed_paths'')')",
        "SELECT * FROM query_table('duckdb_' || 'views')",
        "SELECT * FROM json_execute_serialized_sql('{}')",
        "SHOW allowed_paths",
        "SELECT * FROM (SHOW temp_directory)",
        "SELECT getvariable('a')",
    ],
)
def test_the_engine_does_not_tell_of_itself(query: str, tmp_path: Path) -> None:
    """Its settings, views and files are no tables of the portal, however they are spelt."""
    assert inside_room(query, tmp_path) == {"error": "engine"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 'current_setting(duckdb_settings)' AS pg_settings FROM tabla",
        "WITH x AS (FROM tabla) SELECT a, count(*) OVER () FROM x, range(2), unnest([1, 2])",
        "SUMMARIZE tabla",
        "DESCRIBE tabla",
        "SHOW TABLES",
        "FROM tabla PIVOT (sum(a) FOR b IN ('x', ''))",
        "VALUES (1, 2) -- two",
        "SELECT 1 AS a, 2 AS a;",
    ],
)
def test_what_is_no_setting_is_answered(query: str, tmp_path: Path) -> None:
    """Words of the engine in a text or a name are words, and tables are described."""
    assert inside_room(query, tmp_path)["rows"]


def test_moments_are_as_they_are(tmp_path: Path) -> None:
    """What has no end is not given one, months are no days, and no span is too long."""
    query = """
        SELECT 'infinity'::date, '-infinity'::timestamp, INTERVAL 100000000 MONTH, INTERVAL 1 MONTH,
            ['infinity'::date], {'a': INTERVAL 2 MONTH}, date '2024-02-29',
            timestamp '2024-02-29 10:00:00', time '10:00', NULL::date, '290000-01-01'::date
    """
    assert inside_room(query, tmp_path)["rows"] == [[
        "infinity", "-infinity", "8333333 years 4 months", "1 month", '["infinity"]',
        '{"a":"2 months"}', "2024-02-29", "2024-02-29T10:00:00", "10:00:00", None, "290000-01-01",
    ]]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("SELECT count(*) FROM range(100000000000000)", {"time"}),
        ("WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n FROM r) SELECT max(n) FROM r",
         {"time", "memory"}),
        ("SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(4000)",
         {"time", "memory", "ended"}),
    ],
)  # fmt: skip
def test_what_takes_too_much_ends(query: str, reasons: set[str], tmp_path: Path) -> None:
    """A question that never ends is ended, and one that takes all memory gets none."""
    try:
        reason = inside_room(query, tmp_path, seconds=6)["error"]
    except room.RoomFailed as error:
        reason = error.reason
    assert reason in reasons


def test_a_long_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    """A cell has so many characters, and a mark where there are others."""
    found = inside_room("SELECT repeat('ñ', 50000)", tmp_path)
    (cell,) = found["rows"][0]
    assert (len(cell), cell[-1]) == (inside.CELL + 1, "…")


def test_ids_in_a_statement() -> None:
    """Other tables are known by their ids, each once, and the table itself is none of them."""
    other = "0a0a0a0a-1111-2222-3333-444444444444"
    text = (
        f'SELECT * FROM tabla JOIN "{other.upper()}" USING (a) JOIN "{other}" USING (b), "{NOBODY}"'
    )
    assert others_in(text, NOBODY) == [other]
    assert others_in("SELECT 1", NOBODY) == []


@pytest.fixture(scope="module")
def ask(works: Any) -> Any:
    """Asks the public table; returns the answer."""
    app = helpers._get_test_app()

    def answer(query: str, kind: str = ".json", status: int = 200, **more: Any) -> Any:
        path = f"/table/{works['open']['id']}/sql{kind}"
        return app.get(path, query_string={"q": query}, status=status, **more)

    return answer


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch, ckan_config: Any, works: Any) -> None:
    """The operator lets people ask."""
    monkeypatch.setitem(ckan_config, config.SQL, True)


def test_nobody_asks_unless_the_operator_lets_them(ask: Any) -> None:
    """It is off by default."""
    for kind in ("", ".csv", ".json"):
        ask("SELECT 1", kind, status=404)


@pytest.mark.usefixtures("allowed")
def test_a_table_is_asked(ask: Any, works: Any) -> None:
    """Page, CSV and JSON tell the same, and two tables are joined."""
    query = "SELECT tipo, count(*) AS filas FROM tabla GROUP BY 1 ORDER BY 2 DESC, 1"
    told = ask(query).json
    assert told["rows"] == [["50% & ñ", 4], ["Bache", 4], ["Fuga", 4]]
    assert [one["name"] for one in told["columns"]] == ["tipo", "filas"]
    page = BeautifulSoup(ask(query, "").body, "html.parser")
    cells = [cell.get_text(strip=True) for cell in page.select(".mx-rows__table tbody tr > *")]
    assert cells == ["50% & ñ", "4", "Bache", "4", "Fuga", "4"]
    assert ask(query, ".csv").body.splitlines()[1:] == ["50% & ñ,4", "Bache,4", "Fuga,4"]
    joined = f'SELECT count(*) FROM tabla a JOIN "{works["also"]["id"]}" b USING (poblacion)'
    assert ask(joined).json["rows"] == [[12]]
    nulls = ask("SELECT count(*) FROM tabla WHERE monto IS NULL").json["rows"]
    assert nulls == [[sum(work(number)["monto"] is None for number in range(12))]]


@pytest.mark.usefixtures("allowed")
def test_a_private_table_is_as_one_that_is_not_there(ask: Any, works: Any) -> None:
    """Of a private table strangers are told what they are told of none; its editors read it."""
    shut = works["shut"]["id"]
    query = 'SELECT count(*) FROM tabla, "{}"'
    refused = [ask(query.format(name), status=400).json["error"] for name in (shut, NOBODY)]
    assert refused[0].replace(shut, NOBODY) == refused[1]
    app = helpers._get_test_app()
    for kind in ("", ".csv", ".json"):
        for name in (shut, NOBODY):
            app.get(f"/table/{name}/sql{kind}?q=SELECT+1", status=404)
    token = factories.SysadminWithToken()["token"]
    headers = {"Authorization": token}
    assert ask(query.format(shut), headers=headers).json["rows"] == [[144]]


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1" + " " * 1990 + "+ 1111",
        "%",
        "DROP TABLE tabla",
        "SELECT no FROM tabla",
    ],
)
def test_bad_questions_are_answered(ask: Any, query: str) -> None:
    """A question that cannot be is a sentence on the page, which keeps it, and in the files."""
    page = BeautifulSoup(ask(query, "", status=400).body, "html.parser")
    assert page.select_one("[role=alert]").get_text(strip=True)
    assert ask(query, status=400).json["error"]
    ask(query, ".csv", status=400)


@pytest.mark.usefixtures("allowed")
def test_a_page_is_bounded(ask: Any) -> None:
    """Whatever is asked, a page has so many cells and characters, and says what it leaves out."""
    texts = "SELECT COLUMNS(*)::VARCHAR || repeat('<ñ>', 7000) FROM tabla, range(300)"
    many = "SELECT " + ", ".join(["1"] * 600)
    wide = "SELECT a.*, b.*, c.*, d.* FROM tabla a, tabla b, tabla c, tabla d LIMIT 10000"
    for query in (texts, many, wide):
        body = ask(query, "").body
        assert len(body) < 3_000_000
        page = BeautifulSoup(body, "html.parser")
        assert len(page.select(".mx-rows__table tbody tr > *")) <= views.SHOWN_CELLS
        told = " ".join(page.select_one("[role=status]").stripped_strings)
        assert ("then “…”" in told) == (query == texts)
        assert ("first 100 of 600 columns" in told) == (query == many)
        assert ("there are more" in told) == (query != many)
    whole = ask("SELECT repeat('ñ', 15000) AS a", ".csv").body
    assert whole.count("ñ") == 15_000


@pytest.mark.usefixtures("allowed")
def test_what_the_engine_says_is_apart(ask: Any) -> None:
    """A sentence of the portal is in the page's language, the engine's is said to be in English."""
    page = BeautifulSoup(ask("SELECT no FROM tabla", "", status=400).body, "html.parser")
    alert = page.select_one("[role=alert]")
    said = alert.select_one("code[lang=en]").extract()
    assert "Binder Error" in said.get_text()
    assert "Error" not in alert.get_text()
    assert "(in English): Binder Error" in ask("SELECT no FROM tabla", status=400).json["error"]
    alone = BeautifulSoup(ask("DROP TABLE tabla", "", status=400).body, "html.parser")
    assert alone.select_one("[role=alert] code") is None


@pytest.mark.usefixtures("allowed")
def test_figures_that_were_made_up_say_so(ask: Any, works: Any) -> None:
    """What is asked of a demonstration's table is said to be made up, and of no other."""
    app = helpers._get_test_app()

    def notes() -> list[int]:
        bodies = [ask("SELECT 1", "").body, app.get(f"/table/{works['open']['id']}/agrupar").body]
        return [body.count("mx-note--demo") for body in bodies]

    assert notes() == [0, 0]
    dataset = model.Resource.get(works["open"]["id"]).package_id
    user = {"user": factories.Sysadmin()["name"]}
    helpers.call_action("package_patch", user, id=dataset, synthetic=True)
    try:
        assert notes() == [1, 1]
    finally:
        helpers.call_action("package_patch", user, id=dataset, synthetic=False)


@pytest.mark.usefixtures("allowed")
def test_a_page_without_a_question(ask: Any) -> None:
    """The form has a question to begin with, and the columns are told."""
    page = BeautifulSoup(ask("", "").body, "html.parser")
    assert page.select_one("textarea[name=q]").get_text() == "SELECT * FROM tabla LIMIT 20"
    assert "poblacion" in page.select_one(".mx-sql__columns").get_text()
