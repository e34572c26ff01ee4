"""What one would write with Django: a model of claims that changes, statements, and an app that keeps its history.

django-simple-history keeps a row a change, django-reversion a version of the object as JSON; each as its own
documentation has it. What comes in is checked by the same marshmallow schemas as in the app of Flask and SQLAlchemy;
one transaction a request, connections that stay, and the record's own settings of SQLite.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

APPS = {"simple-history": "simple_history", "reversion": "reversion"}


def create_app(url: str, kind: str) -> Any:
    """Make the WSGI application on a database that has its tables."""
    set_up(url, kind)
    return get_wsgi_application()


def set_up(url: str, kind: str) -> None:
    """Tell Django which app keeps the history, and where."""
    settings.configure(
        DATABASES={"default": _describe(url) | {"CONN_MAX_AGE": None}},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            APPS[kind],
            "tests.benchmarks.peer_django",
        ],
        ROOT_URLCONF="tests.benchmarks.peer_django.views",
        ALLOWED_HOSTS=["localhost"],
        MIDDLEWARE=[],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="none of what is measured is signed",  # noqa: S106 - likewise
        LOGGING_CONFIG=None,
        USE_TZ=True,
    )
    django.setup()


def _describe(url: str) -> dict[str, Any]:
    if url.startswith("sqlite:"):
        pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        options = {"timeout": 15, "transaction_mode": "IMMEDIATE", "init_command": pragmas}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///"), "OPTIONS": options}
    parts = urlsplit(url)
    where = {name.upper(): values[0] for name, values in parse_qs(parts.query).items()}
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username or ""} | where
