"""STIX 2.1: accepted by OASIS's own validator, and saying no more and no less than the record."""

from __future__ import annotations

import re
import warnings

import pytest

from tests.builders import MID, MOFA, PAPER, kept, said
from tests.formats import hostile
from tests.formats.conftest import ERASED
from tests.web.newsroom import CLAIM, CLAIM_ID, append, mend, open_claim

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from stix2validator import ValidationOptions, validate_instance

OURS = {"103", "302"}  # SHOULD: random ids, where ours are told from addresses; a hash beside each address


def objects_of(response):
    """Give a bundle's objects, which the validator must accept, with no advice but that which is declined."""
    assert response.content_type == "application/stix+json;version=2.1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = validate_instance(response.json, ValidationOptions(version="2.1"))
    assert result.is_valid, result.errors
    advised = {re.search(r"{(\d+)}", str(warning))[1] for warning in result.warnings}
    assert advised <= OURS, result.warnings
    return response.json["objects"]


def spoken(objects):
    """Give opinions and notes by the version of their event, with their extension."""
    told = [o for o in objects if o["type"] in {"opinion", "note"}]
    return {extension["version"]: (o, extension) for o in told for extension in o["extensions"].values()}


def test_a_bundle_says_what_the_record_says(given):
    """Each statement is an opinion of its party on the claim, with the exact stance beside the scale."""
    objects = objects_of(given("stix"))
    named = {o["id"]: o.get("name") for o in objects}
    told = {
        version: (o.get("opinion"), extension["stance"], o.get("revoked", False), named.get(o.get("created_by_ref")))
        for version, (o, extension) in spoken(objects).items()
    }
    assert told == {
        2: ("agree", "asserts", False, "The Paper"),
        3: ("strongly-disagree", "denies", False, "Russian Foreign Ministry"),
        4: ("neutral", "withholds", False, "South Korean Foreign Ministry"),
        5: ("agree", "asserts", True, None),
        6: ("agree", "asserts", True, None),
        7: ("agree", "affirms", True, "South Korean Foreign Ministry"),
        11: ("neutral", "withdrawn", False, "South Korean Foreign Ministry"),
        12: (None, "unchanged", False, "A Scholar"),
    }
    assert spoken(objects)[4][0]["explanation"] == "We neither confirm nor deny."
    assert [text for text in (*ERASED, "Wrong Paper") if text in given("stix").text] == []


def test_objects_refer_to_each_other(given):
    """Opinions are on the claim's report, a retraction on what it takes back too; every reference leads somewhere."""
    objects = objects_of(given("stix"))
    ids = {o["id"] for o in objects}
    refs = {ref for o in objects for ref in (*o.get("object_refs", ()), *filter(None, [o.get("created_by_ref")]))}
    assert refs <= ids
    assert len(ids) == len(objects)
    report = next(o["id"] for o in objects if o["type"] == "report")
    told = spoken(objects)
    assert [report, told[7][0]["id"]] == told[11][0]["object_refs"]
    assert {True} == {report in o["object_refs"] for o, _ in told.values()}


def test_what_is_said_again_is_the_same(given, everything, clock):
    """An object of an id and a time is the same in every bundle: now, then, in a list, by a day, after other events."""
    sizes = [size for size in range(1, 13) if size not in {6, 7, 8, 9}]
    asked = [{}, *({"said_until": day} for day in ("2025-12-20", "2025-12-21", "2025-12-3X", "2026-01", "2026"))]
    bundles = [objects_of(given("stix", as_of=str(size), **more)) for size in sizes for more in asked]
    clock.move_on(minutes=1)
    assert append(everything, said("denied", PAPER, said_on="2025-12-20")).status_code == 201
    bundles += [objects_of(given("stix", **more)) for more in asked]
    bundles.append(objects_of(everything.get("/claims?format=stix")))
    versions = {}
    for o in (o for bundle in bundles for o in bundle):
        assert o == versions.setdefault((o["id"], o["modified"]), o)


def test_what_had_been_said_by_a_day_is_told_of_by_itself(given):
    """A bundle of a day has identities alone in common with one of another day, and leads to where it can be read."""
    ids = {
        until: {o["id"] for o in objects_of(given("stix", **more)) if o["type"] in {"report", "opinion", "note"}}
        for until, more in ((u, {"said_until": u} if u else {}) for u in ("", "2025-12-21", "2025-12-2X"))
    }
    assert [bool(ids[a] & ids[b]) for a, b in (("", "2025-12-21"), ("2025-12-21", "2025-12-2X"))] == [False, False]
    [report] = [o for o in given("stix", said_until="2025-12-2X").json["objects"] if o["type"] == "report"]
    assert report["external_references"][0]["url"] == f"http://localhost{CLAIM}?said_until=2025-12-2X"


