"""Every script, every date and every party goes in and comes out unchanged."""

from __future__ import annotations

import json

import pytest

from tests.builders import said
from tests.web.newsroom import CLAIM, CLAIM_ID, JSON, append, batch, in_json, open_claim

SOURCE = {
    "publisher": "شبكة الأخبار",
    "title": "«…»",
    "url": "https://example.test/خبر?q=א",
    "published_on": "2025-12-2X",
}
QUOTES = {
    "he": '\u200fמשרד החוץ אינו מאשר ואינו מכחיש, \u2067"ללא תגובה"\u2069 — נמסר.\u200e',
    "ar": "\u202bوزارة الخارجية تنفي «جملةً وتفصيلاً» ما نُشر.\u202c \u061c١٢٣",
    "fa": "این گزارش\u200cها «کاملاً بی‌اساس» است؛ می‌گویند ۲۱ آذر",
    "ko": "외교부는 “확인도 부인도 하지 않는다(NCND)”고 밝혔다. \u1112\u1161\u11ab\u1100\u1173\u11af",
    "ru": "«Сообщения не соответствуют действительности», — заявила М.\u00a0Захарова. й й",
    "zh-Hant": "外交部發言人表示：「不予置評」。𠮷野家 ﹏ 〾",
    "zh-Hans": "“这完全是子虚乌有。”——发言人\u3000汪文斌 𪚥",
    "ja": "「コメントは差し控える」ｶﾞｷﾞ が",
    "hi": "विदेश मंत्रालय ने इन ख़बरों का खंडन किया।",
    "am": "ውጭ ጉዳይ ሚኒስቴር አስተባበለ።",
    "phn": "𐤀𐤁𐤂 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1f0\U0001f1f7 \U000e0067 \U0010fffd",
    "und": "a\u0000b \u0001 \u007f \u0085 \u2028 \u2029 \ufeff \uffff \\ \" / \u0301 <script>alert('&amp;')</script>",
}


@pytest.mark.parametrize("lang", QUOTES)
def test_a_quote_in_its_own_script(desk, claim, client, lang):
    """A quote with bidi marks, joiners, combining and astral characters is stored and given as it was sent."""
    quote = {"text": QUOTES[lang], "lang": lang, "translation": QUOTES["und"], "translated_by": QUOTES["ko"]}
    party = {"name": QUOTES[lang][:300], "kind": "ministry", "country": "KR"}
    data = {
        "party": party,
        "speaker": {"name": QUOTES[lang], "role": QUOTES["ar"]},
        "quote": quote,
        "source": SOURCE,
        "said_on_text": QUOTES["fa"],
        "note": QUOTES[lang],
    }
    response = append(desk, ("denied", data))
    assert (201, data) == (response.status_code, response.json["data"])
    assert client.get(f"{CLAIM}/events/2").data == response.data
    assert client.get(CLAIM).json["positions"][0]["party"]["name"] == party["name"]
    assert data == client.get("/events").json["events"][1]["event"]["data"]


@pytest.mark.parametrize("lang", QUOTES)
def test_escapes_are_another_way_to_write_the_same(desk, claim, lang):
    """Sent escaped or not, a text is stored as the same bytes, in UTF-8."""
    data = {**said("denied")[1], "quote": {"text": QUOTES[lang], "lang": lang}}
    bodies = [
        json.dumps({"type": "denied", "data": data}, ensure_ascii=ascii_only).encode() for ascii_only in (True, False)
    ]
    made = [desk.post(f"{CLAIM}/events?allow_duplicate=true", data=body, headers=JSON).data for body in bodies]
    stored = [json.loads(event)["data"] for event in made]
    assert [data, data] == stored
    assert json.dumps(QUOTES[lang], ensure_ascii=False).encode() in made[0]


@pytest.mark.parametrize("lang", ["he", "ar", "fa", "ko", "ru", "zh-Hant"])
def test_a_claim_in_any_language(desk, client, lang):
    """A claim's text, topics, place and names are what was sent, and so is its name in `ref`."""
    body = {
        "text": QUOTES[lang],
        "lang": lang,
        "ref": QUOTES[lang],
        "topics": [QUOTES[lang], "𠮷"],
        "about": {"place": QUOTES[lang], "form": "만남", "participants": [{"name": QUOTES[lang], "kind": "person"}]},
    }
    claim = desk.post("/claims", json=body).json
    assert {name: body[name] for name in ("text", "lang", "topics")} == {
        n: claim[n] for n in ("text", "lang", "topics")
    }
    assert {**body["about"], "occurred_on": None, "occurred_on_text": None, "track": None} == claim["about"]
    assert batch(desk, in_json(said("denied"), claim=f"ref:{QUOTES[lang]}")).status_code == 201
    assert client.get(f"/claims/{claim['id']}").json["version"] == 2


