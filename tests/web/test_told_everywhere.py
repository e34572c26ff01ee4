"""Wherever an event is told, it says as much as the event's own page: part or whole, for whom, on what terms."""

from __future__ import annotations

import re
from importlib.resources import files

import click
import pytest

from domain.codebook import STATEMENTS
from service.cli.account import write_account
from service.telling.terms import ATTRIBUTIONS, GRADES, LIKELIHOODS, STRENGTHS
from service.telling.wording import SAID, tell_deed
from service.telling.words import IN_PART
from service.tokens import create_token
from service.web.pages.languages import translations_of
from tests.builders import MID, MOFA, amended, kept, said
from tests.web.browsing import browse, in_words, reason_of, rows_of, sign_in, who_is_listed
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, batch, in_json, mend, open_claim

VOICE = {"name": "Spokesman", "kind": "person"}
TERMS = {"attribution": "anonymous", "strength": "hedged", "on_behalf_of": MOFA}
READING = {"rating": {"text": "Mostly false", "value": 2}, "likelihood": "unlikely", "confidence": "low"}
MENDING = {"corrected", "retracted"}


def everything(type_):
    """Make an event of a type that says all that one of it may say of its terms."""
    more = {**TERMS, "utterance": "noon", "summary": "Zebra."}
    if type_ == "assessed":
        data = said("denied", VOICE, **more, **READING)[1]
        return type_, {"by" if name == "party" else name: value for name, value in data.items()}
    more |= {"extent": "partial"} if STATEMENTS[type_].partly else {}
    more |= {"regarding": 2} if STATEMENTS[type_].of_own_words else {}
    more |= {"grade": "withdrawn"} if type_ == "corrected" else {}
    return said(type_, VOICE, **more)


def expected(type_, tell=str, deed=None):
    """List what must be told of it, in the words of a language."""
    told = [deed or tell_deed(type_, everything(type_)[1]), MOFA["name"], tell("anonymous"), tell("hedged")]
    told += [tell("withdrawn")] if type_ == "corrected" else []
    return told + (["Mostly false", tell("unlikely"), tell("low")] if type_ == "assessed" else [])


@pytest.fixture(params=SAID)
def told(request, desk):
    """Record an event of each type of which there is much to tell, and one of the same utterance on another claim."""
    open_claim(desk, said("alleged", VOICE, summary="First.", said_on="2025-12-01"))
    open_claim(desk, id_=OTHER_ID, text="A delegation went.")
    breath = in_json(said("denied", VOICE, utterance="noon"), claim=OTHER_ID)
    assert batch(desk, in_json(everything(request.param), claim=CLAIM_ID), breath).status_code == 201
    return request.param


