"""The whole record replayed into a store of its own, and every row that is served compared with the one that it makes.

An auditor's check: whatever an answer is put together from, lists, searches and parties
too, is looked at, and rows that no event makes are found as well as those that are gone.
The other store is an embedded one in the folder for temporary files; it takes as much
room as the record, twice while it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent

from service.rebuild import rebuild
from service.store import open_store
from service.store.derived import DERIVED, Derived
from service.store.interface import LogRow, Store, Transaction, View

PAGE = 1_000  # events
COPIED, MADE = 0.1, 0.7  # parts of the work
_TOLD = 3  # rows of a table
_INDEX = Derived("the index of words", ("word", "position", "place"))
Progress = Callable[[float], None]
Rows = Iterator[tuple[object, ...]]


def compare_with_replay(store: Store, progress: Progress) -> tuple[int, list[str]]:
    """Count the claims, and tell, a sentence a table, what differs from a replay; tells the part done (0 to 1).

    For a record whose events are all there and in order. Raises what a replay raises of events that are none.
    """
    with TemporaryDirectory(prefix="onrecord-") as folder, store.reading(long=True) as view:
        replay = open_store(f"sqlite:///{Path(folder) / 'replay.db'}")
        try:
            replay.migrate()
            with replay.writing(long=True) as transaction:
                _copy(view, transaction, progress)
            rebuild(replay, lambda part: progress(COPIED + part * (MADE - COPIED)))
            with replay.reading() as made:
                return made.count_claims(), list(_compare(made, view, progress))
        finally:
            replay.close()


def _copy(view: View, transaction: Transaction, progress: Progress) -> None:
    """Store the events, each under what it says of itself; their leaves are looked at elsewhere."""
    size, at = view.head().size, 0
    while page := view.events_from(at, PAGE):
        at = page[-1][0] + 1
        says = [(position, orjson.loads(state), state.encode()) for position, state in page]
        events = [StoredEvent(UUID(e["claim"]), e["version"], f"onrecord.{e['type']}", state) for _, e, state in says]
        log = [LogRow(position, e["claim"], e["version"], e["recorded_at"], b"") for position, e, _ in says]
        transaction.insert_events(events, log=log)
        progress(COPIED * min(at / size, 1.0))


def _compare(made: View, view: View, progress: Progress) -> Iterator[str]:
    if made.head() != view.head():
        yield f"log_head: expected {made.head()}, got {view.head()}"
    for n, table in enumerate(DERIVED, 1):
        yield from _summed_up(table, made.derived.rows(table), view.derived.rows(table))
        progress(MADE + (1 - MADE) * n / len(DERIVED))
    index, expected = view.derived.index(), made.derived.index()
    if index is not None and expected is not None:
        yield from _summed_up(_INDEX, expected, index)


def _summed_up(table: Derived, made: Rows, found: Rows) -> Iterator[str]:
    told, count = [], 0
    for difference in _find_differences(table, made, found):
        count += 1
        if count <= _TOLD:
            told.append(difference)
    if count:
        more = f"; and {count - _TOLD} more" if count > _TOLD else ""
        yield f"{table.name}: {'; '.join(told)}{more}"


def _find_differences(table: Derived, made: Rows, found: Rows) -> Iterator[str]:
    """Walk both side by side, in the order of their keys."""
    keys = len(table.key)
    expected, got = next(made, None), next(found, None)
    while expected is not None or got is not None:
        if got is None or (expected is not None and expected[:keys] < got[:keys]):
            yield f"the row {_name(table, expected)} is missing"
            expected = next(made, None)
        elif expected is None or got[:keys] < expected[:keys]:
            yield f"there is a row {_name(table, got)} that no event makes"
            got = next(found, None)
        else:
            names = [n for n, e, g in zip(table.rest, expected[keys:], got[keys:], strict=True) if e != g]
            if names:
                yield f"of the row {_name(table, got)} {', '.join(names)} differ"
            expected, got = next(made, None), next(found, None)


def _name(table: Derived, row: tuple[object, ...] | None) -> str:
    names = ("position" if name == "{at}" else name for name in table.key)
    return ", ".join(f"{name} {value}" for name, value in zip(names, row or (), strict=False))
