"""A store is what this program makes: whatever its owner put in the place of a part, added or took away is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.store import open_store
from service.store.interface import Head
from service.store.parts import find_differences
from service.store.postgres.parts import LISTED
from tests.contract.listing import STORE, list_parts

ADDED = "expected no {} but those that this program makes, got "
FIRST = "SET allow_system_table_mods = on; "  # what stands in the server's own schema is met before all else
UNTRIGGERED = "'ALTER DATABASE %I SET session_replication_role = replica'"
TAMPERED = {
    "sqlite": {
        "ALTER TABLE bodies RENAME TO kept": "expected the table bodies, got none",
        "CREATE VIEW bodies AS SELECT * FROM kept": f"{ADDED.format('view bodies')}'CREATE VIEW bodies AS",
        "DROP TRIGGER log_stays": "expected the trigger log_stays, got none",
        "DROP TRIGGER log_keeps": "trigger log_keeps: expected",
        "CREATE TRIGGER log_keeps BEFORE DELETE ON log BEGIN SELECT 1; END": ("trigger log_keeps: expected "),
        "CREATE TRIGGER more AFTER INSERT ON facets BEGIN DELETE FROM said; END": ADDED.format("trigger more"),
        "ALTER TABLE replies ADD COLUMN more TEXT": "table replies: expected '\\n  PRIMARY KEY",
        "DROP INDEX corrections": "expected the index corrections, got none",
        "CREATE INDEX zz ON said (country)": "index zz is not ours: expected no index more, got 'CREATE INDEX zz",
        "UPDATE schema_version SET version = 99": "row of the schema's version: expected '2', got '99'",
    },
    "postgresql": {
        "ALTER TABLE watched RENAME TO unwatched": "expected the table watched, got none",
        "ALTER TABLE bodies RENAME TO kept": "table bodies: expected 'r p row security f f', got 'v p",
        "CREATE VIEW bodies AS SELECT * FROM kept": "table bodies: expected 'r p row security f f', got 'v p",
        "ALTER TABLE events DISABLE TRIGGER events_stay": "trigger events_stay: expected 'O CREATE TRIGGER",
        "DROP TRIGGER log_stays ON log": "expected the trigger log_stays, got none",
        "CREATE TRIGGER more BEFORE INSERT ON facets FOR EACH ROW EXECUTE FUNCTION refuse_change()": (
            ADDED.format("trigger more")
        ),
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'": (
            "function refuse_change(): expected '"
        ),
        "CREATE FUNCTION erase(text, integer, text) RETURNS void LANGUAGE sql AS ''": (
            ADDED.format("function erase(text,integer,text)")
        ),
        "CREATE FUNCTION convert_to(text, text) RETURNS bytea LANGUAGE sql AS 'SELECT decode($1, $2)'": (
            ADDED.format("function convert_to(text,text)")
        ),
        """CREATE FUNCTION concat_ws(text, "char", text) RETURNS text LANGUAGE sql AS 'SELECT $1'""": (
            ADDED.format('function concat_ws(text,"char",text)')
        ),
        "CREATE TYPE mood AS ENUM ('calm'); CREATE FUNCTION length(mood) RETURNS integer LANGUAGE sql AS 'SELECT 4'": (
            ADDED.format("function length(public.mood)")
        ),
        "CREATE AGGREGATE count(text) (SFUNC = int8inc_any, STYPE = bigint, INITCOND = 0)": (
            ADDED.format("function count(text)")
        ),
        "CREATE FUNCTION later(text, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'; "
        "CREATE OPERATOR < (LEFTARG = text, RIGHTARG = bigint, FUNCTION = later)": (
            ADDED.format("operator <(text,bigint)") + "'public.later'"
        ),
        "ALTER TABLE replies ADD COLUMN more TEXT": ADDED.format("column more"),
        "ALTER TABLE replies RENAME first_position TO x; ALTER TABLE replies RENAME event_count TO first_position; "
        "ALTER TABLE replies RENAME x TO event_count": "order of columns: expected 'first_position event_count', got '",
        'ALTER TABLE said ALTER COLUMN key TYPE TEXT COLLATE "POSIX"': "column key: expected 'C\" not null', got",
        "ALTER TABLE said ALTER COLUMN kind DROP NOT NULL": "column kind: expected ' not null', got ''",
        "ALTER TABLE joins ENABLE ROW LEVEL SECURITY": "table joins: expected 'f f', got 't f'",
        "CREATE POLICY few ON joins USING (claim > 'a')": ADDED.format("policy few"),
        "CREATE RULE nothing AS ON INSERT TO tallies DO INSTEAD NOTHING": ADDED.format("rule nothing"),
        "CREATE TABLE more () INHERITS (hanging)": ADDED.format("child more"),
        "DROP INDEX corrections": "expected the index corrections, got none",
        "CREATE INDEX zy ON said (lower(country))": "index zy is not ours: expected no index more, got",
        "CREATE INDEX zz ON said (country) WHERE since > 9": "index zz is not ours: expected no index more, got",
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'said_on'::regclass": "index said_on: expected 't'",
        "UPDATE schema_version SET version = 99": "row of the schema's version: expected '2', got '99'",
        "GRANT UPDATE, DELETE ON events TO onrecord_app": ADDED.format("right of onrecord_app") + "'DELETE UPDATE'",
        "GRANT ALL ON log TO public": f"{ADDED.format('right of PUBLIC')}'DELETE INSERT TRIGGER TRUNCATE UPDATE'",
        "GRANT EXECUTE ON FUNCTION erase(text, bigint, text) TO public": (
            ADDED.format("right of PUBLIC to erase(text,bigint,text)")
        ),
        "GRANT TRUNCATE ON log TO onrecord_app": f"{ADDED.format('right of onrecord_app')}'DELETE TRIGGER TRUNCATE",
        "GRANT UPDATE (note) ON checkpoints TO pg_monitor": f"{ADDED.format('right of pg_monitor')}'UPDATE'",
        "ALTER TABLE log_keys OWNER TO onrecord_app": ADDED.format("owner onrecord_app") + "'that of log_head is ",
        "ALTER FUNCTION follow_log() OWNER TO pg_monitor": ADDED.format("owner pg_monitor of follow_log()"),
        f"DO $$ BEGIN EXECUTE format({UNTRIGGERED}, current_database()); END $$": "expected no setting ",
        "CREATE INDEX zx ON said USING hash (country)": "index zx is not ours: expected no index more, got",
        "CREATE TRIGGER hidden BEFORE INSERT ON facets FOR EACH ROW EXECUTE FUNCTION refuse_change(); "
        "UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'hidden'": ADDED.format("trigger hidden"),
        "UPDATE pg_class SET relhastriggers = false WHERE relname = 'log_head'": "got 'D CREATE TRIGGER log_head_",
        "CREATE FUNCTION asked(text) RETURNS tsquery LANGUAGE sql AS 'SELECT NULL::tsquery'; "
        "CREATE CAST (text AS tsquery) WITH FUNCTION asked(text)": ADDED.format("cast text to tsquery"),
        f"{FIRST}CREATE VIEW pg_catalog.looks AS TABLE public.looks": ADDED.format("table pg_catalog.looks"),
        f"{FIRST}CREATE FUNCTION pg_catalog.erase(bigint) RETURNS void LANGUAGE sql AS ''": (
            ADDED.format("function pg_catalog.erase(bigint)")
        ),
        f"{FIRST}CREATE FUNCTION pg_catalog.upper(bigint) RETURNS text LANGUAGE sql AS 'SELECT $1::text'": (
            ADDED.format("function pg_catalog.upper(bigint)")
        ),
        f"{FIRST}CREATE OPERATOR pg_catalog.> (LEFTARG = text, RIGHTARG = bigint, FUNCTION = later)": (
            ADDED.format("operator >(text,bigint)") + "'public.later'"
        ),
    },
}  # by engine, what is done, each to a part of its own, and what is told of that


def test_an_honest_store_is_what_this_program_makes(store):
    """Of a store that nobody touched nothing differs."""
    assert [] == list(find_differences(*store.parts()))


def test_the_list_of_what_is_made_is_up_to_date(store, engine, url):
    """What the script makes on PostgreSQL is what is listed; `python -m tests.contract.listing` lists it."""
    if engine.name == "sqlite":
        pytest.skip("SQLite keeps the statements themselves")
    assert list_parts(url) == Path(STORE / LISTED).read_text(encoding="utf-8")


def test_whatever_was_changed_of_a_schema_is_named(store, engine, behind):
    """Tables, columns, triggers, functions, rules, policies and indexes that are others, gone or new are told."""
    for statement in TAMPERED[engine.name]:
        behind(statement)
    differences = list(find_differences(*store.parts()))
    told = [sentence for _, sentence in differences]
    for statement, expected in TAMPERED[engine.name].items():
        assert any(expected in sentence for sentence in told), statement
    for part, sentence in differences:  # a view has no rows that are not null, and no constraints
        assert part.table == "bodies" or any(e in sentence for e in TAMPERED[engine.name].values()), sentence


def test_what_is_nobodys_affair_is_not_told(store, engine, behind):
    """Tables of others are allowed; on PostgreSQL also a plain index more, rights of the application, and functions.

    But for functions of a name that one of PostgreSQL's has, which statements here would meet.
    """
    behind("CREATE TABLE other (x BIGINT UNIQUE)")
    behind("CREATE INDEX other_half ON other (x) WHERE x > 5")
    if engine.name == "postgresql":
        behind("CREATE INDEX said_by_country ON said (country) INCLUDE (kind)")
        behind("GRANT SELECT ON events, said TO PUBLIC")
        behind("CREATE FUNCTION similar(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2'")
        behind("GRANT INSERT, UPDATE, DELETE ON said TO pg_monitor")
    assert [] == list(find_differences(*store.parts()))


def test_triggers_are_left_out_for_nobody_who_writes(store, engine, behind):
    """A role for which no trigger works is told where it may change the record; another's own business is not."""
    if engine.name == "sqlite":
        pytest.skip("SQLite has no roles")
    behind("CREATE ROLE mover")
    try:
        behind(
            f"DO $$ BEGIN EXECUTE format({UNTRIGGERED.replace('= replica', '= origin')}, current_database()); END $$"
        )
        behind("ALTER ROLE mover SET session_replication_role = replica")
        behind("GRANT SELECT ON said TO mover")
        assert [] == list(find_differences(*store.parts()))
        behind("GRANT UPDATE ON said TO mover")
        told = [sentence for _, sentence in find_differences(*store.parts())]
        assert len(told) == 1
        assert "expected no setting " in told[0]
        assert "for mover" in told[0]
    finally:
        behind("DROP OWNED BY mover")
        behind("DROP ROLE mover")


