"""The configuration: environment variables, read once, here and nowhere else.

Every setting is `ONRECORD_…`; one that is not known is an error, so that a typo never
quietly leaves a default in force. A secret may be given as a file, `…_FILE`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from service.logs import STYLES

PREFIX = "ONRECORD_"
SECRETS = frozenset({"token"})  # never shown
IN_FILES = SECRETS | {"database", "read_database"}  # may be given as a file
# An address of a database as it may be shown, once its password is taken out; of any other nothing is shown.
_ADDRESS = re.compile(r"(\w+://)(?:([^:/@?#\s]*)(:[^/@?#\s]*)?@)?([^@?#\s]*(?:\?(?!.*password)[^@#\s]*)?)")


class BadConfiguration(Exception):
    """A setting is unknown or cannot be read; says which, and what would do."""


@dataclass(frozen=True)
class Config:
    """What is configured; the names are those of the variables, lower case.

    `database` is where the record is kept; `read_database`, a streaming standby of it that
    readers may be answered from; `workers`, how many processes serve; `public_reads`, whether reading needs no token;
    `origin`, the name of this record's log, and `log_key_file`, where the key is that
    signs it, and `witnesses`, who are asked to sign too; `public_url`, where readers find it; `threads`,
    how many requests are served at once, and `kept_mib`, in how many MiB answers are
    kept; `webhooks_allow_loopback`, for development,
    whether webhooks may lead to this machine; `watch_sources`, whether the pages of recent
    statements are looked at again; `public_metrics`, whether `/metrics` needs no
    token; `log`, in which style is logged; `url` and `token`, which record the quick
    commands talk to, and as whom.
    """

    database: str = "sqlite:///onrecord.db"
    read_database: str = ""
    workers: int = 1
    public_reads: bool = True
    origin: str = "localhost/onrecord"
    log_key_file: str = ""
    witnesses: str = ""
    public_url: str = ""
    threads: int = 32
    kept_mib: int = 32
    webhooks_allow_loopback: bool = False
    watch_sources: bool = False
    public_metrics: bool = False
    log: str = "json"
    url: str = "http://127.0.0.1:8080"
    token: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read the settings; raises BadConfiguration, which names every fault."""
        known = {f.name for f in fields(cls)}
        given: dict[str, str] = {}
        faults = _find_doubles(environ)
        for variable, value in environ.items():
            name = variable.removeprefix(PREFIX).lower()
            if not variable.startswith(PREFIX):
                continue
            if name.removesuffix("_file") in IN_FILES and name.endswith("_file"):
                given[name.removesuffix("_file")] = _read_secret(variable, value, faults)
            elif name in known:
                given[name] = value
            else:
                faults.append(
                    f"{variable} is no setting. Known: {', '.join(sorted(PREFIX + k.upper() for k in known))}"
                )
        config = cls(
            database=given.get("database", cls.database),
            read_database=given.get("read_database", cls.read_database),
            workers=_read_count("WORKERS", given.get("workers", "1"), faults),
            public_reads=_read_flag("PUBLIC_READS", given.get("public_reads", "true"), faults),
            origin=given.get("origin", cls.origin),
            log_key_file=given.get("log_key_file", cls.log_key_file),
            witnesses=given.get("witnesses", cls.witnesses),
            public_url=_read_address("PUBLIC_URL", given.get("public_url", ""), faults),
            threads=_read_count("THREADS", given.get("threads", "32"), faults),
            kept_mib=_read_count("KEPT_MIB", given.get("kept_mib", "32"), faults, least=0),
            webhooks_allow_loopback=_read_flag(
                "WEBHOOKS_ALLOW_LOOPBACK", given.get("webhooks_allow_loopback", "false"), faults
            ),
            watch_sources=_read_flag("WATCH_SOURCES", given.get("watch_sources", "false"), faults),
            public_metrics=_read_flag("PUBLIC_METRICS", given.get("public_metrics", "false"), faults),
            log=_read_word("LOG", given.get("log", cls.log), STYLES, faults),
            url=given.get("url", cls.url).rstrip("/"),
            token=given.get("token", cls.token),
        )
        if faults:
            raise BadConfiguration("\n".join(faults))
        return config

    def shown(self) -> dict[str, str]:
        """List the settings as they may be shown: secrets only as set or not set."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        hidden = {name: ("(set)" if values[name] else "(not set)") for name in SECRETS}
        hidden |= {name: _without_password(values[name]) for name in ("database", "read_database")}
        return {PREFIX + name.upper(): _write(value) for name, value in (values | hidden).items()}


def _without_password(address: str) -> str:
    if not address or address.startswith("sqlite:"):
        return address
    found = _ADDRESS.fullmatch(address)
    if not found:
        return "(set)"
    scheme, user, password, rest = found.groups()
    return f"{scheme}{'' if user is None else user + (':…' if password else '') + '@'}{rest}"


def _write(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _find_doubles(environ: Mapping[str, str]) -> list[str]:
    settings = [PREFIX + name.upper() for name in sorted(IN_FILES)]
    doubles = [setting for setting in settings if {setting, f"{setting}_FILE"} <= environ.keys()]
    return [f"{setting}_FILE and {setting} are both set; unset one of them" for setting in doubles]


def _read_secret(variable: str, path: str, faults: list[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        faults.append(f"{variable} names a file that cannot be read: {error}")
        return ""


def _read_flag(name: str, text: str, faults: list[str]) -> bool:
    if text.lower() not in {"true", "false"}:
        faults.append(f"{PREFIX}{name} is {text!r}; write true or false")
    return text.lower() != "false"


def _read_word(name: str, text: str, words: tuple[str, ...], faults: list[str]) -> str:
    if text not in words:
        faults.append(f"{PREFIX}{name} is {text!r}; write one of: {', '.join(words)}")
    return text


def _read_address(name: str, text: str, faults: list[str]) -> str:
    if text and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        faults.append(f"{PREFIX}{name} is {text!r}; write an address like https://record.example.org")
    return text.rstrip("/")


def _read_count(name: str, text: str, faults: list[str], *, least: int = 1) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= 512):  # noqa: PLR2004 - more help nobody
        faults.append(f"{PREFIX}{name} is {text!r}; write a whole number from {least} to 512")
        return 1
    return int(text)
