"""Hold the publisher to asking witnesses, serving what they sign, and telling when one has seen more."""

from __future__ import annotations

import logging

import pytest

from service.config import BadConfiguration
from service.public_log.checkpoint import find_cosigners
from service.public_log.cosigning import KnownWitness, ask_witnesses, read_witnesses
from service.public_log.note import COSIGNATURE, SigningKey
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
def ask(store, witnesses):
    """Give a way to ask the witnesses that are up; answers who signed."""

    def asked(*down):
        def send(url, body):
            address = url.removesuffix("/add-checkpoint")
            if address in {known.url for known in down}:
                raise OSError("nobody is there")
            answer = witnesses[address].post("/add-checkpoint", data=body)
            return answer.status_code, answer.text

        return ask_witnesses(store, KNOWN, send)

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


def test_an_answer_that_is_no_signature_is_not_kept(store, publish, claim, client, caplog):
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
            assert [] == ask_witnesses(store, KNOWN[:1], lambda *_, s=status, a=answer: (s, a))
        assert "witness0.example did not sign" in caplog.text
        caplog.clear()
    assert set() == served(client)


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
    for bad in ("x", KEYS[0].verifier.written(), f"{key.verifier.written()} http://a", f"{text}, {text} ftp://x"):
        with pytest.raises(BadConfiguration, match="ONRECORD_WITNESSES"):
            read_witnesses(bad)
