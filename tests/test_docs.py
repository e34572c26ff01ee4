"""Nothing that the program does goes without a word in the documents, and what they tell is so."""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import click
import pytest
from marshmallow import Schema
from marshmallow.fields import List, Nested

from domain.codebook import EVENT_TYPES, GRADES, LIKELIHOODS, RELATIONS
from domain.dates import DateFault, bounds
from domain.entry import LARGEST_EVENT
from domain.party import KINDS, LONGEST_NAME, party_key
from domain.statement import LONGEST_SUMMARY
from service.cli import main
from service.config import PREFIX, SECRETS, Config
from service.recording.schemas import LARGEST_NUMBER, PAYLOADS
from service.recording.strict_json import DEEPEST
from service.recording.writer import LONGEST_QUEUE
from service.tokens import ROLES
from service.web import ENDPOINTS, parameters
from service.web.problems import PROBLEMS

HOUSE = Path(__file__).parent.parent
DOCUMENTS = [HOUSE / "README.md", HOUSE / "CHANGELOG.md", *sorted((HOUSE / "docs").rglob("*.md"))]
PAGES = {path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS if path.exists()}
README, API, EVENTS = PAGES["README.md"], PAGES["docs/api.md"], PAGES["docs/events.md"]
STORY = HOUSE / "service" / "stories" / "moscow-contact.jsonl"
MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"

