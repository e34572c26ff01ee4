"""What was left out of what is handed out: words, redactions, the last events of a claim."""

from __future__ import annotations

import json

import orjson
import pytest

from service.verifying.evidence import verify_evidence
from service.verifying.steps import Trust
from tests.builders import kept as keeping
from tests.log.auditing import HONEST, told
from tests.log.handing import SIZE, empty, mend
from tests.log.making import event, make


def test_words_emptied_over_http_are_found(auditor, record, fetch, key):
    """A record over HTTP that serves an event without its words is asked for the redaction, past what is signed too."""

    def emptied(redaction):
        def answer(path):
            if not path.startswith("/events"):
                return fetch(path)
            page = json.loads(fetch(path))
            empty(page["events"][1], redaction)
            return orjson.dumps(page)

        return auditor.server(answer, key.verifier)

    for redaction in (3, 8, 99):
        assert emptied(redaction).startswith("step 5"), redaction


def test_a_redaction_counts_once_it_is_signed(auditor, record, desk, export, fetch, key, publisher):
    """What was redacted a moment ago is not proved, over HTTP or in an export, before the redaction is signed."""
    mend(desk, record[0], keeping("redacted", regarding=4), 8)
    for found in (auditor.server(fetch, key.verifier), auditor.export(export(SIZE + 2), key.verifier)):
        assert found.startswith("step 5")
        assert "signed" in found
    publisher.publish()
    assert HONEST == auditor.server(fetch, key.verifier)
    assert HONEST == auditor.export(export(SIZE + 2), key.verifier)


def test_evidence_cut_off_is_found_by_the_whole_log(record, client, key, fetch):
    """Evidence without its last event proves what is left; the entries of the whole log show what is missing."""
    claim = client.get("/events?limit=20").json["events"][SIZE - 1]["event"]["claim"]
    whole, trust = client.get(f"/claims/{claim}/evidence").json, Trust([key.verifier])
    cut = {**whole, "events": whole["events"][:-1]}
    assert [] == verify_evidence(cut, trust).faults
    assert "whether more followed, the file cannot tell" in verify_evidence(cut, trust).done[4]
    honest = verify_evidence(whole, trust, fetch)
    assert ([], True) == (honest.faults, honest.done[4].endswith("the log of size 15 has no other event of it"))
    (fault,) = verify_evidence(cut, trust, fetch).faults
    assert (4, "cut off") == (fault.step, fault.name)
    assert "expected 3 events of the claim, which the log of size 15 has, got 2" == fault.detail
    assert "changed" in told(verify_evidence(whole, trust, lambda path: fetch(path)[:-7]))


def test_a_copy_of_the_log_that_has_less_is_not_looked_through_to_its_end(key):
    """Where a tile of entries is short, the others are not asked for, however large the log is to be."""
    made, asked = make([event(n) for n in range(1, 600)], key), []
    report = verify_evidence(json.loads(made.evidence), Trust([key.verifier]), lambda path: asked.append(path) or b"")
    assert ["/log/tile/entries/000"] == asked
    assert [(3, "changed")] == [(fault.step, fault.name) for fault in report.faults]


@pytest.mark.parametrize("number", [b"1.5", b"[1,2.5]", b'["a",{"b":1.0}]', b"1e21", b"18446744073709551616"])
def test_no_number_is_read_but_integers(record, auditor, export, key, number):
    """A number that is no integer, or too large for one, is refused by both auditors, wherever it stands."""
    changed = export(SIZE).replace(b'"lang":"', b'"kind":%b,"lang":"' % number, 1)
    assert changed != export(SIZE)
    found = auditor.export(changed, key.verifier)
    assert "step 3" in found
    assert any(told in found for told in ("no number but integers", "expected canonical JSON", "the one way to write"))
