"""Hold a claim to *Rules the aggregate keeps*: each broken rule is named, and nothing is stored."""

import pytest

from tests.builders import (
    ENVOY,
    KREMLIN,
    MID,
    MOFA,
    OPENED,
    OTHER_ID,
    amended,
    asked,
    assessed,
    given,
    kept,
    said,
    stands,
    then_recorded,
    then_refused,
    when,
)

COMPANY = {"name": "The Company", "kind": "company", "country": "RU"}
LAWYER = {"name": "A Lawyer", "kind": "person"}
ABOUT_OTHER = ("linked", {"relation": "context", "claim": str(OTHER_ID)})


def test_a_history_starts_with_opened_and_only_with_it():
    """`opens_once`: a second `opened` is refused."""
    assert when(given(), OPENED) == then_refused("opens_once", "")


@pytest.mark.parametrize("regarding", [0, -1, 3, 4, 99])
@pytest.mark.parametrize(
    "event",
    [
        said("clarified"),
        said("retracted"),
        said("walked_back"),
        said("corrected", grade="corrected"),
        said("denied"),
        said("unresponsive"),
        assessed(),
        kept("struck"),
        kept("redacted"),
        amended(2, said("denied")),
    ],
)
def test_regarding_names_an_earlier_event_of_this_claim(event, regarding):
    """`regarding_exists`: what does not exist, or is the event itself, cannot be regarded."""
    type_, data = event
    assert when(given(said("denied")), (type_, {**data, "regarding": regarding})) == then_refused("regarding_exists")


KEPT = [ABOUT_OTHER, kept("reworded", text="It was so."), asked()]
NOT_OWN_WORDS = [OPENED, assessed(), *KEPT]


def given_as_second(event):
    """Give a claim whose second event is this one; the first is `opened` in any case."""
    return given(event, links_of=lambda _: []) if event is not OPENED else given(said("denied"))


@pytest.mark.parametrize("type_", ["clarified", "corrected", "retracted", "walked_back"])
@pytest.mark.parametrize("target", NOT_OWN_WORDS)
def test_only_a_statement_is_taken_back_or_explained(type_, target):
    """`regarding_fits`: one retracts, corrects, clarifies or walks back a statement."""
    more = {"grade": "refile"} if type_ == "corrected" else {}
    event = said(type_, regarding=1 if target is OPENED else 2, **more)
    assert when(given_as_second(target), event) == then_refused("regarding_fits")


@pytest.mark.parametrize("target", [OPENED, *KEPT])
@pytest.mark.parametrize("event", [kept("struck"), amended(0, said("denied"))])
def test_only_a_statement_or_an_assessment_is_amended_or_struck(event, target):
    """`regarding_fits`: one amends or strikes a statement or an assessment."""
    type_, data = event
    event = (type_, {**data, "regarding": 1 if target is OPENED else 2})
    assert when(given_as_second(target), event) == then_refused("regarding_fits")


@pytest.mark.parametrize("target", [said("denied"), assessed()])
@pytest.mark.parametrize("event", [kept("struck", regarding=2), amended(2, said("denied"))])
def test_statements_and_assessments_are_amended_and_struck(event, target):
    """A statement or an assessment can be amended and struck."""
    assert when(given(target), event) == then_recorded(3)


@pytest.mark.parametrize("target", [said("denied"), assessed(), kept("reworded", text="It was so."), asked()])
def test_what_holds_free_text_is_redacted(target):
    """One redacts a statement, an assessment, a rewording or a request: it is erased, and the redaction stays."""
    assert when(given(target), kept("redacted", regarding=2)) == then_recorded(2, 3)


def test_an_amendment_alone_is_redacted_and_the_first_logging_reads_again():
    """One redacts an `amended`: what it amended reads as it was logged first, and the redaction says which that is."""
    claim = given(said("denied"), amended(2, said("confirmed")))
    assert when(claim, kept("redacted", regarding=3)) == then_recorded(3, 4)
    assert stands(claim)["standing"] == "denied"
    assert claim.history[-1].data == {**kept("redacted", regarding=3)[1], "amended": 2}


def test_redacting_an_event_erases_its_amendments_too():
    """The payload of the event and of its amendments is erased, and each says by which redaction."""
    claim = given(said("denied"), amended(2, said("confirmed")), said("ncnd"), kept("redacted", regarding=2))
    remains = [(e.version, e.data is None, e.salt is None, e.redacted) for e in claim.history]
    erased = (True, True, 5)
    assert remains == [(1, False, False, None), (2, *erased), (3, *erased), (4, False, False, None), remains[4]]
    assert remains[4] == (5, False, False, None)


@pytest.mark.parametrize(
    ("history", "regarding"),
    [
        ([], 1),
        ([ABOUT_OTHER], 2),
        ([said("denied"), kept("struck", regarding=2)], 3),
        ([said("denied"), kept("redacted", regarding=2)], 3),
    ],
)
def test_opened_links_strikes_and_redactions_are_never_redacted(history, regarding):
    """`regarding_fits`: never `opened`, and nothing else that holds no one's words."""
    claim = given(*history, links_of=lambda _: [])
    assert when(claim, kept("redacted", regarding=regarding)) == then_refused("regarding_fits")


