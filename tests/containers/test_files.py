"""The container files, as far as they can be held to something without an engine."""

from __future__ import annotations

import re
import tomllib
from pathlib import PurePath

import click
import jsonschema
import pytest

from service.cli import main
from service.config import Config
from tests.containers.compose import COMPOSE, HOUSE, OURS, SCHEMA, SERVICES

DOCKERFILE = (HOUSE / "Dockerfile").read_text(encoding="utf-8")


def test_the_compose_file_is_one():
    """It holds to the published fields of the Compose Specification, and to no others."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(COMPOSE)
    assert sorted(SERVICES) == ["api", "db", "init", "scheduler"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_nothing_that_it_need_not(name):
    """Each runs on a read-only file system, without capabilities, and can gain no rights."""
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("ports", []) == (["127.0.0.1:8080:8080"] if name == "api" else [])


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_are_files(name):
    """Whatever is secret comes as a file that is declared and mounted; no value in the environment is one."""
    service = SERVICES[name]
    paths = {value for key, value in service["environment"].items() if key.endswith("_FILE")}
    assert paths <= {f"/run/secrets/{secret}" for secret in service["secrets"]}
    assert set(service["secrets"]) <= set(COMPOSE["secrets"])
    told = [key for key in service["environment"] if re.search("PASSWORD|TOKEN|SECRET|DATABASE", key)]
    assert all(key.endswith("_FILE") for key in told)
    ignored = (HOUSE / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert all(PurePath(secret["file"]).parts[0] + "/" in ignored for secret in COMPOSE["secrets"].values())


def test_each_waits_for_what_it_needs():
    """The database is healthy before it is migrated, and migrated before anything serves; all but that is watched."""
    needs = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert needs == {
        "db": {},
        "init": {"db": {"condition": "service_healthy"}},
        "api": {"init": {"condition": "service_completed_successfully"}},
        "scheduler": {"init": {"condition": "service_completed_successfully"}},
    }
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"init"}
    assert {name: service["restart"] for name, service in SERVICES.items()} == {
        **dict.fromkeys(("db", "api", "scheduler"), "unless-stopped"),
        "init": "no",
    }


@pytest.mark.parametrize("name", OURS)
def test_settings_are_known(name, tmp_path):
    """Every setting of ours is one that the program knows, and can be read."""
    (tmp_path / "url").write_text("postgresql://onrecord_server:x@db/onrecord\n", encoding="utf-8")
    settings = SERVICES[name]["environment"]
    given = {key: str(tmp_path / "url") if key.endswith("_FILE") else value for key, value in settings.items()}
    assert Config.from_env(given).database == "postgresql://onrecord_server:x@db/onrecord"


@pytest.mark.parametrize("name", OURS)
def test_commands_are_ours(name):
    """What a service runs is a command of the program."""
    program, *words = SERVICES[name]["command"]
    assert program == "onrecord"
    group = main
    for word in words[: 2 if words[0] == "db" else 1]:
        group = group.get_command(click.Context(group), word)
        assert group is not None


def test_the_image_holds_the_program_and_no_more():
    """What is copied into the image is there and not ignored; it runs as a user without rights."""
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)]
    names = [name for line in copied for name in line]
    assert [name for name in names if not (HOUSE / name).exists()] == []
    allowed = (HOUSE / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert sorted(names) == sorted(line.removeprefix("!") for line in allowed if line.startswith("!"))
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert 'CMD ["onrecord", "serve", "--host", "0.0.0.0", "--port", "8080"]' in DOCKERFILE


def test_what_is_installed_is_whole():
    """Every package and every file beside the code is among what is installed."""
    told = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    packages = {path.parent.relative_to(HOUSE).as_posix().replace("/", ".") for path in files(".py")}
    assert sorted(packages) == sorted(told["packages"])
    kept = {path for glob in told["package-data"]["service"] for path in (HOUSE / "service").glob(glob)}
    assert [path for path in files() if path.suffix != ".py" and path not in kept] == []


def files(suffix: str = "") -> list:
    """List the files of the program."""
    found = [path for floor in ("domain", "service") for path in (HOUSE / floor).rglob(f"*{suffix}")]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts and path.name != ".gitignore"]
