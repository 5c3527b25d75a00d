"""The chain and the audit: whatever is changed behind the register's back is found."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from daemon.register import audit, chain
from daemon.register.demo_pki import DemoPki
from daemon.register.facts import Head
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from tests.register.made import BIRTH, DEGREE, Request

Change = Callable[[sqlite3.Connection], object]


async def audited(store: Store, known: Head | None = None) -> set[str]:
    found = await store.read(lambda: audit.audit(known))
    return {finding.code for finding in found.findings}


async def filled(register: Register) -> None:
    await Request(BIRTH, DEGREE).sealed(register)
    void = await Request(BIRTH, product="paper").sealed(register)
    await register.void(void.id, "damaged")
    await Request(DEGREE).sealed(register)


def behind(store: Store, *statements: str) -> None:
    """Change the file with another program, triggers dropped."""
    with sqlite3.connect(store.path) as connection:
        for name in ("chain_stays", "chain_keeps", "entry_keeps"):
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            connection.execute(statement)


@pytest.fixture(scope="module")
def full(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with four entries, made once."""
    path = tmp_path_factory.mktemp("full") / "ward.db"

    async def fill() -> None:
        settings = RegisterSettings(
            keys="token", token=pki.token, ward_certificate=pki.ward_certificate
        )
        store = Store.open(path)
        register = Register(settings, store)
        await filled(register)
        await register.close()
        await store.close()

    pki.use()
    asyncio.run(fill())
    return path


@pytest.fixture
async def kept(full: Path, tmp_path: Path) -> AsyncIterator[Store]:
    path = tmp_path / "kept.db"
    shutil.copy(full, path)
    store = Store.open(path)
    yield store
    await store.close()


async def test_an_honest_register_is_good(register: Register, store: Store) -> None:
    assert await audited(store) == set()
    await filled(register)
    found = await store.read(audit.audit)
    assert found.good
    assert (found.entries, found.valid, found.voided, found.reserved) == (4, 3, 1, 0)
    assert found.links == 9  # four reserved, four sealed, one voided
    assert found.head == await register.head()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE entry SET copies = 5 WHERE id = 1", "entry_differs"),
        ("UPDATE entry SET fee = 0 WHERE id = 2", "entry_differs"),
        ("UPDATE entry SET title = 'Khác' WHERE id = 1", "entry_differs"),
        ("UPDATE entry SET status = 'valid', note = '' WHERE id = 3", "entry_differs"),
        ("UPDATE entry SET requester = zeroblob(32) WHERE id = 1", "entry_differs"),
        ("UPDATE entry SET file_digest = zeroblob(32) WHERE id = 1", "entry_differs"),
        ("DELETE FROM entry WHERE id = 2", "entry_missing"),
        ("DELETE FROM entry WHERE id = 1", "gap"),
        ("UPDATE entry SET number = 7 WHERE id = 4", "gap"),
        ("UPDATE chain SET record = replace(record, '\"fee\":4000', '\"fee\":2000')", "hash"),
        ("UPDATE chain SET previous = zeroblob(32) WHERE seq = 4", "hash"),
        ("DELETE FROM chain WHERE seq = 3", "order"),
        ("DELETE FROM chain WHERE seq = 3", "hash"),
        ("DELETE FROM chain WHERE seq = 9", "entry_differs"),
        ("UPDATE chain SET record = x'00' WHERE seq = 2", "record"),
        ("DELETE FROM request WHERE step = 'voided'", "request"),
    ],
)
async def test_a_change_is_found(kept: Store, statement: str, code: str) -> None:
    assert await audited(kept) == set()
    behind(kept, "PRAGMA foreign_keys = off", statement)
    assert code in await audited(kept)


async def test_a_chain_rewritten_as_a_whole_misses_the_published_head(
    register: Register, store: Store
) -> None:
    await Request(BIRTH).sealed(register)
    published = await register.head()
    await Request(DEGREE).sealed(register)
    assert await audited(store, published) == set()
    with sqlite3.connect(store.path) as connection:
        for name in ("chain_stays", "chain_keeps"):
            connection.execute(f"DROP TRIGGER {name}")
        previous = chain.GENESIS
        connection.execute("UPDATE entry SET fee = fee + 1")
        for seq, record in connection.execute("SELECT seq, record FROM chain").fetchall():
            text = bytes(record).replace(b'"fee":4000', b'"fee":4001')
            text = text.replace(b'"fee":2000', b'"fee":2001')
            digest = chain.link(previous, text)
            connection.execute(
                "UPDATE chain SET record = ?, previous = ?, hash = ? WHERE seq = ?",
                (text, previous, digest, seq),
            )
            previous = digest
    assert await audited(store) == set()  # consistent in itself
    assert await audited(store, published) == {"hash"}


async def test_the_tables_themselves_refuse(register: Register, store: Store) -> None:
    await Request(BIRTH).sealed(register)
    with sqlite3.connect(store.path) as connection:
        for statement, told in (
            ("UPDATE chain SET hash = zeroblob(32)", "append-only"),
            ("DELETE FROM chain", "append-only"),
            ("DELETE FROM entry", "never deleted"),
            ("INSERT INTO entry SELECT NULL, request, place, authority, sign, year, number, "
             "label, volume, certified_at, kind, title, pages, copies, product, certifier, "
             "certifier_title, fee, requester, pages_digest, file_digest, status, note, delivery, "
                 "source, decision, decided_on "
             "FROM entry", "UNIQUE"),
        ):  # fmt: skip
            with pytest.raises(sqlite3.IntegrityError, match=told):
                connection.execute(statement)
