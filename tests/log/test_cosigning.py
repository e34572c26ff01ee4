"""Hold the publisher to asking witnesses, serving what they sign, and telling when one has seen more."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from select import select

import pytest

from service.config import BadConfiguration
from service.outbound import NotSent, Outbound
from service.public_log import cosigning
from service.public_log.checkpoint import cosign, find_cosigners
from service.public_log.cosigning import KnownWitness, ask_witnesses, read_witnesses
from service.public_log.note import COSIGNATURE, SigningKey, split_note
from service.public_log.witness import Witness
from service.verifying.steps import Trust
from service.verifying.store import verify_store
from service.web.witness import create_witness
from tests.log.handing import sign

KEYS = [SigningKey.make(f"witness{n}.example", COSIGNATURE) for n in range(3)]
KNOWN = [KnownWitness(key.verifier, f"http://{key.name}") for key in KEYS]


@pytest.fixture
def witnesses(tmp_path, key, clock):
    """Set up three witnesses that answer over HTTP."""
    made = [Witness(one, [key.verifier], tmp_path / one.name, clock) for one in KEYS]
    return {f"http://{one.key.name}": create_witness(one).test_client() for one in made}


@pytest.fixture
def ask(store, witnesses, clock):
    """Give a way to ask the witnesses that are up; answers who signed."""

    def asked(*down):
        def send(url, body):
            address = url.removesuffix("/add-checkpoint")
            if address in {known.url for known in down}:
                raise NotSent("Nobody is there.")
            answer = witnesses[address].post("/add-checkpoint", data=body)
            return answer.status_code, answer.text

        return ask_witnesses(store, KNOWN, clock, send)

    return asked


def names(*which):
    """Name witnesses."""
    return [KEYS[n].name for n in which]


def served(client):
    """Tell which witnesses' signatures are on the checkpoint that is served."""
    return {key.name for key in find_cosigners(client.get("/log/checkpoint").text, [k.verifier for k in KEYS])}


def test_witnesses_sign_what_is_published(publish, claim, ask, client):
    """Every witness signs each checkpoint once; one that was away catches up with the next."""
    assert [] == ask()
    claim(3)
    publish()
    assert (names(0, 1, 2), []) == (ask(), ask())
    claim(2)
    publish()
    assert set() == served(client)
    assert names(1, 2) == ask(KNOWN[0])
    assert set(names(1, 2)) == served(client)
    claim(1)
    publish()
    assert names(0, 1, 2) == ask()
    assert set(names(0, 1, 2)) == served(client)
    proof = client.get("/log/proof?position=0").text
    assert set(names(0, 1, 2)) == {
        w.name for w in find_cosigners(proof.partition("\n\n")[2], [k.verifier for k in KEYS])
    }


def test_a_witness_that_knows_more_than_we_noted_is_met_where_it_is(publish, claim, ask, store, client):
    """Where the answer of a witness was lost, it is asked again from the size that it says it has seen."""
    claim(3)
    publish()
    ask()
    with store.writing() as transaction:
        transaction.tree._sql.execute("DELETE FROM cosignatures")  # noqa: SLF001 - as if the answer had been lost
    claim(2)
    publish()
    assert names(0, 1, 2) == ask()


def test_a_witness_that_has_seen_more_is_reported(publish, claim, ask, store, tmp_path, key, clock, caplog):
    """When the record is behind what a witness saw, or another than it saw, that is logged as an error."""
    claim(3)
    publish()
    ask()
    ahead = tmp_path / KEYS[0].name
    (file,) = ahead.glob("*.checkpoint")
    file.write_text(sign(key, 9, bytes(32)), encoding="utf-8")
    claim(2)
    publish()
    with caplog.at_level(logging.ERROR):
        assert names(1, 2) == ask()
    assert (
        "witness0.example did not sign: it has seen size 9, and there are 7 here: were they rolled back?" in caplog.text
    )


def test_an_answer_that_is_no_signature_is_not_kept(store, publish, claim, client, clock, caplog):
    """What a stranger answers in the name of a witness is not kept, nor is an error."""
    claim(1)
    publish()
    for status, answer in (
        (200, "hello"),
        (200, client.get("/log/checkpoint").text),
        (500, "no"),
        (409, "2\n"),
        (404, ""),
    ):
        with caplog.at_level(logging.ERROR):
            assert [] == ask_witnesses(store, KNOWN[:1], clock, lambda *_, s=status, a=answer: (s, a))
        assert "witness0.example did not sign" in caplog.text
        caplog.clear()
    assert set() == served(client)


NOW = 1_769_853_600  # by the tests' clock
LIES = {  # which witness signs what, and when
    "of this checkpoint, an hour ahead": (0, "4", NOW + 3_600, True),
    "a second more ahead": (0, "4", NOW + 3_601, False),
    "in years that no calendar tells": (0, "4", 2**62, False),
    "past all times": (0, "4", 2**63, False),
    "of another checkpoint": (0, "5", NOW, False),
    "of this one by another witness": (1, "4", NOW, False),
}


