"""The command line: `onrecord`. Each command is a few lines over what the service already does.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 verification failed. Nothing that is
foreseen ends in a traceback.
"""

from __future__ import annotations

import os
from typing import Any

import click

from domain.errors import DomainError
from service.cli.access import token
from service.cli.console import example, hint, tell_refusal
from service.cli.database import db
from service.cli.files import export_record, import_file
from service.cli.installation import doctor, show_config
from service.cli.log import log
from service.cli.lookups import diff, search, show
from service.cli.newsroom import add
from service.cli.scheduling import scheduler
from service.cli.serving import demo, serve
from service.cli.verifying import verify
from service.cli.witnessing import witness
from service.config import BadConfiguration
from service.mapper import UnreadableEvent


class Onrecord(click.Group):
    """All commands; tells what is refused instead of showing a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (DomainError, BadConfiguration) as error:
            for line in tell_refusal(error):
                hint(line)
        except (UnreadableEvent, FileExistsError) as error:
            hint(str(error))
        except OSError as error:
            if error.filename is None:
                raise  # a closed pipe, which click knows how to end on
            hint(f"{error.filename}: {error.strerror}")
        return ctx.exit(1)


@click.group(cls=Onrecord, epilog=example("onrecord demo"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onrecord", message="%(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Keep the record of who said what about a diplomatic claim, when, and on what authority."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for command in (
    demo,
    serve,
    scheduler,
    db,
    token,
    log,
    verify,
    witness,
    import_file,
    export_record,
    add,
    search,
    show,
    diff,
    show_config,
    doctor,
):
    main.add_command(command)
