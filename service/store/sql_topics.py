"""Topics by how they begin, in capitals or not, at a cost that does not grow with the record."""

from __future__ import annotations

from service.store.finding import FOLDED, OPEN_END
from service.store.sql import Sql

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
    """List topics that claims have and that begin so, in capitals or not, in the order of their letters."""
    begins = begins.casefold()
    params = {"begins": begins, "ends": begins + _LAST, "most": most, "steps": most * PASSED_BY}
    params |= {"looked_at": LOOKED_AT, "open_end": OPEN_END}
    small = [value for (value,) in sql.execute(_TOPICS, {**params, "name": "topic"})]
    folded = [_unfold(value) for (value,) in sql.execute(_TOPICS, {**params, "name": FOLDED})]
    return sorted({*small, *folded}, key=lambda topic: (topic.casefold(), topic))[:most]


def _unfold(value: str) -> str:
    lines = value.split("\n")  # as many of the topic as of what it is without capitals
    return "\n".join(lines[len(lines) // 2 :])
