"""Hold what a group sends to a PostgreSQL server together to few waits, and to nothing stored of what fails."""

from contextlib import suppress

import psycopg
import pytest

from service.errors import Damaged, Unavailable
from service.store.interface import Head
from service.store.postgres import pool as postgres_pool
from service.store.postgres import sql as postgres_sql
from service.store.postgres import together as postgres_together
from service.store.postgres.store import WRITERS
from service.store.postgres.together import Together
from tests.builders import CLAIM_ID, KREMLIN, MOFA, said
from tests.contract.asking import append, opening
from tests.contract.conftest import run_on_postgresql


@pytest.fixture
def url(cluster, empty_database):
    """Name an empty record of the test's own."""
    with cluster.database(empty_database) as url:
        yield url


@pytest.fixture
def waits(monkeypatch):
    """Count how many statements were sent before each wait."""
    counted, wait = [], Together.wait

    def count(together):
        if together._sent:  # noqa: SLF001 - a wait for nothing is none
            counted.append(len(together._sent))  # noqa: SLF001
        wait(together)

    monkeypatch.setattr(Together, "wait", count)
    return counted


def test_all_that_a_group_asks_is_waited_for_at_once(bench, waits):
    """An append waits for the head, for all it asks, for what is counted of words it turns, and for its end."""
    bench.do(opening(CLAIM_ID, said("denied", KREMLIN), said("ncnd", MOFA)))
    waits.clear()
    bench.do(append(CLAIM_ID, said("denied", MOFA)))
    assert len(waits) == 4


def test_an_append_that_turns_nothing_waits_for_its_answers_and_for_its_end(bench, waits):
    """What is counted is not asked for where it does not change."""
    bench.do(opening(CLAIM_ID, said("denied", KREMLIN)))
    waits.clear()
    bench.do(append(CLAIM_ID, said("denied", KREMLIN, summary="Once more.")))
    assert len(waits) == 3


@pytest.mark.parametrize(("long", "waited"), [(False, 0), (True, 1)], ids=["at once", "as long as it takes"])
def test_much_is_sent_together_where_it_may_take_long(store, waits, monkeypatch, long, waited):
    """Else each statement of it is waited for, so that none takes longer than an answer may."""
    monkeypatch.setattr(postgres_sql, "LARGEST_TOGETHER", 10)
    with store.writing(long=long) as transaction:
        waits.clear()
        with transaction.together(11):
            answers = [transaction._sql.execute("SELECT 1") for _ in range(2)]  # noqa: SLF001
        assert [answer.fetchall() for answer in answers] == [[(1,)], [(1,)]]
    assert len(waits) == waited


def test_a_large_statement_has_left_before_the_next_is_written(store, monkeypatch):
    """So that the server is at work meanwhile."""
    monkeypatch.setattr(postgres_together, "LARGE", 1)
    with store.reading() as view, view._sql.together():  # noqa: SLF001
        view._sql.execute("SELECT length(?)", ("x" * 2_000_000,))  # noqa: SLF001
        assert view._sql._connection.pgconn.flush() == 0  # noqa: SLF001


def test_what_is_sent_with_a_statement_that_fails_is_not_stored(store, url):
    """The fault is told, nothing of the rest is there, and the same statements can be sent again."""
    with pytest.raises(psycopg.errors.UniqueViolation):
        look(store, ("a", 1), ("a", 2), ("b", 3))
    look(store, ("a", 1), ("b", 3))
    assert sorted(run_on_postgresql(url, "SELECT * FROM looks")) == [("a", 9), ("b", 9)]


def look(store, *rows):
    """Send rows of who has seen what, and a change of them all, which is prepared behind them."""
    with store.writing() as transaction, transaction.together(0):
        transaction._sql.executemany("INSERT INTO looks VALUES (?, ?)", rows)  # noqa: SLF001
        transaction._sql.execute("UPDATE looks SET log_size = ?", (9,))  # noqa: SLF001


