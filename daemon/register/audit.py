"""Does the register hold together: chain, numbers, entries against the chain, requests?

Works on a database that the kiosk may be using: it only reads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from daemon.register import chain
from daemon.register.chain import Line, Lock, Record
from daemon.register.facts import Head
from daemon.store.models.register import LinkRow

Key = tuple[str, str, int, int]
Series = tuple[str, str, int]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong."""

    code: str
    """hash, order, record, entry_differs, entry_unknown, entry_missing, gap, volume, locked,
    request."""
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
    rewrote it as a whole or cut its end off.
    """
    findings: list[Finding] = []
    walk = Walk(findings, known)
    for seq, record, previous, digest in _rows("SELECT seq, record, previous, hash FROM chain"):
        walk.link(seq, _bytes(record), _bytes(previous), _bytes(digest))
    walk.end()
    entries = [_line(row) for row in _rows(_ENTRIES)]
    _against_chain(entries, walk.last, findings)
    _numbers(entries, findings)
    _locks(walk.locks, entries, findings)
    _requests(entries, findings)
    count = Counter(entry.status for entry in entries)
    return Audit(
        links=walk.links,
        entries=len(entries),
        reserved=count["reserved"],
        valid=count["valid"],
        voided=count["voided"],
        head=Head(walk.seq, walk.previous.hex()),
        findings=tuple(findings),
    )


class Walk:
    """One pass along the chain, in the order of the links."""

    def __init__(self, findings: list[Finding], known: Head | None) -> None:
        self.links, self.seq, self.previous = 0, 0, chain.GENESIS
        self.last: dict[Key, Line] = {}
        """Each entry as the chain knows it last."""
        self.locks: dict[Series, Lock] = {}
        self._before: Record | None = None
        self._findings = findings
        self._known = known
        self._passed = known is None or known.seq == 0
        self._decode = msgspec.json.Decoder(Record).decode

    def link(self, seq: int, record: bytes, previous: bytes, digest: bytes) -> None:
        """Look at the next link."""
        self.links += 1
        try:
            happened: Record | None = self._decode(record)
        except msgspec.MsgspecError:
            happened = None
        if seq != self.seq + 1:
            self._found("order", self.seq + 1, None, f"gone: link {seq} comes next")
        if chain.link(previous, record) != digest:
            self._found("hash", seq, happened, "the link was changed")
        elif previous != self.previous:
            # One of the two was made anew with a hash that fits: only the other end shows it.
            detail = "does not follow from the link before it: one of the two was changed"
            self._found("hash", seq, happened, detail)
            if self._before is not None:
                self._found("hash", self.seq, self._before, "the link after it does not follow")
        if self._known is not None and self._known.seq == seq:
            self._passed = self._known.hash == digest.hex()
        self.seq, self.previous, self._before = seq, digest, happened
        if happened is None:
            self._found("record", seq, None, "the record cannot be read")
            return
        if happened.seq != seq:
            self._found("order", seq, happened, f"the record is that of link {happened.seq}")
        line = happened.line
        if line is not None:
            if happened.event == "reserved" and line.key[:3] in self.locks:
                self._found("locked", seq, happened, "entered after its year was locked")
            if (happened.event == "reserved") == (line.key in self.last):
                self._found("order", seq, happened, f"{happened.event}: an earlier link is gone")
            self.last[line.key] = line
        elif happened.lock is not None:
            lock = happened.lock
            self.locks[(lock.authority, lock.sign, lock.year)] = lock

    def end(self) -> None:
        """After the last link."""
        if not self._passed and self._known is not None:
            detail = "not the head that was published: rewritten or cut off"
            self._found("hash", self._known.seq, None, detail)

    def _found(self, code: str, seq: int, happened: Record | None, detail: str) -> None:
        where = f"link {seq}"
        if happened is not None and happened.line is not None:
            where = f"{where}: {_name(happened.line)}"
        self._findings.append(Finding(code, where, detail))


_BLOBS = ("requester", "pages_digest", "file_digest")
_ENTRIES = f"SELECT {', '.join(Line.__struct_fields__)} FROM entry"
_BLOB_AT = tuple(Line.__struct_fields__.index(name) for name in _BLOBS)


def _rows(query: str) -> Iterator[tuple[Any, ...]]:
    """Plain rows in the order of the first column: 100,000 models would take too long to build."""
    yield from LinkRow._meta.database.execute_sql(f"{query} ORDER BY 1")


def _line(row: tuple[Any, ...]) -> Line:
    """The line that an entry is now, whatever somebody put into its columns."""
    values = list(row)
    for at in _BLOB_AT:
        values[at] = "" if values[at] is None else _bytes(values[at]).hex()
    return Line(*values)


def _bytes(value: Any) -> bytes:
    """A column as it stands: who changed it may have left text or a number in place of bytes."""
    return value if isinstance(value, bytes) else str(value).encode()


def _name(line: Line) -> str:
    return f"{line.label} ({line.volume})"


def _against_chain(entries: list[Line], last: dict[Key, Line], findings: list[Finding]) -> None:
    left = dict(last)
    for line in entries:
        recorded = left.pop(line.key, None)
        if recorded is None:
            findings.append(Finding("entry_unknown", _name(line), "an entry that the chain lacks"))
        elif recorded != line:
            names = [
                name
                for name in Line.__struct_fields__
                if getattr(recorded, name) != getattr(line, name)
            ]
            findings.append(Finding("entry_differs", _name(line), f"changed: {', '.join(names)}"))
    for line in left.values():
        findings.append(Finding("entry_missing", _name(line), "removed from the register"))


def _numbers(entries: list[Line], findings: list[Finding]) -> None:
    """A kiosk's own series runs from 1 without gaps; no volume goes back within a series.

    Of the ward's book a kiosk sees the numbers that it was given: the gaps are other people's.
    """
    series: dict[Series, list[Line]] = defaultdict(list)
    for line in entries:
        if type(line.number) is int:  # otherwise it differs from the chain, which is told
            series[line.key[:3]].append(line)
    for (_authority, sign, year), lines in series.items():
        lines.sort(key=lambda line: line.number)
        own = all(line.source == "own" for line in lines)
        expected, volume = 1, ""
        for line in lines:
            if own and line.number != expected:
                detail = f"{expected} should come before {line.number}"
                findings.append(Finding("gap", f"{year} {sign}", detail))
            if line.volume < volume:
                findings.append(Finding("volume", _name(line), "goes back"))
            expected, volume = line.number + 1, max(volume, line.volume)


def _locks(locks: dict[Series, Lock], entries: list[Line], findings: list[Finding]) -> None:
    used = Counter(line.key[:3] for line in entries)
    left = dict(locks)
    for authority, sign, year, summary in _rows(
        "SELECT authority, sign, year, summary FROM year_lock"
    ):
        recorded = left.pop((authority, sign, year), None)
        if recorded is None or _bytes(summary) != msgspec.json.encode(recorded):
            findings.append(
                Finding("locked", f"{year} {sign}", "the lock is not that of the chain")
            )
    for (_authority, sign, year), lock in left.items():
        findings.append(Finding("locked", f"{year} {sign}", f"the lock of {lock.by} was removed"))
    for key, lock in locks.items():
        if used[key] != lock.entries:
            detail = f"{used[key]} entries, {lock.entries} were locked"
            findings.append(Finding("locked", f"{lock.year} {lock.sign}", detail))


def _requests(entries: list[Line], findings: list[Finding]) -> None:
    steps = dict(_rows("SELECT id, step FROM request"))
    for line in entries:
        step = steps.get(line.request)
        if step is None:
            findings.append(Finding("request", _name(line), "its request is not there"))
        elif line.status == "reserved" and line.product == "digital" and step != "numbered":
            detail = f"reserved although the request is {step}"
            findings.append(Finding("request", _name(line), detail))
        elif line.status == "voided" and not line.note:
            findings.append(Finding("request", _name(line), "voided without a reason"))
