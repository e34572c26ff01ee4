"""Which rows a claim's history makes.

A row is made when its event is recorded, in the same transaction, and can be made
again from the events alone: `render_version` is the only way to make one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from domain.claim import Claim
from domain.codebook import STATEMENTS, Amended, Recorded, Redacted, Statement, Struck
from domain.joins import Join, read_join
from domain.reading import Reading, find_taken_or_given_back
from domain.standing import account_for, describe_account
from domain.track_record import Outcome, list_outcomes
from service.store.finding import OPEN_END, PLAIN, due_at, facets_of, hanging_of, tags_of, texts_ended_by, tokens_of

Party = Mapping[str, Any]  # name, kind and, where it has one, country


class ClaimVersion(NamedTuple):
    """A claim as it stood from log size `since` to just before `until`.

    `body` is the JSON that is served, `as_of` its last member; `outcomes` what came of
    each party's word by then. `tokens` is the text that its last event adds to the
    search, `texts_ended` the versions whose text it ends, `words` whose word a version is
    from then on (None: nobody's; told again where it was taken or given back), `join` the
    names it joins or parts, `hanging` what hangs on the claim as it then stands (version,
    why, since when).
    What only serves to be found or summed up is not read back.
    """

    since: int
    claim: str
    version: int
    body: str
    until: int = OPEN_END
    due_at: str | None = None
    tags: str = ""
    outcomes: tuple[Outcome, ...] = ()
    tokens: str | None = None
    texts_ended: tuple[int, ...] = ()
    words: tuple[tuple[int, Party | None], ...] = ()
    join: Join | None = None
    hanging: tuple[tuple[int, str, str], ...] = ()

    def body_as_of(self, size: int, at: str) -> str:
        """Give the body as the answer to a question about a past moment.

        It names the moment, and the next version when more has come since.
        """
        without = self.body[: self.body.rindex(',"as_of":')]
        return f"{without}{self.tell_as_of(size, at)}}}"

    def tell_as_of(self, size: int, at: str) -> str:
        """Give the members that name the moment, to stand last in an answer."""
        superseded = f',"superseded_by":{self.version + 1}' if self.until != OPEN_END else ""
        return f',"as_of":{{"log_size":{size},"at":"{at}"}}{superseded}'


def render_version(claim: Claim, event: Recorded, since: int, until: int = OPEN_END) -> ClaimVersion:
    """Render a claim as it stands now, just after an event, with its payload, that made the log `since` long."""
    account = account_for(claim.reading)
    body = _dated(describe_account(claim.history, account), since)
    return ClaimVersion(
        since=since,
        until=until,
        claim=body["id"],
        version=body["version"],
        body=orjson.dumps(body).decode(),
        due_at=due_at(body),
        tags=tags_of(facets_of(body)) + (PLAIN if all(fold.plain for fold in account.folds.values()) else ""),
        outcomes=tuple(list_outcomes(account)),
        tokens=tokens_of(event),
        texts_ended=tuple(texts_ended_by(event, claim.history)),
        words=tuple(_place_all_words(claim)),
        join=read_join(event, since),
        hanging=tuple(hanging_of(body, claim.history)),
    )


def outline_version(event: Recorded, since: int) -> ClaimVersion:
    """Outline a claim after an event for the rules alone: whose words that places, which names it joins."""
    claim, words = str(event.originator_id), tuple(place_words(event))
    return ClaimVersion(since, claim, event.version, "", words=words, join=read_join(event, since))


def _place_all_words(claim: Claim) -> Iterator[tuple[int, Party | None]]:
    placed = dict(place_words(claim.history[-1]))
    yield from placed.items()
    for word in find_taken_or_given_back(claim.history, claim.reading):
        if word.version not in placed:
            yield word.version, word.data["party"]


def place_words(event: Recorded) -> Iterator[tuple[int, Party | None]]:
    """Tell whose word a version is from this event on: a party's, or (None) nobody's."""
    if event.data is None:
        return
    if isinstance(event, Statement):
        yield event.version, event.data["party"]
    elif isinstance(event, Amended):
        statement = event.data["statement"] if event.data["type"] in STATEMENTS else {}
        yield event.data["regarding"], statement.get("party")
    elif isinstance(event, Struck | Redacted):
        yield event.data["regarding"], None


def render_history(events: Iterable[tuple[int, Recorded]]) -> list[ClaimVersion]:
    """Render every version of a claim from its stored events, each with its position."""
    claim: Claim | None = None
    rows: list[ClaimVersion] = []
    placed = list(events)
    ends = [*(position + 1 for position, _ in placed[1:]), OPEN_END]
    for (position, event), end in zip(placed, ends, strict=True):
        claim = event.mutate(claim)
        if claim is not None:
            rows.append(render_version(claim, event, position + 1, end))
    return rows


def render_body(history: Sequence[Recorded], reading: Reading, since: int) -> dict[str, Any]:
    """Say how a claim stands, with the log size just after its last event as `as_of`."""
    return _dated(describe_account(history, account_for(reading)), since)


def _dated(body: dict[str, Any], since: int) -> dict[str, Any]:
    body["as_of"] = {"log_size": since, "at": body["updated_at"]}
    return body
