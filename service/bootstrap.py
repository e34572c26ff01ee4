"""Put the service together; the only place where its parts meet, and nothing is wired at import."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service.config import BadConfiguration, Config
from service.machine import new_salt, tell_time
from service.public_log.cosigning import read_witnesses
from service.public_log.log_key import find_key, find_key_file, last_signed
from service.public_log.publisher import Publisher
from service.recording.deciding import Deciding, Group
from service.recording.writer import unseen
from service.store import open_store
from service.store.interface import Store
from service.timeline import Timeline


def open_unchecked(config: Config) -> Store:
    """Open the configured store, whatever is in it; for who checks that. Raises BadConfiguration."""
    try:
        return open_store(config.database, standby=config.read_database, readers=config.threads + 2)
    except ValueError as error:
        names = "ONRECORD_DATABASE or ONRECORD_READ_DATABASE" if config.read_database else "ONRECORD_DATABASE"
        raise BadConfiguration(f"{names}: {error}") from error


def open_migrated(config: Config) -> Store:
    """Open the configured store after making or migrating it; raises Unavailable."""
    store = open_unchecked(config)
    store.migrate()
    return store


def open_existing(config: Config) -> Store:
    """Open the configured store, which must be there and migrated; raises Unavailable."""
    store = open_unchecked(config)
    store.check()
    return store


def open_serving(config: Config) -> Store:
    """Open the configured store to serve it: an embedded one is made or migrated first; raises Unavailable."""
    store = open_unchecked(config)
    if store.embedded:
        store.migrate()
    else:
        store.check()
    return store


def build_publisher(store: Store, config: Config, clock: Callable[[], datetime] = tell_time) -> Publisher | None:
    """Build what publishes the log of a store; None where no key is configured. Raises BadConfiguration."""
    path, key = find_key_file(config), find_key(config)
    if path is None or key is None:
        return None
    witnesses = read_witnesses(config.witnesses)
    return Publisher(store, key, clock, store.standby_size, witnesses, last_signed(path))


def build(
    store: Store,
    clock: Callable[[], datetime] = tell_time,
    *,
    waiters: int = 4,
    on_group: Callable[[Group, int], None] = unseen,
    decider: Deciding | None = None,
) -> Timeline:
    """Build the timeline on a migrated store.

    At most `waiters` requests wait for the feed at once; `on_group` is told of every group of commands, and how many
    waited then; `decider` decides them, where that is not done here.
    """
    return Timeline(store, clock=clock, new_salt=new_salt, waiters=waiters, on_group=on_group, decider=decider)
