"""The audit page, and what is beside it: what the log is, how to verify, the program to do it with."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from domain.merkle import EMPTY_ROOT
from service.public_log.cosigning import KnownWitness, ask_witnesses
from service.public_log.note import COSIGNATURE, SigningKey, write_base64
from service.public_log.witness import Witness
from service.web.witness import create_witness
from tests.web.browsing import browse

NOW = "2026-01-31T10:00:00.000000Z"
PROGRAM = Path(__file__).parents[2] / "docs" / "verify.py"
WITNESS = SigningKey.make("witness.example", COSIGNATURE)


@pytest.fixture
def witnessed(store, publish, claim, key, clock, tmp_path):
    """Record five events, sign them, and have a witness sign."""
    claim(4)
    publish()
    witness = create_witness(Witness(WITNESS, [key.verifier], tmp_path / "witness", clock)).test_client()

    def send(_, body):
        answer = witness.post("/add-checkpoint", data=body)
        return answer.status_code, answer.text

    known = KnownWitness(WITNESS.verifier, "http://witness.example")
    assert ask_witnesses(store, [known], clock, send) == ["witness.example"]


def test_the_log_says_what_it_is(witnessed, claim, client, key):
    """As JSON the log is its name, what is signed of it and what is not yet, and who has seen it when."""
    claim(0)
    told = client.get("/log").json
    expected = {
        "origin": "record.example/log",
        "verifier_key": key.verifier.written(),
        "log_size": 6,
        "checkpoint": {
            "size": 5,
            "root": client.get("/log/root?size=5").json["root"],
            "signed_at": NOW,
            "note": client.get("/log/checkpoint").text,
        },
        "witnesses": [{"name": "witness.example", "verifier_key": WITNESS.verifier.written(), "signed_at": NOW}],
    }
    assert expected == told


def test_the_page_says_it_to_people(witnessed, claim, client, key):
    """The page has the checkpoint, who signed it, and commands with this server's own address and key."""
    claim(0)
    page = browse(client, "/log")
    root = client.get("/log/root?size=5").json["root"]
    assert f"Log size, signed 5 (1 newer event is not signed yet) Root: one hash over all of it {root}" in page.text
    assert f"Verifier key {key.verifier.written()}" in page.text
    assert "witness.example , 31 Jan 2026, 10:00 UTC (by its own clock)" in page.text
    assert f"python3 verify.py http://localhost '{key.verifier.written()}' kept.txt" in page.html
    assert "No witness has signed" not in page.text
    assert sha256(PROGRAM.read_bytes()).hexdigest() in page.text


def test_a_log_without_witnesses_says_what_that_means(claim, publish, client):
    """Where no witness has signed, the page says so, and what nobody but readers would notice."""
    claim(0)
    publish()
    assert (
        "No witness has signed this checkpoint. Without one, nobody but its readers notices"
        in browse(client, "/log").text
    )


def test_before_a_log_is_signed(claim, client):
    """Where nothing is signed, JSON says so by null, and the page says what to do."""
    claim(0)
    told = {"origin": "localhost/onrecord", "verifier_key": None, "log_size": 1, "checkpoint": None, "witnesses": []}
    assert told == client.get("/log").json
    page = browse(client, "/log")
    assert "This log has not been signed yet" in page.text
    assert "onrecord log keygen" in page.text
    assert page.html.count("What the log proves") == 1
    assert "not signed yet" in browse(client, "/claims").text


def test_of_an_empty_log_the_root_is_that_of_the_empty_tree(publish, client):
    """A record that holds nothing yet can be signed and looked at."""
    publish()
    assert (0, write_base64(EMPTY_ROOT)) == (
        client.get("/log").json["checkpoint"]["size"],
        client.get("/log").json["checkpoint"]["root"],
    )
    assert "Log size, signed 0" in browse(client, "/log").text


def test_the_program_is_handed_out_as_it_is_in_the_documents(client):
    """The stand-alone verifier can be saved from every record, byte for byte."""
    answer = client.get("/log/verify.py")
    assert (PROGRAM.read_bytes(), 'attachment; filename="verify.py"') == (
        answer.data,
        answer.headers["Content-Disposition"],
    )


def test_every_page_leads_to_the_log_and_can_be_cited_with_its_root(claim, publish, client):
    """At the foot of every page are the way to the log and, for print, the address, the log size and the root."""
    address = claim(2)
    publish()
    root = client.get("/log/root?size=3").json["root"]
    for path in ("/", "/claims", address, f"{address}/events/2", "/parties", "/events", "/corrections", "/log"):
        page = browse(client, path)
        assert "/log" in page.all("href", "a"), path
        assert f"http://localhost{path} · log size 3 · root {root}, signed 31 Jan 2026, 10:00 UTC" in page.text, path
    claim(0)
    assert f"log size 4 · root {root} of log size 3, signed 31 Jan 2026" in browse(client, "/claims").text


def test_an_event_says_its_place_and_how_to_verify_it(claim, publish, client, key):
    """An event answers its position, and its page has the evidence, the program and the commands, without a script."""
    claim(0)
    address = claim(2)
    publish()
    assert ["1", "2", "3"] == [client.get(f"{address}/events/{n}").headers["Log-Position"] for n in (1, 2, 3)]
    assert f"{address}/events/3#verify-3" in browse(client, address).all("href", "a")
    page = browse(client, f"{address}/events/3")
    assert {f"{address}/evidence", "/log/verify.py", "/log"} <= set(page.all("href", "a"))
    assert f"curl -s http://localhost{address}/evidence -o evidence.json" in page.html
    assert f"python3 verify.py evidence.json '{key.verifier.written()}'" in page.html
    assert "verify-3" in page.all("id")
