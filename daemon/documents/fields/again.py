"""Reads the values that identify a person a second time, prepared in another way.

OCR is wrong most often where two readings of the same print differ.  Both have to say the same for
a value to be sure; where they differ it is hardly more than a guess, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from daemon.catalogue import roles
from daemon.catalogue.kinds import Kind
from daemon.catalogue.roles import Role
from daemon.documents.fields import values
from daemon.documents.lines import squeezed
from daemon.documents.messages import FieldValue, Word

Box = tuple[int, int, int, int]
"""x, y, w, h in pixels of the page."""

Again = Callable[[Box], tuple[Word, ...]]
"""The words in a part of the page, read anew."""

ROLES: frozenset[Role] = frozenset({"person_number", "name", "birth_date", "expiry"})

_SAME = 0.4
"""What is left of the doubt when two readings agree."""

_ALMOST, _OTHER, _NONE = 0.65, 0.45, 0.9
"""Factors where the second differs in marks alone, in letters, or shows no value."""


def compare(
    found: Mapping[str, FieldValue], places: Mapping[str, Box], kind: Kind, again: Again
) -> dict[str, FieldValue]:
    """The values with the confidence that a second reading leaves them."""
    table = roles.load()
    out = dict(found)
    for name, value in found.items():
        field = kind.field(name)
        if field is None or table.role(kind.id, name) not in ROLES or name not in places:
            continue
        second = values.take(field, again(places[name]))
        if second is None:
            sure = value.confidence * _NONE
            out[name] = replace(value, confidence=round(sure, 3))
        elif second.value == value.value:
            sure = 1 - _SAME * (1 - max(value.confidence, second.sure))
            out[name] = replace(value, confidence=round(sure, 3))
        else:
            alike = squeezed(second.value) == squeezed(value.value)
            sure = value.confidence * (_ALMOST if alike else _OTHER)
            out[name] = replace(value, confidence=round(sure, 3), differs=("reading",))
    return out