def test_a_change_is_a_later_version(given):
    """Created when recorded, modified when it was amended, struck, redacted or taken back, to the millisecond."""
    told = spoken(objects_of(given("stix")))
    times = {version: (o["created"][14:], o["modified"][14:]) for version, (o, _) in told.items()}
    assert times == {
        2: ("01:00.000Z", "01:00.000Z"),
        3: ("02:00.000Z", "02:00.000Z"),
        4: ("03:00.000Z", "07:00.000Z"),
        5: ("04:00.000Z", "08:00.000Z"),
        6: ("05:00.000Z", "09:00.000Z"),
        7: ("06:00.000Z", "10:00.000Z"),
        11: ("10:00.000Z", "10:00.000Z"),
        12: ("11:00.000Z", "11:00.000Z"),
    }


def test_what_is_undone_is_a_later_version_too(client, desk, clock):
    """When a retraction is struck, the statement stands again, as of then."""
    open_claim(desk, said("confirmed", MOFA), said("retracted", MOFA, regarding=2))
    assert spoken(objects_of(client.get(f"{CLAIM}?format=stix")))[2][0]["revoked"]
    clock.move_on(minutes=1)
    assert mend(desk, kept("struck", regarding=3), 3).status_code == 201
    told = spoken(objects_of(client.get(f"{CLAIM}?format=stix")))
    assert (told[2][0]["modified"], told[2][0].get("revoked", False)) == ("2026-01-31T10:01:00.000Z", False)
    assert told[3][0]["revoked"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (said("denied", MID), ("disagree", "denies")),
        (said("denied", MID, extent="partial", strength="categorical"), ("disagree", "denies")),
        (said("countered", MID, strength="categorical"), ("disagree", "denies")),
        (said("confirmed", MID, strength="categorical"), ("strongly-agree", "affirms")),
        (said("acknowledged", MID), ("agree", "affirms")),
        (said("alleged", MID), ("agree", "asserts")),
        (said("dismissed", MID), ("neutral", "evades")),
        (said("ncnd", MID, strength="categorical"), ("neutral", "withholds")),
        (said("clarified", PAPER, regarding=2), ("neutral", "unchanged")),
        (said("corrected", PAPER, regarding=2, grade="refile"), ("neutral", "unchanged")),
        (said("walked_back", PAPER, regarding=2), ("neutral", "withdrawn")),
    ],
)
def test_a_stance_is_on_the_scale(client, desk, event, expected):
    """Only a categorical word on the whole claim is strong; what takes no side is neutral."""
    open_claim(desk, said("reported", PAPER), event)
    opinion, extension = spoken(objects_of(client.get(f"{CLAIM}?format=stix")))[3]
    assert expected == (opinion["opinion"], extension["stance"])


def test_what_a_statement_is_of_and_takes_back_is_told(client, desk):
    """A rival account is of a part though it does not say so; a correction tells what it regards, and its grade."""
    corrected = said("corrected", PAPER, regarding=2, grade="withdrawn")
    open_claim(desk, said("reported", PAPER), said("countered", MID), said("denied", MID), corrected)
    told = spoken(objects_of(client.get(f"{CLAIM}?format=stix")))
    members = [[told[n][1].get(name) for name in ("extent", "regarding", "grade")] for n in (3, 4, 5)]
    assert members == [["partial", None, None], [None, None, None], [None, 2, "withdrawn"]]


def test_hostile_text_is_valid(client, desk):
    """Whatever was sent, the bundle is valid, and has no address but of the web."""
    assert desk.post("/claims", json={"text": hostile.TEXT, "id": CLAIM_ID}).status_code == 201
    assert append(desk, ("denied", hostile.SPOKEN)).status_code == 201
    response = client.get(f"{CLAIM}?format=stix")
    summary = hostile.SPOKEN["summary"].translate(hostile.IN_JSON)
    assert summary == spoken(objects_of(response))[2][0]["explanation"]
    assert hostile.ADDRESS not in response.text


def test_a_claim_alone_is_valid(client, desk):
    """A claim of which nobody has spoken is a report all the same."""
    open_claim(desk)
    assert [o["type"] for o in objects_of(client.get(f"{CLAIM}?format=stix"))].count("report") == 1


def test_a_report_says_when_the_claim_stood_so(given):
    """A standing is dated by the event that it is of, so that one version of a report says the same in every bundle."""
    asked = ({"as_of": "3"}, {"as_of": "2026-01-31T10:02:30Z"}, {"said_until": "2025-12"}, {})
    reports = [next(o for o in given("stix", **more).json["objects"] if o["type"] == "report") for more in asked]
    assert [(report["modified"], report["description"]) for report in reports] == [
        ("2026-01-31T10:02:00.000Z", "Standing in the record: Denied (as of 31 Jan 2026, 10:02 UTC)."),
        ("2026-01-31T10:02:00.000Z", "Standing in the record: Denied (as of 31 Jan 2026, 10:02 UTC)."),
        (
            "2026-01-31T10:11:00.000Z",
            "Standing in the record: Denied (as of 31 Jan 2026, 10:11 UTC) (what had been said by 31 Dec 2025).",
        ),
        ("2026-01-31T10:11:00.000Z", "Standing in the record: Denied (as of 31 Jan 2026, 10:11 UTC)."),
    ]
