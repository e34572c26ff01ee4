"""What was mended is shown before and after; what belongs together is a link away; an editor is led to every act."""

from __future__ import annotations

import re

import pytest

from service.recording.schemas import AssessedSchema, OpenedSchema, StatementSchema
from service.telling.words import FIELDS
from service.tokens import create_token
from tests.builders import KREMLIN, MOFA, amended, asked, kept, said
from tests.web.browsing import browse, sign_in
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, batch, in_json, mend, open_claim

UTTERANCE = {"utterance": "noon briefing"}


@pytest.fixture
def editor(app, store, clock):
    """Sign in as an editor."""
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    return client


def entries_of(page):
    """Give what each entry of a list says, its time and place left out."""
    return [
        entry.partition("desk-seoul")[2].strip() for entry in page.text.partition("</h1>")[0].split("position ")[1:]
    ]


def test_a_correction_is_shown_before_and_after(desk, client):
    """Of an amendment whose statement and what changed is told; what was struck or taken back is told with it."""
    open_claim(desk, said("denied", extent="partial", said_on="2026-01-1X"), said("ncnd", MOFA))
    mend(desk, amended(2, said("confirmed", KREMLIN, via=["A. B.", "The Wire"])), 3)
    mend(desk, kept("struck", regarding=3), 4)
    append(desk, said("retracted", KREMLIN, regarding=2, summary="We take it back."))
    mend(desk, amended(6, said("corrected", KREMLIN, regarding=2, grade="withdrawn", summary="It was wrong.")), 6)
    entries = entries_of(browse(client, "/corrections"))
    of_6, by_kremlin, of_3, of_2 = (entry.partition(" An official met the envoy")[0] for entry in entries)
    assert of_6 == (
        "Our record amended event 6 ( Kremlin corrected a statement of its own (confirmation) (Grade: withdrawn))"
        " Did what retracted a statement → corrected a statement"
        " What was said, in our words We take it back. → It was wrong."
        " Grade of a correction nothing → withdrawn Reason: It was logged wrongly."
    )
    assert by_kremlin == (
        "Kremlin corrected a statement of its own (confirmation) (Grade: withdrawn): It was wrong. event 2"
        " As amended by event 7; the first logging is on the claim's page. Kremlin confirmed : What was said."
    )
    assert of_3 == (
        "Struck from our record event 3 South Korean Foreign Ministry neither confirmed nor denied : What was said."
        " Reason: It was logged wrongly."
    )
    assert of_2 == (
        "Our record amended event 2 ( Kremlin confirmed ) Did what denied → confirmed"
        " Party Russian Foreign Ministry → Kremlin"
        " Kind ministry → state Said on some time from 10 Jan 2026 to 19 Jan 2026 → nothing"
        " Of the whole claim, or a part a part → the whole"
        " The chain the words came through nothing → A. B. , The Wire Reason: It was logged wrongly."
    )
    history = browse(client, CLAIM).text.partition("What is on record")[2]
    assert "Our record amended : event 2 Did what denied → confirmed Party Russian Foreign" in history


def test_a_correction_of_what_was_struck_says_so(desk, client):
    """Of a correction that was struck since, or whose event was, the page says by which event; the strike does not."""
    open_claim(desk, said("reported"), said("corrected", regarding=2, grade="refile", summary="Geneva."))
    mend(desk, kept("struck", regarding=2), 3)
    strike, refile = (entry.partition(" An official met")[0] for entry in entries_of(browse(client, "/corrections")))
    assert "was struck since" not in strike
    assert refile == (
        "Russian Foreign Ministry corrected a statement of its own (report) (Grade: refile (a slip)): Geneva. event 2"
        " Event 2 was struck since, by event 4 . Russian Foreign Ministry reported : What was said."
    )
    mend(desk, kept("struck", regarding=3), 4)
    assert "Event 3 was struck since, by event 5 ." in browse(client, "/corrections").text


def test_what_was_erased_is_in_no_correction(desk, client):
    """Once an event is redacted, neither its first logging nor its amendment is shown before or after."""
    open_claim(desk, said("denied", summary="A name."))
    mend(desk, amended(2, said("denied", summary="Another name.")), 2)
    assert "A name. → Another name." in browse(client, "/corrections").text
    assert mend(desk, kept("redacted", regarding=2), 3).status_code == 201
    for path in ("/corrections", CLAIM, f"{CLAIM}/events/3"):
        assert "name." not in browse(client, path).text


def test_the_name_of_every_member_is_told(moscow):
    """Whatever an amendment or a rewording can change has a name on the page."""

    def walk(schema, under=""):
        for name, field in schema._declared_fields.items():  # noqa: SLF001 - marshmallow's only list of a class's fields
            inside = getattr(field, "nested", None)
            place = f"{under}{'party' if name == 'by' else name}"
            yield from walk(inside, f"{place}/") if inside else [place]

    members = {place for schema in (StatementSchema, AssessedSchema, OpenedSchema) for place in walk(schema)}
    assert members - set(FIELDS) == set()
    assert set(FIELDS) - members == {"type"}


