"""Which key of a log follows which: the statements by which one names the next (`docs/log.md`, *Keys*)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from service.public_log.note import BadNote, VerifierKey, open_note, split_note
from service.store.tree import LogKey

STATEMENT = "onrecord-log-key/1"


def tell_rotation(old: VerifierKey, new: VerifierKey, size: int) -> str:
    """Write what both keys sign when one follows the other, from a size on."""
    return f"{STATEMENT}\n{old.name}\n{size}\n{old.written()}\n{new.written()}\n"


def find_followers(listed: Sequence[LogKey], held: Sequence[VerifierKey]) -> list[VerifierKey]:
    """Find the keys that follow those that somebody holds, each by a statement of the one before it and its own."""
    known, followers = {key.written() for key in held}, list[VerifierKey]()
    for before, key in pairwise(listed):
        try:
            if before.verifier_key in known and key.verifier_key not in known and is_named(before, key):
                known.add(key.verifier_key)
                followers.append(VerifierKey.parse(key.verifier_key))
        except BadNote:
            continue  # told where keys are checked
    return followers


def is_named(before: LogKey | None, key: LogKey) -> bool:
    """Tell whether the key before it named a key, or it says alone that it took over; raises BadNote where neither."""
    if before is None:
        if key.statement is not None:
            raise BadNote(f"expected no statement of a key that follows none, got {key.statement!r}")
        return False
    old, new = VerifierKey.parse(before.verifier_key), VerifierKey.parse(key.verifier_key)
    expected = tell_rotation(old, new, size=key.from_size)
    if key.statement is None:
        raise BadNote(f"expected the statement {expected!r}, got none")
    signatures = split_note(key.statement)[1]
    named = any(old.made(signature) for signature in signatures)
    for signer in (old, new) if named else (new,):
        said = open_note(key.statement, [signer])[0]
        if said != expected:
            raise BadNote(f"expected the statement {expected!r}, got {said!r}")
    if len(signatures) > (2 if named else 1):
        raise BadNote(f"expected a statement signed by these two keys alone, got {len(signatures)} signatures")
    return named


def tell_missing_key(note: str, keys: Sequence[VerifierKey], named: Sequence[VerifierKey] | None) -> str:
    """Tell that a log may have more keys than the auditor gave, where one of its name signed, and none of theirs."""
    signatures = split_note(note)[1]
    names = {key.name for key in keys}
    others = [f"{one.key_id.hex()} of {one.name}" for one in signatures if one.name in names]
    if not others or any(key.made(one) for key in keys for one in signatures):
        return ""
    told = f". It says that the key {' and '.join(others)} signed, which you did not give, so that is not verified. "
    following = [key.written() for key in named or () for one in signatures if key.made(one)]
    if following:
        told += (
            "By the statements at /log/keys, each signed by both keys, it follows yours. If that will do, give both:"
        )
        return f"{told} --key {following[0]} and another --key"
    if named is not None:
        return f"{told}No statement at /log/keys, where a key names the one that follows it, leads from yours to it"
    return (
        f"{told}A log can replace its key: "
        "its record lists them all at /log/keys, each with the statement by which the one before it named it. "
        "Once you have seen that, give both: --key and another --key"
    )
