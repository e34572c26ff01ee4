"""Call an address that somebody else chose, without reaching what only this machine can reach.

A name is resolved once, every address it leads to is checked, and the connection is made
to the very address that was checked: a name that is made to lead elsewhere a moment later
(DNS rebinding) gains nothing. Only addresses that the IANA registries give to the public
pass; IPv6 forms that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo) do not.
No redirect is followed, and no proxy of the environment is used. Of what a webhook answers nothing
but its status is looked at; other answers are for our own eyes, and bounded.

Made of `http.client` and `ssl`: a connection that is handed a connected socket dials
nothing itself, which is all that is needed. The larger clients resolve names on their own.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Network, IPv6Network, ip_address
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

LONGEST_URL = 2_000  # characters
PATIENCE = 15.0  # seconds for connecting, sending and the answer's head together; names are the system's to resolve
CONNECT_PATIENCE = 5.0  # seconds for each address of a name
MOST_ADDRESSES = 4  # of a name are tried
HIGH_PORTS = 1_024  # from here on nothing of the system listens
_PORTS = {"https": 443, "http": 80}

_URL = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")  # RFC 3986, without fragments
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?")
# IANA IPv4 and IPv6 Special-Purpose Address Registries, and multicast.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(IPv6Network(text) for text in "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split())

Resolve = Callable[..., list[tuple[Any, ...]]]


class NotSent(Exception):
    """Nothing came back that tells whether it arrived; says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; `path` has the query with it."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


def is_public(text: str) -> bool:
    """Tell whether an IP address is one that everybody reaches."""
    address = ip_address(text)
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was answered; `body` is None where it is larger than was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True)
class Outbound:
    """The way out.

    `allow_loopback`, for development: this machine itself, and plain HTTP to it alone. `anywhere`, for addresses that
    the operator chose: all of them, on every port, and plain HTTP.
    """

    allow_loopback: bool = False
    anywhere: bool = False
    resolve: Resolve = socket.getaddrinfo
    patience: float = PATIENCE

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Trust whom the system trusts, and check names."""
        return ssl.create_default_context()

    def read_url(self, url: str) -> Target:
        """Take an address apart; raises ValueError, with what to write instead, for one that is not called."""
        if len(url) > LONGEST_URL:
            raise ValueError(f"An address has at most {LONGEST_URL} characters.")
        try:
            parts = urlsplit(url if _URL.fullmatch(url) else "")
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port = "", None
        if not host or not (_NAME.fullmatch(host) or _is_address(host)):
            raise ValueError("Write an address like https://example.org/hook, in ASCII and without a fragment.")
        if parts.scheme not in (("https", "http") if self.allow_loopback or self.anywhere else ("https",)):
            raise ValueError("Only https addresses are called.")
        if "@" in parts.netloc:
            raise ValueError("A name and password in the address are not sent; the signature says who calls.")
        port = _PORTS[parts.scheme] if port is None else port
        if port != _PORTS[parts.scheme] and port < HIGH_PORTS and not self.anywhere:
            raise ValueError(f"Ports that are called: {_PORTS[parts.scheme]}, and those from {HIGH_PORTS} on.")
        target = Target(
            parts.scheme, host, port, parts.netloc, (parts.path or "/") + (f"?{parts.query}" * bool(parts.query))
        )
        with suppress(OSError):  # a name; where that leads is looked at whenever it is called
            for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST):
                self._check(target, str(found[4][0]))
        return target

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send, and tell the status of the answer; raises NotSent."""
        return self._call("POST", url, body, headers, most=0).status

    def get(self, url: str, headers: Mapping[str, str], *, most: int) -> Fetched:
        """Fetch at most so many bytes; header names are lower case. Raises NotSent."""
        return self._call("GET", url, None, headers, most=most)

    def ask(self, url: str, body: bytes, headers: Mapping[str, str], *, most: int) -> Fetched:
        """Send, and read at most so many bytes of the answer; raises NotSent."""
        return self._call("POST", url, body, headers, most=most)

    def _call(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, most: int) -> Fetched:
        try:
            target = self.read_url(url)
            with closing(self._connect(target)) as plain, closing(self._wrap(plain, target)) as connected:
                return self._exchange(connected, target, (method, body, headers), most)
        except ValueError as error:
            raise NotSent(str(error)) from error

    def _check(self, target: Target, address: str) -> None:
        allowed = self.anywhere or (self.allow_loopback and ip_address(address).is_loopback)
        if not allowed and (target.scheme == "http" or not is_public(address)):
            raise ValueError("This leads to an address that is not public, or not by https.")

    def _connect(self, target: Target) -> socket.socket:
        try:
            found = self.resolve(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotSent("Its name does not resolve.") from error
        for *_, address in found:
            self._check(target, address[0])  # one that is not public spoils them all
        reason: OSError | None = None
        for family, kind, protocol, _, address in found[:MOST_ADDRESSES]:
            connecting = socket.socket(family, kind, protocol)
            connecting.settimeout(min(CONNECT_PATIENCE, self.patience))
            try:
                connecting.connect(address)
            except OSError as error:
                connecting.close()
                reason = error
            else:
                return connecting
        raise NotSent(f"It cannot be connected to: {reason.strerror or reason}." if reason else "It leads nowhere.")

    def _wrap(self, connected: socket.socket, target: Target) -> socket.socket:
        connected.settimeout(self.patience)
        if target.scheme == "http":
            return connected
        return self.tls.wrap_socket(connected, server_hostname=target.host, do_handshake_on_connect=False)

    def _exchange(self, connected: socket.socket, target: Target, asked: tuple[Any, ...], most: int) -> Fetched:
        method, body, headers = asked
        # A socket's own timeout starts anew with every byte; who sends one a second would be listened to for ever.
        started = time.monotonic()
        watch = Timer(self.patience, _hang_up, (connected,))
        watch.start()
        try:
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            connection = HTTPConnection(target.host, target.port)
            connection.sock = connected
            connection.auto_open = 0
            connection.request(method, target.path, body, {"Host": target.authority, "Connection": "close", **headers})
            with connection.getresponse() as response:
                told = {name.lower(): value for name, value in response.getheaders()}
                read = response.read(most + 1) if most else b""
                if response.length and len(read) <= most and most:
                    raise HTTPException  # noqa: TRY301 - less came than was announced; told below
                fetched = Fetched(response.status, told, read if len(read) <= most else None)
        except ssl.SSLCertVerificationError as error:
            raise NotSent(f"Its certificate does not hold: {error.verify_message}.") from error
        except (OSError, HTTPException) as error:
            if time.monotonic() - started < self.patience:
                raise NotSent(f"It did not answer as HTTP has it: {type(error).__name__}.") from error
        finally:
            watch.cancel()
        if time.monotonic() - started >= self.patience:  # a head that was cut off reads as one that ended
            raise NotSent(f"It did not answer within {self.patience:g} seconds.")
        return fetched


def _is_address(host: str) -> bool:
    try:
        return ip_address(host).version == 6 and "%" not in host  # noqa: PLR2004 - IPv6; IPv4 reads as a name
    except ValueError:
        return False


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):  # it may be closed by now
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
