"""Where the record is kept: an engine a room, all behind `service.store.interface`."""

from __future__ import annotations

import re

from service.store.interface import Store


def open_store(url: str, *, standby: str = "", readers: int = 10) -> Store:
    """Open the store a URL names: `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://user@host/name`.

    `standby` is the URL of a streaming standby of it, `readers` how many connections read at once, where the engine has
    such. Raises ValueError for what names none.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        if standby:
            raise ValueError("an embedded store has no standby.")
        from service.store.sqlite.store import SQLiteStore  # noqa: PLC0415 - an engine is loaded only where it is used

        return SQLiteStore(rest[1:])
    if scheme in {"postgresql", "postgres"} and rest:
        from service.store.postgres.store import PostgresStore  # noqa: PLC0415 - likewise

        return PostgresStore(url, standby=standby, readers=readers)
    named = repr(scheme) if re.fullmatch(r"[\w.+-]{1,40}", scheme, re.ASCII) else "this"  # which may hold a password
    raise ValueError(
        f"{named} is no store this program knows. Write sqlite:///onrecord.db or postgresql://user@host/name"
    )
