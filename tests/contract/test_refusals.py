"""Hold refusals to leaving nothing behind: not in the record, not in the writer's memory, not for others."""

import orjson
import pytest

from service.recording.ledger import Item
from tests.builders import CLAIM_ID, KREMLIN, MID, MOFA, OPENED, OTHER_ID, THIRD_ID, kept, said
from tests.contract.asking import (
    NOBODY,
    append,
    ask,
    code_of,
    codes_of,
    contents,
    describe_prefix,
    item,
    opening,
    outcome_of,
    texts_of,
)

TOO_LONG = said("denied", note="x" * 66_000)
UNFORESEEN = ask(Item(CLAIM_ID, "no such type", {}))

REFUSED = {
    "not_found": append(THIRD_ID, said("denied")),
    "already_exists": opening(CLAIM_ID),
    "opens_twice": append(CLAIM_ID, OPENED),
    "rule_broken": append(CLAIM_ID, said("retracted", regarding=9)),
    "duplicate_statement": ask(item(CLAIM_ID, said("denied"))),
    "version_moved_on": append(CLAIM_ID, said("ncnd"), if_match=1),
    "precondition_required": append(CLAIM_ID, kept("redacted", regarding=2)),
    "invalid": append(CLAIM_ID, said("denied", MID | {"name": " "})),
    "too_large": append(CLAIM_ID, TOO_LONG),
    "key_reused": append(CLAIM_ID, said("ncnd"), key="first request", fingerprint=b"another"),
    "KeyError": UNFORESEEN,
}
CODES = {"opens_twice": "rule_broken"}


@pytest.fixture
def denied(bench, store):
    """Record a claim that was denied."""
    bench.do(opening(CLAIM_ID, said("denied"), key="first request"))
    return store


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_command_leaves_no_trace(bench, denied, case):
    """A refusal carries its word; the record is as before, and the next command finds the claim as it was."""
    before = contents(denied)
    assert code_of(outcome_of(bench.writer.submit(REFUSED[case]))) == CODES.get(case, case)
    assert contents(denied) == before
    assert bench.do(append(CLAIM_ID, said("confirmed", MOFA))).events[0].version == 3


@pytest.mark.parametrize("case", [case for case in REFUSED if case != "KeyError"])
def test_a_refused_command_disturbs_nobody_in_its_group(bench, denied, case):
    """What was handed in before and after a refused command of the same transaction is recorded."""
    before, after = append(CLAIM_ID, said("ncnd")), append(CLAIM_ID, said("confirmed", MOFA))
    outcomes = bench.do_together(before, REFUSED[case], after)
    assert codes_of(outcomes) == ["recorded", CODES.get(case, case), "recorded"]
    assert [event["type"] for event in texts_of(denied, CLAIM_ID)] == ["opened", "denied", "ncnd", "confirmed"]
    assert_rows_are_true(denied, CLAIM_ID)


@pytest.mark.parametrize("case", REFUSED)
def test_a_batch_whose_last_item_is_refused_takes_back_the_others(bench, denied, case):
    """Items before a refused one are taken back, on claims that others of the group touch and on new ones alike."""
    last = REFUSED[case].items[0]
    opened, spoken = item(OTHER_ID, OPENED), item(CLAIM_ID, said("unaware", MOFA))
    rest = {"opens_twice": item(CLAIM_ID, OPENED), "already_exists": item(CLAIM_ID, OPENED)}
    batch = ask(opened, spoken, item(OTHER_ID, said("denied")), rest.get(case, last))
    before = append(CLAIM_ID, said("alleged", KREMLIN))
    after = opening(OTHER_ID, said("confirmed", MOFA))
    if case in {"key_reused", "KeyError"}:
        batch = ask(opened, spoken, item(NOBODY, said("denied")))
    outcomes = bench.do_together(before, batch, after, append(CLAIM_ID, said("ncnd")))
    assert [code == "recorded" for code in codes_of(outcomes)] == [True, False, True, True]
    assert [event["type"] for event in texts_of(denied, CLAIM_ID)] == ["opened", "denied", "alleged", "ncnd"]
    assert [event["type"] for event in texts_of(denied, OTHER_ID)] == ["opened", "confirmed"]
    assert_rows_are_true(denied, CLAIM_ID, OTHER_ID)


