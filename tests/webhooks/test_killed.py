"""What is told when processes die, and by a real server as it runs and stops."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from service.webhooks.deliverer import LEASE
from tests.builders import OPENED

HOUSE = Path(__file__).parent.parent.parent
PATIENCE = 30.0  # seconds
RECORD = """
import os, sys
from uuid import uuid4
from service.bootstrap import build
from service.recording.ledger import Item, Ledger
from service.store import open_store
from service.timeline import Asked
from service.tokens import Actor

def die_after(flush):
    def flushed(*given):
        flush(*given)
        os.kill(os.getpid(), 9)
    return flushed

if sys.argv[2] == "before":
    Ledger.flush = die_after(Ledger.flush)
timeline = build(open_store(sys.argv[1]))
item = Item(uuid4(), "opened", {"text": "An official met the envoy.", "lang": "en"})
timeline.record(items=[item], asked=Asked(Actor("desk-seoul", "editor")), opens=True)
os.kill(os.getpid(), 9)
"""
DELIVER = """
import sys
from service.machine import tell_time
from service.webhooks.deliverer import Deliverer
from service.outbound import Outbound
from service.store import open_store

Deliverer(open_store(sys.argv[1]), tell_time, Outbound(allow_loopback=True)).deliver_due()
"""


@contextmanager
def running(*words: str, **settings: str):
    """Run Python beside the test, and end it with the test."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *words],
        env={**env, "PYTHONPATH": str(HOUSE), **settings},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(holds):
    """Look again until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.faults
@pytest.mark.parametrize(("killed", "told"), [("before", 0), ("after", 1)])
def test_an_event_and_its_deliveries_are_stored_together(at_desk, receiver, record_url, killed, told):
    """A process killed before its commit leaves neither event nor delivery; killed after it, both."""
    at_desk.subscribe(receiver.url)
    with running("-c", RECORD, record_url, killed) as process:
        assert process.wait(PATIENCE) == -signal.SIGKILL
    at_desk.clock.move_on(minutes=1)
    at_desk.deliver()
    with at_desk.store.reading() as view:
        assert view.head().size == told
    assert len(receiver.got) == told


@pytest.mark.faults
def test_a_delivery_that_was_cut_off_is_made_again_under_its_id(at_desk, receiver, record_url):
    """What was being sent when the deliverer was killed is sent again, and the receiver knows it by its id."""
    cut_off = threading.Event()
    receiver.answer = lambda _: 204 if cut_off.wait(PATIENCE) else 500
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()
    with running("-c", DELIVER, record_url) as process:
        wait_until(lambda: receiver.got)
        process.kill()
    cut_off.set()
    at_desk.clock.now += LEASE + LEASE / 2  # the process told the real time
    at_desk.deliver()
    assert len(receiver.got) == 2
    assert receiver.got[0].id == receiver.got[1].id
    assert receiver.got[0].body == receiver.got[1].body
    assert at_desk.states(webhook) == [("delivered", [204])]


def test_a_server_delivers_while_it_runs(at_desk, receiver, record_url):
    """`onrecord serve`, or the scheduler beside it, delivers what is recorded, and ends tidily while it does."""
    settings = {"ONRECORD_DATABASE": record_url, "ONRECORD_WEBHOOKS_ALLOW_LOOPBACK": "true"}
    webhook = at_desk.subscribe(receiver.url)
    beside = nullcontext() if at_desk.store.embedded else running("-m", "service.cli", "scheduler", **settings)
    with beside, running("-m", "service.cli", "serve", "--port", "0", **settings) as server:
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())[0]
        token = at_desk.client.environ_base["HTTP_AUTHORIZATION"]
        headers = {"Authorization": token, "Content-Type": "application/json"}
        body = json.dumps(OPENED[1]).encode()
        with urlopen(Request(f"{address}/claims", body, headers), timeout=PATIENCE) as answer:  # noqa: S310 - ours
            assert answer.status == 201
        wait_until(lambda: receiver.got)
        server.terminate()
        assert server.wait(PATIENCE) == 0
    assert receiver.got[0].is_signed_with(webhook["secret"])
