"""The sheets of a job as one PDF: page after page, copy after copy.

Copies are written out instead of asked for by `copies`: so each sheet has one place in the order,
and a job that was cut off goes on with exactly the sheets that are missing.
"""

from __future__ import annotations

import io

import pikepdf

from drivers.errors import PrintStopped

MOST_SHEETS = 500


def sheets_of(pdf: bytes, copies: int) -> int:
    """How many one-sided sheets it takes.  Raises PrintStopped for what is not a PDF."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            pages = len(document.pages)
    except pikepdf.PdfError as error:
        raise PrintStopped("error", 0, f"not a PDF: {type(error).__name__}") from None
    if pages == 0:
        raise PrintStopped("error", 0, "not a PDF: no pages")
    if not 0 < pages * copies <= MOST_SHEETS:
        raise PrintStopped("error", 0, f"{pages * copies} sheets, at most {MOST_SHEETS}")
    return pages * copies


def document(pdf: bytes, copies: int, done: int) -> bytes:
    """A PDF of all sheets but the first `done`; one copy from its start keeps its bytes."""
    if copies == 1 and done == 0:
        return pdf
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as target:
        pages = len(source.pages)
        for sheet in range(done, pages * copies):
            target.pages.append(source.pages[sheet % pages])
        target.save(out)
    return out.getvalue()
