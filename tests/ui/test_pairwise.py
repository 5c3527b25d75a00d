"""The pictured screens show every pair of values of two properties."""

from __future__ import annotations

import itertools

from docs.pairwise import chosen, every

PROPERTIES = ("screen", "frame", "size", "contrast", "language")


def test_every_pair_is_pictured() -> None:
    screens = range(8)
    values = {name: {getattr(one, name) for one in every()} for name in PROPERTIES[1:]}
    rows = [
        {"screen": number, **{name: getattr(one, name) for name in PROPERTIES[1:]}}
        for number in screens
        for one in chosen(number)
    ]
    assert len(rows) == 4 * len(screens)
    for one, two in itertools.combinations(PROPERTIES, 2):
        all_of = {**values, "screen": set(screens)}
        seen = {(row[one], row[two]) for row in rows}
        assert seen == set(itertools.product(all_of[one], all_of[two])), (one, two)


def test_every_variant_is_told_once() -> None:
    names = [str(one) for one in every()]
    assert len(names) == len(set(names)) == 32