DATES = ["2018-03-2X", "2007-21~", "../2025-12-21", "2020-12/..", "1962-10-28", "-0044-03-15", "Y-170000002", "2025?"]
DATES += [
    "2020-11-23T08:40:00Z",
    "2025-12-21T10:00:00+09:00",
    "2004-06~-11",
    "[1667,1668,1670..1672]",
    "{1960,1961-12}",
]
DATES += ["156X-12-25", "XXXX-12-XX", "1984?/2004~", "/2006", "1950S2", "2001-34", "%2001-06"]


@pytest.mark.parametrize("date", DATES)
def test_a_date_as_vague_as_its_source(desk, claim, client, date):
    """A date is kept as it was written, wherever one may stand."""
    data = {**said("denied")[1], "said_on": date, "source": {"publisher": "x", "published_on": date}}
    assert append(desk, ("denied", data)).json["data"] == data
    opened = desk.post("/claims", json={"text": "It happened.", "about": {"occurred_on": date}})
    assert opened.json["about"]["occurred_on"] == date


@pytest.mark.parametrize("country", ["SU", "YU", "DD", "CS", "ZR", "TP", "XK", "AN"])
def test_a_party_of_a_state_that_is_no_more(desk, claim, client, country):
    """Former codes are parties' countries like any other, and group their voices."""
    party = {"name": "Ministry of Foreign Affairs", "kind": "ministry", "country": country}
    assert append(desk, said("denied", party)).status_code == 201
    claim_now = client.get(CLAIM).json
    assert ({country: ["denies"]}, country) == (claim_now["by_country"], claim_now["positions"][0]["party"]["country"])


def test_one_utterance_on_four_claims_out_of_order(desk, client):
    """One act of speech of 1986, logged on four claims forty years late and between other words, reads as said."""
    ids = [f"4be7c1d2-0000-4000-8000-00000000000{n}" for n in range(1, 5)]
    party = {"name": "Министерство иностранных дел СССР", "kind": "ministry", "country": "SU"}
    for id_ in ids:
        open_claim(desk, said("confirmed", party, said_on="1990-05"), id_=id_)
    word = said("denied", party, said_on="1986-04-2X", said_on_text="в конце апреля", utterance="ТАСС-1986")
    made = batch(desk, *(in_json(word, claim=id_) for id_ in ids)).json["events"]
    assert [word[1]] * 4 == [event["data"] for event in made]
    for id_ in ids:
        claim = client.get(f"/claims/{id_}").json
        position = claim["positions"][0]
        assert ("confirmed", [2], [3]) == (claim["standing"], position["events"], position["beside"])
        assert claim["reversals"] == []


def test_two_spellings_of_a_name_are_two_names(desk, claim):
    """Composed and decomposed letters are one party, and each is given as it was written."""
    composed, decomposed = "Министерство й", "Министерство и\u0306"
    for name in (composed, decomposed):
        assert append(desk, said("denied", {"name": name, "kind": "ministry"}, scope=name)).status_code == 201
    positions = desk.get(CLAIM).json["positions"]
    assert [([2, 3], decomposed)] == [(p["events"], p["party"]["name"]) for p in positions]


def test_the_story_comes_out_as_it_went_in(moscow, story, client):
    """Each of the story's 31 payloads is stored as it is in the file, but for names that became UUIDs."""
    stored = [placed["event"] for placed in client.get("/events?limit=1000").json["events"]]
    sent = [item["data"] for item in story if item["type"] != "linked"]
    assert sent == [event["data"] for event in stored if event["type"] != "linked"]
    assert [item["type"] for item in story] == [event["type"] for event in stored]


def test_nothing_is_added_to_an_event(desk, claim):
    """An event's address, claim and versions are what was asked for, in UTF-8 without a byte order mark."""
    made = append(desk, said("denied", quote={"text": QUOTES["ko"], "lang": "ko"}))
    assert made.data.startswith(b'{"claim":"' + CLAIM_ID.encode())
    assert made.content_type == "application/json"
