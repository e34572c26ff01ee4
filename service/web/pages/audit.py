"""The audit page: what the public log is, how anybody holds us to it, and what it proves; the program to do it with."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import orjson
from flask import Response, current_app

from service.public_log.proofs import read_log
from service.web.endpoint import answer_text, timeline
from service.web.pages.assets import FOLDER
from service.web.pages.rendering import answer_page

VERIFIER = "verify.py.txt"  # kept as a text: it is handed out, and no module of this program


def show_log() -> Response:
    """Show the last checkpoint, who signed it, and how to verify."""
    with timeline().store.reading() as view:
        read = read_log(view, current_app.config["ORIGIN"])
    return answer_page(
        "audit.html",
        log_size=read.log_size,
        log=orjson.loads(read.body),
        program_hash=sha256(_load_verifier()).hexdigest(),
        alternates=[("JSON", "application/json", "/log.json")],
    )


def get_verifier() -> Response:
    """Hand out the stand-alone verifier, to be saved."""
    response = answer_text(_load_verifier(), "text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="verify.py"'
    return response


@cache
def _load_verifier() -> bytes:
    return FOLDER.joinpath(VERIFIER).read_bytes()
