"""`onrecord add`: a newsroom's quick entry, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import click

from domain.codebook import (
    ATTRIBUTIONS,
    CONFIDENCES,
    EVENT_TYPES,
    EXTENTS,
    GRADES,
    LIKELIHOODS,
    RELIABILITIES,
    STATEMENTS,
    STRENGTHS,
)
from domain.party import KINDS
from service.cli.account import describe_standing
from service.cli.asking import claim_argument, read_claim, tell_problem
from service.cli.client import Client, Problem, Unreachable
from service.cli.console import configured, example, flatten, json_option, print_json
from service.errors import Malformed
from service.recording.strict_json import parse

# Where in the payload an option's value stands.
MEMBERS = {
    "party": "party.name",
    "kind": "party.kind",
    "country": "party.country",
    "speaker": "speaker.name",
    "role": "speaker.role",
    "on_behalf_of": "on_behalf_of.name",
    "on_behalf_of_kind": "on_behalf_of.kind",
    "on_behalf_of_country": "on_behalf_of.country",
    "attribution": "attribution",
    "summary": "summary",
    "quote": "quote.text",
    "quote_lang": "quote.lang",
    "translation": "quote.translation",
    "translated_by": "quote.translated_by",
    "source": "source.publisher",
    "title": "source.title",
    "url": "source.url",
    "published_on": "source.published_on",
    "archived_url": "source.archived_url",
    "reliability": "source.reliability",
    "credibility": "credibility",
    "said_on": "said_on",
    "said_on_text": "said_on_text",
    "extent": "extent",
    "scope": "scope",
    "strength": "strength",
    "grade": "grade",
    "likelihood": "likelihood",
    "confidence": "confidence",
    "regarding": "regarding",
    "utterance": "utterance",
    "text": "text",
    "lang": "lang",
    "reason": "reason",
    "note": "note",
}
TEXTS = (
    ("party", "Who speaks, or assesses."),
    ("country", "ISO 3166-1 alpha-2, the party's."),
    ("speaker", "The human voice of the party."),
    ("role", "The speaker's."),
    ("on-behalf-of", "The principal, where the voice is not the party's own."),
    ("on-behalf-of-country", "ISO 3166-1 alpha-2, the principal's."),
    ("summary", "What was said, in our words."),
    ("quote", "What was said, as spoken."),
    ("quote-lang", "The quote's language, BCP 47."),
    ("translation", "The quote's, into the language of the desk."),
    ("translated-by", "Who translated the quote."),
    ("source", "The publisher where it can be read."),
    ("title", "The source's."),
    ("url", "The source's."),
    ("published-on", "The source's date, EDTF."),
    ("archived-url", "A kept copy of the source."),
    ("said-on", "When it was said, EDTF: 2025-12-21, 2025-12, 2025-12-21~."),
    ("said-on-text", "The date in the source's words."),
    ("scope", "Which part of the claim."),
    ("utterance", "Label shared by events of one act of speech."),
    ("text", "The claim's, to open or reword it."),
    ("lang", "The claim's language, BCP 47."),
    ("reason", "Why the record is amended, struck, reworded."),
    ("note", "A remark by the desk."),
)
WORDS = (
    ("kind", KINDS),
    ("on-behalf-of-kind", KINDS),
    ("attribution", ATTRIBUTIONS),
    ("extent", EXTENTS),
    ("strength", STRENGTHS),
    ("grade", GRADES),
    ("reliability", RELIABILITIES),
    ("likelihood", LIKELIHOODS),
    ("confidence", CONFIDENCES),
)


def _members(command: Any) -> Any:
    for name, help_ in TEXTS[::-1]:
        command = click.option(f"--{name}", help=help_)(command)
    for name, words in WORDS:
        command = click.option(f"--{name}", type=click.Choice(words))(command)
    command = click.option("--credibility", type=click.IntRange(1, 6), help="Of the words, 1 to 6.")(command)
    return click.option("--regarding", type=click.IntRange(1), help="The event of this claim that it is about.")(
        command
    )


@click.command(
    epilog=example(
        "onrecord add ref:moscow-contact/meeting denied --party 'Example Ministry' --kind ministry "
        "--summary 'No such meeting took place.' --source 'Example Wire' --dry-run"
    )
)
@claim_argument
@click.argument("type", type=click.Choice(list(EVENT_TYPES)), metavar="TYPE")
@_members
@click.option("--via", multiple=True, help="Whom the words came through, origin first; repeat it.")
@click.option("--data", "base", metavar="JSON", help="The payload as JSON; other options are put into it.")
@click.option("--if-match", type=click.IntRange(1), help="Only if the claim is at this version.")
@click.option("--allow-duplicate", is_flag=True, help="Record a statement that is there already.")
@click.option("--key", help="Idempotency key; the same one again records nothing twice. Else a new one.")
@click.option("--dry-run", is_flag=True, help="Say how the claim would stand, record nothing.")
@json_option
def add(  # noqa: PLR0913 - each is an option
    claim: str,
    type: str,  # noqa: A002 - the record's word for it
    *,
    via: tuple[str, ...],
    base: str | None,
    if_match: int | None,
    key: str | None,
    allow_duplicate: bool,
    dry_run: bool,
    as_json: bool,
    **members: Any,
) -> None:
    """Log an event of TYPE on CLAIM, a UUID or ref:NAME, at ONRECORD_URL as the holder of ONRECORD_TOKEN.

    TYPE is a word of the codebook, such as reported, denied, ncnd or confirmed; `opened` opens the claim.
    """
    data = _payload(base, {**members, **({"via": list(via)} if via else {})}, "by" if type == "assessed" else "party")
    claim_id = read_claim(claim)
    path, body = _write_request(claim, claim_id, type, data)
    key = key or str(uuid4())
    headers = {"Idempotency-Key": key} | ({"If-Match": f'"{if_match}"'} if if_match else {})
    query = {"dry_run": "true" if dry_run else None, "allow_duplicate": "true" if allow_duplicate else None}
    try:
        answer = Client.of(configured()).post(path, body, headers=headers, **query).body
    except Unreachable as error:
        safe = f"It may have been recorded; the same command with --key {key} is safe."
        raise click.ClickException(f"{error}\n{'Nothing was recorded.' if error.refused else safe}") from error
    except Problem as problem:
        tell_problem(problem)
    _tell_terms(type, data)
    if as_json:
        print_json(answer)
    elif dry_run:
        told = flatten(answer)
        click.echo(f"It would stand {told['standing']}: {describe_standing(told, {})} Nothing was recorded.")
    else:
        click.echo(f"Recorded: event {answer['version']} of claim {claim_id}, {type}.")


def _write_request(claim: str, claim_id: UUID, type_: str, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if type_ != "opened":
        return f"/claims/{claim_id}/events", {"type": type_, "data": data}
    named = {"ref": claim.removeprefix("ref:")} if claim.startswith("ref:") else {"id": str(claim_id)}
    return "/claims", {**data, **named}


def _tell_terms(type_: str, data: Mapping[str, Any]) -> None:
    if type_ in STATEMENTS and "attribution" not in data and data["party"]["kind"] == "person":
        click.echo("As said on the record: where the person is not named, say so by --attribution.", err=True)


def _payload(base: str | None, members: Mapping[str, Any], voice: str) -> dict[str, Any]:
    try:
        data = parse(base) if base else {}
    except Malformed as error:
        raise click.BadParameter(error.detail, param_hint="--data") from error
    if not isinstance(data, dict):
        raise click.BadParameter("it must be an object", param_hint="--data")
    for name, value in members.items():
        if value is not None:
            *steps, last = MEMBERS.get(name, name).split(".")
            inner = data
            for step in steps:
                inner = inner.setdefault(voice if step == "party" else step, {})
            inner[last] = value
    return data
