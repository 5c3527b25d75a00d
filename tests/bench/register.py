"""How long the register takes to check a year of a large ward: 100,000 entries."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from daemon.register import audit, chain
from daemon.register.chain import Line, Record
from daemon.store import Store
from daemon.store.models.register import LinkRow
from tests.bench.figures import Figure, figure

ENTRIES = 100_000
ROUNDS = 3
_BLOBS = ("requester", "pages_digest", "file_digest")


def lines(count: int) -> Iterator[Line]:
    """Made-up entries, a request each, numbered from 1."""
    for number in range(1, count + 1):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        yield Line(
            f"r{number}", 0, "demo", "SCTĐT/BS", 2026, number, f"{number:02d}", "01/2026-SCTĐT/BS",
            1_767_600_000.0 + number, "giay_khai_sinh", "Giấy khai sinh", 2, 1, "digital",
            "Nguyễn Văn Mẫu", "TUQ. CHỦ TỊCH", 4000, digest, digest, digest, "valid",
            "Bản sao điện tử",
        )  # fmt: skip


def fill(store: Store, count: int) -> None:
    """Entries, requests and two links an entry, written as the register would have left them."""
    names = Line.__struct_fields__
    previous, seq = chain.GENESIS, 0
    links: list[tuple[int, bytes, bytes, bytes]] = []
    rows: list[tuple[object, ...]] = []
    requests: list[tuple[object, ...]] = []
    for line in lines(count):
        before = msgspec.structs.replace(line, status="reserved", note="", file_digest="")
        for event, one in (("reserved", before), ("sealed", line)):
            seq += 1
            record = msgspec.json.encode(Record(seq, line.certified_at, event, one))  # type: ignore[arg-type]
            digest = chain.link(previous, record)
            links.append((seq, record, previous, digest))
            previous = digest
        rows.append(
            tuple(
                bytes.fromhex(getattr(line, name)) if name in _BLOBS else getattr(line, name)
                for name in names
            )
        )
        requests.append((line.request, f"C{line.number}", "handed_over", b"{}", 0.0, 0.0, 0.0))

    def write() -> None:
        connection = LinkRow._meta.database.connection()
        connection.executemany(
            "INSERT INTO request (id, code, step, facts, accepted_at, until, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            requests,
        )
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO entry ({', '.join(names)}) VALUES ({marks})", rows)
        connection.executemany(
            "INSERT INTO chain (seq, record, previous, hash) VALUES (?, ?, ?, ?)", links
        )

    store.write_now(write)


def measure(count: int = ENTRIES) -> list[Figure]:
    """Seconds of a whole audit."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "bench.db")
        fill(store, count)
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            found = store.read_now(audit.audit)
            seconds.append(time.perf_counter() - begun)
            if not found.good or found.entries != count:
                raise RuntimeError(f"the audit found {found.findings[:3]}")
        store.close_now()
    return [figure(f"audit of {count:,} entries", seconds, "s", "≤ 3")]
