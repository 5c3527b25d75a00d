"""The one table from printed fields to the roles that code asks for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from daemon.catalogue.kinds import FOLDER, Kind
from daemon.catalogue.reading import CatalogueError, read

Role = Literal[
    "person_number",
    "old_person_number",
    "name",
    "father_name",
    "mother_name",
    "wife_name",
    "husband_name",
    "birth_date",
    "wife_birth_date",
    "husband_birth_date",
    "sex",
    "nationality",
    "residence",
    "address",
    "issue_date",
    "expiry",
    "paper_number",
    "organisation",
    "subject",
    "certification_number",
    "volume",
    "year",
    "mrz",
]


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table; see `kinds/roles.toml`."""

    fields: dict[str, Role]
    kinds: dict[str, dict[str, Role | Literal[""]]]

    def role(self, kind: str, field: str) -> Role | None:
        """What this field of this kind is, or None where no code cares."""
        own = self.kinds.get(kind, {}).get(field)
        if own is not None:
            return own or None
        return self.fields.get(field)

    def field(self, kind: Kind, role: Role) -> str | None:
        """The name of the field that plays this role on this kind: the first as printed."""
        return next((f.name for f in kind.fields if self.role(kind.id, f.name) == role), None)


@lru_cache(maxsize=1)
def load(path: Path = FOLDER / "roles.toml") -> Roles:
    """The table.  Raises CatalogueError."""
    return read(path, Roles)


def check(roles: Roles, kinds: dict[str, Kind], path: Path = FOLDER / "roles.toml") -> None:
    """Every kind and field named in the table exists.  Raises CatalogueError."""
    printed = {field.name for kind in kinds.values() for field in kind.fields}
    for name in roles.fields:
        if name not in printed:
            raise CatalogueError(path, f"fields.{name}", name, "no kind has this field")
    for kind_id, own in roles.kinds.items():
        if kind_id not in kinds:
            raise CatalogueError(path, f"kinds.{kind_id}", kind_id, "there is no such kind")
        for name in own:
            if kinds[kind_id].field(name) is None:
                raise CatalogueError(
                    path, f"kinds.{kind_id}.{name}", name, "this kind has no such field"
                )
