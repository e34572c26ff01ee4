"""What changed between two versions of a claim, for a person: who moved, by which events, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from service.cli.account import (
    cite,
    describe_stance,
    describe_standing,
    name_party,
    names_in,
    tell_beside,
    tell_principal,
    tell_reversals,
    tell_shifts,
)
from service.cli.console import table
from service.cli.history import Entry, History, read_events, tell_number, tell_type, wrap, write_entries
from service.telling.wording import in_one_line

Json = Mapping[str, Any]


def write_change(change: Json, earlier: Json, claim: Json, events: Sequence[Json]) -> str:
    """Write what changed; `earlier` and `claim` are the two versions, `events` are all up to the later."""
    return "\n".join(_lines(change, earlier, claim, events))


def _lines(change: Json, earlier: Json, claim: Json, events: Sequence[Json]) -> Iterator[str]:
    # Each standing is told by the events as they read then: an amendment between the two changes only the later.
    before, after = (
        read_events(told, then.get("withdrawals", ()))
        for told, then in ((events[: change["from"]], earlier), (events, claim))
    )
    names = names_in(claim)
    yield click.style(in_one_line(claim["text"]), bold=True)
    yield f"{change['claim']}, from version {change['from']} to version {change['to']}"
    yield ""
    if change["standing"]["changed"]:
        yield f"Stood {click.style(earlier['standing'], bold=True)}: {describe_standing(earlier, before)}"
    as_before = "" if change["standing"]["changed"] else ", as before"
    yield f"Stands {click.style(claim['standing'], bold=True)}{as_before}: {describe_standing(claim, after)}"
    yield ""
    if change["stances"]:
        yield from _tell_stances(change["stances"], ((earlier, before), (claim, after)))
    else:
        yield "Nobody's stance changed."
    yield ""
    yield from tell_reversals(change["reversals"], names, after) or ["No new reversals."]
    shifts = (shift for shift in claim.get("shifts", ()) if shift not in earlier.get("shifts", ()))
    yield from tell_shifts([*shifts], names, after)
    yield from _tell_withdrawals(change["withdrawals"], names, after) or ["No new withdrawals."]
    yield from _tell_wording(change["wording"]) or ["The wording is the same."]
    yield ""
    yield "Events between (recorded, UTC)" if change["events"] else "No events between."
    yield from write_entries((after[event["version"]] for event in change["events"]), after)


def _tell_stances(changes: Sequence[Json], sides: Sequence[tuple[Json, History]]) -> Iterator[str]:
    """Tell who stands otherwise; what does not fit beside a stance, before and after, stands below the table."""
    rows, notes = [], list[str]()
    for change in changes:
        name, told = name_party(change["party"]), list[str]()
        for when, (claim, history) in zip(("before", "after"), sides, strict=True):
            found = (one for one in claim["positions"] if one["party"]["key"] == change["party"]["key"])
            position = next(found, None)
            note = position and tell_beside(position, history)
            told.append(_describe(position, history) + (" *" if note else ""))
            notes += [f"* {name}, {when}: {note}."] if note else []
        events = ", ".join(f"{n} {_name_deed(sides[-1][1][n])}" for n in change["events"])
        rows.append((name, *told, events or "-"))
    yield table(("PARTY", "BEFORE", "AFTER", "EVENTS"), rows)
    yield from (wrap(note, "  ") for note in notes)


def _name_deed(entry: Entry) -> str:
    return tell_type(entry.type, entry.data) + (" of an earlier wording" if entry.earlier else "")


def _describe(position: Json | None, history: History) -> str:
    if position is None:
        return "-"
    told = describe_stance(position) + tell_principal(position, history)
    for name in ("concedes", "disputes"):
        if position[name]:
            told += f", {name} {', '.join(cite(n, history) for n in position[name])}"
    return told


def _tell_withdrawals(withdrawals: Sequence[Json], names: Mapping[str, str], history: History) -> list[str]:
    return [
        f"Withdrawal: what {names.get(w['party'], w['party'])} said in {tell_number(w['of'], history)}, "
        f"withdrawn by event {w['by']}{_tell_taker(history.get(w['by']))}."
        for w in withdrawals
    ]


def _tell_taker(entry: Entry | None) -> str:
    return f", {entry.told()}" if entry else ""


def _tell_wording(wording: Json) -> list[str]:
    about = wording.get("about", {"from": {}, "to": {}})
    parts = {f"about.{name}": (about["from"][name], about["to"][name]) for name in about["to"]}
    parts |= {name: (sides["from"], sides["to"]) for name, sides in wording.items() if name != "about"}
    return [f"Reworded, {name}: {_quote(old)} became {_quote(new)}" for name, (old, new) in parts.items() if old != new]


def _quote(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_quote(item["name"] if isinstance(item, dict) else item) for item in value) or "nothing"
    return "nothing" if value is None else f"“{in_one_line(value)}”"
