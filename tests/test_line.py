"""Hold the line between two processes: whole things, in order, all that have come at once."""

import socket
import threading

import pytest

from service.line import Line


@pytest.fixture
def ends():
    """Give both ends of a line."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_all_that_has_come_is_taken_at_once_and_in_order(ends):
    """Whoever takes gets all things that are there, and waits for one only where there is none."""
    sender, taker = (Line(end) for end in ends)
    assert taker.take(wait=False) == []
    for thing in ("a", None, 7):
        sender.send(thing)
    assert taker.take() == ["a", None, 7]
    assert (taker.take(wait=False), taker.comes(0.0)) == ([], False)


def test_what_has_not_come_whole_waits_for_its_rest(ends):
    """A thing of which a part is there is not given yet, and neither is it lost."""
    sender, taker = ends
    line = Line(taker)
    Line(sender).send(["whole"])
    read = taker.recv(1_000)
    sender.sendall(read + read[:6])
    assert line.take() == [["whole"]]
    assert line.take(wait=False) == []
    sender.sendall(read[6:])
    assert line.take() == [["whole"]]


def test_a_thing_may_be_larger_than_what_is_read_at_once(ends):
    """A thing of megabytes goes over whole."""
    sender, taker = (Line(end) for end in ends)
    large = b"a long word" * 1_000_000
    sending = threading.Thread(target=sender.send, args=(large,))
    sending.start()
    assert taker.take() == [large]
    sending.join()


def test_the_end_is_told_behind_the_last_thing(ends):
    """What was sent before the other side ended is given; then the end is told, to who sends, too."""
    sender, taker = (Line(end) for end in ends)
    sender.send("last")
    ends[0].close()
    assert (taker.comes(None), taker.take()) == (True, ["last"])
    for wait in (True, False):
        with pytest.raises(EOFError):
            taker.take(wait=wait)
    with pytest.raises(OSError, match="Broken pipe"):
        taker.send("more")


def test_who_is_just_sending_is_told_that_the_line_was_cut_off(ends):
    """Who waits until there is room for what is sent does not wait for ever."""
    line, failures = Line(ends[0]), []

    def send():
        try:
            line.send(b"a long word" * 1_000_000)
        except OSError as error:
            failures.append(type(error))

    sending = threading.Thread(target=send)
    sending.start()
    assert Line(ends[1]).comes(None)
    line.cut_off()
    sending.join()
    assert failures == [BrokenPipeError]
