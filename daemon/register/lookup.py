"""A verified file against the register it claims to be in.  Inside a read transaction."""

from __future__ import annotations

from daemon.register.report import Report, with_problem
from daemon.store.models.register import EntryRow


def compare(report: Report) -> Report:
    """Add entry status and what differs."""
    if not report.number:
        return with_problem(report, "not_in_register")
    entry = EntryRow.get_or_none(
        (EntryRow.authority == report.authority)
        & (EntryRow.volume == report.volume)
        & (EntryRow.label == report.number)
    )
    if entry is None:
        return with_problem(report, "not_in_register")
    said = (report.kind, report.pages, report.copies, report.sha256)
    digest = bytes(entry.file_digest).hex() if entry.file_digest else ""
    entered = (entry.kind, entry.pages, entry.copies, digest)
    found = {"status": entry.status, "note": entry.note}
    if entry.status == "voided":
        return with_problem(report, "voided", **found)
    if said != entered:
        return with_problem(report, "register_differs", **found)
    return with_problem(report, **found)
