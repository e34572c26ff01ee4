"""Files of events to be recorded, row by row: JSON Lines, or CSV with dotted member paths as header.

Both give items in the form of `POST /events`. A row that cannot be read is a fault with
its line; what is wrong inside an item is for whoever takes it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from marshmallow import Schema, fields

from service.errors import Malformed
from service.recording.schemas import PAYLOADS, AssessedSchema, StatementSchema, Whole
from service.recording.strict_json import parse

BOM = b"\xef\xbb\xbf"
SEPARATOR = ";"  # between the items of a list in one cell


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing wrong with a row; `place` is a column, or a JSON pointer into the line."""

    line: int
    place: str
    detail: str

    def __str__(self) -> str:
        """Say where and what."""
        return f"line {self.line}, {self.place}: {self.detail}" if self.place else f"line {self.line}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a file. `columns` gives the header's word for a member, by dotted path."""

    line: int
    item: object
    columns: Mapping[str, str] | None = None

    def fault(self, pointer: str, detail: str) -> RowFault:
        """Name a fault by its place in the file."""
        if self.columns is None:
            return RowFault(self.line, pointer, detail)
        path = re.sub(r"(\.\d+)+$", "", pointer.lstrip("/").replace("/", "."))
        return RowFault(self.line, f"column {self.columns.get(path, path)}" if path else "", detail)


def read_json_lines(file: BinaryIO) -> Iterator[Row | RowFault]:
    """Read one item a line; empty lines are passed over."""
    for number, line in enumerate(file, 1):
        text = (line.removeprefix(BOM) if number == 1 else line).strip()
        if text:
            try:
                yield Row(number, parse(text))
            except Malformed as fault:
                yield RowFault(number, "", fault.detail)


@dataclass(frozen=True, slots=True)
class CSVRows:
    """CSV whose header names members; `renamed` maps a column to the member it holds, or to "" to leave it out."""

    renamed: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, file: BinaryIO) -> Iterator[Row | RowFault]:
        """Read one item a row; empty cells are absent members, and empty rows are passed over."""
        reader = csv.reader(_decode(file), strict=True)
        line = 1
        try:
            header = [name.strip() for name in next(reader, [])]
            paths = [self.renamed.get(name, name) for name in header]
            faults = list(self._check_header(header, paths))
            yield from faults
            columns = dict(zip(paths, header, strict=True))
            line = reader.line_num + 1
            for cells in () if faults else reader:
                if any(cells):
                    yield _read_row(line, cells, paths, columns)
                line = reader.line_num + 1
        except csv.Error as error:
            yield RowFault(line, "", f"This is not CSV: {error}. The rest of the file was not read.")
        except UnicodeDecodeError as error:
            detail = f"This is not UTF-8: {error.reason}. Save the file as UTF-8; the rest of it was not read."
            yield RowFault(reader.line_num + 1, "", detail)

    def _check_header(self, header: list[str], paths: list[str]) -> Iterator[RowFault]:
        for name in self.renamed.keys() - set(header):
            yield RowFault(1, f"column {name}", "There is no such column to map.")
        for i, (name, path) in enumerate(zip(header, paths, strict=True)):
            if path and path not in COLUMNS:
                detail = f"{path!r} is no member of an event. Name the member with --map '{name}=data.summary' (say),"
                yield RowFault(1, f"column {name}", f"{detail} or leave the column out with --map '{name}='.")
            if path and path in paths[:i]:
                yield RowFault(1, f"column {name}", f"Two columns hold {path!r}.")
        for path in ("claim", "type"):
            if path not in paths:
                yield RowFault(1, f"column {path}", "This column is needed.")


def _decode(file: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(file):
        yield (line if number else line.removeprefix(BOM)).decode()


def _read_row(line: int, cells: list[str], paths: list[str], columns: Mapping[str, str]) -> Row | RowFault:
    if len(cells) != len(paths):  # a short one was cut off, maybe before the cells that limit what was said
        return RowFault(line, "", f"This row has {len(cells)} cells, the header {len(paths)}.")
    item: dict[str, Any] = {"data": {}}
    for path, cell in zip(paths, cells, strict=False):
        if path and cell:
            if isinstance(COLUMNS[path], fields.List) and not all(map(str.strip, cell.split(SEPARATOR))):
                return RowFault(line, f"column {columns[path]}", f"An item between two {SEPARATOR!r} is empty.")
            *steps, last = path.split(".")
            inner = item
            for step in steps:
                inner = inner.setdefault(step, {})
            inner[last] = _convert(cell, COLUMNS[path])
    return Row(line, item, columns)


def _convert(cell: str, member: fields.Field[Any]) -> object:
    if isinstance(member, fields.List):
        return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]
    if isinstance(member, Whole) and re.fullmatch(r"-?\d{1,15}", cell.strip(), re.ASCII):
        return int(cell)
    return cell


def _list_columns(schema: Schema, under: str) -> Iterator[tuple[str, fields.Field[Any]]]:
    for name, member in schema.fields.items():
        if isinstance(member, fields.Nested):
            yield from _list_columns(member.schema, f"{under}{name}.")
        elif not isinstance(member, fields.Dict) and not isinstance(getattr(member, "inner", None), fields.Nested):
            yield under + name, member


# What a column can hold: every member that is one value or a list of texts; a list of parties needs JSON Lines.
COLUMNS: dict[str, fields.Field[Any]] = {
    "claim": fields.String(),
    "type": fields.String(),
    "if_match": Whole(),
    **dict(column for payload in PAYLOADS.values() for column in _list_columns(payload, "data.")),
    **dict(_list_columns(StatementSchema(), "data.statement.")),
    **dict(_list_columns(AssessedSchema(), "data.statement.")),
}