def test_a_row_that_is_passed_over_is_told_though_nobody_waited_for_it(store, url):
    """Nothing is committed where a statement stored fewer rows than it should."""
    told = pytest.raises(Damaged, match="expected 1 rows to be stored, got 0")
    with told, store.writing() as transaction, transaction.together(0):
        transaction._sql.store("UPDATE looks SET log_size = 1")  # noqa: SLF001
        transaction._sql.insert("looks", [("a", 1)])  # noqa: SLF001
    assert run_on_postgresql(url, "SELECT * FROM looks") == []


def test_what_is_sent_together_is_not_waited_for_without_end(store, monkeypatch):
    """Answers that do not come end as Unavailable, and are nobody's when they come late."""
    with monkeypatch.context() as hurried:
        hurried.setattr(postgres_pool.Connection, "patience", 0.1)
        told = pytest.raises(Unavailable, match="The record cannot be read: no answer came in")
        with told, store.reading() as view, view._sql.together():  # noqa: SLF001
            view._sql.execute("SELECT pg_sleep(20)")  # noqa: SLF001 - nothing of ours takes so long
    with store.reading() as view:
        assert view.head() == Head(0, "")


def test_what_is_prepared_outlasts_a_transaction_that_failed(store):
    """The library, which lets go of all statements with its own, has none: what is sent together goes on."""
    for fails in (*[False] * 9, True, False, False):
        with suppress(ZeroDivisionError), store.writing() as transaction:
            assert transaction._sql.execute("SELECT 1").fetchall() == [(1,)]  # noqa: SLF001
            if fails:
                raise ZeroDivisionError
    with store.writing() as transaction:
        assert transaction.head() == Head(0, "")


@pytest.mark.parametrize(("name", "value"), [("STEP", 1), ("LARGE", -1)], ids=["many statements", "large ones"])
def test_patience_begins_anew_with_each_answer_that_comes(store, monkeypatch, name, value):
    """Answers that together take longer than one may are waited for, as they are asked for in steps."""
    monkeypatch.setattr(postgres_together, name, value)
    with store.reading() as view:
        monkeypatch.setattr(postgres_pool.Connection, "patience", 1.0)
        with view._sql.together():  # noqa: SLF001
            slow = [view._sql.execute("SELECT pg_sleep(0.4)") for _ in range(4)]  # noqa: SLF001
        assert [len(answer.fetchall()) for answer in slow] == [1, 1, 1, 1]


def test_why_the_server_ended_a_connection_is_told(store):
    """It says so before it goes, while more was sent; the next look has another connection."""
    told = pytest.raises(Unavailable, match="cannot be read: terminating connection due to administrator command")
    with told, store.reading() as view, view._sql.together():  # noqa: SLF001
        view._sql.execute("SELECT pg_terminate_backend(pg_backend_pid())")  # noqa: SLF001
        view._sql.execute("SELECT 1")  # noqa: SLF001
    assert ask(store) == [(0,)]


def test_a_connection_that_lost_its_plans_is_let_go(store):
    """Who finds them gone is told that the record cannot be read just now, and nobody after that."""
    assert ask(store) == [(0,)]
    with store.reading(once=True) as view:
        view._sql.execute("DISCARD ALL")  # noqa: SLF001
    with pytest.raises(Unavailable, match='cannot be read: prepared statement "onrecord_0" does not exist'):
        ask(store)
    assert ask(store) == [(0,)]


def test_a_connection_whose_plans_are_of_other_columns_is_let_go(store, url):
    """So it is where a table has a column more than before."""
    assert ask(store, "SELECT * FROM log_head") == [(1, 0, "")]
    run_on_postgresql(url, "ALTER TABLE log_head ADD COLUMN more text")
    with pytest.raises(Unavailable, match="cannot be read: cached plan must not change result type"):
        ask(store, "SELECT * FROM log_head")
    assert ask(store, "SELECT * FROM log_head") == [(1, 0, "", None)]


