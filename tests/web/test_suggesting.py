"""What it costs to offer parties as one types."""

from __future__ import annotations

from service.store.sqlite.sql import SQLiteSql
from tests.builders import said
from tests.web.newsroom import open_claim


def test_a_keystroke_costs_a_few_statements_however_many_parties_it_finds(desk, client, monkeypatch):
    """Ten parties, and that there are more, are found and told by eight statements at most, and so is one alone."""
    open_claim(desk, *(said("denied", {"name": f"Ministry {n}", "kind": "ministry"}) for n in range(15)))
    asked = []

    def execute(sql, statement, parameters=()):
        asked.append(statement)
        return run(sql, statement, parameters)

    run = SQLiteSql.execute
    monkeypatch.setattr(SQLiteSql, "execute", execute)
    costs = []
    for typed, found in (("ministry", 10), ("ministry+14", 1)):
        asked.clear()
        text = client.get(f"/suggest/parties?party={typed}").text
        assert text.count("<option") == found
        costs.append(len(asked))
    assert max(costs) <= 8, costs
