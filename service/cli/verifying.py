"""`onrecord verify`: hold this store, a file or another record to what was signed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event
from typing import TextIO

import click

from service.bootstrap import open_unchecked
from service.cli.client import Client, Problem, Unreachable
from service.cli.console import configured, example, hint, json_option, one_line, print_json, progress_bar
from service.errors import Damaged, Unavailable
from service.jobs.self_check import ReadModelDiffers, check_read_model
from service.public_log import exports
from service.public_log.kept_note import KeptNote
from service.public_log.log_key import find_key_file, last_signed
from service.public_log.note import COSIGNATURE, ED25519, BadNote, VerifierKey
from service.recording.mapper import UnreadableEvent
from service.store.interface import Store
from service.verifying.evidence import verify_evidence
from service.verifying.files import NotVerifiable, read_object, verify_export
from service.verifying.parts import UNREADABLE, UNUSABLE, check_indexes, check_parts, find_misfits, name_damage
from service.verifying.replayed import compare_with_replay, tell_other_words
from service.verifying.section import in_processes
from service.verifying.server import TooSlow, verify_server
from service.verifying.signed import DAMAGED, GROWTH, check_beside
from service.verifying.steps import Report, Trust
from service.verifying.store import verify_store

FAILED = 3  # exit status
REPLAY = 6  # step
WEB = ("http://", "https://")
NO_EXPORT = "expected an export, of which --as-of is asked, got something else"
STEPS = ("signature", "growth", "events", "order", "redactions", "read model")
LONGEST_LINE, LARGEST_EVIDENCE = 250_000, 250_000_000  # bytes; an export's longest line holds a checkpoint
Progress = Callable[[float], None]


def _take_one(_: click.Context, __: click.Parameter, kept: tuple[TextIO, ...]) -> TextIO | None:
    if len(kept) > 1:
        for file in kept:
            file.close()
        raise click.BadParameter("one can be looked at at a time: verify once for each that you kept")
    return kept[0] if kept else None


KEPT = click.option(
    "--checkpoint",
    "kept",
    type=click.File(encoding="utf-8"),
    multiple=True,  # or the last one alone would be looked at, without a word
    callback=_take_one,
    metavar="KEPT",
    help="A checkpoint you kept.",
)


@click.command(epilog=example("onrecord verify --no-replay"))
@click.argument("what", required=False, metavar="[FILE or URL]")
@click.option("--key", "keys", multiple=True, metavar="VKEY", help="The verifier key you hold; may be repeated.")
@KEPT
@click.option("--witness", "witnesses", multiple=True, metavar="VKEY", help="A witness you know; may be repeated.")
@click.option("--quorum", type=int, metavar="N", help="How many of them must have signed.")
@click.option("--as-of", type=click.IntRange(0), metavar="SIZE", help="The log size that you asked an export for.")
@click.option("--log", metavar="URL", help="Look through the log there for events that evidence leaves out.")
@click.option("--no-replay", is_flag=True, help="Leave out step 6, the read model of this store.")
@json_option
def verify(  # noqa: PLR0913 - each is an option
    what: str | None,
    *,
    keys: tuple[str, ...],
    kept: TextIO | None,
    witnesses: tuple[str, ...],
    quorum: int | None,
    as_of: int | None,
    log: str | None,
    no_replay: bool,
    as_json: bool,
) -> None:
    """Verify this store; or FILE, an export or a claim's evidence, offline; or the record at URL.

    Each step tells what was expected and what there is; the exit status is 3 where one fails. Without --key the word of
    what is verified is taken for its key; without --checkpoint nobody can tell a roll-back or a fork.
    """
    known = read_keys(witnesses, "--witness", COSIGNATURE)
    trust = Trust(read_keys(keys, "--key", ED25519), _read(kept), known, _read_quorum(quorum, known), as_of)
    try:
        with progress_bar("Verifying") as progress:
            report = _verify(what, trust, progress, replay=not no_replay, log=log)
    except NotVerifiable as error:
        report = Report()
        report.fail(3, "not readable", str(error))
    except Unreachable as error:
        reason = one_line(str(error.__cause__ or error))
        told = f"{log or what} does not answer: {reason}. Is the address right, and the record up?"
        raise click.ClickException(told) from error
    except TooSlow as error:
        raise click.ClickException(f"{log or what} is too slow, so nothing is verified: {error}.") from error
    except Problem as problem:
        told = f"The record refuses {problem.path}, so nothing is verified, for it or against it:"
        raise click.ClickException(" ".join([told, *problem.lines()])) from problem
    if as_json:
        print_json(_as_json(report))
    else:
        _tell(report)
    if report.fault_count:
        raise click.exceptions.Exit(FAILED)


def _read(kept: TextIO | None) -> str | None:
    try:
        return kept.read() if kept else None
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"it is no text: {error}", param_hint="--checkpoint") from error


def read_keys(texts: tuple[str, ...], option: str, kind: int) -> Sequence[VerifierKey]:
    """Read the verifier keys that an option was given, each of a kind; what is none is wrong usage."""
    try:
        keys = [VerifierKey.parse(text) for text in texts]
    except BadNote as error:
        raise click.BadParameter(str(error), param_hint=option) from error
    for key in keys:
        if key.kind != kind:
            told = f"expected the key of a {'witness' if kind == COSIGNATURE else 'log'}, got {key.written()}"
            raise click.BadParameter(f"{told}, which signs otherwise", param_hint=option)
    return keys


def _read_quorum(quorum: int | None, witnesses: Sequence[VerifierKey]) -> int:
    most = len({witness.public for witness in witnesses})
    if quorum is not None and not 1 <= quorum <= most:
        told = f"expected 1 to {most}, as many witnesses as you name, each by a --witness of its own; got {quorum}"
        raise click.BadParameter(told, param_hint="--quorum")
    return quorum or 0


def _verify(what: str | None, trust: Trust, progress: Progress, *, replay: bool, log: str | None) -> Report:
    if trust.as_of is not None and (what is None or what.startswith(WEB)):
        raise NotVerifiable(NO_EXPORT)
    if what is None:
        return _verify_here(trust, progress, replay=replay)
    if what.startswith(WEB):
        fetch = _client(what).fetch
        told = None if trust.keys else _read_object(fetch("/")).get("verifier_key")
        return _not_replayed(verify_server(fetch, _with_key(trust, told), progress))
    with Path(what).open("rb") as file:
        first = file.readline(LONGEST_LINE)
        if first.startswith(exports.BEGINNING):
            trust = _with_key(trust, _read_object(first).get("verifier_key"))
            lines = chain([first], iter(partial(file.readline, LONGEST_LINE), b""))  # a pipe cannot be gone back in
            return _not_replayed(verify_export(lines, trust, progress))
        evidence = first + file.read(LARGEST_EVIDENCE)
        if len(evidence) > LARGEST_EVIDENCE:
            raise NotVerifiable(f"expected evidence of at most {LARGEST_EVIDENCE:,} bytes, got more")
        bundle = _read_object(evidence)
        if trust.as_of is not None:
            raise NotVerifiable(NO_EXPORT)
        trust = _with_key(trust, bundle.get("verifier_key"))
        return _not_replayed(verify_evidence(bundle, trust, _client(log).fetch if log else None, progress))


def _client(url: str) -> Client:
    config, address = configured(), url.rstrip("/")
    return Client(address, config.token if address == config.url else "")  # a token is shown to its own record only


def _read_object(text: bytes) -> dict[str, object]:
    return read_object(text, "an export, evidence or a record")


def _verify_here(trust: Trust, progress: Progress, *, replay: bool) -> Report:
    config = configured()
    if config.read_database:
        hint("This looks at the database that is written to; `onrecord verify URL` looks at what its standby serves.")
    store = open_unchecked(config)
    try:
        built = check_parts(store)
    except Damaged as error:
        return name_damage(store, error)
    if any(fault.step != REPLAY for fault in built.faults if fault.name == UNUSABLE):
        return built
    try:
        report = _look(store, trust, progress)
        if not replay:
            report.passed_over[REPLAY] = "not asked for"
        else:
            report.join(check_indexes(store))
        if replay and not any(fault.name == UNUSABLE for fault in built.faults):
            _replay(report, store, progress)
    except UNREADABLE as error:
        report = name_damage(store, error)
    report.join(built)
    return report


def _look(store: Store, trust: Trust, progress: Progress) -> Report:
    with store.reading() as view:
        keys = view.tree.log_keys()
    trust = _with_key(trust, keys[-1].verifier_key if keys else None)
    report = verify_store(store, trust, progress, in_processes(store, len(os.sched_getaffinity(0))))
    if path := find_key_file(configured()):
        _look_beside(report, store, trust, last_signed(path))
    return report


def _look_beside(report: Report, store: Store, trust: Trust, kept: KeptNote) -> None:
    try:
        note = kept.find()
    except BadNote as error:
        if not isinstance(error.__cause__, PermissionError):
            report.fail(1, DAMAGED, f"{kept.path} is to tell what was signed last: {error}")
        else:  # it is for the publisher's eyes
            where = report.done if GROWTH in report.done else report.passed_over
            told = f"{kept.path}, which tells what was signed last, was not looked at: you may not read it"
            where[GROWTH] = "; ".join(filter(None, [where.get(GROWTH), told]))
        return
    if note is not None:
        with store.reading() as view:
            check_beside(report, view, trust, str(kept.path), note)


def _replay(report: Report, store: Store, progress: Progress) -> None:
    """Step 6: all that answers are made of equals a fresh replay."""
    if report.fault_count:
        _replay_claims(report, store, progress)
        return
    try:
        count, differences = compare_with_replay(store, report.signed, progress)
    except (UnreadableEvent, Unavailable, *UNREADABLE) as error:
        if isinstance(error, Unavailable) and not isinstance(error, Damaged):
            raise
        report.join(find_misfits(store))
        if not report.fault_count:
            report.fail(REPLAY, "no record", f"expected events of which a replay makes a record, got {error!r}")
        _replay_claims(report, store, progress)
        return
    for difference in differences:
        report.fail(REPLAY, "read model differs", difference)
    if told := tell_other_words(differences):
        hint(told)
    report.done[REPLAY] = f"{count} claims, and all that they are found by, are as a replay of their events makes them"


def _replay_claims(report: Report, store: Store, progress: Progress) -> None:
    # Events that are not as they were signed, or not all there, make no record: each claim is looked at by itself.
    try:
        check_read_model(store, progress, Event())
    except ReadModelDiffers as error:
        report.fail(REPLAY, "read model differs", str(error))
    else:
        report.passed_over[REPLAY] = (
            "the claims are as their events make them; the rest can be told once steps 1 to 5 hold"
        )


def _with_key(trust: Trust, told: object) -> Trust:
    """Take the record's own word for its key where the auditor holds none."""
    if trust.keys or not isinstance(told, str):
        return trust
    hint(f"No --key was given, so what is verified is believed to be signed by {one_line(told[:200])}.")
    try:
        return replace(trust, keys=[VerifierKey.parse(told)])
    except BadNote as error:
        raise NotVerifiable(f"its verifier_key: {error}") from error


def _not_replayed(report: Report) -> Report:
    report.passed_over[REPLAY] = "only the store itself has a read model to compare"
    return report


def _as_json(report: Report) -> dict[str, object]:
    found = asdict(report)
    del found["signed"]  # which step 1 tells
    return {**found, "ok": not report.fault_count}


def _tell(report: Report) -> None:
    for step, name in enumerate(STEPS, 1):
        faults = [fault for fault in report.faults if fault.step == step]
        for fault in faults:
            mark = click.style("FAILED", fg="red", bold=True)
            click.echo(f"{step} {mark}  {name}: {fault.name}: {one_line(fault.detail)}")
        if not faults and step in report.done:
            click.echo(f"{step} {click.style('ok    ', fg='green')}  {name}: {one_line(report.done[step])}")
        elif not faults:
            click.echo(f"{step} -       {name}: {one_line(report.passed_over.get(step, 'not checked'))}")
    if report.fault_count > len(report.faults):
        click.echo(f"… and {report.fault_count - len(report.faults)} faults more.")
