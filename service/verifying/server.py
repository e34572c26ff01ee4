"""Verify another record over HTTP, steps 1 to 5: whoever answers is anybody, and is asked for so much at a time.

None of it is believed but the checkpoint's signature, under the key that the auditor brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic

import orjson

from service.public_log.rotation import find_followers
from service.store.tree import LogKey
from service.verifying.event import BadEvent, read_event
from service.verifying.files import (
    NotVerifiable,
    Progress,
    check_beginning,
    check_kept,
    conclude,
    follow,
    pass_over,
    read_members,
)
from service.verifying.signed import check_keys
from service.verifying.steps import Place, Report, Trust, Walk, check_signature, read_kept, read_text

PAGE = 200  # events asked for at a time: so many of 64 KiB are not too much to be read at once
MOST_UNSIGNED = 100_000  # events past the signed size: an answer has an end
WHOLE, EACH = 600.0, 0.1  # seconds for all of a record, and more for each of its signed events that came
Fetch = Callable[[str], bytes]  # by path and query


class TooSlow(Exception):
    """What is asked answers, but would go on for longer than any record takes; says what was expected."""


class Patience:
    """How long a record may take as a whole: whoever answers could drip each answer."""

    def __init__(self) -> None:
        """Begin."""
        self._began = monotonic()

    def wait_for(self, signed: int) -> None:
        """Go on, now that so many of what was signed have come; raises TooSlow."""
        if (spent := monotonic() - self._began) > WHOLE + EACH * signed:
            told = f"expected no more than {WHOLE:g} seconds, and {EACH:g} more for each signed event that came"
            raise TooSlow(f"{told}, got {signed} of them in {spent:.0f} seconds")


def verify_server(fetch: Fetch, trust: Trust, progress: Progress) -> Report:
    """Verify another record over HTTP: all its events against its checkpoint."""
    report, listed = Report(), _fetch_keys(fetch)
    note = read_text(report, 1, fetch("/log/checkpoint"))
    signed = check_signature(report, note, trust, find_followers(listed, trust.keys)) if note is not None else None
    check_keys(report, listed, trust, signed)
    kept = read_kept(report, trust)
    if signed is None:
        pass_over(report, signed)
        return report
    walk, under = Walk(report), signed.size
    wanted = {under, kept.size if kept else 0}
    count, roots = follow(walk, _fetch_events(fetch, report, under), wanted, under, progress)
    if count < under:
        report.fail(4, "cut off", f"expected {under} events, which were signed, got {count}")
    else:
        check_beginning(report, signed, under, roots[under], [])
    if kept:
        check_kept(report, kept, signed, (under, None), roots)
    # An event may have been erased after it was read.
    walk.finish(whole=True, under=under, look_again=lambda unerased: _look_again(fetch, unerased, under))
    conclude(report, signed, roots, max(count, under))
    return report


def _look_again(fetch: Fetch, unerased: dict[Place, int], under: int) -> dict[Place, int]:
    left = dict(unerased)
    for _, stored in _fetch_events(fetch, Report(), under):
        with suppress(BadEvent):
            claim, version, *_, words = read_event(stored)
            if isinstance(words, int):
                left.pop((claim, version), None)
        if not left:
            break
    return left


def _fetch_keys(fetch: Fetch) -> list[LogKey]:
    members = {"verifier_key": str, "from": int, "recorded_at": str, "statement": str | None}
    told = read_members(fetch("/log/keys"), {"keys": list})["keys"]
    keys = [read_members(orjson.dumps(key), members) for key in told]
    return [
        LogKey(number, key["verifier_key"], key["from"], key["recorded_at"], key["statement"])
        for number, key in enumerate(keys)
    ]


def _fetch_events(fetch: Fetch, report: Report, signed: int) -> Iterator[tuple[int, bytes]]:
    # What is there past the signed size too: of what was redacted meanwhile the redaction is to be seen.
    count, patience = 0, Patience()
    while count <= signed + MOST_UNSIGNED:
        text = fetch(f"/events?limit={PAGE}" + (f"&after={count - 1}" if count else ""))
        page = read_members(text, {"events": list})["events"]
        if len(page) > PAGE:
            raise NotVerifiable(f"expected at most {PAGE} events at once, got {len(page)}")
        for placed in page:
            if not (isinstance(placed, dict) and type(placed.get("position")) is int and "event" in placed):
                raise NotVerifiable(f"expected events with their positions, got {orjson.dumps(placed)[:80]!r}")
            yield placed["position"], orjson.dumps(placed["event"], option=orjson.OPT_SORT_KEYS)
        count += len(page)
        patience.wait_for(min(count, signed))
        if len(page) < PAGE:
            return
    told = f"expected at most {MOST_UNSIGNED} events past the signed size {signed}, got more"
    report.fail(4, "without an end", f"{told}; verify again once they are signed")
