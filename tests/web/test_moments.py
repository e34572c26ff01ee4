"""What the record held at a moment (`as_of`), what had been said by a date (`said_until`), and both."""

from __future__ import annotations

import pytest

from tests.builders import MID, MOFA, PAPER, assessed, kept, published, said
from tests.web.newsroom import CLAIM, NO_ID, append, mend, open_claim, refused


@pytest.fixture
def told(desk, clock):
    """Open a claim at ten on 31 January and log a word a day from then on."""
    clock.move_on(hours=-1)
    open_claim(desk, id_="4be7c1d2-0000-4000-8000-000000000009")
    clock.move_on(hours=1)
    open_claim(desk)
    for party, said_on in ((PAPER, "2025-12-19"), (MID, "2025-12-21"), (MOFA, "2026-01")):
        clock.move_on(days=1)
        type_ = {"media": "reported"}.get(party["kind"], "denied" if party is MID else "ncnd")
        assert append(desk, said(type_, party, said_on=said_on)).status_code == 201
    return desk


def stood(client, query):
    """Read the version, the moment and the next version of an answer."""
    claim = client.get(f"{CLAIM}?{query}").json
    return claim["version"], tuple(claim["as_of"].values()), claim.get("superseded_by")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2", (1, (2, "2026-01-31T10:00:00.000000Z"), 2)),
        ("3", (2, (3, "2026-02-01T10:00:00.000000Z"), 3)),
        ("5", (4, (5, "2026-02-03T10:00:00.000000Z"), None)),
        ("2026-01-31T10:00:00Z", (1, (2, "2026-01-31T10:00:00.000000Z"), 2)),
        ("2026-02-01T09:59:59.999999Z", (1, (2, "2026-02-01T09:59:59.999999Z"), 2)),
        ("2026-02-01T19:00:00%2B09:00", (2, (3, "2026-02-01T10:00:00.000000Z"), 3)),
        ("2026-02-01T19:00:00+09:00", (2, (3, "2026-02-01T10:00:00.000000Z"), 3)),
        ("2026-02-01t10:00:00z", (2, (3, "2026-02-01T10:00:00.000000Z"), 3)),
        ("2026-01-31", (1, (2, "2026-01-31T23:59:59.999999Z"), 2)),
        ("2026-02-01", (2, (3, "2026-02-01T23:59:59.999999Z"), 3)),
        ("2026-02-03", (4, (5, "2026-02-03T10:00:00.000000Z"), None)),
    ],
)
def test_a_moment_is_an_instant_a_date_or_a_log_size(told, client, as_of, expected):
    """Each resolves to a log size, and the answer names both and what came since; today ends now."""
    assert expected == stood(client, f"as_of={as_of}")


def test_a_moment_can_be_asked_again(told, client, clock):
    """The log size that an answer names gives the same claim, whenever it is asked for."""
    first = client.get(f"{CLAIM}?as_of=2026-02-01").json
    clock.move_on(days=30)
    assert first == client.get(f"{CLAIM}?as_of=2026-02-01").json
    again = client.get(f"{CLAIM}?as_of={first['as_of']['log_size']}").json
    assert {**first, "as_of": {"log_size": 3, "at": "2026-02-01T10:00:00.000000Z"}} == again


@pytest.mark.parametrize("as_of", ["0", "1", "2026-01-30", "2026-01-31T09:59:59.999999Z", "0001-01-01"])
@pytest.mark.parametrize("path", [CLAIM, f"{CLAIM}/events"])
def test_before_it_was_opened_a_claim_was_not_known(told, client, path, as_of):
    """A moment before the opening is 404, and says from when on to ask."""
    response = client.get(f"{path}?as_of={as_of}")
    assert refused(response) == (404, "not_yet_known", [])
    known = (response.json["first_known"], response.json["first_known_log_size"])
    assert known == ("2026-01-31T10:00:00.000000Z", 2)
    assert [stood(client, f"as_of={moment}")[0] for moment in known] == [1, 1]


@pytest.mark.parametrize(
    "as_of", ["6", "999999999999999999", "2026-02-04", "2026-02-03T10:00:00.000001Z", "9999-12-31"]
)
@pytest.mark.parametrize("path", [CLAIM, f"{CLAIM}/events", "/claims"])
def test_nobody_knows_the_future(told, client, path, as_of):
    """A moment after now is refused, so that no answer pretends to be final."""
    assert refused(client.get(f"{path}?as_of={as_of}")) == (422, "invalid", ["as_of"])


