"""Make the tables and open claims: `python -m tests.benchmarks.peer_django simple-history|reversion URL CLAIMS`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import orjson
from django.core.management import call_command
from django.utils import timezone

from tests.benchmarks.peer_django import set_up

kind, url, file = sys.argv[1:]
set_up(url, kind)
from tests.benchmarks.peer_django.models import Claim  # noqa: E402 - a model can be loaded once Django is set up

began = time.perf_counter()
call_command("migrate", verbosity=0)
call_command("migrate", run_syncdb=True, verbosity=0)  # ours, which has no migrations, and refers to the others
facts = {"text": "A claim.", "lang": "en", "topics": [], "status": "opened", "version": 1, "updated_at": timezone.now()}
claims = [Claim(id=claim, **facts) for claim in orjson.loads(Path(file).read_bytes())]
Claim.objects.bulk_create(claims)
done = {"count": len(claims), "seconds": time.perf_counter() - began}
sys.stdout.buffer.write(orjson.dumps(done) + b"\n")
