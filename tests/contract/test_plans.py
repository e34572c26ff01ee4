"""Hold every read that is measured to a plan that looks rows up, or walks an index in the order asked for.

The reads are those of `tests/benchmarks/reads.py`. How a plan is had, and what in it would
cost what the record holds, differs from engine to engine: one entry each in `ENGINES`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from service.bootstrap import build
from service.store import open_store, sql_sources
from service.store.interface import Store
from service.timeline import Timeline
from tests.benchmarks.growing import make_growth
from tests.benchmarks.reads import list_reads
from tests.benchmarks.records import fill

CLAIMS, EVENTS = 60, 600
READS = {f"{kind}: {name}": read for kind, of in list_reads(EVENTS).items() for name, read in of.items()}
# These answer with all that the party ever said, and so may look at all of it, in the order of its claims.
WHOLE = {name for name in READS if name.startswith(("parties: a small party", "parties: the most talkative party"))}

# What SQLite may go through from end to end: the one row of the head, a list that was bound, the rows of a subquery
# that is itself held to this; in its index of words the one text that is named, or the texts of a phrase, newest first.
_SQLITE_SCANS = re.compile(
    r"SCAN (log_head|json_each VIRTUAL TABLE INDEX 1:|kept|p|s|newest|w VIRTUAL TABLE INDEX (0:=|192:M0<))"
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


def find_faults_on_sqlite(plans: dict[str, list[str]], *, whole: bool) -> list[tuple[str, str]]:
    """List what goes through more than it answers with, and what sorts more than was gathered on purpose."""
    faults = []
    for statement, steps in plans.items():
        # A sort is of what another statement gathered, of which there is only so much.
        sorts = whole or "json_each" in statement or "LIMIT" in statement.partition("ORDER BY")[0]
        for step in steps:
            scans = step.startswith("SCAN") and not _SQLITE_SCANS.fullmatch(step)
            if scans or (step.startswith("USE TEMP B-TREE") and not sorts):
                faults.append((step, statement))
    return faults


ENGINES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {"sqlite": (plan_on_sqlite, find_faults_on_sqlite)}


@pytest.fixture(scope="module", params=ENGINES)
def engine_name(request) -> str:
    """Give each engine whose plans can be told."""
    return request.param


@pytest.fixture(scope="module")
def timeline(engine_name, tmp_path_factory) -> Iterator[Timeline]:
    """Make a record as the benchmarks have it."""
    urls = {"sqlite": f"sqlite:///{tmp_path_factory.mktemp('plans')}/record.db"}
    store = open_store(urls[engine_name])
    store.migrate()
    fill(store, make_growth(CLAIMS), EVENTS)
    built = build(store)
    yield built
    built.close()
    store.close()


@pytest.mark.parametrize("few", [1, 200], ids=["much", "little"])
@pytest.mark.parametrize("name", READS)
def test_no_read_goes_through_what_it_does_not_answer_with(timeline, engine_name, monkeypatch, name, few):
    """No statement of a read goes through a table, or sorts, where an index has what is asked for, in its order."""
    for setting in ("LOOKED_AT", "NEAR"):
        monkeypatch.setattr(sql_sources, setting, few)
    monkeypatch.setattr(sql_sources, "isqrt", lambda _: few)
    plan, find_faults = ENGINES[engine_name]
    plans = plan(timeline.store, lambda: READS[name](timeline))
    assert plans
    assert find_faults(plans, whole=name in WHOLE) == []


WALKS = {
    "lists: now": "SEARCH v USING INTEGER PRIMARY KEY (rowid<?)",
    "lists: by opening": "SEARCH o USING INDEX claims_by_opening (since<?)",
    "lists: a common facet": "SEARCH f USING PRIMARY KEY (name=? AND value=? AND since<?)",
    "lists: overdue": "SEARCH claim_versions USING INDEX claims_awaiting (until>?)",
    "lists: as of half": "SEARCH v USING INTEGER PRIMARY KEY (rowid<?)",
    "searches: a word of nearly every claim": "SCAN w VIRTUAL TABLE INDEX 192:M0<",
    "parties: all parties": "SEARCH k USING PRIMARY KEY (key>?)",
    "parties: parties by a beginning": "SEARCH party_words USING PRIMARY KEY (word>? AND word<?)",
    "parties: parties of a country": "SEARCH f USING PRIMARY KEY (word=? AND key>?)",
    "feeds: the feed": "SEARCH events USING INTEGER PRIMARY KEY (rowid>?)",
    "feeds: corrections": "SEARCH events USING INDEX corrections (position<?)",
    "feeds: the most talkative party, as a feed": "SEARCH said USING COVERING INDEX said_since (key=? AND since<?)",
}


@pytest.mark.parametrize(("name", "walk"), WALKS.items(), ids=WALKS)
def test_a_page_is_walked_where_its_order_is_kept(timeline, engine_name, name, walk):
    """What gives a page its order is an index in that order, from where the page begins."""
    assert engine_name == "sqlite"  # another engine's plans are written otherwise
    plans = plan_on_sqlite(timeline.store, lambda: READS[name](timeline))
    assert walk in [step for steps in plans.values() for step in steps]


def test_the_beginning_of_a_long_word_is_asked_for_in_words(timeline, engine_name):
    """FTS5 would read the lists of all words that begin so, whole; it is given the words that there are."""
    assert engine_name == "sqlite"
    plans = plan_on_sqlite(timeline.store, lambda: READS["searches: a word of one claim in 10"](timeline))
    asked = {match for statement in plans for match in re.findall("MATCH '([^']*)'", statement)}
    assert asked == {'"uranium"'}


def test_what_goes_through_everything_is_found_out(timeline, engine_name):
    """A statement that goes through all claims, and sorts them, is told with both."""
    assert engine_name == "sqlite"
    connection = timeline.store._connection()  # noqa: SLF001 - of this thread
    careless = "SELECT claim FROM claim_versions WHERE tags <> '' ORDER BY due_at"
    plans = plan_on_sqlite(timeline.store, lambda: connection.execute(careless).fetchone())
    assert find_faults_on_sqlite(plans, whole=False) == [
        ("SCAN claim_versions", careless),
        ("USE TEMP B-TREE FOR ORDER BY", careless),
    ]
