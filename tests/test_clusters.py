"""Tests bring a PostgreSQL with them: as root and as anybody, killed and restarted, copied and promoted."""

from __future__ import annotations

from pathlib import Path

import psycopg


def test_each_test_has_a_database_of_its_own(cluster, pg_url):
    """`pg_url` names a database that is there, empty, and nobody else's."""
    with psycopg.connect(pg_url, autocommit=True) as connection, cluster.database() as another:
        assert pg_url != another
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_database_goes_with_its_test_whoever_is_still_connected(cluster):
    """At the end of the block the database is gone, though a connection was left open."""
    with cluster.database() as url:
        left = psycopg.connect(url)
        name = left.info.dbname
    left.close()
    assert cluster.execute("SELECT datname FROM pg_database WHERE datname = {}", name) == []


def test_every_script_has_letters(pg_url):
    """The locale is the same everywhere: it orders by code point, and knows letters and trigrams in every script."""
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        asked = "SELECT 'a' < 'B', lower('É'), cardinality(show_trgm('평양')), pg_encoding_to_char(encoding)"
        told = connection.execute(f"{asked} FROM pg_database WHERE datname = current_database()").fetchone()
    assert told == (False, "é", 3, "UTF8")


def test_nobody_else_reaches_it(cluster):
    """It listens on no port, and its folder is closed to all but its owner and root."""
    assert cluster.execute("SHOW listen_addresses") == [("",)]
    assert Path(cluster.folder).stat().st_mode & 0o777 == 0o700
