"""The description holds: what it says can be asked is answered as it says, and the rest is refused as it says."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
import schemathesis
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation.modes import GenerationMode

from service.web import streams
from service.web.pages.routes import PAGES

MEETING = "cb24e658-b4ee-5452-8916-1c18b6c61df4"
CHECKS = {
    # All default checks are on, but for:
    # schemathesis 4.32 hands a WSGI client an argument it does not take; test_roles and test_tokens hold it instead.
    "ignored_auth": {"enabled": False},
    # A JSON Schema cannot say that a date is one of the calendar, a log size not in the future, a version the last:
    # 422, 412 and 428 are answers to such a request too. 400, 405, 413 and 415 stay none.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "428"],
    },
}
EVENTS = ["POST /claims", "POST /claims/{claim_id}/events"]  # which take an event of any type
SUFFIXES = ("}.json", "}.html")
GRANTED = {str(seconds) for seconds in range(1, 21)}  # waits of `GET /events`


@schemathesis.hook
def before_call(_context, case, _arguments):
    """Ask for no wait wherever one would be granted; how waiting ends is tested where the feed is."""
    if str((case.query or {}).get("wait")) in GRANTED:
        case.query["wait"] = 0


def make_schema(desk, *, examples, at_length):
    """Read the description from the service itself, to be asked with the desk's token, the same way every time.

    At length each bound of each member of an event is tried, and what follows from the answers to others is asked.
    """
    authorization = desk.environ_base["HTTP_AUTHORIZATION"]
    config = {
        "headers": {"Authorization": authorization},
        "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
        "checks": CHECKS,
        "phases": {"stateful": {"enabled": at_length}},
        "operations": [] if at_length else [{"include-name": EVENTS, "phases": {"coverage": {"enabled": False}}}],
        "seed": 1,
    }
    streams.give_few(desk.application, 1_000)  # schemathesis leaves answers open
    schema = schemathesis.openapi.from_wsgi(
        "/openapi.json", desk.application, config=SchemathesisConfig.from_dict(config)
    )

    @schema.hook
    def map_path_parameters(_context, path_parameters):
        """Ask about a claim that is there, wherever one is asked for at all."""
        if is_uuid((path_parameters or {}).get("claim_id")):
            path_parameters["claim_id"] = MEETING
        return path_parameters

    return schema


def is_uuid(text):
    """Tell whether a path asks for a claim."""
    try:
        return bool(UUID(text))
    except (ValueError, TypeError, AttributeError):
        return False


def ask(schema):
    """Ask all that the description allows and much that it does not; tell what failed, how often each status came."""
    failures, statuses = {}, Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, events.FatalError | events.NonFatalError):
            raise getattr(event, "exception", None) or event.value
        if isinstance(event, events.ScenarioFinished):
            recorder = event.recorder
            for answered in recorder.interactions.values():
                statuses[answered.response.status_code if answered.response else None] += 1
            for case, checks in recorder.checks.items():
                for check in (check for check in checks if check.failure_info and not excused(recorder, case, check)):
                    failures[recorder.label, check.name] = check.failure_info.code_sample
    return failures, statuses


def excused(recorder, case, check):
    """Tell whether what was refused as bad was said by its own maker to be bad: it is asked by other methods, too."""
    meta = recorder.cases[case].value.meta
    modes = {component.mode for component in meta.components.values()} if meta else set()
    return check.name == "positive_data_acceptance" and GenerationMode.NEGATIVE in modes


def test_the_description_is_openapi(client):
    """`/openapi.json` is a valid OpenAPI 3.1 document."""
    document = client.get("/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1.")


def test_every_route_is_described(app, client):
    """Every address that is served is in the description, but for suffixes and what is a page only, and no other."""
    paths = client.get("/openapi.json").json["paths"]
    described = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    served = {
        (rule.rule.replace("<path:", "<").replace("<", "{").replace(">", "}"), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    pages = {(page.path, page.method) for page in PAGES}
    assert (
        described
        == {(path, method) for path, method in served if not path.endswith(SUFFIXES)} - suffixes(served) - pages
    )


def suffixes(served):
    """List the addresses that are another one's with a suffix that picks a form of it."""
    paths = {path for path, _ in served}
    return {
        (path, method)
        for path, method in served
        if path.rpartition(".")[0] in paths and path.endswith((".json", ".html"))
    }


def test_every_payload_is_described(client):
    """The payload of every type of event is in the description of an event, once."""
    schemas = client.get("/openapi.json").json["components"]["schemas"]
    for name in ("NewEventGiven", "BatchItemGiven"):
        event = schemas[name]
        types = [word for kind in event["oneOf"] for word in kind["properties"]["type"]["enum"]]
        assert sorted(event["properties"]["type"]["enum"]) == sorted(types)
        assert {kind["properties"]["data"]["$ref"].rpartition("/")[2] for kind in event["oneOf"]} <= schemas.keys()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_service_answers_as_it_is_described(moscow):
    """No undocumented status, header or type, no answer of another shape, no fault of ours, nothing bad accepted."""
    failures, statuses = ask(make_schema(moscow, examples=15, at_length=False))
    assert failures == {}
    assert {200, 201, 302, 400, 404, 405, 409, 422} <= statuses.keys()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_service_answers_as_it_is_described_at_length(moscow):
    """The same with many more examples, at every bound, and with requests that follow from the answers to others."""
    failures, _ = ask(make_schema(moscow, examples=120, at_length=True))
    assert failures == {}
