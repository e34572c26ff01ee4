"""What the tests of the HTTP API share: the story, an open claim, and somebody of each role."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.store.interface import Store
from service.tokens import create_token
from tests.conftest import STORY, Clock
from tests.web.newsroom import open_claim


@pytest.fixture
def claim(desk: FlaskClient) -> str:
    """Open a claim of which nothing is recorded yet but that; gives its address."""
    return open_claim(desk)


@pytest.fixture
def story() -> list[dict]:
    """Give the Moscow story as the items of a batch."""
    return [json.loads(line) for line in STORY.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def moscow(desk: FlaskClient, story: list[dict]) -> FlaskClient:
    """Record the Moscow story; gives the desk that did."""
    assert desk.post("/events", json={"events": story}).status_code == 201
    return desk


@pytest.fixture
def hire(app: Flask, store: Store, clock: Clock) -> Callable[..., FlaskClient]:
    """Give a way to come by somebody with a token of a role."""

    def hired(name: str, role: str = "editor") -> FlaskClient:
        client = app.test_client()
        token = create_token(store, name, role, now=clock(), expires_in=None)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return hired
