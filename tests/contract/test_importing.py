"""A file is imported many rows a transaction: what a rehearsal decided holds as long as nobody else has written."""

from __future__ import annotations

import json
import multiprocessing
from contextlib import closing, nullcontext
from datetime import timedelta
from io import BytesIO
from multiprocessing import active_children
from uuid import UUID, uuid5

import pytest

from service.importing import importer, rehearsal
from service.importing.importer import Importer, ImportRefused, ImportStopped
from service.importing.rows import Row, read_json_lines
from service.machine import new_salt
from service.recording import ledger
from service.timeline import Asked, Timeline
from service.tokens import Actor
from service.verifying.replayed import compare_with_replay
from tests.builders import CLAIM_ID, MOFA, OPENED, OTHER_ID, amended, asked, kept, said
from tests.contract.asking import TEN, append, opening

HISTORY = [  # each with the version that whoever asks for it has seen, where it must be told
    (OPENED, None),
    (said("reported"), None),
    (asked(MOFA), None),
    (said("denied", MOFA), None),
    (amended(2, said("alleged")), 4),
    (kept("redacted", regarding=2), 5),
    (said("confirmed"), None),
    (kept("struck", regarding=7), 7),
    (said("ncnd", MOFA), None),
]


def write_rows(*claims):
    """Write the history on each of these claims, in turn, as a file."""
    rows = [
        {"claim": str(claim), "type": type_, "data": data, **({"if_match": seen} if seen else {})}
        for (type_, data), seen in HISTORY
        for claim in claims
    ]
    return BytesIO("\n".join(map(json.dumps, rows)).encode())


HERE_OR_BESIDE = pytest.mark.parametrize("beside", [False, True], ids=["here", "beside"])


@pytest.fixture
def times():
    """Give what time it is, the last of these."""
    return [TEN]


@pytest.fixture
def importing(store, times, monkeypatch):
    """Give a way to import a file in groups of four rows, made here or beside, checked two at a time."""
    monkeypatch.setattr(importer, "GROUP", 4)
    monkeypatch.setattr(importer, "SLICE", 2)
    timeline = Timeline(store, clock=lambda: times[-1], new_salt=new_salt)

    def import_file(file, *, beside=False, meanwhile=lambda: None, between=lambda: None):
        monkeypatch.setattr(importer, "LARGE", 1 if beside else 1_000)
        made = Importer(timeline, file, read_json_lines)
        with closing(made.check(lambda _: None)) as plan:
            meanwhile()
            return made.record(plan, lambda _: between()), plan.skipped

    with closing(timeline):
        yield import_file


@HERE_OR_BESIDE
def test_what_is_imported_is_as_a_replay_makes_it(importing, store, beside):
    """Imported in several transactions, made here or beside, every row of every table is that of a replay."""
    assert importing(write_rows(CLAIM_ID, OTHER_ID), beside=beside) == (18, 0)
    assert compare_with_replay(store, None, lambda _: None) == (2, [])
    with store.reading() as view:
        assert view.count_events(str(CLAIM_ID)) == view.count_events(str(OTHER_ID)) == len(HISTORY)
    assert importing(write_rows(CLAIM_ID, OTHER_ID), beside=beside) == (0, 18)


@HERE_OR_BESIDE
def test_what_somebody_else_recorded_meanwhile_is_decided_on(importing, store, bench, beside):
    """What is recorded on another claim between the passes changes nothing but the places of events."""
    other = opening(OTHER_ID, said("alleged"))
    assert importing(write_rows(CLAIM_ID), beside=beside, meanwhile=lambda: bench.do(other)) == (9, 0)
    assert compare_with_replay(store, None, lambda _: None) == (2, [])


@HERE_OR_BESIDE
def test_what_somebody_else_records_amid_it_is_decided_on(importing, store, bench, beside):
    """What is recorded between two groups is decided on by the next one, and nothing goes in that was made before."""
    bench.do(opening(CLAIM_ID))
    others = [append(CLAIM_ID, said("ncnd"))]
    assert importing(write_rows(OTHER_ID), beside=beside, between=lambda: others and bench.do(others.pop())) == (9, 0)
    assert compare_with_replay(store, None, lambda _: None) == (2, [])


def test_a_process_beside_that_is_lost_stops_it_and_it_can_be_run_again(importing, store):
    """Where a process that makes events is killed, what was recorded is told, and the next run goes on from there."""

    def kill():
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(ImportStopped) as stopped:
        importing(write_rows(CLAIM_ID), beside=True, meanwhile=kill)
    assert (stopped.value.recorded, stopped.value.fault.line) == (0, 1)
    assert "A process that makes what is recorded was lost." in str(stopped.value.fault)
    importing(write_rows(CLAIM_ID), beside=True)
    assert compare_with_replay(store, None, lambda _: None) == (1, [])


