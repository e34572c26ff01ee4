"""The harness measures what it says, end to end; how fast anything is, is for it to tell and not for a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from domain.entry import canonical
from service.bootstrap import build
from service.store import open_store
from tests.benchmarks import budgets, case_growth, growth
from tests.benchmarks.case_appends import BARE, DJANGO, EMMETT, GROUPED, LIBRARY, MESSAGE_DB, ROUND_TRIP, UMADB
from tests.benchmarks.case_bulk import BARE as BARE_ROWS
from tests.benchmarks.case_bulk import PART_OF
from tests.benchmarks.case_load import EARLY
from tests.benchmarks.case_log import PLAIN, PLAIN_ALL
from tests.benchmarks.case_pages import LIMIT, WHEN
from tests.benchmarks.case_reads import DATASETTE, MEMORY, REBUILD, ROWS
from tests.benchmarks.case_start import NONE
from tests.benchmarks.copied import copy_to
from tests.benchmarks.installing import ASK
from tests.benchmarks.load import Run
from tests.benchmarks.reads import list_reads
from tests.benchmarks.results import OURS, Result, Spread
from tests.benchmarks.statements import make_record, make_statement, plan_record

HOUSE = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_every_contender_does_all_its_work(tmp_path):
    """Each piece of work is done by each of its contenders, and told with ratios, in the promised shape."""
    command = [sys.executable, "-m", "tests.benchmarks", "--tiny", "--json", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=HOUSE, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    told = json.loads(done.stdout)

    assert [*told] == ["machine", "results", "budgets"]
    assert {"cores", "cpu", "kernel", "filesystem", "python", "sqlite", "fsync_ms"} <= told["machine"].keys()
    append = {OURS, BARE, GROUPED, ROWS}
    grown = [*case_growth.SHOWN.values(), case_growth.APPEND]
    growing = {("growth", title): {OURS, "at 300 events"} for title in grown}
    contenders = {(r["case"], r["work"], r["clients"]): {*r["contenders"]} for r in told["results"]}
    assert {name: contenders[name] for name in contenders if name[0] == "append"} == {
        ("append", "append on SQLite", 1): append | {ROUND_TRIP},
        ("append", "append on SQLite", 4): append | {LIBRARY},
        ("append", "append on PostgreSQL", 1): append | {ROUND_TRIP},
        ("append", "append on PostgreSQL", 4): append,
    }
    assert {name[:2]: of for name, of in contenders.items() if name[0] in {"history", "claim"}} == {
        ("history", "history of 10 events"): {OURS, MEMORY, ROWS, REBUILD},
        ("claim", "claim as it stands"): {OURS, MEMORY, ROWS},
        ("claim", "claim as of an instant"): {OURS, MEMORY},
        ("claim", "claim, unchanged (304)"): {OURS, MEMORY},
        ("claim", "claim as of an instant, each asked once"): {OURS, MEMORY},
    }
    work = [f"{what} on {engine}" for what in ("import", "rebuild") for engine in ("SQLite", "PostgreSQL")]
    rest = {("start", "serve to first answer"): {OURS, NONE}, ("load", "mixed load"): {OURS, EARLY}}
    pages = [f"{what}, {when}" for what in ("claim of 200 events", "list of 50") for when in WHEN]
    rest |= {("page", name): {OURS, LIMIT} for name in pages}
    rest |= {("log", name): {OURS, PLAIN} for name in ("inclusion proof", "tile of hashes", "publish 1,000 events")}
    rest |= {("log", "verify, steps 1 to 5"): {OURS, PLAIN, PLAIN_ALL}}
    known = {"bulk", "growth", "start", "load", "page", "log"}
    assert {name[:2]: of for name, of in contenders.items() if name[0] in known} == (
        growing | rest | {("bulk", name): {OURS, BARE_ROWS} for name in work}
    )
    assert all(ratio["median"] > 0 for r in told["results"] for ratio in r["ratios"].values())
    absent = {name: why for r in told["results"] for name, why in r["absent"].items()}
    assert absent == dict.fromkeys([*DJANGO, LIBRARY, EMMETT, UMADB, MESSAGE_DB, DATASETTE], ASK)
    assert [row["name"] for row in told["budgets"]] == [*budgets.ROWS]
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} == {"record", "growing"}


def test_every_row_of_the_budget_is_told_also_where_nothing_was_measured():
    """Each promise has a row with its bounds; one that was not measured says why, and is not reached."""
    rows = budgets.weigh([])
    assert len(rows) == 11
    assert {(row["measured"], row["ok"]) for row in rows} == {(None, False)}
    assert rows[4] == {
        "name": "claim as it stands, or as of a past moment",
        "measured": None,
        "budget": {"x from memory": "at least 0.7"},
        "ok": False,
        "why": "claim as it stands was not measured in this run",
    }


def test_the_worst_of_a_row_counts():
    """A row is reached where all that was measured for it is: a 304 with eight clients, too."""
    quick = Result("claim", "claim, unchanged (304)", 1_000, 1, {OURS: [Run(90, 1.0)], MEMORY: [Run(100, 1.0)]})
    slow = Result("claim", "claim, unchanged (304)", 1_000, 8, {OURS: [Run(79, 1.0)], MEMORY: [Run(100, 1.0)]})
    assert budgets.weigh([quick.told()])[5] == {
        "name": "304 on an unchanged claim",
        "measured": {"x from memory": 0.9},
        "budget": {"x from memory": "at least 0.8"},
        "ok": True,
    }
    assert budgets.weigh([quick.told(), slow.told()])[5] == {
        "name": "304 on an unchanged claim",
        "measured": {"x from memory": 0.79},
        "budget": {"x from memory": "at least 0.8"},
        "ok": False,
    }


def test_memory_is_held_to_that_of_a_quarter_of_the_same_work():
    """What one process does alone has no quarter, and stands in the table without being held to anything."""
    quarter, engines = PART_OF["rebuild"], ("SQLite", "PostgreSQL")
    alone = [Result("bulk", f"rebuild on {e}", 10_000, 1, {OURS: [Run(9, 1.0, peak_mib=100.0)]}) for e in engines]
    large = {OURS: [Run(9, 1.0, peak_mib=210.0)], quarter: [Run(9, 1.0, peak_mib=200.0)]}
    both = [*alone, *(Result("bulk", f"rebuild on {e}", 100_000, 1, large) for e in engines)]
    row = budgets.weigh([result.told() for result in both])[8]
    assert (
        row["measured"]
        | {
            "rebuild on SQLite: memory x that of a quarter": 1.05,
            "rebuild on PostgreSQL: memory x that of a quarter": 1.05,
        }
        == row["measured"]
    )
    assert budgets.weigh([result.told() for result in alone])[8]["why"] == f"{quarter}: was not measured in this run"


def test_an_absent_contender_is_named():
    """A row whose contender is absent has no measure, and says which it is, and what brings it."""
    appended = Result("append", "append on PostgreSQL", 1_000, 32, {OURS: [Run(9, 1.0)], ROWS: [Run(3, 1.0)]})
    appended.absent = {MESSAGE_DB: ASK}
    assert budgets.weigh([appended.told()])[0] == {
        "name": "durable append over HTTP, 32 clients, PostgreSQL",
        "measured": None,
        "budget": {"x message-db write_message": "at least 1.5", "x Flask + SQLAlchemy": "at least 3"},
        "ok": False,
        "why": "message-db write_message: not installed; --peers installs it",
    }


def test_statements_are_of_the_same_real_size():
    """A statement's payload is some 800 bytes, about 1 KB as stored, in many scripts, and no two are the same."""
    made = [canonical(make_statement(n)[1]) for n in range(500)]
    assert len(set(made)) == 500
    assert all(770 <= len(data) <= 930 for data in made)
    assert make_statement(7) == make_statement(7)