def test_what_was_said_in_one_breath_is_linked(desk, client):
    """An event names its utterance, and its own page every other event of it, on whichever claim."""
    open_claim(desk)
    open_claim(desk, id_=OTHER_ID, text="A delegation went.")
    breath = [said("denied", **UTTERANCE), said("acknowledged", extent="partial", **UTTERANCE)]
    items = [in_json(event, claim=claim) for event, claim in zip(breath, (CLAIM_ID, OTHER_ID), strict=True)]
    assert batch(desk, *items).status_code == 201
    append(desk, said("ncnd", MOFA, utterance="another"))
    page = browse(client, CLAIM)
    assert "Utterance: noon briefing" in page.text
    assert f"{CLAIM}/events/2#utterance" in page.all("href", "a")
    own = browse(client, f"{CLAIM}/events/2")
    told = "Russian Foreign Ministry acknowledged in part ( event 2 ) · A delegation went."
    assert f"The same utterance: noon briefing {told}" in own.text
    assert f"{OTHER}#event-2" in own.all("href", "a")
    alone = browse(client, f"{CLAIM}/events/3").text
    assert "another Nothing else was logged with this label about then." in alone
    assert "same utterance" not in browse(client, f"{CLAIM}/events/1").text


def test_an_editor_is_led_to_every_act(desk, editor, client):
    """Each event leads to what can be done to it: erase a request, a rewording or an amendment, remove a link."""
    open_claim(desk, said("denied"), asked())
    open_claim(desk, id_=OTHER_ID)
    append(desk, ("linked", {"relation": "context", "claim": OTHER_ID}))
    mend(desk, amended(2, said("confirmed")), 4)
    mend(desk, kept("reworded", text="They met."), 5)
    append(desk, said("retracted", regarding=2))
    html = browse(editor, CLAIM).html
    acts = re.findall(rf'href="{CLAIM}/log/(redact|unlink|strike)(\?regarding=\d+)?"', html)
    assert acts == [  # of what was taken back, too
        ("unlink", ""),
        *(("strike", "?regarding=2"), ("redact", "?regarding=2"), ("redact", "?regarding=3")),
        *(("unlink", "?regarding=4"), ("redact", "?regarding=5"), ("redact", "?regarding=6")),
        *(("strike", "?regarding=7"), ("redact", "?regarding=7")),
    ]
    assert "/log/" not in browse(client, CLAIM).html
    form = browse(editor, f"{CLAIM}/log/unlink?regarding=4").html
    assert f'name="claim" type="text" value="{OTHER_ID}"' in form
    assert '<option value="context" selected>' in form
    erased = {version: browse(editor, f"{CLAIM}/log/redact?regarding={version}").text for version in (3, 5, 6)}
    assert "South Korean Foreign Ministry" in erased[3]
    assert "Did what denied → confirmed" in erased[5]
    assert "→ They met." in erased[6]


def test_logging_a_statement_comes_first(desk, editor, client):
    """By keyboard: the first thing that the content of a claim's page leads to is to log a statement, for who may."""
    open_claim(desk, *(said("denied", said_on=f"2026-01-{day}") for day in range(10, 30)), topics=["talks"])
    main = browse(editor, CLAIM).html.partition('<main id="main"')[2]
    assert re.search("<(?:a|button|input|select) .*?>", main)[0] == f'<a class="skip" href="{CLAIM}/log">'
    assert main.index(f'<a class="act" href="{CLAIM}/log">') < main.index('<h2 id="who">')
    assert f"{CLAIM}/log" not in browse(client, CLAIM).html


def test_lists_of_events_say_whose_voice_it_is(desk, client):
    """Who speaks on behalf of another is told so in the lists of what was recorded and of what was mended."""
    open_claim(desk, said("denied", {"name": "Yoav Gallant", "kind": "person"}, on_behalf_of=MOFA, summary="No."))
    mend(desk, kept("struck", regarding=2), 2)
    told = f"Yoav Gallant denied on behalf of {MOFA['name']} : No."
    assert [True, True] == [told in browse(client, path).text for path in ("/events", "/corrections")]


def test_who_redacts_an_amendment_is_told_what_comes_back(editor, desk):
    """The form says how the event reads without its last amendment; without an earlier one it reads as it does now."""
    open_claim(desk, said("denied", MOFA))
    mend(desk, amended(2, said("confirmed", MOFA, summary="Mended.")), 2)
    mend(desk, amended(2, said("ncnd", MOFA, summary="Mended again.")), 3)
    last, first = (browse(editor, f"{CLAIM}/log/redact?regarding={n}") for n in (4, 3))
    _, comes_back, told = last.text.partition(
        "Without this amendment event 2 reads again, and counts, as it did before:"
    )
    assert (True, True) == (bool(comes_back), "confirmed Mended." in told.partition("If that is wrong")[0])
    assert "Without this amendment" not in first.text
    assert {f"{CLAIM}/log/amend?regarding=2", f"{CLAIM}#event-2"} <= set(last.all("href", "a"))
