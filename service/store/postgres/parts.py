"""What a PostgreSQL database is made of, beside what this program makes, which `catalogue.txt` lists.

Of the catalogues' own words: they say the same in PostgreSQL 15 to 18. Other tables beside
those of the record are nobody's affair.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import psycopg

from service.store.parts import INDEX, Part, Parts

LISTED = "catalogue.txt"
FIRST = 16384  # the number of the first object that is none of the server's own
_CHANGING = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]  # rights; who may read is the operator's affair
# Each as (table, kind, name, what the catalogue tells); %(tables)s and %(functions)s are the names to look at.
_CATALOGUE = """
WITH t AS (
  SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%(tables)s)
  AND relkind NOT IN ('i', 'I', 'c')
), f AS (  -- ours, and those of the server's names: by a cast or a preferred type of somebody's own any may be met
  SELECT *, CASE WHEN pronamespace = 'pg_catalog'::regnamespace THEN 'pg_catalog.' ELSE '' END ||
    regexp_replace(oid::regprocedure::text, '^public[.]', '') AS told FROM pg_proc
  WHERE (pronamespace = 'public'::regnamespace OR pronamespace = 'pg_catalog'::regnamespace AND oid >= %(first)s)
  AND (proname = ANY(%(functions)s) OR proname IN (
    SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND oid < %(first)s))
), h AS (
  SELECT relowner::regrole AS owner FROM t WHERE relname = 'log_head'
), held AS (  -- who may change what: by a grant, of a column too, and what the application's role may by whatever way
  SELECT relname, grantee AS role, privilege_type AS may FROM t, aclexplode(relacl) WHERE grantee <> relowner
  UNION ALL SELECT relname, grantee, privilege_type
    FROM t JOIN pg_attribute ON attrelid = t.oid, aclexplode(attacl) WHERE grantee <> relowner
  UNION ALL SELECT relname, r.oid, may FROM t, pg_roles r, unnest(%(changing)s::text[]) may
    WHERE rolname = 'onrecord_app' AND has_table_privilege(r.oid, t.oid, may)
)
SELECT relname, 'table', relname, concat_ws(' ', 'kind', relkind, relpersistence, 'row security', relrowsecurity,
  relforcerowsecurity) FROM t
UNION ALL SELECT relname, 'table', 'pg_catalog.' || relname, 'is met in its place' FROM pg_class
  WHERE relnamespace = 'pg_catalog'::regnamespace AND relname = ANY(%(tables)s) AND relkind NOT IN ('i', 'I', 'c')
UNION ALL SELECT relname, 'column', attname, concat_ws(' ', format_type(atttypid, atttypmod),
  nullif(attcollation, 0)::regcollation::text, CASE WHEN attnotnull THEN 'not null' END, pg_get_expr(adbin, adrelid),
  nullif(attidentity::text, ''), nullif(attgenerated::text, ''))
  FROM t JOIN pg_attribute a ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
UNION ALL SELECT relname, 'order', 'of columns', string_agg(attname, ' ' ORDER BY attnum)
  FROM t JOIN pg_attribute ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped GROUP BY relname
UNION ALL SELECT relname, 'constraint', conname, pg_get_constraintdef(k.oid)
  FROM t JOIN pg_constraint k ON conrelid = t.oid AND contype NOT IN ('n', 't')
UNION ALL SELECT t.relname, 'index', i.relname, concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid,
  indisready AND indislive AND t.relhasindex)
  FROM t JOIN pg_index ON indrelid = t.oid JOIN pg_class i ON i.oid = indexrelid
  WHERE %(indexes)s::text[] IS NULL OR i.relname = ANY(%(indexes)s) OR indexprs IS NOT NULL OR indpred IS NOT NULL
  OR i.relam <> (SELECT oid FROM pg_am WHERE amname = 'btree')
  OR EXISTS (SELECT FROM unnest(indclass::oid[]) c WHERE c >= %(first)s)
UNION ALL SELECT relname, 'trigger', tgname, concat_ws(' ', CASE WHEN relhastriggers THEN tgenabled ELSE 'D' END,
  pg_get_triggerdef(g.oid)) FROM t JOIN pg_trigger g ON tgrelid = t.oid AND NOT (tgisinternal AND tgfoid < %(first)s)
UNION ALL SELECT relname, 'rule', rulename, pg_get_ruledef(r.oid) FROM t JOIN pg_rewrite r ON ev_class = t.oid
UNION ALL SELECT relname, 'policy', polname, concat_ws(' ', polcmd, pg_get_expr(polqual, polrelid))
  FROM t JOIN pg_policy ON polrelid = t.oid
UNION ALL SELECT t.relname, 'child', regexp_replace(h.inhrelid::regclass::text, '^public[.]', ''), 'adds its rows'
  FROM t JOIN pg_inherits h ON inhparent = t.oid
