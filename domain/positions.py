"""Where one party stands on one claim: the fold of its words (`docs/events.md`, *Positions*).

Nothing here refuses. Words struck or redacted are not among those folded; those taken
back are, because a party that turned after taking its word back has turned all the
same, but they make no position.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.party import Voice, describe_party
from domain.statement import UNNAMED, Word


@dataclass(frozen=True, slots=True)
class Aside:
    """Why a word did not move its party when it was folded.

    It is "late", said `before` an event that made the position then; or "silent", a word that sets one only where there
    is none; or of one "breath" with a side taken.
    """

    why: str
    before: int | None = None


@dataclass(slots=True)
class Position:
    """Where a party stands: `words` made it; `beside` are versions that did not move the party, then or before.

    `side` is "for", "against" or None: the side the party is on; `full`: it took it on the whole claim.
    """

    party: str
    stance: str
    partial: bool = False
    words: list[Word] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    beside: dict[int, Aside] = field(default_factory=dict)
    concedes: list[int] = field(default_factory=list)
    disputes: list[int] = field(default_factory=list)
    overtaken_by: int | None = None
    side: str | None = None
    full: bool = False

    def join(self, word: Word) -> None:
        """Let one more word make this position; a full one makes it full."""
        self.words.append(word)
        self.events.append(word.version)
        self.partial = self.partial and word.partial
        self.side = word.side
        self.full = word.side is not None and not self.partial

    def copied(self) -> Position:
        """Give the same position, to be gone on with; which parts are conceded or disputed is listed at the end."""
        made, beside = ([*self.words], [*self.events]), {**self.beside}
        return Position(self.party, self.stance, self.partial, *made, beside, side=self.side, full=self.full)


@dataclass(slots=True)
class PartyFold:
    """What one party's words amount to.

    `words` are all it said, in the order logged; `taken_back` maps a version to the first
    that took it back, `corrections` to the first that did and admits an error: a
    correction or a retraction, not a walk-back. Known from the words alone, however the rest of
    the claim stands, are `taken`, its full words by stance, `parts`, the versions by side of its words on a part that
    count, `origins`, where its words come from that put the claim forward in full and count, `withholds`, whether it
    declined to say, `plain`, whether it only ever spoke on the record and in its own name, `shown`, the party as it
    spoke last, `voices`, those of its position, and `states`, those of them that are states, in order. `described`,
    `counted`, `judged` and `over` are only memory, of others: what they found to follow from words that stay.
    """

    taken_back: Mapping[int, int]
    corrections: Mapping[int, int]
    words: Sequence[Word]
    position: Position | None = None
    reversals: Sequence[dict[str, Any]] = ()
    shifts: Sequence[dict[str, Any]] = ()
    sides_taken: list[Word] = field(default_factory=list)  # full words in fold order, those taken back among them
    taken: dict[str | None, list[Word]] = field(default_factory=dict)
    parts: dict[str | None, list[int]] = field(default_factory=dict)
    origins: frozenset[str] = frozenset()
    withholds: bool = False
    plain: bool = True
    shown: dict[str, str] = field(init=False)
    voices: Sequence[Voice] = field(init=False)
    states: Sequence[str] = field(init=False)
    described: dict[str, Any] | None = None
    counted: tuple[int, ...] | None = None
    judged: tuple[Any, Any] | None = None
    over: dict[Voice, tuple[Sequence[Word], int | None]] | None = None

    def going_on(self, words: Sequence[Word]) -> PartyFold:
        """Give a fold that is as this one and is gone on with: `words` are those of this one, and more."""
        return replace(
            self,
            words=words,
            position=self.position.copied() if self.position and self.position.words else None,
            sides_taken=[*self.sides_taken],
            taken={stance: [*of] for stance, of in self.taken.items()},
            parts={side: [*of] for side, of in self.parts.items()},
            described=None,
            counted=None,
            judged=None,
            over=None,
        )

    def sum_up(self, new: Iterable[Word]) -> PartyFold:
        """Note, after the last word, what is known from the words alone; `new` are those not noted yet."""
        for word in new:
            self.plain &= word.data.get("attribution") not in UNNAMED and "on_behalf_of" not in word.data
            counts = word.version not in self.taken_back
            if word.full:
                self.taken.setdefault(word.kind.stance, []).append(word)
                if counts and word.side == "for":
                    self.origins |= {word.origin}
            elif counts and word.partial:
                self.parts.setdefault(word.side, []).append(word.version)
            elif counts and word.kind.stance == "withholds":
                self.withholds = True
        movers = [] if self.position else [word for word in self.words if word.kind.stance]
        if movers:
            self.position = _withdrawn(movers, self.taken_back)
        elif self.position and self.position.full:
            _list_parts(self.position, self.parts)
        self.shown = describe_party(self.words[-1].data["party"])
        made = self.position.words if self.position else ()
        self.voices = tuple({word.voice for word in made or self.words})
        self.states = tuple(sorted(country for scope, country in self.voices if scope == "state"))
        return self

    def has_taken_back(self, words: Iterable[Word]) -> bool:
        """Tell whether all of these words of its were taken back."""
        return all(word.version in self.taken_back for word in words)

    def take_in(self, new: Sequence[Word]) -> None:
        """Fold words in, in the order in which they were said."""
        movers = [w for w in new if w.kind.stance]
        plain = {w.utterance for w in movers if w.utterance and w.side and w.version not in self.taken_back}
        for word in _in_order_of_speech(movers, self.taken_back):
            self.add(word, spoke_plainly=word.utterance in plain)

    def add(self, word: Word, *, spoke_plainly: bool) -> None:
        """Fold the next word in; `spoke_plainly`: the same utterance also took a side."""
        now = self.position
        late = _find_later(now.words, word) if now else None
        if word.version in self.taken_back:
            if word.full and not late:
                self.sides_taken.append(word)
        elif now is None:
            self._move_to(word)
        elif word.partial and now.full and word.side != now.side:
            pass  # concedes or disputes a part, whenever it was said; listed once all words are in
        elif late:
            now.beside[word.version] = Aside("late", late)
        elif word.side is None and (spoke_plainly or not word.kind.moves):
            now.beside[word.version] = Aside("breath" if word.kind.moves else "silent")
        elif word.kind.stance == now.stance or (word.partial and now.full):
            self._join(now, word)
        else:
            self._move_to(word)

    def _join(self, now: Position, word: Word) -> None:
        if not now.full:  # from a part to the whole: it may turn only now from what it said before
            self._note_reversal(word)
        now.join(word)
        if word.full:
            self.sides_taken.append(word)

    def _move_to(self, word: Word) -> None:
        left = self.position
        self.position = Position(word.party, word.kind.stance or "", word.partial)
        if left:
            self.position.beside = left.beside  # what moved the party not then is listed, wherever it moved since
        if left and left.partial and word.full and left.side == word.side:
            for part in left.words:  # of what is now said in full, though with another stance
                self.position.join(part)
        self.position.join(word)
        self._note_turn(left, word)
        if word.full:
            self.sides_taken.append(word)

    def _note_turn(self, left: Position | None, word: Word) -> None:
        if not self._note_reversal(word) and left and _shifts(left.words[-1], word):
            self.shifts = (*self.shifts, _change(left.words[-1], left.stance, word, corrected=False))

    def _note_reversal(self, word: Word) -> bool:
        turned_from = self._find_other_side(word) if word.full else None
        if turned_from:
            corrected = self.corrections.get(turned_from.version, word.version) < word.version
            turn = _change(turned_from, turned_from.kind.stance, word, corrected=corrected)
            self.reversals = (*self.reversals, turn)
        return turned_from is not None

    def _find_other_side(self, word: Word) -> Word | None:
        # A word on the same side means that there is nothing to turn from, unless it was taken back; nobody turns
        # from what was said later, or in the same breath.
        for earlier in reversed(self.sides_taken):
            same_breath = word.utterance is not None and word.utterance == earlier.utterance
            if earlier.side != word.side and not same_breath and not word.surely_before(earlier):
                return earlier
            if earlier.side == word.side and earlier.version not in self.taken_back:
                return None
        return None


class _Asides(PartyFold):
    """A fold of which nothing is asked but what is beside its position."""

    def _note_turn(self, left: Position | None, word: Word) -> None:
        """Leave it: who turned is not asked."""


def _find_later(made: Sequence[Word], word: Word) -> int | None:
    """Find the first of the words that made a position that was surely said after another, but of a part after all."""
    last = word.latest
    if last is None:
        return None
    later = [m.version for m in made if m.earliest and last < m.earliest and not (m.partial and word.full)]
    return min(later) if later else None


def _shifts(old: Word, new: Word) -> bool:
    same_breath = new.utterance is not None and new.utterance == old.utterance
    return not same_breath and not new.surely_before(old)


def _change(old: Word, from_stance: str | None, new: Word, *, corrected: bool) -> dict[str, Any]:
    return {
        "party": new.party,
        "from": old.version,
        "to": new.version,
        "from_stance": from_stance,
        "to_stance": new.kind.stance,
        "corrected": corrected,
    }


def fold_party(
    words: Sequence[Word],
    taken_back: Mapping[int, int],
    corrections: Mapping[int, int],
    known: PartyFold | None = None,
) -> PartyFold:
    """Fold one party's words, given in the order they were logged.

    Words of one utterance are folded at the place of the first of them that counts, full ones first.
    A party whose every word was taken back is `withdrawn`; one that took no stance has
    no position. `known` is what the first of these words were found to amount to, and still do.
    """
    fold, new = PartyFold(taken_back, corrections, words), words
    if known:
        told = words[len(known.words) :]
        utterances = {word.utterance for word in told if word.utterance}
        # What belongs to an utterance of before is folded there, and not behind what is known.
        if not utterances or not any(word.utterance in utterances for word in known.words):
            fold, new = known.going_on(words), told
    fold.take_in(new)
    return fold.sum_up(new)


def find_asides(words: Sequence[Word], taken_back: Mapping[int, int]) -> Mapping[int, Aside]:
    """Find the words of one party that are beside its position, each with why."""
    fold = _Asides(taken_back, {}, words)
    fold.take_in(words)
    return fold.position.beside if fold.position else {}


def _in_order_of_speech(words: Sequence[Word], taken_back: Mapping[int, int]) -> Iterable[Word]:
    first: dict[str, int] = {}
    for word in words:
        if word.utterance and word.version not in taken_back:
            first.setdefault(word.utterance, word.version)

    def place(word: Word) -> tuple[int, int, int]:
        rank = 0 if word.full else 1 if word.side else 2 if word.kind.moves else 3
        anchor = word.version if word.version in taken_back else first.get(word.utterance or "", word.version)
        return (anchor, rank, word.version)

    return sorted(words, key=place) if first else words


def _withdrawn(movers: Sequence[Word], taken_back: Mapping[int, int]) -> Position:
    by = sorted({taken_back[w.version] for w in movers})
    return Position(movers[0].party, "withdrawn", events=by)


def _list_parts(position: Position, parts: Mapping[str | None, Sequence[int]]) -> None:
    """List the parts that count under a full position: on its side among its events, on the other as what they are."""
    there = {*position.events, *position.beside}
    position.events += [version for version in parts.get(position.side, ()) if version not in there]
    of_other_side = [version for side, of in parts.items() if side != position.side for version in of]
    if position.side == "against":
        position.concedes = of_other_side
    else:
        position.disputes = of_other_side
