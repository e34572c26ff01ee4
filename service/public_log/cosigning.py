"""Ask witnesses for their signatures of the last checkpoint, and keep them beside it.

A witness that cannot be reached is asked again with the next checkpoint, and holds nothing
up for longer than its answer may take. One that has seen more than there is here, or another history, is reported:
then the record was rolled back, or there are two. What it answers is kept only where it is what it should be: it is
handed out beside the log's own signature, and whoever knows the witness refuses the whole checkpoint for a false one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.merkle import prove_consistency
from service.config import BadConfiguration
from service.outbound import NotSent, Outbound
from service.public_log.checkpoint import read_cosignature
from service.public_log.note import COSIGNATURE, BadNote, VerifierKey, split_note, write_base64
from service.public_log.witness import write_request
from service.store.interface import Store, View
from service.store.tree import SignedCheckpoint

PATIENCE = 10.0  # seconds for one answer as a whole
LARGEST_ANSWER = 65_536  # bytes
AHEAD = timedelta(hours=1)  # of our clock, by which a witness's may be
OK, CONFLICT = 200, 409
_log = logging.getLogger(__name__)
_OUTBOUND = Outbound(anywhere=True, patience=PATIENCE)
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
            _OUTBOUND.read_url(known.url)
        except (BadNote, ValueError) as error:
            raise BadConfiguration(f"ONRECORD_WITNESSES: {error}") from error
        if known.key.kind != COSIGNATURE or not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", known.url):
            raise BadConfiguration(f"ONRECORD_WITNESSES: expected a witness's key and its address, got {item!r}")
        found.append(known)
    return tuple(found)


def post(url: str, body: bytes) -> tuple[int, str]:
    """Send a request to an address that the operator chose; answers its status and text. Raises NotSent."""
    answer = _OUTBOUND.ask(url, body, {"Content-Type": "text/plain; charset=utf-8"}, most=LARGEST_ANSWER)
    if answer.body is None:
        raise NotSent(f"Its answer has more than {LARGEST_ANSWER} bytes.")
    return answer.status, answer.body.decode(errors="replace")


def ask_witnesses(
    store: Store, witnesses: Sequence[KnownWitness], clock: Callable[[], datetime], send: Post = post
) -> list[str]:
    """Ask those who have not signed the last checkpoint yet; answers the names of those who did now."""
    signed = []
    for witness in witnesses:
        try:
            if _ask(store, witness, clock, send):
                signed.append(witness.key.name)
        except NotSent as error:
            _log.warning("witness %s at %s does not answer: %s", witness.key.name, witness.url, error)
        except (WitnessObjects, BadNote) as error:
            _log.error("witness %s did not sign: %s", witness.key.name, error)
    return signed


def _ask(store: Store, witness: KnownWitness, clock: Callable[[], datetime], send: Post) -> bool:
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
    line = _read_answer(witness.key, latest, answer, clock() + AHEAD)
    with store.writing() as transaction:
        transaction.tree.save_cosignature(latest.number, name, line)
    return True


def _request(view: View, latest: SignedCheckpoint, old: int) -> bytes:
    proof = prove_consistency(old, latest.size, view.tree.node)
    return write_request(old, [write_base64(part) for part in proof], latest.note)


def _read_answer(witness: VerifierKey, latest: SignedCheckpoint, answer: str, until: datetime) -> str:
    """Give the line of an answer by which a witness signed a checkpoint, no later than at a time; raises BadNote."""
    text, signatures = split_note(latest.note + answer)
    mine = [signature for signature in signatures if witness.made(signature)]
    # An empty line in the answer makes of the log's own signature a part of the text, which is another one then.
    if text != split_note(latest.note)[0] or not mine:
        raise BadNote(f"expected a signature by {witness.written()}, got {answer[:200]!r}")
    at = read_cosignature(witness, mine[0], text)
    if at > until.timestamp():
        raise BadNote(f"expected a time of at most {int(until.timestamp())} in its cosignature, got {at}")
    return mine[0].line()
