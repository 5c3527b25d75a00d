"""`selftest`: the checks of the start again, one line each."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from daemon.console.rows import CheckRow, Outcome
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside import audit
from daemon.register import audit as register_audit
from daemon.register.errors import RegisterError
from daemon.services.tickets.roll import SlipError, font
from daemon.store import StoreError

if TYPE_CHECKING:
    from daemon.wiring import App

DISK_WARN, DISK_FAIL = 85, 95
"""Per cent of the disk that are used."""


class SelfTest:
    """Looks at everything without touching what a citizen uses."""

    def __init__(self, app: App) -> None:
        self._app = app

    def verbs(self) -> dict[str, Verb]:
        return {"selftest": Verb(role="tech", run=self.run, talks=True, within=120.0)}

    async def run(self, args: NoArgs, talk: Talk) -> tuple[CheckRow, ...]:
        rows = []
        async for row in self._checks():
            await talk.line(f"{row.outcome} {row.name:22} {row.detail}".rstrip(), name=row.name)
            rows.append(row)
        return tuple(rows)

    async def _checks(self) -> AsyncIterator[CheckRow]:
        app = self._app
        marks: dict[str, Outcome] = {"ok": "PASS", "warn": "WARN", "unknown": "WARN"}
        for name, health in app.devices.health().items():
            yield CheckRow(name, marks.get(health.state, "FAIL"), health.reason)
        for child in app.children:
            up = child.ready.is_set()
            yield CheckRow(
                f"child {child.name}", "PASS" if up else "FAIL", f"{child.starts} starts"
            )
        yield await self._database()
        yield await self._register()
        yield await self._chains()
        used = shutil.disk_usage(app.state_folder)
        share = round(100 * used.used / used.total)
        disk: Outcome = "FAIL" if share > DISK_FAIL else "WARN" if share > DISK_WARN else "PASS"
        yield CheckRow("disk", disk, f"{share} % used")
        yield CheckRow("clock", *_clock(app.clock_trusted()))
        yield await self._line()
        yield _fonts()

    async def _database(self) -> CheckRow:
        store = self._app.store
        if store is None:
            return CheckRow("database", "FAIL", self._app.standing.reason("store") or "not open")
        try:
            await store.write(lambda: store.outbox.count("looks"))
            said = await store.read(store.check)
        except StoreError as error:
            return CheckRow("database", "FAIL", error.reason)
        return CheckRow("database", "PASS" if said == "ok" else "FAIL", said)

    async def _register(self) -> CheckRow:
        if self._app.register is None:
            return CheckRow("register", "FAIL", "not open")
        try:
            await self._app.register.ready()
        except RegisterError as error:
            return CheckRow("register", "FAIL", error.code)
        return CheckRow("register", "PASS", "can sign")

    async def _chains(self) -> CheckRow:
        if self._app.store is None:
            return CheckRow("chains", "FAIL", "the database is not open")
        found = await self._app.store.read(register_audit.audit)
        if not found.good:
            return CheckRow("chains", "FAIL", f"register: {found.findings[0].code}")
        verdict = await self._app.store.read(audit.checked)
        if not verdict.good:
            return CheckRow("chains", "FAIL", f"audit log: {verdict.wrong}")
        return CheckRow("chains", "PASS", f"{found.links} and {verdict.entries} links")

    async def _line(self) -> CheckRow:
        uplink = self._app.uplink
        if uplink is None or not self._app.config.uplink.broker:
            return CheckRow("uplink", "PASS", "no broker is configured")
        told = await uplink.status()
        return CheckRow("uplink", "PASS" if told.connected else "WARN", told.error)


def _clock(trusted: bool) -> tuple[Outcome, str]:
    return ("PASS", "synchronised") if trusted else ("WARN", "not synchronised: see time show")


def _fonts() -> CheckRow:
    try:
        font("Bold", 20)
    except SlipError:
        return CheckRow("fonts", "FAIL", "install fonts-noto-core")
    return CheckRow("fonts", "PASS", "")
