"""A record that grows: N claims and 10 N events, whose questions have the same kind of answers at every size.

What grows with a record of years grows here: claims, statements, the words and the
parties that occur, and the statements of the most talkative party. What stays rare stays
as rare as it was: 20 claims on Svalbard, of which its Governor speaks, and 15 requests for
comment that nobody answered, all spread over the whole record. Most claims are over within a few
thousand events; one in fifty goes on until the end.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from tests.benchmarks.atlas import CITIES, SUBJECTS, SURNAMES, TOPICS, VOICES
from tests.benchmarks.statements import FIRST_DAY, Event, claim_id
from tests.benchmarks.vocabulary import PUBLISHERS, SUMMARIES, Desk

# Lengths of histories, 10 on average; in turn, so that the sum is exact.
LENGTHS = (1, 6, 10, 3, 24, 5, 8, 4, 12, 7, 3, 10, 36, 6, 9, 5, 18, 8, 14, 11)
LIFE = 3_000  # events of the record within which most claims happen
RARE, UNANSWERED = 20, 15  # claims, at every size
RARE_TOPIC, RARE_WORD = "svalbard-treaty", "Svalbard"
RARE_VOICE = Desk("Governor of Svalbard", "agency", "NO", "K. Hansen", "governor", "no", ("Vi har ingen kommentar.",))
RARE_QUOTES = {"ko": "스발바르 조약과 관련한 문의에는 답변하지 않겠습니다.", "ar": "لا علاقة لنا بما يجري في سفالبارد."}
MENDS = 60  # one event in so many mends an earlier one
ASKS = 4  # one claim in so many asks for comment

_VOICE_WEIGHTS = list(accumulate(1 / n for n in range(1, len(VOICES) + 1)))
_SUBJECT_WEIGHTS = list(accumulate(1 / n for n in range(1, len(SUBJECTS) + 1)))
_TOPIC_WEIGHTS = list(accumulate(1 / n for n in range(1, len(TOPICS) + 1)))
_TYPES = tuple(SUMMARIES)
_TYPE_WEIGHTS = list(accumulate((3, 1, 1, 1, 6, 1, 1, 3, 2, 1, 1)))


@dataclass(slots=True)
class Story:
    """A claim as it goes on: who takes part, and what of it can be mended."""

    number: int
    kind: str  # plain, rare, unanswered
    rng: random.Random
    voices: list[Desk]
    subject: str
    place: str
    version: int = 0
    asked: Desk | None = None
    standing: dict[int, tuple[str, Desk]] = field(default_factory=dict)  # statements nobody has mended


def plan_growth(claims: int) -> list[int]:
    """Plan a record of so many claims: for each of its ten times as many events, in order, the number of its claim."""
    sizes = [LENGTHS[n % len(LENGTHS)] for n in range(claims)]
    sizes[0] += 10 * claims - sum(sizes)
    events, rng = 10 * claims, random.Random(claims)  # noqa: S311 - data, not a secret
    marks = []
    for number, size in enumerate(sizes):
        start = rng.random() * events
        life = events - start if number % 50 == 1 else min(LIFE, events - start)
        marks += [(start + life * rng.random() ** 2, number) for _ in range(size)]  # soon after the first, mostly
    marks.sort()
    return [number for _, number in marks]


def make_growth(claims: int) -> Iterator[tuple[UUID, str, dict[str, Any]]]:
    """Make the events of a record in order: claim, type, payload."""
    sizes = [LENGTHS[n % len(LENGTHS)] for n in range(claims)]
    long_enough = [n for n, size in enumerate(sizes) if size >= 5]
    kinds = dict.fromkeys(long_enough[:: max(1, len(long_enough) // RARE)][:RARE], "rare")
    left = [n for n in long_enough if n not in kinds]
    kinds |= dict.fromkeys(left[:: max(1, len(left) // UNANSWERED)][:UNANSWERED], "unanswered")
    stories: dict[int, Story] = {}
    for position, number in enumerate(plan_growth(claims)):
        story = stories.get(number)
        if story is None:
            story = stories[number] = _begin(number, kinds.get(number, "plain"))
        type_, data = _go_on(story, position)
        yield claim_id(number), type_, data
        if story.version == sizes[number] and number:
            del stories[number]


def _begin(number: int, kind: str) -> Story:
    rng = random.Random(f"story {number}")  # noqa: S311 - data, not a secret
    voices = list(dict.fromkeys(rng.choices(VOICES, cum_weights=_VOICE_WEIGHTS, k=rng.randint(2, 6))))
    subject = rng.choices(SUBJECTS, cum_weights=_SUBJECT_WEIGHTS)[0]
    return Story(number, kind, rng, voices, subject, rng.choice(CITIES))


def _go_on(story: Story, position: int) -> Event:
    story.version += 1
    type_ = "reported" if story.version == 2 else story.rng.choices(_TYPES, cum_weights=_TYPE_WEIGHTS)[0]
    plain = story.kind == "plain"
    if story.version == 1:
        event = _open(story)
    elif story.kind == "unanswered" and story.version == 4:
        event = _ask(RARE_VOICE)
    elif story.kind == "rare" and story.version == 3:
        event = _say(story, RARE_VOICE, "declined", position)
    elif story.asked:
        desk, story.asked = story.asked, None
        event = _say(story, desk, "ncnd", position)
    elif plain and story.number % ASKS == 0 and story.version == 5:
        story.asked = story.voices[0]
        event = _ask(story.asked)
    elif story.standing and position % MENDS == 0:
        event = _mend(story, position)
    else:
        event = _say(story, story.rng.choice(story.voices), type_, position)
    return event


def _open(story: Story) -> Event:
    first, second = story.rng.choice(VOICES), story.voices[0]
    rare = story.kind == "rare"
    where = RARE_WORD if rare else story.place
    text = f"Envoys of the {second.name} and the {first.name} discussed {story.subject} in {where}."
    topics = story.rng.choices(TOPICS, cum_weights=_TOPIC_WEIGHTS, k=2)
    return "opened", {
        "text": text,
        "lang": "en",
        "about": {"place": where, "form": "meeting", "occurred_on": str(_day(story.number * 10))},
        "topics": list(dict.fromkeys([*topics, *([RARE_TOPIC] if rare else [])])),
    }


def _ask(desk: Desk) -> Event:
    question = "Does it stand by what it told the agencies?"
    deadline = "2035-01-01T12:00:00Z"  # ahead of every record that begins in 2015
    return "comment_requested", {"party": _party(desk), "channel": "mail", "deadline": deadline, "question": question}


def _say(story: Story, desk: Desk, type_: str, position: int) -> Event:
    story.standing[story.version] = (type_, desk)
    return type_, _statement(story, desk, type_, position)


def _mend(story: Story, position: int) -> Event:
    regarding, (type_, desk) = story.standing.popitem()
    how = ("struck", "amended", "retracted", "corrected")[position // MENDS % 4]
    if how == "struck":
        return how, {"regarding": regarding, "reason": "It was logged on the wrong claim."}
    if how == "amended":
        statement = _statement(story, desk, type_, position)
        return how, {"regarding": regarding, "type": type_, "statement": statement, "reason": "The date was wrong."}
    grade = {"grade": "corrected"} if how == "corrected" else {}
    return how, _statement(story, desk, "declined", position) | {"regarding": regarding} | grade


def _statement(story: Story, desk: Desk, type_: str, position: int) -> dict[str, Any]:
    rng = story.rng
    publisher, host = rng.choice(PUBLISHERS)
    said_on = _day(position)
    told = SUMMARIES[type_].format(form=f"talks on {story.subject}", place=story.place)
    # Numbers of ships, as in the news: words that nobody has used before go on coming.
    ship = f" The ship concerned has the number IMO {9_000_000 + position}." if position % 5 == 0 else ""
    lang, quote = desk.lang, " ".join(rng.choices(desk.sentences, k=3))
    if desk is RARE_VOICE:
        lang = rng.choice([*RARE_QUOTES])
        quote = RARE_QUOTES[lang]
    return {
        "party": _party(desk),
        "speaker": {"name": f"{rng.choice(SURNAMES)}, {desk.speaker}", "role": desk.role},
        "summary": f"{told} {rng.choice(SURNAMES)} and {rng.choice(SURNAMES)} had met in {rng.choice(CITIES)}.{ship}",
        "said_on": str(said_on),
        "strength": rng.choice(("categorical", "plain", "hedged")),
        "quote": {"text": quote, "lang": lang},
        "source": {
            "publisher": publisher,
            "title": f"{desk.name} on {story.subject}",
            "url": f"https://{host}/{said_on:%Y/%m/%d}/article-{position}",
            "published_on": str(said_on + timedelta(days=1)),
        },
    }


def _party(desk: Desk) -> dict[str, str]:
    return {"name": desk.name, "kind": desk.kind} | ({"country": desk.country} if desk.country else {})


def _day(position: int) -> Any:
    return FIRST_DAY + timedelta(days=position // 288 % 3_600)
