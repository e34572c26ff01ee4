"""What is asked of a record that grows: lists, searches, parties, feeds; the same questions at every size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from domain.instants import write_instant
from service.reading.feed import FeedQuestion
from service.reading.lists import ListQuestion
from service.reading.parties import PartiesQuestion, PartyQuestion
from service.timeline import Timeline
from tests.benchmarks.growing import RARE_TOPIC, RARE_WORD
from tests.benchmarks.records import BEGAN_AT, STEP
from tests.benchmarks.statements import claim_id

Read = Callable[[Timeline], object]
TALKATIVE, SMALL = "us-state-department", "governor-of-svalbard"


def list_reads(events: int) -> dict[str, Mapping[str, Read]]:
    """Give everything that is read of a record of so many events, by kind and by name."""
    return {
        "lists": _lists(events),
        "searches": _searches(events),
        "parties": _parties(events),
        "feeds": _feeds(events),
    }


def _lists(events: int) -> dict[str, Read]:
    half = str(events // 2)
    lately = write_instant(BEGAN_AT + (events - 500) * STEP)
    rare, common = {"topic": [RARE_TOPIC]}, {"standing": ["denied"]}
    several = {"standing": ["denied", "contested"], "country": ["KR", "RU", "CN"]}
    return {
        "now": _list(),
        "by opening": _list(sort="opened"),
        "a common facet": _list(filters=common),
        "a common facet, by opening": _list(filters=common, sort="opened"),
        "a rare facet": _list(filters=rare),
        "a rare facet, by opening": _list(filters=rare, sort="opened"),
        "a rare and a common facet": _list(filters=rare | {"party": [TALKATIVE]}),
        "several values of two facets": _list(filters=several),
        "a party's stance": _list(filters={"party": [TALKATIVE], "stance": ["denies"]}),
        "nobody turned": _list(flags={"reversed": False}),
        "somebody turned": _list(flags={"reversed": True}),
        "one source": _list(flags={"single_source": True}),
        "overdue": _list(overdue=True),
        "changed lately": _list(filters=common, updated_since=lately),
        "changed lately, by opening": _list(updated_since=lately, sort="opened"),
        "as of half": _list(as_of=half),
        "as of half, a common facet": _list(as_of=half, filters=common),
        "as of half, a rare facet": _list(as_of=half, filters=rare),
        "as of half, by opening": _list(as_of=half, sort="opened"),
    }


def _searches(events: int) -> dict[str, Read]:
    half = str(events // 2)
    words = {
        "a rare word": RARE_WORD,
        "a word of one claim in 150": "mandate",
        "a word of one claim in 10": "uranium",
        "a word of nearly every claim": "talks",
        "a beginning of many words": "co",
        "several words": "denies uranium talks",
        "several words, one rare": f"{RARE_WORD} talks",
        "a Korean word": "확인해",
        "a rare Korean word": "스발바르",
        "an Arabic word": "المباحثات",
    }
    asked = {name: _list(q=q) for name, q in words.items()}
    asked |= {f"{name}, by change": _list(q=q, sort="updated") for name, q in words.items()}
    # Of so few claims 50 are found in a large record alone: pages of 10 have as many answers at every size.
    tens = "a word of one claim in 150, pages of 10"
    asked |= {tens: _list(q="mandate", limit=10), f"{tens}, by change": _list(q="mandate", limit=10, sort="updated")}
    rare, common = {"topic": [RARE_TOPIC]}, {"standing": ["contested"]}
    return asked | {
        "a common word, a common facet": _list(q="talks", filters=common),
        "a common word, a rare facet": _list(q="talks", filters=rare),
        "a common word, a rare facet, by change": _list(q="talks", filters=rare, sort="updated"),
        "a rare word, a common facet": _list(q=RARE_WORD, filters=common),
        "a common word, by opening": _list(q="talks", sort="opened"),
        "as of half, a common word": _list(q="talks", as_of=half),
        "as of half, a rare word": _list(q=RARE_WORD, as_of=half),
    }


def _parties(events: int) -> dict[str, Read]:
    half = str(events // 2)
    return {
        "a small party": _get_party(key=SMALL),
        "the most talkative party": _get_party(key=TALKATIVE),
        "a small party, as of half": _get_party(key=SMALL, as_of=half),
        "the most talkative party, as of half": _get_party(key=TALKATIVE, as_of=half),
        "all parties": _list_parties(),
        "parties by a beginning": _list_parties(q="nor"),
        "parties by two words": _list_parties(q="foreign nor"),
        "parties of a country": _list_parties(country="NO"),
        "parties as of half": _list_parties(q="nor", as_of=half),
    }


def _feeds(events: int) -> dict[str, Read]:
    middle = events // 2
    return {
        "the feed": lambda timeline: timeline.feed.read(FeedQuestion(after=middle)),
        "the feed, two types": lambda timeline: timeline.feed.read(
            FeedQuestion(after=middle, types=("denied", "ncnd"))
        ),
        "the feed of a small party": lambda timeline: timeline.feed.read(FeedQuestion(after=middle, party=(SMALL,))),
        "the end of the feed": lambda timeline: timeline.feed.read(FeedQuestion(after=events - 100)),
        "corrections": lambda timeline: timeline.get_corrections(before=None, limit=50),
        "corrections, as a feed": lambda timeline: timeline.tell_corrections(limit=50),
        "a list, as a feed": _tell_list,
        "a claim's history": lambda timeline: timeline.get_history(claim_id=claim_id(2)),
        "a small party, as a feed": lambda timeline: timeline.tell_party(key=SMALL, limit=50),
        "the most talkative party, as a feed": lambda timeline: timeline.tell_party(key=TALKATIVE, limit=50),
    }


def _list(**asked: Any) -> Read:
    return lambda timeline: timeline.list_claims(question=ListQuestion(**asked))


def _list_parties(**asked: Any) -> Read:
    return lambda timeline: timeline.list_parties(question=PartiesQuestion(**asked))


def _get_party(**asked: Any) -> Read:
    return lambda timeline: timeline.get_party(question=PartyQuestion(**asked))


def _tell_list(timeline: Timeline) -> object:
    answer = timeline.list_claims(question=ListQuestion())
    return timeline.tell_latest(claims=orjson.loads(answer.body)["claims"])