def ask(store, query="SELECT size FROM log_head"):
    """Send a question with others, and give its answer."""
    with store.reading() as view, view._sql.together():  # noqa: SLF001
        return view._sql.execute(query).fetchall()  # noqa: SLF001


def test_large_values_go_both_ways_at_once(store):
    """More goes and comes than the network holds, and neither side waits for the other."""
    large = "x" * 2_000_000
    with store.reading() as view, view._sql.together():  # noqa: SLF001
        answers = [view._sql.execute("SELECT CAST(? AS text)", (large,)) for _ in range(8)]  # noqa: SLF001
        assert all(answer.fetchall() == [(large,)] for answer in answers)


def test_what_was_interrupted_leaves_no_answers_to_others(store):
    """Its connection is closed, as often as it happens, and others can be used."""
    for _ in range(WRITERS + 1):
        told = pytest.raises(Unavailable, match="cannot be written: failed to enter pipeline mode")
        with told, store.writing() as transaction:
            with pytest.raises(KeyboardInterrupt):
                send_and_interrupt(transaction)
            with transaction.together(0):
                transaction._sql.execute("SELECT 2").fetchall()  # noqa: SLF001
    look(store, ("a", 1))
    assert store.standby_size() is None


def send_and_interrupt(transaction):
    """Press Ctrl-C while an answer is on its way."""
    with transaction.together(0):
        transaction._sql.execute("SELECT 1")  # noqa: SLF001
        raise KeyboardInterrupt


def test_what_was_interrupted_while_it_sent_is_told_as_that(store, monkeypatch):
    """The end of the block is no fault of its own where something was sent that it knows nothing of."""
    with pytest.raises(KeyboardInterrupt), store.writing() as transaction, monkeypatch.context() as spoiled:
        send_and_be_interrupted(transaction, spoiled)
    look(store, ("a", 1))


def send_and_be_interrupted(transaction, spoiled):
    """Have Ctrl-C pressed as soon as a statement is sent."""
    with transaction.together(0):
        transaction._sql.execute("SELECT 1").fetchall()  # noqa: SLF001
        spoiled.setattr(Together, "_expect", interrupt)
        transaction._sql.execute("SELECT 1")  # noqa: SLF001


def interrupt(*_, **__):
    """Press Ctrl-C."""
    raise KeyboardInterrupt


def test_what_cannot_begin_leaves_connections_that_can_be_used(store, monkeypatch):
    """A connection goes back as one that sends each statement by itself, or not at all."""
    with monkeypatch.context() as spoiled:
        spoiled.setattr(postgres_pool.Connection, "begin", None)
        with pytest.raises(TypeError), store.writing():
            pass
    assert store.standby_size() is None


def test_a_value_that_no_column_takes_is_refused(store):
    """A fraction is none of ours."""
    with pytest.raises(TypeError, match="a float is not bound"), store.reading() as view, view._sql.together():  # noqa: SLF001
        view._sql.execute("SELECT ?", (1.5,))  # noqa: SLF001


def test_values_are_bound_as_they_are_elsewhere(store):
    """Texts with quotes, marks and NUL, bytes, numbers, lists and nothing come back as they went."""
    query = "SELECT CAST(:text AS text), :bytes, :number, CAST(:none AS text), CAST(:list AS text[]), :number"
    given = {"text": 'a"\\\0?é', "bytes": b"\0\xff", "number": -(2**62), "none": None, "list": ['"', "\\", "{,}", ""]}
    with store.writing() as transaction:
        (alone,) = transaction._sql.execute(query, given).fetchall()  # noqa: SLF001
        with transaction.together(0):
            (together,) = transaction._sql.execute(query, given).fetchall()  # noqa: SLF001
    assert together == alone == ('a"\\\ufffd?é', b"\0\xff", -(2**62), None, ['"', "\\", "{,}", ""], -(2**62))
