"""Hold every read that is measured to a plan that looks rows up, or walks an index in the order asked for.

The reads are those of `tests/benchmarks/reads.py`. How a plan is had, and what in it would
cost what the record holds, differs from engine to engine: one entry each in `ENGINES`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from service.bootstrap import build
from service.store import open_store
from service.store.interface import Store
from service.store.postgres import sql as postgres_sql
from service.store.postgres.sql import PostgresSql
from service.store.read_model import ClaimVersion
from service.store.sql import lasting as sql_lasting
from service.store.sql import sources as sql_sources
from service.timeline import Timeline
from tests.benchmarks.growing import make_growth
from tests.benchmarks.reads import list_reads
from tests.benchmarks.records import fill
from tests.benchmarks.statements import claim_id

CLAIMS, EVENTS = 60, 600
READS = {f"{kind}: {name}": read for kind, of in list_reads(EVENTS).items() for name, read in of.items()}
READS |= {"topics: by a beginning": lambda timeline: timeline.find_topics(begins="s", most=10)}
READS |= {"claims: what mends events": lambda timeline: timeline.find_events(wanted={str(claim_id(1)): (9, [2, 3])})}
# What SQLite may go through from end to end: the one row of the head, a list that was bound, the rows of a subquery
# that is itself held to this; in its index of words the texts of a phrase, newest first.
_SQLITE_SCANS = re.compile(
    r"SCAN (log_head|json_each VIRTUAL TABLE INDEX 1:|kept|p|s|m|asked|newest|l VIRTUAL TABLE INDEX 192:M0<)"
)


def plan_on_sqlite(store: Store, read: Callable[[], object]) -> dict[str, list[str]]:
    """Give the plan of every statement that a read runs."""
    connection: sqlite3.Connection = store._connection()  # type: ignore[attr-defined]  # noqa: SLF001 - of this thread
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    read()
    connection.set_trace_callback(None)
    ours = [statement for statement in asked if statement.startswith(("SELECT", "WITH")) and "'main'" not in statement]
    explained = {statement: connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall() for statement in ours}
    return {statement: [row[3] for row in rows] for statement, rows in explained.items()}


def find_faults_on_sqlite(plans: dict[str, list[str]]) -> list[tuple[str, str]]:
    """List what goes through more than it answers with, and what sorts more than was gathered on purpose."""
    faults = []
    for statement, steps in plans.items():
        for step in steps:
            scans = step.startswith("SCAN") and not _SQLITE_SCANS.fullmatch(step)
            if scans or (step.startswith("USE TEMP B-TREE") and not may_sort(statement, "json_each")):
                faults.append((step, statement))
    return faults


def may_sort(statement: str, spread: str) -> bool:
    """Tell whether a statement sorts what another one gathered, or pages of several walks, of which there is little."""
    return spread in statement or "LIMIT" in statement.partition("ORDER BY")[0]


_STRETCH = "lexemes(w.position, w.tokens) @@"  # what asks for the texts of a stretch of the log, of which 500 are read


def plan_on_postgresql(store: Store, read: Callable[[], object]) -> dict[str, list[Mapping[str, Any]]]:
    """Give the nodes of the plan of every statement that a read runs, as if all tables were large."""
    asked: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        execute = PostgresSql.execute

        def note(sql: PostgresSql, statement: str, parameters: Any = ()) -> Any:
            asked.setdefault(statement, parameters)
            return execute(sql, statement, parameters)

        patch.setattr(PostgresSql, "execute", note)
        patch.setattr(PostgresSql, "stream", note)
        read()
    plans = {}
    with store.reading() as view:
        sql = view._sql  # type: ignore[attr-defined]  # noqa: SLF001 - what no question shows
        for setting in ("enable_seqscan", "enable_mergejoin", "enable_hashjoin"):
            sql.execute(f"SET LOCAL {setting} = off")
        for statement, parameters in asked.items():
            # The texts of a stretch of the log come from their index in no order, and are sorted.
            sql.execute(f"SET LOCAL enable_sort = {'on' if _STRETCH in statement else 'off'}")
            [(explained,)] = sql.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchall()
            plans[statement] = list(list_nodes(explained[0]["Plan"]))
    return plans


def list_nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """List a plan's nodes."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from list_nodes(part)


