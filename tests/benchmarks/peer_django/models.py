"""A claim whose versions are kept, and what was said about it."""

from __future__ import annotations

from typing import ClassVar

from django.apps import apps
from django.db import models

KEEPS_ROWS = apps.is_installed("simple_history")
if KEEPS_ROWS:  # each can only be loaded where it is installed in Django's sense
    from simple_history.models import HistoricalRecords
else:
    import reversion


class Claim(models.Model):
    """A claim as it is now."""

    id = models.UUIDField(primary_key=True)
    text = models.TextField()
    lang = models.TextField()
    topics = models.JSONField()
    status = models.TextField()
    version = models.IntegerField()
    updated_at = models.DateTimeField()

    if KEEPS_ROWS:
        history: ClassVar = HistoricalRecords()

    def __str__(self) -> str:
        """Show its text."""
        return self.text


class Statement(models.Model):
    """What a party said."""

    claim = models.ForeignKey(Claim, models.CASCADE)
    version = models.IntegerField()
    type = models.TextField()
    data = models.JSONField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    def __str__(self) -> str:
        """Show its type."""
        return self.type


if not KEEPS_ROWS:
    reversion.register(Claim)
