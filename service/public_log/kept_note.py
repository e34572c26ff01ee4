"""What was signed last, in a file: whole and on the disk before the signature is given away.

A witness keeps what it signed of each log. The log keeps what its key signed, beside the
key and outside the record: a record that is rolled back takes its own checkpoints with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from service.public_log.note import BadNote


@dataclass(frozen=True, slots=True)
class KeptNote:
    """A file that holds a signed note; there is none before the first."""

    path: Path

    def find(self) -> str | None:
        """Find what was kept last; raises BadNote for what is there and is no text, or cannot be read."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            if self.path.is_symlink():
                raise BadNote("expected a signed note, got a link that leads to no file") from error
            return None
        except UnicodeDecodeError as error:
            raise BadNote(f"expected a signed note, got what is no text: {error}") from error
        except OSError as error:
            raise BadNote(f"expected a signed note, got what cannot be read: {error.strerror}") from error

    def keep(self, note: str) -> None:
        """Put a note in the place of the last; a crash leaves one of them."""
        part = self.path.with_name(self.path.name + ".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
        sync_folder(self.path)


def sync_folder(path: Path) -> None:
    """Make sure that the names in a file's folder are on the disk."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
