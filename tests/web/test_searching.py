"""Search: any word, in any script, wherever it was said on the claim, as of any moment."""

from __future__ import annotations

import pytest

from tests.builders import MID, amended, asked, assessed, kept, said
from tests.web.newsroom import CLAIM_ID, OTHER_ID, append, mend, open_claim, refused

# A quote in each script, and words of it as somebody types them who looks for it.
QUOTES = {
    "ko": ("한국 외교부는 사실을 확인해 줄 수 없다고 밝혔다", "외교부", "확인", "한"),
    "zh-Hans": ("外交部发言人否认了有关会谈的报道", "发言人", "否认", "会谈"),
    "zh-Hant": ("外交部發言人表示：不予置評", "發言人", "置評"),
    "ja": ("外務省は会談を否定した。ｶﾀｶﾅ", "会談", "否定", "カナ"),
    "ar": ("نفت وِزارة الخارجيّة الروسية التقارير على ٢٠", "الخارجية", "خارجية", "وزارة", "الخارجیه", "علي", "20"),
    "fa": ("وزارت خارجه گزارش\u200cها را تکذیب کرد، ۱۴۰۴", "تکذیب", "گزارش", "تكذيب", "گزارشها", "گزارش ها", "1404"),
    "ur": ("وزارت خارجہ نے تردید کی ہے", "خارجه", "ترديد", "هے"),
    "si": ("ශ්\u200dරී ලංකා විදේශ අමාත්\u200dයාංශය", "ශ්රී", "අමාත්ය"),
    "he": ("משרד החוץ הִכְחִישׁ את הדיווחים", "הכחיש", "דיווחים", "חוץ"),
    "th": ("กระทรวงการต่างประเทศปฏิเสธรายงานนี้", "ต่างประเทศ", "ปฏิเสธ", "รายงาน"),
    "lo": ("ກະຊວງການຕ່າງປະເທດປະຕິເສດ", "ຕ່າງປະເທດ", "ປະຕິເສດ"),
    "km": ("ក្រសួងការបរទេសបានបដិសេធ", "បរទេស", "បដិសេធ"),
    "my": ("နိုင်ငံခြားရေးဝန်ကြီးဌာနကငြင်းဆိုခဲ့သည်", "ဝန်ကြီး", "ငြင်းဆို"),
    "hi": ("विदेश मंत्रालय ने इनकार किया", "मंत्रालय", "इनकार"),
    "ru": ("Сообщения не соответствуют действительности — ёлка", "ЕЛКА", "сообщ"),
    "el": ("Το Υπουργείο διέψευσε", "διεψευσε", "υπουργείο"),
    "tr": ("İddialar asılsızdır", "iddialar", "asılsız"),
    "de": ("Das Außenministerium bestätigt nicht", "aussenminister", "bestatigt"),
    "ka": ("სამინისტრომ უარყო", "უარყო", "სამინ"),
    "am": ("ሚኒስቴሩ አስተባበለ", "አስተባበለ", "ሚኒ"),
}


def found(client, q, **more):
    """List the claims that are found."""
    response = client.get("/claims", query_string={"q": q, **more})
    assert response.status_code == 200, response.text
    return [claim["id"] for claim in response.json["claims"]]


@pytest.mark.parametrize("lang", QUOTES)
def test_words_of_a_quote_are_found_in_every_script(desk, client, lang):
    """Each word is found, also where its script leaves no blanks around it; and not before it was said."""
    text, *words = QUOTES[lang]
    open_claim(desk, said("denied", quote={"text": text, "lang": lang}))
    open_claim(desk, id_=OTHER_ID, text="Something else.")
    assert [found(client, word) for word in (*words, text)] == [[CLAIM_ID]] * (len(words) + 1)
    assert [found(client, word, as_of="1") for word in words] == [[]] * len(words)