@HERE_OR_BESIDE
def test_what_the_clock_refuses_stops_it_there(importing, times, store, beside):
    """A request whose deadline passes between the passes is refused, and what comes before it is recorded."""
    with pytest.raises(ImportStopped) as stopped:
        importing(write_rows(CLAIM_ID), beside=beside, meanwhile=lambda: times.append(TEN + timedelta(days=3)))
    assert (stopped.value.recorded, stopped.value.fault.line) == (2, 3)
    assert compare_with_replay(store, None, lambda _: None) == (1, [])
    with store.reading() as view:
        assert view.head().size == 2


@HERE_OR_BESIDE
def test_a_claim_that_moved_on_meanwhile_stops_it(importing, store, bench, beside):
    """Where somebody adds to a claim between the passes its rows are refused, and none takes the place of another."""
    file = write_rows(CLAIM_ID)
    begun = BytesIO(b"\n".join(file.getvalue().splitlines()[:3]))
    assert importing(begun) == (3, 0)
    later = append(CLAIM_ID, said("ncnd"))
    with pytest.raises(ImportStopped) as stopped:
        importing(file, beside=beside, meanwhile=lambda: bench.do(later))
    assert (stopped.value.recorded, stopped.value.fault.line) == (0, 4)
    assert "the claim is at 4 now" in stopped.value.fault.detail
    with store.reading() as view:
        assert view.count_events(str(CLAIM_ID)) == 4


@pytest.mark.parametrize("ends", ["recorded", "closed", "refused", "broken off"])
def test_processes_that_start_while_rows_are_checked_end_with_it(store, monkeypatch, ends):
    """Whether rows are recorded or not, are refused, or nobody reads on, no process is left behind."""
    monkeypatch.setattr(importer, "SLICE", 2)
    monkeypatch.setattr(importer, "LARGE", 2)
    before, during = set(active_children()), set()
    file = write_rows(CLAIM_ID)
    if ends == "refused":
        file = BytesIO(file.getvalue() + b"\n{}")

    def look_on(part):
        during.update(active_children())
        if ends == "broken off" and part > 0.5:
            raise KeyboardInterrupt

    timeline = Timeline(store, clock=lambda: TEN, new_salt=new_salt)
    refusals = {"refused": ImportRefused, "broken off": KeyboardInterrupt}
    with closing(timeline), pytest.raises(refusals[ends]) if ends in refusals else nullcontext():
        made = Importer(timeline, file, read_json_lines)
        with closing(made.check(look_on)) as plan:
            if ends == "recorded":
                assert made.record(plan, lambda _: None) == len(HISTORY)
    assert during - before
    assert set(active_children()) <= before


def test_nothing_starts_where_rows_are_only_checked(store, monkeypatch):
    """Who only asks whether rows are good starts no process."""
    monkeypatch.setattr(importer, "LARGE", 2)
    with closing(Timeline(store, clock=lambda: TEN, new_salt=new_salt)) as timeline:
        made = Importer(timeline, write_rows(CLAIM_ID), read_json_lines)
        with closing(made.check(lambda _: None, only=True)) as plan:
            assert (plan.good, plan.beside) == (len(HISTORY), ())


def test_rows_that_are_refused_fill_no_memory(store, bench, monkeypatch):
    """Rows that are refused bring claims into memory too, those that they link to; of these no more are kept."""
    monkeypatch.setattr(ledger, "CLAIMS_IN_MEMORY", 2)
    bench.do(opening(CLAIM_ID))
    parts = [str(uuid5(CLAIM_ID, str(n))) for n in range(20)]
    for part in parts:
        bench.do(opening(UUID(part), ("linked", {"relation": "aspect_of", "claim": str(CLAIM_ID)})))
    editor, faults, counts = Asked(Actor("import", "editor")), [], []
    timeline = Timeline(store, clock=lambda: TEN, new_salt=new_salt)
    with closing(timeline), store.reading() as view:
        assert view.head().size == 41
        taking = rehearsal.Rehearsal(timeline, view, BytesIO())
        for line, part in enumerate(parts, 1):  # in a circle each
            item = {"claim": str(CLAIM_ID), "type": "linked", "data": {"relation": "aspect_of", "claim": part}}
            taking.take([(Row(line, item), str(line))], editor, faults)
            counts.append(len(taking._claims))  # noqa: SLF001 - nothing else tells
    assert [fault.line for fault in faults] == list(range(1, 21))
    assert max(counts) < 2 + 4
