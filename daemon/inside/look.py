"""The daemon as the technician's console sees it.  Nothing here knows a visitor."""

from __future__ import annotations

import asyncio
import shutil
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from daemon.config import Config
from daemon.console.inside import Code, ConsoleError, Fault, PartRow, Setting, Status
from daemon.hands.certificates import health
from daemon.machine.offers import NEEDS
from daemon.machine.values import Device, Service
from daemon.store import StoreError
from daemon.uplink.alarms.table import code_of
from drivers.health import Health

if TYPE_CHECKING:
    from daemon.wiring import App

SECRET = frozenset({"pin_file", "password_file", "key"})
"""Names of keys whose values even the console masks."""

OUTCOMES = ("done", "officer", "refused", "cancelled", "timeout", "failed", "power")


class Inside:
    """Answers the console's questions from the running parts."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._began = time.monotonic()
        self._off_timer: asyncio.TimerHandle | None = None

    async def status(self) -> Status:
        app = self._app
        state = app.kiosk.state
        uplink, outbox, today = "off", 0, {}
        if app.uplink is not None:
            try:
                told = await app.uplink.status()
                outbox = told.waiting
                if told.broker:
                    uplink = "up" if told.connected else f"down ({told.error})"
                today = await self._today()
            except StoreError as error:
                uplink = f"store {error.reason}"
        mode: Literal["in_service", "maintenance", "out_of_service"] = "in_service"
        if state.world.maintenance:
            mode = "maintenance"
        elif not any(_offered(name, state.world.lost) for name in NEEDS):
            mode = "out_of_service"
        disk = shutil.disk_usage(app.state_folder)
        return Status(
            kiosk=app.config.kiosk.id,
            ward=app.ward_name,
            version=version("ward-kiosk"),
            at=time.time(),
            up=time.monotonic() - self._began,
            mode=mode,
            busy=state.visit,
            doing=app.kiosk.shown.name,
            clock="" if app.clock_trusted() else "not synchronised",
            services=self._services(),
            devices=await self.devices(),
            why={
                name: next(part for part in parts if part in state.world.lost)
                for name, parts in NEEDS.items()
                if not _offered(name, state.world.lost)
            },
            uplink=uplink,
            outbox=outbox,
            today=today,
            host={"disk_pct": round(100 * disk.used / disk.total)},
        )

    async def devices(self) -> tuple[PartRow, ...]:
        config = self._app.config
        driver = {"camera": config.camera.backend, "page_printer": config.page_printer.driver}
        ports = {
            "ticket_printer": config.ticket_printer.device,
            "scanner": config.scanner.device,
            "touch": config.touch.device,
        }
        return tuple(
            _row(name, health, driver.get(name, config.devices), ports.get(name, ""))
            for name, health in self._app.devices.health().items()
        )

    async def faults(self) -> tuple[Fault, ...]:
        kiosk = self._app.kiosk
        broken = [Fault(where=where, count=count) for where, count in kiosk.faults.items()]
        odd = [
            Fault(where=where, what="unexpected", count=count)
            for where, count in kiosk.unexpected.most_common(20)
        ]
        restarts = [
            Fault(where=f"child {child.name}", what="restarted", count=child.starts - 1)
            for child in self._app.children
            if child.starts > 1
        ]
        return (*broken, *restarts, *odd)

    async def settings(self) -> tuple[Setting, ...]:
        found: list[Setting] = []
        _flatten("", msgspec.to_builtins(self._app.config), msgspec.to_builtins(Config()), found)
        return tuple(found)

    async def acknowledged(self, name: str, reason: str) -> None:
        """The alarm upward bears it from now on, if this fault is one there."""
        uplink, store = self._app.uplink, self._app.store
        if uplink is None or store is None:
            return
        code = code_of(name, reason or "error")
        try:
            await store.write(lambda: uplink.alarms.acknowledge(code, name, "console"))
        except StoreError as error:
            raise ConsoleError(Code.FAILED, f"the ward is not told: {error.reason}") from error

    async def maintenance(
        self, on: bool, reason: str, seconds: float
    ) -> Literal["now", "when_free"]:
        if len(reason) > 80:
            raise ConsoleError(Code.USAGE, f"reason: {len(reason)} letters, 80 at most")
        if self._off_timer is not None:
            self._off_timer.cancel()
            self._off_timer = None
        switch = self._app.maintenance
        switch.set("technician", on, reason)
        if on and seconds > 0:
            loop = asyncio.get_running_loop()
            self._off_timer = loop.call_later(seconds, switch.set, "technician", False)
        return "when_free" if self._app.kiosk.state.visit else "now"

    # -- inside ----------------------------------------------------------------------------

    def _services(self) -> tuple[PartRow, ...]:
        lost = self._app.kiosk.state.world.lost
        names: tuple[Service, ...] = (
            "screen",
            "documents",
            "register",
            "numbers",
            "store",
            "certifier",
        )
        rows = [
            PartRow(
                name=name,
                state="lost" if name in lost else "ok",
                reason=self._app.standing.reason(name),
            )
            for name in names
        ]
        rows += self._certificates()
        blind = self._blind()
        return tuple(
            msgspec.structs.replace(row, state="warn", reason=blind)
            if blind and row.name == "documents" and row.state == "ok"
            else row
            for row in rows
        )

    def _certificates(self) -> list[PartRow]:
        """Those that need somebody."""
        watch = self._app.certificates
        told = [health(one) for one in watch.states] if watch is not None else []
        return [
            PartRow(name=one.id, state=one.state, reason=one.reason, figures=dict(one.fig))
            for one in told
            if one.reason is not None
        ]

    def _blind(self) -> str:
        """What the document worker has to do without, although it works."""
        worker = self._app.documents.ready
        if worker is None:
            return ""
        return "no_model" if worker.model_error else "no_reader" if not worker.reader else ""

    async def _today(self) -> dict[str, int]:
        """Ends of visits since midnight."""
        store = self._app.store
        assert store is not None
        daily = await store.read(store.outbox.daily)
        return {name: daily.get(f"outcome.{name}", 0) for name in OUTCOMES}


def _offered(name: str, lost: frozenset[Device | Service]) -> bool:
    return not lost.intersection(NEEDS[name])


def _row(name: str, health: Health, driver: str, port: str) -> PartRow:
    return PartRow(
        name=name,
        state=health.state,
        reason=health.reason,
        driver=driver,
        port=port,
        last_ok=health.last_ok,
        faults=health.faults,
        figures=health.figures,
        remedy=health.remedy,
    )


def _flatten(prefix: str, now: Any, default: Any, found: list[Setting]) -> None:
    for name, value in now.items():
        key = f"{prefix}{name}"
        before = default.get(name) if isinstance(default, dict) else None
        if isinstance(value, dict) and value:
            _flatten(f"{key}.", value, before, found)
        else:
            shown = "***" if name in SECRET and value else msgspec.json.encode(value).decode()
            found.append(Setting(key=key, value=shown, default=value == before))
