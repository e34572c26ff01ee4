"""No lost update and no statement twice: If-Match, 412, 428, and duplicates."""

from __future__ import annotations

import pytest

from tests.builders import MID, PAPER, assessed, kept, said
from tests.web.newsroom import CLAIM, CLAIM_ID, append, batch, in_json, mend, nothing_recorded, open_claim, refused

MENDED = {"party": MID, "summary": "No.", "source": {"publisher": "TASS"}}
CHANGES = [
    kept("amended", regarding=2, type="denied", statement=MENDED),
    kept("struck", regarding=2),
    kept("redacted", regarding=2),
    kept("reworded", text="An official met the envoy."),
]


@pytest.fixture
def denied(desk):
    """Open a claim with a denial."""
    return open_claim(desk, said("denied"))


@pytest.mark.parametrize("event", CHANGES, ids=lambda event: event[0])
def test_what_changes_how_earlier_events_read_needs_a_version(desk, denied, client, event):
    """Without If-Match an amendment, a strike, a redaction and a rewording are 428; with it they are recorded."""
    with nothing_recorded(client):
        assert refused(append(desk, event)) == (428, "precondition_required", [])
    assert mend(desk, event, 2).status_code == 201


@pytest.mark.parametrize("event", [*CHANGES, said("ncnd")], ids=lambda event: event[0])
def test_a_version_that_is_no_longer_the_last(desk, denied, client, event):
    """Where the claim has moved on the write is 412, with the present version and those added since."""
    append(desk, said("reported", PAPER))
    append(desk, assessed())
    with nothing_recorded(client):
        response = mend(desk, event, 2)
    assert refused(response) == (412, "version_moved_on", [])
    assert (4, [3, 4]) == (response.json["current_version"], response.json["versions_since"])


def test_a_version_that_is_not_there_yet(desk, denied, client):
    """A version from the future is 412 too: nobody can have looked at it."""
    response = mend(desk, said("ncnd"), 3)
    assert refused(response) == (412, "version_moved_on", [])
    assert (2, []) == (response.json["current_version"], response.json["versions_since"])
    assert response.json["detail"] == (
        "This claim has no version 3: it is at 2. Look at it, and send again with the present version in If-Match."
    )


def test_the_etag_of_an_answer_is_the_version_to_match(desk, denied):
    """A claim's ETag, and that of each write, can be sent back as If-Match as it is."""
    for _ in range(2):
        etag = desk.get(CLAIM).headers["ETag"]
        made = desk.post(f"{CLAIM}/events?allow_duplicate=true", json=in_json(said("ncnd")), headers={"If-Match": etag})
        assert (201, desk.get(CLAIM).headers["ETag"]) == (made.status_code, made.headers["ETag"])


@pytest.mark.parametrize("header", ["2", "*", 'W/"2"', '"0"', '"02"', '"two"', '""', '"٢"', '"1e0"', '"-1"'])
def test_what_is_no_version(desk, denied, client, header):
    """If-Match takes one version in double quotes; anything else is a fault of the header."""
    sent = header.encode().decode("latin-1")
    with nothing_recorded(client):
        assert refused(append(desk, said("ncnd"), headers={"If-Match": sent})) == (422, "invalid", ["If-Match"])


def test_desks_that_do_not_ask_for_it_never_collide(desk, denied, hire):
    """Without If-Match, statements of several desks are all recorded, one after another."""
    desks = [hire(f"desk-{n}", "reporter") for n in range(4)]
    versions = [append(d, said("reported", PAPER, scope=str(n))).json["version"] for n, d in enumerate(desks)]
    assert [3, 4, 5, 6] == versions


def test_an_item_of_a_batch_carries_its_own_version(desk, denied, client):
    """`if_match` of an item is compared with the claim as the batch has made it by then."""
    first = in_json(kept("struck", regarding=2), claim=CLAIM_ID, if_match=2)
    late = in_json(kept("reworded", text="They met."), claim=CLAIM_ID, if_match=2)
    with nothing_recorded(client):
        response = batch(desk, first, late)
    assert refused(response) == (412, "version_moved_on", ["/events/1"])
    assert (3, [3]) == (response.json["current_version"], response.json["versions_since"])
    assert batch(desk, first, {**late, "if_match": 3}).status_code == 201


def test_an_item_without_a_version_is_named(desk, denied, client):
    """In a batch, too, a change needs a version, and the item that lacks one is named."""
    with nothing_recorded(client):
        response = batch(desk, in_json(said("ncnd"), claim=CLAIM_ID), in_json(CHANGES[1], claim=CLAIM_ID))
    assert refused(response) == (428, "precondition_required", ["/events/1"])


