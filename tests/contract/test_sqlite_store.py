"""Hold what only the embedded store promises: its file, its pragmas, its copies, its connections."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest

from service.errors import Unavailable
from service.store import open_store
from service.store.sqlite import store as engine_module
from tests.builders import CLAIM_ID, OTHER_ID, amended, kept, said
from tests.contract.asking import EVERYTHING, PATIENCE, Bench, append, contents, opening


@pytest.fixture
def engine():
    """Keep to one engine."""


@pytest.fixture
def path(tmp_path):
    """Name a file."""
    return tmp_path / "record.db"


@pytest.fixture
def url(path):
    """Name its record."""
    return f"sqlite:///{path}"


@pytest.fixture
def store(url):
    """Make the record."""
    with closing(open_store(url)) as made:
        made.migrate()
        yield made


def pragmas(connection):
    """Tell how a connection keeps what is committed."""
    names = ("journal_mode", "synchronous", "secure_delete", "busy_timeout")
    return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]


def test_every_connection_is_durable(store):
    """Whoever reads or writes does so in WAL mode with synchronous FULL (2), erasing for good, and waiting its turn."""
    with store.reading() as view:
        assert pragmas(view._sql) == ["wal", 2, 1, 15_000]  # noqa: SLF001 - there is no other way to it
    with store.writing() as transaction:
        assert pragmas(transaction._sql) == ["wal", 2, 1, 15_000]  # noqa: SLF001 - likewise


def test_the_log_ahead_is_left_to_grow(store):
    """What is committed enters the file when the write-ahead log has 4,000 pages (16 MB), not SQLite's 1,000."""
    with store.writing() as transaction:
        (pages,) = transaction._sql.execute("PRAGMA wal_autocheckpoint").fetchone()  # noqa: SLF001 - likewise
    assert pages == 4_000


