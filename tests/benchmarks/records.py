"""Records to measure on: made once, the same every time, and kept for the next run.

Each is kept three times, with the same events: as onrecord has it, as the rows of the
Flask and SQLAlchemy app, and as bare rows. What the bytes depend on is in the folder's
name, so that a change of it makes new ones. Everything is measured on copies.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from domain.claim import Claim
from domain.codebook import NEEDS_IF_MATCH
from service.recording.ledger import Command, Item, Ledger
from service.store import open_store
from service.store.interface import Store, Transaction
from service.tokens import create_token
from tests.benchmarks import bare, peer_rows
from tests.benchmarks.statements import make_record

HOUSE = Path(__file__).parent.parent.parent
MADE_FROM = (
    *("domain/*.py", "service/recording/ledger.py", "service/store/**/*.py", "service/store/**/*.sql"),
    *(f"tests/benchmarks/{name}.py" for name in ("peer_rows", "records", "statements", "vocabulary")),
)
GROUP = 500  # events a transaction while filling
CLAIMS_IN_MEMORY = 2_000
BEGAN_AT = datetime(2015, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)  # between two events: a million end within ten years
KINDS = ("onrecord", "rows", "bare")
ACTOR = "desk"

TOLD = 50_000  # events between two lines of progress

Told = Callable[[str], None]
Made = tuple[UUID, str, dict[str, Any]]


def keep_record(folder: Path, events: int, tell: Told) -> Path:
    """Make a record of so many events, three ways, unless it is there; answers its folder."""
    kept = folder / f"record-{events}-{digest_of(MADE_FROM)}"
    if not kept.exists():
        tell(f"making a record of {events:,} events")
        for old in folder.glob(f"record-{events}-*"):
            shutil.rmtree(old)
        making = folder / f"making-{os.getpid()}"
        making.mkdir(parents=True)
        fill_onrecord(making / "onrecord.db", make_record(events), events)
        fill_rows(f"sqlite:///{making / 'rows.db'}", making / "onrecord.db")
        _settle(making / "rows.db")
        _fill_bare(making / "bare.db", making / "onrecord.db")
        making.rename(kept)
    return kept


def digest_of(patterns: Sequence[str]) -> str:
    """Give a few letters that change with any of the files that the patterns name."""
    digest = sha256()
    for pattern in patterns:
        for file in sorted(HOUSE.glob(pattern)):
            digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()[:12]


def copy_record(kept: Path, kind: str, into: Path) -> Path:
    """Copy one kind of a kept record, and wait until the disk has it."""
    copy = into / f"{kind}.db"
    remove_record(copy)
    shutil.copyfile(kept / f"{kind}.db", copy)
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    return copy


def remove_record(path: Path) -> None:
    """Remove a database with what SQLite and a server keep beside it."""
    for suffix in ("", "-wal", "-shm", "-lead", ".key", ".key.signed"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def let_in(url: str, role: str = "reporter") -> str:
    """Make a token for a record."""
    store = open_store(url)
    try:
        return create_token(store, "bench", role, now=datetime.now(UTC), expires_in=None)
    finally:
        store.close()


def fill_onrecord(path: Path, made: Iterator[Made], events: int, tell: Told = lambda _: None) -> None:
    """Record so many events in a new file."""
    store = open_store(f"sqlite:///{path}")
    store.migrate()
    fill(store, made, events, tell)
    store.close()
    _settle(path)


def fill(store: Store, made: Iterator[Made], events: int, tell: Told = lambda _: None) -> None:
    """Record so many events through the ledger, as the writer does, many in a transaction."""
    times = (BEGAN_AT + n * STEP for n in range(events))
    rng = random.Random(events)  # noqa: S311 - data, not a secret
    claims: dict[UUID, Claim] = {}
    while group := list(islice(made, GROUP)):
        with store.writing() as transaction:
            size = record_group(transaction, group, claims, times.__next__, lambda: rng.randbytes(16))
            if size // TOLD > (size - len(group)) // TOLD:
                tell(f"{size:,} of {events:,} events")
        while len(claims) > CLAIMS_IN_MEMORY:
            del claims[next(iter(claims))]


def record_group(
    transaction: Transaction,
    group: Sequence[Made],
    claims: dict[UUID, Claim],
    clock: Callable[[], datetime],
    salt: Callable[[], bytes],
) -> int:
    """Record a group in a transaction that is open; answers the size of the log then."""
    ledger = Ledger(transaction, claims, clock, salt)
    for claim, type_, data in group:
        known = ledger.find(claim) if type_ in NEEDS_IF_MATCH else None
        ledger.execute(Command((Item(claim, type_, data, if_match=known and known.version),), ACTOR))
        claims[claim] = claims.pop(claim)  # last in, last out
    ledger.flush(transaction)
    return ledger.size


def read_states(path: Path) -> Iterator[str]:
    """Read the stored events of a record, in order."""
    connection = bare.connect(bare.url_of(path))
    for (state,) in connection.execute("SELECT state FROM events ORDER BY position"):
        yield state
    connection.close()


def fill_rows(url: str, source: Path) -> None:
    """Fill the app of rows with the events of a record."""
    engine = peer_rows.open_engine(url)
    peer_rows.Base.metadata.create_all(engine)
    claims: dict[str, dict[str, Any]] = {}
    statements: list[dict[str, Any]] = []
    with engine.execution_options(writes=True).begin() as connection:
        for state in read_states(source):
            stored = orjson.loads(state)
            at, data = datetime.fromisoformat(stored["recorded_at"]), stored["data"]
            if stored["type"] == "opened":
                row = {"id": stored["claim"], "text": data["text"], "lang": data["lang"], "topics": data["topics"]}
                claims[stored["claim"]] = row | {"status": "opened", "version": 1, "updated_at": at}
                continue
            claim = claims[stored["claim"]]
            connection.execute(peer_rows.ClaimHistory.__table__.insert(), claim)
            claim |= {"status": stored["type"], "version": stored["version"], "updated_at": at}
            names = ("version", "type", "data", "recorded_by")
            row = {name: stored[name] for name in names} | {"claim_id": stored["claim"], "recorded_at": at}
            statements.append(row)
        connection.execute(peer_rows.Claim.__table__.insert(), list(claims.values()))
        connection.execute(peer_rows.Statement.__table__.insert(), statements)  # which refer to claims
    engine.dispose()


def _fill_bare(path: Path, source: Path) -> None:
    connection = bare.connect(bare.url_of(path))
    connection.execute(bare.TABLES["sqlite"])
    connection.execute("BEGIN")
    connection.executemany(bare.INSERTS["sqlite"], ((state,) for state in read_states(source)))
    connection.execute("COMMIT")
    connection.close()
    _settle(path)


def _settle(path: Path) -> None:
    connection = bare.connect(bare.url_of(path))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
