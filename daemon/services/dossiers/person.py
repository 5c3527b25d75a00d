"""Whose paper is it?  Compared are numbers and names; the answer is a verdict, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from daemon.catalogue.roles import Role
from daemon.services.procedures.fold import fold

SURE = 0.9
"""Confidence from which a value tells two people apart; a name misread is nobody else's paper."""

NAMES: tuple[Role, ...] = ("name", "father_name", "mother_name", "wife_name", "husband_name")
"""Everybody who is named on a paper: a child's birth certificate is its parents' paper, too."""


class Value(msgspec.Struct, frozen=True):
    """What stands in a field.  It is the citizen's: it never prints."""

    text: str
    confidence: float

    def __repr__(self) -> str:
        return "Value(***)"


Told = Mapping[Role, Value]
"""What a paper tells, by role."""


class Person(msgspec.Struct, frozen=True):
    """The person of the dossier, as the first paper that names one tells."""

    number: str = ""
    name: str = ""
    """Folded."""

    def __repr__(self) -> str:
        return "Person(***)"


def person_of(told: Told) -> Person | None:
    """Whose paper it is, where it says so for sure."""
    number, name = _sure(told, "person_number"), fold(_sure(told, "name"))
    return Person(number, name) if number or name else None


def compare(person: Person | None, told: Told) -> Literal["same", "other", "unknown"]:
    """Is it a paper of this person?  Two numbers decide; else the names do."""
    number = _sure(told, "person_number")
    if person is None or not any(_sure(told, role) for role in ("person_number", *NAMES)):
        return "unknown"
    if number and person.number and number == person.number:
        return "same"
    names = {fold(_sure(told, role)) for role in NAMES} - {""}
    if person.name and person.name in names:
        return "same"
    if number and person.number:
        return "other"
    return "other" if names and person.name else "unknown"


def _sure(told: Told, role: Role) -> str:
    value = told.get(role)
    return value.text.strip() if value is not None and value.confidence >= SURE else ""
