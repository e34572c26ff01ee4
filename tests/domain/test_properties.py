"""Hold claims to what must be true of every history, whatever is recorded."""

from contextlib import suppress

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.claim import Claim
from domain.codebook import EVENT_TYPES, STATEMENTS
from domain.errors import DomainError
from domain.gist import gist_of
from domain.reading import read_history
from domain.standing import account_for, describe_account, describe_claim
from domain.track_record import judge_claim, list_outcomes
from tests.builders import (
    CLAIM_ID,
    ENVOY,
    KREMLIN,
    MID,
    MOFA,
    OPENED,
    OTHER_ID,
    SCHOLAR,
    THIRD_ID,
    WIRE,
    amended,
    asked,
    assessed,
    given,
    kept,
    open_claim,
    published,
    record,
    replayed,
    said,
    stands,
    statement,
    under_no_rules,
)

DATES = ["2025-12-20", "2025-12-21", "2025-12", "2025-12-2X", "../2025-12-20", "2025-12/.."]
LONGEST = 10
MOSTLY = settings(max_examples=150)

versions = st.integers(0, LONGEST + 1)
parties = st.sampled_from([MID, KREMLIN, MOFA, WIRE, ENVOY])
dates = st.fixed_dictionaries({}, optional={"said_on": st.sampled_from(DATES)})
sources = st.sampled_from([{"publisher": "The Wire"}, published("2025-12-20"), published("2026-01")])
extras = st.fixed_dictionaries(
    {"source": sources},
    optional={
        "said_on": st.sampled_from(DATES),
        "utterance": st.sampled_from(["briefing", "interview"]),
        "on_behalf_of": st.sampled_from([KREMLIN, MOFA]),
        "via": st.sampled_from([["The Wire"], ["A Source", "The Wire"]]),
        "scope": st.just("the visit"),
    },
)


@st.composite
def statements(draw, types=tuple(STATEMENTS)):
    """Draw a statement; what its type needs is there, and it may or may not fit the history."""
    type_ = draw(st.sampled_from(types))
    kind, more = STATEMENTS[type_], draw(extras)
    if kind.of_own_words or draw(st.booleans()):
        more["regarding"] = draw(versions)
    if kind.partly and draw(st.booleans()):
        more["extent"] = draw(st.sampled_from(["full", "partial"]))
    if type_ == "corrected":
        more["grade"] = draw(st.sampled_from(["refile", "corrected", "withdrawn"]))
    return type_, statement(draw(parties), **more)


assessments = st.builds(lambda more, v: assessed(regarding=v, **more), dates, versions)
readable = statements() | assessments
keeping = st.one_of(
    st.builds(amended, versions, readable),
    st.builds(lambda v: kept("struck", regarding=v), versions),
    st.builds(lambda v: kept("redacted", regarding=v), versions),
    st.builds(lambda text: kept("reworded", text=text), st.sampled_from(["It was so.", " "])),
    st.builds(asked, parties),
    st.builds(
        lambda type_, relation, claim: (type_, {"relation": relation, "claim": str(claim)}),
        st.sampled_from(["linked", "unlinked"]),
        st.sampled_from(["aspect_of", "context"]),
        st.sampled_from([CLAIM_ID, OTHER_ID, THIRD_ID]),
    ),
    st.just(OPENED),
)
events = st.lists(statements() | readable | keeping, max_size=LONGEST)
plain = [word for word, kind in STATEMENTS.items() if not kind.of_own_words]
plain_words = st.lists(statements(plain), max_size=LONGEST)


def links_of(claim_id):
    """Answer that of the other claims one is an aspect of this one, and one is not there."""
    return {OTHER_ID: [], THIRD_ID: [{"relation": "aspect_of", "claim": str(CLAIM_ID)}]}.get(claim_id)


def recorded(asked_for):
    """Record what the rules allow; anything but a refusal of the domain is a fault."""
    claim = open_claim()
    for event in asked_for:
        with suppress(DomainError):
            record(claim, event, links_of=links_of, allow_duplicate=False)
    return claim


