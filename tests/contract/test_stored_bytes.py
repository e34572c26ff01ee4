"""Hold what is stored to the bytes that `docs/events.md` promises, by code that shares nothing with ours."""

import json
from threading import Event

from service.jobs.self_check import check_read_model
from service.recording.deciding import Decider
from service.recording.writer import Writer
from service.store.finding import ClaimQuery
from tests.builders import (
    CLAIM_ID,
    KREMLIN,
    MID,
    OPENED,
    OTHER_ID,
    SALT,
    amended,
    asked,
    assessed,
    kept,
    said,
)
from tests.contract.asking import PATIENCE, TEN, append, ask, item, opening, texts_of
from tests.contract.proving import check_bytes

QUOTES = [
    ("he", "הפגישה לא התקיימה"),
    ("ar", "لم يُعقد الاجتماع"),
    ("fa", "این دیدار انجام نشد"),
    ("ko", "그런 만남은 없었다"),
    ("ru", "Встречи не было"),
    ("zh-Hant", "沒有這次會面"),
    ("en", 'He said: "\\no\\n"\t\u0000\u001f\u007f\u2028 </script> 🕊 \ufeff é e\u0301'),
]


def test_an_event_is_stored_as_these_very_bytes(store):
    """The bytes of a stored event are its members in order, without a space, the salt in base64."""
    writer = Writer(Decider(store, clock=lambda: TEN, new_salt=lambda: SALT))
    quote = {"text": "Встречи не было", "lang": "ru"}
    writer.submit(opening(CLAIM_ID, said("denied", quote=quote, via=["TASS"]))).result(PATIENCE)
    writer.close()
    with store.reading() as view:
        stored = view.history(str(CLAIM_ID), after=1, upto=2, limit=10)
    assert stored == [
        (
            '{"claim":"4be7c1d2-0000-4000-8000-000000000001",'
            '"data":{"party":{"country":"RU","kind":"ministry","name":"Russian Foreign Ministry"},'
            '"quote":{"lang":"ru","text":"Встречи не было"},"source":{"publisher":"The Wire"},'
            '"summary":"What was said.","via":["TASS"]},'
            '"recorded_at":"2026-01-31T10:00:00.000000Z","recorded_by":"desk-seoul",'
            '"salt":"AAECAwQFBgcICQoLDA0ODw==","type":"denied","v":1,"version":2}'
        )
    ]


def test_every_script_is_stored_as_it_came(bench, store, behind):
    """Words in any script, with marks, controls and signs beyond the basic plane, come out as they went in."""
    quotes = [{"text": text, "lang": lang} for lang, text in QUOTES]
    bench.do(opening(CLAIM_ID, *(said("denied", quote=quote, scope=quote["lang"]) for quote in quotes)))
    assert check_bytes(behind) == 8
    with store.reading() as view:
        states = view.history(str(CLAIM_ID), after=1, upto=8, limit=10)
    assert [json.loads(state)["data"]["quote"] for state in states] == quotes


def test_members_that_look_like_markers_are_words_like_others(bench, store, behind):
    """What looks like a marker of the library is stored and read back as the plain members that it is."""
    lookalike = {"publisher": "The Wire", "_type_": "datetime_iso", "_data_": "2020-01-01T00:00:00"}
    bench.do(opening(CLAIM_ID, said("denied", source=lookalike)))
    assert check_bytes(behind) == 2
    with store.reading() as view:
        assert json.loads(view.events_from(1, 1)[0][1])["data"]["source"] == lookalike


