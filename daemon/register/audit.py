"""Does the register hold together: chain, numbers, entries against the chain, requests?

Works on a database that the kiosk may be using: it only reads.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from daemon.register import chain
from daemon.register.chain import Line, Record
from daemon.register.facts import Head
from daemon.store.models.register import EntryRow, LinkRow, RequestRow


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong."""

    code: str
    """hash, order, record, entry_differs, entry_unknown, entry_missing, gap, volume, request."""
    where: str
    detail: str


class Audit(msgspec.Struct, frozen=True):
    """What was looked at and what was found."""

    links: int
    entries: int
    reserved: int
    valid: int
    voided: int
    head: Head
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.findings


def audit(known: Head | None = None) -> Audit:
    """Check everything.  Inside a read transaction.

    `known`: a head that was published earlier; the chain must pass through it, otherwise somebody
    rewrote it as a whole.
    """
    findings: list[Finding] = []
    last = _chain(findings, known)
    entries = list(EntryRow.select().order_by(EntryRow.id))
    _against_chain(entries, last, findings)
    _numbers(entries, findings)
    _requests(entries, findings)
    count: dict[str, int] = defaultdict(int)
    for entry in entries:
        count[entry.status] += 1
    return Audit(
        links=LinkRow.select().count(),
        entries=len(entries),
        reserved=count["reserved"],
        valid=count["valid"],
        voided=count["voided"],
        head=chain.head(),
        findings=tuple(findings),
    )


def _chain(findings: list[Finding], known: Head | None) -> dict[tuple[str, str, int, int], Line]:
    last: dict[tuple[str, str, int, int], Line] = {}
    previous, seq = chain.GENESIS, 0
    passed = known is None or known.seq == 0
    for row in LinkRow.select().order_by(LinkRow.seq):
        seq += 1
        where = f"link {row.seq}"
        record = _bytes(row.record)
        if row.seq != seq:
            findings.append(Finding("order", where, f"{seq} should come here: a link is missing"))
            seq = row.seq
        if _bytes(row.previous) != previous or chain.link(previous, record) != _bytes(row.hash):
            findings.append(Finding("hash", where, "the link was changed, or one before it"))
        previous = _bytes(row.hash)
        if known is not None and known.seq == row.seq:
            passed = known.hash == previous.hex()
        try:
            happened = msgspec.json.decode(record, type=Record)
        except msgspec.MsgspecError:
            findings.append(Finding("record", where, "the record cannot be read"))
            continue
        if happened.seq != row.seq:
            findings.append(Finding("order", where, f"the record is that of link {happened.seq}"))
        last[happened.line.key] = happened.line
    if not passed and known is not None:
        findings.append(
            Finding("hash", f"link {known.seq}", "not the head that was published: rewritten")
        )
    return last


def _bytes(value: bytes | str) -> bytes:
    """A column as it stands: who changed it may have left text in place of bytes."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _against_chain(
    entries: list[EntryRow],
    last: dict[tuple[str, str, int, int], Line],
    findings: list[Finding],
) -> None:
    left = dict(last)
    for entry in entries:
        line, where = chain.line_of(entry), f"{entry.label} ({entry.volume})"
        recorded = left.pop(line.key, None)
        if recorded is None:
            findings.append(Finding("entry_unknown", where, "an entry that the chain lacks"))
        elif recorded != line:
            names = [
                name
                for name in Line.__struct_fields__
                if getattr(recorded, name) != getattr(line, name)
            ]
            findings.append(Finding("entry_differs", where, f"changed: {', '.join(names)}"))
    for line in left.values():
        findings.append(
            Finding("entry_missing", f"{line.label} ({line.volume})", "removed from the register")
        )


def _numbers(entries: list[EntryRow], findings: list[Finding]) -> None:
    """Each series runs from 1 without gaps; the volume never goes back within it."""
    series: dict[tuple[str, str, int], list[EntryRow]] = defaultdict(list)
    for entry in entries:
        series[(entry.authority, entry.sign, entry.year)].append(entry)
    for (_authority, sign, year), rows in series.items():
        rows.sort(key=lambda row: row.number)
        expected, volume = 1, ""
        for row in rows:
            if row.number != expected:
                detail = f"{expected} should come before {row.number}"
                findings.append(Finding("gap", f"{year} {sign}", detail))
            if row.volume < volume:
                findings.append(Finding("volume", f"{row.label} ({row.volume})", "goes back"))
            expected, volume = row.number + 1, max(volume, row.volume)


def _requests(entries: list[EntryRow], findings: list[Finding]) -> None:
    steps = {row.id: row.step for row in RequestRow.select()}
    for entry in entries:
        where, step = f"{entry.label} ({entry.volume})", steps.get(entry.request)
        if step is None:
            findings.append(Finding("request", where, "its request is not there"))
        elif entry.status == "reserved" and entry.product == "digital" and step != "numbered":
            findings.append(Finding("request", where, f"reserved although the request is {step}"))
        elif entry.status == "voided" and not entry.note:
            findings.append(Finding("request", where, "voided without a reason"))