@pytest.mark.parametrize("if_match", [2, "2", '"2"'])
def test_a_version_of_an_item_may_be_written_as_in_the_header(desk, denied, client, if_match):
    """`if_match` is a version: a number, or what `If-Match` takes, so that an `ETag` can be sent as it came."""
    for status, at in ((201, if_match), (412, if_match)):
        response = batch(desk, in_json(said("ncnd"), claim=CLAIM_ID, if_match=at))
        assert status == response.status_code
    assert response.json["current_version"] == 3


@pytest.mark.parametrize("if_match", [0, -1, "0", "", "two", "2\n", '"2', 'W/"2"', "*", 2.0, True, [2], 2**53])
def test_a_version_of_an_item_is_a_whole_number(desk, denied, client, if_match):
    """`if_match` is a version, and nothing else that If-Match can be."""
    with nothing_recorded(client):
        response = batch(desk, in_json(said("ncnd"), claim=CLAIM_ID, if_match=if_match))
    assert refused(response) == (422, "invalid", ["/events/0/if_match"])


def test_a_batch_has_no_version_of_its_own(desk, denied, client):
    """If-Match on a batch is a fault, so that nobody believes it was honoured."""
    with nothing_recorded(client):
        response = batch(desk, in_json(said("ncnd"), claim=CLAIM_ID), headers={"If-Match": '"2"'})
    assert refused(response) == (422, "invalid", ["If-Match"])


DATED = {"said_on": "2025-12-21", "scope": "the host", "source": {"publisher": "TASS", "url": "https://tass.test/1"}}


def test_a_statement_is_not_recorded_twice(desk, claim, client):
    """The same party, type, date, source address, scope and `regarding` is 409, and Location says where it is."""
    append(desk, said("denied", **DATED))
    again = {
        **DATED,
        "source": {"publisher": "Another wire", "url": "https://tass.test/1"},
        "summary": "In other words.",
    }
    with nothing_recorded(client):
        response = append(desk, said("denied", {"name": "russian foreign  MINISTRY", "kind": "agency"}, **again))
    assert refused(response) == (409, "duplicate_statement", [])
    assert response.headers["Location"] == f"{CLAIM}/events/2"
    assert (CLAIM_ID, 2) == (response.json["claim"], response.json["version"])


@pytest.mark.parametrize(
    ("type_", "party", "more"),
    [
        ("ncnd", MID, {}),
        ("denied", PAPER, {}),
        ("denied", MID, {"said_on": "2025-12-22"}),
        ("denied", MID, {"said_on": None}),
        ("denied", MID, {"source": {"publisher": "TASS", "url": "https://tass.test/2"}}),
        ("denied", MID, {"source": {"publisher": "TASS"}}),
        ("denied", MID, {"scope": "the subject"}),
        ("denied", MID, {"regarding": 1}),
    ],
)
def test_what_differs_in_one_of_these_is_another_statement(desk, claim, type_, party, more):
    """A statement that differs in any of what is compared is recorded."""
    append(desk, said("denied", **DATED))
    assert append(desk, said(type_, party, **{**DATED, **more})).status_code == 201


def test_what_neither_gives_is_equal(desk, claim):
    """Absent equals absent: two undated statements without an address are one."""
    append(desk, said("denied"))
    assert refused(append(desk, said("denied"))) == (409, "duplicate_statement", [])


@pytest.mark.parametrize("path", [f"{CLAIM}/events", "/events"])
def test_it_was_said_again(desk, claim, path):
    """With `allow_duplicate` it is recorded all the same."""
    append(desk, said("denied"))
    item = in_json(said("denied"))
    body = item if path != "/events" else {"events": [{**item, "claim": CLAIM_ID}]}
    assert desk.post(f"{path}?allow_duplicate=false", json=body).status_code == 409
    assert desk.post(f"{path}?allow_duplicate=true", json=body).status_code == 201


def test_only_what_counts_is_compared(desk, denied):
    """What was struck can be logged anew; assessments are never compared."""
    assert mend(desk, kept("struck", regarding=2), 2).status_code == 201
    assert append(desk, said("denied")).status_code == 201
    assert [201, 201] == [append(desk, assessed()).status_code for _ in range(2)]


def test_a_duplicate_inside_a_batch_is_named(desk, claim, client):
    """Two equal statements in one batch are one too many."""
    with nothing_recorded(client):
        response = batch(desk, *(in_json(said("denied"), claim=CLAIM_ID) for _ in range(2)))
    assert refused(response) == (409, "duplicate_statement", ["/events/1"])
