-- The embedded store, schema version 2. Every statement may run twice.

CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version SELECT 2 WHERE NOT EXISTS (SELECT 1 FROM schema_version);

-- The one row that a write transaction takes first: how many events there are, and when the last was recorded.
CREATE TABLE IF NOT EXISTS log_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, at TEXT NOT NULL);
INSERT OR IGNORE INTO log_head VALUES (1, 0, '');

-- The record: each event as the canonical bytes that are served.
CREATE TABLE IF NOT EXISTS events (
  position INTEGER PRIMARY KEY,
  claim TEXT NOT NULL,
  version INTEGER NOT NULL,
  topic TEXT NOT NULL,
  state TEXT NOT NULL,
  UNIQUE (claim, version)
);

-- Those of the corrections page, so that it costs a page.
CREATE INDEX IF NOT EXISTS corrections ON events (position)
WHERE topic IN ('onrecord.amended', 'onrecord.struck', 'onrecord.redacted', 'onrecord.corrected', 'onrecord.retracted');

-- What changes how other events of its claim read, so that it is found without a look at those.
CREATE INDEX IF NOT EXISTS mendings ON events (claim, topic, version)
WHERE topic IN ('onrecord.amended', 'onrecord.reworded');

-- The public log: one leaf an event, in the order of the record.
CREATE TABLE IF NOT EXISTS log (
  position INTEGER PRIMARY KEY,
  claim TEXT NOT NULL,
  version INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  leaf BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS log_by_time ON log (recorded_at);

-- Append-only, for everybody who comes through SQL. The one change an event may see is its redaction.
-- INSERT OR REPLACE deletes without a word to the triggers on DELETE; it is refused by those that keep the order.
CREATE TRIGGER IF NOT EXISTS events_follow BEFORE INSERT ON events
WHEN NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM events)
  OR NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM events WHERE claim = NEW.claim)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_follows BEFORE INSERT ON log