@pytest.fixture
def reporter(app, store, clock):
    """Sign in as a reporter."""
    client = app.test_client()
    sign_in(client, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    return client


def in_feed(client, address, id_=f"{CLAIM}/events/3"):
    """Give what a feed tells of the event, in each of its forms."""
    [item] = [item for item in client.get(f"{address}.feed").json["items"] if item["id"].endswith(id_)]
    atom = client.get(f"{address}.atom").text
    entry = atom.partition(f"{id_}</id>")[2].partition("</entry>")[0]
    return [item["title"], item["summary"], item["content_text"], re.sub("<[^>]*>", " ", entry)]


def before_zebra(page):
    """Give what a page tells of the event, up to its words."""
    told, found, _ = in_words(page.html).partition("Zebra")
    assert found
    return told[told.rindex("Spokesman") :]


def find_places(client, reporter, type_):
    """Give what each place tells of the event, by the name of the place."""
    told = {path: before_zebra(browse(client, path)) for path in ("/events", "/claims?q=zebra")}
    told["/desk"] = before_zebra(browse(reporter, "/desk"))
    told["breath"] = in_words(browse(client, f"{OTHER}/events/2").html.partition('id="utterance"')[2])
    told["claims.feed"] = in_feed(client, "/claims", f"{CLAIM}/versions/3")[1]
    told |= {f"feed {n}": text for n, text in enumerate(in_feed(client, CLAIM))}
    slides = client.get(f"{CLAIM}?format=timelinejs").json["events"]
    told["timelinejs"] = next(s["text"]["headline"] for s in slides if s["unique_id"].endswith("-3"))
    if type_ in STATEMENTS:
        told |= {f"party {n}": text for n, text in enumerate(in_feed(client, "/parties/spokesman"))}
    if type_ in MENDING:
        told |= {f"corrections {n}": text for n, text in enumerate(in_feed(client, "/corrections"))}
        told["/corrections"] = before_zebra(browse(client, "/corrections"))
        told["/"] = in_words(browse(client, "/").html.partition('id="mended"')[2])
    return told


def test_every_place_tells_all_of_every_type(told, client, reporter):
    """Part or whole, on whose behalf, attribution, strength, grade and rating are told wherever the event is."""
    places = find_places(client, reporter, told)
    missing = {place: [word for word in expected(told) if word not in text] for place, text in places.items()}
    assert {place: words for place, words in missing.items() if words} == {}


def test_the_command_line_tells_all_of_every_type(told, client):
    """An account on the command line says of each event what pages say, by the codebook's word for it."""
    claim, events = client.get(CLAIM).json, client.get(f"{CLAIM}/events").json["events"]
    with click.Context(click.Command("show")):
        account = write_account(claim, events)
    line = next(line for line in account.split("\n") if line.startswith("  3  "))
    partly = told in STATEMENTS and STATEMENTS[told].partly
    assert [word for word in expected(told, deed=f"{told} in part" if partly else told) if word not in line] == []


@pytest.mark.parametrize("language", ["ko", "ru"])
def test_the_record_tells_all_of_every_type_in_each_language(told, client, language):
    """The same is told in the words of the reader's language."""
    tell = translations_of(language).gettext
    partly = told in STATEMENTS and STATEMENTS[told].partly
    deed = tell(IN_PART) % {"word": tell(SAID[told])} if partly else tell(SAID[told])
    text = before_zebra(browse(client, "/events", **{"Accept-Language": language}))
    words = {**ATTRIBUTIONS, **STRENGTHS, **GRADES, **LIKELIHOODS}
    assert [word for word in expected(told, lambda code: tell(words.get(code, code)), deed) if word not in text] == []


def test_what_was_done_is_told_in_one_place():
    """No template writes the word for an event by itself: it would forget what belongs beside it."""
    templates = files("service.web").joinpath("templates")
    by_itself = re.compile(r'\("event\." ~ (?!told\.type\) \| word }}</b>{% if told\.type == "opened" %}|value\))')
    found = {t.name: len(by_itself.findall(t.read_text(encoding="utf-8"))) for t in templates.iterdir()}
    # `erased` and `aside`; `did`; what a preview says of a word.
    alone = {"macros.html": 2, "pieces.html": 1, "forms.html": 1}
    assert {name: n for name, n in found.items() if n} == alone


def test_another_account_of_a_part_and_of_the_whole_are_told_apart(desk, client):
    """A rival account is one of a part, where nobody says that it is of the whole."""
    open_claim(desk, said("countered"), said("countered", MOFA, extent="full"))
    titles = [item["title"] for item in client.get(f"{CLAIM}.feed").json["items"]][:2]
    assert titles == [
        "South Korean Foreign Ministry gave another account: What was said.",
        "Russian Foreign Ministry gave another account in part: What was said.",
    ]
    assert "Russian Foreign Ministry gave another account in part : What was said." in browse(client, "/events").text


def test_an_amendment_tells_what_changed(desk, client, reporter):
    """Old and new of each member that an amendment changed, the date too, is told wherever it is."""
    logged = said("confirmed", extent="partial", said_on="2026-01-11", note="Heard twice.")
    open_claim(desk, logged)
    assert mend(desk, amended(2, said("confirmed", extent="partial", said_on="2026-01-12")), 2).status_code == 201
    sentence = (
        "Correction of our record: event 2, changed: Said on; A remark by the desk. It should read: Russian Foreign"
        " Ministry confirmed in part: What was said. Reason: It was logged wrongly."
    )
    content = [
        sentence,
        "Claim: An official met the envoy in Moscow.",
        "Said on: 2026-01-11 → 2026-01-12",
        "A remark by the desk: “Heard twice.” → nothing",
        "Said: 2026-01-12",
        "Source: The Wire",
    ]
    for feed in ("/corrections", CLAIM, "/parties/russian-foreign-ministry"):
        item = client.get(f"{feed}.feed").json["items"][0]
        assert (feed, sentence, content) == (feed, item["summary"], item["content_text"].split("\n"))
        assert "Said on: 2026-01-11 → 2026-01-12" in client.get(f"{feed}.atom").text
    assert sentence == client.get("/claims.feed").json["items"][0]["summary"]
    changes = "Said on 11 Jan 2026 → 12 Jan 2026 A remark by the desk Heard twice. → nothing"
    whose = "( Russian Foreign Ministry confirmed in part )"
    for page in (browse(client, "/events"), browse(reporter, "/desk"), browse(client, "/corrections")):
        assert f"Our record amended event 2 {whose} {changes}" in page.text
    with click.Context(click.Command("show")):
        account = write_account(client.get(CLAIM).json, client.get(f"{CLAIM}/events").json["events"])
    changed = "Changed: Said on: 2026-01-11 → 2026-01-12; A remark by the desk: “Heard twice.” → nothing"
    assert changed in " ".join(account.split())


def test_an_amendment_of_an_amendment_tells_what_it_changed_itself(desk, client):
    """What a later amendment changed is told against the one before it, until that is erased."""
    open_claim(desk, said("denied"))
    mend(desk, amended(2, said("denied", summary="Second.")), 2)
    mend(desk, amended(2, said("denied", summary="Third.")), 3)
    before = client.get("/corrections.feed").json["items"]
    told = "What was said, in our words: “{}” → “Third.”"
    assert told.format("Second.") in before[0]["content_text"]
    assert mend(desk, kept("redacted", regarding=3), 4).status_code == 201
    after = client.get("/corrections.feed").json["items"]
    assert told.format("What was said.") in after[1]["content_text"]
    assert "Second." not in client.get("/corrections.feed").text


def test_who_took_its_word_back_without_its_name_is_told(desk, client):
    """A badge, a list, its feed and the small page say that it was on the word of an unnamed source."""
    open_claim(desk, said("confirmed"), said("retracted", regarding=2, attribution="anonymous"))
    assert "Russian Foreign Ministry (affirmation; withdrawn: anonymous)" in who_is_listed(browse(client, "/claims"))
    assert "(affirmation; withdrawn: anonymous)" in who_is_listed(browse(client, f"{CLAIM}/embed"))
    told = "Russian Foreign Ministry (withdrawn: anonymous)."
    assert f"What it said was withdrawn: {told}" in client.get(f"{CLAIM}.svg").text
    content = client.get("/claims.feed").json["items"][0]["content_text"]
    assert "Russian Foreign Ministry: what it said was withdrawn (withdrawn: anonymous)." in content.split("\n")
    append(desk, said("denied", MOFA, attribution="background"))
    assert "Denies it: South Korean Foreign Ministry (on background)." in client.get(f"{CLAIM}.svg").text


TAKEN_BACK = {
    "en": "Whatever was put forward or affirmed in full was withdrawn or corrected away: {} Nobody affirms it in full.",
    "ko": "제기되거나 전부 긍정된 내용이 모두 철회되거나 정정되었습니다: {} 전부 긍정하는 주체는 없습니다.",
    "ru": "Все заявления в пользу утверждения отозваны или исправлены: {} Полностью не подтверждает никто.",
}


@pytest.mark.parametrize(("language", "told"), TAKEN_BACK.items())
def test_a_claim_that_was_only_affirmed_was_never_asserted(desk, client, language, told):
    """Where affirmations alone were withdrawn, nobody is said to have asserted anything."""
    open_claim(desk, said("confirmed", MID), said("retracted", MID, regarding=2))
    reason = reason_of(browse(client, CLAIM, **{"Accept-Language": language}))
    assert told.format("Russian Foreign Ministry (3).") == reason


def test_a_redaction_is_told_with_its_authority(desk, client):
    """The corrections page says on whose authority words were erased."""
    open_claim(desk, said("denied"))
    assert mend(desk, kept("redacted", regarding=2), 2).status_code == 201
    assert "Reason: It was logged wrongly. · Authority: the court" in browse(client, "/corrections").text


@pytest.mark.parametrize(
    ("language", "hedged", "reason"),
    [
        ("en", "hedged", "Affirmed by Russian Foreign Ministry (2, hedged). Nobody denies it in full."),
        ("ko", "단서 있음", "긍정한 주체: Russian Foreign Ministry (2, 단서 있음). 전부 부인하는 주체는 없습니다."),
        (
            "ru",
            "с оговорками",
            "Подтверждают: Russian Foreign Ministry (2, с оговорками). Полностью не отрицает никто.",
        ),
    ],
)
def test_a_stance_is_told_with_how_strongly_it_was_taken(desk, client, language, hedged, reason):
    """A claim that stands confirmed by one hedged word says so wherever that stance is told at length."""
    open_claim(desk, said("acknowledged", strength="hedged"))
    spoken = {"Accept-Language": language}
    page = browse(client, CLAIM, **spoken)
    assert reason == reason_of(page)
    assert rows_of(page)[0].endswith(hedged)
    assert who_is_listed(browse(client, f"{CLAIM}/embed", **spoken)).endswith(f"Russian Foreign Ministry ({hedged})")
    assert who_is_listed(browse(client, "/claims", **spoken)).endswith("Russian Foreign Ministry")  # in a list, shortly
    assert hedged in browse(client, "/parties/russian-foreign-ministry", **spoken).text.partition("2025-12")[0]


def test_a_stance_that_was_taken_plainly_too_is_not_called_hedged(desk, client):
    """Only where all its words are as strong does a position say how strong they are."""
    hedged, plain = said("denied", strength="hedged", said_on="2025-12-20"), said("denied", said_on="2025-12-21")
    open_claim(desk, hedged, plain)
    page = browse(client, CLAIM)
    assert reason_of(page).startswith("Denied by Russian Foreign Ministry (2, hedged), Russian Foreign Ministry (3).")
    assert rows_of(page) == ["Russian Foreign Ministry RU denies 2"]
    assert who_is_listed(browse(client, "/claims")) == "Denies Russian Foreign Ministry"


def test_how_a_word_was_said_is_told_where_it_was_taken_back(desk, client):
    """That a denial was hedged, and on background, stays known once it is withdrawn: pages, lists and feeds say it."""
    hedged = said("denied", strength="hedged", attribution="background")
    open_claim(desk, said("reported", MOFA), hedged, said("retracted", regarding=3))
    page, how = browse(client, CLAIM), "on background, hedged"
    assert reason_of(page).endswith(f"Russian Foreign Ministry (3, {how}) withdrew its denial (4).")
    assert rows_of(page)[1] == f"Russian Foreign Ministry RU withdrawn 4 denial, {how}"
    for path in ("/claims", f"{CLAIM}/embed"):
        assert f"Withdrawn Russian Foreign Ministry (denial, {how})" in who_is_listed(browse(client, path))
    told = in_words(browse(client, "/parties/russian-foreign-ministry").html)
    assert f"denial, {how} (3), withdrawn by itself (4, said date not known)" in told
    [item] = client.get("/claims.feed").json["items"]
    assert "Russian Foreign Ministry: what it said was withdrawn (on background; hedged)." in item["content_text"]


@pytest.mark.parametrize(
    ("taking", "fate", "how"),
    [
        (said("retracted", regarding=3), "Withdrawn by event 4", ""),
        (said("corrected", regarding=3, grade="withdrawn"), "Withdrawn by event 4", ""),
        (said("corrected", regarding=3, grade="corrected"), "Corrected by event 4", ", corrected"),
        (said("walked_back", regarding=3), "Walked back by event 4", ", walked back"),
    ],
)
def test_a_correction_and_a_retreat_are_told_by_their_words(desk, client, taking, fate, how):
    """Neither says of a word what a retraction says: a retreat does not call it false."""
    open_claim(desk, said("reported", MOFA), said("confirmed"), taking)
    page = browse(client, CLAIM)
    assert f"{fate} Russian Foreign Ministry RU confirmed" in page.text
    assert reason_of(page).endswith(f"Russian Foreign Ministry withdrew its affirmation (4{how}).")
    assert rows_of(page)[1] == f"Russian Foreign Ministry RU withdrawn 4 affirmation{how}"
    for path in ("/claims", f"{CLAIM}/embed"):
        assert f"Withdrawn Russian Foreign Ministry (affirmation{how})" in who_is_listed(browse(client, path))
    told = in_words(browse(client, "/parties/russian-foreign-ministry").html)
    assert f"affirmation (3), withdrawn by itself (4{how}, said date not known)" in told