@MOSTLY
@for_all(events, st.sampled_from(DATES))
def test_random_commands_are_recorded_or_refused_and_the_claim_always_describes(asked_for, until):
    """Nothing but a DomainError is ever raised, and a refused command leaves no trace."""
    claim = open_claim()
    for event in asked_for:
        before, answer = list(claim.history), stands(claim)
        try:
            record(claim, event, links_of=links_of, allow_duplicate=False)
        except DomainError:
            assert (claim.history, stands(claim)) == (before, answer)
    assert [e.version for e in claim.history] == list(range(1, claim.version + 1))
    assert stands(claim)["standing"] == stands(claim)["because"]["rule"]
    assert stands(claim, until)["version"] == claim.version


@MOSTLY
@for_all(events)
def test_adding_one_at_a_time_equals_replaying_all_at_once(asked_for):
    """What a claim holds after each command is what a replay of its history holds."""
    claim = open_claim()
    for event in asked_for:
        with suppress(DomainError):
            record(claim, event, links_of=links_of)
        again = replayed(claim.history)
        assert (again.history, again.version) == (claim.history, claim.version)
        assert again.reading == claim.reading
        told = (describe_claim(one.history, one.reading) for one in (again, claim))  # the latter folds on from before
        assert next(told) == next(told)


@MOSTLY
@for_all(events)
def test_what_is_remembered_from_one_event_to_the_next_changes_no_answer(asked_for):
    """A claim told of after each event stands as one that is folded anew, and so do what came of words and outcomes."""
    claim = open_claim()
    for event in asked_for:
        with suppress(DomainError):
            record(claim, event, links_of=links_of)
        known, anew = account_for(claim.reading), account_for(read_history(claim.history))
        assert describe_account(claim.history, known) == describe_account(claim.history, anew)
        assert (judge_claim(known), list_outcomes(known)) == (judge_claim(anew), list_outcomes(anew))


@MOSTLY
@for_all(events)
def test_a_claim_that_remembers_no_texts_decides_and_stands_like_one_that_does(asked_for):
    """What is let go of an event decides nothing: the same is refused, and the claim is told of in the same way."""
    claim, brief = open_claim(), open_claim()
    brief.brief = True
    for event in asked_for:
        entered_by = []
        for one in (claim, brief):
            with suppress(DomainError):
                record(one, event, links_of=links_of, allow_duplicate=False)
                entered_by.append(one)
        assert entered_by in ([], [claim, brief])
        of_all, of_gist, loaded = (account_for(read_history(one.history)) for one in (claim, brief, loaded_of(claim)))
        told = describe_account(claim.history, of_all)
        assert [describe_account(brief.history, of) for of in (of_gist, loaded, account_for(brief.reading))] == [
            told
        ] * 3
        assert (judge_claim(of_gist), list_outcomes(of_gist)) == (judge_claim(of_all), list_outcomes(of_all))


def loaded_of(claim):
    """Replay the gist of a claim's history."""
    return replayed([gist_of(event) for event in claim.history])


@MOSTLY
@for_all(events)
def test_any_prefix_replays_and_stands_as_it_stood(asked_for):
    """Folding is deterministic: the first n events, as recorded, stand as the claim stood after event n."""
    claim = open_claim()
    entered, stood = [claim.history[0]], [stands(claim)]
    for event in asked_for:
        with suppress(DomainError):
            entered.append(record(claim, event, links_of=links_of))
            stood.append(stands(claim))
    assert [stands(replayed(entered[: n + 1])) for n in range(len(entered))] == stood
    for n in range(len(claim.history)):
        assert stands(replayed(claim.history[: n + 1]))["version"] == n + 1


@MOSTLY
@for_all(st.lists(readable | keeping | statements(), max_size=LONGEST))
def test_a_history_recorded_under_no_rules_replays_and_describes(history):
    """Replay never refuses, whatever rules there were when an event was recorded."""
    no_second = [event for event in history if event is not OPENED]
    claim = replayed(under_no_rules(OPENED, *no_second))
    assert stands(claim)["version"] == 1 + len(no_second)


