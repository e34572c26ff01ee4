"""Hold what the log answers over HTTP to C2SP, by code that shares nothing with ours but the hashes."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from domain.entry import leaf_hash
from domain.merkle import root_from_inclusion, verify_consistency
from service.public_log.checkpoint import open_checkpoint
from service.tokens import create_token
from tests.contract.proving import leaf_of
from tests.domain.test_merkle import tree_hash
from tests.web.browsing import PAGE, sign_in

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def grown(claim, publish, client):
    """Record 300 events on two claims and sign them, and at 2 and 290 as well; gives their leaves."""
    claim(1)
    publish()
    for _ in range(12):
        claim(23)
    publish()
    claim(9)
    publish()
    return tuple(leaf_of(json.dumps(placed["event"])) for placed in client.get("/events?limit=1000").json["events"])


def problem(response):
    """Read a refusal."""
    return response.status_code, response.json["code"], response.json.get("retry_after")


def test_the_checkpoint_is_of_what_is_recorded(grown, client, key):
    """The checkpoint is a note signed by the log, of the root of all leaves; it may be kept for a few seconds."""
    answer = client.get("/log/checkpoint")
    signed = open_checkpoint(answer.text, [key.verifier])
    assert (300, tree_hash(grown)) == (signed.size, signed.root)
    assert ("text/plain; charset=utf-8", "public, max-age=5") == (answer.content_type, answer.headers["Cache-Control"])
    assert client.get("/").json["verifier_key"] == key.verifier.written()


def test_before_anything_is_signed(claim, client):
    """Until the log is signed, everything of it is not yet published, with when to ask again."""
    address = claim()
    for path in ("checkpoint", "proof?position=0", "consistency?from=0&to=1", "root?size=1", "tile/0/000.p/1"):
        answer = client.get(f"/log/{path}")
        assert (404, "not_yet_published", 10) == problem(answer), path
        assert answer.headers["Retry-After"] == "10"
    assert (404, "not_yet_published", 10) == problem(client.get(f"{address}/evidence"))
    assert client.get("/").json["verifier_key"] is None


def test_tiles_are_the_hashes_of_their_level(grown, client):
    """A tile has the hashes of its level in order, full or partial, and may be kept for good."""
    full, rest, top = (client.get(f"/log/tile/{name}") for name in ("0/000", "0/001.p/44", "1/000.p/1"))
    assert (b"".join(grown[:256]), b"".join(grown[256:])) == (full.data, rest.data)
    assert tree_hash(grown[:256]) == top.data
    assert {FOR_GOOD} == {answer.headers["Cache-Control"] for answer in (full, rest, top)}
    assert {"application/octet-stream"} == {answer.content_type for answer in (full, rest, top)}
    assert client.get("/log/tile/0/000.p/7").data == b"".join(grown[:7])
    assert 304 == client.get("/log/tile/0/000", headers={"If-None-Match": full.headers["ETag"]}).status_code


@pytest.mark.parametrize("public", [True, False])
def test_a_browser_that_signed_in_keeps_only_what_all_may_read(claim, publish, client, store, clock, public):
    """Where reads need a token no tile outlives a session in its browser; whoever brings a token may keep it."""
    client.application.config["PUBLIC_READS"] = public
    claim()
    publish()
    token = create_token(store, "reader-a", "reader", now=clock(), expires_in=None)
    sign_in(client, token)
    tile, checkpoint = (client.get(f"/log/{name}", headers=PAGE) for name in ("tile/0/000.p/1", "checkpoint"))
    told = [answer.headers["Cache-Control"] for answer in (tile, checkpoint)]
    assert told == ([FOR_GOOD, "public, max-age=5"] if public else ["no-store", "no-store"])
    tile = client.get("/log/tile/0/000.p/1", headers={"Authorization": f"Bearer {token}"})
    assert tile.headers["Cache-Control"] == (FOR_GOOD if public else FOR_GOOD.replace("public", "private"))


def test_what_is_no_tile_of_the_log_leads_nowhere(grown, client):
    """A tile past the checkpoint, wider than it is, or named in another way is not there."""
    names = (
        *("0/001", "0/001.p/45", "1/000", "2/000.p/1", "0/002.p/1", "0/000.p/0", "0/000.p/256", "0/000.p/07", "0/0"),
        *("0/x000/000", "00/000", "64/000", "-1/000", "0/x001/x234/067", "0/000/", "entries/001", "entries/x", "x/000"),
        *("0/%D9%A0%D9%A0%D9%A0", "entries/001.p/45", "0/1e9", "0/000.p/1/2"),
    )
    found = {name: problem(client.get(f"/log/tile/{name}")) for name in names}
    assert dict.fromkeys(names, (404, "not_found", None)) == found


def test_entries_hash_to_the_leaves(grown, client):
    """Entries come in order, each after its length in two bytes, and hash to the leaves; nobody's words are in them."""
    read = []
    for name in ("000", "001.p/44"):
        data = client.get(f"/log/tile/entries/{name}").data
        while data:
            length = int.from_bytes(data[:2])
            read.append(data[2 : 2 + length])
            data = data[2 + length :]
    assert list(grown) == [leaf_hash(entry) for entry in read]
    assert not any(b"Ministry" in entry or b"salt" in entry for entry in read)


