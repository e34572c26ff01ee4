"""Words that a redaction says it erased are gone: verification finds those that stand there again, or still."""

from __future__ import annotations

import pytest

from service.public_log.publisher import Publisher
from service.verifying.steps import Trust
from service.verifying.store import verify_store
from tests.builders import CLAIM_ID, MID, MOFA, amended, kept, said
from tests.contract.asking import TEN, append, opening
from tests.contract.owner import KEY, Owner

REDACTION = append(CLAIM_ID, kept("redacted", regarding=2), if_match=4)
SPAN_OF_ALL = 14  # level of the node that the whole record is under


@pytest.fixture
def verify(store):
    """Give a way to verify, whoever looks at the sections of the log; tells what was found, and of step 5 what."""

    def verified(each=map):
        report = verify_store(store, Trust([KEY.verifier]), lambda _: None, each, SPAN_OF_ALL)
        return [(fault.step, fault.name, fault.detail) for fault in report.faults], report.done[5]

    return verified


@pytest.fixture
def said_and_amended(bench, store):
    """Record a claim with a statement, another, and an amendment of the first, and sign that."""
    bench.do(opening(CLAIM_ID, said("denied", MID), said("alleged", MOFA)))
    bench.do(append(CLAIM_ID, amended(2, said("denied", MID, summary="Not at all.")), if_match=3))
    Publisher(store, KEY, lambda: TEN).publish()


@pytest.mark.usefixtures("said_and_amended")
@pytest.mark.parametrize(("position", "version"), [(1, 2), (3, 4)], ids=["what is redacted", "its amendment"])
def test_words_that_are_back_are_a_fault(bench, engine, behind, store, verify, position, version):
    """The words of an event, or of an amendment that went with it, are looked for, though its leaf is as it was."""
    ((words,),) = behind("SELECT state FROM events WHERE position = ?", position)
    bench.do(REDACTION)
    Publisher(store, KEY, lambda: TEN).publish()
    assert ([], "2 events are redacted, each by its redaction") == verify()
    Owner(engine, behind).write(position, words)
    told = f"claim {CLAIM_ID}, version {version}: expected no words, which event 5 says that it erased, got them"
    assert [(5, "words kept", told)] == verify()[0]


@pytest.mark.usefixtures("said_and_amended")
def test_words_that_are_erased_while_somebody_looks_are_none(bench, verify):
    """An event that was read before it was redacted is read again, and nothing is wrong."""

    def each(look, spans):
        sections = list(map(look, spans))
        bench.do(REDACTION)
        return sections

    assert ([], "2 events are redacted, each by its redaction") == verify(each)


HIDING = {
    "by a name in capitals": ("claim = upper(claim)", {"sqlite", "postgresql"}),
    "in bytes that cannot be read": ("""state = replace(state, '"data":{', '"data": {')""", {"sqlite", "postgresql"}),
    "as another type": ("state = CAST(state AS BLOB)", {"sqlite"}),
}  # what is set of the event, and on which engines that can be


@pytest.mark.usefixtures("said_and_amended")
@pytest.mark.parametrize(("change", "engines"), HIDING.values(), ids=HIDING)
def test_words_that_are_not_found_are_not_taken_for_erased(bench, engine, behind, verify, change, engines):
    """An event whose words are back has them by another name than its own too, and in whatever bytes."""
    if engine.name not in engines:
        pytest.skip("its columns hold to their types")
    ((words,),) = behind("SELECT state FROM events WHERE position = 1")
    bench.do(REDACTION)
    Owner(engine, behind).write(1, words)
    behind(f"UPDATE events SET {change} WHERE position = 1")  # noqa: S608 - our own
    told = f"claim {CLAIM_ID}, version 2: expected no words, which event 5 says that it erased, got them"
    assert (5, "words kept", told) in verify()[0]


@pytest.mark.usefixtures("said_and_amended")
def test_an_event_that_is_missing_has_no_words(bench, engine, behind, verify):
    """What was taken out of the record with its words is named as missing, and not as words that were kept."""
    bench.do(REDACTION)
    owner = Owner(engine, behind)
    owner.run("DELETE FROM events WHERE position = 1")
    assert [(4, "version out of order"), (4, "missing")] == [(step, name) for step, name, _ in verify()[0]]