# Where packages come from, and where this machine keeps its files: neither is a reader's business.
PRIVATE = re.compile(r"pypi|pythonhosted|index-url|npmjs|(?<![\w./])/(?:work|tmp|root|home|Users|mnt|opt)/")
FENCED = re.compile(r"^```(?P<told>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def quoted(text: str) -> set[str]:
    """Give everything that stands between single backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def words(text: str) -> set[str]:
    """Give every word between single backticks."""
    return {word for phrase in quoted(text) for word in re.findall(r"[\w-]+", phrase)}


def section(text: str, heading: str) -> str:
    """Give what stands under a heading, up to the next of its rank or a higher one."""
    found = re.search(
        rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{heading.index(' ')}}} |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Give the cells of every table row, without heads and rules."""
    lines = [re.split(r"\s*\|\s*", line[1:-1].strip()) for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    rules = {i for i, cells in enumerate(lines) if set("".join(cells)) <= set("-| ")}
    return [cells for i, cells in enumerate(lines) if i not in rules and i + 1 not in rules]


def first_words(text: str) -> set[str]:
    """Give what stands between backticks in the first cell of each row."""
    return {word for row in rows(text) for word in quoted(row[0])}


def without_names(path: str) -> str:
    """Write a path with all its parameters alike."""
    return re.sub(r"{\w+}", "{}", path)


def sections_of_routes() -> dict[str, str]:
    """Give the section of every route that the API describes."""
    headings = re.findall(r"^### `([A-Z]+ /[^`]*)`$", API, re.MULTILINE)
    return {without_names(route): section(API, f"### `{route}`") for route in headings}


def anchors(text: str) -> set[str]:
    """List the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def members_of(schema: Schema) -> set[str]:
    """List the members of a payload and of what is in it."""
    inner = [field.inner if isinstance(field, List) else field for field in schema.fields.values()]
    return {*schema.fields, *(name for f in inner if isinstance(f, Nested) for name in members_of(f.schema))}


def commands_of(command: click.Command, path: str = "onrecord") -> dict[str, click.Command]:
    """List the commands under a command, by all their words."""
    if not isinstance(command, click.Group):
        return {path: command}
    context = click.Context(command)
    found = (commands_of(command.get_command(context, n), f"{path} {n}") for n in command.list_commands(context))
    return {name: inner for commands in found for name, inner in commands.items()}


def test_every_route_is_described_and_no_other():
    """Every method of every path has a section of its own, and no section is of another."""
    assert sorted(sections_of_routes()) == sorted(without_names(f"{e.method} {e.path}") for e in ENDPOINTS)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method} {e.path}")
def test_a_route_is_described_whole(endpoint):
    """The section of a route names its parameters, headers, members and problems, and the table its address."""
    due = {*endpoint.query().fields, *endpoint.headers, *endpoint.problems}
    due |= set(endpoint.body().fields) if endpoint.body else set()
    assert due - words(sections_of_routes()[without_names(f"{endpoint.method} {endpoint.path}")]) == set()
    addresses = {without_names(address) for address in first_words(section(API, "## Addresses"))}
    assert without_names(endpoint.path) in addresses | {"/docs/{}"}


def test_every_problem_is_described_with_its_status():
    """The table of problems holds every code with its status, and no other."""
    table = {row[0].strip("`"): int(row[1]) for row in rows(section(API, "## Problems")) if row[1].isdigit()}
    assert table == {code: problem.status for code, problem in PROBLEMS.items()}


def test_every_role_is_described():
    """The table of roles holds every role, and no other."""
    assert first_words(section(API, "## Tokens and roles")) == set(ROLES)


def test_limits_are_those_of_the_code():
    """Every limit in force is told as it is."""
    told = {int(n.replace(",", "")) for row in rows(section(API, "## Limits")) for n in re.findall(r"\d[\d,]*", row[1])}
    bodies = {endpoint.largest_body for endpoint in ENDPOINTS if endpoint.body}
    lengths = {LARGEST_EVENT, LARGEST_NUMBER, LONGEST_NAME, LONGEST_SUMMARY, LONGEST_QUEUE, DEEPEST}
    assert {*bodies, *lengths, parameters.LONGEST_PAGE, parameters.LARGEST_BATCH} - told == set()


def test_every_event_type_is_in_the_codebook_and_no_other():
    """Each event type has a row with its definition, those in which a party speaks with their stance."""
    speaks = {row[0].strip("`"): row[1] for row in rows(section(EVENTS, "## A party speaks"))}
    kept = first_words(section(EVENTS, "## The record is kept"))
    assert {*speaks, "assessed", *kept} == set(EVENT_TYPES)
    stances = {word: getattr(EVENT_TYPES[word], "stance", None) for word in speaks}
    assert {word: speaks[word] for word in speaks if stances[word]} == {w: s for w, s in stances.items() if s}


@pytest.mark.parametrize("word", PAYLOADS)
def test_every_member_of_a_payload_is_in_the_codebook(word):
    """Every member that a payload may have is named in the codebook."""
    assert members_of(PAYLOADS[word]) - words(EVENTS) == set()


def test_every_word_of_a_list_is_in_the_codebook():
    """Kinds, grades, likelihoods and relations are named; the standings are those of the table."""
    assert {*KINDS, *GRADES, *LIKELIHOODS, *RELATIONS} - quoted(EVENTS) == set()
    assert first_words(section(EVENTS, "## Standing")) == set(parameters.STANDINGS)


def test_every_rule_is_in_the_codebook_and_no_other():
    """Each word that a broken rule is named by has a heading under Rules."""
    calls = [n for p in (HOUSE / "domain").glob("*.py") for n in ast.walk(ast.parse(p.read_text())) if is_refusal(n)]
    rules = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert set(re.findall(r"^### `(\w+)`$", section(EVENTS, "## Rules"), re.MULTILINE)) == rules


def is_refusal(node: ast.AST) -> bool:
    """Tell whether a broken rule is named here."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "RuleBroken"


@pytest.fixture
def story(desk):
    """Record the Moscow story, as the demo has it; answers a client that may write."""
    items = [json.loads(line) for line in STORY.read_text(encoding="utf-8").splitlines()]
    assert desk.post("/events", json={"events": items}).status_code == 201
    return desk


@pytest.mark.parametrize("rule", re.findall(r"^### `(\w+)`$", section(EVENTS, "## Rules"), re.MULTILINE))
def test_the_example_of_a_rule_breaks_it(rule, story):
    """The example under a rule is refused by that rule, and leaves nothing."""
    example = FENCED.search(section(EVENTS, f"### `{rule}`"))["body"]
    refused = story.post("/events", data=example, content_type="application/json")
    assert (refused.status_code, refused.json.get("rule")) == (409, rule)
    assert story.get("/").json["log_size"] == 31


def in_days(day: tuple[int, int, int] | None) -> str:
    """Write a bound as the codebook does."""
    return "unbounded" if day is None else f"{'-' * (day[0] < 0)}{abs(day[0]):04}-{day[1]:02}-{day[2]:02}"


def test_dates_are_read_as_told():
    """Each date in the codebook has the bounds told there, and each text that is told to be refused is."""
    table = rows(section(EVENTS, "## Dates"))
    told = {row[0].strip("`"): row[1:3] for row in table if len(row) == 4}
    assert {text: [in_days(bounds(text).earliest), in_days(bounds(text).latest)] for text in told} == told
    for text in (row[0].strip("`") for row in table if len(row) == 2):
        with pytest.raises(DateFault):
            bounds(text)


def test_keys_are_made_as_told():
    """Each name in the codebook has the key told there."""
    table = rows(section(EVENTS, "## Who is one party"))
    assert {name: party_key(name) for name, _ in table} == {name: key.strip("`") for name, key in table}


def leaf_by_the_snippet(served: bytes) -> str:
    """Check a served event by the lines in the codebook."""
    snippet = next(b["body"] for b in FENCED.finditer(section(EVENTS, "## Bytes")) if b["told"] == "python")
    assert len(snippet.splitlines()) <= 12
    checked = subprocess.run([sys.executable, "-c", snippet], input=served, capture_output=True, check=True)  # noqa: S603 - our own document
    return checked.stdout.decode().strip()


def test_the_bytes_are_checked_as_told(story, tmp_path):
    """The lines in the codebook give the leaf hash that the log holds, of a redacted event too, and refuse others."""
    with closing(sqlite3.connect(tmp_path / "record.db")) as store:
        leaf = store.execute("SELECT hex(leaf) FROM log WHERE position = 3").fetchone()[0]
    served = story.get(f"{MEETING}/events/4").data
    assert leaf_by_the_snippet(served) == leaf.lower()
    redaction = {"type": "redacted", "data": {"regarding": 4, "reason": "A name.", "authority": "The editor"}}
    assert story.post(f"{MEETING}/events", json=redaction, headers={"If-Match": '"9"'}).status_code == 201
    assert "unfounded" not in (redacted := story.get(f"{MEETING}/events/4").data).decode()
    assert leaf_by_the_snippet(redacted) == leaf.lower()
    assert leaf_by_the_snippet(served.replace(b"unfounded", b"right")) != leaf.lower()
    with pytest.raises(subprocess.CalledProcessError):
        leaf_by_the_snippet(b" " + served)


def test_every_setting_is_described_with_its_default():
    """The table of settings holds every setting with its default, and no other; secrets also as files."""
    page = PAGES["docs/configuration.md"]
    told = {row[0].strip("`"): row[1].strip("` ") for row in rows(page)}
    assert told == {PREFIX + f.name.upper(): written(f.default) for f in fields(Config)}
    assert {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS} - words(page) == set()


def written(default: object) -> str:
    """Write a default as one would set it."""
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize(("path", "command"), commands_of(main).items())
def test_every_command_is_described_with_its_options(path, command):
    """Every command is in `docs/cli.md`, with each of its options."""
    page = PAGES["docs/cli.md"]
    assert f"`{path}" in page or f"`{path.removeprefix('onrecord ')}" in page
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    assert {option for option in options if option not in page} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    """Every relative link leads to a file that is there, and to a heading in it."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", FENCED.sub("", PAGES[page])):
        name, _, anchor = target.partition("#")
        path = (HOUSE / page).parent / name if name else HOUSE / page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), target


def test_every_mention_of_a_document_in_the_code_leads_somewhere():
    """Where the code says that a document tells more, the document is there, with the heading that is named."""
    code = "\n".join(path.read_text() for floor in ("domain", "service") for path in (HOUSE / floor).rglob("*.py"))
    for page, heading in set(re.findall(r"`(docs/[\w/]+\.md)`(?:, \*([^*]+)\*)?", code)):
        assert page in PAGES, page
        assert not heading or heading.lower().replace(" ", "-") in anchors(PAGES[page]), f"{page}, {heading}"


@pytest.mark.parametrize("page", PAGES)
def test_no_document_tells_where_it_was_written(page):
    """No document names a registry of packages or a path of the machine it was written on."""
    assert PRIVATE.findall(PAGES[page].replace("PyPI", "")) == []
    assert str(HOUSE) not in PAGES[page]


@pytest.mark.parametrize("heading", ["## Run it", "## Test it"])
def test_the_readme_runs_and_tests_in_one_line(heading):
    """The README has one fenced block with one command line under each of the two headings."""
    blocks = [block["body"] for block in FENCED.finditer(section(README, heading))]
    assert len(blocks) == 1
    assert len(blocks[0].splitlines()) == 1


def test_the_map_of_the_house_is_whole():
    """The README gives every file of the program a line, and no file that is not there."""
    told = set(re.findall(r"^(\S+\.(?:py|sql|jsonl))\s", section(README, "## The map of the house"), re.MULTILINE))
    there = [p for floor in ("domain", "service") for kind in ("*.py", "*.sql") for p in (HOUSE / floor).rglob(kind)]
    assert {name for name in told if not name.endswith(".jsonl")} == {p.relative_to(HOUSE).as_posix() for p in there}