def test_a_fault_that_nobody_foresaw_hits_the_command_it_comes_from(bench, denied):
    """One command of a group fails as nobody foresaw: it is told so, and the others are decided without it."""
    bench.hold_up()
    waiting = [
        bench.writer.submit(command)
        for command in (
            append(CLAIM_ID, said("ncnd")),
            UNFORESEEN,
            opening(OTHER_ID),
            append(THIRD_ID, said("denied")),
            append(CLAIM_ID, said("confirmed", MOFA)),
        )
    ]
    bench.clock.free.set()
    outcomes = [outcome_of(future) for future in waiting]
    assert codes_of(outcomes) == ["recorded", "KeyError", "recorded", "not_found", "recorded"]
    assert [event["type"] for event in texts_of(denied, CLAIM_ID)] == ["opened", "denied", "ncnd", "confirmed"]
    assert_rows_are_true(denied, CLAIM_ID, OTHER_ID)


def test_a_redaction_refused_half_way_erases_nothing(bench, denied):
    """A batch that redacts and is then refused leaves the payload: stored, in memory, and in what comes after."""
    before = texts_of(denied, CLAIM_ID)
    redact = item(CLAIM_ID, kept("redacted", regarding=2), if_match=2)
    outcomes = bench.do_together(
        ask(redact, item(NOBODY, said("denied"))),
        ask(item(CLAIM_ID, said("denied"))),
        append(CLAIM_ID, said("retracted", regarding=2)),
    )
    assert codes_of(outcomes) == ["not_found", "duplicate_statement", "recorded"]
    assert texts_of(denied, CLAIM_ID)[:2] == before
    assert_rows_are_true(denied, CLAIM_ID)


def test_a_command_sees_what_the_earlier_ones_of_its_group_left(bench, denied):
    """A command is decided on the state that the earlier ones of its group left, refused ones not counted."""
    outcomes = bench.do_together(
        append(CLAIM_ID, said("ncnd"), if_match=2),
        append(CLAIM_ID, said("unaware"), if_match=2),
        append(CLAIM_ID, said("unaware"), if_match=3),
        opening(OTHER_ID),
        opening(OTHER_ID),
        append(OTHER_ID, ("linked", {"relation": "aspect_of", "claim": str(CLAIM_ID)})),
        append(CLAIM_ID, ("linked", {"relation": "aspect_of", "claim": str(OTHER_ID)})),
        ask(item(OTHER_ID, said("denied"))),
        ask(item(OTHER_ID, said("denied"))),
    )
    assert codes_of(outcomes) == [
        "recorded",
        "version_moved_on",
        "recorded",
        "recorded",
        "already_exists",
        "recorded",
        "rule_broken",
        "recorded",
        "duplicate_statement",
    ]
    assert (outcomes[1].members, outcomes[6].rule) == ({"current_version": 3, "versions_since": [3]}, "no_circle")
    assert outcomes[8].members == {"claim": str(OTHER_ID), "version": 3}
    assert_rows_are_true(denied, CLAIM_ID, OTHER_ID)


def test_a_duplicate_is_found_by_what_counts_now(bench, denied):
    """A statement that is there and counts is not recorded twice; taken back, or asked for once more, it is."""
    again = ask(item(CLAIM_ID, said("denied")))
    assert code_of(outcome_of(bench.writer.submit(again))) == "duplicate_statement"
    bench.do(ask(item(CLAIM_ID, said("denied")), allow_duplicate=True))
    bench.do(append(CLAIM_ID, kept("struck", regarding=2), if_match=3))
    bench.do(append(CLAIM_ID, said("retracted", regarding=3)))
    bench.do(again)
    types = [event["type"] for event in texts_of(denied, CLAIM_ID)]
    assert types == ["opened", "denied", "denied", "struck", "retracted", "denied"]


def assert_rows_are_true(store, *claims):
    """Hold the present row of each claim to what its events say."""
    with store.reading() as view:
        size = view.head().size
        bodies = [view.claim_version(str(claim)).body for claim in claims]
        assert [orjson.loads(body) for body in bodies] == [describe_prefix(view, str(claim), size) for claim in claims]
