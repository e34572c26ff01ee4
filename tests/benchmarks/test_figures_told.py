"""What was measured is told: on the page, in the picture, and by a load that understands every answer."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks.installing import ASK, Peers
from tests.benchmarks.load import Run, UnexpectedAnswer, drive, write_request
from tests.benchmarks.page import fill_in
from tests.benchmarks.picture import draw, find_lines
from tests.benchmarks.results import OURS, Absent, Result
from tests.benchmarks.sharing import share

MACHINE = {
    "measured_on": "2026-11-25",
    "cores": 2,
    "cpu": "a processor",
    "memory_gib": 8,
    "kernel": "Linux 6",
    "filesystem": "ext4",
    "python": "3.11.7",
    "sqlite": "3.40.1",
    "libraries": {"flask": "3.1.3"},
    "fsync_ms": {"median": 0.2, "p99": 0.5},
    "threads": 8,
    "rounds": 1,
    "others_cpu": {"median": 0.1, "max": 0.5},
}
GROWN = Result(
    *("growth", "list page", 1_000_000, 1),
    {OURS: [Run(4, 1.0)], "at 1,000 events": [Run(5, 1.0)], "at 10,000 events": [Run(8, 1.0)]},
)
LINES = {f"operation {n}": [(1_000, 1.0), (1_000_000, 1.0 + n / 100)] for n in range(10)}


def test_figures_stand_where_the_page_marks_their_place():
    """A marked place gets the figures of the runs, again and again; prose, and what no run holds, stays."""
    page = (
        "Prose.\n\n<!-- figures: load -->\nold\n<!-- end -->\n\nMore.\n\n<!-- figures: bulk -->\nkept\n<!-- end -->\n"
    )
    result = Result("load", "mixed load", 1_000, 8, {OURS: [Run(8, 2.0, peak_mib=50.0)]}, {"them": "they are away"})
    once = fill_in(page, [{"machine": MACHINE, "results": [result.told()]}])
    assert fill_in(once, [{"machine": MACHINE, "results": [result.told()]}]) == once
    assert once == (
        "Prose.\n\n<!-- figures: load -->\n\n"
        "Measured on 2026-11-25: 2 cores of a processor, 8 GiB, Linux 6, ext4, Python 3.11.7, SQLite 3.40.1, "
        "flask 3.1.3. "
        "fdatasync of 4 KiB: 0.2 ms, p99 0.5 ms. Server threads: 8. Rounds: 1; median (least to most). "
        "Others used 10% of the processors, at most 50%.\n\n"
        "| work | events | clients |  | onrecord is x | a second | memory, MiB |\n"
        "| --- | ---: | ---: | --- | ---: | ---: | ---: |\n"
        "| mixed load | 1,000 | 8 | **onrecord** |  | 4 | 50 |\n\n"
        "them is absent: they are away.\n\n"
        "<!-- end -->\n\nMore.\n\n<!-- figures: bulk -->\nkept\n<!-- end -->\n"
    )


def test_a_line_goes_through_every_size():
    """A line of the picture has a point a size: what the read cost there, in milliseconds."""
    assert find_lines([GROWN.told()]) == {"list page": [(1_000, 200.0), (10_000, 125.0), (1_000_000, 250.0)]}


def test_the_picture_is_told_in_words():
    """The picture is an image by its role, with a title, and says in words what each line shows."""
    root = ET.fromstring(draw(find_lines([GROWN.told()])))  # noqa: S314 - made here
    svg = "{http://www.w3.org/2000/svg}"
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    assert root.findtext(f"{svg}title") == "Cost as the record grows"
    assert root.findtext(f"{svg}desc") == (
        "Cost of one answer as the record grows, both axes logarithmic. "
        "list page: 200 ms at 1,000 events, 250 ms at 1,000,000."
    )


def test_no_two_names_lie_over_each_other():
    """Ten lines that end in the same place have ten names, each on a line of its own within the picture."""
    named = re.findall(r'y="([\d.]+)">(operation \d)', draw(LINES))
    heights = sorted(float(y) for y, _ in named)
    assert sorted(name for _, name in named) == sorted(LINES)
    assert min(below - above for above, below in pairwise(heights)) > 16
    assert heights[0] > 0
    assert heights[-1] < 520


def test_peers_that_are_not_installed_are_absent(tmp_path):
    """Nothing is found where nothing was installed; what brings it is said."""
    peers = Peers(tmp_path)
    with pytest.raises(Absent, match=re.escape(ASK)):
        _ = peers.python
    with pytest.raises(Absent, match=re.escape(ASK)):
        peers.node_folder("node")


class _InChunks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer in chunks, the last of which is empty."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in (b"3\r\none\r\n", b"3\r\ntwo\r\n", b"0\r\n\r\n"):
            self.wfile.write(chunk)
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_load_waits_for_the_last_chunk():
    """An answer in chunks has ended with its last one; another status than those expected ends the load."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _InChunks) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        run = drive(server.server_port, [write_request("GET", "/")], clients=2, count=10)
        assert (run.count, len(run.latencies)) == (10, 10)
        with pytest.raises(UnexpectedAnswer, match=r"expected \(304,\), got HTTP/1.1 200"):
            drive(server.server_port, [write_request("GET", "/")], clients=1, count=1, expected=304)
        server.shutdown()


def test_threads_share_the_work():
    """Every piece is done once, by whoever is free; what fails in a thread is raised to who asked."""
    done: list[int] = []
    run = share(range(100), [done.append] * 4, longest=60.0)
    assert (sorted(done), run.count, len(run.latencies)) == ([*range(100)], 100, 100)
    with pytest.raises(ZeroDivisionError):
        share([1, 0, 1], [lambda n: 1 // n] * 2, longest=60.0)
