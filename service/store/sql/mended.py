"""Events of claims with all that mends them, however long the claims are: no more is looked at than is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from service.store.sql.dialect import Sql

_MENDS = "topic IN ('onrecord.amended', 'onrecord.reworded')"  # word for word the condition of the index `mendings`


def find_mended(sql: Sql, wanted: Mapping[str, tuple[int, Sequence[int]]]) -> dict[str, list[str]]:
    """Find, of each claim up to a version, these events as stored, and all amendments and rewordings, in order."""
    query = f"SELECT claim, version FROM events WHERE {sql.among('claim', 'claims')} AND {_MENDS}"
    mendings = defaultdict[str, set[int]](set)
    for claim, version in sql.execute(query, {"claims": [*wanted]}):
        mendings[claim].add(version)
    query = f"SELECT state FROM events WHERE claim = :claim AND {sql.among('version', 'versions')} ORDER BY version"
    found = {}
    for claim, (upto, versions) in wanted.items():
        chosen = [version for version in {*versions, *mendings[claim]} if version <= upto]
        rows = sql.execute(query, {"claim": claim, "versions": chosen}) if chosen else ()
        found[claim] = [state for (state,) in rows]
    return found
