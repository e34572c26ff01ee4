"""Hold a party's answer, counted as events came in, to what all claims, judged one by one, say, at every log size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.errors import NotFound, NotYetKnown
from domain.joins import read_as_one
from domain.party import party_key
from domain.reading import read_history
from domain.standing import account_for, describe_account
from domain.track_record import BEHIND, judge_claim
from service.reading.parties import PartyQuestion, read_party
from service.rebuild import rebuild
from service.recording.ledger import MAPPER
from service.store.interface import View
from tests.adding_up import claims_behind, sum_of
from tests.builders import KREMLIN, MID, MOFA, amended, kept, said
from tests.contract.asking import EVERYTHING, TEN
from tests.contract.test_read_model_rows import CLAIMS, OPENINGS, VERSIONS, record_groups
from tests.web.directory import MINISTRY, joined

PARTIES = [MID, MINISTRY, KREMLIN, MOFA]
KEYS = [party_key(party["name"]) for party in PARTIES]
speaking = st.sampled_from([MID, MID, MINISTRY, MOFA])
words = st.builds(
    lambda type_, party, day, strength: said(type_, party, said_on=day, strength=strength),
    st.sampled_from(["reported", "denied", "denied", "confirmed", "confirmed", "ncnd"]),
    speaking,
    st.sampled_from(["2025-12-01", "2025-12-21", "2026-01-09", "1983-02-01", "2025-12"]),
    st.sampled_from(["categorical", "plain", "hedged"]),
)
takings = st.builds(
    lambda type_, party, version: said(type_, party, regarding=version),
    st.sampled_from(["retracted", "walked_back"]),
    speaking,
    VERSIONS,
)
keeping = st.one_of(
    st.builds(lambda version: kept("struck", regarding=version), VERSIONS),
    st.builds(lambda version: kept("redacted", regarding=version), VERSIONS),
    st.builds(amended, VERSIONS, words),
)
joining = st.builds(
    lambda party, same_as, type_: joined(party["name"], same_as["name"], type_),
    st.sampled_from([MID, MINISTRY]),
    st.sampled_from([MINISTRY, KREMLIN, MOFA]),
    st.sampled_from(["joined", "joined", "parted"]),
)
asked_for = st.tuples(st.sampled_from(CLAIMS), words | words | words | takings | keeping | joining, st.just(0))
groups = st.lists(st.lists(st.lists(asked_for, min_size=1, max_size=2), min_size=1, max_size=5), min_size=1, max_size=5)


def judge(view: View, keys: Sequence[str], shown: dict[str, Any], size: int) -> Iterator[tuple[int, Any, Any]]:
    """Give (last change, claim, fate) of every claim as it stood, with these names as one party."""
    for claim in view.claim_ids("", EVERYTHING):
        placed = [(n, MAPPER.to_domain_event(e)) for n, e in view.placed_events(UUID(claim)) if n < size]
        if placed:
            events = [event for _, event in placed]
            account = account_for(read_as_one(read_history(events), keys, shown))
            fate = judge_claim(account).get(party_key(shown["name"]), {})
            turned = any(change["party"] == party_key(shown["name"]) for change in account.reversals)
            body = describe_account(events, account)
            yield placed[-1][0] + 1, body, fate | ({"turned": True} if turned else {})


def follow(view: View, question: PartyQuestion) -> list[dict[str, Any]]:
    """Read a party's pages to the end, and, but for most numbers, hold that the way back is the same."""
    pages = [read_party(view, question, TEN)]
    while "next" in pages[-1].links:
        pages.append(read_party(view, replace(question, **pages[-1].links["next"]), TEN))
    assert "prev" not in pages[0].links
    if question.behind in {None, "denials", "reversals"}:
        back = [replace(question, cursor=page.links["prev"]["cursor"] or None) for page in pages[1:]]
        assert [page.body for page in pages[:-1]] == [read_party(view, one, TEN).body for one in back]
    return [orjson.loads(page.body) for page in pages]


