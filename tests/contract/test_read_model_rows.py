"""Hold the read model to the events: a row for every version, holding from its log size to the next one's."""

from itertools import pairwise
from uuid import UUID

import orjson
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from service.rebuild import rebuild
from service.recording.ledger import rerender
from service.store import finding
from service.store.finding import OPEN_END, PLAIN, ClaimQuery
from service.store.sql import lasting as sql_lasting
from tests.builders import CLAIM_ID, KREMLIN, MID, MOFA, OTHER_ID, THIRD_ID, amended, asked, assessed, kept, said
from tests.contract.asking import append, ask, contents, describe_prefix, item, opening

CLAIMS = [CLAIM_ID, OTHER_ID, THIRD_ID]
VERSIONS = st.integers(1, 8)
OPENINGS = [opening(CLAIM_ID, said("reported")), opening(OTHER_ID, said("alleged", MOFA)), opening(THIRD_ID)]
RECORD = {
    "schema_version",
    "log_head",
    "events",
    "log",
    "replies",
    "tokens",
    "webhooks",
    "deliveries",
    "job_log",
    "watched",
}  # not derived

spoken = st.builds(said, st.sampled_from(["reported", "denied", "confirmed", "ncnd"]), st.sampled_from([MID, MOFA]))
about = st.builds(
    lambda type_, party, v: said(type_, party, regarding=v),
    st.sampled_from(["retracted", "walked_back", "clarified"]),
    st.sampled_from([MID, MOFA]),
    VERSIONS,
)
keeping = st.one_of(
    st.builds(lambda v: kept("struck", regarding=v), VERSIONS),
    st.builds(lambda v: kept("redacted", regarding=v), VERSIONS),
    st.builds(lambda v: amended(v, said("denied", KREMLIN)), VERSIONS),
    st.just(kept("reworded", text="It was otherwise.")),
    st.just(asked()),
    st.just(assessed()),
)
linked = st.builds(
    lambda type_, claim: (type_, {"relation": "aspect_of", "claim": str(claim)}),
    st.sampled_from(["linked", "unlinked"]),
    st.sampled_from(CLAIMS),
)
# What is asked for, and how far behind the claim's version whoever asks for it is.
late = st.sampled_from([0, 0, 0, 1])
asked_for = st.tuples(st.sampled_from(CLAIMS), spoken | about | keeping | keeping | linked, late)
commands = st.lists(asked_for, min_size=1, max_size=3)
groups = st.lists(st.lists(commands, min_size=1, max_size=4), max_size=5)


def record_groups(store, bench, asked_in_groups):
    """Record what the rules allow, each group in one transaction; versions are guessed as a desk would."""
    for group in asked_in_groups:
        with store.reading() as view:
            count = {claim: view.count_events(str(claim)) for claim in CLAIMS}
        together = []
        for command in group:
            items = []
            for claim, event, behind in command:
                known = count[claim] - behind if event[0] in {"struck", "redacted", "amended", "reworded"} else None
                items.append(item(claim, event, if_match=known))
                count[claim] += 1
            together.append(ask(*items, allow_duplicate=len(items) % 2 == 0))
        bench.do_together(*together)
        bench.clock.move(seconds=len(group) - 2)


@settings(max_examples=40)
@for_all(groups)
def test_as_of_every_size_a_claim_stands_as_its_events_up_to_then_say(fresh, asked_in_groups):
    """For every log size, the row that held is what the claim's first events say, described from the start."""
    with fresh() as (store, bench):
        bench.do_together(*OPENINGS)
        record_groups(store, bench, asked_in_groups)
        with store.reading() as view:
            for claim in map(str, CLAIMS):
                for size in range(view.head().size + 2):
                    row = view.claim_version(claim, size=size)
                    assert (row and orjson.loads(row.body)) == describe_prefix(view, claim, size)
                    assert row is None or row.since <= size < row.until


@settings(max_examples=40)
@for_all(groups)
def test_rows_made_again_are_the_rows_that_were_made(fresh, asked_in_groups):
    """Rows hold without gap or overlap, and dropped and made again from the events they are the same."""
    with fresh() as (store, bench):
        bench.do_together(*OPENINGS)
        record_groups(store, bench, asked_in_groups)
        before = contents(store)
        for rows in before["rows"].values():
            assert [version for _, _, version, _ in rows] == list(range(1, len(rows) + 1))
            assert [until for _, until, _, _ in rows] == [*(since for since, *_ in rows[1:]), OPEN_END]
            assert all(earlier < later for (earlier, *_), (later, *_) in pairwise(rows))
        with store.writing() as transaction:
            transaction.derived.clear()
            assert transaction.claim_version(str(CLAIM_ID)) is None
            for claim in CLAIMS:
                rerender(transaction, str(claim))
        assert contents(store) == before


