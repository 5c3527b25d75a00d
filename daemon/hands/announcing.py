"""What the ward says to everybody, on the first screens: notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec

from daemon.machine.events import Announced, NoticeName
from daemon.store import Store
from daemon.store.models.uplink import DocumentRow
from daemon.uplink.down import specs
from daemon.uplink.down.acts import By, Done

_NAME = "notice"


class _Kept(msgspec.Struct):
    notice: NoticeName
    until: float
    """Seconds since 1970."""


class Announcing:
    """A notice outlives a start."""

    def __init__(self, store: Store, post: Callable[[Announced], None]) -> None:
        self._store = store
        self._post = post
        self._notice_ends: asyncio.TimerHandle | None = None

    async def load(self) -> None:
        """Shows what was said before the start and still holds.  Raises StoreError."""
        row = await self._store.read(lambda: DocumentRow.get_or_none(DocumentRow.name == _NAME))
        if row is not None:
            kept = msgspec.json.decode(bytes(row.body), type=_Kept)
            if kept.until > time.time():
                self._show(kept.notice, kept.until - time.time())

    async def notice(self, args: specs.NoticeArgs, by: By) -> Done:
        """Shows it from now on, or takes it away."""
        body = msgspec.json.encode(_Kept(args.notice, time.time() + args.for_s))

        def write() -> None:
            DocumentRow.insert(name=_NAME, rev=1, body=body).on_conflict_replace().execute()

        await self._store.write(write)
        self._show(args.notice, args.for_s)
        return Done()

    # -- inside ----------------------------------------------------------------------------

    def _show(self, notice: NoticeName, seconds: float) -> None:
        if self._notice_ends is not None:
            self._notice_ends.cancel()
        self._post(Announced(notice))
        loop = asyncio.get_running_loop()
        self._notice_ends = loop.call_later(seconds, self._post, Announced(""))
