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

    assert ([], "0 events are redacted, each by its redaction") == verify(each)
