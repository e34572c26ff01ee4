"""What a process logs on stderr: JSON, one object a line, or text for a person; never a secret.

A line has `at`, `level`, `logger` and `message`, then the facts that it is about; a
request's are its id, method, route, status, milliseconds and the name of its token. Names
and texts that came from outside stand in JSON strings, where they can end no line.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from domain.instants import write_instant
from service.telling.wording import in_one_line

STYLES = ("json", "text", "quiet")


def with_facts(**facts: Any) -> dict[str, Mapping[str, Any]]:
    """Give facts to a line, as `extra` of a logging call."""
    return {"facts": facts}


class JsonLines(logging.Formatter):
    """Write a line as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        told = {
            "at": write_instant(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return orjson.dumps(told, default=str).decode()


class PlainLines(logging.Formatter):
    """Write a line as text."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record, and the traceback of its error on lines of their own."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(sep=" ", timespec="seconds")[:19]
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items())
        line = in_one_line(f"{at} {record.levelname.lower()} {record.getMessage()} {facts}")
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def start_logging(style: str) -> None:
    """Log on stderr in a style: json or text, from `info` on, or quiet, text from `warning` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else PlainLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("service").setLevel(logging.WARNING if style == "quiet" else logging.INFO)
