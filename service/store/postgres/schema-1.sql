-- The record on PostgreSQL 15 or newer, schema version 1. Run once, in one transaction, by `onrecord db init`; whoever
-- runs it owns the tables. Text is compared byte by byte (COLLATE "C"), so that both engines have one order.

SET LOCAL search_path = public;

CREATE TABLE schema_version (version BIGINT NOT NULL);
INSERT INTO schema_version VALUES (1);

-- The one row that a write transaction takes first: how many events there are, and when the last was recorded.
CREATE TABLE log_head (one BIGINT PRIMARY KEY CHECK (one = 1), size BIGINT NOT NULL, at TEXT COLLATE "C" NOT NULL)
WITH (fillfactor = 10);  -- room for the next row beside the last: it is written with every commit
INSERT INTO log_head VALUES (1, 0, '');

-- The record: each event as the canonical bytes that are served.
CREATE TABLE events (
  position BIGINT PRIMARY KEY,
  claim TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  topic TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  UNIQUE (claim, version) INCLUDE (position)  -- by which the rows of a claim are found
);
CREATE INDEX openings ON events (claim) WHERE version = 1;

-- Those of the corrections page, so that it costs a page.
CREATE INDEX corrections ON events (position)
WHERE topic IN ('onrecord.amended', 'onrecord.struck', 'onrecord.redacted', 'onrecord.corrected', 'onrecord.retracted');

-- What changes how other events of its claim read, so that it is found without a look at those.
CREATE INDEX mendings ON events (claim, topic, version)
WHERE topic IN ('onrecord.amended', 'onrecord.reworded');

-- The public log: one leaf an event, in the order of the record.
CREATE TABLE log (
  position BIGINT PRIMARY KEY,
  claim TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  recorded_at TEXT COLLATE "C" NOT NULL,
  leaf BYTEA NOT NULL
);
CREATE INDEX log_by_time ON log (recorded_at, position);

-- Append-only, for the owner too. The one change an event may see is its redaction.
-- Names are looked up in a path that is written here, temporary tables last: whoever has made one called `events` is not
-- asked in the place of the record, least of all with the owner's rights.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE FUNCTION follow_event() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.position IS DISTINCT FROM (SELECT coalesce(max(position) + 1, 0) FROM public.events)
      OR NEW.version IS DISTINCT FROM
        (SELECT coalesce(max(version), 0) + 1 FROM public.events WHERE claim = NEW.claim) THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION follow_log() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.position IS DISTINCT FROM (SELECT coalesce(max(position) + 1, 0) FROM public.log) THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

-- What remains is the entry and the version of the redaction, and that redaction is of this event or of what it amends.
CREATE FUNCTION erase_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  was JSON := OLD.state::json;
  remains TEXT := format(
    '{"claim":%s,"commitment":"%s","recorded_at":%s,"recorded_by":%s,"redacted":%s,"type":%s,"v":%s,"version":%s}',
    was -> 'claim', substring(NEW.state FROM '"commitment":"([0-9a-f]{64})"'), was -> 'recorded_at',
    was -> 'recorded_by', substring(NEW.state FROM '"redacted":([0-9]+),'), was -> 'type', was -> 'v', was -> 'version'
  );
  redaction JSON := (
    SELECT state::json -> 'data' FROM public.events WHERE claim = OLD.claim AND topic = 'onrecord.redacted'
    AND version::text = substring(NEW.state FROM '"redacted":([0-9]+),')
  );
  erased TEXT := redaction ->> 'regarding';
BEGIN
  IF (NEW.position, NEW.claim, NEW.version, NEW.topic, NEW.state)
      IS DISTINCT FROM (OLD.position, OLD.claim, OLD.version, OLD.topic, remains)
    OR was -> 'redacted' IS NOT NULL
    OR (erased = OLD.version::text OR OLD.topic = 'onrecord.amended' AND erased = was -> 'data' ->> 'regarding')
      IS NOT TRUE THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER events_follow BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION follow_event();
CREATE TRIGGER events_keep BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_stay BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION erase_only();
CREATE TRIGGER events_whole BEFORE TRUNCATE ON events EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_follows BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION follow_log();
CREATE TRIGGER log_stays BEFORE UPDATE OR DELETE ON log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_whole BEFORE TRUNCATE ON log EXECUTE FUNCTION refuse_change();

-- The head is the size of the record, whoever moves it, and its time never runs backwards.
CREATE FUNCTION tell_the_size() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.at < OLD.at OR NEW.size IS DISTINCT FROM (SELECT coalesce(max(position) + 1, 0) FROM public.events) THEN
    RAISE EXCEPTION '% follows events, which are append-only', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER log_head_follows BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION tell_the_size();
