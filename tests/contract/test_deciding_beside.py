"""Have commands decided in a process beside, lose it at the worst moment, and find that it comes back."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socketpair
from subprocess import Popen

import pytest

from domain.errors import Fault, Invalid
from service.errors import Unavailable
from service.recording import deciding_beside
from service.recording.deciding_beside import DeciderBeside
from service.recording.writer import Writer
from tests.builders import CLAIM_ID, OTHER_ID, kept, said
from tests.contract.asking import PATIENCE, append, codes_of, opening, outcome_of, texts_of
from tests.faults.serving import wait_until
from tests.processes import tree_of


class Beside:
    """A writer whose commands are decided in another process."""

    def __init__(self, store):
        """Start it, and wait until it is there."""
        self.store = store
        self.recorded, self.groups = [], []
        self.decider = DeciderBeside(store, "quiet")
        self.decider.wait()
        self.asked = threading.Event()
        self.ask, self.decider.ask = self.decider.ask, self.ask_and_note
        told = {"on_recorded": self.recorded.append, "on_group": lambda group, _: self.groups.append(group)}
        self.writer = Writer(self.decider, **told)

    def ask_and_note(self, commands):
        """Ask, and note that this was done."""
        heard = self.ask(commands)
        self.asked.set()
        return heard

    def do(self, *commands):
        """Hand commands in; answers what came of each."""
        return [outcome_of(future) for future in [self.writer.submit(command) for command in commands]]

    def kill(self):
        """Kill the process as `kill -9` does."""
        (pid,) = processes()
        os.kill(pid, signal.SIGKILL)

    @contextmanager
    def deciding(self, command):
        """Have a command be decided until the end of the block, where it can only wait for the store."""
        with self.store.writing() as transaction:
            transaction.head()
            self.asked.clear()
            future = self.writer.submit(command)
            assert self.asked.wait(PATIENCE)
            yield future


def processes():
    """List the processes in which is decided what this one asks."""
    found = []
    for pid in tree_of(os.getpid()):
        with suppress(OSError):  # ended meanwhile
            if b"service.recording.deciding_beside import" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


@pytest.fixture
def beside(store):
    """Have commands decided beside."""
    made = Beside(store)
    yield made
    made.writer.close()


def test_what_is_recorded_beside_is_told_here(beside, store):
    """A receipt names the events as they are stored, and the size of the log and the group are told."""
    (opened,) = beside.do(opening(CLAIM_ID, said("reported"), said("denied")))
    with store.reading() as view:
        placed = view.events_from(0, 9)
    assert [(made.position, made.state) for made in opened.events] == placed
    assert [(made.claim, made.version) for made in opened.events] == [(str(CLAIM_ID), n) for n in (1, 2, 3)]
    assert (opened.first_position, opened.event_count, opened.replayed) == (0, 3, False)
    assert beside.recorded == [3]
    assert [(group.commands, group.events, group.stored) for group in beside.groups] == [(1, 3, True)]


def test_what_is_refused_beside_is_refused_here_in_the_same_words(beside, store):
    """A refusal comes with its code, its sentence, its place and its facts, as it would have been made here."""
    refusals = [
        append(CLAIM_ID, said("denied")),
        append(CLAIM_ID, said("retracted", regarding=7)),
        append(CLAIM_ID, kept("struck", regarding=2)),
        append(CLAIM_ID, said("denied"), if_match=9),
        append(CLAIM_ID, ("linked", {"relation": "aspect_of", "claim": str(CLAIM_ID)})),
    ]
    commands = [refusals[0], opening(CLAIM_ID), opening(CLAIM_ID), *refusals[1:]]
    there = beside.do(*commands)
    beside.writer.close()
    here = Writer(deciding_beside.Decider(store, clock=deciding_beside.tell_time, new_salt=bytes))
    again = [outcome_of(here.submit(command)) for command in refusals[1:]]
    here.close()
    codes = ["rule_broken", "precondition_required", "version_moved_on", "invalid"]
    assert codes_of(there) == ["not_found", "recorded", "already_exists", *codes]
    assert codes_of(again) == codes
    assert [vars_of(one) for one in there[3:]] == [vars_of(one) for one in again]
    assert isinstance(there[-1], Invalid)
    assert there[-1].faults == [Fault("/data/claim", again[-1].faults[0].detail)]


def vars_of(error):
    """Give all that an error tells."""
    return type(error), str(error), vars(error)


def test_a_fault_nobody_foresaw_is_told_with_its_place(beside):
    """What goes wrong beside comes here with its traceback, and others are recorded."""
    (_, fault, recorded) = beside.do(
        opening(CLAIM_ID), append(CLAIM_ID, ("no such type", {})), append(CLAIM_ID, said("denied"))
    )
    assert (type(fault), "in _decide" in str(fault)) == (RuntimeError, True)
    assert codes_of([recorded]) == ["recorded"]


def test_what_cannot_be_sent_is_told_and_others_are_recorded(beside):
    """A command that goes to no other process fails by itself; what is asked after it is recorded."""
    beside.do(opening(CLAIM_ID))
    (fault,) = beside.do(append(CLAIM_ID, ("denied", {"note": threading.Lock()})))
    assert (type(fault), str(fault)) == (TypeError, "cannot pickle '_thread.lock' object")
    assert codes_of(beside.do(append(CLAIM_ID, said("denied")))) == ["recorded"]


def test_losing_it_is_told_and_it_comes_back(beside, store):
    """Of what it was asked when it is killed nothing is known; what waited is refused; then it is there again."""
    beside.do(opening(CLAIM_ID))
    with beside.deciding(append(CLAIM_ID, said("denied"), key="asked-and-lost")) as asked:
        waiting = [beside.writer.submit(append(CLAIM_ID, said("ncnd"))) for _ in range(2)]
        beside.kill()
        assert codes_of([outcome_of(one) for one in (asked, *waiting)]) == ["outcome_unknown", *["unavailable"] * 2]
    wait_until(lambda: beside.writer.alive)
    again = beside.do(append(CLAIM_ID, said("denied"), key="asked-and-lost"), append(OTHER_ID, said("denied")))
    assert codes_of(again) == ["recorded", "not_found"]
    assert [event["type"] for event in texts_of(store, CLAIM_ID)] == ["opened", "denied"]


def test_what_it_says_and_nobody_understands_is_not_known(beside, store, monkeypatch):
    """Where an answer cannot be read, nothing is known of what it was about; another process is started."""
    beside.do(opening(CLAIM_ID))
    monkeypatch.setattr(beside.decider._connection, "recv", lambda: 1 / 0)  # noqa: SLF001 - of this one, not the next
    (lost,) = beside.do(append(CLAIM_ID, said("denied")))
    assert codes_of([lost]) == ["outcome_unknown"]
    wait_until(lambda: codes_of(beside.do(append(CLAIM_ID, said("ncnd")))) == ["recorded"])
    assert [event["type"] for event in texts_of(store, CLAIM_ID)] == ["opened", "denied", "ncnd"]


def test_who_waits_is_told_what_nobody_else_can_be_told(beside, store):
    """When it fails to be noted how long the log is, those who wait are told that they were recorded."""
    beside.do(opening(CLAIM_ID))
    with beside.deciding(append(CLAIM_ID, said("denied"))) as first:
        second = beside.writer.submit(append(CLAIM_ID, said("ncnd")))
        beside.writer._on_recorded = lambda _size: 1 / 0  # noqa: SLF001 - a fault of ours, which nobody foresaw
    assert codes_of([outcome_of(future) for future in (first, second)]) == ["recorded"] * 2
    assert len(texts_of(store, CLAIM_ID)) == 3


def test_a_forked_process_hands_nothing_in(beside, store):
    """In a process that was forked there is nobody who hears what came of a command, so none is taken."""
    child = os.fork()
    if not child:
        try:
            beside.writer.submit(opening(OTHER_ID))
        except Unavailable:
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert codes_of(beside.do(opening(CLAIM_ID))) == ["recorded"]
    with store.reading() as view:
        assert view.head().size == 1


def test_what_waits_while_it_decides_is_decided_together(beside, store):
    """What was handed in while one command was being decided is decided next, all of it in one transaction."""
    beside.do(opening(CLAIM_ID))
    with beside.deciding(append(CLAIM_ID, said("denied"))) as first:
        waiting = [beside.writer.submit(append(CLAIM_ID, said("ncnd", scope=str(n)))) for n in range(5)]
    assert codes_of([outcome_of(future) for future in (first, *waiting)]) == ["recorded"] * 6
    assert [(group.commands, group.events) for group in beside.groups] == [(1, 1), (1, 1), (5, 5)]
    assert [event["data"].get("scope") for event in texts_of(store, CLAIM_ID)[2:]] == [str(n) for n in range(5)]


def test_while_it_is_not_there_commands_are_refused(store, monkeypatch):
    """Where it cannot be started, commands are refused for a second, and it is tried until it can."""
    begin = deciding_beside._BEGIN  # noqa: SLF001 - what only the machine could break
    monkeypatch.setattr(deciding_beside, "_BEGIN", "raise SystemExit(3)")
    monkeypatch.setattr(deciding_beside, "LONGEST_START", 0.01)
    monkeypatch.setattr(deciding_beside, "PAUSE", 0.01)
    beside = Beside(store)
    (refused,) = beside.do(opening(CLAIM_ID))
    assert (refused.code, refused.members, beside.writer.alive) == ("unavailable", {"retry_after": 1}, False)
    monkeypatch.setattr(deciding_beside, "_BEGIN", begin)
    wait_until(lambda: beside.writer.alive)
    assert codes_of(beside.do(opening(CLAIM_ID))) == ["recorded"]
    beside.writer.close()
    assert not beside.writer.alive


def test_where_no_process_can_be_started_it_is_tried_again(beside, store, monkeypatch):
    """A machine that has no more processes or files for a while is asked again, and then it is recorded again."""
    monkeypatch.setattr(deciding_beside, "PAUSE", 0.01)
    refused = []

    def start(*args, **more):
        if len(refused) < 2:
            refused.append(1)
            raise OSError(24, "Too many open files")
        return Popen(*args, **more)  # noqa: S603 - what it starts

    monkeypatch.setattr(deciding_beside, "Popen", start)
    beside.kill()
    wait_until(lambda: codes_of(beside.do(opening(CLAIM_ID))) == ["recorded"])
    assert refused == [1, 1]
    assert [event["type"] for event in texts_of(store, CLAIM_ID)] == ["opened"]


def test_one_that_does_not_say_that_it_is_ready_is_ended(store, monkeypatch, caplog):
    """Where a new process is not understood, it is let go, and the next one is listened to."""
    monkeypatch.setattr(deciding_beside, "PAUSE", 0.01)
    said_to = []

    class Deaf(deciding_beside.Connection):
        def recv(self):
            said_to.append(1)
            return 1 / 0 if len(said_to) == 1 else super().recv()

    monkeypatch.setattr(deciding_beside, "Pipe", lambda: tuple(Deaf(end.detach()) for end in socketpair()))
    beside = Beside(store)
    assert codes_of(beside.do(opening(CLAIM_ID))) == ["recorded"]
    beside.writer.close()
    assert "what the process that records says cannot be understood" in caplog.messages


def test_closing_finishes_what_waits_beside(store):
    """Who closes the writer waits until all that was handed in is recorded, and the process has gone."""
    beside = Beside(store)
    beside.do(opening(CLAIM_ID))
    with ThreadPoolExecutor(1) as closing:
        with store.writing() as transaction:
            transaction.head()
            waiting = [beside.writer.submit(append(CLAIM_ID, said("denied"))) for _ in range(5)]
            closed = closing.submit(beside.writer.close)
        closed.result(PATIENCE)
    assert codes_of([outcome_of(future) for future in waiting]) == ["recorded"] * 5
    assert len(texts_of(store, CLAIM_ID)) == 6
    assert processes() == []
