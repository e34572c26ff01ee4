"""What a search shows: the words that were asked for, marked where they stand."""

from __future__ import annotations

import unicodedata
from threading import Event

import pytest
from markupsafe import escape

from service.jobs.lapses import record_lapsed
from service.search_text import find_places, to_phrases
from tests.builders import amended, asked, kept, said, statement
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, mend, open_claim


@pytest.mark.parametrize(
    ("text", "q", "marked"),
    [
        ("An official met the envoy.", "OFFIC met", "An [offic]ial [met] the envoy."),
        ("It was met, unmet and metal.", "met", "It was [met], unmet and [met]al."),
        ("외무부는 부인했다", "외무부", "[외무부]는 부인했다"),
        ("외무부는 부인했다", "부", "외무[부]는 [부]인했다"),
        ("نفت وزارة الخارجية الإيرانية", "الخارجيه الايرانية", "نفت وزارة [الخارجية] [الإيرانية]"),
        ("گزارش\u200cهای ۲۱ آذر", "گزارشهاي 21", "[گزارش\u200cهای] [۲۱] آذر"),
        ("Чёрное море", "черное", "[Чёрное] море"),
        ("Die Straße war zu", "strasse", "Die [Straße] war zu"),
        ("Der Zoë-Café Bericht", "zoe cafe", "Der [Zoë]-[Café] Bericht"),
        ("北京の会談を否定した", "会談", "北京の[会談]を否定した"),
        ("टैंक नहीं गए", "टैंक", "[टैंक] नहीं गए"),
        ("Nothing of it.", "envoy", "Nothing of it."),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_places_are_where_the_words_stand(text, q, marked, form):
    """What is found is found in its place, in every script, however its letters are put together."""
    written = unicodedata.normalize(form, text)
    told, end = "", 0
    for start, after in find_places(written, to_phrases(q)):
        told += f"{written[end:start]}[{written[start:after]}]"
        end = after
    assert unicodedata.normalize("NFC", marked) == unicodedata.normalize("NFC", told + written[end:])


def hits(client, q):
    """Read the rows of a search as HTML: the wording, and what was said that it was found by."""
    html = browse(client, "/claims?q=" + q).html
    wordings = [row.partition("</bdi></a></h2>")[0].rpartition('">')[2] for row in html.split('class="row-text"')[1:]]
    return wordings, [line.partition("</p>")[0] for line in html.split('<p class="row-hit">')[1:]]


def test_a_claim_found_by_its_wording_shows_where(desk, client):
    """Words of the wording are marked there, and nothing that was said need be shown."""
    open_claim(desk, said("denied", summary="No envoy was met."))
    assert (["An official met the <mark>envoy</mark> in <mark>Mos</mark>cow."], []) == hits(client, "envoy+mos")


def test_a_claim_found_by_a_quote_shows_the_quote(desk, client):
    """The words are marked in the quote, in its own language, with who said it and where that is on record."""
    text = "لا صحة للمباحثات في مسقط."
    quote = {"text": text, "lang": "ar", "translation": "There were no talks in Muscat."}
    open_claim(desk, said("reported"), ("denied", statement(quote=quote, summary="It is unfounded.")))
    _, told = hits(client, "مباحثات")
    start, end = find_places(text, to_phrases("مباحثات"))[0]
    assert told == [
        (
            f'<a href="{CLAIM}#event-3">event 3</a> <bdi lang="">Russian Foreign Ministry</bdi> <b>denied</b>: '
            f'<span class="hit" lang="ar" dir="auto">{text[:start]}<mark>{text[start:end]}</mark>{text[end:]}</span>'
        )
    ]


def test_words_that_stand_apart_are_shown_each(desk, client):
    """Where no one text has all that is missing from the wording, the newest that has each is shown, in order."""
    words = enumerate(["Uranium", "Plutonium", "Uranium"])
    open_claim(desk, *(said("denied", summary=f"{word} on day {n}.", said_on=f"2026-01-0{n + 1}") for n, word in words))
    _, told = hits(client, "envoy+uranium+plutonium")
    assert ["event-3", "event-4"] == [line.partition("#")[2].partition('"')[0] for line in told]
    assert "<mark>Plutonium</mark> on day 1." in told[0]
    assert "<mark>Uranium</mark> on day 2." in told[1]


def test_a_party_and_a_speaker_are_marked(desk, client):
    """Who speaks is marked where they were asked for; a speaker is named only then."""
    speaker = {"name": "Maria Zakharova", "role": "spokesperson"}
    open_claim(desk, said("denied", speaker=speaker), asked())
    _, told = hits(client, "zakhar")
    assert (
        'Ministry</bdi> <b>denied</b>: <span class="hit" lang="" dir="auto">Maria <mark>Zakhar</mark>ova</span>'
        in told[0]
    )
    _, told = hits(client, "russian+minist")
    assert '<bdi lang=""><mark>Russian</mark> Foreign <mark>Minist</mark>ry</bdi> <b>denied</b>' in told[0]
    assert "Zakharova" not in told[0]


def test_what_was_mended_is_shown_as_it_reads(desk, client):
    """An amended statement is found by its amendment and shown as that; what is struck or erased is not shown."""
    open_claim(desk, said("denied", summary="Uranium."), said("denied", summary="Plutonium.", said_on="2025-12-01"))
    assert mend(desk, amended(2, said("confirmed", summary="Thorium.")), 3).status_code == 201
    assert hits(client, "thorium")[1] == [
        (
            f'<a href="{CLAIM}#event-2">event 2</a> <bdi lang="">Russian Foreign Ministry</bdi> <b>confirmed</b>: '
            '<span class="hit" lang="" dir="auto"><mark>Thorium</mark>.</span>'
        )
    ]
    assert hits(client, "uranium") == ([], [])
    assert len(hits(client, "plutonium")[1]) == 1
    assert mend(desk, kept("redacted", regarding=3), 4).status_code == 201
    assert hits(client, "plutonium") == ([], [])


def test_a_long_text_is_cut_around_the_words(desk, client):
    """Of a long text the part is shown in which the words stand, with what was cut away on either side told."""
    long = " ".join(["before"] * 60 + ["uranium"] + ["after"] * 60)
    open_claim(desk, said("denied", summary=long))
    told = hits(client, "uranium")[1][0].partition('class="hit" lang="" dir="auto">')[2].removesuffix("</span>")
    assert (told[0], told[-1]) == ("…", "…")
    assert "before <mark>uranium</mark> after" in told
    assert len(told) < 270


def test_markup_in_a_hit_is_text(desk, client):
    """What somebody logged is text around a mark and in it."""
    spoken = '<img src=x onerror="alert(1)"> & <b>uranium</b> \u202edrawer\u202c'
    open_claim(desk, said("denied", summary=spoken), text="<i>An official</i> met the envoy & left.")
    wordings, told = hits(client, "uranium+official")
    assert wordings == ["&lt;i&gt;An <mark>official</mark>&lt;/i&gt; met the envoy &amp; left."]
    shown = str(escape('<img src=x onerror="alert(1)"> & <b>')) + "<mark>uranium</mark>" + str(escape("</b> drawer"))
    assert f"{shown}</span>" in told[0]


def test_a_silence_is_told_in_the_language_of_the_reader(desk, client, timeline, clock):
    """That a deadline passed, which the service records in English, is found by its words and told in the reader's."""
    open_claim(desk, asked())
    clock.move_on(days=3)
    assert record_lapsed(timeline, Event()) == 1
    ministry = '<bdi lang="">South Korean Foreign Ministry</bdi>'
    who = f'<a href="{CLAIM}#event-3">event 3</a> {ministry} <b>did not respond</b>'
    when = '<time datetime="2026-02-02T12:00:00.000000Z">2 Feb 2026, 12:00 UTC</time>'
    said_so = f'{who}: <span class="hit">No answer came by {when}, the deadline of the request.</span>'
    assert said_so == hits(client, "answer+deadline")[1][0]
    client.set_cookie("onrecord-language", "ko")
    told = hits(client, "answer+deadline")[1][0]
    assert ("무응답" in told, "No answer" in told) == (True, False)


def test_a_list_without_a_search_marks_nothing(desk, client):
    """A list that is no search shows no mark, nor does the first page."""
    open_claim(desk, said("denied"))
    assert ["<mark>" in browse(client, path).html for path in ("/", "/claims", "/claims?topic=x")] == [False] * 3
