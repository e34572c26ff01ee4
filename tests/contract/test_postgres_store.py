"""Hold the PostgreSQL store to what is its own: roles, connections that break, waiting that ends, backups."""

import os
import signal
import subprocess
from contextlib import closing

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from service.errors import Unavailable
from service.store import open_store
from service.store.interface import Head
from service.store.parts import find_differences
from service.store.postgres import pool as postgres_pool
from service.store.postgres import store as postgres
from service.verifying.replayed import compare_with_replay
from tests.builders import CLAIM_ID, KREMLIN, MOFA, kept, said
from tests.contract.asking import Bench, append, contents, opening
from tests.contract.conftest import run_on_postgresql

LEAST = "onrecord_test_desk"


@pytest.fixture
def url(cluster, empty_database):
    """Name an empty record of the test's own."""
    with cluster.database(empty_database) as url:
        yield url


@pytest.fixture
def desk(url, store, cluster):
    """Give the URL of a login that is a member of `onrecord_app` and nothing else."""
    made = "DO $$ BEGIN CREATE ROLE onrecord_test_desk LOGIN IN ROLE onrecord_app; EXCEPTION "
    run_on_postgresql(url, made + "WHEN duplicate_object OR unique_violation THEN NULL; END $$")
    return cluster.url(conninfo_to_dict(url)["dbname"], LEAST)


def test_the_application_needs_no_more_than_its_role(desk, url):
    """A login that may insert and select records, redacts, rebuilds nothing by force, and is told the same."""
    mine = open_store(desk)
    bench = Bench(mine)
    bench.do(opening(CLAIM_ID, said("denied", KREMLIN), said("ncnd", MOFA)))
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=3))
    seen = contents(mine)
    bench.close()
    mine.close()
    with closing(open_store(url)) as owner:
        assert contents(owner) == seen
    assert "Kremlin" not in str(seen)


FORBIDDEN = [
    f"{change} {table}" for table in ("events", "log", "replies") for change in ("DELETE FROM", "TRUNCATE")
] + ["UPDATE events SET state = state", "UPDATE log SET leaf = leaf", "UPDATE schema_version SET version = 9"]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_may_change_nothing_of_the_record(desk, statement):
    """To its role, what was recorded is neither there to be changed nor to be deleted."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run_on_postgresql(desk, statement)


def test_whoever_has_a_table_called_events_is_not_asked_in_its_place(desk, store, bench):
    """A temporary table that bears the record's name runs nothing with the owner's rights, and passes for nothing."""
    bench.do(opening(CLAIM_ID, said("denied")))
    before = contents(store)
    with psycopg.connect(desk, autocommit=True) as connection:
        connection.execute(
            "CREATE TEMP TABLE events (position bigint, claim text, version bigint, topic text, state text)"
        )
        connection.execute("INSERT INTO pg_temp.events VALUES (8, 'c', 1, 't', 's')")
        connection.execute("GRANT ALL ON pg_temp.events TO public")
        connection.execute(
            "CREATE FUNCTION pg_temp.evil() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$"
        )
        connection.execute(
            "CREATE TRIGGER t BEFORE UPDATE ON pg_temp.events FOR EACH ROW EXECUTE FUNCTION pg_temp.evil()"
        )
        connection.execute("SELECT public.erase('c', 1, 'x')")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            connection.execute("INSERT INTO public.events VALUES (9, 'c', 2, 'onrecord.denied', '{}')")
    assert contents(store) == before


def test_the_application_can_make_a_backup(desk, store, cluster, tmp_path, monkeypatch):
    """Its role is enough to copy what it may read, whatever large objects somebody has put beside."""
    monkeypatch.setenv("PATH", str(cluster.programs.path), prepend=":")
    run_on_postgresql(desk, "SELECT lo_create(0)")
    with closing(open_store(desk)) as mine:
        mine.backup(str(tmp_path / "mine"), lambda _: None)
    store.backup(str(tmp_path / "owners"), lambda _: None)
    assert (tmp_path / "mine").stat().st_size > 0 < (tmp_path / "owners").stat().st_size


@pytest.mark.parametrize("table", ["events", "log", "log_head"])
def test_nobody_empties_the_record(store, url, table):
    """Even the owner cannot truncate what is append-only."""
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        run_on_postgresql(url, f"TRUNCATE {table}")


def test_a_connection_that_broke_is_not_used(bench, store, url):
    """When the server ends every connection, the next requests are answered as if nothing had been."""
    bench.do(opening(CLAIM_ID, said("denied")))
    with store.reading() as view:
        view.head()
    ended = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE application_name = 'onrecord'"
    assert run_on_postgresql(url, f"{ended} AND datname = current_database()")[0][0] >= 2
    with store.reading() as view:
        assert view.head().size == 2
    bench.do(append(CLAIM_ID, said("ncnd", MOFA)))
    assert store.status().events == 3


def test_an_answer_that_does_not_come_is_not_waited_for(store, monkeypatch):
    """A statement without an answer ends as Unavailable, and its late answer is nobody's."""
    with monkeypatch.context() as hurried:
        hurried.setattr(postgres_pool.Connection, "patience", 0.1)
        with pytest.raises(Unavailable, match="The record cannot be read"), store.reading() as view:
            view._sql.execute("SELECT pg_sleep(20)")  # noqa: SLF001 - no question of ours takes so long
    with store.reading() as view:
        assert view.head() == Head(0, "")


