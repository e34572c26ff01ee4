"""What came of a party's denials and affirmations (`docs/events.md`, *Track record*).

`judge_claim` says it of every party of one claim, `list_outcomes` the same a line at a time, so that it can be
counted as events come in; `sum_up` of one party over many claims.
Always with n and the claims behind each number, never as a score. Only full
statements that are neither struck nor redacted are judged, each as amended; a party's
denials of one claim count once, in the first column that fits. What others said counts
whenever it was said; what the party itself said elsewhere on the claim never vindicates it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from domain.codebook import STRENGTHS
from domain.positions import PartyFold
from domain.standing import Account
from domain.statement import Word

_OTHERS = {"denied": "affirmed_by_others", "affirmed": "denied_by_others"}
SIDES = {"denials": "denied", "affirmations": "affirmed"}  # as a party's answer names them, and as a fate does
Fate = dict[str, Any]


class Kind(NamedTuple):
    """What is counted of a party: claims on which it denied or affirmed so strongly and that came of it.

    `side` may be `withheld` and `turned` too (it moved from one side to the other), which are of no strength and to
    which nothing comes. `fate` is "" where none of the columns fits.
    """

    side: str
    fate: str = ""
    strength: str = ""


class Outcome(NamedTuple):
    """What came of a party's word on one claim, one of those for a side; `days` to its reversal, where known."""

    party: str
    kind: Kind
    days: int | None = None


class Behind(NamedTuple):
    """Which claims are behind a number: those of a side on which one of these came of it."""

    side: str
    fates: tuple[str, ...]


def columns_of(side: str) -> tuple[str, ...]:
    """List what can have come of a denial or an affirmation, in the order in which the first that fits counts."""
    return ("reversed", _OTHERS[side], "vindicated", "withdrawn", "standing")


def judge_claim(account: Account) -> dict[str, Fate]:
    """Say what came of each party's word on one claim.

    Members of a fate: `denied` and `affirmed` {`fate` or None, `strength` of the strongest,
    `days` to its reversal or None}, where the party did so in full; `withheld`, where it did.
    """
    return {party: fate for party, (fate, _) in _judge(account) if fate}


class _Around(NamedTuple):
    """What of the rest of the claim bears on what came of one party's word.

    Whether others affirm, deny, took back all they said for it, and against it; whether the party's full position
    counts.
    """

    affirmed: bool
    denied: bool
    for_taken_back: bool
    against_taken_back: bool
    stands: bool


def _judge(account: Account) -> list[tuple[str, tuple[Fate, Sequence[Outcome]]]]:
    standing = {p.party: p.stance for p in account.positions if p.full and p.overtaken_by is None}
    folds, stances = account.folds, list(standing.values())
    counts = stances.count("affirms"), stances.count("denies")
    spoken = {party: _count_spoken(fold) for party, fold in folds.items()} if account.reading.taken_back else {}
    total = tuple(map(sum, zip(*spoken.values(), strict=True)))
    arounds: dict[tuple[str | None, _Spoken | None], _Around] = {}  # many parties have one in common
    judged = []
    for party, fold in folds.items():
        own = standing.get(party), spoken.get(party)
        around = arounds.get(own)
        if around is None:
            around = arounds[own] = _look_around(*own, counts, total)
        if fold.judged is None or fold.judged[0] != around:  # else it is the same
            fate = _judge_party(fold, around)
            fold.judged = around, (fate, tuple(_list_outcomes(party, fate)))
        judged.append((party, fold.judged[1]))
    return judged


_Spoken = tuple[int, ...]  # full words for the claim, how many of them were taken back, and the same against it


def _count_spoken(fold: PartyFold) -> _Spoken:
    if fold.counted is None:
        full = [word for words in fold.taken.values() for word in words]
        sides = [[w for w in full if w.side == side] for side in ("for", "against")]
        fold.counted = tuple(n for of in sides for n in (len(of), sum(w.version in fold.taken_back for w in of)))
    return fold.counted


def _look_around(stance: str | None, mine: _Spoken | None, counts: tuple[int, int], total: _Spoken) -> _Around:
    said_for, for_back, said_against, against_back = (
        (all_ - of for all_, of in zip(total, mine, strict=True)) if mine else (0, 0, 0, 0)
    )
    affirm, deny = counts
    return _Around(
        affirm > (stance == "affirms"),
        deny > (stance == "denies"),
        0 < said_for == for_back,
        0 < said_against == against_back,
        stance is not None,
    )


