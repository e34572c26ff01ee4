"""A party's track record added up claim by claim, as nobody would who has many of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from domain.track_record import BEHIND, SIDES, Fate, Kind, sum_up

MOST = 50  # claims that are named with a number


def kinds_of(fate: Fate) -> list[Kind]:
    """List what a claim is counted as."""
    judged = [(side, fate[side]) for side in SIDES.values() if side in fate]
    kinds = [Kind(side, one["fate"] or "", one["strength"]) for side, one in judged]
    return [*kinds, *(Kind(side) for side in ("withheld", "turned") if side in fate)]


def sum_of(told: Sequence[tuple[str, Fate]]) -> dict[str, Any]:
    """Sum up a party's fates, each with its claim's id, as `judge_claim` tells them."""
    counts = Counter(kind for _, fate in told for kind in kinds_of(fate))
    days = {
        side: [f[side]["days"] for _, f in told if side in f and f[side]["days"] is not None] for side in SIDES.values()
    }
    medians = {side: median(of) if of else None for side, of in days.items()}
    return sum_up(counts, medians, {name: claims_behind(name, told)[:MOST] for name in BEHIND})


def claims_behind(name: str, told: Sequence[tuple[str, Fate]]) -> list[str]:
    """List the claims behind a number, in the order given."""
    of = BEHIND[name]
    return [claim for claim, fate in told if any(k.side == of.side and k.fate in of.fates for k in kinds_of(fate))]
