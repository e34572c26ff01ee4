"""`onrecord import`: a file goes in whole and once, or every bad row is named and nothing goes in."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from service.bootstrap import open_existing
from service.config import Config

HEADER = "claim,type,data.text,data.lang,data.party.name,data.party.kind,data.said_on,data.regarding,data.summary"
SPREADSHEET = f"""{HEADER},data.source.publisher,data.via,data.credibility
ref:x,opened,"It happened,
in Moscow.",en,,,,,,,,
ref:x,denied,,,Министерство,ministry,2025-12-2X,,לא,The Wire,Somebody; The Wire,6
ref:x,retracted,,,Министерство,ministry,,2,Taken back.,The Wire,,
"""


def lines_of(path: str) -> list[str]:
    """Give the lines of a file."""
    return Path(path).read_text(encoding="utf-8").splitlines()


def exported(onrecord) -> list:
    """Give the lines of an export."""
    return [json.loads(line) for line in onrecord("export").stdout.splitlines()]


def events() -> int:
    """Count what is in the record."""
    return open_existing(Config()).status().events


def test_the_story_goes_in_whole(onrecord, story):
    """Every line of a good file becomes one event, recorded by the name that was given."""
    done = onrecord("import", story, "--by", "desk-seoul")
    assert (done.exit_code, done.stdout) == (0, "31 events recorded; 0 were in the record already.\n")
    stored = [line["event"] for line in exported(onrecord)[1:-1]]
    assert {event["recorded_by"] for event in stored} == {"desk-seoul"}
    assert [event["type"] for event in stored] == [json.loads(line)["type"] for line in lines_of(story)]


def test_again_records_nothing_twice(onrecord, story):
    """The same file again records nothing, and says so."""
    onrecord("import", story)
    again = onrecord("import", story)
    assert (again.exit_code, again.stdout) == (0, "0 events recorded; 31 were in the record already.\n")
    assert events() == 31


def test_a_longer_file_goes_on_where_the_shorter_one_ended(onrecord, story, folder):
    """Rows that are in the record already are skipped, and the rest goes in."""
    (folder / "part.jsonl").write_text("\n".join(lines_of(story)[:12]), encoding="utf-8")
    onrecord("import", "part.jsonl")
    assert onrecord("import", story).stdout == "19 events recorded; 12 were in the record already.\n"


def test_dry_run_checks_all_and_records_nothing(onrecord, story):
    """A dry run says how many rows are good."""
    done = onrecord("import", story, "--dry-run")
    assert done.stdout == "31 rows are good, 0 are in the record already; nothing was recorded.\n"
    assert events() == 0


def test_one_is_told_as_one(onrecord, folder):
    """Of a single row, good, bad, recorded or recorded before, no message speaks as of several."""
    opened, denied, retracted = SPREADSHEET.partition("ref:x,denied")[0], *SPREADSHEET.splitlines()[3:]
    sheet = folder / "sheet.csv"
    sheet.write_text(opened, encoding="utf-8")
    assert onrecord("import", "sheet.csv", "--dry-run").stdout == (
        "1 row is good, 0 are in the record already; nothing was recorded.\n"
    )
    assert onrecord("import", "sheet.csv").stdout == "1 event recorded; 0 were in the record already.\n"
    sheet.write_text(f"{opened}{denied}\n", encoding="utf-8")
    assert onrecord("import", "sheet.csv").stdout == "1 event recorded; 1 was in the record already.\n"
    sheet.write_text(f"{opened}{denied}\n{retracted.replace(',2,', ',99,')}\n", encoding="utf-8")
    assert onrecord("import", "sheet.csv").stderr.endswith("Error: 1 row is bad; nothing was recorded.\n")


def test_stdin_is_a_file_too(onrecord, story):
    """A file can come through a pipe."""
    assert onrecord("import", "-", given=Path(story).read_bytes()).stdout.startswith("31 events recorded")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv(onrecord, folder, encoding):
    """CSV gives the members its header names: empty cells absent, whole numbers and lists as such, any script."""
    (folder / "sheet.csv").write_text(SPREADSHEET, encoding=encoding)
    assert onrecord("import", "sheet.csv").stdout == "3 events recorded; 0 were in the record already.\n"
    _, opened, denied, retracted, _ = exported(onrecord)
    assert opened["event"]["data"] == {"text": "It happened,\nin Moscow.", "lang": "en"}
    assert denied["event"]["data"] == {
        "party": {"name": "Министерство", "kind": "ministry"},
        "said_on": "2025-12-2X",
        "summary": "לא",
        "source": {"publisher": "The Wire"},
        "via": ["Somebody", "The Wire"],
        "credibility": 6,
    }
    assert retracted["event"]["data"]["regarding"] == 2


def test_columns_are_renamed_and_left_out(onrecord, folder):
    """`--map col=field` says what a column holds, and `--map col=` leaves one out."""
    sheet = SPREADSHEET.replace("data.said_on", "Said on").replace("data.credibility", "Our notes")
    (folder / "sheet.csv").write_text(sheet, encoding="utf-8")
    done = onrecord("import", "sheet.csv", "--map", "Said on=data.said_on", "--map", "Our notes=")
    assert done.exit_code == 0
    denied = exported(onrecord)[2]["event"]["data"]
    assert (denied["said_on"], "credibility" in denied) == ("2025-12-2X", False)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (SPREADSHEET.replace("2025-12-2X", "2025-13-01"), "line 4, column data.said_on: '2025-13-01' is not an EDTF"),
        (SPREADSHEET.replace(",2,Taken", ",99,Taken"), "line 5, column data.regarding: There is no event 99"),
        (SPREADSHEET.replace(",6\n", ",six\n"), "line 4, column data.credibility: Not a valid integer."),
        (SPREADSHEET.replace("denied", "denyed"), "line 4, column type: 'denyed' is no event type."),
        (SPREADSHEET.replace("data.said_on", "Date"), "line 1, column Date: 'Date' is no member of an event."),
        (SPREADSHEET.replace("data.said_on", "data.summary"), "line 1, column data.summary: Two columns hold"),
        (SPREADSHEET.replace("claim,", "data.scope,", 1), "line 1, column claim: This column is needed."),
        (SPREADSHEET + "ref:x,denied,,,,,,,,,,,,\n", "line 6: This row has 14 cells, the header 12."),
        (SPREADSHEET + "ref:x,denied\n", "line 6: This row has 2 cells, the header 12."),
        ("claim,type,data.via\nref:x,denied,a;;b\n", "line 2, column data.via: An item between two ';' is empty."),
        (SPREADSHEET + 'ref:x,"denied\n', "line 6: This is not CSV"),
        ("", "line 1, column claim: This column is needed."),
    ],
)
def test_bad_rows_of_csv_are_named(onrecord, folder, sheet, said):
    """A bad row is named with its line and the column's own name, and nothing is recorded."""
    (folder / "sheet.csv").write_text(sheet, encoding="utf-8")
    done = onrecord("import", "sheet.csv")
    assert done.exit_code == 1
    assert said in done.stderr
    assert events() == 0


