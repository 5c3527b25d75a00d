"""The entry form: who hands the dossier in, as far as the papers tell."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.catalogue.roles import Role
from daemon.machine.dossier.parts import FormField
from daemon.machine.personal import Personal
from daemon.services.dossiers.person import Told, Value

LINES: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("name", ("name",)),
    ("birth_date", ("birth_date",)),
    ("person_number", ("person_number",)),
    ("sex", ("sex",)),
    ("residence", ("residence", "address")),
    ("phone", ()),
)
"""The lines of the form in reading order, and the roles that fill them; a phone number stands on
no paper."""

LEAST = 0.75
"""Confidence of a value that is put before the visitor: he confirms every line."""


def filled(papers: Iterable[Told]) -> tuple[FormField, ...]:
    """The form from what was read; of several papers the surest value stands in a line."""
    told = list(papers)
    return tuple(FormField(name, Personal(_best(told, roles))) for name, roles in LINES)


def _best(told: list[Told], roles: tuple[Role, ...]) -> str:
    values: list[Value] = [paper[role] for role in roles for paper in told if role in paper]
    best = max(values, key=lambda value: value.confidence, default=None)
    return best.text if best is not None and best.confidence >= LEAST else ""