TOPICS = [
    "onrecord.opened",
    "onrecord.reported",
    "onrecord.alleged",
    "onrecord.confirmed",
    "onrecord.acknowledged",
    "onrecord.denied",
    "onrecord.countered",
    "onrecord.dismissed",
    "onrecord.ncnd",
    "onrecord.declined",
    "onrecord.unresponsive",
    "onrecord.unaware",
    "onrecord.deflected",
    "onrecord.clarified",
    "onrecord.corrected",
    "onrecord.retracted",
    "onrecord.walked_back",
    "onrecord.assessed",
    "onrecord.linked",
    "onrecord.unlinked",
    "onrecord.comment_requested",
    "onrecord.reworded",
    "onrecord.amended",
    "onrecord.struck",
    "onrecord.redacted",
]
LINK = {"relation": "context", "claim": str(OTHER_ID)}
ONE_OF_EACH = [
    *(said(topic.removeprefix("onrecord.")) for topic in TOPICS[1:13]),
    said("clarified", regarding=2),
    said("corrected", regarding=3, grade="corrected"),
    said("retracted", regarding=4),
    said("walked_back", regarding=5),
    assessed(),
    ("linked", LINK),
    ("unlinked", LINK),
    asked(),
]
KEPT = [
    kept("reworded", text="It was so."),
    amended(6, said("denied", KREMLIN)),
    kept("struck", regarding=7),
    kept("redacted", regarding=8),
]


def test_every_type_is_stored_under_its_topic(bench, behind):
    """The topics are golden: stored events are found by them for as long as the record lasts."""
    bench.do(opening(OTHER_ID))
    bench.do(opening(CLAIM_ID, *ONE_OF_EACH))
    for version, event in enumerate(KEPT, 21):
        bench.do(append(CLAIM_ID, event, if_match=version))
    stored = behind("SELECT topic FROM events WHERE claim = ? ORDER BY version", str(CLAIM_ID))
    assert [topic for (topic,) in stored] == TOPICS
    assert check_bytes(behind) == 26


def test_a_redaction_changes_no_leaf(bench, store, behind):
    """Erasing a payload leaves the event its entry and the redaction's version, and its leaf as it was."""
    bench.do(opening(CLAIM_ID, said("denied", MID), said("ncnd", KREMLIN)))
    before = behind("SELECT leaf FROM log ORDER BY position")
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=3))
    assert behind("SELECT leaf FROM log ORDER BY position")[:3] == before
    assert check_bytes(behind) == 4
    with store.reading() as view:
        remains = json.loads(view.events_from(1, 1)[0][1])
    assert remains.keys() == {
        "claim",
        "commitment",
        "recorded_at",
        "recorded_by",
        "redacted",
        "type",
        "v",
        "version",
    }
    assert (remains["type"], remains["version"], remains["redacted"]) == ("denied", 2, 4)


def test_a_batch_over_many_claims_is_stored_in_its_own_order(bench, behind):
    """Events of a batch stand in the log in the order in which the batch has them."""
    bench.do(ask(item(CLAIM_ID, OPENED), item(OTHER_ID, OPENED), item(CLAIM_ID, said("denied"))))
    here, there = str(CLAIM_ID), str(OTHER_ID)
    assert behind("SELECT claim, version FROM log ORDER BY position") == [(here, 1), (there, 1), (here, 2)]
    assert check_bytes(behind) == 3


def test_signs_that_a_database_writes_rows_with_are_kept(bench, store):
    """A name and a topic of quotes, backslashes, braces and commas stay as sent in each row, and are found."""
    name, topic = '"The" \\Ministry\\, (of) {all}, NULL"', '{"a\\b",(c)}'
    for claim in (CLAIM_ID, OTHER_ID):
        opened = ("opened", OPENED[1] | {"topics": [topic, "NULL"]})
        words = [said("denied", {"name": name, "kind": "ministry"}, scope=scope) for scope in ("a\\", '"', "NULL")]
        bench.do(ask(item(claim, opened), *(item(claim, word) for word in words), opens=True))
    assert texts_of(store, OTHER_ID)[1]["data"]["party"]["name"] == name
    with store.reading() as view:
        rows = view.claim_versions(ClaimQuery(size=8, limit=5, filters={"topic": [topic]}))
        assert [row.claim for _, row in rows] == [str(OTHER_ID), str(CLAIM_ID)]
    assert check_read_model(store, lambda _: None, Event()) == 2
