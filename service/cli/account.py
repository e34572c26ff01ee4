"""A claim as an account for a person: what is said, where it stands and why, who says what."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import click

from domain.codebook import STATEMENTS
from service.cli.console import table
from service.cli.history import (
    Entry,
    History,
    read_events,
    tell_asides,
    tell_number,
    tell_type,
    tell_word,
    wrap,
    write_entries,
)
from service.telling.dates import ENGLISH, tell_until
from service.telling.terms import find_behalf, find_manner, tell_behalf, tell_manner, tell_terms
from service.telling.wording import RULES, find_saying, in_one_line, is_partial, sort_reasons

SILENT = ("withholds", "evades")
MOST_NAMES = 6  # of a stance, in a list of claims
LONGEST_TEXT = 240  # characters, likewise
Json = Mapping[str, Any]


def write_account(claim: Json, events: Sequence[Json]) -> str:
    """Write the account of a claim, with its events in order."""
    return "\n".join(_lines(claim, read_events(events, claim.get("withdrawals", ()))))


def write_summary(claim: Json, events: Sequence[Json]) -> str:
    """Write a claim in a list: where it stands, when it last moved, what it says, and who says what of it, and how."""
    history = read_events(events, claim.get("withdrawals", ()))
    moved = claim["updated_at"][:16].replace("T", " ")
    standing = click.style(claim["standing"], bold=True)
    head = f"{claim['id']}  {standing}, last moved {moved} UTC  (version {claim['version']})"
    lines = [head, in_one_line(claim["text"], LONGEST_TEXT)]
    stances: dict[str, list[str]] = {}
    for position in claim["positions"]:
        stance = "silent" if position["stance"] in SILENT else position["stance"]
        stances.setdefault(stance, []).append(_name_briefly(position, history))
    for stance in ("affirms", "denies", "silent", "asserts", "withdrawn"):
        if names := stances.get(stance):
            more = len(names) - MOST_NAMES
            lines.append(f"{stance}: {', '.join(names[:MOST_NAMES])}{f' and {more} more' if more > 0 else ''}")
    return "\n  ".join(lines)


def describe_standing(claim: Json, history: History) -> str:
    """Say by which rule and which events a claim stands as it does, and which of these are of a part only."""
    reasons, name = sort_reasons(claim), claim["because"]["rule"]
    full = reasons.affirming + reasons.denying + reasons.others
    rule = RULES.get(name, name) + (" (of a part only)" if claim["because"]["partial"] else "")
    if name == "contested":
        sides = (_list_events(side, history) for side in (reasons.affirming, reasons.denying))
        told = "somebody affirms it in full ({}), and somebody denies it in full ({}).".format(*sides)
    else:
        told = f"{rule}: {events}." if (events := _list_events(full or reasons.in_part, history)) else f"{rule}."
    if full and reasons.in_part:
        told += f" Of a part only: {_list_events(reasons.in_part, history)}."
    overtaken = [position for position in claim["positions"] if "overtaken_by" in position]
    return " ".join([told, *(_tell_overtaken(position, history) for position in overtaken)])


def _tell_overtaken(position: Json, history: History) -> str:
    denial, by = name_party(position["party"]), _list_events([position["overtaken_by"]], history)
    return f"The denial by {denial} is overtaken by another voice: {by}."


def _list_events(versions: Sequence[int], history: History) -> str:
    """Name events with what they are, those together that read alike; each alone of which is not known who speaks."""
    alike: dict[Hashable, list[int]] = {}
    for n in versions:
        entry = history.get(n)
        alike.setdefault(entry.told() if entry and entry.data else n, []).append(n)
    return "; ".join(_tell_events(together, history) for together in alike.values())


def _tell_events(versions: Sequence[int], history: History) -> str:
    told = f", {history[versions[0]].told()}" if versions[0] in history else ""
    return f"event{'s' if len(versions) > 1 else ''} {', '.join(map(str, versions))}{told}"


def describe_stance(position: Json) -> str:
    """Say where a party stands: its stance, whether of a part only, and what overtook it."""
    overtaken = f", overtaken by {position['overtaken_by']}" if "overtaken_by" in position else ""
    return f"{position['stance']}{' in part' if position['partial'] else ''}{overtaken}"


def name_party(party: Json) -> str:
    """Name a party, with its country."""
    country = f" ({party['country']})" if "country" in party else ""
    return in_one_line(party["name"]) + country


def tell_reversals(reversals: Sequence[Json], names: Mapping[str, str], history: History) -> list[str]:
    """Tell who turned from one side to the other; `names` are the parties' by key."""
    return [
        f"Reversal: {names.get(r['party'], r['party'])} {r['from_stance']} ({tell_word(r['from'], history)}), then "
        f"{r['to_stance']} ({tell_word(r['to'], history)}){', having corrected itself' if r['corrected'] else ''}."
        f"{_tell_across(r, history)}"
        for r in reversals
    ]


def _tell_across(turn: Json, history: History) -> str:
    left = [history[n].earlier for n in (turn["from"], turn["to"]) if n in history]
    return " The claim was reworded in between." if len(set(left)) > 1 else ""


