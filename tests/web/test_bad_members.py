"""Members unknown, missing, empty or of the wrong type: each named by a pointer, all at once, nothing stored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.builders import MID, kept, said
from tests.web.newsroom import (
    CLAIM,
    CLAIM_ID,
    OTHER_ID,
    TEXT,
    append,
    in_json,
    mend,
    nothing_recorded,
    open_claim,
    refused,
)

SOURCE = {"publisher": "The Wire"}
BARE = {"party": MID, "summary": "What was said.", "source": SOURCE}


def denial(**more):
    """Make a denial of which some members are others, or (None) are missing."""
    return "denied", {name: value for name, value in {**BARE, **more}.items() if value is not None}


CASES = [
    (denial(party=None), ["/data/party"]),
    (denial(source=None), ["/data/source"]),
    (denial(summary=None), ["/data/summary"]),
    (denial(summary=""), ["/data/summary"]),
    (denial(summary=" \t\n　"), ["/data/summary"]),
    (denial(summary="x" * 2001), ["/data/summary"]),
    (denial(summary=5), ["/data/summary"]),
    (denial(summary=["No."]), ["/data/summary"]),
    (denial(summary={"text": "No."}), ["/data/summary"]),
    (denial(sumary="No."), ["/data/sumary"]),
    (denial(party="MID"), ["/data/party"]),
    (denial(party=[MID]), ["/data/party"]),
    (denial(party={}), ["/data/party/kind", "/data/party/name"]),
    (denial(party={"name": "MID", "kind": "Ministry"}), ["/data/party/kind"]),
    (denial(party={**MID, "country": "ru"}), ["/data/party/country"]),
    (denial(party={**MID, "country": "XX"}), ["/data/party/country"]),
    (denial(party={**MID, "country": ""}), ["/data/party/country"]),
    (denial(party={**MID, "key": "mid"}), ["/data/party/key"]),
    (denial(party={**MID, "name": "…?!"}), ["/data/party/name"]),
    (denial(party={**MID, "name": "x" * 301}), ["/data/party/name"]),
    (denial(on_behalf_of={"name": "—", "kind": "state"}), ["/data/on_behalf_of/name"]),
    (denial(speaker={}), ["/data/speaker/name"]),
    (denial(speaker={"name": ""}), ["/data/speaker/name"]),
    (denial(quote={"text": "Нет."}), ["/data/quote/lang"]),
    (denial(quote={"text": "", "lang": "ru"}), ["/data/quote/text"]),
    (denial(quote={"text": "Нет.", "lang": "русский"}), ["/data/quote/lang"]),
    (denial(quote="Нет."), ["/data/quote"]),
    (denial(attribution="off_record"), ["/data/attribution"]),
    (denial(strength="strong"), ["/data/strength"]),
    (denial(extent="half"), ["/data/extent"]),
    (denial(grade="refile"), ["/data/grade"]),
    (denial(source={}), ["/data/source/publisher"]),
    (denial(source={**SOURCE, "reliability": "G"}), ["/data/source/reliability"]),
    (denial(source={**SOURCE, "sha256": "abc"}), ["/data/source/sha256"]),
    (denial(source={**SOURCE, "sha256": "g" * 64}), ["/data/source/sha256"]),
    (denial(source={**SOURCE, "published_on": "21.12.2025"}), ["/data/source/published_on"]),
    (denial(credibility=0), ["/data/credibility"]),
    (denial(credibility=7), ["/data/credibility"]),
    (denial(credibility="2"), ["/data/credibility"]),
    (denial(credibility=2.0), ["/data/credibility"]),
    (denial(credibility=True), ["/data/credibility"]),
    (denial(regarding=0), ["/data/regarding"]),
    (denial(regarding=-1), ["/data/regarding"]),
    (denial(regarding="1"), ["/data/regarding"]),
    (denial(regarding=1.0), ["/data/regarding"]),
    (denial(regarding=2**53), ["/data/regarding"]),
    (denial(regarding=10**30), ["/data/regarding"]),
    (denial(via="TASS"), ["/data/via"]),
    (denial(via=["TASS", None, ""]), ["/data/via/1", "/data/via/2"]),
    (denial(via=[5, "?", "TASS", ["x"], " "]), ["/data/via/0", "/data/via/1", "/data/via/3", "/data/via/4"]),
    (denial(_type_="datetime", _data_="2026"), ["/data/_data_", "/data/_type_"]),
    (denial(party={"_type_": "uuid_hex", "_data_": "4be7c1d2000040008000000000000001"}),
     ["/data/party/_data_", "/data/party/_type_", "/data/party/kind", "/data/party/name"]),
    (denial(**{"a/b": 1, "c~d": 2, "": 3}), ["/data/", "/data/a~1b", "/data/c~0d"]),
    *((denial(said_on=date), ["/data/said_on"]) for date in (
        "", "Sunday", "2025-02-30", "2025-13-01", "2025-00", "2025-12-32", "2025-12-2x", "12/2025",
        "2025-12-21/2025-12-20", "../..",
        "2025-12-21T25:00:00Z", "2025-12-21T10:00", "-0000", "２０２５", "2025-12-21 ", "1" * 101, 2025)),
    (("reported", {**BARE, "extent": "partial"}), ["/data/extent"]),
    (("retracted", BARE), ["/data/regarding"]),
    (("clarified", BARE), ["/data/regarding"]),
    (("corrected", BARE), ["/data/grade", "/data/regarding"]),
    (("assessed", BARE), ["/data/by", "/data/party"]),
    (("assessed", {"by": MID, "summary": "So.", "source": SOURCE, "likelihood": "sure", "confidence": "none"}),
     ["/data/confidence", "/data/likelihood"]),
    (("assessed", {"by": MID, "summary": "So.", "source": SOURCE, "rating": {"value": 6, "worst": 1, "best": 5}}),
     ["/data/rating/value"]),
    (("assessed", {"by": MID, "summary": "So.", "source": SOURCE, "rating": {"value": 4.5}}), ["/data/rating/value"]),
    (("linked", {}), ["/data/claim", "/data/relation"]),
    (("linked", {"relation": "aspect_of", "claim": CLAIM_ID}), ["/data/claim"]),
    (("linked", {"relation": "aspect_of", "claim": CLAIM_ID.upper()}), ["/data/claim"]),
    (("linked", {"relation": "part_of", "claim": OTHER_ID}), ["/data/relation"]),
    (("linked", {"relation": "context", "claim": "ref:"}), ["/data/claim"]),
    (("linked", {"relation": "context", "claim": "the meeting"}), ["/data/claim"]),
    (("linked", {"relation": "context", "claim": 7}), ["/data/claim"]),
    (("comment_requested", {"party": MID}), ["/data/deadline"]),
    *((("comment_requested", {"party": MID, "deadline": at}), ["/data/deadline"]) for at in (
        "2026-01-31T10:00:00Z", "2026-01-31T09:59:59Z", "2026-01-31T18:59:59+09:00", "2027-01-01",
        "2027-01-01T10:00:00", "2027-02-30T10:00:00Z", "2027-01-01T24:00:00Z", "tomorrow", "", 0)),
    (("struck", {"regarding": 2}), ["/data/reason"]),
    (("struck", {"regarding": 2, "reason": " "}), ["/data/reason"]),
    (("redacted", {"regarding": 2, "reason": "An order."}), ["/data/authority"]),
    (("reworded", {"reason": "Clearer."}), ["/data"]),
    (("reworded", {"reason": "Clearer.", "text": "", "lang": "e n", "about": {"occurred_on": "soon"}}),
     ["/data/about/occurred_on", "/data/lang", "/data/text"]),
    (kept("amended", regarding=2, type="opened", statement=BARE), ["/data/type"]),
    (kept("amended", regarding=2, type="denied", statement={}),
     ["/data/statement/party", "/data/statement/source", "/data/statement/summary"]),
    (kept("amended", regarding=2, type="denied", statement={**BARE, "said_on": "2025-02-29", "x": 1}),
     ["/data/statement/said_on", "/data/statement/x"]),
    (kept("amended", regarding=2, type="denied", statement="No."), ["/data/statement"]),
    (("opened", {"text": TEXT}), ["/data/lang"]),
]  # fmt: skip


@pytest.mark.parametrize(("event", "places"), CASES)
def test_every_fault_of_an_event_is_named(desk, claim, client, event, places):
    """A payload's faults, of shape and of meaning, are 422 with a pointer each, and nothing is stored."""
    append(desk, said("denied"))
    with nothing_recorded(client):
        status, code, named = refused(mend(desk, event, 2))
    assert (422, "invalid", places) == (status, code, sorted(named))


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["/data", "/type"]),
        ({"type": "denied"}, ["/data"]),
        ({"type": "frob"}, ["/data", "/type"]),
        ({"type": 1}, ["/data", "/type"]),
        ({"data": BARE}, ["/type"]),
        ({"type": None, "data": BARE}, ["/type"]),
        ({"type": "denied", "data": None}, ["/data"]),
        ({"type": "denied", "data": []}, ["/data"]),
        ({"type": "denied", "data": "No."}, ["/data"]),
        ({"type": "Denied", "data": BARE}, ["/type"]),
        ({"type": "", "data": BARE}, ["/type"]),
        ({"type": 5, "data": BARE}, ["/type"]),
        ({"type": ["denied"], "data": BARE}, ["/type"]),
        ({"type": {"denied": 1}, "data": BARE}, ["/type"]),
        ({"type": "onrecord.denied", "data": BARE}, ["/type"]),
        ({"type": "denied", "data": BARE, "if_match": 1}, ["/if_match"]),
        ({"type": "denied", "data": BARE, "recorded_at": "2020-01-01T00:00:00Z"}, ["/recorded_at"]),
        ({"type": "denied", "data": BARE, "claim": CLAIM_ID, "version": 2}, ["/claim", "/version"]),
        ({"_type_": "denied", "_data_": BARE}, ["/_data_", "/_type_", "/data", "/type"]),
    ],
)
def test_what_is_no_event(desk, claim, client, body, places):
    """An event is its type and its data; what the service decides cannot be sent."""
    with nothing_recorded(client):
        status, code, named = refused(desk.post(f"{CLAIM}/events", json=body))
    assert (422, "invalid", places) == (status, code, sorted(named))


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["/text"]),
        ({"text": ""}, ["/text"]),
        ({"text": None}, ["/text"]),
        ({"text": ["x"]}, ["/text"]),
        ({"text": TEXT, "lang": ""}, ["/lang"]),
        ({"text": TEXT, "lang": 5}, ["/lang"]),
        ({"text": TEXT, "lang": "en_GB"}, ["/lang"]),
        ({"text": TEXT, "lang": "en-US-US"}, ["/lang"]),
        ({"text": TEXT, "title": "x"}, ["/title"]),
        ({"text": TEXT, "topics": "arms"}, ["/topics"]),
        ({"text": TEXT, "topics": ["arms", "", 5, None]}, ["/topics/1", "/topics/2", "/topics/3"]),
        ({"text": TEXT, "about": "x"}, ["/about"]),
        ({"text": TEXT, "about": {"when": "2025"}}, ["/about/when"]),
        ({"text": TEXT, "about": {"track": "3", "occurred_on": "2025-13"}}, ["/about/occurred_on", "/about/track"]),
        ({"text": TEXT, "about": {"track": 1.5}}, ["/about/track"]),
        ({"text": TEXT, "about": {"participants": [5, {"name": "?", "kind": "state"}, {}]}},
         ["/about/participants/0", "/about/participants/1/name", "/about/participants/2/kind",
          "/about/participants/2/name"]),
        ({"text": TEXT, "id": "meeting"}, ["/id"]),
        ({"text": TEXT, "id": 5}, ["/id"]),
        ({"text": TEXT, "id": ""}, ["/id"]),
        ({"text": TEXT, "id": "ref:x"}, ["/id"]),
        ({"text": TEXT, "id": "{4be7c1d2-0000-4000-8000-0000000001}"}, ["/id"]),
        ({"text": TEXT, "ref": ""}, ["/ref"]),
        ({"text": TEXT, "ref": 5}, ["/ref"]),
        ({"text": TEXT, "ref": "x", "id": OTHER_ID}, ["/ref"]),
        ({"text": TEXT, "events": {}}, ["/events"]),
        ({"text": TEXT, "events": [None, {}, 5]}, ["/events/0", "/events/1/data", "/events/1/type", "/events/2"]),
        ({"text": TEXT, "events": [{"type": "opened", "data": {"text": TEXT, "lang": "en"}}]}, ["/events/0/type"]),
        ({"text": TEXT, "events": [in_json(denial(said_on="x")), in_json(denial(via=["?"]))]},
         ["/events/0/data/said_on", "/events/1/data/via/0"]),
        ({"text": "", "about": {"occurred_on": "x"}, "x": 1, "id": 1, "topics": [1], "events": [{"type": "x"}]},
         ["/about/occurred_on", "/events/0/data", "/events/0/type", "/id", "/text", "/topics/0", "/x"]),
        ({"text": TEXT, "_type_": "x", "_data_": "y"}, ["/_data_", "/_type_"]),
        ({"text": TEXT, "id": OTHER_ID, "events": [in_json(("linked", {"relation": "context", "claim": OTHER_ID}))]},
         ["/events/0/data/claim"]),
    ],
)  # fmt: skip
def test_what_is_no_claim(desk, claim, client, body, places):
    """Every fault of a new claim, and of the events it is opened with, is named at once."""
    with nothing_recorded(client):
        status, code, named = refused(desk.post("/claims", json=body))
    assert (422, "invalid", places) == (status, code, sorted(named))


