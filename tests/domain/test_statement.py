"""Hold domain.statement to *The statement*: every fault that shows from the request alone, each with its place."""

import pytest

from domain.codebook import EVENT_TYPES, STATEMENTS
from domain.errors import Fault, Invalid
from domain.statement import check_payload, read_word, surely_said_by
from tests.builders import MID, WIRE, amended, asked, assessed, given, kept, open_claim, record, said, statement

NO_WORDS = {"party": MID, "source": {"publisher": "The Wire"}}
LATIN = {"text": "Нет.", "lang": "ru"}


def pointers(type_, data):
    """List where the faults of a payload are."""
    return [fault.pointer for fault in check_payload(type_, data)]


SOUND = [
    said("denied"),
    said("denied", extent="partial", scope="the place", strength="hedged", credibility=6, via=["A", "B"]),
    said("reported", WIRE, attribution="anonymous", on_behalf_of=MID, speaker={"name": "M. Z.", "role": "envoy"}),
    ("denied", {**NO_WORDS, "quote": LATIN}),
    ("denied", {**NO_WORDS, "quote": {"text": "没有。", "lang": "zh-Hant-TW", "translation": "No."}}),
    said("denied", summary="x" * 2_000),
    said("denied", {**MID, "name": "x" * 300}),
    said("denied", {**MID, "country": "SU"}),
    said("denied", said_on="2025-12-2X", source={"publisher": "The Wire", "published_on": "2007-21~"}),
    said("denied", said_on="../2025-12-21"),
    said("denied", said_on="2020-11-23T08:40:00Z", said_on_text="at 8.40"),
    said("corrected", regarding=2, grade="refile"),
    said("clarified", regarding=2),
    assessed(likelihood="likely", confidence="low", rating={"text": "Half", "worst": 1, "value": 3, "best": 5}),
    assessed(rating={"worst": 1, "value": 1, "best": 5}),
    assessed(rating={"worst": 1, "value": 5, "best": 5}),
    assessed(rating={"text": "False", "url": "https://w.example/@a"}),
    said("denied", source={"publisher": "W", "url": "mailto:a@w.example", "archived_url": "https://w.example?a@b"}),
    ("opened", {"text": "It was so.", "lang": "en", "about": {"occurred_on": "2025-12", "participants": [MID]}}),
    kept("reworded", topics=[]),
    kept("struck", regarding=2),
    kept("redacted", regarding=2),
    amended(2, said("retracted", regarding=1)),
    asked(),
]


@pytest.mark.parametrize(("type_", "data"), SOUND)
def test_a_sound_payload_has_no_fault(type_, data):
    """What the contract allows is allowed."""
    assert pointers(type_, data) == []


