"""The addresses that are pages only: none of them is part of the API (`docs/pages.md`)."""

from __future__ import annotations

from service.web.endpoint import Endpoint
from service.web.pages.assets import get_asset

PAGES = (
    Endpoint(
        "GET",
        "/static/{name}",
        "A file that pages load",
        get_asset,
        {200: (None, "The file.")},
        right=None,
        problems=("not_found",),
    ),
)
