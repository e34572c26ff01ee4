"""UmaDB: the server that its wheel carries, and its own client, as a process of its own.

`python -m tests.benchmarks.peer_umadb append URL STATEMENTS CLIENTS SECONDS`; of the URL only the path matters.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import umadb

from tests.benchmarks.load import Run
from tests.benchmarks.processes import print_run
from tests.benchmarks.serving import find_port, running
from tests.benchmarks.sharing import share


def append(address: str, statements: list[dict[str, Any]], clients: int, longest: float) -> Run:
    """Append the statements, each by itself, by so many clients."""

    def worker(client: Any) -> Callable[[dict[str, Any]], None]:
        def add(given: dict[str, Any]) -> None:
            data, tags = orjson.dumps(given["data"]), [f"claim:{given['claim']}"]
            client.append([umadb.Event(event_type=given["type"], data=data, tags=tags, uuid=uuid.uuid4())])

        return add

    return share(statements, [worker(umadb.Client(address)) for _ in range(clients)], longest=longest)


def main(_what: str, url: str, file: str, clients: str, longest: str) -> None:
    """Serve, append, and print what was done."""
    statements = [orjson.loads(line) for line in Path(file).read_bytes().splitlines()]
    port, path = find_port(), url.removeprefix("sqlite:///").replace(".db", ".uma")
    program = [sys.executable, "-c", "from umadb.umadb_server_cli import main; main()"]
    with running([*program, "--listen", f"127.0.0.1:{port}", "--db-path", path], port, quiet=True):
        run = append(f"http://127.0.0.1:{port}", statements, int(clients), float(longest))
    print_run(run)


if __name__ == "__main__":
    main(*sys.argv[1:])
