"""What is answered to a question about the record, from one look at it.

Stored text is the answer wherever it can be: a claim's row was rendered when its event
was recorded, and a history is its stored events joined together. Only `said_until`
folds anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent

from domain.codebook import EVENT_TYPES, Recorded
from domain.dates import Bounds, DateFault, bounds
from domain.difference import compare
from domain.errors import Fault, Invalid, NotFound, NotYetKnown
from domain.reading import find_held_back
from domain.reading import read_history as read_words
from service.reading.moment import Moment, resolve_moment
from service.recording.ledger import MAPPER
from service.recording.receipts import Made, Receipt
from service.store.interface import View
from service.store.read_model import ClaimVersion, render_body

NO_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON text, and the size of the record when it was read.

    `version` is set where the text is a live claim, which changes only when that does;
    `links` are further pages by relation, each as query parameters, an empty one left out; `position` is the place
    in the log of the event that the text is. It `lasts` where it is the same, whenever it is
    asked for, as long as the record has this size.
    """

    body: str
    log_size: int
    version: int | None = None
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lasts: bool = False
    position: int | None = None


def read_claim(view: View, claim_id: UUID, *, as_of: str | None, said_until: str | None, now: datetime) -> Answer:
    """Give a claim as it stands, or stood at a moment, of what had been said by a date."""
    row, moment = find_row(view, claim_id, as_of, now)
    size = view.head().size
    if said_until is not None:
        row = _fold_until(view, row, said_until)
    if moment is None:
        return Answer(row.body, size, row.version if said_until is None else None, lasts=True)
    return Answer(row.body_as_of(moment.size, moment.at), size, lasts=not moment.by_clock)


def find_row(view: View, claim_id: UUID, as_of: str | None, now: datetime) -> tuple[ClaimVersion, Moment | None]:
    """Find the row that holds, or held at a moment; raises NotFound, or NotYetKnown with when it was opened."""
    moment = None if as_of is None else resolve_moment(as_of, view, now)
    row = view.claim_version(str(claim_id), size=moment.size if moment else None)
    if row is not None:
        return row, moment
    first = view.claim_version(str(claim_id), version=1)
    if first is None:
        raise NotFound(f"There is no claim {claim_id} in the record.")
    opened_at = view.recorded_at(first.since - 1)
    raise NotYetKnown(
        f"This claim entered the record at {opened_at}, with log size {first.since}. Ask as of then or later.",
        first_known=opened_at,
        first_known_log_size=first.since,
    )


def read_version(view: View, claim_id: UUID, version: int) -> Answer:
    """Give a claim as it stood after one of its events; its bytes change only by a redaction."""
    row = view.claim_version(str(claim_id), version=version)
    if row is None:
        raise _no_such(view, claim_id, version)
    return Answer(row.body, view.head().size, lasts=True)


def read_made(view: View, receipt: Receipt) -> list[Made]:
    """List the events that a receipt is for, one redacted since as what remains of it."""
    placed = view.events_from(receipt.first_position, receipt.event_count)
    events = [(position, state, orjson.loads(state)) for position, state in placed]
    return [Made(position, event["claim"], event["version"], state) for position, state, event in events]


def render_opened(made: Sequence[Made]) -> str:
    """Give a claim as it stood after the events that opened it, by these alone."""
    topics = [EVENT_TYPES[orjson.loads(one.state)["type"]].TOPIC for one in made]
    stored = [StoredEvent(UUID(m.claim), m.version, t, m.state.encode()) for m, t in zip(made, topics, strict=True)]
    events = [MAPPER.to_domain_event(one) for one in stored]
    return orjson.dumps(render_body(events, read_words(events), made[-1].position + 1)).decode()


def read_difference(view: View, claim_id: UUID, earlier: int, later: int) -> Answer:
    """Tell what changed from one version of a claim to a later one."""
    row = view.claim_version(str(claim_id), version=later)
    if row is None:
        raise _no_such(view, claim_id, later)
    if not 1 <= earlier <= later:
        raise Invalid([Fault("diff", f"Give an earlier version, 1 to {later}.")])
    return Answer(orjson.dumps(compare(_events(view, row), earlier, later)).decode(), view.head().size, lasts=True)


def read_event(view: View, claim_id: UUID, version: int) -> Answer:
    """Give one event, as stored."""
    row = view.claim_version(str(claim_id), version=version)
    states = view.history(str(claim_id), after=version - 1, upto=version, limit=1)
    if row is None or not states:
        raise _no_such(view, claim_id, version)
    return Answer(states[0], view.head().size, lasts=True, position=row.since - 1)


def _no_such(view: View, claim_id: UUID, version: int) -> NotFound:
    count = view.count_events(str(claim_id))
    if not count:
        return NotFound(f"There is no claim {claim_id} in the record.")
    return NotFound(f"There is no event {version} on this claim; it has 1 to {count}.")


def read_history(  # noqa: PLR0913 - each is a parameter of the question
    view: View, row: ClaimVersion, moment: Moment | None, *, after: int, limit: int | None, said_until: str | None
) -> Answer:
    """Give a claim's events up to a row of it, as stored, after a version and at most so many."""
    shown = list_events(view, row, after=after, said_until=said_until)[:limit]
    size, as_of = (row.since, "") if moment is None else (moment.size, row.tell_as_of(moment.size, moment.at))
    body = f'{{"claim":"{row.claim}","log_size":{size},"events":[{",".join(shown)}]{as_of}}}'
    return Answer(body, view.head().size, lasts=moment is None or not moment.by_clock)


def list_events(view: View, row: ClaimVersion, *, after: int = 0, said_until: str | None) -> list[str]:
    """List the texts of a claim's events up to a row of it, as stored, after a version."""
    states = view.history(row.claim, after=after, upto=row.version, limit=NO_LIMIT)
    if said_until is None:
        return states
    held = find_held_back(_events(view, row), read_date(said_until))
    return [state for version, state in enumerate(states, after + 1) if version not in held]


def read_date(text: str) -> Bounds:
    """Read the date of `said_until`; raises Invalid."""
    try:
        return bounds(text)
    except DateFault as fault:
        raise Invalid([Fault("said_until", str(fault))]) from fault


def _events(view: View, row: ClaimVersion) -> list[Recorded]:
    placed = view.placed_events(UUID(row.claim))
    return [MAPPER.to_domain_event(stored) for _, stored in placed[: row.version]]


def _fold_until(view: View, row: ClaimVersion, said_until: str) -> ClaimVersion:
    events = _events(view, row)
    body = render_body(events, read_words(events, read_date(said_until)), row.since)
    as_of = body.pop("as_of")
    return row._replace(body=orjson.dumps({**body, "said_until": said_until, "as_of": as_of}).decode())
