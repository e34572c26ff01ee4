"""Bodies of those who have not shown who they are: few are waited for, and nobody else waits with them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from service.config import Config
from tests.web.browsing import PAGE

PLACES = Config().threads // 4
SIGN_IN = {"headers": {"Origin": "http://localhost"}, "content_type": "application/x-www-form-urlencoded"}


class Announced(BytesIO):
    """A body that comes when it is let."""

    def __init__(self, awaited, let):
        """Say by a semaphore that somebody waits for it, and wait for an event."""
        super().__init__(b"token=none")
        self._awaited, self._let = awaited, let

    def readinto(self, buffer):
        """Wait, and give it."""
        self._awaited.release()
        self._let.wait()
        return super().readinto(buffer)


def test_a_stranger_more_than_are_waited_for_is_sent_away(app, client, desk):
    """While strangers keep the server waiting for their bodies, one more is refused, and all others are served."""
    awaited, let = threading.Semaphore(0), threading.Event()

    def send():
        body = Announced(awaited, let)
        return app.test_client().post("/sign-in", input_stream=body, content_length=10, **SIGN_IN).status_code

    with ThreadPoolExecutor(PLACES) as strangers:
        sent = [strangers.submit(send) for _ in range(PLACES)]
        try:
            for _ in sent:
                awaited.acquire()
            refused = client.post("/sign-in", data="token=none", **SIGN_IN)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
            assert client.get("/healthz").status_code == 200
            assert desk.post("/claims", json={"text": "It was so.", "lang": "en"}).status_code == 201
            form = {"text": "It was so.", "action": "record", "key": "once"}
            unknown = client.post("/claims/new", data=form, headers={**PAGE, **SIGN_IN["headers"]})
            assert (unknown.status_code, unknown.headers["Retry-After"]) == (429, "2")
            assert "What you sent was not read, and nothing was recorded. Reload this page in a moment" in unknown.text
        finally:
            let.set()
    assert [one.result() for one in sent] == [401] * PLACES
    assert client.post("/sign-in", data="token=none", **SIGN_IN).status_code == 401
