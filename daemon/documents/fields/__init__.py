"""The printed fields of a page, each with a confidence, checked against what its codes say.

A value stands behind its label (`anchors`), is taken and normalised by its form (`values`),
judged by its own structure (`numbers`) and compared with the same datum in a QR code
or a machine-readable zone (`sources`).  Nothing is corrected silently: what does not fit is left
out, what disagrees says so.  None of it is proof of anything: a person looks at the original.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.catalogue.kinds import Kind
from daemon.documents.fields import again as second
from daemon.documents.fields import printed, sources
from daemon.documents.fields.again import Again, Box
from daemon.documents.fields.sources import Source
from daemon.documents.messages import Code, FieldValue, Word

__all__ = ["Again", "Box", "Source", "Values", "expired", "find"]

LEAST = 0.5
"""A value with less confidence is left out."""

Values = dict[str, FieldValue]

expired = sources.expired


def find(
    words: Sequence[Word],
    kind: Kind,
    found: Sequence[Code],
    machine: Sequence[Source] = (),
    again: Again | None = None,
) -> Values:
    """Field of the catalogue → its value.

    `found`: bar codes and zones of the page; `machine`: what else was read by machine, by role.
    `again`: reads a part of the page once more.
    """
    values, places = printed.find(words, kind)
    coded = [*sources.of_codes(found), *machine]
    if again is not None:
        values = second.compare(values, places, kind, again)
    told = sources.compare(values, kind, coded)
    return {name: value for name, value in told.items() if value.confidence >= LEAST}
