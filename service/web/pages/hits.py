"""Why a search found a claim: the words asked for, marked where they stand in it or in what was said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson

from service.jobs.lapses import find_deadline
from service.search_text import Phrase, find_places, read_question
from service.telling.wording import in_one_line, is_partial
from service.web.endpoint import timeline

LONGEST = 240  # characters of a text that are shown of what was said
_BESIDE = ("speaker", "on_behalf_of")  # named where they were found by

Json = Mapping[str, Any]
Pieces = list[str]  # of a text: every second one is what was asked for


def find_hits(claims: Sequence[Json], q: str, size: int) -> list[dict[str, Any]]:
    """Tell of each claim that a search found, at a log size, its wording and what was said, in pieces."""
    phrases = read_question(q)
    if not phrases:
        return [{} for _ in claims]
    missing = {claim["id"]: [p for p in phrases if not find_places(claim["text"], [p])] for claim in claims}
    wanted = {id_: elsewhere for id_, elsewhere in missing.items() if elsewhere}
    events = timeline().find_matches(wanted=wanted, size=size)
    said = {id_: [_tell(orjson.loads(state), phrases) for state in states] for id_, states in events.items()}
    return [
        {"text": split(claim["text"], phrases), "said": [one for one in said.get(claim["id"], ()) if one]}
        for claim in claims
    ]


def split(text: str, phrases: Sequence[Phrase], longest: int | None = None) -> Pieces:
    """Split a text, in one line, where what was asked for starts and ends; a long one is cut around the first of it."""
    line = in_one_line(text)
    places = find_places(line, phrases)
    start, end = 0, len(line)
    if longest is not None and end > longest:
        first = places[0][0] if places else 0
        start = max(0, min(first - longest // 4, end - longest))
        start = line.rfind(" ", max(0, start - 20), start) + 1 or start
        end = min(end, start + longest)
        end = end if end == len(line) else max(line.rfind(" ", end - 20, end), end - 20)
    edges = [start, *(min(edge, end) for place in places for edge in place if place[0] < end), end]
    pieces = [line[a:b] for a, b in pairwise(edges)]
    pieces[0] = "…" * (start > 0) + pieces[0]
    pieces[-1] += "…" * (end < len(line))
    return pieces


def _tell(event: Json, phrases: Sequence[Phrase]) -> dict[str, Any] | None:
    """Tell what was said in an event, where it was found by it; nothing of what is erased."""
    data, type_, version = event.get("data"), event["type"], event["version"]
    if data is None:
        return None
    if type_ == "amended":
        data, type_, version = data["statement"], data["type"], data["regarding"]
    party = data.get("party") or data.get("by")
    who = split(party["name"], phrases) if party else None
    texts = [{"lang": lang, "pieces": pieces} for lang, pieces in _find(data, phrases) if len(pieces) > 1]
    told = {"version": version, "type": type_, "data": data, "partial": is_partial(type_, data)}
    told |= {"who": who, "texts": texts}
    deadline = find_deadline(event["recorded_by"], type_, data)
    # That a deadline passed is the service's own sentence: a page says it in the reader's language, with no mark in it.
    return told | {"texts": [], "deadline": deadline} if texts and deadline else told


def _find(data: Json, phrases: Sequence[Phrase]) -> Iterator[tuple[str, Pieces]]:
    quote = data.get("quote", {})
    for lang, text in (
        *(("", data[role]["name"]) for role in _BESIDE if role in data),
        ("", data.get("summary")),
        (quote.get("lang", ""), quote.get("text")),
        ("", quote.get("translation")),
        ("", data.get("question")),
    ):
        if text:
            yield lang, split(text, phrases, LONGEST)
