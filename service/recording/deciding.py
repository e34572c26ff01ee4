"""Decide commands that were handed in together: one transaction, each on the state the earlier ones left.

All of them are committed at once (`docs/decisions/`, group commit). Every answer, a refusal
too, is given only after the commit, since it may rest on what an earlier command recorded;
a crash before it leaves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from domain.claim import Claim
from domain.errors import DomainError
from service.errors import OutcomeUnknown, Unavailable
from service.recording.ledger import OFTEN, Command, Ledger, keep_latest
from service.recording.receipts import Receipt
from service.store.interface import Reply, Store, Transaction, View
from service.tokens import Holding

Outcome = Receipt | BaseException


@dataclass(frozen=True, slots=True)
class Group:
    """What came of commands that were decided together."""

    commands: int
    events: int
    seconds: float
    stored: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of each command, in their order, and of the groups they were decided in.

    `size` is that of the log once what they recorded is durable, 0 where they recorded nothing.
    """

    outcomes: Sequence[Outcome]
    groups: Sequence[Group]
    size: int = 0

    @property
    def failed(self) -> bool:
        """Tell whether the store could not be written."""
        return not self.groups[0].stored and isinstance(self.outcomes[0], Unavailable | OutcomeUnknown)


class Deciding(Protocol):
    """Whoever decides, here or elsewhere; asked by one thread at a time."""

    @property
    def ready(self) -> bool:
        """Tell whether commands are decided just now."""

    def ask(self, commands: Sequence[Command]) -> Callable[[], Decided]:
        """Have commands decided and stored; call what it gives, once, to hear what came of them when that is durable.

        Neither raises: whatever goes wrong came of the commands.
        """

    def close(self) -> None:
        """End it."""


class Decider:
    """Decide and store commands here; remembers the claims that were written last."""

    ready = True

    def __init__(self, store: Store, *, clock: Callable[[], datetime], new_salt: Callable[[], bytes]) -> None:
        """Remember nothing yet."""
        self._store = store
        self._clock = clock
        self._new_salt = new_salt
        self._claims: dict[UUID, Claim] = {}  # as of `_size`, the last written last
        self._decided = 0  # commands, and events read and made for them, since it was looked how much is in memory
        self._size = 0
        self.erased = False  # whether an event's payload ever was

    def decide(self, commands: Sequence[Command]) -> Decided:
        """Decide and store commands in one transaction, or each in its own where a fault comes up nobody foresaw."""
        begun = time.monotonic()
        try:
            with self._store.writing() as transaction:
                ledger, holding = self._open_ledger(transaction), Holding(transaction, self._clock)
                ledger.looked_up |= _look_up(transaction, commands)
                outcomes = [_decide(ledger, holding, command) for command in commands]
                ledger.flush(transaction)
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait are told, and work goes on
            self._claims.clear()  # they hold what was not stored
            failed = all_failed(commands, error, begun)
            # Nothing was stored, and only the command that the fault comes from shall suffer it.
            alone = isinstance(error, DomainError) or len(commands) == 1
            return failed if alone else _together(failed, [self.decide([command]) for command in commands])
        self._size = ledger.size
        self._decided += len(commands) + len(ledger.entered) + ledger.loaded
        self.erased |= any(entered.erased for entered in ledger.entered)
        self._keep_latest(ledger)
        group = Group(len(commands), len(ledger.entered), time.monotonic() - begun, stored=True)
        return Decided(outcomes, [group], ledger.size if ledger.entered else 0)

    def ask(self, commands: Sequence[Command]) -> Callable[[], Decided]:
        """Decide commands here, when what came of them is heard."""
        return partial(self.decide, commands)

    def close(self) -> None:
        """Leave the store to whoever opened it."""

    def _open_ledger(self, transaction: Transaction) -> Ledger:
        if transaction.head().size != self._size:
            # Another process has written since; what it touched is read again when it is needed.
            for claim in transaction.claims_touched_from(self._size) if self._claims else ():
                self._claims.pop(UUID(claim), None)
        return Ledger(transaction, self._claims, self._clock, self._new_salt)

    def _keep_latest(self, ledger: Ledger) -> None:
        for entered in ledger.entered:
            claim = UUID(entered.log.claim)
            if claim in self._claims:  # a refusal forgets the claims it touched
                self._claims[claim] = self._claims.pop(claim)
        if self._decided >= OFTEN:
            keep_latest(self._claims)
            self._decided = 0


def all_failed(commands: Sequence[Command], error: BaseException, begun: float) -> Decided:
    """Say of commands begun at a moment that one error befell all of them."""
    return Decided([error] * len(commands), [Group(len(commands), 0, time.monotonic() - begun, stored=False)])


def _look_up(view: View, commands: Sequence[Command]) -> dict[tuple[str, str], Reply | None]:
    """Look up what requests made before, with one question for each who asks."""
    asked: dict[str, list[str]] = {}
    for command in commands:
        if command.key is not None:
            asked.setdefault(command.actor, []).append(command.key)
    found = {actor: view.find_replies(actor, keys) for actor, keys in asked.items()}
    return {(actor, key): found[actor].get(key) for actor, keys in asked.items() for key in keys}


def _decide(ledger: Ledger, holding: Holding, command: Command) -> Outcome:
    try:
        if command.token:
            holding.check(command.token)
        return ledger.execute(command)
    except (Unavailable, OutcomeUnknown):  # it is the store that fails, and it fails for all
        raise
    except DomainError as refused:
        return refused


def _together(failed: Decided, each: Sequence[Decided]) -> Decided:
    outcomes = [outcome for one in each for outcome in one.outcomes]
    groups = [*failed.groups, *(group for one in each for group in one.groups)]
    return Decided(outcomes, groups, max(one.size for one in each))