@pytest.mark.parametrize("gone", [kept("struck", regarding=2), kept("redacted", regarding=2)])
@pytest.mark.parametrize(
    "event", [kept("struck", regarding=2), kept("redacted", regarding=2), amended(2, said("denied"))]
)
@pytest.mark.parametrize("target", [said("denied"), assessed()])
def test_what_is_struck_or_redacted_is_not_kept_again(target, gone, event):
    """`still_counts`: nothing struck or redacted can be amended, struck or redacted again."""
    assert when(given(target, gone), event) == then_refused("still_counts")


@pytest.mark.parametrize("gone", [kept("struck", regarding=2), kept("redacted", regarding=2)])
@pytest.mark.parametrize("type_", ["clarified", "retracted", "walked_back"])
def test_what_is_struck_or_redacted_is_not_taken_back(gone, type_):
    """`still_counts`: nobody takes back or explains what is no longer in the record."""
    assert when(given(said("denied"), gone), said(type_, regarding=2)) == then_refused("still_counts")


TAKEN_BACK = [said("retracted", regarding=2), said("corrected", regarding=2, grade="corrected")]


@pytest.mark.parametrize("first", TAKEN_BACK)
@pytest.mark.parametrize("second", [*TAKEN_BACK, said("walked_back", regarding=2)])
def test_what_is_retracted_or_corrected_is_not_taken_back_again(first, second):
    """`still_counts`: what is already retracted or corrected is not retracted or corrected again."""
    assert when(given(said("denied"), first), second) == then_refused("still_counts")


@pytest.mark.parametrize("first", [*TAKEN_BACK, said("walked_back", regarding=2)])
def test_what_was_taken_back_may_be_clarified(first):
    """What is already retracted or corrected may be clarified."""
    assert when(given(said("denied"), first), said("clarified", regarding=2)) == then_recorded(4)


def test_a_walk_back_leaves_the_statement_to_be_called_false():
    """What was walked back may be retracted or corrected outright, and not walked back again."""
    walked_back = said("walked_back", regarding=2)
    for event in TAKEN_BACK:
        assert when(given(said("denied"), walked_back), event) == then_recorded(4)
    assert when(given(said("denied"), walked_back), walked_back) == then_refused("still_counts")


def test_a_refile_leaves_the_statement_to_be_taken_back():
    """A refile mends a slip and moves nothing, so that what it mended may be taken back, or mended again."""
    refile = said("corrected", regarding=2, grade="refile")
    for event in (*TAKEN_BACK, refile, said("walked_back", regarding=2)):
        assert when(given(said("denied"), refile), event) == then_recorded(4)


def test_once_a_retraction_is_retracted_the_statement_may_be_again():
    """A retraction that was itself taken back holds nothing back any more."""
    claim = given(said("denied"), said("retracted", regarding=2), said("retracted", regarding=3))
    assert when(claim, said("retracted", regarding=2)) == then_recorded(5)


@pytest.mark.parametrize(
    ("speaker", "allowed"),
    [
        ((MID, {}), True),
        (({**MID, "name": "RUSSIAN FOREIGN MINISTRY"}, {}), True),
        ((KREMLIN, {}), True),
        ((ENVOY, {"on_behalf_of": KREMLIN}), True),
        ((ENVOY, {}), False),
        ((ENVOY, {"on_behalf_of": MOFA}), False),
        ((MOFA, {}), False),
        ((COMPANY, {}), False),
    ],
)
@pytest.mark.parametrize("type_", ["clarified", "corrected", "retracted", "walked_back"])
def test_one_takes_back_and_explains_ones_own_words(type_, speaker, allowed):
    """`own_words`: only the same party, or a voice of the same state, retracts, corrects, clarifies or walks back."""
    party, more = speaker
    event = said(type_, party, regarding=2, **more, **({"grade": "withdrawn"} if type_ == "corrected" else {}))
    expected = then_recorded(3) if allowed else then_refused("own_words", "/party")
    assert when(given(said("denied")), event) == expected


@pytest.mark.parametrize("first", [(COMPANY, {}), (LAWYER, {"on_behalf_of": COMPANY})])
@pytest.mark.parametrize("second", [(COMPANY, {}), (LAWYER, {"on_behalf_of": COMPANY})])
def test_a_principal_and_who_speaks_for_it_are_one_voice(first, second):
    """Whoever speaks on behalf of a principal may take back the principal's words, and it theirs."""
    claim = given(said("denied", first[0], **first[1]))
    assert when(claim, said("retracted", second[0], regarding=2, **second[1])) == then_recorded(3)


