"""What one would write without onrecord: Flask, SQLAlchemy rows and a history table.

A small app as its libraries' own documentation has it: claims as rows that change, the
version before each change kept in a history table (SQLAlchemy's `examples/versioned_history`),
statements as rows of their own, marshmallow in and out, one commit a request, and the
same settings of SQLite as the record's. It has no tokens, no log, no idempotency, no
standing, no answers as of a moment, and pays for none of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf
from sqlalchemy import JSON, Connection, Engine, ForeignKey, create_engine, event, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.benchmarks.vocabulary import SUMMARIES


class Base(DeclarativeBase):
    """The tables."""


class Claim(Base):
    """A claim as it is now."""

    __tablename__ = "claims"
    id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    lang: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class ClaimHistory(Base):
    """A claim as it was before a change."""

    __tablename__ = "claims_history"
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    lang: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str]
    updated_at: Mapped[datetime]


class Statement(Base):
    """What a party said."""

    __tablename__ = "statements"
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    version: Mapped[int]
    type: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class PartySchema(Schema):
    """Who speaks."""

    name = fields.String(required=True, validate=Length(1, 300))
    kind = fields.String(required=True)
    country = fields.String(validate=Length(equal=2))


class SpeakerSchema(Schema):
    """Who speaks for it."""

    name = fields.String(required=True)
    role = fields.String()


class QuoteSchema(Schema):
    """In what words."""

    text = fields.String(required=True)
    lang = fields.String(required=True)


class SourceSchema(Schema):
    """Where it can be read."""

    publisher = fields.String(required=True)
    title = fields.String()
    url = fields.Url()
    published_on = fields.Date()


class PayloadSchema(Schema):
    """What was said."""

    party = fields.Nested(PartySchema, required=True)
    speaker = fields.Nested(SpeakerSchema)
    summary = fields.String(validate=Length(1, 2000))
    quote = fields.Nested(QuoteSchema)
    said_on = fields.Date()
    strength = fields.String(validate=OneOf(("categorical", "plain", "hedged")))
    attribution = fields.String()
    source = fields.Nested(SourceSchema, required=True)


class StatementSchema(Schema):
    """A statement, in and out."""

    id = fields.Integer(dump_only=True)
    claim_id = fields.String(dump_only=True)
    version = fields.Integer(dump_only=True)
    type = fields.String(required=True, validate=OneOf(tuple(SUMMARIES)))
    data = fields.Nested(PayloadSchema, required=True)
    recorded_at = fields.DateTime(dump_only=True)
    recorded_by = fields.String(dump_only=True)


class StoredSchema(StatementSchema):
    """A statement as it comes out: its payload as it was kept."""

    data = fields.Dict()


class ClaimSchema(Schema):
    """A claim as it comes out."""

    id = fields.String()
    text = fields.String()
    lang = fields.String()
    topics = fields.List(fields.String())
    status = fields.String()
    version = fields.Integer()
    updated_at = fields.DateTime()


IN, OUT, CLAIM, PAYLOAD = StatementSchema(), StoredSchema(), ClaimSchema(), PayloadSchema()


def open_engine(url: str) -> Engine:
    """Open the database with the record's settings, SQLite as SQLAlchemy's page on it advises."""
    if not url.startswith("sqlite:"):
        return create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    engine = create_engine(url, connect_args={"timeout": 15})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes fails with "database is locked" otherwise.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@event.listens_for(Session, "before_flush")
def keep_history(session: Session, *_: object) -> None:
    """Keep the version before each change."""
    for claim in session.dirty:
        if isinstance(claim, Claim) and session.is_modified(claim):
            columns = inspect(ClaimHistory).mapper.column_attrs.keys()
            state = inspect(claim)
            before = {name: (state.attrs[name].history.deleted or [getattr(claim, name)])[0] for name in columns}
            session.add(ClaimHistory(**before))


def create_app(url: str, _kind: str) -> Flask:
    """Make the application on a database that has its tables."""
    app = Flask(__name__)
    engine = open_engine(url)
    writing = engine.execution_options(writes=True)

    @app.post("/claims/<claim_id>/events")
    def append(claim_id: str) -> Any:
        try:
            given = IN.load(request.get_json())
        except ValidationError as error:
            return jsonify(error.messages), 422
        with Session(writing, expire_on_commit=False) as session, session.begin():
            claim = session.get(Claim, claim_id, with_for_update=True) or abort(404)
            claim.version += 1
            claim.status = given["type"]
            claim.updated_at = datetime.now(UTC)
            statement = Statement(
                claim_id=claim_id,
                version=claim.version,
                type=given["type"],
                data=PAYLOAD.dump(given["data"]),
                recorded_at=claim.updated_at,
                recorded_by="desk",
            )
            session.add(statement)
        return jsonify(OUT.dump(statement)), 201

    @app.get("/claims/<claim_id>/events")
    def history(claim_id: str) -> Response:
        query = select(Statement).where(Statement.claim_id == claim_id).order_by(Statement.version)
        with Session(engine) as session:
            return jsonify(OUT.dump(session.scalars(query), many=True))

    @app.get("/claims/<claim_id>")
    def claim(claim_id: str) -> Response:
        with Session(engine) as session:
            return jsonify(CLAIM.dump(session.get(Claim, claim_id) or abort(404)))

    return app
