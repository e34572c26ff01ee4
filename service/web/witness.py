"""The witness over HTTP: C2SP `tlog-witness`, and a page that says whose it is."""

from __future__ import annotations

from flask import Flask, Response, request

from service import errors
from service.public_log.witness import (
    LARGEST_REQUEST,
    Forgotten,
    Malformed,
    Moved,
    NotConsistent,
    NotSigned,
    Refused,
    UnknownLog,
    Witness,
)
from service.web.bodies import wait_for_few

TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
PLACES = 2  # of the threads that it is served by
_STATUS = {
    errors.TooManyRequests: 429,
    Malformed: 400,
    NotSigned: 403,
    UnknownLog: 404,
    Moved: 409,
    NotConsistent: 422,
    Forgotten: 500,
}


def create_witness(witness: Witness) -> Flask:
    """Make the WSGI application that serves a witness."""
    app = Flask(__name__, static_folder=None)
    wait_for_few(app, PLACES)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST

    def add_checkpoint() -> Response:
        return Response(witness.add_checkpoint(request.get_data()), content_type=TEXT)

    def tell() -> Response:
        seen = "".join(f"{key.written()} {witness.find_last(key.name).size}\n" for key in witness.logs)
        return Response(f"{witness.key.verifier.written()}\n\n{seen}", content_type=TEXT)

    app.add_url_rule("/add-checkpoint", view_func=add_checkpoint, methods=["POST"])
    app.add_url_rule("/", view_func=tell)
    app.register_error_handler(Refused, _refuse)
    app.register_error_handler(errors.TooManyRequests, _refuse)
    return app


def _refuse(error: Refused | errors.TooManyRequests) -> Response:
    if isinstance(error, Moved):
        return Response(f"{error.size}\n", _STATUS[Moved], content_type=SIZE)
    return Response(f"{error}\n", _STATUS[type(error)], content_type=TEXT)
