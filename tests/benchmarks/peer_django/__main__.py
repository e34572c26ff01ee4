"""Make the tables and open claims: `python -m tests.benchmarks.peer_django simple-history|reversion URL CLAIMS`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import orjson
from django.core.management import call_command
from django.utils import timezone

from tests.benchmarks.load import Run
from tests.benchmarks.peer_django import set_up
from tests.benchmarks.processes import print_run

kind, url, file = sys.argv[1:]
set_up(url, kind)
from tests.benchmarks.peer_django.models import Claim  # noqa: E402 - a model can be loaded once Django is set up

began = time.perf_counter()
call_command("migrate", verbosity=0)
call_command("migrate", run_syncdb=True, verbosity=0)  # ours, which has no migrations, and refers to the others
facts = {"text": "A claim.", "lang": "en", "topics": [], "status": "opened", "version": 1, "updated_at": timezone.now()}
claims = [Claim(id=claim, **facts) for claim in orjson.loads(Path(file).read_bytes())]
Claim.objects.bulk_create(claims)
print_run(Run(len(claims), time.perf_counter() - began))
