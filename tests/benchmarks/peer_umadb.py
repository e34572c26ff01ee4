"""UmaDB: the server that its wheel carries, and its own client, as a process of its own.

`python -m tests.benchmarks.peer_umadb append URL STATEMENTS CLIENTS SECONDS`; of the URL only the path matters.
"""

from __future__ import annotations

import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import orjson
import umadb

from tests.benchmarks.serving import find_port, running


def append(address: str, statements: list[dict[str, Any]], clients: int, longest: float) -> dict[str, Any]:
    """Append the statements, each by itself, by so many clients."""
    waiting, latencies = iter(statements), list[float]()
    connections = [umadb.Client(address) for _ in range(clients)]
    began = time.perf_counter()

    def work(client: Any) -> None:
        while (sent := time.perf_counter()) < began + longest:
            given = next(waiting, None)
            if given is None:
                return
            data, tags = orjson.dumps(given["data"]), [f"claim:{given['claim']}"]
            client.append([umadb.Event(event_type=given["type"], data=data, tags=tags, uuid=uuid.uuid4())])
            latencies.append(time.perf_counter() - sent)

    workers = [threading.Thread(target=work, args=(client,)) for client in connections]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"count": len(latencies), "seconds": time.perf_counter() - began, "latencies": latencies}


def main(_what: str, url: str, file: str, clients: str, longest: str) -> None:
    """Serve, append, and print what was done."""
    statements = [orjson.loads(line) for line in Path(file).read_bytes().splitlines()]
    port, path = find_port(), url.removeprefix("sqlite:///").replace(".db", ".uma")
    program = [sys.executable, "-c", "from umadb.umadb_server_cli import main; main()"]
    with running([*program, "--listen", f"127.0.0.1:{port}", "--db-path", path], port, quiet=True):
        done = append(f"http://127.0.0.1:{port}", statements, int(clients), float(longest))
    sys.stdout.buffer.write(orjson.dumps(done) + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