def tell_shifts(shifts: Sequence[Json], names: Mapping[str, str], history: History) -> list[str]:
    """Tell who changed stance otherwise than by a reversal or a withdrawal."""

    def tell(stance: str, version: int) -> str:
        entry = history.get(version)
        part = " in part" if entry and entry.data and is_partial(entry.type, entry.data) else ""
        return f"{stance}{part} ({tell_word(version, history)})"

    return [
        f"Shift: {names.get(s['party'], s['party'])} {tell(s['from_stance'], s['from'])}, "
        f"then {tell(s['to_stance'], s['to'])}.{_tell_across(s, history)}"
        for s in shifts
    ]


def names_in(claim: Json) -> dict[str, str]:
    """Give the names of the parties that have a position, by key."""
    return {p["party"]["key"]: in_one_line(p["party"]["name"]) for p in claim["positions"]}


def _lines(claim: Json, history: History) -> Iterator[str]:
    as_of = claim["as_of"]
    later = f"; version {claim['superseded_by']} came later" if "superseded_by" in claim else ""
    yield click.style(in_one_line(claim["text"]), bold=True)
    yield f"{claim['id']}, version {claim['version']}, as of log size {as_of['log_size']} ({as_of['at']}){later}"
    if "said_until" in claim:
        yield f"Only what had surely been said by {tell_until(claim['said_until'], ENGLISH)}."
    yield ""
    yield f"Stands {click.style(claim['standing'], bold=True)}: {describe_standing(claim, history)}"
    if claim["positions"]:
        yield ""
        notes = [tell_beside(position, history) for position in claim["positions"]]
        rows = [_position(one, history, marked=bool(note)) for one, note in zip(claim["positions"], notes, strict=True)]
        yield table(("PARTY", "STANCE", "SINCE", "CONCEDES", "DISPUTES"), rows)
        named = zip(claim["positions"], notes, strict=True)
        yield from (wrap(f"* {name_party(one['party'])}: {note}.", "  ") for one, note in named if note)
    yield ""
    yield from tell_reversals(claim["reversals"], names_in(claim), history) or ["No reversals."]
    yield from tell_asides(claim, history)
    yield from tell_shifts(claim.get("shifts", ()), names_in(claim), history)
    yield ""
    yield "Events (recorded, UTC)"
    yield from write_entries(history.values(), history)


def _position(position: Json, history: History, *, marked: bool) -> Sequence[object]:
    lists = (", ".join(cite(n, history) for n in position[name]) or "-" for name in ("concedes", "disputes"))
    return (
        _name_voice(position, history),
        f"{describe_stance(position)}{' *' if marked else ''}",
        _tell_since(position, history),
        *lists,
    )


def _tell_since(position: Json, history: History) -> str:
    """Say since which event a party stands so, and since which exactly so, where the first said another thing."""
    since, words = position["since"], [history[n] for n in position["events"] if n in history]
    kinds = ((STATEMENTS.get(word.type), word) for word in words)
    stood = ((e.version, kind.stance or "", is_partial(e.type, e.data or {})) for kind, e in kinds if kind)
    says = find_saying(position, stood, lambda n: history[n].earlier if n in history else None)
    return f"{since}, exactly so since {says}" if says and says != since else f"{since}"


def _name_voice(position: Json, history: History) -> str:
    return in_one_line(f"{name_party(position['party'])}{tell_principal(position, history)}")


def tell_principal(position: Json, history: History) -> str:
    """Say in whose name a party stands where it does; nothing where it spoke for itself alone."""
    return tell_behalf(find_behalf(_list_words(position, history)))


def _list_words(position: Json, history: History) -> list[Json]:
    """List the payloads by which a party stands where it does; where it withdrew, of what was taken back last."""
    if taken := _find_taken(position, history):
        return [taken.data] if taken.data else []
    return [entry.data for n in position["events"] if (entry := history.get(n)) and entry.data]


def _find_taken(position: Json, history: History) -> Entry | None:
    if position["stance"] != "withdrawn":
        return None
    took = {entry.taken: entry for entry in history.values() if entry.taken in position["events"]}
    return took[max(took, key=lambda version: version or 0)] if took else None


def tell_beside(position: Json, history: History) -> str:
    """Say what does not fit beside a stance: how it was said, or which word was taken back last and by whom; of what.

    How is on what terms and how strongly, of which wording is said where it reads otherwise now.
    """
    told, last = "", history.get(max(position["events"]))
    if taken := _find_taken(position, history):
        last, taker = taken, history[taken.taken or 0]
        word = ", ".join([tell_type(taken.type, taken.data), *tell_terms(taken.data or {})])
        told = f"{word} ({taken.version}), {taker.told()} ({taker.version})"
    elif position["stance"] != "withdrawn" and (words := _list_words(position, history)):
        told = ", ".join(tell_manner(dict(find_manner(words))))
    reworded = f"said of an earlier wording, which event {last.earlier} replaced" if last and last.earlier else ""
    return "; ".join(filter(None, (told, reworded)))


def cite(version: int, history: History) -> str:
    """Give the number of an event, and say whether it is of an earlier wording of the claim."""
    return tell_number(version, history).removeprefix("event ")


def _name_briefly(position: Json, history: History) -> str:
    part = " in part" if position["partial"] else ""
    beside = ["overtaken"] if "overtaken_by" in position else []
    beside += [f"{name} a part" for name in ("concedes", "disputes") if position[name]]
    beside += [note] if (note := tell_beside(position, history)) else []
    told = f" ({'; '.join(beside)})" if beside else ""
    return f"{_name_voice(position, history)}{part}{told}"
