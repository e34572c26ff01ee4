"""Redaction: the payload is gone from every answer, for every moment; what proves that it was there stays."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256

import pytest

from domain.entry import canonical
from tests.builders import MID, MOFA, PAPER, asked, assessed, kept, said
from tests.web.newsroom import CLAIM, CLAIM_ID, JSON, TEXT, append, batch, in_json, mend, open_claim, refused

WITNESS = "The source is Ivan Ivanov, 12 Lenin Street."
NAMED = {"name": "Ivan Ivanov", "kind": "person"}
KEY = {**JSON, "Idempotency-Key": "the-secret-was-sent"}
HELD = said("denied", NAMED, summary=WITNESS, scope="Ivan", said_on="2025-12-21")
MENDED = {"party": NAMED, "summary": WITNESS + " Mended.", "source": {"publisher": "TASS"}, "said_on": "2025-12-21"}
PATHS = [
    CLAIM,
    f"{CLAIM}?as_of=2",
    f"{CLAIM}?as_of=3",
    f"{CLAIM}?as_of=4",
    f"{CLAIM}?said_until=2025-12-31",
    f"{CLAIM}/events",
    f"{CLAIM}/events?as_of=3",
    f"{CLAIM}/events?said_until=2025-12-31",
    f"{CLAIM}/events/2",
    f"{CLAIM}/events/3",
    f"{CLAIM}/versions/2",
    f"{CLAIM}/versions/3",
    f"{CLAIM}/versions/4",
    "/claims",
    "/claims?as_of=3",
    "/claims?standing=denied&as_of=2",
    "/claims?party=ivan-ivanov",
    "/claims?party=ivan-ivanov&as_of=3",
    "/events?limit=1000",
    "/events?after=0&limit=1",
    *(f"{path}.{form}" for path in ("/events", "/corrections", "/parties") for form in ("csv", "ndjson")),
    "/parties.csv?as_of=3",
]


@pytest.fixture
def erased(desk):
    """Record a word and its amendment, read everything, and redact it; gives what was answered before."""
    open_claim(desk)
    first = desk.post(f"{CLAIM}/events", data=json.dumps(in_json(HELD)), headers=KEY)
    assert mend(desk, kept("amended", regarding=2, type="denied", statement=MENDED), 2).status_code == 201
    assert append(desk, said("reported", PAPER, said_on="2025-12-20")).status_code == 201
    before = {path: desk.get(path) for path in PATHS}
    assert mend(desk, kept("redacted", regarding=2), 4).status_code == 201
    return {"first": first, **before}


@pytest.mark.parametrize("path", PATHS)
def test_what_was_redacted_is_in_no_answer(erased, desk, path):
    """Neither now nor as of any earlier moment does an answer hold a word of what was erased."""
    answer = desk.get(path)
    assert answer.status_code == 200
    assert [False] * 3 == [word in answer.text for word in (WITNESS, "Ivan", "ivan")]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_changed_has_another_etag(erased, desk, path):
    """Whatever a redaction touches has another strong ETag, and is never answered 304 for the old one."""
    old = erased[path]
    new = desk.get(path, headers={"If-None-Match": old.headers["ETag"]})
    assert ("Ivan" in old.text, 200) == (True, new.status_code)
    assert old.headers["ETag"] != new.headers["ETag"]


def test_the_entry_of_a_redacted_event_stays(erased, desk):
    """What remains is who recorded it, when, as what, its commitment, and the version of the redaction."""
    first = json.loads(erased["first"].data)
    for version, type_ in ((2, "denied"), (3, "amended")):
        event = desk.get(f"{CLAIM}/events/{version}").json
        expected = {
            "claim": CLAIM_ID,
            "commitment": event["commitment"],
            "recorded_at": first["recorded_at"],
            "recorded_by": "desk-seoul",
            "redacted": 5,
            "type": type_,
            "v": 1,
            "version": version,
        }
        assert expected == event
    kept_words = sha256(b64decode(first["salt"]) + canonical(first["data"])).hexdigest()
    assert kept_words == desk.get(f"{CLAIM}/events/2").json["commitment"]


def test_the_redaction_itself_is_told(erased, desk):
    """The redaction, its reason, its authority and which amendments went are an event like any other."""
    event = desk.get(f"{CLAIM}/events/5").json
    told = {"regarding": 2, "reason": "It was logged wrongly.", "authority": "the court", "amendments": [3]}
    assert ("redacted", told) == (event["type"], event["data"])


def test_the_claim_stands_without_what_was_erased(erased, desk):
    """A redacted word counts no more, now or as of any moment; versions and log sizes stay."""
    now, then = desk.get(CLAIM).json, desk.get(f"{CLAIM}?as_of=3").json
    assert ("reported", 5, ["the-paper"]) == (
        now["standing"],
        now["version"],
        [p["party"]["key"] for p in now["positions"]],
    )
    assert ("opened", 3, [], 4) == (then["standing"], then["version"], then["positions"], then["superseded_by"])


def test_the_first_answer_again_is_redacted_too(erased, desk):
    """A retry gets the redacted form under the same address."""
    again = desk.post(f"{CLAIM}/events", data=json.dumps(in_json(HELD)), headers=KEY)
    told = (again.status_code, again.headers["Idempotent-Replayed"], again.headers["Location"])
    assert (201, "true", f"{CLAIM}/events/2") == told
    assert again.data == desk.get(f"{CLAIM}/events/2").data


def test_what_was_redacted_can_be_said_again(erased, desk):
    """An erased statement is no duplicate of anything."""
    assert (
        append(desk, said("denied", NAMED, summary="In general.", said_on="2025-12-21", scope="Ivan")).status_code
        == 201
    )


@pytest.mark.parametrize(
    "event",
    [
        kept("redacted", regarding=2),
        kept("struck", regarding=2),
        kept("redacted", regarding=3),
        kept("amended", regarding=2, type="denied", statement=MENDED),
    ],
)
def test_what_is_erased_is_not_touched_again(erased, desk, event):
    """An erased event can be neither redacted, struck nor amended."""
    response = mend(desk, event, 5)
    assert (refused(response), response.json["rule"]) == ((409, "rule_broken", ["/data/regarding"]), "still_counts")


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (assessed(summary=WITNESS), None),
        (kept("reworded", text=WITNESS, topics=["Ivan"]), ("text", TEXT)),
        (asked({**NAMED}), ("awaiting", [])),
        (kept("amended", regarding=2, type="denied", statement=MENDED), None),
    ],
)
def test_whatever_may_name_somebody_can_be_erased(desk, event, shown):
    """An assessment, a rewording, an amendment and a request for comment are erased like a statement."""
    open_claim(desk, said("denied", MOFA))
    assert mend(desk, event, 2).status_code == 201
    assert mend(desk, kept("redacted", regarding=3), 3).status_code == 201
    for path in (CLAIM, f"{CLAIM}?as_of=3", f"{CLAIM}/events", f"{CLAIM}/versions/3", "/events", "/claims"):
        assert "Ivan" not in desk.get(path).text
    assert shown is None or desk.get(CLAIM).json[shown[0]] == shown[1]


def test_an_amendment_alone_can_be_erased(desk):
    """When only an amendment is erased, the event reads as it was first logged."""
    open_claim(desk, said("denied", MID))
    mend(desk, kept("amended", regarding=2, type="ncnd", statement=MENDED), 2)
    mend(desk, kept("redacted", regarding=3), 3)
    claim = desk.get(CLAIM).json
    assert ("denied", ["russian-foreign-ministry"]) == (
        claim["standing"],
        [p["party"]["key"] for p in claim["positions"]],
    )


def test_a_batch_may_redact_several_at_once(desk, claim):
    """Two redactions in one batch erase what each names."""
    items = [in_json(said("denied", NAMED, scope=str(n), summary=WITNESS), claim=CLAIM_ID) for n in range(2)]
    assert batch(desk, *items).status_code == 201
    order = [in_json(kept("redacted", regarding=n), claim=CLAIM_ID, if_match=n + 1) for n in (2, 3)]
    made = batch(desk, *order)
    assert made.status_code == 201
    assert "Ivan" not in desk.get("/events").text + desk.get(CLAIM).text + desk.get(f"{CLAIM}?as_of=3").text
    assert [4, 5] == [desk.get(f"{CLAIM}/events/{n}").json["redacted"] for n in (2, 3)]


def test_what_is_recorded_and_redacted_in_one_breath(desk, claim):
    """A word that one batch records and redacts is not in the answer to the batch either."""
    made = batch(
        desk,
        in_json(HELD, claim=CLAIM_ID),
        in_json(kept("redacted", regarding=2), claim=CLAIM_ID, if_match=2),
    )
    assert made.status_code == 201
    assert "Ivan" not in desk.get("/events").text + desk.get(f"{CLAIM}/versions/2").text
    assert desk.get(f"{CLAIM}/events/2").json["redacted"] == 3
    assert "Ivan" not in made.text
