"""The printed fields of a page, each with a confidence, checked against what its codes say.

A value stands behind its label (`anchors`), is taken and normalised by its form (`values`),
judged by its own structure (`numbers`, `syllables`) and compared with the same datum in a QR code
or a machine-readable zone (`sources`).  Nothing is corrected silently: what does not fit is left
out, what disagrees says so.  None of it is proof of anything: a person looks at the original.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.catalogue.kinds import Kind
from daemon.documents.fields import printed, sources
from daemon.documents.fields.sources import Source
from daemon.documents.messages import Code, FieldValue, Word

__all__ = ["Source", "Values", "expired", "find"]

Values = dict[str, FieldValue]

expired = sources.expired


def find(
    words: Sequence[Word], kind: Kind, found: Sequence[Code], machine: Sequence[Source] = ()
) -> Values:
    """Field of the catalogue → its value.

    `found`: bar codes and zones of the page; `machine`: what else was read by machine, by role.
    """
    values = printed.find(words, kind)
    return sources.compare(values, kind, [*sources.of_codes(found), *machine])