def _judge_party(fold: PartyFold, around: _Around) -> Fate:
    fate: Fate = {}
    for side, stance in (("denied", "denies"), ("affirmed", "affirms")):
        taken = fold.taken.get(stance)
        if taken:
            turn = _find_turn(fold, taken)
            fate[side] = {
                "fate": "reversed" if turn else _fate_of(fold, side, taken, around),
                "strength": min((w.data.get("strength", "plain") for w in taken), key=STRENGTHS.index),
                "days": _days_between(*turn) if turn else None,
            }
    if fold.withholds:
        fate["withheld"] = True
    return fate


def _find_turn(fold: PartyFold, taken: Sequence[Word]) -> tuple[Word, Word] | None:
    # A reversal may be from an allegation that followed an affirmation: what counts is the side that was left.
    words = {word.version: word for word in fold.words} if fold.reversals else {}
    for change in sorted(fold.reversals, key=lambda change: change["to"]):
        left, turned = words[change["from"]], words[change["to"]]
        before = [w for w in taken if w.version <= left.version]
        if left.side == taken[0].side and before:
            return before[-1], turned
    return None


def _fate_of(fold: PartyFold, side: str, taken: Sequence[Word], around: _Around) -> str | None:
    denied = side == "denied"
    if around.affirmed if denied else around.denied:
        return _OTHERS[side]
    if around.for_taken_back if denied else around.against_taken_back:
        return "vindicated"  # the reports that were denied were taken back, or the denials of what was affirmed
    if fold.has_taken_back(taken):
        return "withdrawn"
    return "standing" if around.stands and fold.position and fold.position.side == taken[0].side else None


def _days_between(said: Word, turned: Word) -> int | None:
    # Dates of publication may run against the order in which things were said; then it is not known.
    days = (turned.day - said.day).days if said.day and turned.day else -1
    return days if days >= 0 else None


def list_outcomes(account: Account) -> list[Outcome]:
    """List what came of every party's word on one claim."""
    turned = dict.fromkeys(change["party"] for change in account.reversals)
    outcomes = [outcome for _, (_, of) in _judge(account) for outcome in of]
    return [*outcomes, *(Outcome(party, Kind("turned")) for party in turned)]


def _list_outcomes(party: str, fate: Fate) -> Iterator[Outcome]:
    for side in _OTHERS:
        if side in fate:
            one = fate[side]
            yield Outcome(party, Kind(side, one["fate"] or "", one["strength"]), one["days"])
    if "withheld" in fate:
        yield Outcome(party, Kind("withheld"))


KINDS = (
    *(Kind(side, *of) for side in _OTHERS for of in product((*columns_of(side), ""), STRENGTHS)),
    *(Kind(side) for side in ("withheld", "turned")),
)
# Every number of a track record, by its name in an answer.
BEHIND = {
    **{name: Behind(side, (*columns_of(side), "")) for name, side in SIDES.items()},
    **{f"{name}.{column}": Behind(side, (column,)) for name, side in SIDES.items() for column in columns_of(side)},
    "withheld": Behind("withheld", ("",)),
    "reversals": Behind("turned", ("",)),
}


def sum_up(
    counts: Mapping[Kind, int], medians: Mapping[str, float | None], claims: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Sum up one party; members are those of `docs/events.md`, *Track record*.

    `medians` are the days to a reversal by side, `claims` the ids behind each number, by the names of `BEHIND`.
    """
    return {
        **{name: _sum_side(name, side, counts, medians[side], claims) for name, side in SIDES.items()},
        "withheld": {"n": counts.get(Kind("withheld"), 0), "claims": claims["withheld"]},
    }


def _sum_side(
    name: str, side: str, counts: Mapping[Kind, int], days: float | None, claims: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    columns = columns_of(side)
    by: Counter[tuple[str, str]] = Counter()  # fate, strength
    for kind, n in counts.items():
        if kind.side == side:
            by[kind.fate, kind.strength] += n
    fates: Counter[str] = Counter()
    for (fate, _), n in by.items():
        fates[fate] += n
    strengths = {
        strength: {
            "n": sum(n for (_, of), n in by.items() if of == strength),
            **{column: by[column, strength] for column in ("reversed", _OTHERS[side])},
        }
        for strength in STRENGTHS
    }
    return {
        "n": fates.total(),
        **{column: fates[column] for column in columns},
        "median_days_to_reversal": days,
        "by_strength": strengths,
        "claims": {"n": claims[name], **{column: claims[f"{name}.{column}"] for column in columns}},
    }