def find_faults_on_postgresql(plans: dict[str, list[Mapping[str, Any]]]) -> list[tuple[str, str]]:
    """List what goes through a table or an index from end to end, and what sorts more than was gathered on purpose."""
    faults = []
    for statement, nodes in plans.items():
        for node in nodes:
            kind, table = node["Node Type"], node.get("Relation Name", "")
            scans = table != "log_head" and (
                kind == "Seq Scan" or (kind.startswith("Index") and "Index Cond" not in node)
            )
            # Of one of its two indexes all is gathered that is before a position, however much.
            scans |= kind == "BitmapAnd"
            if scans or (kind == "Sort" and _STRETCH not in statement and not may_sort(statement, "ANY(")):
                faults.append((f"{kind} {table}", statement))
    return faults


ENGINES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sqlite": (plan_on_sqlite, find_faults_on_sqlite),
    "postgresql": (plan_on_postgresql, find_faults_on_postgresql),
}
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture(scope="module")
def timeline(engine) -> Iterator[Timeline]:
    """Make a record as the benchmarks have it."""
    with engine.made() as url:
        store = open_store(url)
        fill(store, make_growth(CLAIMS), EVENTS)
        built = build(store)
        yield built
        built.close()
        store.close()


@pytest.mark.parametrize("few", [1, 200], ids=["much", "little"])
@pytest.mark.parametrize("name", READS)
def test_no_read_goes_through_what_it_does_not_answer_with(timeline, engine, monkeypatch, name, few):
    """No statement of a read goes through a table, or sorts, where an index has what is asked for, in its order."""
    for setting in ("LOOKED_AT", "NEAR"):
        monkeypatch.setattr(sql_sources, setting, few)
    monkeypatch.setattr(sql_sources, "isqrt", lambda _: few)
    plan, find_faults = ENGINES[engine.name]
    plans = plan(timeline.store, lambda: READS[name](timeline))
    assert plans
    assert find_faults(plans) == []


WALKS = {
    "lists: now": "SEARCH v USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    "lists: by opening": "SEARCH o USING INDEX claims_by_opening (since<?)",
    "lists: a common facet": "SEARCH f USING PRIMARY KEY (name=? AND value=? AND since<?)",
    "lists: overdue": "SEARCH claim_versions USING INDEX claims_awaiting (until>?)",
    "lists: as of half": "SEARCH v USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    "searches: a word of nearly every claim": "SCAN l VIRTUAL TABLE INDEX 192:M0<",
    "parties: all parties": "SEARCH k USING PRIMARY KEY (key>?)",
    "parties: the most talkative party": "SEARCH s USING PRIMARY KEY (key=? AND since=? AND place=?)",
    "parties: parties by a beginning": "SEARCH party_words USING PRIMARY KEY (word>? AND word<?)",
    "parties: parties of a country": "SEARCH f USING PRIMARY KEY (word=? AND key>?)",
    "claims: what mends events": "SEARCH events USING COVERING INDEX mendings (claim=? AND topic=?)",
    "feeds: the feed": "SEARCH events USING INTEGER PRIMARY KEY (rowid>?)",
    "feeds: corrections": "SEARCH events USING INDEX corrections (position<?)",
    "feeds: the most talkative party, as a feed": "SEARCH said USING PRIMARY KEY (key=? AND since<?)",
}


@ON_SQLITE
@pytest.mark.parametrize(("name", "walk"), WALKS.items(), ids=WALKS)
def test_a_page_is_walked_where_its_order_is_kept(timeline, name, walk):
    """What gives a page its order is an index in that order, from where the page begins."""
    plans = plan_on_sqlite(timeline.store, lambda: READS[name](timeline))
    assert walk in [step for steps in plans.values() for step in steps]