@pytest.mark.parametrize("events", [60, 1_000, 5_000])
def test_a_record_has_the_size_asked_for(events):
    """A record has just so many events, and each claim is opened once, before anything is said of it."""
    assert len(plan_record(events)) == events
    opened = set()
    for claim, type_, _ in make_record(events):
        assert (type_ == "opened") == (claim not in opened)
        opened.add(claim)


def test_a_ratio_is_taken_within_a_round():
    """A round in which the machine was slow for all does not change how we compare."""
    ours = [Run(10, 1.0), Run(10, 4.0), Run(10, 2.0)]
    theirs = [Run(20, 1.0), Run(20, 4.0), Run(20, 1.0)]
    assert Result("append", "append", 0, 1, {OURS: ours, "them": theirs}).ratio("them") == Spread(0.5, 0.25, 0.5)


@pytest.mark.slow
def test_every_read_is_asked_of_every_size(tmp_path, capsys):
    """The table of growth has a row for each read, with its cost at each size and their ratio."""
    growth.main(["--claims", "30", "--claims", "60", "--rounds", "1", "--folder", str(tmp_path)])
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == "| read | 30 claims, ms | 60 claims, ms | ratio |"
    names = [f"{kind}: {name}" for kind, reads in list_reads(600).items() for name in reads]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == names


def test_a_record_copied_to_postgresql_answers_alike(tmp_path, pg_url):
    """Every read of the copy gives what it gives of the record on the embedded store."""
    path = growth.keep(tmp_path, 30, lambda _: None)
    copy_to(pg_url, path)
    answers = []
    for url in (f"sqlite:///{path}", pg_url):
        timeline = build(open_store(url))
        reads = [(name, read) for of_kind in list_reads(300).values() for name, read in of_kind.items()]
        answers.append({name: read(timeline) for name, read in reads})
        timeline.close()
        timeline.store.close()
    assert answers[0] == answers[1]