def test_a_party_takes_back_its_own_words_whomever_it_spoke_for():
    """The same party may take back its words even where it speaks for another principal now."""
    claim = given(said("denied", ENVOY, on_behalf_of=KREMLIN))
    assert when(claim, said("retracted", ENVOY, regarding=2, on_behalf_of=MOFA)) == then_recorded(3)


def test_whose_words_they_are_is_read_as_amended():
    """A statement that was amended to be another's is that one's to take back."""
    claim = given(said("denied", MID), amended(2, said("denied", MOFA)))
    assert when(claim, said("retracted", MID, regarding=2)) == then_refused("own_words", "/party")
    assert when(claim, said("retracted", MOFA, regarding=2)) == then_recorded(4)


AMENDMENTS = [
    ((3, said("retracted", regarding=2)), then_recorded(5)),
    ((3, said("denied", regarding=2)), then_recorded(5)),
    ((3, said("retracted", regarding=3)), then_refused("regarding_exists", "/statement/regarding")),
    ((3, said("retracted", regarding=4)), then_refused("regarding_exists", "/statement/regarding")),
    ((3, said("denied", regarding=0)), then_refused("regarding_exists", "/statement/regarding")),
    ((3, said("retracted", regarding=1)), then_refused("regarding_fits", "/statement/regarding")),
    ((3, said("retracted", MOFA, regarding=2)), then_refused("own_words", "/statement/party")),
]


@pytest.mark.parametrize(("amendment", "outcome"), AMENDMENTS)
def test_an_amendment_must_have_been_sayable_at_its_place(amendment, outcome):
    """What an event should have said obeys the rules as they were at its own place."""
    claim = given(said("denied"), said("ncnd"), said("ncnd"))
    assert when(claim, amended(*amendment)) == outcome


def test_an_amendment_cannot_take_back_what_is_taken_back_elsewhere():
    """`still_counts`: two events never take back the same statement, by amendment either."""
    claim = given(said("denied"), said("ncnd"), said("retracted", regarding=2))
    expected = then_refused("still_counts", "/statement/regarding")
    assert when(claim, amended(3, said("retracted", regarding=2))) == expected
    assert when(claim, amended(4, said("corrected", regarding=2, grade="withdrawn"))) == then_recorded(5)


def test_an_amendment_may_regard_what_was_struck_or_erased_since():
    """What came after its place does not keep a statement from being mended: it regards what it regarded."""
    words = said("denied"), said("retracted", regarding=2)
    for since in (kept("struck", regarding=2), kept("redacted", regarding=2)):
        claim = given(*words, since)
        assert when(claim, amended(3, said("corrected", regarding=2, grade="withdrawn"))) == then_recorded(5)


def test_an_amendment_regards_nothing_that_was_out_before():
    """What was struck before a statement's place, or is erased and was not regarded, it cannot regard by amendment."""
    expected = then_refused("still_counts", "/statement/regarding")
    claim = given(said("denied"), kept("struck", regarding=2), said("ncnd"))
    assert when(claim, amended(4, said("retracted", regarding=2))) == expected
    claim = given(said("denied"), said("ncnd"), kept("redacted", regarding=2))
    assert when(claim, amended(3, said("retracted", regarding=2))) == expected


def test_an_amendment_takes_back_what_is_erased_no_second_time():
    """`still_counts`: an erased statement is taken back by one event, as any other."""
    explained, taken_back = said("clarified", regarding=2), said("retracted", regarding=2)
    claim = given(said("denied"), explained, taken_back, kept("redacted", regarding=2))
    assert when(claim, amended(3, taken_back)) == then_refused("still_counts", "/statement/regarding")
    assert when(claim, amended(3, explained)) == then_recorded(6)


def source_changed(regarding, change="edited"):
    """Make an event that tells of a source."""
    return "source_changed", {"regarding": regarding, "change": change}


def test_a_source_is_that_of_a_statement_that_stands():
    """`regarding_fits`, `still_counts`: a source changes of a statement or an assessment, until that is taken out."""
    assert when(given(said("denied")), source_changed(2)) == then_recorded(3)
    assert when(given(assessed()), source_changed(2)) == then_recorded(3)
    assert when(given(said("denied")), source_changed(1)) == then_refused("regarding_fits")
    assert when(given(asked()), source_changed(2)) == then_refused("regarding_fits")
    assert when(given(said("denied")), source_changed(3)) == then_refused("regarding_exists")
    for taken_out in (kept("struck", regarding=2), kept("redacted", regarding=2)):
        assert when(given(said("denied"), taken_out), source_changed(2)) == then_refused("still_counts")


def test_a_source_that_changes_moves_nobody():
    """A claim stands as before, whatever becomes of a source."""
    plain = given(said("denied"), said("confirmed", MOFA))
    changed = given(said("denied"), said("confirmed", MOFA), source_changed(2), source_changed(3, "gone"))
    known = ("standing", "because", "positions", "reversals", "shifts", "withdrawals", "origins", "partly")
    assert {name: stands(plain)[name] for name in known} == {name: stands(changed)[name] for name in known}
