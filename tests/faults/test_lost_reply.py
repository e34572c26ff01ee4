"""Lose the reply: a request that is sent again with its key is recorded once, and gets the first answer."""

import json
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest

from tests.builders import CLAIM_ID, said
from tests.faults.serving import PATIENCE, check_record, wait_until

pytestmark = pytest.mark.faults

KEY = "the-denial"
HERE = f"/claims/{CLAIM_ID}"
TYPE, DATA = said("denied")
DENIAL = {"type": TYPE, "data": DATA}
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: at close, throw away what is unsent or unread, and reset


@pytest.fixture
def server(serve, token):
    """Serve a record with one claim."""
    running = serve()
    running.open_claim(CLAIM_ID, token)
    return running


@contextmanager
def sent(server, token, *, part=1.0, reset=True):
    """Send a request, or a part of it, and cut the connection at the end without looking at the answer."""
    body = json.dumps(DENIAL).encode()
    lines = [
        f"POST {HERE}/events HTTP/1.1",
        f"Host: {server.host}:{server.port}",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Idempotency-Key: {KEY}",
    ]
    whole = "\r\n".join([*lines, "", ""]).encode() + body
    with socket.create_connection((server.host, server.port), timeout=PATIENCE) as connection:
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.sendall(whole[: int(len(whole) * part)])
        yield


def log_size(server):
    """Ask how many events there are."""
    return int(server.ask("GET", HERE)[1]["Log-Size"])


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_a_lost_reply_can_be_asked_for_again(server, token, path, reset):
    """A request that was recorded while its connection broke gets the first answer when it is sent again."""
    with sent(server, token, reset=reset):
        wait_until(lambda: log_size(server) == 2)
    answers = [server.ask("POST", f"{HERE}/events", DENIAL, token=token, key=KEY) for _ in range(3)]
    _, _, stored = server.ask("GET", f"{HERE}/events/2")
    assert [(status, body) for status, _, body in answers] == [(201, stored)] * 3
    assert [(told["Log-Position"], told["Idempotent-Replayed"]) for _, told, _ in answers] == [("1", "true")] * 3
    server.end()
    assert check_record(path) == 2


def test_a_reply_lost_many_times_is_one_event(server, token, path):
    """However often a request is sent and given up, together with it answered at last there is one event."""

    def give_up(_):
        with sent(server, token):
            pass

    with ThreadPoolExecutor(8) as clients:
        list(clients.map(give_up, range(24)))
    status, headers, body = server.ask("POST", f"{HERE}/events", DENIAL, token=token, key=KEY)
    assert (status, headers["Log-Position"], json.loads(body)["version"]) == (201, "1", 2)
    server.end()
    assert check_record(path) == 2


def test_half_a_request_is_no_request(server, token, path):
    """A request that was cut before it was whole leaves nothing, and its key is still free."""
    for part in (0.3, 0.9, 0.999):
        with sent(server, token, part=part):
            assert log_size(server) == 1
    status, headers, _ = server.ask("POST", f"{HERE}/events", DENIAL, token=token, key=KEY)
    assert (status, headers["Log-Position"], headers["Idempotent-Replayed"]) == (201, "1", None)
    server.end()
    assert check_record(path) == 2


def test_one_key_at_the_same_time_is_one_event(server, token, path, tell):
    """Of eight simultaneous requests with one key one is recorded; all get its answer, seven of them as a replay."""
    for turn in range(10):
        start = Barrier(8)

        def send(_, turn=turn, start=start):
            start.wait(PATIENCE)
            address = f"{HERE}/events?allow_duplicate=true"
            return server.ask("POST", address, DENIAL, token=token, key=f"at-once-{turn}")

        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(send, range(8)))
        assert {(status, body) for status, _, body in answers} == {(201, answers[0][2])}
        replayed = sorted(headers["Idempotent-Replayed"] or "" for _, headers, _ in answers)
        assert replayed == ["", *["true"] * 7]
        assert {headers["Log-Position"] for _, headers, _ in answers} == {str(turn + 1)}
    server.end()
    assert check_record(path) == 11
    tell("one key: 10 times 8 requests at once, 10 events")
