"""A register with a year's lines, made with keys in memory: two registers, voided and cancelled."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from daemon.catalogue.calendar import VIETNAM
from daemon.register import officer
from daemon.register.register import Register
from daemon.store import Store
from tests.register.fast import FastPki
from tests.register.made import BIRTH, DEGREE, Clock, Request

MAY = dt.datetime(2026, 5, 31, 23, 30, tzinfo=VIETNAM)
JUNE = dt.datetime(2026, 6, 1, 0, 30, tzinfo=VIETNAM)
"""Still 31 May in UTC."""
NEW_YEAR = dt.datetime(2027, 1, 4, 9, tzinfo=VIETNAM)
PAPER = "01/2026-SCT/BS"
DIGITAL = "01/2026-SCTĐT/BS"


async def fill(path: Path, pki: FastPki) -> None:
    """Paper: 01 confirmed, 02 voided, 03 confirmed (June).  Electronic: 01, 02 cancelled."""
    store, clock = Store.open(path), Clock(MAY)
    register = Register(pki.settings(), store, clock=clock, keys=pki.keys)

    async def handed_over(request: Request) -> None:
        sealed = await request.sealed(register)
        await register.printed(sealed.id)
        await register.handed_over(sealed.id)

    await handed_over(Request(BIRTH, DEGREE, copies=2, product="paper"))
    await handed_over(Request(DEGREE, copies=3))
    clock.now = JUNE
    await handed_over(Request(DEGREE, product="paper"))
    await handed_over(Request(BIRTH))
    at = JUNE.timestamp()

    def officers() -> None:
        officer.confirm(store.outbox, officer.find("01", PAPER), at)
        officer.void_reserved(store.outbox, officer.find("02", PAPER), "Rách khi đóng dấu", at)
        officer.confirm(store.outbox, officer.find("03", PAPER), at)
        day = dt.date(2026, 6, 2)
        officer.cancel(store.outbox, officer.find("02", DIGITAL), "45/QĐ-UBND", day, at)

    await store.write(officers)
    await register.close()
    await store.close()
