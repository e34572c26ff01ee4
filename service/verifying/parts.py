"""Is a store what this program makes? Where it is not, what is read of it may not be what is served.

What cannot be looked at at all is a fault of the step that would have looked at it; what
cannot be reached is none.
"""

from __future__ import annotations

from collections.abc import Callable

from service.errors import Damaged, Unavailable
from service.store.interface import Store
from service.store.parts import TABLE, find_differences
from service.store.tree import MissingNode
from service.verifying.steps import Report

UNUSABLE = "table changed"  # it cannot be read, or not as what it was
CHANGED = "schema changed"
DAMAGED = "not readable"
LYING = "index differs"
# What is raised by values that are no such as this program stores.
_NO_SUCH = (AssertionError, AttributeError, LookupError, OverflowError, TypeError, ValueError)
UNREADABLE = (Damaged, MissingNode, *_NO_SUCH)
_REPLAY = 6
_STEPS = {
    **dict.fromkeys(("checkpoints", "log_keys", "cosignatures"), 1),
    **dict.fromkeys(("events", "log", "log_head", "log_nodes", "schema_version", "functions"), 3),
}  # by table, the step that looks at it first; the replay at all others
_READ = {TABLE, "column", "row"}


def check_parts(store: Store) -> Report:
    """Hold the tables, triggers, indexes and functions of a store to those that this program makes.

    Raises Unavailable where there is no store, or it cannot be reached.
    """
    report = Report()
    expected, found = store.parts()
    if not found:
        store.check()
    for part, told in find_differences(expected, found):
        name = UNUSABLE if part.kind in _READ else CHANGED
        report.fail(_STEPS.get(part.table, _REPLAY), name, told if part.kind == TABLE else f"{part.table}: {told}")
    return report


def check_indexes(store: Store, stopped: Callable[[], bool] = lambda: False) -> Report:
    """Hold what indexes hold to the rows; raises Unavailable."""
    report = Report()
    for told in store.index_faults(stopped):
        report.fail(_REPLAY, LYING, told)
    return report


def find_misfits(store: Store) -> Report:
    """Tell which values are no such as this program stores: where a look at them came to an end."""
    report = Report()
    for table, told in store.misfits():
        report.fail(_STEPS.get(table, _REPLAY), DAMAGED, f"{table}: {told}")
    return report


def name_damage(store: Store, error: Exception) -> Report:
    """Tell what brought the look at a store to an end; raises what none of its values explains."""
    try:
        report = find_misfits(store)
    except Damaged as damaged:  # nor can its values be looked through
        report, error = Report(), damaged
    if not report.fault_count and not isinstance(error, Damaged | MissingNode):
        raise error
    if not report.fault_count:
        report.fail(3, DAMAGED, error.detail if isinstance(error, Unavailable) else str(error))
    return report