def test_texts_that_look_like_a_librarys_markers_are_texts(desk, claim, client):
    """`_type_` and `_data_` inside a text are what the text says."""
    marked = '{"_type_": "datetime_iso", "_data_": "2026-01-31T10:00:00"}'
    data = {**BARE, "summary": marked, "quote": {"text": "_type_", "lang": "en"}, "via": ["_data_", marked]}
    assert append(desk, ("denied", data)).json["data"] == data
    assert client.get(f"{CLAIM}/events/2").json["data"] == data


def test_a_deadline_is_in_the_future_of_the_service(desk, claim, clock):
    """A deadline is judged by the service's clock: what was the future is not for ever."""
    request = ("comment_requested", {"party": MID, "deadline": "2026-02-01T19:00:00+09:00"})
    assert append(desk, request).json["data"]["deadline"] == "2026-02-01T19:00:00+09:00"
    clock.now = datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert refused(append(desk, request)) == (422, "invalid", ["/data/deadline"])


def test_a_fault_says_what_to_write(desk):
    """Each fault comes with a sentence that a journalist can act on."""
    open_claim(desk)
    response = append(desk, denial(party={"name": "?", "kind": "state", "country": "RUS"}, said_on="2025-02-30"))
    assert response.json["errors"] == [
        {"pointer": "/data/party/name", "detail": "A name needs at least one letter or digit."},
        {
            "pointer": "/data/party/country",
            "detail": "'RUS' is no ISO 3166-1 alpha-2 code, now or formerly. Write for example RU, KR or SU, or leave "
            "it out.",
        },
        {
            "pointer": "/data/said_on",
            "detail": "'2025-02-30' is not an EDTF date: no day of the calendar is 2025-02-30. Write for example "
            "2025-12-21, 2025-12, 2025-12-21~, 2025-12-2X, 2007-21, ../2025-12-21",
        },
    ]
    assert response.json["detail"] == "3 faults; nothing was recorded. Mend what `errors` names and send it again."


def test_who_only_asked_is_not_told_that_nothing_was_recorded(client):
    """A question that is wrong is told to be mended and asked again; nothing was to be recorded of it."""
    for path, count in (("/claims?standing=untrue&limit=0", "2 faults"), ("/log/consistency?from=x&to=1", "1 fault")):
        response = client.get(path)
        assert 422 == response.status_code
        assert f"{count}. Mend what `errors` names and ask again." == response.json["detail"]
