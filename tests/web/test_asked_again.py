"""Every answer to a GET can be asked for again with its ETag, or is kept by nobody."""

from __future__ import annotations

import pytest

from service.public_log.note import SigningKey
from service.public_log.publisher import Publisher
from service.web import ENDPOINTS
from service.web.pages.assets import load_assets
from service.web.pages.routes import PAGES
from tests.builders import said
from tests.web.newsroom import CLAIM_ID, open_claim

NAMED = {
    "claim_id": CLAIM_ID,
    "version": "2",
    "n": "2",
    "key": "russian-foreign-ministry",
    "code": "invalid",
    "act": "amend",
    "level": "0",
    "tile": "000.p/2",
}
ASKED = {
    "/claims/{claim_id}/log/{act}": "?regarding=2",
    "/log/proof": "?position=1",
    "/log/consistency": "?from=1&to=2",
    "/log/root": "?size=2",
    "/oembed": f"?url=http://localhost/claims/{CLAIM_ID}",
}
PLAIN, PAGE = {}, {"Accept": "text/html"}
# What holds at one moment only, or is somebody's own, or is asked for at every key that is pressed.
FOR_NOW = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/webhooks",
    "/webhooks/{webhook_id}",
    "/suggest/parties",
    "/suggest/topics",
}
GETS = [endpoint for endpoint in (*ENDPOINTS, *PAGES) if endpoint.method == "GET"]


@pytest.fixture
def everything(desk, store, clock, hire):
    """Open a claim that is denied, publish it, and have it told of; gives an administrator and what stands where."""
    open_claim(desk, said("denied"))
    Publisher(store, SigningKey.make("localhost/onrecord"), clock).publish()
    admin = hire("chief", "admin")
    webhook = admin.post("/webhooks", json={"url": "https://desk.example/hook", "on": ["event"]}).json
    return admin, NAMED | {"webhook_id": webhook["id"]}


def address_of(endpoint, named):
    """Give an address at which an endpoint has an answer."""
    file = {"/docs/{name}": "docs.js", "/static/{name}": next(iter(load_assets()))}.get(endpoint.path, "")
    return endpoint.path.format(**named, name=file) + ASKED.get(endpoint.path, "")


def ask(client, admin, path, headers):
    """Ask as anybody, or with a token where that needs one."""
    answer = client.get(path, headers=headers, buffered=True)
    return admin.get(path, headers=headers, buffered=True) if answer.status_code == 401 else answer


def test_every_answer_has_an_etag_or_is_kept_by_nobody(everything, client):
    """What is read has a strong ETag that gets 304, as JSON and as a page, but for what holds at one moment only."""
    admin, named = everything
    unkept, untold = set(), []
    for endpoint in GETS:
        path = address_of(endpoint, named)
        for form in (PLAIN, PAGE):
            answer = ask(client, admin, path, form)
            assert answer.status_code in {200, 302, 303}, (path, answer.text)
            etag = answer.headers.get("ETag", "")
            again = ask(client, admin, path, form | {"If-None-Match": etag})
            if answer.status_code != 200 or "immutable" in answer.headers["Cache-Control"]:
                continue  # led elsewhere, or never to be asked for again
            if answer.cache_control.no_store:
                unkept |= set() if etag else {endpoint.path}
            elif not etag.startswith('"') or again.status_code != 304:
                untold.append(path)
    assert ([], FOR_NOW) == (untold, unkept)
