"""The public log over HTTP (`docs/log.md`): checkpoints, tiles, proofs, roots, keys, evidence.

Tiles and entries never change and hold no words of anybody, so they may be kept for good;
a checkpoint is the one thing here that must be asked for again.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app

from service.public_log import proofs
from service.public_log.evidence import read_evidence
from service.store.interface import View
from service.web import log_shapes
from service.web.addresses import to_uuid
from service.web.endpoint import Endpoint, answer, answer_text, timeline
from service.web.pages import audit

TEXT, BYTES, JSON = "text/plain; charset=utf-8", "application/octet-stream", "application/json"
FRESH, FOR_GOOD = "max-age=5", "max-age=31536000, immutable"


def get_log() -> Response:
    """Say what the log is."""
    with timeline().store.reading() as view:
        return answer(proofs.read_log(view, current_app.config["ORIGIN"]))


def get_checkpoint() -> Response:
    """Give the last checkpoint, with the signatures of the witnesses that have seen it."""
    return _answer(lambda view: proofs.write_checkpoint(view, proofs.find_latest(view)), TEXT, FRESH)


def get_tile(*, level: str, tile: str) -> Response:
    """Give the hashes of a tile."""
    return _answer(lambda view: proofs.read_tile(view, level, tile), BYTES, FOR_GOOD)


def get_entries(*, tile: str) -> Response:
    """Give the entries of a tile of leaves."""
    return _answer(lambda view: proofs.read_entries(view, tile), BYTES, FOR_GOOD)


def get_proof(*, position: int, size: int | None = None) -> Response:
    """Prove that an event is in the log."""
    return _answer(lambda view: proofs.read_proof(view, position, size), TEXT)


def get_consistency(**asked: int) -> Response:
    """Prove that one size of the log extends another."""
    return _answer(lambda view: proofs.read_consistency(view, asked["from"], asked["to"]), JSON)


def get_root(*, size: int) -> Response:
    """Give the root of the log at a size."""
    return _answer(lambda view: proofs.read_root(view, size), JSON)


def get_keys() -> Response:
    """List the keys that the log was signed with."""
    return _answer(proofs.read_keys, JSON)


def get_evidence(*, claim_id: str) -> Response:
    """Give one file that proves a claim's history offline."""
    with timeline().store.reading() as view:
        response = answer(read_evidence(view, to_uuid(claim_id)))
    response.headers["Content-Disposition"] = f'inline; filename="evidence-{claim_id}.json"'
    return response


def _answer(read: Callable[[View], str | bytes], content_type: str, kept: str | None = None) -> Response:
    with timeline().store.reading() as view:
        response = answer_text(read(view), content_type)
    if kept is not None and not response.cache_control.no_store:  # a browser that has signed in keeps none of it
        response.headers["Cache-Control"] = f"{'public' if current_app.config['PUBLIC_READS'] else 'private'}, {kept}"
    return response


ENDPOINTS = (
    Endpoint(
        "GET",
        "/log",
        "What the log is: its name, its last checkpoint, who signed it",
        get_log,
        {200: (log_shapes.Log, "The log.")},
        page=audit.show_log,
        suffix=True,
    ),
    Endpoint(
        "GET",
        "/log/checkpoint",
        "What the log is now, signed",
        get_checkpoint,
        {200: (None, "A signed note (C2SP tlog-checkpoint).")},
        content_type=TEXT,
        problems=("not_yet_published",),
    ),
    Endpoint(
        "GET",
        "/log/tile/entries/{tile}",
        "Entries, 256 in a file",
        get_entries,
        {200: (None, "Each after its length in two bytes (C2SP tlog-tiles).")},
        content_type=BYTES,
        problems=("not_found", "not_yet_published"),
    ),
    Endpoint(
        "GET",
        "/log/tile/{level}/{tile}",
        "Hashes of the tree, 256 in a file",
        get_tile,
        {200: (None, "32 bytes each (C2SP tlog-tiles).")},
        content_type=BYTES,
        problems=("not_found", "not_yet_published"),
    ),
    Endpoint(
        "GET",
        "/log/proof",
        "Proof that an event is in the log",
        get_proof,
        {200: (None, "C2SP tlog-proof, version 1.")},
        query=log_shapes.ProofQuerySchema,
        content_type=TEXT,
        problems=("not_found", "not_yet_published"),
    ),
    Endpoint(
        "GET",
        "/log/consistency",
        "Proof that the log only grew",
        get_consistency,
        {200: (log_shapes.Consistency, "The hashes, RFC 6962.")},
        query=log_shapes.ConsistencyQuerySchema,
        problems=("not_found", "not_yet_published"),
    ),
    Endpoint(
        "GET",
        "/log/root",
        "The root of the log at any size",
        get_root,
        {200: (log_shapes.Root, "The root.")},
        query=log_shapes.RootQuerySchema,
        problems=("not_found", "not_yet_published"),
    ),
    Endpoint(
        "GET",
        "/log/keys",
        "The keys that the log was signed with",
        get_keys,
        {200: (log_shapes.LogKeys, "The first first.")},
    ),
    Endpoint(
        "GET",
        "/claims/{claim_id}/evidence",
        "A claim's history with its proofs, to be verified offline",
        get_evidence,
        {200: (log_shapes.Evidence, "The bundle.")},
        problems=("not_found", "not_yet_published"),
    ),
)
