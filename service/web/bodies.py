"""Bodies of requests: those of strangers are waited for a few at a time.

A thread of the server waits for each body, for as long as the connection stays open; the server
(granian) knows no end to that, and nothing that runs in it can set one. So a handful of connections
that never send what they announced would silence it. Whoever has shown a token or a session is trusted
to send; of all others so few are waited for that most threads stay free. Whether a body has come already cannot be
told, so one that has is refused with the others (a thread of ours that reads in the server's place stalls its loop).
"""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Flask, Request, g
from werkzeug.utils import cached_property

from service.errors import TooManyRequests
from service.web.places import keep_places, one_place

_STRANGERS = "bodies of strangers"


class FewStrangers(Request):
    """A request whose body, where `g.actor` is nobody, is read whole and in one of few places."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """Give the body; raises TooManyRequests where all places are taken."""
        body: IO[bytes] = super().stream
        if g.get("actor") is not None:
            return body
        full = TooManyRequests("Many who have not signed in are sending something just now. Send it again.")
        with one_place(_STRANGERS, full):
            return BytesIO(body.read())


def wait_for_few(app: Flask, places: int) -> None:
    """Have an application wait for the bodies of so many strangers at once, and of one at least."""
    app.request_class = FewStrangers
    keep_places(app, _STRANGERS, places)