def test_whoever_holds_the_head_too_long_keeps_nobody_waiting(url, store, monkeypatch):
    """A write that does not get the head of the log in time is refused, and stored nothing."""
    monkeypatch.setitem(postgres_pool._SETTINGS, "lock_timeout", "50")  # noqa: SLF001 - the wait, made short
    with psycopg.connect(url) as other:
        other.execute("UPDATE log_head SET at = at")
        with pytest.raises(Unavailable, match=r"lock timeout. Nothing was stored"), store.writing():
            pass
    with store.writing() as transaction:
        assert transaction.head() == Head(0, "")


def test_when_all_connections_are_in_use_one_is_told(url, store, monkeypatch):
    """Whoever finds all connections in use waits for a while, and is told how many there are."""
    monkeypatch.setattr(postgres_pool, "PATIENCE", 0.05)
    with closing(open_store(url, readers=1)) as small, small.reading() as view:
        view.head()
        with pytest.raises(Unavailable, match="all 1 connections were in use"), small.reading():
            pass


def test_a_server_that_is_not_there_is_told_at_once(store, cluster):
    """What cannot be reached, and why, is told by every way in."""
    with closing(open_store("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")) as gone:
        for refused in (gone.check, gone.migrate, gone.status):
            with pytest.raises(Unavailable, match=r"Connection refused|connection failed"):
                refused()
        with pytest.raises(Unavailable, match=r"Connection refused|connection failed") as told, gone.reading():
            pass
    assert told.value.outside == "The record cannot be read just now."


def test_who_may_not_make_the_tables_is_told_whom_to_ask(desk, cluster):
    """A login without the right to make a record is refused in a sentence."""
    told = pytest.raises(Unavailable, match=r"permission denied .* Let the owner of the database")
    with cluster.database() as empty, closing(open_store(empty.replace("onrecord@", f"{LEAST}@"))) as mine, told:
        mine.migrate()


@pytest.mark.parametrize("address", ["u:pa@ssecret#1@h/d", "u:p%ZZsecret@h/d", "u:pa secret@h/d"])
def test_an_address_that_cannot_be_read_is_refused_without_its_password(address):
    """What is said of an address never repeats a part of it."""
    with pytest.raises(ValueError, match="the address cannot be read") as refused:
        open_store(f"postgresql://{address}")
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_database_of_a_newer_program_is_refused(store, url):
    """A program refuses the database of a newer one, and says so."""
    run_on_postgresql(url, "UPDATE schema_version SET version = 9")
    with pytest.raises(Unavailable, match=r"has schema version 9; this program needs 2. Run the program that made it"):
        store.check()