TEXTS = {
    "the claim's text": (said("denied"), "envoy"),
    "a summary": (said("denied", summary="The zebra said no."), "zebra"),
    "a translation": (said("denied", quote={"text": "아니다", "lang": "ko", "translation": "A zebra, no."}), "zebra"),
    "a party": (said("denied", {"name": "Zebra Office", "kind": "agency"}), "zebra office"),
    "a principal": (said("denied", on_behalf_of={"name": "Zebra", "kind": "state"}), "zebra"),
    "a speaker": (said("denied", speaker={"name": "Ms Zebra", "role": "spokesperson"}), "zebra"),
    "an assessment": (assessed(summary="The zebra is right."), "zebra"),
    "who is asked": (asked({"name": "Zebra Office", "kind": "agency"}), "zebra"),
}


@pytest.mark.parametrize("where", TEXTS)
def test_every_text_that_is_said_is_searched(desk, client, where):
    """Words are found in what was claimed, said, asked and read, and in the names of who did."""
    event, word = TEXTS[where]
    open_claim(desk, event)
    assert found(client, word) == [CLAIM_ID]


def test_words_may_stand_apart(desk, client):
    """All words must be found on the claim, in whichever of its events; each by its beginning."""
    open_claim(desk, said("denied", MID, summary="No zebra met us."))
    open_claim(desk, said("denied", MID, summary="No lion met us."), id_=OTHER_ID)
    assert found(client, "zeb russ envo") == [CLAIM_ID]
    assert found(client, "ebra") == []
    assert found(client, "lion zebra") == []


def test_what_does_not_count_is_not_found(desk, client):
    """A word amended, struck, redacted or reworded away is found as of before, but for the redacted one."""
    words = ("heron", "stork", "crane")
    open_claim(desk, *[said("denied", summary=f"A {word}.", scope=word) for word in words], text="A magpie.")
    assert mend(desk, amended(2, said("denied", summary="A finch.")), 4).status_code == 201
    assert mend(desk, kept("struck", regarding=3), 5).status_code == 201
    assert mend(desk, kept("redacted", regarding=4), 6).status_code == 201
    assert mend(desk, kept("reworded", text="A raven."), 7).status_code == 201
    now = {word: found(client, word) == [CLAIM_ID] for word in (*words, "finch", "magpie", "raven")}
    assert now == dict.fromkeys((*words, "magpie"), False) | {"finch": True, "raven": True}
    then = {word: found(client, word, as_of="4") == [CLAIM_ID] for word in now}
    assert then == {"heron": True, "stork": True, "crane": False, "finch": False, "magpie": True, "raven": False}


def test_the_newest_text_found_comes_first(desk, client):
    """A search is in the order of the newest text that was found, whatever changed on a claim since."""
    open_claim(desk, said("denied", summary="A zebra."))
    open_claim(desk, said("denied", summary="A zebra."), id_=OTHER_ID)
    assert append(desk, said("ncnd", summary="Nothing.")).status_code == 201
    assert found(client, "zebra") == found(client, "zebra", sort="relevance") == [OTHER_ID, CLAIM_ID]
    assert found(client, "zebra", sort="updated") == [CLAIM_ID, OTHER_ID]
    pages = [client.get("/claims?q=zebra&limit=1").json]
    assert append(desk, said("denied", summary="A zebra again.", scope="Again.")).status_code == 201
    pages.append(client.get(f"/claims?q=zebra&limit=1&cursor={pages[0]['next']}").json)
    assert [claim["id"] for page in pages for claim in page["claims"]] == [OTHER_ID, CLAIM_ID]
    assert pages[1]["next"] is None


@pytest.mark.parametrize("q", ['" OR *', "zebra*", "NEAR(a b)", "tokens:zebra", "a AND b", "-zebra", "'; DROP TABLE x"])
@pytest.mark.usefixtures("claim")
def test_nothing_asked_for_is_syntax(client, q):
    """Signs between words mean nothing, and words that mean something elsewhere are words."""
    assert found(client, q) == []


@pytest.mark.parametrize("q", ["", " ", "…", "\u0000", "a" * 301, " ".join("abcdefghijklm")])
def test_what_cannot_be_searched_for(client, q):
    """No word, too many and too long a question are refused, and say what a search has."""
    assert refused(client.get("/claims", query_string={"q": q})) == (422, "invalid", ["q"])