INDEXES = {
    "lists: now": "claim_versions_pkey",
    "lists: by opening": "claims_by_opening",
    "lists: a common facet": "facets_pkey",
    "lists: overdue": "claims_awaiting",
    "searches: a word of nearly every claim": "words_by_lexeme",
    "parties: the most talkative party": "outcomes_behind",
    "parties: all parties": "party_keys_pkey",
    "claims: what mends events": "mendings",
    "feeds: the feed": "events_pkey",
    "feeds: corrections": "corrections",
    "feeds: the most talkative party, as a feed": "said_pkey",
}


@ON_POSTGRESQL
@pytest.mark.parametrize(("name", "index"), INDEXES.items(), ids=INDEXES)
def test_a_page_is_walked_along_its_index(timeline, name, index):
    """What gives a page its order, or finds it, is the index that was made for it."""
    plans = plan_on_postgresql(timeline.store, lambda: READS[name](timeline))
    assert index in {node.get("Index Name") for nodes in plans.values() for node in nodes}


@ON_SQLITE
def test_the_beginning_of_a_long_word_is_asked_for_in_words(timeline):
    """FTS5 would read the lists of all words that begin so, whole; it is given the words that there are."""
    plans = plan_on_sqlite(timeline.store, lambda: READS["searches: a word of one claim in 10"](timeline))
    asked = {match for statement in plans for match in re.findall("MATCH '([^']*)'", statement)}
    assert asked == {'"uranium"'}


@ON_POSTGRESQL
@pytest.mark.parametrize(("most", "lexemes"), [(500, "'uranium' & '#10:0'"), (0, "'#10:0'")], ids=["few", "many"])
def test_the_beginning_of_a_word_is_asked_for_in_words_on_postgresql(timeline, monkeypatch, most, lexemes):
    """Its index would collect all texts with a word that begins so: it is given the words, or the stretch alone."""
    monkeypatch.setattr(postgres_sql, "EXPANDED", most)
    plans = plan_on_postgresql(timeline.store, lambda: READS["searches: a word of one claim in 10"](timeline))
    nodes = [node for of_one in plans.values() for node in of_one if node.get("Index Name") == "words_by_lexeme"]
    asked = {node["Index Cond"].partition(" @@ ")[2] for node in nodes}
    assert asked == {f"""'{lexemes.replace("'", "''")}'::tsquery)"""}


def test_what_was_said_of_a_claim_is_looked_up_when_it_is_first_found_to_last(timeline, engine, monkeypatch):
    """It is found by the claim, and not among all that is before an event."""
    monkeypatch.setattr(sql_lasting, "LASTING", EVENTS // 2)
    row = ClaimVersion(since=EVENTS + 1, claim=str(claim_id(1)), version=99, body="", tokens="new")

    def read():
        with timeline.store.reading() as view:
            sql_lasting._find_shelves(view._sql, row)  # noqa: SLF001 - what an append asks

    plan, find_faults = ENGINES[engine.name]
    plans = plan(timeline.store, read)
    assert len(plans) == 1
    assert find_faults(plans) == []


@ON_SQLITE
def test_what_goes_through_everything_is_found_out(timeline):
    """A statement that goes through all claims, and sorts them, is told with both."""
    connection = timeline.store._connection()  # noqa: SLF001 - of this thread
    careless = "SELECT claim FROM claim_versions WHERE tags <> '' ORDER BY due_at"
    plans = plan_on_sqlite(timeline.store, lambda: connection.execute(careless).fetchone())
    assert find_faults_on_sqlite(plans) == [
        ("SCAN claim_versions", careless),
        ("USE TEMP B-TREE FOR ORDER BY", careless),
    ]


@ON_POSTGRESQL
def test_what_goes_through_everything_is_found_out_on_postgresql(timeline):
    """A statement that goes through all claims, and sorts them, is told with both."""
    careless = "SELECT claim FROM claim_versions WHERE tags <> '' ORDER BY due_at"

    def read():
        with timeline.store.reading() as view:
            view._sql.execute(careless).fetchone()  # noqa: SLF001 - what no question asks

    assert find_faults_on_postgresql(plan_on_postgresql(timeline.store, read)) == [
        ("Sort ", careless),
        ("Seq Scan claim_versions", careless),
    ]