CREATE TRIGGER log_head_stays BEFORE DELETE ON log_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_head_whole BEFORE TRUNCATE ON log_head EXECUTE FUNCTION refuse_change();

-- A redaction, for a role that may not update events; a row for each event that was changed, as an UPDATE counts them.
CREATE FUNCTION erase(of_claim TEXT, of_version BIGINT, remains TEXT) RETURNS SETOF BIGINT LANGUAGE sql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ UPDATE public.events SET state = remains WHERE claim = of_claim AND version = of_version RETURNING position $$;
REVOKE ALL ON FUNCTION erase FROM PUBLIC;

-- Which request made which events, so that a retry gets the first answer. Kept as long as the record.
CREATE TABLE replies (
  actor TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  fingerprint BYTEA NOT NULL,
  first_position BIGINT NOT NULL,
  event_count BIGINT NOT NULL,
  PRIMARY KEY (actor, key)
);

-- The read model, made from the events (`onrecord db rebuild`): a claim as it stood from the log size `since`
-- to just before the log size `until`. "Now" is the row that has no end. Those of a claim are found by its events.
CREATE TABLE claim_versions (
  since BIGINT PRIMARY KEY,
  until BIGINT NOT NULL,
  claim TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  due_at TEXT COLLATE "C",
  tags TEXT COLLATE "C" NOT NULL
) WITH (fillfactor = 80);  -- each row is ended once, in its page
-- What a version says: apart, so that lists walk over small rows.
CREATE TABLE bodies (since BIGINT PRIMARY KEY, body TEXT COLLATE "C" NOT NULL);
CREATE INDEX claims_by_opening ON claim_versions (since) WHERE version = 1;
CREATE INDEX claims_awaiting ON claim_versions (until, since) WHERE due_at IS NOT NULL;

-- Versions of claims that were opened long before (`LASTING` in service/store/finding.py), so that a search by change
-- need not look for their texts; `words…` are all that were ever said of the claim by then, on eight shelves by their
-- first letters, so that one shelf is looked through (service/store/sql/lasting.py).
CREATE TABLE lasting (
  since BIGINT PRIMARY KEY,
  opened BIGINT NOT NULL,
  words0 TEXT COLLATE "C" NOT NULL,
  words1 TEXT COLLATE "C" NOT NULL,
  words2 TEXT COLLATE "C" NOT NULL,
  words3 TEXT COLLATE "C" NOT NULL,
  words4 TEXT COLLATE "C" NOT NULL,
  words5 TEXT COLLATE "C" NOT NULL,
  words6 TEXT COLLATE "C" NOT NULL,
  words7 TEXT COLLATE "C" NOT NULL
);

-- What lists are walked by, newest change first; entered many versions at a time (`FRESH` in service/store/finding.py).
CREATE TABLE facets (
  name TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (name, value, since)
);

-- What an event can be found by, from its position on until another took its words out; the tokens themselves in
-- `words`, each between blanks. Cut by service/search_text.py, so that every mark stays with its letter.
CREATE TABLE texts (
  position BIGINT PRIMARY KEY,
  claim TEXT COLLATE "C" NOT NULL,
  until BIGINT NOT NULL
) WITH (fillfactor = 80);
CREATE TABLE words (position BIGINT PRIMARY KEY, tokens TEXT COLLATE "C" NOT NULL);
-- Each token once, so that what begins so is known without a look at the texts; no more of it than its lexeme has.
CREATE TABLE vocabulary (word TEXT COLLATE "C" PRIMARY KEY);

-- The lexemes of a text: its tokens, and the stretches of the log that it lies in, 2^10 to 2^20 positions long, so that
-- a search can look at one stretch alone (service/store/postgres/sql.py).
CREATE FUNCTION lexemes(at BIGINT, tokens TEXT) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$  -- whose plans are kept; one in SQL is planned for every text
BEGIN
  RETURN array_to_tsvector(array(
    SELECT left(token, 200) FROM unnest(string_to_array(tokens, ' ')) AS token WHERE token <> ''
    UNION ALL SELECT '#' || level || ':' || (at >> level) FROM generate_series(10, 20) AS level
  ));
END $$;
-- What waits to be entered in the index is looked through by every search, so it is kept short.
CREATE INDEX words_by_lexeme ON words USING gin (lexemes(position, tokens)) WITH (gin_pending_list_limit = 256);

