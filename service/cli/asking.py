"""What the commands that ask a server share: how a claim is named, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from uuid import UUID

import click

from service.cli.client import Problem, Unreachable
from service.cli.console import hint
from service.recording.items import read_claim_id

claim_argument = click.argument("claim")


def read_claim(text: str) -> UUID:
    """Read CLAIM: a UUID, or ref: and a name."""
    try:
        return read_claim_id(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="CLAIM") from error


def tell_problem(problem: Problem) -> NoReturn:
    """Tell why the record refused, and end with status 1."""
    for line in problem.lines():
        hint(line)
    raise click.exceptions.Exit(1) from problem


@contextmanager
def asking() -> Iterator[None]:
    """Ask within; where the record refuses or no answer comes, that is told and the status is 1."""
    try:
        yield
    except Unreachable as error:
        raise click.ClickException(str(error)) from error
    except Problem as problem:
        tell_problem(problem)