UNION ALL SELECT relname, 'owner', relowner::regrole::text, 'that of log_head is ' || h.owner
  FROM t, h WHERE relowner <> h.owner
UNION ALL SELECT 'functions', 'owner', concat_ws(' of ', proowner::regrole, told),
  'that of log_head is ' || h.owner FROM f, h WHERE proowner <> h.owner
UNION ALL SELECT relname, 'right', 'of ' || coalesce(nullif(role, 0)::regrole::text, 'PUBLIC'),
  string_agg(DISTINCT may, ' ') FROM held WHERE may = ANY(%(changing)s) AND (role = 0 OR NOT CASE
    WHEN relname IN ('events', 'log', 'replies', 'checkpoints', 'log_keys') THEN may = 'INSERT'
    WHEN relname = 'log_head' THEN may = 'UPDATE'
    WHEN relname = 'schema_version' THEN false
    ELSE may IN ('INSERT', 'UPDATE', 'DELETE')
  END) GROUP BY relname, role
UNION ALL SELECT 'functions', 'right', 'of PUBLIC to ' || told, 'EXECUTE'
  FROM f WHERE prosecdef AND has_function_privilege('public', f.oid, 'EXECUTE')
UNION ALL SELECT 'functions', 'setting', 'session_replication_role', setting
  FROM pg_settings WHERE name = 'session_replication_role' AND setting <> 'origin'
UNION ALL SELECT 'functions', 'setting', 'for ' || coalesce(nullif(setrole, 0)::regrole::text, 'all'), setting
  FROM pg_db_role_setting, unnest(setconfig) AS setting WHERE setting LIKE 'session_replication_role=%%'
  AND lower(setting) <> 'session_replication_role=origin'
  AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND (setrole = 0 OR EXISTS (SELECT FROM t WHERE has_table_privilege(setrole, t.oid, 'INSERT, UPDATE, DELETE')))
UNION ALL SELECT 'functions', 'function', told, encode(sha256(convert_to(
  CASE prokind WHEN 'a' THEN prosrc ELSE pg_get_functiondef(oid) END, 'UTF8')), 'hex') FROM f
UNION ALL SELECT 'functions', 'operator', regexp_replace(oid::regoperator::text, '^public[.]', ''), oprcode::text
  FROM pg_operator
  WHERE (oprnamespace = 'public'::regnamespace OR oprnamespace = 'pg_catalog'::regnamespace AND oid >= %(first)s)
  AND oprname IN (SELECT oprname FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace AND oid < %(first)s)
UNION ALL SELECT 'functions', 'cast', concat_ws(' to ', castsource::regtype, casttarget::regtype),
  castfunc::regproc::text FROM pg_cast WHERE oid >= %(first)s AND castsource < %(first)s AND casttarget < %(first)s
UNION ALL SELECT 'functions', 'event trigger', evtname, evtfoid::regproc::text
  FROM pg_event_trigger WHERE evtevent = 'login'
UNION ALL SELECT 'schema_version', 'row', 'of the schema''s version', string_agg(version::text, ' ')
  FROM public.schema_version
"""


def read_parts(connection: psycopg.Connection[Any]) -> tuple[Parts, Parts]:
    """Give what this program makes, and what of it there is."""
    expected = read_listed()
    functions = {part.name.partition("(")[0] for part in expected if part.kind == "function"}
    indexes = {part.name for part in expected if part.kind == INDEX}
    return expected, find_parts(connection, {part.table for part in expected}, functions, indexes)


def read_listed() -> Parts:
    """Read what this program makes."""
    lines = files("service.store.postgres").joinpath(LISTED).read_text(encoding="utf-8").splitlines()
    return {Part(*cells[:3]): cells[3] for cells in (line.split("\t") for line in lines)}


def find_parts(
    connection: psycopg.Connection[Any],
    tables: Iterable[str],
    functions: Iterable[str],
    indexes: Iterable[str] | None = None,
) -> Parts:
    """Find what there is of tables and functions of some names.

    With `indexes`, of indexes by other names only those that can hold other than rows do: of an expression, of some
    rows, of another kind than a B-tree, or in an order of somebody's own making. A plain one more is an operator's.
    """
    query = _CATALOGUE
    connection.execute("SET LOCAL search_path = pg_catalog")  # or a function of somebody's would tell for the catalogue
    given: dict[str, Any] = {"tables": sorted(tables), "functions": sorted(functions)}
    given |= {"indexes": None if indexes is None else sorted(indexes), "changing": _CHANGING, "first": FIRST}
    if connection.execute("SELECT to_regclass('public.schema_version')").fetchall() == [(None,)]:
        query = query.rpartition("UNION ALL")[0]
    return {Part(*row[:3]): row[3] for row in connection.execute(query.encode(), given)}
