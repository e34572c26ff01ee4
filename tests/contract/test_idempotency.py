"""Hold a retried request to being recorded once, and to the first answer."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from service.errors import Unauthenticated
from service.machine import new_salt
from service.recording import writer
from service.recording.deciding import Decider
from service.recording.writer import Writer
from service.store import open_store
from service.store.interface import Reply
from service.store.sql.view import SQLView
from service.timeline import Asked, Timeline
from service.tokens import Actor, create_token, digest_of
from tests.builders import CLAIM_ID, MOFA, OTHER_ID, THIRD_ID, kept, said
from tests.contract.asking import (
    PATIENCE,
    TEN,
    append,
    ask,
    code_of,
    codes_of,
    contents,
    item,
    opening,
    outcome_of,
    texts_of,
)
from tests.faults.serving import wait_until

DENIAL = ask(item(CLAIM_ID, said("denied")), key="the denial")
KEYS = ["again", "too early"]


@pytest.fixture
def opened(bench, store):
    """Open a claim."""
    bench.do(opening(CLAIM_ID))
    return store


def placed(receipt):
    """Tell which positions a receipt is for, and whether it was given before."""
    return (receipt.first_position, receipt.event_count, receipt.replayed)


def test_the_same_request_again_gets_the_first_answer(bench, opened):
    """A key that made events answers with them, however often and whatever was recorded since."""
    assert placed(bench.do(DENIAL)) == (1, 1, False)
    bench.do(append(CLAIM_ID, said("retracted", regarding=2)))
    before = contents(opened)
    assert [placed(bench.do(DENIAL)) for _ in range(3)] == [(1, 1, True)] * 3
    assert contents(opened) == before


def test_the_same_request_twice_in_one_group_is_recorded_once(bench, opened):
    """Of two requests with one key that are decided together the second gets the answer of the first."""
    outcomes = bench.do_together(DENIAL, append(CLAIM_ID, said("ncnd", MOFA)), DENIAL)
    assert [placed(receipt) for receipt in outcomes] == [(1, 1, False), (2, 1, False), (1, 1, True)]
    assert [event["type"] for event in texts_of(opened, CLAIM_ID)] == ["opened", "denied", "ncnd"]


def test_requests_that_are_decided_together_are_looked_up_together(bench, opened, monkeypatch):
    """Of a group it is asked once for each who asks what was made before, however many keys there are."""
    asked, find = [], SQLView.find_replies
    bench.do(DENIAL)
    again = [append(CLAIM_ID, said("ncnd", MOFA, scope=str(n)), key=f"the words {n}") for n in range(3)]
    bench.do(again[1])

    def note(view, actor, keys):
        asked.append((actor, sorted(keys)))
        return find(view, actor, keys)

    monkeypatch.setattr(SQLView, "find_replies", note)
    outcomes = bench.do_together(*again, DENIAL)
    assert [placed(receipt) for receipt in outcomes] == [(3, 1, False), (2, 1, True), (4, 1, False), (1, 1, True)]
    assert asked == [("desk-seoul", ["the denial", "the words 0", "the words 1", "the words 2"])]


def test_a_token_is_asked_once_for_a_group(bench, opened, monkeypatch):
    """Of a group each token is asked once whether it holds, and only whoever has one that does not is refused."""
    token, asked, find = (
        create_token(opened, "desk-seoul", "reporter", now=TEN, expires_in=None),
        [],
        SQLView.find_token,
    )
    held, other = digest_of(token), digest_of("onr_none")
    commands = [append(CLAIM_ID, said("denied"), token=one) for one in (held, other, held, other)]

    def note(view, digest):
        asked.append(digest)
        return find(view, digest)

    monkeypatch.setattr(SQLView, "find_token", note)
    assert codes_of(bench.do_together(*commands)) == ["recorded", "unauthenticated"] * 2
    assert asked == [held, other]


@pytest.mark.usefixtures("opened")
def test_a_key_is_looked_at_before_anything_else(bench):
    """A retry is answered although its version has moved on, its claim exists, its statement is there."""
    first = ask(item(CLAIM_ID, said("denied"), if_match=1), key="with a version")
    opens = opening(OTHER_ID, key="that opens")
    bench.do(first)
    bench.do(opens)
    assert placed(bench.do(first)) == (1, 1, True)
    assert placed(bench.do(opens)) == (2, 1, True)


def test_another_request_with_the_key_is_refused(bench, opened):
    """A key that was used for one request is refused for another, in the same group and later, and stays used."""
    other = ask(item(CLAIM_ID, said("ncnd")), key="the denial", fingerprint=b"another request")
    outcomes = bench.do_together(DENIAL, other)
    assert codes_of([*outcomes, outcome_of(bench.writer.submit(other))]) == ["recorded", "key_reused", "key_reused"]
    assert placed(bench.do(DENIAL)) == (1, 1, True)
    assert [event["type"] for event in texts_of(opened, CLAIM_ID)] == ["opened", "denied"]


def test_a_key_is_its_actors_own(bench, opened):
    """The same key from two actors is two keys."""
    mine, theirs = DENIAL, append(CLAIM_ID, said("denied"), key="the denial", actor="desk-tokyo")
    assert codes_of(bench.do_together(mine, theirs)) == ["recorded", "recorded"]
    assert [event["recorded_by"] for event in texts_of(opened, CLAIM_ID)] == ["desk-seoul", "desk-seoul", "desk-tokyo"]


def test_only_what_is_recorded_uses_a_key_up(bench, opened):
    """A refused request leaves its key free, in the same group and later."""
    early = append(OTHER_ID, said("denied"), key="too early")
    outcomes = bench.do_together(early, opening(OTHER_ID), early, early)
    assert codes_of(outcomes) == ["not_found", "recorded", "recorded", "replayed"]
    assert code_of(outcome_of(bench.writer.submit(append(THIRD_ID, said("denied"), key="again")))) == "not_found"
    with opened.reading() as view:
        asked = [view.find_replies(*of) for of in (("desk-seoul", KEYS), ("desk-busan", KEYS), ("desk-seoul", []))]
    assert asked == [{"too early": Reply("desk-seoul", "too early", b"the request", 2, 1)}, {}, {}]


def test_a_key_lasts_as_long_as_the_record(bench, opened):
    """A writer that starts later answers for the keys of those before it."""
    bench.do(DENIAL)
    later = Writer(Decider(opened, clock=bench.clock, new_salt=new_salt))
    assert placed(later.submit(DENIAL).result(PATIENCE)) == (1, 1, True)
    later.close()


@pytest.fixture
def desk(opened, bench):
    """Give the timeline, as the rest of the program sees it."""
    built = Timeline(opened, clock=bench.clock, new_salt=new_salt)
    yield built
    built.close()


EDITOR = Asked(Actor("desk-seoul", "editor"), key="a batch", fingerprint=b"its bytes")


def test_a_batch_comes_again_whole(desk):
    """What a retried batch made is answered whole, event for event as the first time."""
    items = [item(CLAIM_ID, said("denied")), item(CLAIM_ID, said("ncnd", MOFA)), item(CLAIM_ID, said("unaware", MOFA))]
    first = desk.record(items=items, asked=EDITOR)
    again = desk.find_receipt(asked=EDITOR)
    assert (placed(first), placed(again)) == ((1, 3, False), (1, 3, True))
    assert desk.made(receipt=again) == desk.made(receipt=first)
    assert [(made.position, made.version) for made in desk.made(receipt=again)] == [(1, 2), (2, 3), (3, 4)]


def test_a_retry_does_not_wait_for_what_is_being_recorded(desk, opened, url, monkeypatch):
    """Its first answer is read while others have the record, as long as its token holds, and nothing is recorded."""
    monkeypatch.setattr(writer, "SOON", 0.01)
    token = digest_of(create_token(opened, "desk-seoul", "editor", now=TEN, expires_in=None))
    items, asked = [item(CLAIM_ID, said("denied"))], replace(EDITOR, token=token)
    first = desk.record(items=items, asked=asked)
    with ThreadPoolExecutor(1) as others, closing(open_store(url)) as elsewhere:
        with elsewhere.writing() as transaction:
            transaction.head()
            other = others.submit(desk.record, items=[item(CLAIM_ID, said("ncnd"))], asked=Asked(EDITOR.actor))
            wait_until(lambda: desk._writer._deciding_since)  # noqa: SLF001 - nobody else can tell
            again = desk.record(items=items, asked=asked)
            with pytest.raises(Unauthenticated):
                desk.record(items=items, asked=replace(asked, token=digest_of("onr_none")))
        assert placed(other.result(PATIENCE)) == (2, 1, False)
    assert (placed(first), placed(again)) == ((1, 1, False), (1, 1, True))
    assert [event["type"] for event in texts_of(opened, CLAIM_ID)] == ["opened", "denied", "ncnd"]


def test_what_was_redacted_since_comes_again_redacted(desk):
    """A retry never brings back what was erased since the first answer."""
    receipt = desk.record(items=[item(CLAIM_ID, said("denied"))], asked=EDITOR)
    erase = [item(CLAIM_ID, kept("redacted", regarding=2), if_match=2)]
    desk.record(items=erase, asked=Asked(EDITOR.actor))
    (before,), (after,) = desk.made(receipt=receipt), desk.made(receipt=desk.find_receipt(asked=EDITOR))
    assert ("What was said." in before.state, "What was said." in after.state) == (True, False)
    assert (after.position, after.claim, after.version) == (1, str(CLAIM_ID), 2)


def test_a_rehearsal_records_nothing_and_uses_no_key_up(desk, opened):
    """A rehearsal answers how the claim would stand and leaves the record, and its key, as they were."""
    before = contents(opened)
    items = [item(CLAIM_ID, said("denied")), item(CLAIM_ID, said("ncnd", MOFA))]
    rows = desk.rehearse(items=items, asked=EDITOR)
    assert [(row.claim, row.version, row.since) for row in rows] == [(str(CLAIM_ID), 3, 3)]
    assert (contents(opened), desk.find_receipt(asked=EDITOR)) == (before, None)
    assert placed(desk.record(items=items, asked=EDITOR)) == (1, 2, False)
    assert contents(opened)["rows"][str(CLAIM_ID)][2][3] == rows[0].body
