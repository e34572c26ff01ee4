"""After a redaction the words are gone from the files of the database, not only from what it answers."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from service.store import open_store
from tests.builders import CLAIM_ID, amended, kept, said
from tests.clusters import wait_until
from tests.contract.asking import append, opening

PARTY = {"name": "Zebulon Quixworth", "kind": "person"}
WORDS = ("zebulon", "quixworth", "vexatious", "plover", "лукоморье")
SUMMARY = "Vexatious words of a plover at Лукоморье."


def erase(bench):
    """Record words and redact them."""
    record(bench)
    redact(bench)


def record(bench):
    """Record words among others, with an amendment."""
    bench.do(opening(CLAIM_ID, *(said("denied", scope=f"part {n}", summary=f"No {n}.") for n in range(40))))
    bench.do(append(CLAIM_ID, said("denied", PARTY, summary=SUMMARY)))
    version = 42
    bench.do(append(CLAIM_ID, amended(version, said("denied", PARTY, summary=SUMMARY * 20)), if_match=version))
    for n in range(9):
        bench.do(append(CLAIM_ID, said("reported", scope=f"part {n}", summary=f"Yes {n}.")))


def redact(bench):
    """Redact them."""
    bench.do(append(CLAIM_ID, kept("redacted", regarding=42), if_match=52))


def found_in(files):
    """List which words are in which files, in whatever case."""
    texts = {file: file.read_bytes().decode(errors="replace").lower() for file in files if file.is_file()}
    return sorted((file.name, word) for file, text in texts.items() for word in WORDS if word in text)


@pytest.fixture
def files(url, engine):
    """Give a way to list the files of the embedded store."""
    if engine.name != "sqlite":
        pytest.skip("of the embedded store")
    path = Path(url.removeprefix("sqlite:///"))
    return lambda: path.parent.glob(path.name + "*")


def test_nothing_is_left_in_the_file_of_the_embedded_store(bench, files):
    """Neither the file nor its write-ahead log holds a word of what was erased, while it is in use."""
    erase(bench)
    assert [] == found_in(files())


def test_what_a_reader_looks_at_is_gone_with_the_next_commit(bench, store, files):
    """A look that began before a redaction keeps what it sees; once it has ended, the next commit removes it."""
    with store.reading() as view:
        view.head()
        erasing = threading.Thread(target=erase, args=[bench])
        erasing.start()
        erasing.join()
        assert found_in(files())
    bench.do(append(CLAIM_ID, said("reported", summary="Something else."), if_match=53))
    assert [] == found_in(files())


def test_what_a_crash_left_is_gone_with_the_first_commit(bench, url, files):
    """A process that ended between the redaction and that leaves it to the next one, which migrates when it begins."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM log_head").fetchall()
        erase(bench)
        assert found_in(files())
        reader.rollback()
    open_store(url).migrate()
    assert [] == found_in(files())


def test_nothing_is_left_in_postgresql_once_its_tables_are_written_anew(bench, url, engine, behind):
    """ANALYZE and VACUUM FULL, as the operations page asks for, leave no word of what was erased in the data files."""
    if engine.name != "postgresql":
        pytest.skip("of PostgreSQL")

    def run(statement):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    def found():
        run("CHECKPOINT")
        ((place,),) = behind(
            "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database "
            "WHERE datname = current_database()"
        )
        return {word for _, word in found_in(Path(place).iterdir())}

    record(bench)
    run("ANALYZE")
    assert set(WORDS) == found()
    redact(bench)
    assert found()

    def is_rewritten():
        # What anybody may still look at is kept: a transaction of any database of the server, such as another test's.
        run("ANALYZE")  # the statistics hold examples of what was there
        run("VACUUM FULL")
        return not found()

    wait_until(is_rewritten, "every word that was erased is out of the data files")