FAULTY = [
    (("denied", NO_WORDS), ["/summary"]),
    (said("denied", summary=" "), ["/summary"]),
    (said("denied", summary="x" * 2_001), ["/summary"]),
    (said("denied", {**MID, "name": "—"}), ["/party/name"]),
    (said("denied", {**MID, "name": ""}), ["/party/name"]),
    (said("denied", {**MID, "name": "x" * 301}), ["/party/name"]),
    (said("denied", {**MID, "country": "ru"}), ["/party/country"]),
    (said("denied", on_behalf_of={**MID, "name": "…"}), ["/on_behalf_of/name"]),
    (said("denied", source={"publisher": "W", "url": " https://a:b@w.example/"}), ["/source/url"]),
    (said("denied", source={"publisher": "W", "archived_url": "ftp://a@w.example"}), ["/source/archived_url"]),
    (assessed(rating={"text": "False", "url": "https://a:@w.example"}), ["/rating/url"]),
    (said("denied", on_behalf_of={**MID, "country": "XX"}), ["/on_behalf_of/country"]),
    (said("denied", speaker={"name": "M. Z.", "role": "\t"}), ["/speaker/role"]),
    (said("denied", quote={"text": "Нет.", "lang": "Russian language"}), ["/quote/lang"]),
    (said("denied", quote={"text": " ", "lang": "ru"}), ["/quote/text"]),
    (said("denied", said_on="on Sunday"), ["/said_on"]),
    (said("denied", said_on="2025-02-30"), ["/said_on"]),
    (said("denied", said_on=""), ["/said_on"]),
    (said("denied", source={"publisher": "The Wire", "published_on": "21.12.2025"}), ["/source/published_on"]),
    (said("denied", source={"publisher": "\n"}), ["/source/publisher"]),
    (said("denied", via=["The Wire", "", "…"]), ["/via/1", "/via/2"]),
    (said("reported", extent="partial"), ["/extent"]),
    (said("ncnd", extent="partial"), ["/extent"]),
    (assessed(extent="partial"), ["/extent"]),
    (said("clarified"), ["/regarding"]),
    (said("retracted"), ["/regarding"]),
    (said("walked_back"), ["/regarding"]),
    (said("corrected", regarding=2), ["/grade"]),
    (said("corrected"), ["/regarding", "/grade"]),
    (said("retracted", regarding=2, grade="withdrawn"), ["/grade"]),
    (assessed(by={"name": "?", "kind": "analyst"}), ["/by/name"]),
    (assessed(rating={"worst": 1, "value": 6, "best": 5}), ["/rating/value"]),
    (assessed(rating={"worst": 1, "value": 0, "best": 5}), ["/rating/value"]),
    (("opened", {"text": "", "lang": "en"}), ["/text"]),
    (("opened", {"text": "It was so.", "lang": "e n"}), ["/lang"]),
    (("opened", {"text": "It was so.", "lang": "en", "about": {"occurred_on": "recently"}}), ["/about/occurred_on"]),
    (
        ("opened", {"text": "It was so.", "lang": "en", "about": {"participants": [MID, {"name": "!"}]}}),
        ["/about/participants/1/name"],
    ),
    (("opened", {"text": "It was so.", "lang": "en", "topics": ["x" * 300, "x" * 301]}), ["/topics/1"]),
    (kept("reworded"), [""]),
    (kept("reworded", text="It was not so.", reason=" "), ["/reason"]),
    (kept("reworded", about={"occurred_on": "2025-13"}), ["/about/occurred_on"]),
    (kept("struck", regarding=2, reason=""), ["/reason"]),
    (kept("redacted", regarding=2, authority=" "), ["/authority"]),
    (amended(2, said("denied", said_on="soon")), ["/statement/said_on"]),
    (amended(2, said("retracted")), ["/statement/regarding"]),
    (amended(2, assessed(by={"name": "!", "kind": "analyst"})), ["/statement/by/name"]),
    (asked({"name": "…", "kind": "ministry"}), ["/party/name"]),
    (("linked", {"relation": "context", "claim": "x", "note": " "}), ["/note"]),
]


@pytest.mark.parametrize(("event", "where"), FAULTY)
def test_a_fault_is_named_at_its_place(event, where):
    """Each fault is named with the JSON pointer of what is wrong, and only that."""
    assert pointers(*event) == where


@pytest.mark.parametrize("type_", ["reported", "alleged", "dismissed", "ncnd", "declined", "retracted"])
def test_only_four_types_can_be_partial(type_):
    """`extent` partial is for confirmed, acknowledged, denied and countered."""
    assert pointers(type_, statement(extent="partial", regarding=2)) == ["/extent"]


def test_every_fault_is_named_at_once():
    """One refusal names every fault, so that all can be mended at once, and nothing is recorded."""
    claim = given()
    event = said("corrected", {**MID, "name": "—", "country": "QQ"}, summary="", said_on="soon", extent="partial")
    with pytest.raises(Invalid) as refusal:
        record(claim, event)
    where = ["/summary", "/party/name", "/party/country", "/said_on", "/extent", "/regarding", "/grade"]
    assert [fault.pointer for fault in refusal.value.faults] == where
    assert refusal.value.detail == "7 faults; nothing was recorded. Mend what `errors` names and send it again."
    assert claim.version == 1


def test_a_claim_is_not_opened_by_a_faulty_payload():
    """What opens a claim is checked like everything else."""
    with pytest.raises(Invalid) as refusal:
        open_claim(("opened", {"text": " ", "lang": "en"}))
    assert refusal.value.faults == [Fault("/text", "This is empty. Leave the member out, or say something.")]


@pytest.mark.parametrize("text", ["", " ", "\u3000\n", "\u200b", "\0", "\u202e\u2066 \ufeff"])
def test_a_text_of_which_nothing_can_be_seen_is_empty(text):
    """Blanks, marks of direction, of zero width and of control say nothing; beside letters they may stand."""
    assert pointers("denied", statement(summary=text)) == ["/summary"]
    assert pointers("denied", {**statement(), "via": [text]}) == ["/via/0"]
    assert pointers("denied", statement(summary=f"{text}No.")) == []


