"""What commands share: the configuration, tables, progress, and how a refusal is told.

Data goes to stdout; everything else to stderr.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
import orjson

from domain.errors import DomainError, Invalid
from service.config import BadConfiguration, Config
from service.telling.wording import in_one_line

STEPS = 1_000  # of a progress bar
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def configured() -> Config:
    """Read the configuration from the environment; raises BadConfiguration."""
    return Config.from_env(os.environ)


def example(command: str) -> str:
    """Write the end of a command's help."""
    return f"\b\nExample:\n  {command}"


def hint(text: str) -> None:
    """Tell a person something beside the data."""
    click.echo(text, err=True)


def print_json(value: object) -> None:
    """Print JSON for a program, indented for a person."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None]]:
    """Show a bar on stderr; gives what is to be told the part done (0 to 1)."""
    with click.progressbar(length=STEPS, label=label, file=sys.stderr) as bar:

        def tell(part: float) -> None:
            if step := int(part * STEPS) - bar.pos:
                bar.update(step)

        yield tell


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out a table for a person; scripts of double width and combining marks keep their columns."""
    lines = [list(header), *([one_line(str(cell)) for cell in row] for row in rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(header))]
    padded = ([cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in padded)


def one_line(text: str) -> str:
    """Give a text without what would move a cursor, begin a line or turn the direction of writing."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def flatten(answer: Any) -> Any:
    """Give what a record answered with each of its texts in one line, so that none looks like a line of ours."""
    if isinstance(answer, str):
        return in_one_line(answer)
    if isinstance(answer, dict):
        return {flatten(name): flatten(value) for name, value in answer.items()}
    return [flatten(value) for value in answer] if isinstance(answer, list) else answer


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.category(c) in {"Mn", "Me", "Cf"} else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def tell_refusal(error: DomainError | BadConfiguration) -> list[str]:
    """Tell what was refused in sentences, every fault with its place."""
    if isinstance(error, BadConfiguration):
        return [f"The configuration is wrong: {line}" for line in str(error).splitlines()]
    if isinstance(error, Invalid):
        return [f"{error.title}.", *(f"  {fault.pointer}: {fault.detail}" for fault in error.faults)]
    place = f" ({error.pointer})" if error.pointer else ""
    return [f"{error.title}{place}. {error.detail}"]
