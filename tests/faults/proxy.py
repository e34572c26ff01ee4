"""Stand between a program and PostgreSQL, and cut them apart at the moment that hurts.

It understands as much of the frontend/backend protocol, version 3, as it takes to see which statement runs: messages
are a letter, a length and a body, but the first; https://www.postgresql.org/docs/current/protocol-message-formats.html.
"""

import shutil
import socket
import struct
from contextlib import suppress
from enum import Enum
from threading import Event, Lock, Thread

from tests.clusters import OWNER, PORT, url_at
from tests.programs import private_folder

PATIENCE = 30.0  # seconds for what takes milliseconds
ENCRYPTION = {80877103, 80877104}  # SSLRequest, GSSENCRequest
COMMITTED = b"COMMIT\0"  # the tag of CommandComplete


class Cut(Enum):
    """A moment at which a connection breaks."""

    BEFORE_COMMIT = "COMMIT does not reach the server"
    AFTER_COMMIT = "the server has committed, and its reply does not reach the client"
    MID_STATEMENT = "half of a statement reaches the server"


class Proxy:
    """A socket in a private folder that leads to another one, for as long as it is told to."""

    def __init__(self, to):
        """Lead to the socket in a cluster's folder."""
        self.folder = private_folder()
        self.made = []  # the cuts there were
        self._to = to
        self._due = None
        self._lock = Lock()
        self._passing = Event()
        self._passing.set()
        self._connections = []
        self._listener = None
        self.heal()

    def url(self, database="postgres", user=OWNER):
        """Give the URL of a database by this way."""
        return url_at(self.folder, database, user)

    def cut_at(self, cut, containing=""):
        """Cut the first connection that comes to this moment, once; a statement may be told by a part of its text."""
        self._due = (cut, containing.casefold())

    def partition(self):
        """Let nothing through, neither way, and answer nobody; what is on its way waits until it heals."""
        self._passing.clear()

    def refuse(self):
        """Cut all connections, and refuse new ones."""
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._accepting.join(PATIENCE)
            self._listener.close()
            self._listener = None
            self._socket.unlink()
        for connection in self._connections:
            connection.cut()
        self._passing.set()  # what a partition held up goes nowhere now
        for connection in self._connections:
            connection.thread.join(PATIENCE)
        self._connections = []

    def heal(self):
        """Let everything through again."""
        self._passing.set()
        if self._listener is None:
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(str(self._socket))
            self._socket.chmod(0o777)  # its folder is closed: a standby comes in as nobody
            self._listener.listen()
            self._accepting = Thread(target=self._accept, daemon=True)
            self._accepting.start()

    def close(self):
        """Cut all connections and go."""
        self.refuse()
        shutil.rmtree(self.folder)

    def __enter__(self):
        """Stand between for a block."""
        return self

    def __exit__(self, *raised):
        """Go."""
        self.close()

    def comes_to(self, cut, text=""):
        """Tell whether a connection is to be cut at this moment, and take note of it."""
        with self._lock:
            due = self._due is not None and self._due[0] is cut and self._due[1] in text.casefold()
            if due:
                self._due = None
                self.made.append(cut)
            return due

    def send(self, to, message):
        """Pass a message on, once nothing parts the two."""
        self._passing.wait()
        to.sendall(message)

    @property
    def _socket(self):
        return self.folder / f".s.PGSQL.{PORT}"

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # no longer listening
                return
            self._connections.append(_Connection(self, client, str(self._to / self._socket.name)))


class _Connection:
    """One client and its server process."""

    def __init__(self, proxy, client, server):
        self._proxy = proxy
        self._client = client
        self._address = server
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._statements = {}
        self.thread = Thread(target=self._forth, daemon=True)
        self.thread.start()

    def cut(self):
        """End both sides at once."""
        for side in (self._client, self._server):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def _forth(self):
        with self._client, self._server, self._client.makefile("rb") as stream, suppress(OSError):
            if (first := self._first(stream)) is None:
                return
            self._server.connect(self._address)
            back = Thread(target=self._back, daemon=True)
            back.start()
            self._proxy.send(self._server, first)
            while message := _message(stream):
                text = self._runs(message)
                if text is not None and self._cut_before(text, message):
                    break
                self._proxy.send(self._server, message)
            self.cut()
            back.join(PATIENCE)

    def _cut_before(self, text, message):
        commits = any(part.strip().casefold() == "commit" for part in text.split(";"))
        if commits and self._proxy.comes_to(Cut.BEFORE_COMMIT):
            return True
        if not commits and self._proxy.comes_to(Cut.MID_STATEMENT, text):
            self._proxy.send(self._server, message[: len(message) // 2])
            return True
        return False

    def _back(self):
        with self._server.makefile("rb") as stream, suppress(OSError):
            while message := _message(stream):
                if message[:1] == b"C" and message[5:] == COMMITTED and self._proxy.comes_to(Cut.AFTER_COMMIT):
                    break
                self._proxy.send(self._client, message)
        self.cut()

    def _first(self, stream):
        """Read what opens a connection; declines encryption, and gives None if nothing comes."""
        while len(head := stream.read(8)) == 8:
            length, code = struct.unpack("!II", head)
            if code not in ENCRYPTION:
                return head + stream.read(length - 8)
            self._client.sendall(b"N")
        return None

    def _runs(self, message):
        """Give the text of the statement that a message runs, if it runs one."""
        kind, body = message[:1], message[5:]
        if kind == b"Q":
            return _texts(body)[0]
        if kind == b"P":
            name, text = _texts(body)[:2]
            self._statements[name] = text
        if kind == b"B":
            return self._statements.get(_texts(body)[1])
        return None


def _message(stream):
    """Read one message, whole; gives nothing at the end."""
    head = stream.read(5)
    if len(head) < 5:
        return b""
    return head + stream.read(struct.unpack("!I", head[1:])[0] - 4)


def _texts(body):
    """Give the texts with which a message begins."""
    return [text.decode("utf-8", "replace") for text in body.split(b"\0", 2)]
