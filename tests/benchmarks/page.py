"""Write the figures of runs that were saved into docs/performance.md: `python -m tests.benchmarks.page RUN.json …`.

The prose is by hand; what stands between `<!-- figures: NAME -->` and `<!-- end -->` is written here, as is the
picture. Of a piece of work that several of the files hold, the last one counts. What none of them holds stays as it
is, but for the budgets, which are of these files alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.budgets import weigh
from tests.benchmarks.picture import draw, find_lines, tell_in_words
from tests.benchmarks.report import describe, write_budgets, write_case

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE, PICTURE = DOCS / "performance.md", "growth.svg"
_MARKED = re.compile(r"(<!-- figures: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the files, and write the page and the picture."""
    files = sys.argv[1:] if arguments is None else arguments
    runs = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(fill_in(page, runs), encoding="utf-8")
    if lines := find_lines([result for run in runs for result in run["results"]]):
        (DOCS / PICTURE).write_text(draw(lines), encoding="utf-8")


def fill_in(page: str, runs: Sequence[Mapping[str, Any]]) -> str:
    """Fill in what the runs have for each marked place of a page."""
    parts = _write_parts(runs)

    def fill(found: re.Match[str]) -> str:
        head, name, end = found.groups()
        return f"{head}\n{parts[name]}\n\n{end}" if name in parts else found[0]

    return _MARKED.sub(fill, page)


def _write_parts(runs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    merged = {(r["case"], r["work"], r["events"], r["clients"]): r for run in runs for r in run["results"]}
    machine = {result["case"]: run["machine"] for run in runs for result in run["results"]}
    results = [*merged.values()]
    parts = {case: f"{describe(of)}\n\n{write_case(case, results)}" for case, of in machine.items()}
    parts["budgets"] = write_budgets(weigh(results))
    if lines := find_lines(results):
        parts["picture"] = f"![{tell_in_words(lines)}]({PICTURE})"
    return parts


if __name__ == "__main__":
    main()
