"""The limit that Flask and its server set: the same bytes from memory, and nothing at all."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request


def create_app(folder: str, _kind: str) -> Flask:
    """Make an application that answers with the files of a folder, by name, from memory, or with what it is sent."""
    app = Flask(__name__)
    kept = {file.name: file.read_bytes() for file in Path(folder).iterdir()}

    @app.get("/kept/<name>")
    def give(name: str) -> Response:
        return Response(kept[name], content_type="application/json")

    @app.get("/nothing")
    def give_nothing() -> Response:
        return Response(status=304)

    @app.post("/echo")
    def give_back() -> Response:
        return Response(request.get_data(), status=201, content_type="application/json")

    return app
