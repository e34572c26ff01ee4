"""The log looked at in sections, in other processes and while it grows; and what lies beside it, against it."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from threading import Event

import pytest

from service.jobs.self_check import ReadModelDiffers, check_read_model
from service.verifying.steps import Trust
from service.verifying.store import verify_store
from tests.builders import CLAIM_ID, kept
from tests.contract.asking import append
from tests.contract.owner import KEY, REDACTION, SIZE


def test_one_put_before_the_first(owner, found):
    """An event before the log's first, which no position of the log leads to, is found."""
    owner.put(-1, owner.another(1), leaf=False)
    names, told = found()
    assert [(4, "slipped in")] == names
    assert "expected nothing before the log's first event" in told


def test_bytes_that_are_no_text(owner, found, engine):
    """Bytes that are not even UTF-8 are an edit like any other."""
    if engine.name == "postgresql":
        pytest.skip("PostgreSQL stores no such text")
    owner.run("UPDATE events SET state = CAST(x'ff' || CAST(state AS BLOB) AS TEXT) WHERE position = 9")
    names, told = found()
    assert {(3, "edited"), (4, "version out of order")} >= set(names)
    assert "position 9: expected JSON" in told


def test_a_redaction_of_nothing(owner, found):
    """A redaction whose words were edited away has erased nothing that it tells of."""
    owner.edit(REDACTION, data={})
    names, _ = found()
    assert {(3, "edited"), (5, "redaction of nothing"), (5, "payload emptied")} == set(names)


def test_what_comes_meanwhile_is_no_tampering(bench, store, record):
    """A redaction that is recorded while the log is looked at is met, though it is past what was there at first."""

    def each(look, spans):
        sections = [look(spans[0])]
        bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=9))
        return sections + [look(span) for span in spans[1:]]

    def interrupted(look, spans):
        bench.do(append(CLAIM_ID, kept("redacted", regarding=3), if_match=10))
        return map(look, spans)

    for meanwhile, size in ((each, SIZE + 1), (interrupted, SIZE + 2)):
        report = verify_store(store, Trust([KEY.verifier], record[0]), lambda _: None, meanwhile, level=2)
        assert [] == report.faults
        assert report.done[3].endswith(f"; {size - SIZE} more are not signed yet")


def test_sections_are_looked_at_in_processes(store, record, owner):
    """Other processes, each by connections of its own, find what this one finds."""

    def each(look, spans):
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            yield from pool.map(look, spans)

    trust = Trust([KEY.verifier], record[0])
    assert [] == verify_store(store, trust, lambda _: None, each, level=3).faults
    owner.edit(30, recorded_by="nobody")
    owner.leaf(12, bytes(32))
    parts = []
    here = verify_store(store, trust, parts.append, level=3)
    assert here == verify_store(store, trust, lambda _: None, each, level=3)
    assert [8 / SIZE, 16 / SIZE, 24 / SIZE, 32 / SIZE, 40 / SIZE, 1.0] == parts


MISFILED = {
    "a type": ("UPDATE events SET topic = 'onrecord.confirmed' WHERE position = 1", "position 1 is filed as"),
    "a place": ("UPDATE events SET version = 30 WHERE position = 8", "position 8 is filed as"),
    "a claim": ("UPDATE events SET claim = 'x', version = 30 WHERE position = 8", "1 of 41 events belong to no claim"),
    "a claim that is none": ("UPDATE events SET claim = 'x' WHERE position = 37", "claim x cannot be replayed"),
    "a time": (
        "UPDATE log SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 9",
        "position 9 is filed as",
    ),
    "a row": ("UPDATE bodies SET body = replace(body, 'denied', 'reported') WHERE since = 5", "version 5: body differ"),
    "bytes": ("UPDATE events SET state = '[]' WHERE position = 2", "cannot be replayed"),
}


@pytest.mark.parametrize(("statement", "expected"), MISFILED.values(), ids=MISFILED)
def test_what_is_read_is_not_what_is_logged(owner, record, store, statement, expected):
    """An event filed under another claim, version, type or time, and a row of the read model changed, are found."""
    owner.run(statement)
    with pytest.raises(ReadModelDiffers, match=expected):
        check_read_model(store, lambda _: None, Event())
