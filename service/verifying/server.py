"""Verify another record over HTTP, steps 1 to 5: whoever answers is anybody, and is asked for so much at a time.

None of it is believed but the checkpoint's signature, under the key that the auditor brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import orjson

from service.public_log.rotation import find_followers
from service.store.tree import LogKey
from service.verifying.event import BadEvent, read_event
from service.verifying.files import (
    NotVerifiable,
    Progress,
    check_beginning,
    conclude,
    follow,
    read_hashes,
    read_members,
)
from service.verifying.signed import check_keys
from service.verifying.steps import Place, Report, Trust, Walk, check_grown, check_signature, read_kept

PAGE = 200  # events asked for at a time: so many of 64 KiB are not too much to be read at once
MOST_UNSIGNED = 100_000  # events past the signed size: an answer has an end
Fetch = Callable[[str], bytes]  # by path and query


def _write(event: Any) -> bytes:
    try:
        return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # too deep
        raise NotVerifiable(f"expected an event, got what has no canonical form: {error}") from error


def verify_server(fetch: Fetch, trust: Trust, progress: Progress) -> Report:
    """Verify another record over HTTP: all its events against its checkpoint."""
    report, listed = Report(), _fetch_keys(fetch)
    note = fetch("/log/checkpoint").decode(errors="replace")
    signed = check_signature(report, note, trust, find_followers(listed, trust.keys))
    check_keys(report, listed, trust, signed)
    kept = read_kept(report, trust)
    if kept and signed:
        proof = []
        if 0 < kept.size < signed.size:
            answer = read_members(fetch(f"/log/consistency?from={kept.size}&to={signed.size}"), {"proof": list})
            proof = read_hashes(report, answer["proof"])
        check_grown(report, kept, signed, proof)
    walk, under = Walk(report), signed.size if signed else 0
    count, roots = follow(walk, _fetch_events(fetch, report, under), {under}, under, progress)
    if count < under:
        report.fail(4, "cut off", f"expected {under} events, which were signed, got {count}")
    elif signed:
        check_beginning(report, signed, under, roots[under], [])
    # An event may have been erased after it was read.
    walk.finish(whole=True, under=under, look_again=lambda unerased: _look_again(fetch, unerased, under))
    conclude(report, signed, roots, max(count, under))
    return report


def _look_again(fetch: Fetch, unerased: dict[Place, int], under: int) -> dict[Place, int]:
    left = dict(unerased)
    for _, stored in _fetch_events(fetch, Report(), under):
        with suppress(BadEvent):
            claim, version, _, _, words = read_event(stored)
            if isinstance(words, int):
                left.pop((claim, version), None)
        if not left:
            break
    return left


def _fetch_keys(fetch: Fetch) -> list[LogKey]:
    members = {"verifier_key": str, "from": int, "recorded_at": str, "statement": str | None}
    told = read_members(fetch("/log/keys"), {"keys": list})["keys"]
    keys = [read_members(_write(key), members) for key in told]
    return [
        LogKey(number, key["verifier_key"], key["from"], key["recorded_at"], key["statement"])
        for number, key in enumerate(keys)
    ]


def _fetch_events(fetch: Fetch, report: Report, signed: int) -> Iterator[tuple[int, bytes]]:
    # What is there past the signed size too: of what was redacted meanwhile the redaction is to be seen.
    after, count = -1, 0
    while count <= signed + MOST_UNSIGNED:
        text = fetch(f"/events?limit={PAGE}" + (f"&after={after}" if after >= 0 else ""))
        page = read_members(text, {"events": list, "next": int | None})
        if (many := len(page["events"])) > PAGE:
            raise NotVerifiable(f"expected at most {PAGE} events at once, got {many}")
        for placed in page["events"]:
            if not (isinstance(placed, dict) and type(placed.get("position")) is int and "event" in placed):
                raise NotVerifiable(f"expected events with their positions, got {orjson.dumps(placed)[:80]!r}")
            yield placed["position"], _write(placed["event"])
        if many < PAGE or page["next"] is None or page["next"] <= after:
            return
        after, count = page["next"], count + many
    told = f"expected at most {MOST_UNSIGNED} events past the signed size {signed}, got more"
    report.fail(4, "without an end", f"{told}; verify again once they are signed")