def test_another_encoding_is_named(onrecord, folder):
    """A file that is not UTF-8 is refused with the line where that shows."""
    (folder / "sheet.csv").write_bytes(SPREADSHEET.encode("utf-8").replace("לא".encode(), b"\xe9"))
    done = onrecord("import", "sheet.csv")
    assert "This is not UTF-8" in done.stderr
    assert (done.exit_code, events()) == (1, 0)


def test_every_bad_line_is_named_with_its_pointer(onrecord, folder, story):
    """All faults of all lines are named at once: not JSON, a member twice, a bad date, a broken rule."""
    lines = lines_of(story)
    denial, lines[3] = lines[3], lines[3].replace("2025-12-21", "2025-12-41")
    lines[6] = '{"claim":"ref:a","claim":"ref:b"}'
    lines[7] = "{"
    lines[5] = '{"claim":"ref:a","type":"frob"}'
    lines[8] = denial.replace('"denied"', '"retracted"').replace('"said_on"', '"regarding": 77, "said_on"')
    (folder / "bad.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = onrecord("import", "bad.jsonl")
    assert done.exit_code == 1
    assert "line 4, /data/said_on: '2025-12-41' is not an EDTF date" in done.stderr
    assert "line 6, /data: Missing data for required field." in done.stderr
    assert "line 6, /type: 'frob' is no event type." in done.stderr
    assert "line 7: The member 'claim' is there twice" in done.stderr
    assert "line 8: This is not JSON" in done.stderr
    assert "line 9, /data/regarding: There is no event 77" in done.stderr
    assert "nothing was recorded" in done.stderr
    assert events() == 0


def test_a_statement_twice_needs_a_word(onrecord, folder, story):
    """A statement that is there already is refused as in the API, unless it is meant."""
    onrecord("import", story)
    denial = json.loads(lines_of(story)[3])
    (folder / "more.jsonl").write_text(json.dumps({**denial, "data": {**denial["data"], "note": "Again."}}))
    refused = onrecord("import", "more.jsonl")
    assert (refused.exit_code, "says the same" in refused.stderr) == (1, True)
    assert onrecord("import", "more.jsonl", "--allow-duplicate").stdout.startswith("1 event recorded")


def many_rows(folder, count: int) -> str:
    """Write a file of so many rows, ten to a claim, of which two in each are the same."""
    rows = []
    for n in range(count):
        data = {"text": f"Claim {n} happened.", "lang": "en"}
        if n % 10:
            said = max(n % 10, 2)
            data = {"by": {"name": "A Scholar", "kind": "analyst"}, "summary": f"Reading {said}."}
            data["source"] = {"publisher": "The Wire"}
        rows.append(
            json.dumps({"claim": f"ref:many/{n // 10}", "type": "assessed" if n % 10 else "opened", "data": data})
        )
    (folder / "many.jsonl").write_text("\n".join(rows))
    return "many.jsonl"


@pytest.mark.faults
def test_killed_halfway_it_goes_on(onrecord, folder, start, wait_until):
    """Killed with -9 while it records, and run again, the file is in the record once, whole and in order."""
    name = many_rows(folder, 6_000)
    onrecord("db", "init")
    process: subprocess.Popen[str] = start("import", name)
    wait_until(lambda: events() > 500, "rows recorded")
    process.kill()
    process.communicate()
    before = events()
    assert 500 < before < 6_000
    done = onrecord("import", name)
    assert done.stdout == f"{6_000 - before} events recorded; {before} were in the record already.\n"
    stored = [line["event"] for line in exported(onrecord)[1:-1]]
    assert [event["data"] for event in stored] == [json.loads(line)["data"] for line in lines_of(name)]
    assert [event["version"] for event in stored] == list(range(1, 11)) * 600
