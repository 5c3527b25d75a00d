"""A visit's own things: its key, its pages, its request.  They vanish together.

Each visit has a vault of its own, so nothing of one visitor can be named in another's visit, and
what must still be finished after somebody has left (a slip, a void) keeps its vault until then.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from daemon.hands.report import Reports
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.personal import Personal
from daemon.register.facts import Authorisation, RequestFacts, SealedRequest
from daemon.services.dossiers.person import Person
from daemon.store import Vault

log = logging.getLogger(__name__)


class Request(msgspec.Struct, frozen=True):
    """What was sent to the certifier: the facts, and what belongs to the visitor."""

    facts: RequestFacts
    requester: Personal[str]
    pictures: tuple[bytes, ...]
    """JPEG of each page, in order."""
    received_at: dt.datetime
    """When it was complete: the time limit of Article 7 runs from here."""

    def __repr__(self) -> str:
        return f"Request({self.facts.id})"


class Visit:
    """One visitor's things."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.fingerprints: dict[str, bytes] = {}
        """Of each page's picture: is the next one the same side?"""
        self.readings: dict[str, asyncio.Task[None]] = {}
        """OCR under way or done, a page each; its result lies in the vault."""
        self.secret: set[str] = set()
        """Pages that must not be copied: erased, and never sent anywhere."""
        self.request: Request | None = None
        self.authorisation: Authorisation | None = None
        self.fees: tuple[int, ...] = ()
        """What each paper costs, as shown."""
        self.paid = False
        """The book has it: right money, or an officer's waiver."""
        self.received = 0
        """Đồng that were paid."""
        self.card = b""
        """Fingerprint of the card that was read in this visit: is the next one another's?"""
        self.person: Person | None = None
        """Whose dossier it is, as the first paper that tells it says."""
        self.sealed: SealedRequest | None = None
        self.settled = False
        """Handed over, passed on or voided: nothing of it is open any more."""
        self._users = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> Visit:
        """Keeps the vault open although the visit may end meanwhile."""
        self._users += 1
        self._idle.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._users -= 1
        if not self._users:
            self._idle.set()

    async def end(self) -> None:
        """Shreds everything, once nobody finishes something with it any more."""
        for task in self.readings.values():
            task.cancel()
        await self._idle.wait()
        self.fingerprints.clear()
        self.request = self.authorisation = self.sealed = self.person = None
        await asyncio.to_thread(self.vault.end)


class Visits:
    """The present visit; begins and ends them."""

    def __init__(self, folder: Path, reports: Reports, wipe: Callable[[], None]) -> None:
        self.leaving: Callable[[Visit, str], Awaitable[None]] | None = None
        """Called with what a visitor leaves behind and the outcome, before it is shredded."""
        self._folder = folder
        self._reports = reports
        self._wipe = wipe
        self._numbers = itertools.count(1)
        self._visit: Visit | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def register(self, hands: Hands) -> None:
        hands.on(fx.BeginVisit, self.begin)
        hands.on(fx.EndVisit, self.end)
        hands.on(fx.Consent, self.consent)

    @property
    def now(self) -> Visit:
        """The present visit.  Raises LookupError where nobody is served."""
        if self._visit is None:
            raise LookupError("no visit")
        return self._visit

    def begin(self, effect: fx.BeginVisit, reply: Reply) -> None:
        vault = Vault(self._folder / f"visit-{next(self._numbers)}")
        self._visit = Visit(vault)
        try:
            vault.begin()
        except OSError as error:
            # Nothing can be kept in it: the first photograph tells the visitor.
            log.error("no vault for a visit: %s", error.strerror)

    def end(self, effect: fx.EndVisit, reply: Reply) -> None:
        self._wipe()
        self._reports.closed(effect)
        if self._visit is None:
            return
        visit, self._visit = self._visit, None
        task = asyncio.create_task(self._shred(visit, effect.outcome), name="shred")
        self._ending.add(task)
        task.add_done_callback(self._shredded)

    def consent(self, effect: fx.Consent, reply: Reply) -> None:
        """The version of the notice that was agreed to is counted, not who agreed."""
        self._reports.consented(effect.notice)

    async def _shred(self, visit: Visit, outcome: str) -> None:
        try:
            if self.leaving is not None:
                await self.leaving(visit, outcome)
        finally:
            await visit.end()

    def _shredded(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # The key is gone in any case: what stays on the disk is noise.
            log.error("shredding: %s", type(task.exception()).__name__)

    async def close(self) -> None:
        """At the end of the daemon: nothing stays."""
        if self._visit is not None:
            await self._visit.end()
        await asyncio.gather(*self._ending, return_exceptions=True)
