"""The house rules that a reviewer would otherwise have to remember."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parent.parent
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
SOURCES = sorted(p for floor in ("domain", "service", "tests") for p in (HOUSE / floor).rglob("*.py"))
OURS = [p for p in SOURCES if p.relative_to(HOUSE).parts[0] != "tests"]


def name_of(path: Path) -> str:
    """Give the name a module is imported by."""
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(p) for p in OURS}


def imports_of(path: Path) -> Iterator[str]:
    """List the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = [name for name in inner if name in MODULES]
            yield from modules or [node.module]  # a module taken out of its package is the module, not the package


def test_no_file_is_longer_than_one_can_read():
    """A file has at most 300 lines."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_one_can_hold():
    """A function has at most 40 lines."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    lengths = {
        (path, node.lineno, node.name): node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, functions)
    }
    assert {place: length for place, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_the_domain_is_pure():
    """The domain imports the standard library, eventsourcing and itself, and no I/O."""
    allowed = sys.stdlib_module_names | {"eventsourcing", "domain"}
    world = {
        "os",
        "pathlib",
        "socket",
        "sqlite3",
        "http",
        "urllib",
        "subprocess",
        "threading",
        "time",
        "random",
        "secrets",
    }
    imported = {name.split(".")[0] for p in OURS if name_of(p).startswith("domain") for name in imports_of(p)}
    assert imported - allowed == set()
    assert imported & world == set()


def test_only_the_configuration_reads_the_environment():
    """Settings enter in one place: `service.config` is handed the environment by the edge."""
    readers = {name_of(p) for p in OURS if "os.environ" in p.read_text(encoding="utf-8")}
    assert {r for r in readers if not r.startswith(("service.cli", "service.server"))} == set()


def test_flask_stays_in_the_web():
    """Only the web floor knows Flask; only the stores know SQL drivers."""
    flask = {name_of(p) for p in OURS if "flask" in {n.split(".")[0] for n in imports_of(p)}}
    drivers = {name_of(p) for p in OURS if {"sqlite3", "psycopg"} & {n.split(".")[0] for n in imports_of(p)}}
    assert {n for n in flask if not n.startswith(("service.web", "service.server"))} == set()
    assert {n for n in drivers if not n.startswith("service.store.")} == set()


def test_there_are_no_circles():
    """Modules import each other one way only."""
    names = {name_of(p): p for p in OURS}
    arrows = {name: {t for t in imports_of(p) if t in names and t != name} for name, p in names.items()}
    while free := [name for name, targets in arrows.items() if not targets & arrows.keys()]:
        for name in free:
            del arrows[name]
    assert arrows == {}


def test_rooms_know_each_other_one_way_only():
    """No folder of the service, and no file beside them, imports what imports it."""

    def room_of(name):
        return ".".join(name.split(".")[:2])

    arrows = {(room_of(name_of(p)), room_of(t)) for p in OURS for t in imports_of(p) if t.startswith("service.")}
    assert {(a, b) for a, b in arrows if a != b and (b, a) in arrows} == set()


def test_the_web_is_not_known_below_it():
    """Nothing under the web floor imports it, but the server and the command line that start it."""
    above = ("service.web.", "service.cli.", "service.server.")
    known = {name_of(p) for p in OURS if any(f"{t}.".startswith("service.web.") for t in imports_of(p))}
    assert {n for n in known if not f"{n}.".startswith(above)} == set()