@pytest.mark.parametrize(("who", "size", "at", "kept"), LIES.values(), ids=LIES)
def test_what_is_kept_is_of_this_checkpoint_and_of_no_time_to_come(
    store, publish, claim, client, clock, who, size, at, kept
):
    """A witness may be an hour ahead of our clock; what is of another checkpoint, witness or time is not kept."""
    assert clock().timestamp() == NOW
    claim(3)
    publish()
    note = client.get("/log/checkpoint").text
    line = cosign(KEYS[who], split_note(note)[0].replace("\n4\n", f"\n{size}\n"), at).line()
    assert names(0) * kept == ask_witnesses(store, KNOWN[:1], clock, lambda *_: (200, line))
    assert note + line * kept == client.get("/log/checkpoint").text
    assert [200] * 2 == [client.get("/log", headers={"Accept": kind}).status_code for kind in ("*/*", "text/html")]


def test_a_witness_cannot_pass_a_signature_of_something_else_off(store, publish, claim, client, clock, caplog):
    """An empty line before a signature makes another text of the note, the log's signature in it: it is not kept."""
    claim(1)
    publish()
    note = client.get("/log/checkpoint").text
    line = cosign(KEYS[0], note, int(clock().timestamp())).line()
    assert {KEYS[0].verifier} == set(find_cosigners(f"{note}\n{line}", [KEYS[0].verifier]))
    with caplog.at_level(logging.ERROR):
        assert [] == ask_witnesses(store, KNOWN[:1], clock, lambda *_: (200, f"\n{line}"))
    assert "witness0.example did not sign: expected a signature by" in caplog.text
    assert note == client.get("/log/checkpoint").text


def drip(connection):
    """Answer a byte at a time, each sooner than anybody loses patience with one."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
    with suppress(OSError):
        while not select([connection], [], [], 0.02)[0]:
            connection.sendall(b"x")


def announce(connection):
    """Say again and again that an answer is about to come."""
    with suppress(OSError):
        while not select([connection], [], [], 0.02)[0]:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def lead_away(connection):
    """Lead elsewhere, to an address that is none."""
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n")


def go_on(connection):
    """Answer without an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while True:
            connection.sendall(bytes(65_536))


@pytest.mark.parametrize("answer", [drip, announce, lead_away, go_on])
def test_a_witness_that_answers_oddly_is_not_waited_for(store, publish, claim, witnesses, clock, monkeypatch, answer):
    """However a witness drips, announces, leads away or goes on, the next one is asked within our patience."""
    monkeypatch.setattr(cosigning, "_OUTBOUND", Outbound(anywhere=True, patience=0.5))
    claim(1)
    publish()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with listening.accept()[0] as connection:
                while b"\n\n\xe2\x80\x94" not in connection.recv(65_536):
                    pass
                answer(connection)

        serving = threading.Thread(target=serve)
        serving.start()
        odd = KnownWitness(KEYS[0].verifier, f"http://127.0.0.1:{listening.getsockname()[1]}")

        def send(url, body):
            if url.startswith(odd.url):
                return cosigning.post(url, body)
            signed = witnesses[url.removesuffix("/add-checkpoint")].post("/add-checkpoint", data=body)
            return signed.status_code, signed.text

        assert names(1) == ask_witnesses(store, [odd, KNOWN[1]], clock, send)
        serving.join()


@pytest.mark.parametrize(("quorum", "fault"), [(0, None), (2, None), (3, "too few witnesses")])
def test_an_auditor_can_ask_for_so_many_of_them(publish, claim, ask, store, key, quorum, fault):
    """Where fewer witnesses signed than an auditor asks for, the checkpoint does not do."""
    claim(3)
    publish()
    ask(KNOWN[1])
    trust = Trust([key.verifier], None, [known.key for known in KNOWN], quorum)
    report = verify_store(store, trust, lambda _: None)
    assert [fault] * bool(fault) == [found.name for found in report.faults]
    assert "seen by 2 of 3 witnesses" in report.done[1]


def test_witnesses_are_configured_by_key_and_address(key):
    """A list of keys with addresses is read; what is none is refused by name."""
    text = ", ".join(f"{known.key.written()} {known.url}/" for known in KNOWN)
    assert tuple(KNOWN) == read_witnesses(text)
    assert () == read_witnesses("")
    for bad in (
        "x",
        KEYS[0].verifier.written(),
        f"{key.verifier.written()} http://a",
        f"{text}, {text} ftp://x",
        f"{KEYS[0].verifier.written()} http://[",
    ):
        with pytest.raises(BadConfiguration, match="ONRECORD_WITNESSES"):
            read_witnesses(bad)
