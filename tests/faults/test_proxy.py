"""The proxy between a program and PostgreSQL breaks connections where it says, and only there."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.faults.proxy import PATIENCE, Cut, Proxy

MOMENT = 0.2  # seconds in which anything that comes would have come


@pytest.fixture
def database(cluster, pg_url):
    """Make a table that can be broken into; give the name of its database."""
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE said (n integer PRIMARY KEY)")
        return connection.info.dbname


@pytest.fixture
def proxy(cluster):
    """Stand between."""
    with Proxy(cluster.folder) as between:
        yield between


@pytest.fixture
def connect(proxy, database):
    """Give a way to connect through the proxy."""
    return lambda **settings: psycopg.connect(proxy.url(database), **settings)


@pytest.fixture
def stored(cluster, database):
    """Give a way to see what is stored, past the proxy, after ending whatever might still write."""

    def numbers(*, ending=True):
        if ending:
            ends = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = {}"
            cluster.execute(ends, database)
        return cluster.execute("SELECT n FROM said ORDER BY n", database=database)

    return numbers


def prepared(connection):
    """Have the server keep the INSERT under a name, so that its text is not sent again."""
    for n in (101, 102):
        connection.execute("INSERT INTO said VALUES (%s)", (n,), prepare=True)
    connection.commit()
    connection.execute("DELETE FROM said")
    connection.commit()


def test_what_is_not_to_be_cut_passes(connect, proxy, stored):
    """Without an order everything passes: simple and prepared statements, errors, COPY, many rows."""
    with connect() as connection:
        prepared(connection)
        connection.execute("INSERT INTO said SELECT generate_series(1, 3)")
        with connection.cursor().copy("COPY said FROM STDIN") as copy:
            copy.write_row((4,))
        assert connection.execute("SELECT length(repeat('ы', 1000000)) FROM said").fetchall() == [(1000000,)] * 4
        connection.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO said VALUES (1)")
    assert stored() == [(1,), (2,), (3,), (4,)]
    assert proxy.made == []


def commit_alone(connection):
    """Write and commit, one message after the other."""
    connection.execute("INSERT INTO said VALUES (%s)", (1,))
    connection.commit()


def commit_in_pipeline(connection):
    """Write and commit without waiting in between."""
    with connection.pipeline():
        connection.execute("INSERT INTO said VALUES (%s)", (1,), prepare=True)
        connection.commit()


@pytest.mark.parametrize("commit", [commit_alone, commit_in_pipeline])
@pytest.mark.parametrize(
    ("cut", "left"), [(Cut.BEFORE_COMMIT, []), (Cut.AFTER_COMMIT, [(1,)])], ids=["before", "after"]
)
def test_the_answer_to_commit_is_lost(connect, proxy, stored, cut, left, commit):
    """The client cannot tell: its COMMIT breaks either way, but only one that arrived has been carried out."""
    connection = connect()
    prepared(connection)
    proxy.cut_at(cut)
    with pytest.raises(psycopg.OperationalError):
        commit(connection)
    connection.close()
    assert stored() == left
    assert proxy.made == [cut]


@pytest.mark.parametrize("kept", [False, True], ids=["new", "prepared"])
@pytest.mark.parametrize("asked", [("INSERT INTO said VALUES (1)",), ("INSERT INTO said VALUES (%s)", (1,))])
def test_half_a_statement_does_nothing(connect, proxy, stored, kept, asked):
    """The statement that is named breaks off in the middle; those before it were carried out and come to nothing."""
    connection = connect()
    if kept:
        prepared(connection)
    connection.execute("INSERT INTO said VALUES (2)")
    proxy.cut_at(Cut.MID_STATEMENT, "insert into SAID")
    with pytest.raises(psycopg.OperationalError):
        connection.execute(*asked)
    connection.close()
    assert stored() == []
    assert proxy.made == [Cut.MID_STATEMENT]


def test_one_order_cuts_once(connect, proxy, stored):
    """The next connection works."""
    proxy.cut_at(Cut.BEFORE_COMMIT)
    for _ in range(2):
        connection = connect()
        connection.execute("INSERT INTO said VALUES (1)")
        try:
            connection.commit()
        except psycopg.OperationalError:
            assert proxy.made == [Cut.BEFORE_COMMIT]
        connection.close()
    assert stored() == [(1,)]


def test_a_commit_that_fails_is_no_commit(connect, proxy):
    """The reply that a transaction could not be committed is let through."""
    connection = connect()
    connection.execute("ALTER TABLE said ADD after integer REFERENCES said DEFERRABLE INITIALLY DEFERRED")
    connection.execute("INSERT INTO said VALUES (1, 9)")
    proxy.cut_at(Cut.AFTER_COMMIT)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.commit()
    connection.close()
    assert proxy.made == []


def test_a_partition_lets_nothing_through_until_it_heals(connect, proxy, stored):
    """A statement sent during a partition is neither carried out nor answered; it is when the partition heals."""
    with connect(autocommit=True) as connection, ThreadPoolExecutor() as beside:
        proxy.partition()
        written = beside.submit(connection.execute, "INSERT INTO said VALUES (1)")
        with pytest.raises(TimeoutError):
            written.result(MOMENT)
        assert stored(ending=False) == []
        proxy.heal()
        assert written.result(PATIENCE).rowcount == 1
    assert stored() == [(1,)]


@pytest.mark.faults
def test_nobody_answers_behind_a_partition(connect, proxy):
    """A new connection waits in vain, for as long as the client has patience."""
    proxy.partition()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        connect(connect_timeout=2)


def test_refusing_ends_what_there_is(connect, proxy):
    """Refusing cuts connections, keeps new ones out at once, and ends when it heals, even after a partition."""
    connection = connect()
    proxy.partition()
    proxy.refuse()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match=r"No such file|refused"):
        connect()
    proxy.heal()
    with connect() as another:
        assert another.execute("SELECT 1").fetchall() == [(1,)]


def test_a_server_that_is_gone_is_told(proxy):
    """Where the way leads to no server, a client is sent away at once."""
    with Proxy(proxy.folder / "nowhere") as astray, pytest.raises(psycopg.OperationalError):
        psycopg.connect(astray.url())