WHEN NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM log)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_keep BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE UPDATE ON events
WHEN (
  NEW.position = OLD.position AND NEW.claim = OLD.claim AND NEW.version = OLD.version AND NEW.topic = OLD.topic
  AND json_extract(OLD.state, '$.redacted') IS NULL AND length(json_extract(NEW.state, '$.commitment')) = 64
  -- What remains is the entry and the version of the redaction, and that redaction is of this event or of what it amends.
  AND NEW.state = json_object(
    'claim', OLD.claim,
    'commitment', json_extract(NEW.state, '$.commitment'),
    'recorded_at', json_extract(OLD.state, '$.recorded_at'),
    'recorded_by', json_extract(OLD.state, '$.recorded_by'),
    'redacted', json_extract(NEW.state, '$.redacted'),
    'type', json_extract(OLD.state, '$.type'),
    'v', json_extract(OLD.state, '$.v'),
    'version', OLD.version
  )
  AND EXISTS (
    SELECT 1 FROM events
    WHERE claim = OLD.claim AND topic = 'onrecord.redacted' AND version = json_extract(NEW.state, '$.redacted')
    AND (
      json_extract(state, '$.data.regarding') = OLD.version
      OR (OLD.topic = 'onrecord.amended'
          AND json_extract(state, '$.data.regarding') = json_extract(OLD.state, '$.data.regarding'))
    )
  )
) IS NOT TRUE  -- what is NULL is refused too
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_keeps BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_stays BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- The head is the size of the record, whoever moves it, and its time never runs backwards.
CREATE TRIGGER IF NOT EXISTS log_head_follows BEFORE UPDATE ON log_head
WHEN NEW.at < OLD.at OR NEW.size <> (SELECT coalesce(max(position) + 1, 0) FROM events)
BEGIN SELECT RAISE(ABORT, 'the head of the log follows events, which are append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_head_stays BEFORE DELETE ON log_head
BEGIN SELECT RAISE(ABORT, 'the head of the log follows events, which are append-only'); END;

-- Which request made which events, so that a retry gets the first answer. Kept as long as the record.
CREATE TABLE IF NOT EXISTS replies (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  first_position INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  PRIMARY KEY (actor, key)
) WITHOUT ROWID;

-- The read model, made from the events (`onrecord db rebuild`): a claim as it stood from the log size `since`
-- to just before the log size `until`. "Now" is the row that has no end. Those of a claim are found by its events.
CREATE TABLE IF NOT EXISTS claim_versions (
  since INTEGER PRIMARY KEY,
  until INTEGER NOT NULL,
  claim TEXT NOT NULL,
  version INTEGER NOT NULL,
  due_at TEXT,
  tags TEXT NOT NULL
);
-- What a version says: apart, so that lists walk over small rows.
CREATE TABLE IF NOT EXISTS bodies (since INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS claims_by_opening ON claim_versions (since) WHERE version = 1;
CREATE INDEX IF NOT EXISTS claims_awaiting ON claim_versions (until, since) WHERE due_at IS NOT NULL;

-- Versions of claims that were opened long before (`LASTING` in service/store/finding.py), so that a search by change
-- need not look for their texts; `words…` are all that were ever said of the claim by then, on eight shelves by their
-- first letters, so that one shelf is looked through (service/store/sql/lasting.py).
CREATE TABLE IF NOT EXISTS lasting (
  since INTEGER PRIMARY KEY,
  opened INTEGER NOT NULL,
  words0 TEXT NOT NULL,
  words1 TEXT NOT NULL,
  words2 TEXT NOT NULL,
  words3 TEXT NOT NULL,
  words4 TEXT NOT NULL,
  words5 TEXT NOT NULL,
  words6 TEXT NOT NULL,
  words7 TEXT NOT NULL
);

-- What lists are walked by, newest change first; entered many versions at a time (`FRESH` in service/store/finding.py).
CREATE TABLE IF NOT EXISTS facets (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (name, value, since)
) WITHOUT ROWID;

-- What an event can be found by, from its position on until another took its words out; the tokens themselves in
-- `words`, under the same number, with a blank before and behind each. Cut by service/search_text.py, so that every mark
-- stays with its letter. FTS5's lists of them are entered many texts at a time, as facets are.
CREATE TABLE IF NOT EXISTS texts (
  position INTEGER PRIMARY KEY,
  claim TEXT NOT NULL,
  until INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS words (position INTEGER PRIMARY KEY, tokens TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS word_lists USING fts5 (
  tokens, content = 'words', content_rowid = 'position',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'", prefix = '1 2'
);
-- The longer tokens of texts in these lists, so that what begins so is known without a look at the texts.
CREATE TABLE IF NOT EXISTS vocabulary (word TEXT PRIMARY KEY) WITHOUT ROWID;

-- The directory of parties, made from the events like the read model. Whose word the event at `place` is, from the log
-- size `since` to just before `until`; `party` as JSON. A word that an event gives to itself is in the order of both.
CREATE TABLE IF NOT EXISTS said (
  key TEXT NOT NULL,
  since INTEGER NOT NULL,
  place INTEGER NOT NULL,
  until INTEGER NOT NULL,
  claim TEXT NOT NULL,
  party TEXT NOT NULL,
  kind TEXT NOT NULL,
  country TEXT,
  PRIMARY KEY (key, since, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS said_again ON said (key, place, since) WHERE place <> since - 1;
CREATE INDEX IF NOT EXISTS said_on ON said (claim, key, since, until);

-- Which names an event joined or (`holds` 0) parted.
CREATE TABLE IF NOT EXISTS joins (
  since INTEGER PRIMARY KEY,
  claim TEXT NOT NULL,
  party TEXT NOT NULL,
  same_as TEXT NOT NULL,
  holds INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS joins_of_party ON joins (party);
CREATE INDEX IF NOT EXISTS joins_of_same_as ON joins (same_as);
CREATE INDEX IF NOT EXISTS joins_of_claim ON joins (claim);

-- Counted from `said`: how many statements on how many claims a key had from the log size `since` on.
CREATE TABLE IF NOT EXISTS party_counts (
  key TEXT NOT NULL,
  since INTEGER NOT NULL,
  statements INTEGER NOT NULL,
  claims INTEGER NOT NULL,
  PRIMARY KEY (key, since)
) WITHOUT ROWID;

-- What came of a party's word on a claim, from the log size `since` to just before `until`: one row for each side that
-- it took. Counted in `tallies`: from the log size `since` on, `n` claims of the kind, and of the days, in `mark`.
CREATE TABLE IF NOT EXISTS outcomes (
  claim TEXT NOT NULL,
  key TEXT NOT NULL,
  side TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  fate TEXT NOT NULL,
  strength TEXT NOT NULL,
  days INTEGER,
  PRIMARY KEY (claim, key, side, since)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outcomes_behind ON outcomes (key, side, fate, since, until);
CREATE TABLE IF NOT EXISTS tallies (
  mark TEXT NOT NULL,
  since INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (mark, since)
) WITHOUT ROWID;

-- What keys are found by, at whatever time: since when they are there, and the words, kinds and countries of all names
-- that were ever joined to theirs.
CREATE TABLE IF NOT EXISTS party_keys (key TEXT PRIMARY KEY, first INTEGER NOT NULL, tokens TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS party_words (word TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (word, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_of_party ON party_words (key);

CREATE TABLE IF NOT EXISTS tokens (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  digest BLOB NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  last_used_at TEXT,
  revoked_at TEXT
);

-- Who has signed in with a browser: SHA-256 of the session's secret, and of the token it was opened with.
CREATE TABLE IF NOT EXISTS sessions (
  digest BLOB PRIMARY KEY,
  token BLOB NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) WITHOUT ROWID;
-- Up to which log size each has said they have seen what changed.
CREATE TABLE IF NOT EXISTS looks (actor TEXT PRIMARY KEY, log_size INTEGER NOT NULL) WITHOUT ROWID;

-- Webhooks: who wants to be told, and the outbox, written with the event. It holds references and words of the
-- codebook, never what anybody said. "on" is a list of words; a delivery is due as long as it is pending.
CREATE TABLE IF NOT EXISTS webhooks (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  url TEXT NOT NULL,
  "on" TEXT NOT NULL,
  claim TEXT,
  party TEXT,
  secret TEXT NOT NULL,
  created_at TEXT NOT NULL,
  held_until TEXT NOT NULL,
  disabled_at TEXT,
  disabled_because TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  webhook TEXT NOT NULL,
  type TEXT NOT NULL,
  claim TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  standing_from TEXT,
  standing_to TEXT NOT NULL,
  due_at TEXT,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  attempts TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (webhook, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (webhook, number);
CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (recorded_at);

-- What hangs on claims as they stand now, made from the events like the read model: since `at` a request is past its
-- deadline (`why` asked), or a party withholds (withholds).
CREATE TABLE IF NOT EXISTS hanging (
  claim TEXT NOT NULL,
  version INTEGER NOT NULL,
  why TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (claim, version)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hanging_since ON hanging (why, at, claim, version);

-- What came of the jobs: the last run of each that came to an end, and its counts.
CREATE TABLE IF NOT EXISTS job_log (
  name TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  failed INTEGER NOT NULL,
  detail TEXT NOT NULL,
  runs INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  misses INTEGER NOT NULL
);

-- Pages that are watched, by the SHA-256 of their address, which may not outlive a redaction: when each is looked at
-- next, and what is known of it (service/jobs/source_watch.py). It holds nothing of what they say.
CREATE TABLE IF NOT EXISTS watched (
  page TEXT PRIMARY KEY,
  due_at TEXT NOT NULL,
  state TEXT NOT NULL,
  digest TEXT NOT NULL,
  doubt TEXT NOT NULL,
  etag TEXT NOT NULL,
  changes INTEGER NOT NULL
);
-- The public log's tree from level 1 up: the hash of the leaves from `number << level` on; level 0 are those of `log`.
-- Made by the publisher, never by a write.
CREATE TABLE IF NOT EXISTS log_nodes (
  level INTEGER NOT NULL,
  number INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, number)
) WITHOUT ROWID;

-- What was signed, and by which keys. Append-only: what was signed once stays said.
CREATE TABLE IF NOT EXISTS checkpoints (
  number INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  verifier_key TEXT NOT NULL,
  signed_at TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS checkpoints_by_size ON checkpoints (size, number);
CREATE TABLE IF NOT EXISTS log_keys (
  number INTEGER PRIMARY KEY,
  verifier_key TEXT NOT NULL,
  from_size INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  statement TEXT
);
CREATE TABLE IF NOT EXISTS cosignatures (
  checkpoint INTEGER NOT NULL,
  witness TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (checkpoint, witness)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS checkpoints_follow BEFORE INSERT ON checkpoints
WHEN NEW.number <> (SELECT coalesce(max(number) + 1, 0) FROM checkpoints)
  OR NEW.size < (SELECT coalesce(max(size), 0) FROM checkpoints)
  OR NEW.root <> (SELECT root FROM checkpoints WHERE size = NEW.size LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER IF NOT EXISTS checkpoints_keep BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER IF NOT EXISTS checkpoints_stay BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_keys_follow BEFORE INSERT ON log_keys
WHEN NEW.number <> (SELECT coalesce(max(number) + 1, 0) FROM log_keys)
BEGIN SELECT RAISE(ABORT, 'keys of the log are append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_keys_keep BEFORE DELETE ON log_keys
BEGIN SELECT RAISE(ABORT, 'keys of the log are append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_keys_stay BEFORE UPDATE ON log_keys
BEGIN SELECT RAISE(ABORT, 'keys of the log are append-only'); END;