def test_a_payload_that_was_looked_at_before_is_not_looked_at_again():
    """Whoever found nothing wrong with a payload, and asked for every fault at once, has its rules alone decided."""
    wrong = said("denied", summary=" ")
    with pytest.raises(Invalid):
        record(given(), wrong)
    assert record(given(), wrong, checked=True).version == 2


@pytest.mark.parametrize(
    ("deadline", "faults"),
    [
        ("2026-01-31T09:31:00.123457Z", 0),
        ("2026-01-31T18:31:01+09:00", 0),
        ("2026-01-31T09:31:00.123456Z", 1),
        ("2025-01-31T09:31:00Z", 1),
        ("2026-02-30T09:31:00Z", 1),
        ("2026-02-02", 1),
        ("2026-02-02T12:00:00", 1),
        ("tomorrow", 1),
    ],
)
@pytest.mark.parametrize("checked", [False, True])
def test_a_deadline_is_an_instant_in_the_future(deadline, faults, checked):
    """A deadline is a UTC instant after the moment at which the question is recorded, whoever looked at it before."""
    claim = given()
    try:
        record(claim, asked(deadline=deadline), checked=checked)
        found = []
    except Invalid as refusal:
        found = refusal.faults
    assert [fault.pointer for fault in found] == ["/deadline"] * faults
    assert claim.version == (1 if faults else 2)


@pytest.mark.parametrize("type_", ["linked", "unlinked"])
def test_a_claim_is_never_linked_to_itself(type_):
    """That a link leads to its own claim shows from the request alone."""
    claim = given()
    with pytest.raises(Invalid) as refusal:
        record(claim, (type_, {"relation": "context", "claim": str(claim.id)}))
    assert refusal.value.faults == [Fault("/claim", "A claim is never linked to itself.")]


@pytest.mark.parametrize("type_", STATEMENTS)
@pytest.mark.parametrize("extent", [None, "full", "partial"])
def test_extent_is_full_unless_said_but_partial_for_countered(type_, extent):
    """`extent` defaults to full, for countered to partial, and means nothing where a statement takes no side."""
    data = statement() if extent is None else statement(extent=extent)
    word = read_word(STATEMENTS[type_], 2, data)
    can_be = type_ in {"confirmed", "acknowledged", "denied", "countered"}
    assert word.partial is (can_be and (extent == "partial" or (extent is None and type_ == "countered")))


DAYS = [
    ({}, (None, None, None)),
    ({"said_on": "2025-12-21"}, ((2025, 12, 21), (2025, 12, 21), (2025, 12, 21))),
    ({"said_on": "2025-12-2X"}, ((2025, 12, 20), (2025, 12, 29), (2025, 12, 29))),
    ({"said_on": "../2025-12-21"}, (None, (2025, 12, 21), (2025, 12, 21))),
    ({"said_on": "2020-12/.."}, ((2020, 12, 1), None, None)),
    ({"published_on": "2025-12"}, (None, (2025, 12, 31), (2025, 12, 31))),
    ({"said_on": "2020-12/..", "published_on": "2025-12"}, ((2020, 12, 1), None, (2025, 12, 31))),
    ({"said_on": "2025", "published_on": "2025-12-21"}, ((2025, 1, 1), (2025, 12, 31), (2025, 12, 21))),
    ({"said_on": "2025-12-20", "published_on": "2025"}, ((2025, 12, 20), (2025, 12, 20), (2025, 12, 20))),
    ({"said_on": "not a date", "published_on": "neither"}, (None, None, None)),
]


@pytest.mark.parametrize(("dates", "days"), DAYS)
def test_days_of_a_statement_are_the_bounds_of_its_dates(dates, days):
    """The earliest day is by `said_on` only, the latest by it, else by the source; said by: the earlier of both."""
    source = {"publisher": "The Wire", **{k: v for k, v in dates.items() if k == "published_on"}}
    data = statement(source=source, **{k: v for k, v in dates.items() if k == "said_on"})
    word = read_word(EVENT_TYPES["denied"], 2, data)
    assert (word.earliest, word.latest, surely_said_by(data)) == days