def test_a_backup_is_restored_as_it_was(bench, store, url, cluster, tmp_path, monkeypatch):
    """What pg_restore makes of a backup holds the same record, which can be added to."""
    monkeypatch.setenv("PATH", str(cluster.programs.path), prepend=":")
    bench.do(opening(CLAIM_ID, said("denied", KREMLIN), said("ncnd", MOFA)))
    parts = []
    store.backup(str(tmp_path / "copy"), parts.append)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600  # whoever else is on the machine may not read it
    assert parts == [0.0, 1.0]
    with cluster.database() as target:
        command = [
            f"{cluster.programs.path}/pg_restore",
            "--exit-on-error",
            f"--dbname={target}",
            str(tmp_path / "copy"),
        ]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - PostgreSQL's own
        copy = open_store(target)
        assert contents(copy) == contents(store)
        again = Bench(copy)
        again.do(append(CLAIM_ID, said("alleged", MOFA)))
        again.close()
        assert copy.status().events == 4
        copy.close()


HOSTILE = {
    "standard_conforming_strings": "off",
    "quote_all_identifiers": "on",
    "gin_fuzzy_search_limit": "1",
    "default_transaction_isolation": "serializable",
    "client_encoding": "LATIN1",
    "DateStyle": "German",
    "bytea_output": "escape",
    "enable_nestloop": "off",
    "idle_session_timeout": "1",
    "statement_timeout": "1",
}


def test_what_a_database_is_set_to_changes_nothing(url, store, bench):
    """However a database is set, what is recorded, found and compared with a replay there is the same."""
    settings = "; ".join(f"ALTER DATABASE %1$I SET {name} = ''{value}''" for name, value in HOSTILE.items())
    run_on_postgresql(url, f"DO $$ BEGIN EXECUTE format('{settings}', current_database()); END $$")
    bench.do(opening(CLAIM_ID, said("denied", MOFA, scope="Größe '7' \\ 8 \ud654"), said("ncnd", KREMLIN)))
    with closing(open_store(url)) as mine:
        work = Bench(mine)
        work.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=3))
        work.close()
        assert contents(store) == contents(mine)
        assert [] == list(find_differences(*mine.parts()))
        assert (1, []) == compare_with_replay(mine, None, lambda _: None)


def test_a_backup_never_overwrites(store, tmp_path):
    """A file that is there stays as it is."""
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(FileExistsError, match="a backup never overwrites"):
        store.backup(str(tmp_path / "copy"), lambda _: None)
    assert (tmp_path / "copy").read_text() == "mine"


def test_a_backup_that_is_broken_off_leaves_nothing(store, cluster, tmp_path, monkeypatch):
    """A file that was made and not finished is taken away."""
    monkeypatch.setenv("PATH", str(cluster.programs.path), prepend=":")

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.backup(str(tmp_path / "copy"), interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_sync_is_told(store):
    """The tests' server does not sync what it writes, and the store says so."""
    assert store.durability() == ("fsync off, full_page_writes off, synchronous_commit off", False)


def test_the_settings_of_the_walk_are_in_force(store):
    """Every connection keeps joins in the order they are written."""
    with store.reading() as view:
        asked = "SELECT current_setting('join_collapse_limit'), current_setting('enable_seqscan')"
        assert view._sql.execute(asked).fetchone() == ("1", "off")  # noqa: SLF001 - what no question shows
    assert postgres.SCHEMA == 2


def test_a_statement_ends_on_the_server_too_unless_it_is_long_work(store):
    """What nobody waits for any more ends there after a minute; long work has no end, and the next one has again."""
    asked = "SELECT current_setting('statement_timeout')"
    for opened in (store.reading, store.writing):
        for long, expected in ((False, "1min"), (True, "0"), (False, "1min")):
            with opened(long=long) as view:
                assert view._sql.execute(asked).fetchone() == (expected,)  # noqa: SLF001 - what no question shows


def test_a_connection_whose_answer_does_not_come_is_not_used_again(url):
    """One that stays silent while it is taken back is closed, and the next has one that answers."""
    pool = postgres_pool.Pool(url, 1, reading=True)
    silent = pool.take()
    backend = silent.info.backend_pid
    silent.execute("SELECT 1").fetchall()
    os.kill(backend, signal.SIGSTOP)
    try:
        silent.patience = 0.1
        pool.give_back(silent)
        assert silent.closed
        other = pool.take()
        assert other.execute("SELECT 1").fetchall() == [(1,)]
        pool.give_back(other)
        pool.close()
    finally:
        os.kill(backend, signal.SIGCONT)
