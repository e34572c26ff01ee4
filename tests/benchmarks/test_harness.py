"""The harness measures what it says, end to end; how fast anything is, is for it to tell and not for a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from domain.entry import canonical
from tests.benchmarks import growth
from tests.benchmarks.cases import BARE, MEMORY, ROWS
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
    contenders = {(r["case"], r["work"]): {*r["contenders"]} for r in told["results"]}
    assert contenders == {
        ("append", "append"): {OURS, BARE, ROWS},
        ("history", "history of 10 events"): {OURS, MEMORY, ROWS},
        ("claim", "claim as it stands"): {OURS, MEMORY, ROWS},
        ("claim", "claim as of an instant"): {OURS, MEMORY},
        ("claim", "claim, unchanged (304)"): {OURS, MEMORY},
        ("bulk", "import"): {OURS, "bare, 200 a commit"},
        ("bulk", "rebuild"): {OURS, "bare, 200 a commit"},
    }
    assert all(ratio["median"] > 0 for r in told["results"] for ratio in r["ratios"].values())
    assert [path.name.partition("-")[0] for path in tmp_path.iterdir()] == ["record"]


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