@MOSTLY
@for_all(events, st.data())
def test_amending_an_event_to_what_it_is_changes_only_version_and_time(asked_for, data):
    """An amendment that says what the event says already changes nothing but `version` and `updated_at`."""
    claim = recorded(asked_for)
    targets = [(v, (kind.type, said)) for v, (kind, said) in claim.reading.contents.items() if "source" in said]
    if targets:
        version, (type_, payload) = data.draw(st.sampled_from(targets))
        before = stands(claim)
        record(claim, amended(version, (type_, dict(payload))), links_of=links_of)
        after = stands(claim)
        assert after == {**before, "version": before["version"] + 1, "updated_at": after["updated_at"]}


@MOSTLY
@for_all(plain_words, st.integers(2, LONGEST + 1))
def test_what_was_struck_stands_as_if_it_had_never_been_logged(words, struck):
    """A claim with a struck event stands as one in which something that moves nothing was logged and struck."""
    history = [(type_, {k: v for k, v in data.items() if k != "regarding"}) for type_, data in words]
    if struck <= len(history) + 1:
        never = [*history[: struck - 2], assessed(), *history[struck - 1 :]]
        strike = kept("struck", regarding=struck)
        assert stands(given(*history, strike)) == stands(given(*never, strike))


BREATH = [
    *[(word, {}) for word in ("alleged", "confirmed", "denied")],
    *[(word, {"extent": "partial"}) for word in ("confirmed", "denied", "countered")],
    *[(word, {}) for word in ("ncnd", "unaware")],
    *[(word, {}) for word in ("declined", "dismissed")],
]
one_breath = st.tuples(
    *(st.none() | st.sampled_from(BREATH[a:b]) for a, b in ((0, 3), (3, 6), (6, 8), (8, 10)))
)  # a full word, a part, one that withholds and one that never moves: each at most once


def by_words(answer, names):
    """Read an answer with the names of its events in the place of their versions."""

    def named(found):
        return sorted(names[v] for v in found)

    lists = ("events", "concedes", "disputes", "beside")
    return {
        "standing": answer["standing"],
        "because": named(answer["because"]["events"]),
        "positions": [
            (p["party"]["key"], p["stance"], p["partial"], *(named(p[name]) for name in lists))
            for p in answer["positions"]
        ],
        **{
            what: [(names[c["from"]], names[c["to"]], c["from_stance"], c["to_stance"]) for c in answer[what]]
            for what in ("reversals", "shifts")
        },
    }


@MOSTLY
@for_all(plain_words, one_breath, plain_words, st.sampled_from([None, *DATES]), st.randoms(use_true_random=False))
def test_the_order_of_logging_within_one_utterance_does_not_matter(before, breath, after, date, random):
    """Words of one utterance give the same positions and changes in whatever order they were logged."""
    when = {"said_on": date} if date else {}
    words = [said(type_, MID, utterance="one breath", **when, **more) for type_, more in filter(None, breath)]
    shuffled = random.sample(words, len(words))
    answers = []
    for order in (words, shuffled):
        history = [*before, *order, *after]
        places = {id(event): n for n, event in enumerate([*before, *words, *after], 2)}
        names = {1: 1} | {n: places[id(event)] for n, event in enumerate(history, 2)}
        answers.append(by_words(stands(replayed(under_no_rules(OPENED, *history))), names))
    assert answers[0] == answers[1]


@for_all(st.permutations(list(EVENT_TYPES)))
def test_folding_the_same_history_twice_gives_the_same(types):
    """The answer depends on the history alone."""
    history = [said(t, SCHOLAR, regarding=2, grade="corrected") for t in types if t in STATEMENTS]
    answers = [stands(Claim.replay(under_no_rules(OPENED, *history))) for _ in range(2)]
    assert answers[0] == answers[1]