-- SQLite's name for it, so that one statement serves both engines.
CREATE FUNCTION instr(text, text) RETURNS INTEGER LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT strpos($1, $2)';

-- The directory of parties, made from the events like the read model. Whose word the event at `place` is, from the log
-- size `since` to just before `until`; `party` as JSON. A word that an event gives to itself is in the order of both.
CREATE TABLE said (
  key TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  place BIGINT NOT NULL,
  until BIGINT NOT NULL,
  claim TEXT COLLATE "C" NOT NULL,
  party TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C",
  PRIMARY KEY (key, since, place)
);
CREATE INDEX said_again ON said (key, place, since) WHERE place <> since - 1;
CREATE INDEX said_on ON said (claim, key, since, until);

-- Which names an event joined or (`holds` 0) parted.
CREATE TABLE joins (
  since BIGINT PRIMARY KEY,
  claim TEXT COLLATE "C" NOT NULL,
  party TEXT COLLATE "C" NOT NULL,
  same_as TEXT COLLATE "C" NOT NULL,
  holds BIGINT NOT NULL
);
CREATE INDEX joins_of_party ON joins (party);
CREATE INDEX joins_of_same_as ON joins (same_as);
CREATE INDEX joins_of_claim ON joins (claim);

-- Counted from `said`: how many statements on how many claims a key had from the log size `since` on.
CREATE TABLE party_counts (
  key TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  statements BIGINT NOT NULL,
  claims BIGINT NOT NULL,
  PRIMARY KEY (key, since)
);

-- What came of a party's word on a claim, from the log size `since` to just before `until`: one row for each side that
-- it took. Counted in `tallies`: from the log size `since` on, `n` claims of the kind, and of the days, in `mark`.
CREATE TABLE outcomes (
  claim TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  side TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  fate TEXT COLLATE "C" NOT NULL,
  strength TEXT COLLATE "C" NOT NULL,
  days BIGINT,
  PRIMARY KEY (claim, key, side, since)
);
CREATE INDEX outcomes_behind ON outcomes (key, side, fate, since, until);
CREATE TABLE tallies (
  mark TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (mark, since)
);