HISTORIES = {
    "plain": [said("reported"), said("denied", MOFA), ("linked", {"relation": "context", "claim": str(OTHER_ID)})],
    "amended": [said("reported"), amended(2, said("denied", MOFA)), kept("struck", regarding=2)],
    "redacted": [said("reported"), amended(2, said("denied", MOFA)), kept("redacted", regarding=2), said("ncnd")],
    "taken back": [
        *(said("denied", KREMLIN), said("retracted", regarding=2), said("retracted", KREMLIN, regarding=3)),
        *(kept("struck", regarding=4), amended(3, said("ncnd")), said("corrected", regarding=2, grade="withdrawn")),
        kept("redacted", regarding=7),
    ],
    "reworded": [kept("reworded", text="It was otherwise."), asked(), said("declined", MOFA)],
}


@pytest.fixture
def derived(engine, behind):
    """Give a way to read every table that is made from the events."""

    def read():
        names = {name for (name,) in behind(engine.tables)} - RECORD
        return {name: sorted(behind(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608 - names of ours

    return read


@pytest.mark.parametrize("claim_by_claim", [False, True], ids=["all", "one"])
@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_every_table_of_the_read_model_is_made_again_as_it_was(
    bench, store, derived, monkeypatch, history, claim_by_claim
):
    """Dropped, of all claims or of one, and made again, every row by which claims are found is the same."""
    monkeypatch.setattr(sql_lasting, "LASTING", 2)  # else no claim has lasted
    monkeypatch.setattr(finding, "FRESH", 4)  # else no facet is entered
    bench.do(opening(OTHER_ID, said("alleged")))
    bench.do(opening(CLAIM_ID))
    for version, event in enumerate(history, 1):
        bench.do(append(CLAIM_ID, event, if_match=version))

    before = derived()
    assert [] not in (before["claim_versions"], before["facets"], before["lasting"])
    with store.writing() as transaction:
        if not claim_by_claim:
            transaction.derived.clear()
        for claim in transaction.claim_ids("", 10):
            rerender(transaction, claim)
    assert derived() == before


@pytest.mark.parametrize("beside", [0, 1], ids=["in one process", "in two"])
def test_a_rebuild_makes_every_row_as_it_was(bench, store, derived, monkeypatch, beside):
    """Replayed in batches, here or in a process beside, every table is as the appends made it."""
    monkeypatch.setattr("service.rebuild.BATCH", 4)
    monkeypatch.setattr(finding, "FRESH", 4)
    bench.do(opening(OTHER_ID, said("alleged")))
    bench.do(opening(THIRD_ID, said("reported", KREMLIN)))
    for claim, history in zip((CLAIM_ID, *(UUID(int=n) for n in range(5, 9))), HISTORIES.values(), strict=True):
        bench.do(opening(claim))
        for version, event in enumerate(history, 1):
            bench.do(append(claim, event, if_match=version))
    before, told = derived(), []
    assert rebuild(store, told.append, beside=beside) == 7
    assert derived() == before
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_redaction_makes_every_row_of_its_claim_anew(bench, store):
    """Once a payload is erased no row of its claim, early or late, shows a word of it; other claims stay the same."""
    bench.do_together(opening(CLAIM_ID, said("denied", KREMLIN)), opening(OTHER_ID, said("denied", KREMLIN)))
    other = contents(store)["rows"][str(OTHER_ID)]
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))
    rows = contents(store)["rows"]
    assert [("Kremlin" in body, orjson.loads(body)["standing"]) for *_, body in rows[str(CLAIM_ID)]] == [
        (False, "opened"),
        (False, "opened"),
        (False, "opened"),
    ]
    assert rows[str(OTHER_ID)] == other


@pytest.mark.parametrize(
    ("events", "plain"),
    [
        ([said("reported"), said("denied", KREMLIN)], True),
        ([said("reported"), said("denied", KREMLIN, attribution="anonymous")], False),
        ([said("reported", on_behalf_of=KREMLIN), said("denied", MOFA)], False),
        ([said("reported"), amended(2, said("reported", attribution="background"))], False),
        ([said("reported", attribution="background"), amended(2, said("reported"))], True),
        ([said("reported", on_behalf_of=KREMLIN), kept("struck", regarding=2)], True),
    ],
)
def test_a_version_tells_whether_everybody_spoke_on_the_record_and_in_their_own_name(bench, store, events, plain):
    """What is amended counts as it reads now, and what is struck does not count."""
    bench.do(opening(CLAIM_ID))
    for version, event in enumerate(events, 1):
        bench.do(append(CLAIM_ID, event, if_match=version))
    with store.reading() as view:
        [(_, row)] = view.claim_versions(ClaimQuery(view.head().size, limit=2))
    assert (PLAIN in row.tags) is plain
