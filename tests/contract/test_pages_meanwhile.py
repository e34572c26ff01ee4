"""Hold pages to one moment of the record while another thread goes on recording."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import orjson
import pytest

from service.reading.lists import ListQuestion, list_claims
from service.reading.reads import Answer
from service.store.interface import Store
from service.store.sql import lasting as sql_lasting
from service.store.sql import lists as sql_lists
from tests.builders import MID, MOFA, PAPER, kept, said
from tests.contract.asking import PATIENCE, TEN, Bench, append, opening

CLAIMS = [UUID(int=n) for n in range(1, 25)]
TYPES = ("denied", "reported", "confirmed", "ncnd", "alleged")
QUESTIONS = {
    "all": ListQuestion(),
    "by opening": ListQuestion(sort="opened"),
    "by standing": ListQuestion(filters={"standing": ["denied", "contested"]}),
    "by party": ListQuestion(filters={"party": ["south-korean-foreign-ministry"]}, sort="opened"),
    "search": ListQuestion(q="envoy"),
    "search, by change": ListQuestion(q="what said", sort="updated"),
}


class Meanwhile:
    """A thread that records one event after another: on claims that are there, and on new ones."""

    def __init__(self, bench: Bench) -> None:
        """Start it."""
        self._bench = bench
        self._moved = threading.Condition()
        self._count, self._stop = 0, False
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        rng = random.Random(7)  # noqa: S311 - data, not a secret
        while not self._stop:
            claim, count = rng.choice(CLAIMS), self._count
            event = said(rng.choice(TYPES), rng.choice([MID, MOFA, PAPER]), scope=str(count))
            if count % 7 == 3:
                self._bench.do(opening(UUID(int=1_000 + count), event))
            elif count % 7 == 5:
                with self._bench.counting.reading() as view:
                    version = view.count_events(str(claim))
                self._bench.do(append(claim, kept("reworded", text=f"The envoy came {count}."), if_match=version))
            else:
                self._bench.do(append(claim, event))
            with self._moved:
                self._count += 1
                self._moved.notify_all()

    def wait_for_more(self) -> None:
        """Wait until something more is recorded."""
        with self._moved:
            seen = self._count
            assert self._moved.wait_for(lambda: self._count > seen, PATIENCE)

    def stop(self) -> None:
        """End it."""
        self._stop = True
        self._thread.join(PATIENCE)


@pytest.fixture
def meanwhile(bench, monkeypatch) -> Iterator[Meanwhile]:
    """Open some claims, and go on; in so small a record claims last soon, and few texts are looked up at once."""
    for module in (sql_lasting, sql_lists):
        monkeypatch.setattr(module, "LASTING", 20)
    monkeypatch.setattr(sql_lists, "AT_ONCE", 5)
    for claim in CLAIMS:
        bench.do(opening(claim, said("denied"), said("reported", MOFA)))
    going_on = Meanwhile(bench)
    yield going_on
    going_on.stop()


def ask(store: Store, question: ListQuestion) -> Answer:
    """Ask for a page."""
    with store.reading() as view:
        return list_claims(view, question, TEN)


def ids_of(answer: Answer) -> list[str]:
    """Give the ids of the claims on a page, in its order."""
    return [claim["id"] for claim in orjson.loads(answer.body)["claims"]]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_matching_claim_is_met_once_while_others_write(store, meanwhile, question):
    """However much is recorded between two pages, they hold each claim that matched when the first was read, once."""
    page = ask(store, replace(question, limit=3))
    size, found = page.log_size, ids_of(page)
    while page.links:
        meanwhile.wait_for_more()
        page = ask(store, replace(question, limit=3, cursor=page.links["next"]["cursor"]))
        found += ids_of(page)
    expected = ids_of(ask(store, replace(question, limit=500, as_of=str(size))))
    assert len(expected) > 3
    assert expected == found
    assert len({*found}) == len(found)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_same_moment_gives_the_same_bytes_while_others_write(store, meanwhile, question):
    """Under the same `as_of` a page is the same byte for byte, whatever has been recorded since."""
    size = ask(store, question).log_size
    asked = replace(question, limit=5, as_of=str(size))
    bodies = {ask(store, asked).body}
    for _ in range(5):
        meanwhile.wait_for_more()
        bodies.add(ask(store, asked).body)
    assert len(bodies) == 1
