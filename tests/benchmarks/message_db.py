"""message-db: its SQL functions, as its npm package has them, in the run's PostgreSQL, driven by PostgreSQL's pgbench.

`write_message` is called as a client would, one a transaction, by a program in C that costs next to nothing. pgcrypto,
which message-db's own script adds, is left out: PostgreSQL has had its `gen_random_uuid` built in since version 13.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import orjson
import psycopg

from tests.benchmarks.bench import Bench
from tests.benchmarks.load import Run
from tests.benchmarks.results import Absent
from tests.clusters import PORT
from tests.programs import NoCluster, give

# In the order of its install.sh.
PARTS = ("roles/message-store", "schema/message-store", "tables/messages", "types/message")
FUNCTIONS = (
    "message-store-version hash-64 acquire-lock category is-category id cardinal-id stream-version write-message "
    "get-stream-messages get-category-messages get-last-stream-message"
).split()
INDEXES = ("indexes/messages-id", "indexes/messages-stream", "indexes/messages-category")
CALL = r"""\set n random(1, {count})
SELECT message_store.write_message(gen_random_uuid()::varchar, stream::varchar, type::varchar, data)
FROM given WHERE n = :n;
"""
JOBS = 2  # threads of pgbench


def install(bench: Bench, file: Path) -> str:
    """Install it into a database of its own, with the statements beside it; answers the database's name."""
    scripts = bench.peers.node_folder("node") / "node_modules" / "@eventide" / "message-db" / "database"
    names = [*PARTS, *(f"functions/{name}" for name in FUNCTIONS), *INDEXES]
    database = bench.cluster().create_database()
    with psycopg.connect(bench.cluster().url(database), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {database} SET search_path TO message_store, public")
        connection.execute("SET search_path TO message_store, public")
        for name in names:
            connection.execute((scripts / f"{name}.sql").read_bytes())
        connection.execute("CREATE TABLE given (n serial PRIMARY KEY, stream text, type text, data jsonb)")
        with connection.cursor().copy("COPY given (stream, type, data) FROM STDIN") as copy:
            for line in file.read_bytes().splitlines():
                given = orjson.loads(line)
                copy.write_row((f"claim-{given['claim']}", given["type"], orjson.dumps(given["data"]).decode()))
    return database


def write(bench: Bench, database: str, file: Path, clients: int) -> Run:
    """Write the statements by so many connections, in any order; raises Absent where there is no pgbench."""
    cluster, count = bench.cluster(), len(file.read_bytes().splitlines())
    if not (cluster.programs.path / "pgbench").exists():
        raise Absent("PostgreSQL's pgbench is not beside its other programs")
    script, each = cluster.folder / "write_message.sql", max(1, count // clients)
    script.write_text(CALL.format(count=count), encoding="ascii")
    give(script)
    words = ("--no-vacuum", "--protocol=prepared", f"--file={script}", f"--client={clients}", f"--transactions={each}")
    began = time.perf_counter()
    try:
        place = (f"--host={cluster.folder}", f"--port={PORT}", "--username=onrecord", database)
        told = cluster.programs.run("pgbench", *words, f"--jobs={min(JOBS, clients)}", *place)
    except NoCluster as error:
        raise Absent(f"pgbench failed: {error}") from error
    seconds = time.perf_counter() - began
    rate = re.search(r"^tps = ([\d.]+)", told, re.MULTILINE)
    return Run(each * clients, each * clients / float(rate[1]) if rate else seconds)
