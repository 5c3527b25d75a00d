"""The register as a table (CSV, UTF-8): the eight columns of the form, then the kiosk's own.

The requester's name is in the ward's envelopes, not here: with the ward's private key the names of
envelopes that still wait in the outbox are filled in, for the demo and for a ward's own machine.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from daemon.catalogue.calendar import VIETNAM
from daemon.register import envelope
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow

COLUMNS = (
    "Số chứng thực",
    "Ngày, tháng, năm chứng thực",
    "Họ tên của người yêu cầu chứng thực",
    "Tên của bản chính giấy tờ, văn bản",
    "Họ tên, chức danh người ký chứng thực",
    "Số bản sao đã được chứng thực",
    "Phí chứng thực",
    "Ghi chú",
)
"""Columns 1–8 of the register [known, check: Appendix of Decree 280/2025]."""

OWN = ("Quyển số", "Trạng thái", "Số trang bản chính", "Mã băm tệp")

STATUS = {"reserved": "Đã lấy số", "valid": "Có giá trị", "voided": "Đã hủy bỏ"}

SEALED_AWAY = "(trong sổ của phường)"
"""In place of a name that only the ward can read."""


class Names:
    """Requesters' names by their commitment."""

    def __init__(self, certificate: Path, key: Path, received: Path | None = None) -> None:
        """Open the ward's envelopes that wait in the outbox, and the `*.cms` files of a folder
        of those the ward received.  Inside a read transaction.
        """
        self._names: dict[bytes, str] = {}
        waiting = Fact.select().where(Fact.kind == "sealed/name")
        sealed = [bytes(fact.payload) for fact in waiting]
        if received is not None:
            sealed += [path.read_bytes() for path in sorted(received.glob("*.cms"))]
        for one in sealed:
            content = envelope.unseal(one, certificate, key)
            if isinstance(content, envelope.Names):
                for salt in content.salts:
                    digest = hashlib.sha256(salt + content.requester.encode()).digest()
                    self._names[digest] = content.requester

    def of(self, entry: EntryRow) -> str:
        """The name, or the word that says where it is."""
        return self._names.get(bytes(entry.requester), SEALED_AWAY)


def rows(first: dt.date, last: dt.date, names: Names | None = None) -> Iterator[tuple[str, ...]]:
    """The lines of these days (Vietnam time, both included), in the order of the book."""
    query = EntryRow.select().order_by(EntryRow.year, EntryRow.sign, EntryRow.number)
    for entry in query:
        day = dt.datetime.fromtimestamp(entry.certified_at, VIETNAM).date()
        if not first <= day <= last:
            continue
        yield (
            entry.label,
            f"{day:%d/%m/%Y}",
            names.of(entry) if names else SEALED_AWAY,
            entry.title,
            f"{entry.certifier}, {entry.certifier_title}",
            str(entry.copies),
            str(entry.fee),
            entry.note,
            entry.volume,
            STATUS[entry.status],
            str(entry.pages),
            bytes(entry.file_digest).hex() if entry.file_digest else "",
        )


def table(first: dt.date, last: dt.date, names: Names | None = None) -> str:
    """The whole CSV text of `rows`."""
    return written(rows(first, last, names))


def written(lines: Iterable[tuple[str, ...]]) -> str:
    """CSV text, with a byte order mark so that office programs read the letters."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, *OWN))
    for row in lines:
        writer.writerow(row)
    return "\ufeff" + out.getvalue()