def test_a_file_system_that_cannot_keep_it_is_refused(url, monkeypatch):
    """Where WAL mode is not to be had, as in memory, the store refuses to start rather than be less durable."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda _, **kw: connect(":memory:", **kw))
    store = open_store(url)
    with pytest.raises(Unavailable, match="does not give what durability needs: mode='memory', synchronous=2"):
        store.migrate()
    store.close()


def test_a_connection_that_did_not_become_durable_is_refused(url, monkeypatch):
    """A connection on which synchronous is not FULL is refused."""
    connect = sqlite3.connect

    class Careless(sqlite3.Connection):
        def execute(self, statement, *parameters):
            if statement == "PRAGMA synchronous = FULL":
                statement = "PRAGMA synchronous = NORMAL"
            return super().execute(statement, *parameters)

    monkeypatch.setattr(sqlite3, "connect", lambda *a, **kw: connect(*a, **kw | {"factory": Careless}))
    with pytest.raises(Unavailable, match="mode='wal', synchronous=1"):
        open_store(url).migrate()


def test_what_is_no_database_is_refused_and_left_alone(path, url):
    """A file of another kind is neither read nor written over."""
    path.write_bytes(b"This is no database. " * 100)
    store = open_store(url)
    for refused in (store.check, store.migrate):
        with pytest.raises(Unavailable, match="file is not a database"):
            refused()
    store.close()
    assert path.read_bytes() == b"This is no database. " * 100


def test_a_folder_that_is_not_there_is_told(tmp_path):
    """A file that cannot be made is Unavailable, not a fault."""
    store = open_store(f"sqlite:///{tmp_path}/nowhere/record.db")
    with pytest.raises(Unavailable, match="unable to open database file"):
        store.migrate()


REPLACED = [
    "INSERT OR REPLACE INTO events SELECT position, claim, version, topic, replace(state, 'said', 'sung') FROM events",
    "INSERT OR REPLACE INTO events SELECT 2, claim, version, topic, state FROM events WHERE position = 1",
    "INSERT OR REPLACE INTO log SELECT position, claim, version, recorded_at, x'00' FROM log",
    "UPDATE OR REPLACE events SET position = 0 WHERE position = 1",
    "UPDATE OR REPLACE log SET position = 0 WHERE position = 1",
    "REPLACE INTO events VALUES (1, 'another', 1, 'onrecord.opened', '{}')",
]


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("statement", REPLACED)
def test_nothing_is_replaced(bench, store, path, statement, recursive):
    """REPLACE, which deletes without a word to the triggers on DELETE, is refused too."""
    bench.do(opening(CLAIM_ID, said("denied")))
    before = contents(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    assert contents(store) == before


def test_what_is_erased_is_gone_from_the_file(bench, store, path):
    """Once a payload was redacted no word of it is left in the database file, neither in a row nor in a freed page."""
    secret = "Unutterable" + "x" * 20
    words = said("denied", quote={"text": f"{secret} " * 500, "lang": "en"}, scope=secret)
    bench.do(opening(CLAIM_ID, words, said("ncnd")))
    for n in range(20):
        bench.do(append(CLAIM_ID, said("denied", scope=str(n))))
    bench.do(append(CLAIM_ID, amended(2, words), if_match=23))
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=24))
    bench.close()
    store.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["record.db"]
    assert (path.read_bytes().count(b"Unutterable"), path.read_bytes().count(b"unutterable")) == (0, 0)


def test_a_copy_of_a_running_store_is_one_moment_of_it(bench, store, path, monkeypatch):
    """A copy made while others write ends, and holds the record as it was at one moment, ready to be used."""
    monkeypatch.setattr(engine_module, "PAGES_PER_STEP", 2)
    bench.do(opening(CLAIM_ID, *(said("denied", scope=str(n), note="x" * 2_000) for n in range(50))))
    before = contents(store)
    told = []

    def write_meanwhile(part):
        told.append(part)
        if len(told) % 5 == 1:
            bench.do(append(CLAIM_ID, said("denied")))

    target = path.with_name("copy.db")
    store.backup(str(target), write_meanwhile)
    assert (told, told[-1], len(told) > 20) == (sorted(told), 1.0, True)
    copy = open_store(f"sqlite:///{target}")
    copy.check()
    assert contents(copy) == before
    work = Bench(copy)
    assert work.do(opening(OTHER_ID)).first_position == 51
    work.close()
    copy.close()


def test_a_copy_never_overwrites(store, path):
    """A file that is there is not written over."""
    target = path.with_name("copy.db")
    target.write_bytes(b"kept")
    with pytest.raises(FileExistsError, match="a backup never overwrites"):
        store.backup(str(target), lambda _: None)
    assert target.read_bytes() == b"kept"


def test_what_is_made_is_its_owners_alone(store, path):
    """The file, what SQLite makes beside it while it is in use, and a copy are read by nobody else on the machine."""
    store.backup(str(path.with_name("copy.db")), lambda _: None)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert dict.fromkeys(("copy.db", "record.db", "record.db-shm", "record.db-wal"), 0o600) == modes
    assert store.exposed() == ""


def test_a_file_that_all_may_read_is_told_and_left_so():
    """What an operator, or an older version, gave everybody to read is named with the way out, and not taken back."""
    with TemporaryDirectory(dir="/tmp") as outer:  # which all may enter
        inner = Path(outer) / "our record"
        inner.mkdir()
        inner.chmod(0o755)
        path, link = inner / "record.db", Path(outer) / "link.db"
        link.symlink_to(path)
        path.touch()
        path.chmod(0o644)
        store, linked = open_store(f"sqlite:///{path}"), open_store(f"sqlite:///{link}")
        assert store.exposed() == linked.exposed() == ""  # nobody else comes through the outer folder
        Path(outer).chmod(0o755)
        assert f"All users of this machine may read {path}. Run `chmod 600 '{path}'`." == store.exposed()
        assert f"All users of this machine may read {link}. Run `chmod 600 {link}`." == linked.exposed()
        inner.chmod(0o700)
        assert store.exposed() == linked.exposed() == ""  # likewise, though all may enter the folder of the link
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_what_was_written_is_in_the_file_at_the_end(bench, store, path):
    """Closed, a store that wrote leaves all of it in the one file, though another process has it open too."""
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT size FROM log_head").fetchone() == (0,)
        bench.do(opening(CLAIM_ID, said("denied")))
        bench.close()
        store.close()
        copied = path.with_name("copied.db")
        copied.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copied)) as copy:
        assert copy.execute("SELECT size FROM log_head").fetchone() == (2,)


def test_a_file_that_was_moved_away_is_not_made_anew(bench, store, path):
    """Closed, by a thread that has no connection yet, a store whose file was moved leaves none in its place."""
    bench.do(opening(CLAIM_ID))
    bench.close()
    path.rename(path.with_name("moved.db"))
    closing_it = Thread(target=store.close)
    closing_it.start()
    closing_it.join(PATIENCE)
    assert not path.exists()


def test_a_copy_that_fails_leaves_nothing(bench, store, path):
    """A copy that was not finished is taken away, and the store goes on."""
    bench.do(opening(CLAIM_ID))

    def fail(_):
        raise ZeroDivisionError

    target = path.with_name("copy.db")
    with pytest.raises(ZeroDivisionError):
        store.backup(str(target), fail)
    assert not target.exists()
    assert bench.do(append(CLAIM_ID, said("denied"))).first_position == 1


FORKED = """
import os, sys
from service.errors import Unavailable
from service.store import open_store
from service.timeline import Timeline
from service.bootstrap import build
from tests.builders import CLAIM_ID, said
from tests.contract.asking import append, opening

store = open_store(sys.argv[1])
store.migrate()
timeline = build(store)
timeline._writer.submit(opening(CLAIM_ID)).result(60)
with store.reading() as view:
    mine = id(view._sql)
    carried = view._sql
child = os.fork()
if child == 0:
    with store.reading() as view:
        assert id(view._sql) != mine and view.head().size == 1
    carried.execute("PRAGMA user_version")  # nobody closed it here
    try:
        timeline._writer.submit(append(CLAIM_ID, said("denied")))
    except Unavailable:
        os._exit(7)
    os._exit(8)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
timeline._writer.submit(append(CLAIM_ID, said("denied"))).result(60)
timeline.close()
print(store.status().events)
"""


def test_a_forked_process_does_not_use_what_it_was_born_with(url):
    """A process that was forked reads through a connection of its own, and refuses to write without a writer."""
    command = [sys.executable, "-W", "ignore", "-c", FORKED, url]
    ended = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 - our own program
    assert (ended.stdout, ended.stderr, ended.returncode) == (b"2\n", b"", 0)


def test_connections_go_with_their_threads(store):
    """A thread's connection is closed when the thread has ended, so that threads may come and go."""

    def look():
        with store.reading() as view:
            return len(view.events_from(0, EVERYTHING)), len(store._held)  # noqa: SLF001 - nothing else tells

    seen = []
    for _ in range(50):
        thread = Thread(target=lambda: seen.append(look()))
        thread.start()
        thread.join(PATIENCE)
    assert [events for events, _ in seen] == [0] * 50
    assert max(connections for _, connections in seen) <= 3
