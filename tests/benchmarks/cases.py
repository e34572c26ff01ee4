"""The pieces of work that are measured, by the names that `--only` knows."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.bench import Bench
from tests.benchmarks.case_appends import measure_appends
from tests.benchmarks.case_bulk import measure_bulk
from tests.benchmarks.case_growth import measure_growth
from tests.benchmarks.case_load import measure_load
from tests.benchmarks.case_log import measure_log
from tests.benchmarks.case_pages import measure_pages
from tests.benchmarks.case_reads import measure_reads
from tests.benchmarks.case_start import measure_start
from tests.benchmarks.results import Result

CASES: dict[str, Callable[[Bench], list[Result]]] = {
    "append": measure_appends,
    "read": measure_reads,
    "bulk": measure_bulk,
    "growth": measure_growth,
    "start": measure_start,
    "load": measure_load,
    "page": measure_pages,
    "log": measure_log,
}
