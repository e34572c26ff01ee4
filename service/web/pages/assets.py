"""The files that pages load, each under a name with its hash in it: what is at such an address never changes.

`manifest.json` names the files that come from elsewhere, with the package, its version,
its licence and the SHA-256 of the bytes as that package holds them.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from flask import Response

from domain.errors import NotFound

FOLDER = files("service.web").joinpath("static")
NAMES = ("pico.min.css", "onrecord.css", "htmx.min.js", "onrecord.js", "audit.js", "verify.js", "icon.svg")
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@cache
def load_assets() -> dict[str, tuple[str, bytes]]:
    """Read every file once: by its name in an address, its name in the folder and its bytes."""
    assets = {}
    for name in NAMES:
        body = FOLDER.joinpath(name).read_bytes()
        stem, _, kind = name.rpartition(".")
        assets[f"{stem}.{sha256(body).hexdigest()[:16]}.{kind}"] = (name, body)
    return assets


@cache
def address_of(name: str) -> str:
    """Give the address of a file, with its hash."""
    return next(f"/static/{hashed}" for hashed, (plain, _) in load_assets().items() if plain == name)


def get_asset(*, name: str) -> Response:
    """Serve a file; whoever has it need never ask again."""
    if name not in load_assets():
        raise NotFound(f"There is no {name!r} here.")
    plain, body = load_assets()[name]
    response = Response(body, content_type=_TYPES[plain.rpartition(".")[2]])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
