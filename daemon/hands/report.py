"""What is counted and told upward of visits: figures, and nobody."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from daemon.catalogue.calendar import VIETNAM
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.store import Store, StoreError
from daemon.tally import Tally
from daemon.uplink.errors import UplinkError
from daemon.uplink.payloads import OfficerCalled, RequestDecided, SessionClosed
from daemon.uplink.uplink import Uplink

log = logging.getLogger(__name__)


class Reports:
    """Hands for facts and totals.  A report that cannot be kept costs no visit."""

    def __init__(self, store: Store, uplink: Uplink, tally: Tally) -> None:
        self._store = store
        self._uplink = uplink
        self._tally = tally
        self._running: set[asyncio.Task[None]] = set()

    def register(self, hands: Hands) -> None:
        hands.on(fx.Rated, self.rated)
        hands.on(fx.Refuse, self.refused)
        hands.on(fx.CallOfficer, self.called)
        hands.on(fx.CancelCall, self.cancelled)

    def closed(self, effect: fx.EndVisit) -> None:
        """A visit ended: its figures, cut to the hour, go out some minutes later."""
        sums = self._tally.sums()
        fact = SessionClosed(
            flow=effect.flow,
            outcome=effect.outcome,
            last_step=effect.last,
            total_s=round(sums.total_s),
            steps_s={name: round(seconds) for name, seconds in sums.steps_s.items()},
            pages=sums.pages,
            copies=sums.copies,
            retakes=sums.retakes,
            help=sums.help,
            hour=f"{_now():%Y-%m-%dT%H}+07:00",
        )

        def keep() -> None:
            self._uplink.append(fact)
            self._store.outbox.count("sessions")
            self._store.outbox.count(f"outcome.{effect.outcome}")
            if effect.flow == "copy" and effect.outcome == "done":
                self._store.outbox.count("copies_ok", max(1, sums.copies))

        self._later(self._store.write(keep))

    def consented(self, notice: str) -> None:
        """How often a version of the notice was agreed to."""
        self._count(f"consent.{notice}")

    def rated(self, effect: fx.Rated, reply: Reply) -> None:
        self._count(f"rating.{effect.stars}")
        for reason in effect.reasons:
            self._count(f"complaint.{reason}")

    def refused(self, effect: fx.Refuse, reply: Reply) -> None:
        self._count(f"refusal.{effect.reason}")

    def called(self, effect: fx.CallOfficer, reply: Reply) -> None:
        self._count("officer_calls")
        self._call(effect.reason, active=True)

    def cancelled(self, effect: fx.CancelCall, reply: Reply) -> None:
        self._call("asked", active=False)

    def decided(self, verdict: str, officer_s: float, waited_s: float, pages: int) -> None:
        """An officer's time for a request, and the citizen's; nobody is named."""
        fact = RequestDecided(
            verdict=verdict,  # type: ignore[arg-type]
            officer_s=round(officer_s),
            waited_s=round(waited_s),
            pages=pages,
            hour=f"{_now():%Y-%m-%dT%H}+07:00",
        )

        def keep() -> None:
            self._uplink.append(fact)
            self._store.outbox.count(f"decided.{verdict}")
            self._store.outbox.count("officer_seconds", round(officer_s))

        self._later(self._store.write(keep))

    async def close(self) -> None:
        """Waits for what is being written."""
        await asyncio.gather(*self._running, return_exceptions=True)

    # -- inside ----------------------------------------------------------------------------

    def _call(self, reason: str, *, active: bool) -> None:
        when = _now().isoformat(timespec="seconds")
        fact = OfficerCalled(reason=reason, active=active, when=when)
        self._later(self._uplink.event(fact))

    def _count(self, name: str) -> None:
        count: Callable[[], int] = lambda: self._store.outbox.count(name)  # noqa: E731
        self._later(self._store.write(count))

    def _later(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(self._kept(work), name="report")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _kept(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except (StoreError, UplinkError) as error:
            log.error("a report is not kept: %s", error)


def _now() -> dt.datetime:
    return dt.datetime.now(VIETNAM)
