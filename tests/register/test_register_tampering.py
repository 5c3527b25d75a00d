"""Every edit, deletion and reordering of a register is found, and the entry is named.

Exhaustive over a small register: each column of each entry, each link, each pair of links.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from daemon.register import audit, chain
from daemon.register.audit import Audit
from daemon.register.facts import Head
from daemon.store import Store
from daemon.store.models.register import EntryRow, LinkRow

TRIGGERS = ("chain_stays", "chain_keeps", "entry_keeps")
LINKS = 14
"""Five entries: five reserved, five sealed, two signed, one voided, one cancelled."""


class Undo(Exception):
    """Takes the change back."""


@pytest.fixture(scope="module")
def store(full_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("tampered") / "ward.db"
    shutil.copy(full_year, path)
    opened = Store.open(path)
    yield opened
    opened.close_now()


def execute(statement: str, *values: object) -> None:
    LinkRow._meta.database.execute_sql(statement, values)


def after(store: Store, change: Callable[[], None], known: Head | None = None) -> Audit:
    """What the audit finds after a change behind the register's back; it is then taken back."""
    found: list[Audit] = []

    def work() -> None:
        for name in TRIGGERS:
            execute(f"DROP TRIGGER {name}")
        change()
        found.append(audit.audit(known))
        raise Undo

    with pytest.raises(Undo):
        store.write_now(work)
    return found[0]


def names(found: Audit) -> str:
    return " | ".join(finding.where for finding in found.findings)


def test_untouched_it_is_good(store: Store) -> None:
    found = after(store, lambda: None)
    assert (found.findings, found.entries, found.links) == ((), 5, LINKS)


@pytest.mark.parametrize("column", chain.Line.__struct_fields__)
def test_each_column_of_each_entry(store: Store, column: str) -> None:
    for row in store.read_now(lambda: list(EntryRow.select())):
        value = getattr(row, column)
        other: object
        if column == "source":
            other = "ward"
        elif column == "status":
            other = "reserved" if row.status != "reserved" else "valid"
        elif column == "product":
            other = "paper" if row.product == "digital" else "digital"
        elif isinstance(value, bytes | memoryview):
            other = bytes([bytes(value)[0] ^ 1]) + bytes(value)[1:]
        elif isinstance(value, str):
            other = value + "x"
        else:
            other = value + 100

        def change(id_: int = row.id, to: object = other) -> None:
            execute("PRAGMA defer_foreign_keys = ON")
            execute(f"UPDATE entry SET {column} = ? WHERE id = ?", to, id_)

        found = after(store, change)
        label = f"{row.label} ({row.volume})"
        if column in ("label", "volume"):
            label = str(other)  # it stands under its changed name, too
        assert label in names(found), (column, row.label)


def test_an_entry_that_is_deleted(store: Store) -> None:
    for row in store.read_now(lambda: list(EntryRow.select())):
        found = after(store, lambda id_=row.id: execute("DELETE FROM entry WHERE id = ?", id_))  # type: ignore[misc]
        assert f"{row.label} ({row.volume})" in names(found)


def test_an_entry_that_never_was(store: Store) -> None:
    def change() -> None:
        execute(
            "INSERT INTO entry SELECT NULL, request, place, authority, sign, year, 4, '04', volume,"
            " certified_at, kind, title, pages, copies, product, certifier, certifier_title, fee,"
            " requester, pages_digest, file_digest, status, note, delivery, source, decision,"
            " decided_on FROM entry WHERE label = '03'"
        )

    found = after(store, change)
    assert ("entry_unknown", "04 (01/2026-SCT/BS)") in [(f.code, f.where) for f in found.findings]


@pytest.mark.parametrize("seq", range(1, LINKS + 1))
def test_each_link(store: Store, seq: int) -> None:
    link = store.read_now(lambda: LinkRow.get_by_id(seq))
    line = msgspec.json.decode(bytes(link.record), type=chain.Record).line
    assert line is not None
    record = bytes(link.record)
    head = store.read_now(chain.head)
    edited = record.replace(b'"copies":', b'"copies":1')
    changes: dict[str, Callable[[], None]] = {
        "edited": lambda: execute("UPDATE chain SET record = ? WHERE seq = ?", edited, seq),
        "rehashed": lambda: execute(
            "UPDATE chain SET record = ?, hash = ? WHERE seq = ?",
            edited, chain.link(bytes(link.previous), edited), seq,
        ),
        "deleted": lambda: execute("DELETE FROM chain WHERE seq = ?", seq),
        "unreadable": lambda: execute("UPDATE chain SET record = 'x' WHERE seq = ?", seq),
        "unlinked": lambda: execute("UPDATE chain SET previous = ? WHERE seq = ?", bytes(32), seq),
    }  # fmt: skip
    for what, change in changes.items():
        if what == "unlinked" and seq == 1:
            continue  # the first link's previous hash is that very value
        found = after(store, change, head)
        assert not found.good, what
        told = names(found)
        assert f"{line.label} ({line.volume})" in told or f"link {seq}" in told, what
        if what == "deleted" and seq < LINKS:
            assert ("order", f"link {seq}") in [(f.code, f.where) for f in found.findings]


def test_each_pair_of_links_in_the_other_order(store: Store) -> None:
    for one, other in combinations(range(1, LINKS + 1), 2):

        def change(a: int = one, b: int = other) -> None:
            execute("UPDATE chain SET seq = -1 WHERE seq = ?", a)
            execute("UPDATE chain SET seq = ? WHERE seq = ?", a, b)
            execute("UPDATE chain SET seq = ? WHERE seq = -1", b)

        found = after(store, change)
        told = names(found)
        assert f"link {one}" in told and f"link {other}" in told
        assert {"hash", "order"} <= {finding.code for finding in found.findings}


def test_two_numbers_that_changed_places(store: Store) -> None:
    def change() -> None:
        for label, number in (("x", 99), ("01", 3), ("03", 1)):
            was = {"x": "01", "01": "03", "03": "x"}[label]
            execute(
                "UPDATE entry SET number = ?, label = ? WHERE label = ? AND sign = 'SCT/BS'",
                number, label, was,
            )  # fmt: skip

    told = names(after(store, change))
    assert "01 (01/2026-SCT/BS)" in told or "03 (01/2026-SCT/BS)" in told


def test_a_chain_rewritten_as_a_whole_misses_the_published_head(store: Store) -> None:
    head = store.read_now(chain.head)

    def rewrite() -> None:
        """Somebody with the database's key: one entry fewer copies, everything hashed anew."""
        execute("UPDATE entry SET copies = 1 WHERE label = '01' AND sign = 'SCT/BS'")
        previous = chain.GENESIS
        for row in list(LinkRow.select().order_by(LinkRow.seq)):
            record = bytes(row.record)
            if b'"label":"01"' in record and b"SCT/BS" in record:
                record = record.replace(b'"copies":2', b'"copies":1')
            digest = chain.link(previous, record)
            execute(
                "UPDATE chain SET record = ?, previous = ?, hash = ? WHERE seq = ?",
                record, previous, digest, row.seq,
            )  # fmt: skip
            previous = digest

    assert after(store, rewrite).good  # nobody can tell from the file alone
    found = after(store, rewrite, head)
    assert [(f.code, f.where) for f in found.findings] == [("hash", f"link {LINKS}")]


def test_an_end_that_was_cut_off_misses_the_published_head(store: Store) -> None:
    head = store.read_now(chain.head)
    found = after(store, lambda: execute("DELETE FROM chain WHERE seq = ?", LINKS), head)
    assert "hash" in {finding.code for finding in found.findings}
    assert not found.good
