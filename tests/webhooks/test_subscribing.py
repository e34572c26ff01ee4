"""Who may subscribe to what, who sees it, and what is shown once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from service.config import Config
from service.recording.items import read_claim_id
from service.web import create_app
from service.webhooks.subscriptions import MOST_WEBHOOKS
from tests.builders import MID, said

URL = "https://desk.example/hook"


def ask(client, **wish):
    """Ask for a subscription."""
    return client.post("/webhooks", json={"url": URL, "on": ["event"], **wish})


def parameters_of(response):
    """Say what a refusal is about."""
    return [fault.get("pointer", fault.get("parameter")) for fault in response.json["errors"]]


def test_a_subscription_is_made(client_of):
    """A subscription is answered with what was asked for, its address, and the secret that signs."""
    client = client_of("desk-seoul", "reporter")
    response = ask(client, on=["reversed", "event", "event"], claim="ref:meeting", party="Russian Foreign Ministry")
    made = response.json
    assert response.status_code == 201
    assert response.headers["Location"] == f"/webhooks/{made['id']}"
    assert response.headers["Cache-Control"] == "no-store"
    assert made["secret"].startswith("whsec_")
    assert made | {"secret": "", "id": ""} == {
        "id": "",
        "owner": "desk-seoul",
        "url": URL,
        "on": ["event", "reversed"],
        "claim": str(read_claim_id("ref:meeting")),
        "party": "russian-foreign-ministry",
        "created_at": made["created_at"],
        "disabled": None,
        "secret": "",
    }


@pytest.mark.parametrize("role", ["reporter", "editor", "admin"])
def test_who_may_write_may_subscribe(client_of, role):
    """A reporter and whoever is more may subscribe."""
    assert ask(client_of("somebody", role)).status_code == 201


@pytest.mark.parametrize("role", ["reader", "auditor"])
def test_who_may_not_write_may_not_subscribe(client_of, role):
    """A reader and an auditor may not, nor see what others subscribed to."""
    client = client_of("somebody", role)
    assert ask(client).status_code == 403
    assert client.get("/webhooks").status_code == 403


def test_a_stranger_is_asked_who_they_are(client):
    """Without a token there are no webhooks, though reads are public."""
    assert client.get("/webhooks").status_code == 401
    assert ask(client).status_code == 401
    assert client.get(f"/webhooks/{uuid4()}").status_code == 401


def test_another_ones_webhook_is_not_there(client_of, receiver, at_desk):
    """Only its owner and administrators see a webhook, delete it, and send its deliveries again."""
    at_desk.subscribe(receiver.url)
    at_desk.open()
    at_desk.deliver()
    (webhook,) = at_desk.client.get("/webhooks").json["webhooks"]
    delivery = at_desk.see(webhook)["deliveries"][0]["id"]
    address, again = f"/webhooks/{webhook['id']}", f"/webhooks/{webhook['id']}/deliveries/{delivery}/replay"
    stranger, admin = client_of("desk-oslo", "editor"), client_of("boss", "admin")
    assert stranger.get("/webhooks").json == {"webhooks": []}
    assert [stranger.get(address).status_code, stranger.delete(address).status_code] == [404, 404]
    assert stranger.post(again).status_code == 404
    assert admin.get("/webhooks").json == {"webhooks": [webhook]}
    assert [admin.get(address).status_code, admin.post(again).status_code] == [200, 202]
    assert admin.delete(address).status_code == 204


def test_the_secret_is_shown_once(at_desk, receiver, client_of):
    """No answer but the first holds the secret, an administrator's neither."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open(said("denied", MID))
    at_desk.deliver()
    admin = client_of("boss", "admin")
    addresses = ["/webhooks", f"/webhooks/{webhook['id']}", "/events", "/claims", "/"]
    shown = "".join(client.get(address).text for client in (at_desk.client, admin) for address in addresses)
    assert webhook["secret"] not in shown
    assert "secret" not in shown


@pytest.mark.parametrize(
    ("wish", "at"),
    [
        ({"url": "ftp://desk.example/"}, ["/url"]),
        ({"url": "https://10.0.0.1/"}, ["/url"]),
        ({"url": None}, ["/url"]),
        ({"on": []}, ["/on"]),
        ({"on": ["nothing"]}, ["/on/0"]),
        ({"on": None}, ["/on"]),
        ({"claim": "some claim"}, ["/claim"]),
        ({"party": "x" * 301}, ["/party"]),
        ({"party": "!"}, ["/party"]),
        ({"colour": "red"}, ["/colour"]),
        ({"url": "", "claim": "x", "party": ""}, ["/url", "/claim", "/party"]),
    ],
)
def test_a_faulty_wish_is_refused(client_of, wish, at):
    """Every fault of what is asked for is named at once."""
    response = ask(client_of("desk-seoul", "editor"), **wish)
    assert (response.status_code, parameters_of(response)) == (422, at)


def test_loopback_needs_the_setting(timeline, client_of, receiver):
    """Webhooks lead to this machine only where the setting for development allows it."""
    token = client_of("desk-seoul", "editor").environ_base["HTTP_AUTHORIZATION"]
    strict = create_app(timeline, Config()).test_client()
    strict.environ_base["HTTP_AUTHORIZATION"] = token
    assert ask(strict, url=receiver.url).status_code == 422
    assert ask(strict, url=receiver.url.replace("http:", "https:")).status_code == 422


def test_one_has_so_many(client_of):
    """One owner has at most so many webhooks, whatever others have; who deletes one may make another."""
    client = client_of("desk-seoul", "editor")
    made = [ask(client) for _ in range(MOST_WEBHOOKS)]
    refused = ask(client)
    assert (refused.status_code, refused.json["code"]) == (409, "limit_reached")
    assert ask(client_of("desk-oslo", "editor")).status_code == 201
    assert client.delete(f"/webhooks/{made[0].json['id']}").status_code == 204
    assert ask(client).status_code == 201


def test_what_is_deleted_is_gone(at_desk, receiver):
    """A deleted webhook is told nothing more, and its deliveries are gone with it."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()
    address = f"/webhooks/{webhook['id']}"
    assert at_desk.client.delete(address).status_code == 204
    at_desk.deliver()
    assert receiver.got == []
    assert [at_desk.client.get(address).status_code, at_desk.client.delete(address).status_code] == [404, 404]
    with at_desk.store.reading() as view:
        assert view.outbox.deliveries(webhook["id"], before=None, limit=9) == []


def test_deliveries_come_in_pages(at_desk, receiver):
    """Deliveries are listed newest first, each once, however many pages it takes."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open(*(said("denied", MID, scope=f"{n}") for n in range(6)))
    pages, cursor = [], {}
    while cursor is not None:
        page = at_desk.see(webhook, limit=3, **cursor)
        pages.append([delivery["version"] for delivery in page["deliveries"]])
        cursor = {"cursor": page["next"]} if page["next"] else None
    assert pages == [[7, 6, 5], [4, 3, 2], [1]]
    response = at_desk.client.get(f"/webhooks/{webhook['id']}?cursor=msg_nothing")
    assert (response.status_code, parameters_of(response)) == (422, ["cursor"])


def test_an_idempotency_key_is_refused(at_desk):
    """What would be ignored is refused: a key cannot give the secret a second time."""
    response = at_desk.client.post(
        "/webhooks", json={"url": URL, "on": ["event"]}, headers={"Idempotency-Key": "k" * 8}
    )
    assert (response.status_code, parameters_of(response)) == (422, ["Idempotency-Key"])
