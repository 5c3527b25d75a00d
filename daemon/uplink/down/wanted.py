"""The configuration that is wanted from above, and what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec

from daemon.store import Store
from daemon.store.models.uplink import DocumentRow
from daemon.uplink.down.acts import Acts, By, Failed
from daemon.uplink.down.payloads import Desired, Reported, Wrong
from daemon.uplink.down.refusal import Refused

log = logging.getLogger(__name__)

_NAME = "desired"
TRY_AGAIN = 5.0
"""Seconds until a configuration is tried again that could not be applied: somebody is served."""


class _Kept(msgspec.Struct):
    version: int = 0
    """Of the overlay; 0 = it was refused."""
    errors: tuple[Wrong, ...] = ()


class Wanted:
    """The newest revision.  Belongs to the loop."""

    def __init__(self, store: Store, acts: Acts, tell: Callable[[Reported], None]) -> None:
        self._store = store
        self._acts = acts
        self._tell = tell
        self.rev = 0
        self._kept = _Kept()
        self._waiting: asyncio.Task[None] | None = None
        self.keys_rev = 0

    async def load(self) -> None:
        """Reads what was wanted before the start.  Raises StoreError."""
        row = await self._store.read(lambda: DocumentRow.get_or_none(DocumentRow.name == _NAME))
        if row is not None:
            self.rev = int(row.rev)
            self._kept = msgspec.json.decode(bytes(row.body), type=_Kept)
        self.report()

    def report(self) -> None:
        """Tells how it stands."""
        version = self._kept.version
        phase = "none" if not self.rev else "refused"
        if self._waiting is not None and not self._waiting.done():
            phase = "waiting"
        elif version:
            phase = self._acts.phase(version)
        told = {
            "rev": self.rev,
            "applied": phase in ("trial", "held"),
            "phase": phase,
            "errors": self._kept.errors,
            "keys_rev": self.keys_rev,
        }
        self._tell(msgspec.convert(told, Reported))

    @property
    def refused(self) -> bool:
        """Could the newest not be applied?"""
        return bool(self._kept.errors) or (
            self._kept.version > 0 and self._acts.phase(self._kept.version) == "rolled_back"
        )

    async def take(self, desired: Desired) -> None:
        """A newer one is checked as a whole, then applied, or told why not.

        Raises Refused, StoreError.
        """
        if desired.rev < self.rev:
            raise Refused("older")
        if desired.rev == self.rev:
            return
        wrong = self._acts.check(desired)
        if self._waiting is not None:
            self._waiting.cancel()
        if wrong:
            await self._keep(desired.rev, _Kept(errors=wrong))
            return
        self.rev, self._kept = desired.rev, _Kept()
        self._waiting = asyncio.create_task(self._apply(desired), name="configuration")
        self.report()

    async def stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)

    # -- inside ----------------------------------------------------------------------------

    async def _apply(self, desired: Desired) -> None:
        by = By(key=desired.iss, who="desired", role=desired.role)
        apply = self._acts.apply
        while apply is not None:
            try:
                version = await apply(desired, by)
            except Failed:
                await asyncio.sleep(TRY_AGAIN)
                continue
            self._waiting = None
            await self._keep(desired.rev, _Kept(version=version))
            return

    async def _keep(self, rev: int, kept: _Kept) -> None:
        body = msgspec.json.encode(kept)

        def write() -> None:
            DocumentRow.insert(name=_NAME, rev=rev, body=body).on_conflict_replace().execute()

        await self._store.write(write)
        self.rev, self._kept = rev, kept
        self.report()
