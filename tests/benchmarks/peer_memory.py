"""The limit that Flask and its server set: the same bytes from memory, and nothing at all."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response


def create_app(folder: Path) -> Flask:
    """Make an application that answers with the files of a folder, by name, from memory."""
    app = Flask(__name__)
    kept = {file.name: file.read_bytes() for file in folder.iterdir()}

    @app.get("/kept/<name>")
    def give(name: str) -> Response:
        return Response(kept[name], content_type="application/json")

    @app.get("/nothing")
    def give_nothing() -> Response:
        return Response(status=304)

    return app
