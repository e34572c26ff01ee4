"""Statements that go to a PostgreSQL server together, and leave when the first answer is looked at, or at the end.

The library sends each by itself, in a pipeline too, for which both processes wake and put
it together anew. Here each is prepared once a connection, by the library's own libpq.
"""

from __future__ import annotations

import re
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Self

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, PipelineStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from service.store.postgres.pool import Connection
from service.store.postgres.values import write_array
from service.store.sql.dialect import Parameters, Row

STEP = 32  # statements whose answers are asked for at once: patience is for these, and begins anew with the next
LARGE = 1 << 14  # bytes of values: a statement with more is the last of its step
INT8, BYTEA, SAID_BY_STATEMENT = 20, 17, 0  # types, by their numbers
_NOT_DONE = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED, ExecStatus.BAD_RESPONSE)
_NO_PLAN = (
    psycopg.errors.InvalidSqlStatementName,
    psycopg.errors.FeatureNotSupported,
)  # it is gone, or of other columns
_Bound = tuple[bytes | None, int, int]  # a value, its type, and whether that is its binary form


class Answer:
    """What comes of a statement; whoever looks at it waits for it."""

    def __init__(self, together: Together) -> None:
        """Have none yet."""
        self._together = together
        self.result: PGresult | None = None
        self._rows: Iterator[Row] | None = None

    @property
    def rowcount(self) -> int:
        """Count the rows that were changed, or are told."""
        return self._look().command_tuples or 0

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        return next(iter(self), None)

    def fetchall(self) -> list[Any]:
        """Give all rows that are left."""
        return list(iter(self))

    def __iter__(self) -> Iterator[Any]:
        """Give row after row."""
        if self._rows is None:
            self._rows = iter(self._together.read(self._look()))
        yield from self._rows

    def _look(self) -> PGresult:
        if self.result is None:
            self._together.wait()
        if self.result is None:
            raise psycopg.OperationalError("no answer came")
        return self.result


class Together:
    """What is sent through one connection within a block; a transaction is begun with the first where there is none."""

    def __init__(self, connection: Connection) -> None:
        """Use a connection."""
        self._connection = connection
        self._pgconn = connection.pgconn
        self._transformer = Transformer.from_context(connection)
        self._sent: list[tuple[Answer | None, tuple[Any, ...]]] = []  # and what is prepared once this has come
        self._begun: dict[tuple[Any, ...], bytes] = {}  # statements that are about to be prepared

    def __enter__(self) -> Self:
        """Begin."""
        try:
            self._pgconn.enter_pipeline_mode()
            if self._pgconn.transaction_status == TransactionStatus.IDLE:
                self._pgconn.send_query_params(self._connection.begin, None)
                self._expect(None)
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Take the answers that are left; where the block failed nobody does, and nobody can take them for theirs."""
        try:
            if failed is None:
                self.wait()
        finally:
            with suppress(psycopg.Error):  # of one that is closed, or was interrupted while it sent
                if not self._sent:
                    self._pgconn.exit_pipeline_mode()
            if self._sent or self._pgconn.pipeline_status != PipelineStatus.OFF:
                self._connection.close()

    def send(self, statement: str, parameters: Parameters) -> Answer:
        """Let a statement go with the others."""
        query, names = _number_marks(statement)
        values = [parameters[name] for name in names] if isinstance(parameters, Mapping) else parameters
        bound = [_bind(value) for value in values]
        types = tuple(type_ for _, type_, _ in bound)
        key = (query, types)
        name = self._connection.prepared.get(key) or self._begun.get(key)
        if name is None:
            name = self._begun[key] = b"onrecord_%d" % next(self._connection.numbers)
            self._pgconn.send_prepare(name, query, types)
            self._expect(None, key)
        self._pgconn.send_query_prepared(name, [value for value, _, _ in bound], [binary for _, _, binary in bound])
        answer = Answer(self)
        self._expect(answer, last=sum(len(value or b"") for value, _, _ in bound) > LARGE)
        return answer

    def read(self, result: PGresult) -> Sequence[Row]:
        """Give the rows of a result."""
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def wait(self) -> None:
        """Take the answers to all that was sent; raises the first that is a fault, and later ones are of no account."""
        if not self._sent:
            return
        self._pgconn.pipeline_sync()
        fault: psycopg.Error | None = None
        try:
            for answer, prepared in self._sent:
                result = self._take()
                self._take()  # the end of it
                if result is None or result.status in _NOT_DONE:
                    fault = fault or self._read_fault(result)
                elif answer:
                    answer.result = result
                elif prepared:
                    self._connection.prepared[prepared] = self._begun[prepared]
            self._take()  # the end of all
        except BaseException as error:
            self._connection.close()
            if fault and isinstance(error, psycopg.Error):
                raise fault from error  # a server that goes says why before
            raise
        self._sent, self._begun = [], {}
        if isinstance(fault, _NO_PLAN):
            self._connection.close()  # what it has prepared is worth nothing; a new one prepares it anew
            raise psycopg.OperationalError(str(fault)) from fault
        if fault:
            raise fault

    def _expect(self, answer: Answer | None, prepared: tuple[Any, ...] = (), *, last: bool = False) -> None:
        self._sent.append((answer, prepared))
        if last or len(self._sent) % STEP == 0:  # else the server keeps small answers until all is done
            self._pgconn.send_flush_request()
        while last and self._pgconn.flush():  # the server is at work while the next statement is written
            self._wait_for(select.POLLIN | select.POLLOUT)

    def _take(self) -> PGresult | None:
        unsent = self._pgconn.flush()
        while unsent or self._pgconn.is_busy():
            self._wait_for(select.POLLIN | select.POLLOUT if unsent else select.POLLIN)
            unsent = self._pgconn.flush()
        return self._pgconn.get_result()

    def _wait_for(self, what: int) -> None:
        patience = self._connection.patience
        poll = select.poll()
        poll.register(self._pgconn.socket, what)
        come = poll.poll(None if patience is None else patience * 1_000)
        if not come:
            raise psycopg.OperationalError(f"no answer came in {patience} seconds")
        if come[0][1] & ~select.POLLOUT:
            self._pgconn.consume_input()

    def _read_fault(self, result: PGresult | None) -> psycopg.Error:
        if result is None:
            return psycopg.OperationalError("no answer came")
        return error_from_result(result, encoding="utf-8")


@lru_cache(maxsize=1024)
def _number_marks(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """Write a statement as the server wants it, with numbers where values are bound, and give their names in order."""
    names: list[str] = []

    def number(mark: re.Match[str]) -> str:
        if mark[1] is None or mark[1] not in names:
            names.append(mark[1] or "")
            return f"${len(names)}"
        return f"${names.index(mark[1]) + 1}"

    # JOINs keep their order here by themselves: join_collapse_limit is 1.
    return re.sub(r"\?|(?<!:):([a-z_]\w*)", number, statement.replace("CROSS JOIN", "JOIN")).encode(), tuple(names)


def _bind(value: Any) -> _Bound:
    """Write a value as the connection's own dumpers do (`service.store.postgres.pool`)."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode(), SAID_BY_STATEMENT, 0
    if isinstance(value, int):
        return b"%d" % value, INT8, 0
    if isinstance(value, bytes):
        return value, BYTEA, 1
    if value is None or isinstance(value, list):
        return (None if value is None else write_array(value)), SAID_BY_STATEMENT, 0
    raise TypeError(f"a {type(value).__name__} is not bound: there is no column for it")
