"""Hold the service to its bound when more is sent than is recorded: some are refused, who was taken is answered."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest

from service.machine import new_salt
from service.recording import writer
from service.recording.deciding import Decider
from service.timeline import Timeline
from tests.builders import said
from tests.web.newsroom import append, open_claim, record_of, refused

PATIENCE = 30.0  # seconds for what takes milliseconds
WAITING = 2


class Held(Decider):
    """Decide as ever, but when it is let."""

    def __init__(self, *args, **more):
        """Let it, at first."""
        super().__init__(*args, **more)
        self.asked, self.free = Event(), Event()
        self.free.set()

    def hold(self):
        """Keep what comes from now on."""
        self.asked.clear()
        self.free.clear()

    def decide(self, commands):
        """Tell that it was asked, and wait."""
        self.asked.set()
        assert self.free.wait(PATIENCE)
        return super().decide(commands)


@pytest.fixture
def decider(store, clock):
    """Make one that can be held."""
    return Held(store, clock=clock, new_salt=new_salt)


@pytest.fixture
def timeline(store, clock, decider):
    """Build the timeline over it."""
    built = Timeline(store, clock=clock, new_salt=new_salt, decider=decider)
    yield built
    decider.free.set()
    built.close()


@pytest.fixture
def taken(monkeypatch):
    """Let two wait, and count who was taken."""
    monkeypatch.setattr(writer, "LONGEST_QUEUE", WAITING)
    counted, submit = Semaphore(0), writer.Writer.submit

    def count(self, command):
        future = submit(self, command)
        counted.release()
        return future

    monkeypatch.setattr(writer.Writer, "submit", count)
    return counted


def notes(client):
    """List the notes of what is recorded, in no order."""
    events = [one["event"] for one in json.loads(record_of(client))["events"]]
    return sorted(event["data"]["note"] for event in events if "note" in event["data"])


def test_a_full_queue_refuses_and_answers_all_it_took(hire, desk, client, decider, taken):
    """As many wait as may: the next is told 503 and to come again in a second, and nothing of it is stored."""
    open_claim(desk)
    assert taken.acquire(timeout=PATIENCE)
    desks = [hire(f"desk-{n}") for n in range(WAITING + 1)]
    late = said("denied", note="late")
    decider.hold()
    with ThreadPoolExecutor(len(desks)) as threads:
        answers = [threads.submit(append, desks[0], said("denied", note="0"))]
        assert decider.asked.wait(PATIENCE)
        for n, one in enumerate(desks[1:], 1):
            answers.append(threads.submit(append, one, said("ncnd", note=str(n), scope=str(n))))
        assert all(taken.acquire(timeout=PATIENCE) for _ in desks)
        full = append(desk, late)
        decider.free.set()
        assert [answer.result(PATIENCE).status_code for answer in answers] == [201] * len(desks)
    assert (refused(full), full.headers["Retry-After"]) == ((503, "unavailable", []), "1")
    assert notes(client) == ["0", "1", "2"]
    assert append(desk, late).status_code == 409
    assert append(desk, said("unaware", note="late")).status_code == 201
