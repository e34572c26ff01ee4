"""Is the read model what a replay of the events makes? Every row of every claim is made again and compared.

Each claim is looked at in a snapshot of its own, so that appends go on meanwhile and
memory does not grow with the record. Nothing is mended: what differs was changed by
somebody, or made by a fault, and that must be known first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from threading import Event
from uuid import UUID

import orjson
from eventsourcing.domain import OriginatorIDError, OriginatorVersionError
from eventsourcing.persistence import StoredEvent

from service.errors import Unavailable
from service.recording.ledger import MAPPER
from service.recording.mapper import UnreadableEvent
from service.store.interface import Store, View
from service.store.read_model import render_history
from service.store.track_records import follow_outcomes
from service.verifying.parts import check_indexes, check_parts

PAGE = 500  # claims
_COMPARED = ("since", "until", "body", "due_at", "tags")
_TOLD = 10  # differences
# What is raised by bytes that are no event, and by events that are not those of one claim in their order.
_NO_HISTORY = (
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OriginatorIDError,
    OriginatorVersionError,
)


class ReadModelDiffers(Exception):
    """Rows of the read model are not what the events make; says which."""


class StoreDiffers(Exception):
    """Tables, triggers, indexes or functions of a store are not what this program makes; says which."""


class CheckStopped(Exception):
    """The check was stopped before its end; nothing is known."""


def check_read_model(store: Store, progress: Callable[[float], None], stopping: Event) -> int:
    """Compare every claim's rows with a replay, telling the part done (0 to 1); answers how many claims agree.

    Raises ReadModelDiffers once all were compared, and CheckStopped soon after `stopping` is set.
    """
    with store.reading() as view:
        total, size = view.count_claims(), view.head().size
    done, wrong, seen = 0, 0, 0
    told: list[str] = []
    for done, claim in enumerate(_claims(store), 1):
        if stopping.is_set():
            raise CheckStopped(f"The check was stopped after {done - 1} of {total} claims.")
        with store.reading() as view:
            seen += view.count_events(claim, before=size)
            differences = list(find_differences(view, claim))
        wrong += bool(differences)
        told += differences[: _TOLD - len(told)]
        progress(min(done / total, 1.0) if total else 1.0)
    if seen != size:
        wrong += 1
        told.append(f"{size - seen} of {size} events belong to no claim that was ever opened")
    with store.reading() as view:
        miscounted = view.track_records.miscounted(_TOLD)
    told += [f"what is counted of {mark} differs" for mark in miscounted][: _TOLD - len(told)]
    if told:
        raise ReadModelDiffers(
            f"{wrong} of {done} claims differ from a replay of their events: {'; '.join(told)}. "
            "Find out what changed them; `onrecord db rebuild` makes them again."
        )
    return done


def refuse_changed(store: Store, stopping: Event) -> None:
    """Make sure that a store is what this program makes, its indexes too.

    Raises StoreDiffers, and CheckStopped soon after `stopping` is set.
    """
    report = check_parts(store)
    try:
        report.join(check_indexes(store, stopping.is_set))
    except Unavailable as error:
        if stopping.is_set():
            raise CheckStopped("The check was stopped while it looked at indexes.") from error
        raise
    if report.fault_count:
        told = "; ".join(fault.detail for fault in report.faults)
        raise StoreDiffers(f"The store is not as this program makes it: {told}. `onrecord verify` looks at all of it.")


def find_differences(view: View, claim: str) -> Iterator[str]:
    """Tell, in sentences without an end, what of a claim's rows is not as a replay of its events makes it."""
    try:
        placed = view.placed_events(UUID(claim))
        yield from _misfiled(view, claim, placed)
        made = render_history((n, MAPPER.to_domain_event(stored)) for n, stored in placed)
    except (UnreadableEvent, *_NO_HISTORY) as error:
        yield f"claim {claim} cannot be replayed: {error!r}"
        return
    rows = {row.version: row for row in view.derived.of_claim(claim)}
    for expected in made:
        found = rows.pop(expected.version, None)
        if found is None:
            yield f"claim {claim}, version {expected.version}: the row is missing"
        elif names := [name for name in _COMPARED if getattr(found, name) != getattr(expected, name)]:
            yield f"claim {claim}, version {expected.version}: {', '.join(names)} differ"
    for version in rows:
        yield f"claim {claim}, version {version}: there is no such event"
    if made and _hangs(view, claim) != sorted(made[-1].hanging):
        yield f"claim {claim}: what hangs on it differs"
    if sorted(view.track_records.of_claim(claim)) != sorted(follow_outcomes(made)):
        yield f"claim {claim}: what came of its parties' words differs"


def _misfiled(view: View, claim: str, placed: Sequence[tuple[int, StoredEvent]]) -> Iterator[str]:
    # What an event is found by stands beside it in its row; the event itself, which is in the log, has the last word.
    times = view.recorded_times(claim)
    for (position, stored), recorded_at in zip_longest(placed, times):
        says = orjson.loads(stored.state)
        filed = (claim, stored.originator_version, stored.topic, recorded_at)
        meant = (says["claim"], says["version"], f"onrecord.{says['type']}", says["recorded_at"])
        if filed != meant:
            yield f"position {position} is filed as {filed}, and says of itself {meant}"


def _hangs(view: View, claim: str) -> list[tuple[int, str, str]]:
    return sorted((row.version, why, row.at) for why, row in view.hanging.of_claim(claim))


def _claims(store: Store) -> Iterator[str]:
    last, page = "", [""]
    while page:
        with store.reading() as view:
            page = view.claim_ids(last, PAGE)
        yield from page
        last = page[-1] if page else last
