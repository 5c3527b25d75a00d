"""Reads the values that identify a person a second time, alone and in another size.

OCR is wrong most often where two readings of the same print differ, and reads a value by itself
better than in its line.  Where two readings say the same the value is surer; where they differ a
third is asked, what most of the confidence of all three speaks for is told, and doubted; what only
one says is hardly more than a guess.  A value that was not read at all behind its label is looked
for there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from daemon.catalogue import roles
from daemon.catalogue.kinds import Field, Kind
from daemon.catalogue.roles import Role
from daemon.documents.fields import values
from daemon.documents.fields.values import Taken
from daemon.documents.lines import squeezed
from daemon.documents.messages import FieldValue, Word

Box = tuple[int, int, int, int]
"""x, y, w, h in pixels of the page."""

Again = Callable[[Box, float], tuple[Word, ...]]
"""The words in a part of the page, read anew at so many times its size."""

ROLES: frozenset[Role] = frozenset(
    {
        "person_number", "name", "birth_date", "expiry", "father_name", "mother_name",
        "wife_name", "husband_name", "wife_birth_date", "husband_birth_date",
    }
)  # fmt: skip

SECOND, THIRD = 1.3, 0.8
"""Sizes of the further readings."""

_SAME = 0.4
"""What is left of the doubt when two readings agree."""

_CLEAR = 0.8
"""Below this a second reading that agrees is not enough: a third is asked."""

_VOTED = 0.88
"""The most that is believed of a value on which not all readings agree, or that the page as a
whole did not show: less than what is sure."""

_ALMOST, _OTHER, _NONE, _ALONE = 0.65, 0.45, 0.9, 0.5
"""Factors where readings differ in marks alone, in letters, where the others show no value, and
where only one of the further readings shows any."""


def compare(
    found: Mapping[str, FieldValue], places: Mapping[str, Box], kind: Kind, again: Again
) -> dict[str, FieldValue]:
    """The values with the confidence that further readings leave them, and values found by them.

    `places`: where each value stands or, where none was read, should stand.
    """
    table = roles.load()
    out = dict(found)
    for field in kind.fields:
        place = places.get(field.name)
        if place is None or table.role(kind.id, field.name) not in ROLES:
            continue
        told = _told(field, found.get(field.name), place, again)
        if told is not None:
            out[field.name] = told
    return out


def _told(field: Field, value: FieldValue | None, place: Box, again: Again) -> FieldValue | None:
    first = None if value is None else Taken(value.value, value.confidence, value.iso)
    second = values.take(field, again(place, SECOND))
    clear = second is not None and second.sure >= _CLEAR
    if first is not None and second is not None and clear and first.value == second.value:
        return _value(first, 1 - _SAME * (1 - max(first.sure, second.sure)))
    third = values.take(field, again(place, THIRD))
    read = [taken for taken in (first, second, third) if taken is not None]
    if not read:
        return None
    if len(read) == 1:
        return _value(read[0], read[0].sure * (_NONE if read[0] is first else _ALONE))
    # The lists that a value is weighed against (family names) have their say in `sure`.
    best = max(read, key=lambda taken: sum(o.sure for o in read if o.value == taken.value))
    same = [taken for taken in read if taken.value == best.value]
    if len(same) > 1:
        return _voted(same, other=len(same) < len(read), seen=first is not None)
    others = [taken for taken in read if taken is not best]
    alike = any(squeezed(taken.value) == squeezed(best.value) for taken in others)
    return _value(best, best.sure * (_ALMOST if alike else _OTHER), differs=True)


def _voted(same: Sequence[Taken], *, other: bool, seen: bool) -> FieldValue:
    """Two readings agree; `other`: a third says otherwise; `seen`: the whole page showed one."""
    best = max(same, key=lambda taken: taken.sure)
    if seen and not other:
        return _value(best, 1 - _SAME * (1 - best.sure))
    mean = sum(taken.sure for taken in same) / len(same)
    return _value(best, min(mean, _VOTED), differs=other)


def _value(taken: Taken, sure: float, *, differs: bool = False) -> FieldValue:
    value = FieldValue(taken.value, round(sure, 3), taken.iso)
    return replace(value, differs=("reading",)) if differs else value
