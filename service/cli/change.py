"""What changed between two versions of a claim, for a person: who moved, by which events, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import click

from service.cli.account import describe_stance, describe_standing, name_party, names_in, tell_reversals
from service.cli.console import table
from service.cli.history import Entry, History, read_events, tell_number, tell_type, write_entry
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
        yield table(("PARTY", "BEFORE", "AFTER", "EVENTS"), [_stance(s, after) for s in change["stances"]])
    else:
        yield "Nobody's stance changed."
    yield ""
    yield from tell_reversals(change["reversals"], names, after) or ["No new reversals."]
    yield from _tell_withdrawals(change["withdrawals"], names, after) or ["No new withdrawals."]
    yield from _tell_wording(change["wording"]) or ["The wording is the same."]
    yield ""
    yield "Events between (recorded, UTC)" if change["events"] else "No events between."
    yield from chain.from_iterable(write_entry(after[event["version"]], after) for event in change["events"])


def _stance(change: Json, history: History) -> Sequence[str]:
    events = ", ".join(f"{n} {_cite(history[n])}" for n in change["events"])
    return (name_party(change["party"]), _describe(change["from"]), _describe(change["to"]), events or "-")


def _cite(entry: Entry) -> str:
    return tell_type(entry.type, entry.data) + (" of an earlier wording" if entry.earlier else "")


def _describe(stance: Json | None) -> str:
    if stance is None:
        return "-"
    lists = (f", {name} {', '.join(map(str, stance[name]))}" for name in ("concedes", "disputes") if stance[name])
    return describe_stance(stance) + "".join(lists)


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
