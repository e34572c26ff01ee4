"""Append, and read a claim and its history."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from marshmallow import ValidationError

from tests.benchmarks.peer_django.models import KEEPS_ROWS, Claim, Statement
from tests.benchmarks.peer_rows import CLAIM, IN, OUT, PAYLOAD

if KEEPS_ROWS:
    revision: Any = nullcontext
else:
    from reversion import create_revision as revision


def events(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Append a statement, or give all of a claim's."""
    if request.method == "GET":
        statements = Statement.objects.filter(claim_id=claim_id).order_by("version")
        return JsonResponse(OUT.dump(statements, many=True), safe=False)
    try:
        given = IN.load(orjson.loads(request.body))
    except ValidationError as error:
        return JsonResponse(error.messages, status=422)
    with transaction.atomic(), revision():
        claim = get_object_or_404(Claim.objects.select_for_update(), id=claim_id)
        claim.version += 1
        claim.status, claim.updated_at = given["type"], timezone.now()
        claim.save()
        statement = Statement.objects.create(
            claim=claim,
            version=claim.version,
            type=given["type"],
            data=PAYLOAD.dump(given["data"]),
            recorded_at=claim.updated_at,
            recorded_by="desk",
        )
    return JsonResponse(OUT.dump(statement), status=201)


def claim(_request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Give a claim."""
    return JsonResponse(CLAIM.dump(get_object_or_404(Claim, id=claim_id)))


urlpatterns = [path("claims/<uuid:claim_id>/events", events), path("claims/<uuid:claim_id>", claim)]
