"""What is asked of the machine: the time, and chance."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

SALT_BYTES = 16


def tell_time() -> datetime:
    """Tell the time by the machine's clock, UTC."""
    return datetime.now(UTC)


def new_salt() -> bytes:
    """Make the 16 random bytes that keep a payload's commitment from being guessed."""
    return secrets.token_bytes(SALT_BYTES)
