"""Texts, lists and rows as PostgreSQL reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.adapt import Dumper
from psycopg.types.string import StrDumperUnknown


class TextDumper(StrDumperUnknown):
    """Binds text without NUL, which PostgreSQL cannot store: where it may stand, what is stored is JSON or tokens."""

    def dump(self, obj: str) -> Any:
        """Put a replacement character in the place of each."""
        return super().dump(obj.replace("\x00", "\ufffd") if "\x00" in obj else obj)


class ListDumper(Dumper):
    """Binds a list of texts or whole numbers, of the type that the statement says, sooner than the library does."""

    def dump(self, obj: Sequence[str | int]) -> bytes:
        """Write it as an array."""
        return write_array(obj)


def write_array(members: Sequence[str | int]) -> bytes:
    """Write a list as an array, without NUL."""
    return f"{{{','.join(map(_write_element, members))}}}".replace("\x00", "\ufffd").encode()


def _write_element(value: str | int) -> str:
    if isinstance(value, str):
        value = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{value}"'
    return str(value)


def write_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Write rows as an array of them: what stands in quotes there is quoted twice. Bound as text, it is without NUL."""
    written = (f'"({",".join(map(_write_value, row))})"' for row in rows)
    return f"{{{','.join(written)}}}"


def _write_value(value: Any) -> str:
    if isinstance(value, str):
        value = value.replace("\\", r"\\\\").replace('"', r"\"\"")
        return rf"\"{value}\""
    if value is None:
        return ""
    return rf"\\\\x{value.hex()}" if isinstance(value, bytes) else str(value)
