"""Let the process beside work alone, over a line that the test holds the other end of."""

import threading
from contextlib import contextmanager
from pathlib import Path
from socket import socketpair

import pytest

from service import deciding_beside
from service.errors import Unavailable
from service.line import Line
from tests.builders import CLAIM_ID, OTHER_ID, kept, said
from tests.contract.asking import PATIENCE, append, codes_of, opening
from tests.faults.serving import wait_until


def test_what_was_erased_leaves_the_files_without_more_work(store, url, monkeypatch):
    """What a reader still looked at when it was erased is gone from all files when there is nothing more to do."""
    if not url.startswith("sqlite"):
        pytest.skip("this engine has no such files")
    monkeypatch.setattr(deciding_beside, "ERASING", 0.01)
    ours, theirs = socketpair()
    with ours, theirs:
        line, beside = Line(ours), (Line(theirs), store)
        work = threading.Thread(target=deciding_beside._work, args=beside, daemon=True)  # noqa: SLF001 - it alone
        work.start()
        decide(line, opening(CLAIM_ID, said("denied", note="a secret")))
        with store.reading() as view:
            view.head()
            decide(line, append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))
            assert b"a secret" in bytes_of(url)
        wait_until(lambda: b"a secret" not in bytes_of(url))
        line.send(None)
        work.join(PATIENCE)


def test_who_waited_beside_while_the_store_failed_does_not_wait_again(store):
    """When the store fails there, what has come meanwhile is refused at once; what comes later is tried."""
    failing = Failing(store)
    ours, theirs = socketpair()
    with ours, theirs:
        line, beside = Line(ours), (Line(theirs), failing)
        work = threading.Thread(target=deciding_beside._work, args=beside, daemon=True)  # noqa: SLF001 - it alone
        work.start()
        line.send(opening(CLAIM_ID))
        assert failing.asked.wait(PATIENCE)
        large = opening(OTHER_ID, said("denied", note="n" * 100_000))  # the way there holds two or three of them
        sending = threading.Thread(target=lambda: [line.send(large) for _ in range(9)])
        sending.start()
        failing.free.set()
        told = told_by(line, 4)
        sending.join(PATIENCE)
        assert [told[0], told[2]] == [1, 9]
        assert [str(outcome) for outcome in told[1].outcomes] == ["The database is gone."]
        late = "The record could not be written; this was not taken. Send it again in a second."
        assert [str(outcome) for outcome in told[3].outcomes] == [late] * 9
        decide(line, opening(OTHER_ID))
        line.send(None)
        work.join(PATIENCE)


class Failing:
    """A store that cannot be written the first time, which takes until it is let."""

    def __init__(self, store):
        """Fail once."""
        self._store = store
        self.asked, self.free = threading.Event(), threading.Event()

    @contextmanager
    def writing(self):
        """Write, or fail."""
        if not self.asked.is_set():
            self.asked.set()
            assert self.free.wait(PATIENCE)
            raise Unavailable("The database is gone.")
        with self._store.writing() as transaction:
            yield transaction


def told_by(line, count):
    """Give so many things that come over a line."""
    told = []
    while len(told) < count:
        told += line.take()
    return told


def decide(line, command):
    """Have one command decided over a line, which must record it."""
    line.send(command)
    taken, decided = told_by(line, 2)
    assert (taken, codes_of(decided.outcomes)) == (1, ["recorded"])


def bytes_of(url):
    """Read a file and its write-ahead log."""
    path = url.removeprefix("sqlite:///")
    return Path(path).read_bytes() + Path(f"{path}-wal").read_bytes()
