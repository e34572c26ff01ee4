"""Made-up statements of a real size: about 1 KB as stored, real vocabulary, several scripts, no two the same.

The same number always makes the same statement, so that every contender stores the same bytes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.benchmarks.vocabulary import DESKS, FORMS, PLACES, PUBLISHERS, SUMMARIES, TOPICS

PAYLOAD_SIZE = 790  # bytes of UTF-8 that a statement's texts are filled up to; about 1 KB as stored
FIRST_DAY = date(2016, 1, 1)
LONG = (500, 100)  # histories of one claim each
SHORT = 10  # events of most claims
BARE = 900  # claims that are only opened, which appends are measured on; a writer holds them all in memory
SMALLEST = 1_000
WINDOW = 2_000  # events of the record within which a short history happens

Event = tuple[str, dict[str, Any]]
TYPES = tuple(SUMMARIES)


def claim_id(number: int) -> UUID:
    """Give the id of a claim by its number."""
    return uuid5(NAMESPACE_URL, f"https://onrecord.invalid/benchmarks/{number}")


def make_opened(number: int) -> Event:
    """Make the opening of a claim."""
    rng = random.Random(f"opened {number}")  # noqa: S311 - data, not a secret
    place, form, desks = rng.choice(PLACES), rng.choice(FORMS), rng.sample(DESKS, 2)
    participants = [{"name": d.speaker, "kind": "person"} | _country(d.country) for d in desks]
    about = {
        "occurred_on": str(_day(rng, number)),
        "occurred_on_text": "at the weekend",
        "place": place,
        "participants": participants,
        "form": form.split()[-1],
    }
    names = " and ".join(d.name for d in desks)
    text = f"The {names} had {form} in {place} that nobody announced (case {number})."
    return "opened", {"text": text, "lang": "en", "about": about, "topics": rng.sample(TOPICS, 2)}


def make_statement(number: int) -> Event:
    """Make a statement; its source's address is its own, so that it is no duplicate."""
    rng = random.Random(f"statement {number}")  # noqa: S311 - data, not a secret
    desk, type_ = rng.choice(DESKS), rng.choice(TYPES)
    publisher, host = rng.choice(PUBLISHERS)
    said_on = _day(rng, number)
    form, place = rng.choice(FORMS), rng.choice(PLACES)
    data: dict[str, Any] = {
        "party": {"name": desk.name, "kind": desk.kind} | _country(desk.country),
        "speaker": {"name": desk.speaker, "role": f"{desk.role}, {desk.name}"},
        "summary": SUMMARIES[type_].format(form=form, place=place),
        "said_on": str(said_on),
        "strength": rng.choice(("categorical", "plain", "hedged")),
        "attribution": "on_record",
        "source": {
            "publisher": publisher,
            "title": f"{desk.name} on {form} in {place}",
            "url": f"https://{host}/{said_on:%Y/%m/%d}/article-{number}",
            "published_on": str(said_on + timedelta(days=1)),
        },
    }
    data["quote"] = {"text": _fill(rng, desk.sentences, PAYLOAD_SIZE - _size(data)), "lang": desk.lang}
    return type_, data


def _fill(rng: random.Random, sentences: tuple[str, ...], size: int) -> str:
    spoken = [rng.choice(sentences)]
    while sum(len(s.encode()) + 1 for s in spoken) < size - 40:
        spoken.append(rng.choice(sentences))
    return " ".join(spoken)


def _size(value: object) -> int:
    if isinstance(value, dict):
        return sum(len(name) + 6 + _size(member) for name, member in value.items())
    return len(str(value).encode())


def _day(rng: random.Random, number: int) -> date:
    return FIRST_DAY + timedelta(days=number % 3_600 + rng.randrange(3))


def _country(code: str | None) -> dict[str, str]:
    return {"country": code} if code else {}


def plan_record(events: int) -> list[int]:
    """Plan a record of so many events: for each, in order, the number of its claim.

    Claims 0 and 1 have long histories, spread over all of the record; the next ones have
    `SHORT` events close to each other; the last `BARE` are only opened.
    """
    long = LONG if events >= SMALLEST else ()  # a smaller record is for the harness's own test
    bare = min(BARE, events // 3)
    short, rest = divmod(events - sum(long) - bare, SHORT)
    sizes = [*long, *[SHORT] * short, *([rest] if rest else []), *[1] * bare]
    rng = random.Random(events)  # noqa: S311 - data, not a secret
    marks = []
    for number, size in enumerate(sizes):
        span = events if number < len(long) else min(WINDOW, events)
        start = rng.uniform(0, events - span)
        marks += [(start + rng.random() * span, number) for _ in range(size)]
    marks.sort()
    return [number for _, number in marks]


def make_record(events: int) -> Iterator[tuple[UUID, str, dict[str, Any]]]:
    """Make the events of a record in order: claim, type, payload."""
    opened: set[int] = set()
    for n, number in enumerate(plan_record(events)):
        type_, data = make_statement(n) if number in opened else make_opened(number)
        opened.add(number)
        yield claim_id(number), type_, data


def find_claims(events: int, size: int) -> list[UUID]:
    """List the claims of a record that have a history of just so many events."""
    sizes: dict[int, int] = {}
    for number in plan_record(events):
        sizes[number] = sizes.get(number, 0) + 1
    return [claim_id(number) for number in sorted(sizes) if sizes[number] == size]