def test_what_runs_as_somebody_comes_is_named(store, engine, behind):
    """A trigger on login may set another search path than connections name, and for some alone."""
    if engine.name == "sqlite" or behind("SELECT current_setting('server_version_num')::int < 170000") == [(True,)]:
        pytest.skip("this server has no such trigger")
    behind("CREATE FUNCTION come() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'")
    behind("CREATE EVENT TRIGGER come ON login EXECUTE FUNCTION come()")
    assert [ADDED.format("event trigger come") + "'public.come'"] == [
        sentence.removeprefix("functions: ") for _, sentence in find_differences(*store.parts())
    ]


def test_a_database_that_is_set_to_look_elsewhere_is_looked_at_where_the_record_is(store, engine, url, behind):
    """A role or a database can be set to look into another schema first; connections name where the record is."""
    if engine.name == "sqlite":
        pytest.skip("SQLite has no such setting")
    behind("CREATE SCHEMA elsewhere")
    behind("CREATE TABLE elsewhere.log_head AS SELECT 99 AS size, 'then' AS at")
    behind("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = elsewhere', current_database()); END $$")
    assert behind("SELECT size FROM log_head") == [(99,)]
    opened = open_store(url)
    with opened.reading() as view:
        assert view.head() == Head(0, "")
    assert [] == list(find_differences(*opened.parts()))
    opened.close()