@pytest.mark.parametrize("size", [2, 290, 300, None])
def test_a_proof_leads_to_the_checkpoint(grown, client, key, size):
    """A proof is tlog-proof text that leads from the leaf to the root of the checkpoint it carries."""
    for position in (0, 1, (size or 300) - 1):
        asked = f"/log/proof?position={position}" + (f"&size={size}" if size else "")
        head, _, checkpoint = client.get(asked).text.partition("\n\n")
        name, index, *path = head.split("\n")
        signed = open_checkpoint(checkpoint, [key.verifier])
        assert ("c2sp.org/tlog-proof@v1", f"index {position}", size or 300) == (name, index, signed.size)
        proof = [b64decode(part, validate=True) for part in path]
        assert signed.root == root_from_inclusion(grown[position], position, signed.size, proof)


def test_what_is_not_published_is_not_proved(grown, claim, client):
    """Past the checkpoint, not yet; past the record, nowhere; at a size that was not signed, never."""
    claim(4)
    for path in ("proof?position=300", "proof?position=0&size=301", "consistency?from=1&to=305", "root?size=303"):
        assert (404, "not_yet_published", 10) == problem(client.get(f"/log/{path}")), path
    for path in ("proof?position=305", "proof?position=0&size=306", "consistency?from=1&to=9223372036854775807"):
        assert (404, "not_found", None) == problem(client.get(f"/log/{path}")), path
    unsigned = client.get("/log/proof?position=0&size=3").json
    assert "not signed at size 3. The next larger one that was is 290." in unsigned["errors"][0]["detail"]
    for path in (
        "proof?position=2&size=2",
        "proof",
        "consistency?from=3&to=2",
        "consistency?to=2",
        "root",
        "root?size=-1",
    ):
        assert (422, "invalid", None) == problem(client.get(f"/log/{path}")), path


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 300), (1, 2), (2, 300), (127, 290), (256, 257), (300, 300)])
def test_any_size_is_proved_to_extend_any_smaller_one(grown, client, old, new):
    """Consistency is proved between any two sizes, and the root of any size is told."""
    answer = client.get(f"/log/consistency?from={old}&to={new}").json
    roots = [b64decode(client.get(f"/log/root?size={size}").json["root"]) for size in (old, new)]
    assert (old, new, [tree_hash(grown[:old]), tree_hash(grown[:new])]) == (answer["from"], answer["to"], roots)
    verify_consistency(old, roots[0], new, roots[1], [b64decode(part) for part in answer["proof"]])


def test_an_as_of_answer_can_be_taken_to_the_log(grown, client, claim):
    """The log size that an `as_of` names has a root, and a proof that today's log extends it."""
    address = client.get("/claims?limit=1").json["claims"][0]["id"]
    size = client.get(f"/claims/{address}?as_of=295").json["as_of"]["log_size"]
    root = b64decode(client.get(f"/log/root?size={size}").json["root"])
    proof = client.get(f"/log/consistency?from={size}&to=300").json["proof"]
    verify_consistency(295, root, 300, tree_hash(grown), [b64decode(part) for part in proof])
    assert tree_hash(grown[:295]) == root


def test_the_keys_are_told(grown, client, key):
    """Every key is listed with the size from which it signed."""
    (told,) = client.get("/log/keys").json["keys"]
    assert (key.verifier.written(), 2, None) == (told["verifier_key"], told["from"], told["statement"])


def test_where_reads_need_a_token_nothing_is_kept_by_others(grown, app, client, desk):
    """Where reading needs a token, so does the log, and only the reader may keep its tiles."""
    app.config["PUBLIC_READS"] = False
    assert 401 == client.get("/log/checkpoint").status_code
    assert "private, max-age=31536000, immutable" == desk.get("/log/tile/0/000").headers["Cache-Control"]
