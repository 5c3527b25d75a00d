"""Compares what is printed with what codes and machine-readable zones say of the same datum."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from daemon.catalogue import roles
from daemon.catalogue.kinds import Field, Kind
from daemon.catalogue.roles import Role
from daemon.documents import known
from daemon.documents.fields import numbers
from daemon.documents.lines import squeezed
from daemon.documents.messages import Code, FieldValue

_CODED = 0.98
"""A value that a code gives alone: its error correction let no misread letter through."""

_AGREED = 0.995
"""Two independent sources give the same value."""

_DISPUTED = 0.6
"""They do not; the code's is told, with what disagrees."""

_ODD = 0.6
"""Factor for a number and a birth date that do not belong together."""

_MARKS = 0.97
"""Print and code differ in marks alone: OCR misreads these most."""


class Source(msgspec.Struct, frozen=True):
    """What was read by machine, by role.  Dates are ISO."""

    name: Literal["qr", "mrz"]
    values: Mapping[Role, str]

    def __repr__(self) -> str:
        return f"Source({self.name})"


def of_codes(found: Sequence[Code]) -> list[Source]:
    """What the QR code and the zone of a page say, each for itself."""
    card, zone = known.of_card(found), known.of_zone(found)
    out: list[Source] = []
    if card:
        out.append(Source("qr", card))
    if zone:
        out.append(Source("mrz", zone))
    return out


def compare(
    printed: Mapping[str, FieldValue], kind: Kind, found: Sequence[Source]
) -> dict[str, FieldValue]:
    """The values of all sources; each tells who agrees and who differs."""
    table = roles.load()
    out: dict[str, FieldValue] = {}
    for field in kind.fields:
        role = table.role(kind.id, field.name)
        value = printed.get(field.name)
        for source in found:
            said = source.values.get(role, "") if role is not None else ""
            if said:
                value = _with(value, _as_printed(said), source.name, field)
        if value is not None:
            out[field.name] = value
    return _own_structure(out, kind)


def _as_printed(said: str) -> FieldValue:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return FieldValue(f"{dt.date.fromisoformat(said):%d/%m/%Y}", _CODED, said)
    return FieldValue(said, _CODED)


def _with(value: FieldValue | None, said: FieldValue, name: str, field: Field) -> FieldValue | None:
    """`value` after one more source was heard."""
    if not field.fits(said.value):
        return value
    if value is None:
        # A zone has neither marks nor a full name: good for a comparison, not as a value.
        named = field.form == "name" and name == "mrz"
        return None if named else replace(said, agrees=(name,))
    if _key(value) == _key(said) or (value.iso and value.iso == said.iso):
        return replace(value, confidence=_AGREED, agrees=(*value.agrees, name))
    if squeezed(value.value) == squeezed(said.value):
        if name == "mrz":
            return replace(
                value, confidence=max(value.confidence, 0.9), agrees=(*value.agrees, name)
            )
        return replace(said, confidence=_MARKS, agrees=(*value.agrees, name), differs=("print",))
    if field.form in ("address", "text", "passage"):
        # Addresses are printed shorter or longer than coded: the printed one stays.
        return replace(value, differs=(*value.differs, name))
    if value.agrees:
        return replace(value, confidence=_MARKS, differs=(*value.differs, name))
    if field.form == "name" and name == "mrz":
        return replace(value, confidence=_DISPUTED, differs=(*value.differs, name))
    return replace(said, confidence=_DISPUTED, agrees=(name,), differs=("print",))


def _key(value: FieldValue) -> str:
    return " ".join(value.value.casefold().split())


def _own_structure(found: dict[str, FieldValue], kind: Kind) -> dict[str, FieldValue]:
    """A number tells year of birth and sex: printed values that have to go with it."""
    table = roles.load()
    number, birth, sex = (table.field(kind, r) for r in ("person_number", "birth_date", "sex"))
    held = found.get(number or "")
    born = found.get(birth or "")
    if number is None or held is None or not numbers.holds(held.value):
        return found
    out = dict(found)
    if birth is not None and born is not None and born.iso:
        if numbers.birth_year(held.value) == int(born.iso[:4]):
            for name, value in ((number, held), (birth, born)):
                if not value.agrees and not value.differs:
                    sure = round(1 - 0.5 * (1 - value.confidence), 3)
                    out[name] = replace(value, confidence=sure)
        else:
            for name, value, other in ((number, held, birth), (birth, born, number)):
                sure = value.confidence if value.agrees else value.confidence * _ODD
                out[name] = replace(
                    value, confidence=round(sure, 3), differs=(*value.differs, other)
                )
    said = out.get(sex or "")
    told = said is not None and said.value in ("Nam", "Nữ")
    if sex is not None and said is not None and told and said.value != numbers.sex(held.value):
        out[sex] = replace(said, differs=(*said.differs, number))
    return out


def expired(found: Mapping[str, FieldValue], kind: Kind, today: dt.date) -> bool:
    """Is the day printed as the paper's last one over?  False where none was read surely."""
    name = roles.load().field(kind, "expiry")
    value = found.get(name or "")
    if value is None or not value.iso or value.confidence < 0.8:
        return False
    return dt.date.fromisoformat(value.iso) < today
