"""Hold engines to one leader at a time, and to keeping what came of the jobs and what hangs."""

from service.store import open_store
from service.store.hanging import HangingRow
from service.store.job_log import JobRow
from tests.builders import CLAIM_ID, MID, MOFA, OTHER_ID, asked, kept, said
from tests.contract.asking import append, instant, opening

HERE, THERE = str(CLAIM_ID), str(OTHER_ID)
START = HangingRow("9999", "", 0)


def test_one_leads_and_another_takes_over_when_it_gives_up(store, url):
    """While one has the lead nobody gets it, from another store on the same record neither; given up, another does."""
    other = open_store(url)
    first = store.lead()
    assert first is not None
    assert (first.still_holds(), store.lead(), other.lead()) == (True, None, None)
    first.give_up()
    first.give_up()
    second = other.lead()
    assert second is not None
    assert (second.still_holds(), first.still_holds(), store.lead()) == (True, False, None)
    second.give_up()
    other.close()


def run(name: str, started_at: str, **more) -> JobRow:
    """Make what came of one run."""
    return JobRow(**{"name": name, "started_at": started_at, "ended_at": started_at, "failed": False, "detail": "Done.",
                     "runs": 1, "errors": 0, "misses": 0, **more})  # fmt: skip


def test_runs_are_added_up_and_the_last_one_is_shown(store):
    """Counts of a job are added; of its runs the one that started last stands, in whatever order they are noted."""
    with store.writing() as transaction:
        transaction.job_log.note([run("b", "2026-01-02", failed=True, detail="No.", errors=1), run("a", "2026-01-01")])
    with store.writing() as transaction:
        transaction.job_log.note([run("b", "2026-01-01", runs=3), run("a", "", runs=0, misses=2, detail="")])
    with store.reading() as view:
        assert view.job_log.jobs() == [
            JobRow("a", "2026-01-01", "2026-01-01", failed=False, detail="Done.", runs=1, errors=0, misses=2),
            JobRow("b", "2026-01-02", "2026-01-02", failed=True, detail="No.", runs=4, errors=1, misses=0),
        ]


def test_what_hangs_is_kept_as_claims_stand(store, bench):
    """A request hangs from its deadline until it is answered, a silence from its recording until the party speaks."""
    bench.do(opening(CLAIM_ID, asked(MOFA, "2026-02-02T21:00:00+09:00"), said("ncnd", MID)))
    bench.do(opening(OTHER_ID, asked(MID, "2026-02-01T12:00:00Z")))
    due, silent, other = (
        HangingRow("2026-02-02T12:00:00.000000Z", HERE, 2),
        HangingRow(instant(), HERE, 3),
        HangingRow("2026-02-01T12:00:00.000000Z", THERE, 2),
    )
    with store.reading() as view:
        hanging = view.hanging
        assert hanging.of_claim(HERE) == [("asked", due), ("withholds", silent)]
        assert hanging.oldest("asked", before="2026-02-02T12:00:00.000000Z", after=None, limit=9) == [other]
        assert hanging.oldest("asked", before="9", after=None, limit=1) == [other]
        assert hanging.oldest("asked", before="9", after=other, limit=9) == [due]
        assert hanging.newest("asked", before=START, limit=9) == [due, other]
        assert hanging.newest("asked", before=due, limit=9) == [other]
        assert hanging.newest("withholds", before=START, limit=9) == [silent]
    bench.do(append(CLAIM_ID, said("denied", MOFA)))
    bench.do(append(CLAIM_ID, said("denied", MID)))
    bench.do(append(OTHER_ID, kept("redacted", regarding=2), if_match=2))
    with store.reading() as view:
        assert view.hanging.of_claim(HERE) + view.hanging.of_claim(THERE) == []
