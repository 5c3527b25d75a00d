"""The database: one thread writes, one reads, the loop waits for neither.

WAL with `synchronous=FULL`: what `write` has returned from survives a pulled plug.  Every write is
one transaction, begun with BEGIN IMMEDIATE, so that two never have to be merged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import peewee

from daemon.store import migrate
from daemon.store.errors import DamagedError, DiskError, LockedError, StoreError, named
from daemon.store.models.base import Row
from daemon.store.outbox import Outbox

T = TypeVar("T")

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "secure_delete": 1,  # erased names must not stay in free pages
}
BUSY_MS = 2000
"""How long a writer waits for another process before it says that the database is locked."""

BUSY_STILL_MS = 100
"""How long the next ones wait, until one gets through: they stand in one row, and whoever asks at
the console stands behind them."""


class Store:
    """The one door to the database.  One at a time in a process: the models are bound to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outbox = Outbox()
        self._closed = False
        self._locked = False
        self._database = peewee.SqliteDatabase(
            str(path), pragmas=PRAGMAS, timeout=BUSY_MS / 1000, thread_safe=True
        )
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store-read")

    @classmethod
    def open(cls, path: Path) -> Store:
        """Opens, checks and migrates it; makes it where there is none.  Raises StoreError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskError(f"{path.parent}: {error.strerror}") from None
        store = cls(path)
        try:
            store._writer.submit(store._prepare).result()
        except BaseException:
            store.close_now()
            raise
        return store

    # -- inside the loop -------------------------------------------------------------------

    async def write(self, work: Callable[[], T]) -> T:
        """Runs `work` in the writer thread, inside one transaction.  Raises StoreError.

        Cancelling the caller does not undo it: a transaction begun is finished.
        """
        future = asyncio.get_running_loop().run_in_executor(self._writer, self._write, work)
        return await asyncio.shield(future)

    async def read(self, work: Callable[[], T]) -> T:
        """Runs `work` in the reader thread, on one consistent state.  Raises StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, work)

    def check(self) -> str:
        """`ok`, or the first thing SQLite finds wrong in the file.  Inside `read`."""
        return str(self._database.execute_sql("PRAGMA quick_check(1)").fetchone()[0])

    async def close(self) -> None:
        """Finishes what was begun and closes."""
        await asyncio.to_thread(self.close_now)

    # -- without a loop --------------------------------------------------------------------

    def write_now(self, work: Callable[[], T]) -> T:
        """`write` for command lines."""
        return self._writer.submit(self._write, work).result()

    def read_now(self, work: Callable[[], T]) -> T:
        """`read` for command lines."""
        return self._reader.submit(self._read, work).result()

    def close_now(self) -> None:
        """`close` for command lines.  Closing twice is closing once."""
        if self._closed:
            return
        self._closed = True
        for executor in (self._reader, self._writer):
            executor.submit(self._database.close)
            executor.shutdown(wait=True)

    # -- in the threads --------------------------------------------------------------------

    def _prepare(self) -> None:
        def checked() -> None:
            self._database.connect()
            answer = self.check()
            if answer != "ok":
                raise DamagedError(answer)
            migrate.run(self._database)

        self._named(checked)
        self._bind()
        self._named(self.outbox.go_on)

    def _write(self, work: Callable[[], T]) -> T:
        self._bind()

        def inside() -> T:
            self._database.connect(reuse_if_open=True)
            wait = BUSY_STILL_MS if self._locked else BUSY_MS
            self._database.execute_sql(f"PRAGMA busy_timeout = {wait:d}")
            with self._database.atomic("IMMEDIATE"):
                return work()

        committed = False
        try:
            result = self._named(inside)
            committed, self._locked = True, False
        except LockedError:
            self._locked = True
            raise
        finally:
            self.outbox.tell(committed)
        return result

    def _read(self, work: Callable[[], T]) -> T:
        self._bind()

        def inside() -> T:
            self._database.connect(reuse_if_open=True)
            with self._database.atomic():
                return work()

        return self._named(inside)

    def _named(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (peewee.DatabaseError, peewee.InterfaceError) as error:
            better = named(error)
            if better is None:
                raise
            raise better from error

    def _bind(self) -> None:
        late: list[Any] = [
            model for model in Row.__subclasses__() if model._meta.database is not self._database
        ]
        if late:
            self._database.bind(late, bind_refs=False, bind_backrefs=False)


__all__ = ["Store", "StoreError"]
