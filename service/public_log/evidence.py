"""Evidence: one file that proves a claim's history to somebody who was given nothing else of this record.

It holds the claim's events as stored, the proof of each, the checkpoint that they are
under, and how to check it in plain words (`docs/log.md`, *Evidence*).
"""

from __future__ import annotations

from uuid import UUID

import orjson

from domain.errors import NotFound
from domain.merkle import prove_inclusion
from service.errors import NotYetPublished
from service.public_log.note import write_base64
from service.public_log.proofs import find_latest, remember, write_checkpoint
from service.public_log.publisher import EVERY
from service.reading.reads import Answer
from service.store.interface import View

FORMAT = "onrecord-evidence/1"
README = (
    "This file proves that one record held these events about one claim, without trusting whoever keeps that record. "
    "`events` are the claim's history from its first event on, as it is stored, each with its `position` in the whole "
    "record. `checkpoint` is the record's signed statement of its size and of one hash over everything in it; `proof` "
    "leads from each event to that hash, so none of them can be changed or added; their versions run 1, 2, 3 and so "
    "on, so none before the last of them can be left out. That no event followed the last of them, this file cannot "
    "prove: `onrecord verify FILE --log URL` looks through the whole log for that. An event with `redacted` had its "
    "words erased by the event of that number; what is left still proves that it was there. To check all this offline: "
    "`onrecord verify FILE --key VERIFIER_KEY`, or `python3 verify.py FILE VERIFIER_KEY`, where verify.py is the short "
    "program that the record hands out at /log/verify.py. Take the verifier key from somewhere else than this file: an "
    "earlier visit, the publisher's own page, a colleague. Keep the checkpoint: with it you can show later whether the "
    "record has been rewritten since. `unpublished`, how many events were too new to be signed and are left out, is "
    "the record's word alone, and so is this text."
)


def read_evidence(view: View, claim_id: UUID) -> Answer:
    """Gather the evidence of a claim; raises NotFound, and NotYetPublished where none of its events is signed."""
    placed = view.placed_events(claim_id)
    if not placed:
        raise NotFound(f"There is no claim {claim_id} in the record.")
    checkpoint, node = find_latest(view), remember(view.tree.node)
    published = [(position, stored.state.decode()) for position, stored in placed if position < checkpoint.size]
    if not published:
        raise NotYetPublished(
            f"This claim entered the record after size {checkpoint.size}, the last that was signed.",
            log_size=checkpoint.size,
            retry_after=EVERY,
        )
    events = [
        f'{{"position":{at},"event":{state},"proof":{_write_path(prove_inclusion(at, checkpoint.size, node))}}}'
        for at, state in published
    ]
    head = {
        "format": FORMAT,
        "readme": README,
        "origin": checkpoint.verifier_key.partition("+")[0],
        "verifier_key": checkpoint.verifier_key,
        "checkpoint": write_checkpoint(view, checkpoint),
        "claim": str(claim_id),
    }
    rest = f'"events":[{",".join(events)}],"unpublished":{len(placed) - len(events)}}}'
    return Answer(f"{orjson.dumps(head).decode()[:-1]},{rest}", view.head().size)


def _write_path(path: list[bytes]) -> str:
    return orjson.dumps([write_base64(part) for part in path]).decode()
