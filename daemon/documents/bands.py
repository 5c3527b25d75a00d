"""A paper printed in two grounds, as a card with a coloured head, is one paper and not two.

Two papers that lie on a desk do not meet along a whole side with both pairs of corners.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from daemon.documents.geometry import sides
from daemon.documents.judging import Judged

MEETING = 0.03
"""Distance of two corners that are one, as a share of the side between them."""


def joined(paper: Judged, others: Sequence[Judged]) -> tuple[Judged, list[Judged]]:
    """`paper` with those of `others` that are bands of it, and the rest: further papers."""
    rest = list(others)
    again = True
    while again:
        again = False
        for other in rest:
            whole = _together(paper, other)
            if whole is not None:
                paper, again = whole, True
                rest.remove(other)
                break
    return paper, rest


def _together(paper: Judged, other: Judged) -> Judged | None:
    """The two as one, where a side of one is a side of the other."""
    lengths = sides(paper.quad)
    for mine in range(4):
        for theirs in range(4):
            # Both go round clockwise: the common side is walked in opposite directions.
            gap = (
                np.linalg.norm(paper.quad[mine] - other.quad[(theirs + 1) % 4]),
                np.linalg.norm(paper.quad[(mine + 1) % 4] - other.quad[theirs]),
            )
            if max(gap) > MEETING * float(lengths[mine]):
                continue
            quad = paper.quad.copy()
            quad[mine] = other.quad[(theirs + 2) % 4]
            quad[(mine + 1) % 4] = other.quad[(theirs + 3) % 4]
            touching = list(paper.touching)
            touching[mine] = other.touching[(theirs + 2) % 4]
            for step, side in ((1, (mine + 1) % 4), (3, (mine + 3) % 4)):
                touching[side] = touching[side] or other.touching[(theirs + step) % 4]
            a, b, c, d = touching
            return replace(paper, quad=quad, touching=(a, b, c, d))
    return None
