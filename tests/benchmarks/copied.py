"""A record on SQLite, copied to PostgreSQL row by row: sooner had than recorded again."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import sql

from service.store import open_store
from tests.clusters import Cluster

SETTINGS = {"shared_buffers": "1GB", "maintenance_work_mem": "1GB", "max_wal_size": "8GB"}
# What the embedded store has in another form; of its log_head there is one row, which is moved.
_READ = {
    "words": "SELECT rowid, tokens FROM words ORDER BY rowid",
    "events": "SELECT * FROM events ORDER BY position",
}
_LEFT = {"schema_version", "log_head", "vocabulary"}


def copy_to(url: str, path: Path) -> None:
    """Copy a record into an empty database; whoever asks for that is its superuser."""
    store = open_store(url)
    store.migrate()
    store.close()
    script = files("service.store.postgres").joinpath("schema-1.sql").read_text(encoding="utf-8")
    tables = [name for name in re.findall(r"CREATE TABLE (\w+)", script) if name not in _LEFT]
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source, psycopg.connect(url) as target:
        target.execute("SET session_replication_role = replica")  # no trigger looks at rows that were looked at before
        (index,) = target.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'words_by_lexeme'").fetchall()[0]
        target.execute("DROP INDEX words_by_lexeme")  # it is sooner made of all texts at once
        for table in tables:
            rows = source.execute(_READ.get(table, f"SELECT * FROM {table}"))  # noqa: S608 - of the schema
            names = sql.SQL(", ").join(sql.Identifier(name) for name in _columns(target, table))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            with target.cursor().copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
        head = source.execute("SELECT size, at FROM log_head").fetchone()
        target.execute("UPDATE log_head SET size = %s, at = %s", head)
        target.execute(
            "INSERT INTO vocabulary SELECT DISTINCT left(word, 200) FROM words, "
            "unnest(string_to_array(tokens, ' ')) AS word WHERE word <> ''"
        )
        target.execute(index.encode())
    with psycopg.connect(url, autocommit=True) as target:
        target.execute("VACUUM ANALYZE")


def _columns(target: psycopg.Connection, table: str) -> Sequence[str]:
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    return [name for (name,) in target.execute(query, (table,))]


def time_used(cluster: Cluster) -> float:
    """Tell how many seconds of the processors we and the server's processes have used."""
    server = (cluster.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0]
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    used = [Path(f"/proc/{child}/schedstat").read_text(encoding="ascii").split()[0] for child in children]
    return time.process_time() + sum(map(int, used)) / 1e9
