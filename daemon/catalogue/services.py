"""Groups of services: what a queue number is drawn for, and which fields a group receives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from daemon.catalogue.procedures import Procedure
from daemon.catalogue.reading import HERE, CatalogueError, read

FILE = HERE / "services.toml"


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One group."""

    id: str
    """The `service` of events; the screen's text key is `service.{id}`."""
    letter: str
    """First sign of its numbers, A to Z."""
    name_vi: str
    name_en: str
    fields: tuple[str, ...]
    """Fields of `procedures.json` that go to this group."""
    counters: tuple[str, ...]
    """Labels of the counters that call it."""
    minutes: float
    """How long a visit at the counter usually takes."""
    capacity: int = 0
    """Numbers of one half day (a span of the opening hours); 0 = as many as are asked for."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    group: tuple[Group, ...]


def load(path: Path = FILE) -> dict[str, Group]:
    """All groups by id, in the order of the screen.  Raises CatalogueError."""
    found: dict[str, Group] = {}
    letters: dict[str, str] = {}
    fields: dict[str, str] = {}
    for at, group in enumerate(read(path, _File).group):
        key = f"group[{at}]"
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", group.id) or group.id in found:
            raise CatalogueError(path, f"{key}.id", group.id, "a-z and _; each once")
        if not re.fullmatch(r"[A-Z]", group.letter) or group.letter in letters:
            raise CatalogueError(path, f"{key}.letter", group.letter, "one of A to Z; each once")
        for field in group.fields:
            if field in fields:
                raise CatalogueError(
                    path, f"{key}.fields", field, f"{fields[field]!r} receives it already"
                )
            fields[field] = group.id
        if not group.counters:
            raise CatalogueError(path, f"{key}.counters", [], "name one counter at least")
        if not 0 < group.minutes <= 240:
            raise CatalogueError(path, f"{key}.minutes", group.minutes, "minutes, up to 240")
        if not 0 <= group.capacity <= 9999:
            raise CatalogueError(path, f"{key}.capacity", group.capacity, "0 to 9999")
        found[group.id] = group
        letters[group.letter] = group.id
    if not found:
        raise CatalogueError(path, "group", [], "name one group at least")
    return found


def group_of(groups: Mapping[str, Group], item: Procedure) -> Group | None:
    """The group whose counters receive a procedure: its own column, else the one of its field.

    None where a ward's own file has neither: then nobody is sent to a counter by name.
    """
    if item.counter_group in groups:
        return groups[item.counter_group]
    return next((group for group in groups.values() if item.field in group.fields), None)


def check(groups: dict[str, Group], fields: set[str], path: Path = FILE) -> None:
    """Every field of the procedures goes to a group, and none that is unknown.

    Raises CatalogueError.
    """
    received = {field: group.id for group in groups.values() for field in group.fields}
    for field in sorted(fields - received.keys()):
        raise CatalogueError(path, "fields", field, "name the group that receives this field")
    for field in sorted(received.keys() - fields):
        raise CatalogueError(
            path, f"{received[field]}.fields", field, "no procedure is of this field"
        )
