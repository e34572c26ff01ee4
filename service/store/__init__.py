"""Where the record is kept: one engine a file, all behind `service.store.interface`."""

from __future__ import annotations

from service.store.interface import Store


def open_store(url: str) -> Store:
    """Open the store a URL names: `sqlite:///relative.db`, `sqlite:////absolute.db`."""
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite" and path:
        from service.store.sqlite import SQLiteStore  # noqa: PLC0415 - an engine is loaded only where it is used

        return SQLiteStore(path)
    raise ValueError(f"{url.split('://', maxsplit=1)[0]!r} is no store this program knows. Write sqlite:///onrecord.db")