-- What keys are found by, at whatever time: since when they are there, and the words, kinds and countries of all names
-- that were ever joined to theirs.
CREATE TABLE party_keys (
  key TEXT COLLATE "C" PRIMARY KEY, first BIGINT NOT NULL, tokens TEXT COLLATE "C" NOT NULL
);
CREATE TABLE party_words (word TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" NOT NULL, PRIMARY KEY (word, key));
CREATE INDEX words_of_party ON party_words (key);

CREATE TABLE tokens (
  name TEXT COLLATE "C" PRIMARY KEY,
  role TEXT COLLATE "C" NOT NULL,
  digest BYTEA NOT NULL UNIQUE,
  created_at TEXT COLLATE "C" NOT NULL,
  expires_at TEXT COLLATE "C",
  last_used_at TEXT COLLATE "C",
  revoked_at TEXT COLLATE "C"
);

-- Who has signed in with a browser: SHA-256 of the session's secret, and of the token it was opened with.
CREATE TABLE sessions (
  digest BYTEA PRIMARY KEY,
  token BYTEA NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  expires_at TEXT COLLATE "C" NOT NULL
);
-- Up to which log size each has said they have seen what changed.
CREATE TABLE looks (actor TEXT COLLATE "C" PRIMARY KEY, log_size BIGINT NOT NULL);

-- Webhooks: who wants to be told, and the outbox, written with the event. It holds references and words of the
-- codebook, never what anybody said. "on" is a list of words; a delivery is due as long as it is pending.
CREATE TABLE webhooks (
  id TEXT COLLATE "C" PRIMARY KEY,
  owner TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  "on" TEXT COLLATE "C" NOT NULL,
  claim TEXT COLLATE "C",
  party TEXT COLLATE "C",
  secret TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  held_until TEXT COLLATE "C" NOT NULL,
  disabled_at TEXT COLLATE "C",
  disabled_because TEXT COLLATE "C"
);
CREATE TABLE deliveries (
  number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  webhook TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  claim TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  position BIGINT NOT NULL,
  recorded_at TEXT COLLATE "C" NOT NULL,
  standing_from TEXT COLLATE "C",
  standing_to TEXT COLLATE "C" NOT NULL,
  due_at TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  tries BIGINT NOT NULL,
  attempts TEXT COLLATE "C" NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (webhook, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_of ON deliveries (webhook, number);
CREATE INDEX deliveries_by_time ON deliveries (recorded_at);

-- What hangs on claims as they stand now, made from the events like the read model: since `at` a request is past its
-- deadline (`why` asked), or a party withholds (withholds).
CREATE TABLE hanging (
  claim TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  why TEXT COLLATE "C" NOT NULL,
  at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (claim, version)
);
CREATE INDEX hanging_since ON hanging (why, at, claim, version);

-- What came of the jobs: the last run of each that came to an end, and its counts.
CREATE TABLE job_log (
  name TEXT COLLATE "C" PRIMARY KEY,
  started_at TEXT COLLATE "C" NOT NULL,
  ended_at TEXT COLLATE "C" NOT NULL,
  failed BIGINT NOT NULL,
  detail TEXT COLLATE "C" NOT NULL,
  runs BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  misses BIGINT NOT NULL
);

-- Pages that are watched, by the SHA-256 of their address, which may not outlive a redaction: when each is looked at
-- next, and what is known of it (service/jobs/source_watch.py). It holds nothing of what they say.
CREATE TABLE watched (
  page TEXT COLLATE "C" PRIMARY KEY,
  due_at TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  doubt TEXT COLLATE "C" NOT NULL,
  etag TEXT COLLATE "C" NOT NULL,
  changes BIGINT NOT NULL
);

-- The public log's tree from level 1 up: the hash of the leaves from `number << level` on; level 0 are those of `log`.
-- Made by the publisher, never by a write.
CREATE TABLE log_nodes (
  level BIGINT NOT NULL,
  number BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (level, number)
);

-- What was signed, and by which keys. Append-only: what was signed once stays said.
CREATE TABLE checkpoints (
  number BIGINT PRIMARY KEY,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL,
  verifier_key TEXT COLLATE "C" NOT NULL,
  signed_at TEXT COLLATE "C" NOT NULL,
  note TEXT COLLATE "C" NOT NULL
);
CREATE INDEX checkpoints_by_size ON checkpoints (size, number);
CREATE TABLE log_keys (
  number BIGINT PRIMARY KEY,
  verifier_key TEXT COLLATE "C" NOT NULL,
  from_size BIGINT NOT NULL,
  recorded_at TEXT COLLATE "C" NOT NULL,
  statement TEXT COLLATE "C"
);
CREATE TABLE cosignatures (
  checkpoint BIGINT NOT NULL,
  witness TEXT COLLATE "C" NOT NULL,
  line TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (checkpoint, witness)
);

CREATE FUNCTION follow_number() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  latest BIGINT;
BEGIN
  EXECUTE format('SELECT max(number) FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO latest;
  IF NEW.number IS DISTINCT FROM coalesce(latest + 1, 0) THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION follow_size() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM public.checkpoints WHERE size > NEW.size OR size = NEW.size AND root <> NEW.root) THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checkpoints_follow BEFORE INSERT ON checkpoints FOR EACH ROW EXECUTE FUNCTION follow_number();
CREATE TRIGGER checkpoints_grow BEFORE INSERT ON checkpoints FOR EACH ROW EXECUTE FUNCTION follow_size();
CREATE TRIGGER checkpoints_stay BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_whole BEFORE TRUNCATE ON checkpoints EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_keys_follow BEFORE INSERT ON log_keys FOR EACH ROW EXECUTE FUNCTION follow_number();
CREATE TRIGGER log_keys_stay BEFORE UPDATE OR DELETE ON log_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_keys_whole BEFORE TRUNCATE ON log_keys EXECUTE FUNCTION refuse_change();

-- What the application may do, for a login that is a member of this role and owns nothing. It is left out where whoever
-- migrates may not make roles.
DO $$
DECLARE
  rest TEXT := 'claim_versions, bodies, lasting, facets, texts, words, vocabulary, said, joins, party_counts, '
    'party_keys, party_words, outcomes, tallies, tokens, sessions, looks, webhooks, deliveries, hanging, job_log, watched, '
    'log_nodes, cosignatures';
BEGIN
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'onrecord_app') THEN
      CREATE ROLE onrecord_app NOLOGIN;
    END IF;
  EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database's migration was at it, too
    WHEN insufficient_privilege THEN RETURN;
  END;
  GRANT SELECT, INSERT ON events, log, replies, checkpoints, log_keys TO onrecord_app;
  GRANT SELECT, UPDATE ON log_head TO onrecord_app;
  GRANT SELECT ON schema_version TO onrecord_app;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO onrecord_app', rest);
  GRANT SELECT ON SEQUENCE deliveries_number_seq TO onrecord_app;  -- so that it can make a backup
  GRANT EXECUTE ON FUNCTION erase TO onrecord_app;
END $$;
