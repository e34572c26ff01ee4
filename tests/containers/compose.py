"""The compose file as it is written, and what the Compose Specification allows in the parts that it uses.

Field names and forms are those of the specification's published list (compose-spec, services, secrets, volumes). What
is not listed here is refused, so that a field that nobody knows is found.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

HOUSE = Path(__file__).parent.parent.parent

_TEXTS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_DURATION = {"type": "string", "pattern": r"^(\d+(us|ms|s|m|h))+$"}
_HEALTHCHECK = {
    "type": "object",
    "additionalProperties": False,
    "required": ["test"],
    "properties": {
        "test": {**_TEXTS, "contains": {"enum": ["CMD"]}},
        **dict.fromkeys(("interval", "timeout", "start_period", "start_interval"), _DURATION),
        "retries": {"type": "integer", "minimum": 1},
    },
}
_CONDITIONS = ["service_started", "service_healthy", "service_completed_successfully"]
_DEPENDS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "required": ["condition"],
        "properties": {"condition": {"enum": _CONDITIONS}, "restart": {"type": "boolean"}},
    },
}
_SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image"],
    "properties": {
        "build": {"type": "string"},
        "image": {"type": "string"},
        "command": _TEXTS,
        "user": {"type": "string", "pattern": r"^\d+:\d+$"},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "read_only": {"type": "boolean"},
        "tmpfs": _TEXTS,
        "cap_drop": _TEXTS,
        "security_opt": _TEXTS,
        "shm_size": {"type": "string", "pattern": r"^\d+[bkmg]$"},
        "stop_grace_period": _DURATION,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "secrets": _TEXTS,
        "volumes": {"type": "array", "items": {"type": "string", "pattern": "^[^:]+:/[^:]+(:ro)?$"}},
        "ports": {"type": "array", "items": {"type": "string", "pattern": r"^(\d+\.){3}\d+:\d+:\d+$"}},
        "depends_on": _DEPENDS,
        "healthcheck": _HEALTHCHECK,
    },
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["services"],
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "services": {"type": "object", "additionalProperties": _SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
        "secrets": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["file"],
                "properties": {"file": {"type": "string", "pattern": r"^\./"}},
            },
        },
    },
}


def read_compose() -> dict[str, Any]:
    """Read the file, with the defaults of what an operator may set in the environment."""
    text = (HOUSE / "docker-compose.yml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))
    for service in document["services"].values():  # what is empty is a text, as Compose has it
        settings = service.get("environment", {})
        service["environment"] = {k: "" if v is None else str(v) for k, v in settings.items()}
    return document


COMPOSE = read_compose()
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
