"""What reads cost as the record grows, in one process: `python -m tests.benchmarks.growth --claims 100 --claims 10000`.

Records of N claims and 10 N events are made once and kept in the folder. One read after the
other is asked, round by round, of every size in turn; who goes first changes. The first round
only warms up, so that what is measured is the read and not the disk. What is measured is the
time of the processor, the server's too, which other work on the machine hardly changes. What is printed is the
median of each, and its ratio to the smallest size.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from service.bootstrap import build
from service.rebuild import rebuild
from service.store import open_store
from service.timeline import Timeline
from tests.benchmarks.copied import SETTINGS, copy_to, time_used
from tests.benchmarks.growing import make_growth
from tests.benchmarks.reads import list_reads
from tests.benchmarks.records import Told, digest_of, fill_onrecord, remove_record
from tests.clusters import Cluster

DERIVED_BY = (
    "domain/*.py",
    "service/recording/ledger.py",
    "service/rebuild.py",
    "service/store/**/*.py",
    "service/store/**/*.sql",
)
PER_CLAIM = 10  # events
FOLDER = Path(tempfile.gettempdir()) / "onrecord-benchmarks"


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("--claims", type=int, action="append", help="size of a record; repeated (1,000 and 100,000)")
    parser.add_argument("--rounds", type=int, default=7, help="how often everything is asked")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where records are kept (%(default)s)")
    parser.add_argument("--postgresql", action="store_true", help="ask copies in a PostgreSQL made for it, gone after")
    asked = parser.parse_args(arguments)
    sizes = sorted(asked.claims or [1_000, 100_000])
    paths = {size: keep(asked.folder, size, tell) for size in sizes}
    with ExitStack() as stack:
        clock, urls = time.process_time, {size: f"sqlite:///{path}" for size, path in paths.items()}
        if asked.postgresql:
            cluster = stack.enter_context(Cluster.start(durable=True, settings=SETTINGS))
            clock, urls = partial(time_used, cluster), {size: cluster.url(cluster.create_database()) for size in sizes}
            for size, url in urls.items():
                tell(f"copying {paths[size].name}")
                copy_to(url, paths[size])
        timelines = {size: build(open_store(url)) for size, url in urls.items()}
        taken = measure(timelines, asked.rounds, clock)
        for timeline in timelines.values():
            timeline.close()
            timeline.store.close()
    sys.stdout.write(write_table(taken, sizes))


def tell(line: str) -> None:
    """Tell of what takes long."""
    sys.stderr.write(f"{line}\n")


def keep(folder: Path, claims: int, tell: Told) -> Path:
    """Give a record of so many claims: made where it is not there, its rows made again by a program that changed.

    The events are the generator's, and stay; `.rows` beside the record names the program that made what is derived.
    """
    path, mark, program = folder / f"growing-{claims}.db", folder / f"growing-{claims}.rows", digest_of(DERIVED_BY)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        making = folder / f"making-{claims}.db"
        remove_record(making)
        fill_onrecord(making, make_growth(claims), PER_CLAIM * claims, tell)
        making.rename(path)
    elif not mark.exists() or mark.read_text(encoding="ascii") != program:
        tell(f"making the rows of {path.name} again")
        store = open_store(f"sqlite:///{path}")
        store.migrate()
        rebuild(store, lambda _part: None)
        store.close()
    mark.write_text(program, encoding="ascii")
    return path


def measure(
    timelines: dict[int, Timeline], rounds: int, clock: Callable[[], float]
) -> dict[tuple[str, str], dict[int, float]]:
    """Ask every read of every record; answers the median seconds by kind and name, and size."""
    reads = {size: list_reads(10 * size) for size in timelines}
    names = [(kind, name) for kind, of_kind in reads[min(reads)].items() for name in of_kind]
    taken: dict[tuple[str, str], dict[int, list[float]]] = {name: {size: [] for size in reads} for name in names}
    for kind, name in names:
        for turn in range(rounds + 1):
            for size in sorted(reads, reverse=bool(turn % 2)):
                begun = clock()
                reads[size][kind][name](timelines[size])
                if turn:  # the first round warms up
                    taken[kind, name][size].append(clock() - begun)
    return {name: {size: statistics.median(times) for size, times in of.items()} for name, of in taken.items()}


def write_table(taken: dict[tuple[str, str], dict[int, float]], sizes: list[int]) -> str:
    """Write a Markdown table: milliseconds at each size, and the ratio of the largest to the smallest."""
    heads = "".join(f" {size:,} claims, ms |" for size in sizes)
    lines = [f"| read |{heads} ratio |", f"| --- |{' ---: |' * (len(sizes) + 1)}"]
    for (kind, name), times in taken.items():
        cells = "".join(f" {times[size] * 1_000:.2f} |" for size in sizes)
        lines.append(f"| {kind}: {name} |{cells} {times[sizes[-1]] / times[sizes[0]]:.2f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
