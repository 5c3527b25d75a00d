"""The manifest of a packed dossier: what is enclosed, what is shown at the counter, what lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from daemon.catalogue.procedures import Procedure
from daemon.machine.dossier.parts import Held, Wanted

Status = Literal["enclosed", "shown_at_counter", "missing", "if_any"]


class File(msgspec.Struct, frozen=True):
    """One file beside the manifest."""

    name: str
    sha256: str
    bytes: int
    pages: int


class Component(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the required papers."""

    id: str
    """Stable: procedure, slash, place in the catalogue from 1."""
    name: str
    """As the procedure has it, in Vietnamese."""
    form: str
    count: int
    status: Status
    file: File | None = None
    kind: str = ""
    """As recognised (`daemon/catalogue/kinds`)."""
    checked: str = ""
    """`right` = recognised as such a paper; `unchecked` = an officer looks."""
    expired: bool = False
    other_person: bool = False


class Manifest(msgspec.Struct, frozen=True):
    """`manifest.json`, UTF-8."""

    format: Literal[1]
    slip: str
    continues: bool
    """A part of it is with the ward already, under the same slip."""
    kiosk: str
    made_at: str
    """ISO 8601, Vietnam time."""
    procedure: str
    procedure_name: str
    catalogue: str
    """Version of the procedures that it was put together by."""
    answers: dict[str, bool]
    """Case question → yes."""
    components: tuple[Component, ...]
    form: dict[str, str]
    """The lines of the entry form, confirmed by the visitor.  Personal: the manifest is only ever
    inside the sealed envelope."""


def file_name(wanted: Wanted) -> str:
    """Of the PDF of a paper: its component, without what a file system minds."""
    return f"{wanted.id.replace('/', '-')}.pdf"


def components(
    item: Procedure,
    wanted: tuple[Wanted, ...],
    papers: tuple[Held, ...],
    brought: Collection[int],
    missing: Collection[int],
    files: Mapping[int, bytes],
) -> tuple[Component, ...]:
    """Every paper that this case asks for.  `files`: the PDF of each enclosed paper by place."""
    held = {paper.at: paper for paper in papers}
    found: list[Component] = []
    for at, one in enumerate(wanted):
        name = item.required_papers[at].name_vi
        if at in held:
            paper, pdf = held[at], files[at]
            digest = hashlib.sha256(pdf).hexdigest()
            found.append(
                Component(
                    one.id,
                    name,
                    one.form,
                    one.count,
                    "enclosed",
                    File(file_name(one), digest, len(pdf), len(paper.pages)),
                    paper.kind,
                    paper.checked,
                    paper.expired,
                    paper.other,
                )
            )
        elif at in brought or at in missing:
            status: Status = "shown_at_counter" if at in brought else "missing"
            found.append(Component(one.id, name, one.form, one.count, status))
    return tuple(found)
