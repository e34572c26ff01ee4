"""The eventsourcing library as it comes, as a process of its own.

`python -m tests.benchmarks.peer_eventsourcing append URL STATEMENTS THREADS SECONDS` saves aggregates that its threads
hold, an event each time (`Application.save`); `… dump URL STATEMENTS 100 SECONDS` rebuilds an aggregate of so many
events (`repository.get`) and dumps what was said as JSON. What is printed `processes.py` reads.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count, cycle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tests.benchmarks.load import Run
from tests.benchmarks.processes import print_run
from tests.benchmarks.sharing import share

HELD = 50  # aggregates of a thread


class Statements(Aggregate):
    """What was said about a claim."""

    @event("Opened")
    def __init__(self, claim: str) -> None:
        """Open it."""
        self.claim = claim
        self.said: list[dict[str, Any]] = []

    @event("Said")
    def say(self, type: str, data: dict[str, Any]) -> None:  # noqa: A002 - the member's name
        """Say something."""
        self.said.append({"type": type, "data": data})


def open_application(url: str) -> Application[Any]:
    """Open an application on a database, with the library's own defaults."""
    if url.startswith("sqlite:"):
        name = url.removeprefix("sqlite:///")
        return Application({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": name})
    parts = urlsplit(url)
    where = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Application({
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path[1:],
        "POSTGRES_HOST": where["host"],
        "POSTGRES_PORT": where["port"],
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": "none",
        "POSTGRES_POOL_SIZE": "32",
    })  # fmt: skip


def append(app: Application[Any], statements: list[dict[str, Any]], threads: int, longest: float) -> Run:
    """Save the statements, each by itself, by so many threads."""

    def worker() -> Callable[[dict[str, Any]], None]:
        held = [Statements(f"claim {n}") for n in range(HELD)]
        app.save(*held)
        turn = cycle(held)

        def save(given: dict[str, Any]) -> None:
            aggregate = next(turn)
            aggregate.say(given["type"], given["data"])
            app.save(aggregate)

        return save

    return share(statements, [worker() for _ in range(threads)], longest=longest)


def dump(app: Application[Any], statements: list[dict[str, Any]], length: int, longest: float) -> Run:
    """Rebuild one aggregate again and again, and dump it."""
    aggregate = Statements("a claim")
    for given in statements[: length - 1]:
        aggregate.say(given["type"], given["data"])
    app.save(aggregate)

    def rebuild(_turn: int) -> None:
        rebuilt: Statements = app.repository.get(aggregate.id)
        orjson.dumps(rebuilt.said)

    return share(count(), [rebuild], longest=longest)


def main(what: str, url: str, file: str, number: str, longest: str) -> None:
    """Work, and print what was done."""
    app = open_application(url)
    statements = [orjson.loads(line) for line in Path(file).read_bytes().splitlines()]
    run = {"append": append, "dump": dump}[what](app, statements, int(number), float(longest))
    app.close()
    print_run(run)


if __name__ == "__main__":
    main(*sys.argv[1:])
