"""Connections that say nothing, or announce a body and never send it."""

import socket
from contextlib import ExitStack

import pytest

from service.config import Config
from tests.faults.serving import PATIENCE

pytestmark = pytest.mark.faults


def test_connections_that_never_send_their_body_silence_nobody(serve, token):
    """However many strangers announce a form and send none of it, readers are answered and a desk records."""
    server = serve()
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nOrigin: http://{server.host}:{server.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nt"
    )
    with ExitStack() as stack:
        silent = []
        for _ in range(2 * Config().threads):
            silent.append(stack.enter_context(socket.create_connection((server.host, server.port), PATIENCE)))
            silent[-1].sendall(head.encode())
        assert server.ask("GET", "/healthz")[0] == 200
        opened = {"text": "It was so.", "lang": "en"}
        assert server.ask("POST", "/claims", opened, token=token)[0] == 201


@pytest.mark.parametrize("sent", [b"", b"GET /claims HTTP/1.1\r\nHost: x\r\n"], ids=["silent", "half a head"])
def test_connections_that_say_nothing_silence_nobody(serve, token, sent):
    """Beside many connections without a whole request, of which no thread waits for any, all are answered."""
    server = serve()
    with ExitStack() as stack:
        for _ in range(10 * Config().threads):
            silent = stack.enter_context(socket.create_connection((server.host, server.port), PATIENCE))
            silent.sendall(sent)
        assert server.ask("GET", "/claims")[0] == 200
        opened = {"text": "It was so.", "lang": "en"}
        assert server.ask("POST", "/claims", opened, token=token)[0] == 201
