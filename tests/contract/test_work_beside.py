"""Let the process beside work alone, over a connection that the test holds the other end of."""

import threading
from multiprocessing import Pipe
from pathlib import Path

import pytest

from service.recording import deciding_beside
from tests.builders import CLAIM_ID, kept, said
from tests.contract.asking import PATIENCE, append, codes_of, opening
from tests.faults.serving import wait_until


def test_what_was_erased_leaves_the_files_without_more_work(store, url, monkeypatch):
    """What a reader still looked at when it was erased is gone from all files when there is nothing more to do."""
    if not url.startswith("sqlite"):
        pytest.skip("this engine has no such files")
    monkeypatch.setattr(deciding_beside, "ERASING", 0.01)
    ours, theirs = Pipe()
    with ours, theirs:
        work = threading.Thread(target=deciding_beside._work, args=(theirs, store), daemon=True)  # noqa: SLF001 - alone
        work.start()
        decide(ours, opening(CLAIM_ID, said("denied", note="a secret")))
        with store.reading() as view:
            view.head()
            decide(ours, append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))
            assert b"a secret" in bytes_of(url)
        wait_until(lambda: b"a secret" not in bytes_of(url))
        ours.send(None)
        work.join(PATIENCE)


def decide(connection, command):
    """Have one command decided over a connection, which must record it."""
    connection.send([command])
    assert codes_of(connection.recv().outcomes) == ["recorded"]


def bytes_of(url):
    """Read a file and its write-ahead log."""
    path = url.removeprefix("sqlite:///")
    return Path(path).read_bytes() + Path(f"{path}-wal").read_bytes()
