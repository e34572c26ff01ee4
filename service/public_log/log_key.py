"""The file that holds the log's signing key, readable by its owner alone; never in the store.

The embedded store makes it at its first start, next to the database. A key is replaced by
way of `<file>.next`, so that a crash leaves both.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from service.config import BadConfiguration, Config
from service.public_log.kept_note import KeptNote, sync_folder
from service.public_log.note import BadNote, SigningKey

_EMBEDDED = "sqlite:///"


def find_key_file(config: Config) -> Path | None:
    """Tell where the key is, or is to be: as configured, else next to an embedded store."""
    if config.log_key_file:
        return Path(config.log_key_file)
    if config.database.startswith(_EMBEDDED):
        return Path(config.database.removeprefix(_EMBEDDED) + ".key")
    return None


def find_key(config: Config) -> SigningKey | None:
    """Read the key, or make it where an embedded store has none yet; raises BadConfiguration.

    None where there is to be no log: no key is configured beside a store that is not embedded.
    """
    path = find_key_file(config)
    if path is None:
        return None
    if not path.exists() and not config.log_key_file:
        with suppress(FileExistsError):  # another process was faster: it is read below
            write_key(path, _make(config.origin))
    key = read_key(path)
    if key.name != config.origin:
        raise BadConfiguration(
            f"ONRECORD_ORIGIN is {config.origin!r}, and the key in {path} signs for {key.name!r}. Set the one that is "
            "meant; a record that is to have another name needs another key: move this one away."
        )
    return key


def make_key(path: Path, origin: str) -> SigningKey:
    """Make a new key in a file that must not exist; raises FileExistsError and BadConfiguration."""
    key = _make(origin)
    write_key(path, key)
    return key


def _make(origin: str) -> SigningKey:
    try:
        return SigningKey.make(origin)
    except BadNote as error:
        raise BadConfiguration(f"ONRECORD_ORIGIN: {error}") from error


def read_key(path: Path) -> SigningKey:
    """Read a key; raises BadConfiguration, which never shows what is in the file."""
    try:
        return SigningKey.parse(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise BadConfiguration(
            f"The log's key cannot be read from {path}: {error.strerror}. `onrecord log keygen` makes one."
        ) from error
    except ValueError as error:
        raise BadConfiguration(f"{path} holds no signing key of the log.") from error
    except BadNote as error:
        raise BadConfiguration(f"{path}: {error}.") from error


def write_key(path: Path, key: SigningKey) -> None:
    """Write a key to a file that must not exist, whole and on the disk before it has its name; mode 0600."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(key.written() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # unlike a rename, it refuses a name that is taken
    except FileExistsError as error:
        raise FileExistsError(
            f"{path} exists; a key is never overwritten. `onrecord log keygen --rotate` replaces it."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path)


def replace_key(path: Path) -> None:
    """Put the key in `<file>.next` in the place of the one that signed until now, which is gone then."""
    next_file(path).replace(path)
    sync_folder(path)


def next_file(path: Path) -> Path:
    """Tell where the key is that is to follow."""
    return path.with_name(path.name + ".next")


def last_signed(path: Path) -> KeptNote:
    """Tell where it stands what the key in a file signed last."""
    return KeptNote(path.with_name(path.name + ".signed"))
