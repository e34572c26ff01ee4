"""What is called and what is not: addresses, names, ports, certificates, patience."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest
import trustme

from service.outbound import LONGEST_URL, NotSent, Outbound, is_public

PUBLIC = Outbound()
LOCAL = Outbound(allow_loopback=True, patience=5.0)


def leading_to(*addresses):
    """Resolve every name to these addresses."""

    def resolve(_host, port, **_):
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        pairs = zip(families, addresses, strict=True)
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in pairs]

    return resolve


def port_of(receiver):
    """Tell the port that a receiver listens on."""
    return int(receiver.url.split(":")[2].split("/")[0])


NOT_PUBLIC = [
    *("0.0.0.1", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.8.8"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1"),
    *("192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.2.3"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::7f00:1"),
    *("64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
    *("2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1"),
    *("fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1"),
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_not_called(address):
    """A name that leads to what only this machine or its neighbours reach is not called, and nothing is dialled."""
    assert not is_public(address)
    with pytest.raises(NotSent, match="not public"):
        Outbound(resolve=leading_to(address)).post("https://hooks.example/", b"", {})


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"]
)
def test_a_public_address_may_be_called(address):
    """What the registries give to the public passes."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data/",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https:///path",
        "https://",
        "example.org/hook",
        "",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org@10.0.0.1/",
        "https://example.org:22/",
        "https://example.org:80/",
        "https://example.org:1023/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:x/",
        "https://example.org/#fragment",
        "https://example.org/a b",
        "https://example.org/\r\nHost: other",
        "https://exa\tmple.org/",
        "https://example.org\\@10.0.0.1/",
        "https://bücher.example/",
        "https://-.example/",
        "https://.example/",
        "https://example.org/" + "x" * LONGEST_URL,
    ],
)
def test_an_address_that_is_never_called_is_refused_at_once(url):
    """What can be judged from the address alone is refused when it is asked for, and when it would be called."""
    with pytest.raises(ValueError, match=r"."):
        PUBLIC.read_url(url)
    with pytest.raises(NotSent):
        PUBLIC.post(url, b"", {})


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org:443/hook",
        "https://example.org:8443/hook?a=b&c=%20",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "HTTPS://EXAMPLE.ORG/",
    ],
)
def test_an_address_that_may_be_called_is_taken(url):
    """An https address of any public host on port 443 or a high one is taken."""
    assert PUBLIC.read_url(url).scheme == "https"


def test_a_name_that_leads_inside_as_well_is_not_called():
    """One address that is not public spoils all the others of a name."""
    both = Outbound(resolve=leading_to("8.8.8.8", "10.0.0.1"))
    with pytest.raises(NotSent, match="not public"):
        both.post("https://hooks.example/", b"", {})


def test_a_name_is_resolved_once_for_each_call(receiver):
    """The connection is made to the address that was checked, though the name leads elsewhere a moment later."""
    answers = iter([leading_to("127.0.0.1"), leading_to("10.0.0.1")])

    def rebinding(host, port, **asked):
        return next(answers)(host, port, **asked)

    outbound = Outbound(allow_loopback=True, resolve=rebinding)
    url = f"http://rebinding.example:{port_of(receiver)}/"
    assert outbound.post(url, b"{}", {}) == 204
    assert receiver.got[0].headers["host"] == f"rebinding.example:{port_of(receiver)}"
    with pytest.raises(NotSent, match="not public"):
        outbound.post(url, b"{}", {})
    assert len(receiver.got) == 1


def test_plain_http_goes_to_this_machine_alone():
    """Where loopback is allowed, plain HTTP to any other machine is not."""
    with pytest.raises(NotSent, match="not by https"):
        Outbound(allow_loopback=True, resolve=leading_to("8.8.8.8")).post("http://hooks.example/", b"", {})


def test_the_environment_has_no_say(receiver, monkeypatch):
    """No proxy that the environment names is used."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert LOCAL.post(receiver.url, b"{}", {}) == 204


@contextmanager
def listening_with(serve):
    """Listen on this machine, and let `serve` deal with each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)


def dripping(connection):
    """Answer a byte at a time, without an end."""
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)
    except OSError:
        pass


@pytest.mark.parametrize("serve", [dripping, lambda _: time.sleep(2)], ids=["drips", "is silent"])
def test_patience_ends(serve):
    """Who answers too slowly is hung up on, however busily they send."""
    began = time.monotonic()
    with listening_with(serve) as url, pytest.raises(NotSent, match="did not answer within"):
        Outbound(allow_loopback=True, patience=0.5).post(url, b"{}", {})
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 x\r\n\r\n"])
def test_what_is_no_http_is_a_failure(answer):
    """An answer that is not HTTP is told apart from one that is."""
    with (
        listening_with(lambda connection: (connection.recv(9_999), connection.sendall(answer))) as url,
        pytest.raises(NotSent, match="as HTTP has it"),
    ):
        LOCAL.post(url, b"{}", {})


def test_nothing_of_the_answer_is_read_but_its_status():
    """An answer whose body never ends is done when its head has come."""

    def endless(connection):
        connection.recv(9_999)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65_536)
        except OSError:
            pass

    with listening_with(endless) as url:
        assert LOCAL.post(url, b"{}", {}) == 200


def test_nobody_there():
    """An address at which nobody listens is named for what it is."""
    with socket.create_server(("127.0.0.1", 0)) as closing:
        url = f"http://127.0.0.1:{closing.getsockname()[1]}/"
    with pytest.raises(NotSent, match="cannot be connected to"):
        LOCAL.post(url, b"{}", {})
    with pytest.raises(NotSent, match="does not resolve"):
        LOCAL.post("https://nowhere.invalid/", b"{}", {})


@pytest.fixture(scope="session")
def authority():
    """Make an authority that signs certificates."""
    return trustme.CA()


@contextmanager
def listening_as(name, authority):
    """Listen with a certificate for a name; gives the port and what came."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    came = []

    def serve(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                came.append(b"".join(iter(lambda: secured.recv(1), b"}")))
                secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except OSError:
            pass

    with listening_with(serve) as url:
        yield int(url.split(":")[2].rstrip("/")), came


@pytest.mark.parametrize(("certified", "taken"), [("hooks.example", True), ("other.example", False)])
def test_the_certificate_must_be_for_the_name(authority, certified, taken):
    """TLS is verified against the name in the address, not against the address that it led to."""
    outbound = Outbound(allow_loopback=True, resolve=leading_to("127.0.0.1"), patience=5.0)
    authority.configure_trust(outbound.tls)
    with listening_as(certified, authority) as (port, came):
        url = f"https://hooks.example:{port}/"
        if taken:
            assert outbound.post(url, b"{}", {}) == 204
            assert f"Host: hooks.example:{port}\r\n".encode() in came[0]
        else:
            with pytest.raises(NotSent, match="certificate does not hold"):
                outbound.post(url, b"{}", {})
            assert came == []


def test_the_certificate_must_be_of_an_authority(authority):
    """A certificate that nobody we trust has signed does not hold."""
    outbound = Outbound(allow_loopback=True, resolve=leading_to("127.0.0.1"), patience=5.0)
    with listening_as("hooks.example", authority) as (port, _), pytest.raises(NotSent, match="does not hold"):
        outbound.post(f"https://hooks.example:{port}/", b"{}", {})
