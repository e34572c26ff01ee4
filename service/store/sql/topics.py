"""Topics by how they begin, in capitals or not, at a cost that does not grow with the record."""

from __future__ import annotations

import re

from service.store.finding import FOLDED, OPEN_END, entered_upto, list_facets
from service.store.sql.dialect import Sql

LOOKED_AT = 64  # newest versions with a topic, of which one is to be a claim's newest
PASSED_BY = 10  # topics that no claim has any more, for each that is asked for
_LAST = "\U0010ffff"  # nothing that begins so comes after it
# From each value to the next, however many claims have it.
_TOPICS = """WITH RECURSIVE s(value) AS (
  SELECT min(value) FROM facets WHERE name = :name AND value >= :begins AND value < :ends
  UNION ALL
  SELECT (SELECT min(value) FROM facets WHERE name = :name AND value > s.value AND value < :ends)
  FROM s WHERE s.value IS NOT NULL
)
SELECT kept.value FROM (SELECT value FROM s WHERE value IS NOT NULL LIMIT :steps) kept
WHERE EXISTS (
  SELECT 1 FROM (
    SELECT since FROM facets f WHERE f.name = :name AND f.value = kept.value ORDER BY since DESC LIMIT :looked_at
  ) newest CROSS JOIN claim_versions v ON v.since = newest.since WHERE v.until = :open_end
) LIMIT :most
"""


def list_topics(sql: Sql, begins: str, most: int) -> list[str]:
    """List topics that claims have and that begin so, in capitals or not, in the order of their letters.

    Whatever blanks are in one, it is told with a space in their place.
    """
    begins = re.sub(r"\s+", " ", begins.casefold())
    params = {"begins": begins, "ends": begins + _LAST, "most": most, "steps": most * PASSED_BY}
    params |= {"looked_at": LOOKED_AT, "open_end": OPEN_END}
    found = {value for name in ("topic", FOLDED) for (value,) in sql.execute(_TOPICS, {**params, "name": name})}
    found |= {value for value in _list_fresh(sql) if value.startswith(begins)}
    topics = {value.rpartition("\n")[2] for value in found}  # without what comes before those with capitals
    return sorted(topics, key=lambda topic: (topic.casefold(), topic))[:most]


def _list_fresh(sql: Sql) -> set[str]:
    """List the topics, and what those with capitals are found by, of claims to which no facet leads yet."""
    (size,) = sql.execute("SELECT size FROM log_head").fetchone()
    newest = sql.execute(
        "SELECT since, tags FROM claim_versions WHERE since > ? AND until = ?", (entered_upto(size), OPEN_END)
    )
    return {value for name, value, _ in list_facets(newest) if name in {"topic", FOLDED}}
