"""The command line: `onrecord`. Each command is a few lines over what the service already does.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 verification failed. Nothing that is
foreseen ends in a traceback.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from domain.errors import DomainError
from service.cli.console import example, hint, tell_refusal
from service.config import BadConfiguration
from service.recording.mapper import UnreadableEvent

COMMANDS = {  # and where each is; what a command needs is loaded when that command is asked for
    "add": "newsroom.add",
    "config": "installation.show_config",
    "db": "database.db",
    "demo": "serving.demo",
    "diff": "lookups.diff",
    "doctor": "installation.doctor",
    "export": "files.export_record",
    "import": "files.import_file",
    "log": "log.log",
    "scheduler": "scheduling.scheduler",
    "search": "lookups.search",
    "serve": "serving.serve",
    "show": "lookups.show",
    "token": "access.token",
    "verify": "verifying.verify",
    "witness": "witnessing.witness",
}


class Onrecord(click.Group):
    """All commands; tells what is refused instead of showing a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as the library asks
        """Name them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """Load one; None for what is no command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(".")
        found: click.Command = getattr(import_module(f"service.cli.{module}"), name)
        return found

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
