"""Write anew what the scripts of PostgreSQL make: `python -m tests.contract.listing`, after a new one."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg

from service.store import open_store
from service.store.postgres.parts import LISTED, find_parts
from tests.clusters import Cluster

STORE = Path(__file__).parent.parent.parent / "service" / "store" / "postgres"


def list_parts(url: str) -> str:
    """List what a database is made of whose tables and functions are those of the first script."""
    made = (STORE / "schema-1.sql").read_text(encoding="utf-8")
    names = [set(re.findall(rf"^CREATE {what} (\w+)", made, re.MULTILINE)) for what in ("TABLE", "FUNCTION")]
    with psycopg.connect(url, options="-c search_path=pg_catalog,public,pg_temp") as connection:
        parts = find_parts(connection, *names)
    return "".join("\t".join([*part, told]) + "\n" for part, told in sorted(parts.items()))


if __name__ == "__main__":
    cluster = Cluster.start()
    with cluster.database() as url:
        store = open_store(url)
        store.migrate()
        (STORE / LISTED).write_text(list_parts(url), encoding="utf-8")
        store.close()
    cluster.close()