def unordered(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out in which order claims are named."""
    sorts = {
        name: {w: sorted(ids) for w, ids in record[name]["claims"].items()} for name in ("denials", "affirmations")
    }
    return {
        **{name: record[name] | {"claims": claims} for name, claims in sorts.items()},
        "withheld": record["withheld"] | {"claims": sorted(record["withheld"]["claims"])},
    }


def hold(view: View, key: str, size: int) -> int:
    """Hold all that is answered about a party to what its claims say; answers on how many it speaks."""
    question = PartyQuestion(key, limit=1, as_of=str(size))
    try:
        pages = follow(view, question)
    except (NotFound, NotYetKnown):
        return 0
    first = pages[0]
    also = first["party"].pop("also_known_as")
    keys = [first["party"].pop("key"), *(name["key"] for name in also)]
    told = sorted(judge(view, keys, first["party"], size), key=lambda one: one[0], reverse=True)
    assert (unordered(first["track_record"]), first["reversed_claims"]) == (
        unordered(sum_of([(body["id"], fate) for _, body, fate in told])),
        sum("turned" in fate for *_, fate in told),
    )
    stands = [
        (body["id"], position["stance"], position["partial"], position["since"])
        for _, body, _ in told
        for position in body["positions"]
        if position["party"]["key"] == keys[0]
    ]
    assert [
        (one["claim"], one["stance"], one["partial"], one["since"]) for page in pages for one in page["positions"]
    ] == stands
    for name in BEHIND:
        behind = follow(view, replace(question, behind=name))
        found = [position["claim"] for page in behind for position in page["positions"]]
        assert sorted(found) == sorted(claims_behind(name, [(body["id"], fate) for _, body, fate in told]))
    turns = [(change["claim"], change["from"], change["to"]) for page in behind for change in page["reversals"]]
    changes = [(body["id"], c) for _, body, _ in told for c in body["reversals"] if c["party"] == keys[0]]
    assert sorted(turns) == sorted((claim, change["from"], change["to"]) for claim, change in changes)
    return len(stands)


@settings(max_examples=25)
@for_all(groups)
def test_a_party_is_told_as_all_claims_judged_one_by_one_say(fresh, asked_in_groups):
    """Numbers, the claims behind each, positions and reversals, on pages, are those of a fold of every claim."""
    with fresh() as (store, bench):
        bench.do_together(*OPENINGS)
        record_groups(store, bench, asked_in_groups)
        with store.reading() as view:
            size = view.head().size
            for key in KEYS:
                for moment in {size, size - 1, size // 2}:
                    hold(view, key, moment)


@pytest.mark.parametrize("again", [False, True], ids=["counted", "made again"])
def test_two_names_on_one_claim_are_counted_as_one_party(fresh, again):
    """A claim that both names speak on counts once, by what they say together; made again it counts the same."""
    turned = [said("denied", MID, said_on="2025-12-01"), said("confirmed", MINISTRY, said_on="2026-01-09")]
    asked = [[(claim, event, 0)] for claim in CLAIMS[:2] for event in turned]
    alone = [[(CLAIMS[2], said("denied", MINISTRY), 0)], [(CLAIMS[0], joined(MINISTRY["name"], MID["name"]), 0)]]
    with fresh() as (store, bench):
        bench.do_together(*OPENINGS)
        record_groups(store, bench, [asked, alone])
        if again:
            rebuild(store, lambda _: None)
        with store.reading() as view:
            answer = orjson.loads(read_party(view, PartyQuestion(KEYS[0]), TEN).body)
            assert [hold(view, KEYS[1], size) for size in range(6, view.head().size + 1)][-1] == 3
    denials = answer["track_record"]["denials"]
    assert (denials["n"], denials["reversed"], denials["standing"], denials["median_days_to_reversal"]) == (3, 2, 1, 39)
    assert answer["reversed_claims"] == 2
