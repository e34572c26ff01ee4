"""The whole record replayed into a store of its own, and every row that is served compared with the one that it makes.

An auditor's check: whatever an answer is put together from, lists, searches and parties
too, is looked at, and rows that no event makes are found as well as those that are gone.
The other store is an embedded one in the folder for temporary files; it takes as much
room as the record, twice while it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent

from domain.merkle import Frontier
from service.errors import Damaged
from service.public_log.checkpoint import Checkpoint
from service.rebuild import rebuild
from service.store import open_store
from service.store.derived import DERIVED, INDEX, Derived
from service.store.interface import LogRow, Store, Transaction, View
from service.verifying.event import BadEvent, read_event
from service.verifying.steps import NOTHING
from service.verifying.testimony import Testimony

PAGE = 1_000  # events
ALIKE = 100  # rows
COPIED, MADE = 0.1, 0.7  # parts of the work
SEARCHED = {"words", "vocabulary", "party_keys", "party_words", INDEX.name}  # as `service.search_text` reads words
_TOLD = 3  # rows of a table
_KINDS = {type(None): 0, int: 1, float: 1, str: 2}  # bytes behind them
Progress = Callable[[float], None]
Rows = Iterator[tuple[object, ...]]


def compare_with_replay(store: Store, signed: Checkpoint | None, progress: Progress) -> tuple[int, list[str]]:
    """Count the claims, and tell, a sentence a table, what differs from a replay; tells the part done (0 to 1).

    For a record whose events are all there and in order; `signed` is what they were held to. Raises what a replay
    raises of events that are none.
    """
    with TemporaryDirectory(prefix="onrecord-") as folder, store.reading(long=True) as view:
        replay = open_store(f"sqlite:///{Path(folder) / 'replay.db'}")
        try:
            replay.migrate()
            with replay.writing(long=True) as transaction:
                differences = list(_copy(view, transaction, signed, progress))
            rebuild(replay, lambda part: progress(COPIED + part * (MADE - COPIED)))
            with replay.reading() as made:
                return made.count_claims(), [*differences, *_compare(made, view, progress)]
        finally:
            replay.close()


def tell_other_words(differences: Iterable[str]) -> str:
    """Say what to do where nothing differs but what searches find by, as where an earlier version made it; else ""."""
    found = {difference.partition(":")[0] for difference in differences}
    if not found or found - SEARCHED:
        return ""
    return (
        "Only what searches find by is not as this program makes it. An earlier version that read words otherwise may "
        "have made it so, and some texts may not be found: `onrecord db rebuild` makes it anew from the events."
    )


def _copy(view: View, transaction: Transaction, signed: Checkpoint | None, progress: Progress) -> Iterator[str]:
    """Store the events, each under what it says of itself, and tell what they say of each other that is not so.

    They were looked at before, in snapshots of their own: so that these are the same, they make the signed root again,
    and each the leaf that is stored.
    """
    size, at, told, tree = view.head().size, 0, Testimony(view.replies()), Frontier()
    same, under = True, signed.size if signed else 0
    while page := view.events_from(at, PAGE):
        leaves = [_hash_leaf(state.encode()) for _, state in page]
        same = same and leaves == view.tree.nodes(0, at, at + len(page))
        tree.add(leaves[: max(0, under - at)])
        at = page[-1][0] + 1
        says = [(position, orjson.loads(state), state.encode()) for position, state in page]
        events = [StoredEvent(UUID(e["claim"]), e["version"], f"onrecord.{e['type']}", state) for _, e, state in says]
        log = [LogRow(position, e["claim"], e["version"], e["recorded_at"], b"") for position, e, _ in says]
        transaction.insert_events(events, log=log)
        for position, event, _ in says:
            yield from told.take(position, event)
        progress(COPIED * min(at / size, 1.0))
    yield from told.finish(at)
    if not same or (signed and tree.root() != signed.root):
        yield "events: expected those that were looked at in step 3, got others: somebody changed them meanwhile"


def _hash_leaf(state: bytes) -> bytes:
    try:
        return read_event(state)[4]
    except BadEvent:
        return NOTHING


def _compare(made: View, view: View, progress: Progress) -> Iterator[str]:
    if made.head() != view.head():
        yield f"log_head: expected {made.head()}, got {view.head()}"
    table = DERIVED[0]
    try:
        for n, table in enumerate(DERIVED, 1):
            expected = view.derived.due(table)
            expected = made.derived.rows(table) if expected is None else expected
            yield from _sum_up(table, _find_differences(table, expected, view.derived.rows(table)))
            progress(MADE + (1 - MADE) * n / len(DERIVED))
        yield from _sum_up(table, view.derived.index_faults())
    except Damaged as error:  # PostgreSQL answers nothing more in this transaction
        yield f"{table.name}: {error} What comes after it was not compared."


def _sum_up(table: Derived, differences: Iterator[str]) -> Iterator[str]:
    told, count = [], 0
    for difference in differences:
        count += 1
        if count <= _TOLD:
            told.append(difference)
    if count:
        more = f"; and {count - _TOLD} more" if count > _TOLD else ""
        yield f"{table.name}: {'; '.join(told)}{more}"


def _find_differences(table: Derived, made: Rows, found: Rows) -> Iterator[str]:
    """Walk both side by side, in the order of their keys."""
    while (expected_rows := list(islice(made, ALIKE))) == (rows := list(islice(found, ALIKE))) and rows:
        pass  # what is alike is sooner compared many rows at once
    made, found, keys = chain(expected_rows, made), chain(rows, found), len(table.key)
    expected, got = next(made, None), next(found, None)
    while expected is not None or got is not None:
        if expected is not None and got is not None and expected[:keys] == got[:keys]:
            names = [n for n, e, g in zip(table.rest, expected[keys:], got[keys:], strict=True) if e != g]
            if names:
                yield f"of the row {_name(table, got)} {', '.join(names)} differ"
            expected, got = next(made, None), next(found, None)
        elif got is None or (expected is not None and _rank(expected[:keys]) < _rank(got[:keys])):
            yield f"the row {_name(table, expected)} is missing"
            expected = next(made, None)
        else:
            yield f"there is a row {_name(table, got)} that no event makes"
            got = next(found, None)


def _rank(key: tuple[object, ...]) -> list[tuple[int, object]]:
    # In the order of SQLite, which keeps in a column whatever it is given.
    return [(_KINDS.get(type(value), 3), value) for value in key]


def _name(table: Derived, row: tuple[object, ...] | None) -> str:
    names = ("position" if name == "{at}" else name for name in table.key)
    return ", ".join(f"{name} {value}" for name, value in zip(names, row or (), strict=False))
