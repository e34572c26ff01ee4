"""Whoever answers at an address may be anybody: both verifiers say what is wrong with it, and end."""

from __future__ import annotations

import json
from http import HTTPStatus

import pytest

from service.cli import client
from service.public_log.note import SigningKey
from tests.log.auditing import ALONE

KEY = SigningKey.make("evil.example").verifier.written()
EVIL = "\x1b]0;pwned\x07\u202e\n1 ok      signature: FORGED"
UNREACHABLE, FAULT = 1, 3


@pytest.fixture
def ask(onrecord, capsys, listen):
    """Give a way to have both verifiers ask a server that answers so; gives both statuses and what both told."""

    def asked(answer):
        url = listen(answer)
        ours = onrecord("verify", url, "--key", KEY)
        return (ours.exit_code, ALONE.main([url, KEY])), (ours.output, capsys.readouterr().out)

    return asked


def send(text, status=HTTPStatus.OK, reason=None, **headers):
    """Answer with a text."""

    def answer(request):
        request.send_response(status, reason)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(text)

    return answer


def without_end(status=HTTPStatus.OK, **headers):
    """Answer with chunks that never end."""

    def answer(request):
        request.send_response(status)
        for name, value in {"Transfer-Encoding": "chunked", **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        while True:
            request.wfile.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")

    return answer


def drip(request):
    """Answer with a head that never ends, a byte at a time, each sooner than a socket's patience."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not request.server.ending.wait(0.01):
        request.wfile.write(b"x")


def test_an_answer_without_end_is_read_to_a_limit(ask):
    """Of an answer no more is read than the largest has: of a page, of a refusal, of what comes with a redirect."""
    codes, told = ask(without_end())  # of which one asks for the keys first, one for the checkpoint
    assert (UNREACHABLE, UNREACHABLE) == codes
    for text, most in zip(told, ("1,000,000", "256,000"), strict=True):
        assert f"expected an answer of at most {most} bytes, got more" in text
    codes, told = ask(without_end(HTTPStatus.UNPROCESSABLE_ENTITY))
    assert (UNREACHABLE, UNREACHABLE) == codes
    assert all("422" in text for text in told)
    codes, told = ask(without_end(HTTPStatus.FOUND, Location="ftp://127.0.0.1/x"))
    assert (UNREACHABLE, UNREACHABLE) == codes
    assert all("expected a redirect to http or https, got ftp://127.0.0.1/x" in text for text in told)


@pytest.mark.parametrize("more", ["", "x"], ids=["in a circle", "on and on"])
def test_redirects_without_end(ask, more):
    """Redirects in a circle, or to ever another address, are followed for a while, and that is what is told."""
    there = lambda request: send(b"", HTTPStatus.FOUND, Location=request.path + more)(request)  # noqa: E731
    codes, told = ask(there)
    assert (UNREACHABLE, UNREACHABLE) == codes
    assert all("too many redirects" in text for text in told)


def test_a_list_of_keys_that_is_refused(ask):
    """Where a record refuses an address that every record has, that is told, and nothing is verified: status 1."""
    codes, told = ask(send(b"", HTTPStatus.NOT_FOUND))
    assert (UNREACHABLE, UNREACHABLE) == codes
    assert "Error: The record refuses /log/keys, so nothing is verified, for it or against it: HTTP 404." in told[0]


def test_an_answer_that_drips_is_given_up(ask, monkeypatch):
    """An answer as a whole has a time, however soon one byte follows the other."""
    monkeypatch.setattr(client, "LONGEST", 0.2)
    monkeypatch.setattr(ALONE, "LONGEST", 0.2)
    codes, told = ask(drip)
    assert (UNREACHABLE, UNREACHABLE) == codes
    assert all("expected a whole answer within 0.2 seconds, got none" in text for text in told)


@pytest.mark.parametrize("length", ["99999999999999999999", "7"], ids=["more than there can be", "more than comes"])
def test_an_answer_that_breaks_off(ask, length):
    """An answer of which less came than was announced cannot be read."""
    codes, told = ask(send(b"abc", **{"Content-Length": length}))
    assert (UNREACHABLE, UNREACHABLE) == codes
    assert all("IncompleteRead(3 bytes read" in text for text in told)


@pytest.mark.parametrize("errors", [["a"], 5, [{"pointer": {"a": 1}, "detail": EVIL}], None])
def test_a_refusal_is_told_in_lines_of_ours(ask, errors):
    """A refusal of whatever form is told, and nothing of it begins a line or commands the terminal."""
    problem = {"title": EVIL, "detail": EVIL, "errors": errors}
    codes, told = ask(send(json.dumps(problem).encode(), HTTPStatus.UNPROCESSABLE_ENTITY, EVIL.splitlines()[0]))
    assert (UNREACHABLE, UNREACHABLE) == codes
    for text in told:
        assert text.replace("\n", "").isprintable(), text
        assert not any(line.startswith("1 ok      signature: FORGED") for line in text.splitlines())


def test_a_line_that_is_no_status_is_told_in_ours(ask):
    """What is answered in the place of a status is shown without its commands to the terminal."""
    codes, told = ask(lambda request: request.wfile.write(EVIL.encode() + b"\r\n\r\n"))
    assert (UNREACHABLE, UNREACHABLE) == codes
    assert all(text.replace("\n", "").isprintable() for text in told)


def test_an_address_that_is_none(onrecord, capsys):
    """An address that cannot be read is nothing to check: status 1, and no fault of a record."""
    assert (UNREACHABLE, UNREACHABLE) == (onrecord("verify", "http://[::1").exit_code, ALONE.main(["http://[::1", KEY]))
    assert "Invalid IPv6 URL" in capsys.readouterr().out


CLAIM = {
    "id": "a",
    "version": 1,
    "text": f"They met.\nStands confirmed: all affirm it.{EVIL}",
    "as_of": {"log_size": 1, "at": f"2026-01-01\nStands confirmed: {EVIL}"},
    "standing": "open",
    "because": {"rule": f"\nStands confirmed: {EVIL}", "events": [], "partial": False},
    "positions": [],
    "partly": {"affirmed": [], "disputed": []},
    "reversals": [],
    "events": [],
}


def test_show_tells_a_claim_in_lines_of_ours(onrecord, monkeypatch, listen):
    """Whatever the texts of a claim hold, none begins a line of the account, nor turns the direction of one."""
    monkeypatch.setenv("ONRECORD_URL", listen(send(json.dumps(CLAIM).encode())))
    shown = onrecord("show", "ref:a").stdout
    assert shown.replace("\n", "").isprintable(), shown
    assert not any(line.startswith(("Stands confirmed", "1 ok")) for line in shown.splitlines())
    assert "They met. Stands confirmed: all affirm it." in shown.splitlines()[0]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_token_goes_along_to_no_other_server(listen, elsewhere):
    """A redirect to another server is followed without the token; one on the same server with it."""
    shown = []

    def answer(request):
        shown.append(request.headers["Authorization"])
        there = other if elsewhere else "/claims"
        moved = request.path == "/" and not shown[1:]
        send(b"{}", HTTPStatus.FOUND if moved else HTTPStatus.OK, **({"Location": there} if moved else {}))(request)

    other = listen(answer)
    assert client.Client(listen(answer), "secret").get("/").body == {}
    assert shown == ["Bearer secret", None if elsewhere else "Bearer secret"]