@pytest.mark.parametrize(
    "as_of",
    [
        "",
        "now",
        "-1",
        "1.0",
        "2026",
        "2026-02",
        "2026-02-30",
        "2026-02-01T10:00:00",
        "2026-02-01T25:00:00Z",
        "٣",
        " 3",
        "1234567890123456789",
        "2026-02-01T10:00:00.1234567Z",
        "0000-01-01",
        "2026-02-01 10:00:00Z",
        "0001-01-01T00:00:00%2B09:00",
    ],
)
def test_what_is_no_moment_is_refused(told, client, as_of):
    """Anything but the three forms is a fault of `as_of`, with the three forms in its sentence."""
    response = client.get(f"{CLAIM}?as_of={as_of}")
    assert refused(response) == (422, "invalid", ["as_of"])


def test_a_claim_that_nobody_opened_is_never_known(told, client):
    """Where there is no claim, no moment makes one."""
    assert refused(client.get(f"/claims/{NO_ID}?as_of=3")) == (404, "not_found", [])


@pytest.mark.parametrize(
    ("until", "standing", "parties"),
    [
        ("2025-12-18", "opened", []),
        ("2025-12-19", "reported", ["the-paper"]),
        ("2025-12-21", "denied", ["the-paper", "russian-foreign-ministry"]),
        ("2026-01-30", "denied", ["the-paper", "russian-foreign-ministry"]),
        ("2026-01", "denied", ["the-paper", "russian-foreign-ministry", "south-korean-foreign-ministry"]),
        ("2025~", "denied", ["the-paper", "russian-foreign-ministry"]),
        ("2026/..", "denied", ["the-paper", "russian-foreign-ministry", "south-korean-foreign-ministry"]),
    ],
)
def test_what_had_been_said_by_a_date(told, client, until, standing, parties):
    """`said_until` lets through what was surely said by the end of its date, and names it in the answer."""
    claim = client.get(f"{CLAIM}?said_until={until}").json
    assert (standing, parties) == (claim["standing"], [p["party"]["key"] for p in claim["positions"]])
    assert (until, 4) == (claim["said_until"], claim["version"])


def test_what_has_no_date_is_held_back(desk, client, claim):
    """A word without a date counts from its source's date, and not at all where that is missing too."""
    append(desk, said("denied"))
    append(desk, said("reported", PAPER, source=published("2025-12-20")))
    append(desk, assessed(said_on="2025-12-19"))
    positions = client.get(f"{CLAIM}?said_until=2025-12-31").json["positions"]
    assert [[3]] == [p["events"] for p in positions]
    events = client.get(f"{CLAIM}/events?said_until=2025-12-31").json["events"]
    assert [1, 3, 4] == [e["version"] for e in events]


def test_both_clocks_combine(told, client):
    """What the record held at a moment, of what had been said by a date."""
    claim = client.get(f"{CLAIM}?as_of=3&said_until=2025-12-21").json
    assert (2, "reported", 3) == (claim["version"], claim["standing"], claim["superseded_by"])
    assert ("2025-12-21", {"log_size": 3, "at": "2026-02-01T10:00:00.000000Z"}) == (claim["said_until"], claim["as_of"])


def test_keeping_the_record_has_no_date(desk, client, claim):
    """An amendment acts however early the date that is asked about."""
    append(desk, said("denied", said_on="2025-12-21"))
    mended = {"party": MID, "summary": "No.", "source": {"publisher": "x"}, "said_on": "2025-12-19"}
    assert mend(desk, kept("amended", regarding=2, type="denied", statement=mended), 2).status_code == 201
    assert client.get(f"{CLAIM}?said_until=2025-12-19").json["standing"] == "denied"


@pytest.mark.parametrize("until", ["", "yesterday", "2025-13", "2025-02-30", "../..", "21.12.2025"])
@pytest.mark.parametrize("path", [CLAIM, f"{CLAIM}/events"])
def test_what_is_no_date_is_refused(claim, client, path, until):
    """What is no EDTF date is a fault of `said_until`."""
    assert refused(client.get(f"{path}?said_until={until}")) == (422, "invalid", ["said_until"])
