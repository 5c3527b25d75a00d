"""The curated list of services on line: what a visitor's phone may be led to, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from daemon.catalogue.reading import HERE, CatalogueError, read

FILE = HERE / "digital.toml"

MOST = 12
"""Entries: more cannot be chosen from."""


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry."""

    id: str
    name_vi: str
    name_en: str
    url: str

    @property
    def host(self) -> str:
        """Whose page it is."""
        return urlsplit(self.url).hostname or ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hosts: tuple[str, ...]
    service: tuple[Service, ...]


def load(path: Path = FILE) -> tuple[Service, ...]:
    """The list in the order of the screen.  Raises CatalogueError."""
    file = read(path, _File)
    seen: set[str] = set()
    for at, host in enumerate(file.hosts):
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
            raise CatalogueError(path, f"hosts[{at}]", host, "a host name in small letters")
    if not 1 <= len(file.service) <= MOST:
        raise CatalogueError(path, "service", len(file.service), f"1 to {MOST} entries")
    for at, one in enumerate(file.service):
        key = f"service[{at}]"
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", one.id) or one.id in seen:
            raise CatalogueError(path, f"{key}.id", one.id, "a-z, 0-9 and _; each once")
        seen.add(one.id)
        for name in ("name_vi", "name_en"):
            if not 1 <= len(getattr(one, name)) <= 80:
                raise CatalogueError(path, f"{key}.{name}", getattr(one, name), "1 to 80 letters")
        if not _allowed(one, file.hosts):
            raise CatalogueError(path, f"{key}.url", one.url, "https, of one of the hosts")
    return file.service


def _allowed(one: Service, hosts: tuple[str, ...]) -> bool:
    parts = urlsplit(one.url)
    plain = parts.scheme == "https" and parts.username is None and len(one.url) <= 300
    return plain and any(one.host == host or one.host.endswith("." + host) for host in hosts)
