"""Ask witnesses for their signatures of the last checkpoint, and keep them beside it.

A witness that cannot be reached is asked again with the next checkpoint, and holds nothing
up. One that has seen more than there is here, or another history, is reported: then the
record was rolled back, or there are two.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from domain.merkle import prove_consistency
from service.config import BadConfiguration
from service.public_log.checkpoint import find_cosigners
from service.public_log.note import COSIGNATURE, BadNote, VerifierKey, split_note, write_base64
from service.public_log.witness import write_request
from service.store.interface import Store, View
from service.store.tree import SignedCheckpoint

PATIENCE = 10.0  # seconds for one answer
LARGEST_ANSWER = 65_536  # bytes
OK, CONFLICT = 200, 409
_log = logging.getLogger(__name__)
Post = Callable[[str, bytes], tuple[int, str]]


class WitnessObjects(Exception):
    """A witness does not sign; says why."""


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness by its key, and where it answers."""

    key: VerifierKey
    url: str


def read_witnesses(text: str) -> tuple[KnownWitness, ...]:
    """Read `VKEY URL, VKEY URL …`; raises BadConfiguration."""
    found = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        key, _, url = item.partition(" ")
        try:
            known = KnownWitness(VerifierKey.parse(key), url.strip().rstrip("/"))
        except BadNote as error:
            raise BadConfiguration(f"ONRECORD_WITNESSES: {error}") from error
        if known.key.kind != COSIGNATURE or not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", known.url):
            raise BadConfiguration(f"ONRECORD_WITNESSES: expected a witness's key and its address, got {item!r}")
        found.append(known)
    return tuple(found)


def post(url: str, body: bytes) -> tuple[int, str]:
    """Send a request to an address that the operator chose; answers its status and text."""
    request = Request(url, body, {"Content-Type": "text/plain; charset=utf-8"}, method="POST")  # noqa: S310 - http(s), as configured
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - likewise
            return answer.status, answer.read(LARGEST_ANSWER).decode()
    except HTTPError as error:
        with error:
            return error.code, error.read(LARGEST_ANSWER).decode(errors="replace")


def ask_witnesses(store: Store, witnesses: Sequence[KnownWitness], send: Post = post) -> list[str]:
    """Ask those who have not signed the last checkpoint yet; answers the names of those who did now."""
    signed = []
    for witness in witnesses:
        try:
            if _ask(store, witness, send):
                signed.append(witness.key.name)
        except (OSError, HTTPException, UnicodeDecodeError) as error:
            _log.warning("witness %s at %s does not answer: %s", witness.key.name, witness.url, error)
        except (WitnessObjects, BadNote) as error:
            _log.error("witness %s did not sign: %s", witness.key.name, error)
    return signed


def _ask(store: Store, witness: KnownWitness, send: Post) -> bool:
    name = witness.key.written()
    with store.reading() as view:
        latest = view.tree.latest_checkpoint()
        if latest is None or name in dict(view.tree.cosignatures(latest.number)):
            return False
        old = view.tree.last_cosigned(name)
        request = _request(view, latest, old)
    status, answer = send(f"{witness.url}/add-checkpoint", request)
    if status == CONFLICT and re.fullmatch(r"\d{1,19}\n", answer) and int(answer) != old:
        seen = int(answer)
        if seen > latest.size:
            raise WitnessObjects(f"it has seen size {seen}, and there are {latest.size} here: were they rolled back?")
        with store.reading() as view:
            request = _request(view, latest, seen)
        status, answer = send(f"{witness.url}/add-checkpoint", request)
    if status != OK:
        raise WitnessObjects(f"status {status}, {answer[:500].strip()!r}")
    _keep(store, witness.key, latest, answer)
    return True


def _request(view: View, latest: SignedCheckpoint, old: int) -> bytes:
    proof = prove_consistency(old, latest.size, view.tree.node)
    return write_request(old, [write_base64(part) for part in proof], latest.note)


def _keep(store: Store, witness: VerifierKey, latest: SignedCheckpoint, answer: str) -> None:
    note = latest.note + answer
    if witness not in find_cosigners(note, [witness]):
        raise BadNote(f"expected a signature by {witness.written()}, got {answer[:200]!r}")
    line = next(signature.line() for signature in split_note(note)[1] if witness.made(signature))
    with store.writing() as transaction:
        transaction.tree.save_cosignature(latest.number, witness.written(), line)
