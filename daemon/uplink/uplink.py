"""The uplink: what the ward's monitoring is told.  Never waits for the network.

Three ways: what *is* (presence, state, health) stands on retained topics; what *happened* goes
through the outbox, at least once; what only the ward may read goes the same way, sealed.  Without a
broker all of this is quiet, and the facts wait.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from daemon.broker import BrokerLine
from daemon.store import Store
from daemon.uplink import clock, host, reports, topics
from daemon.uplink.alarms.keeper import Alarms
from daemon.uplink.alarms.table import table
from daemon.uplink.answers import Answers
from daemon.uplink.certificates import Certificates
from daemon.uplink.config import UplinkConfig
from daemon.uplink.down.acts import Acts
from daemon.uplink.down.commands import Commands
from daemon.uplink.down.jose import public_from_file
from daemon.uplink.down.payloads import Reported
from daemon.uplink.envelope import Numbers, checked
from daemon.uplink.errors import PayloadError
from daemon.uplink.facts import Facts, Seal
from daemon.uplink.measures import Consumables, Counters
from daemon.uplink.payloads import (
    FACTS,
    TYPES,
    AuditHead,
    Descriptor,
    DeviceHealth,
    Health,
    Payload,
    SessionClosed,
    State,
)
from daemon.uplink.registers import Registers
from daemon.uplink.renewal import Renewal
from daemon.uplink.standing import Standing
from daemon.uplink.worker import Leaving, Worker

log = logging.getLogger(__name__)

BOOT = "boot"
"""Lasting counter: starts of the daemon."""


class Uplink:
    """All methods but `append` belong to the loop's thread."""

    def __init__(
        self,
        config: UplinkConfig,
        store: Store,
        kiosk: str,
        *,
        seal: Seal | None = None,
        changed: Callable[[bool], None] | None = None,
        trusted: Callable[[], bool] = clock.trusted,
        elsewhere: tuple[str, ...] = (),
    ) -> None:
        """`kiosk`: its id, such as 26824-k01.  `seal`: makes an envelope for the ward; without it,
        what may not be told openly waits.  `changed(up)` is called in the loop whenever the line
        is found or lost.  `elsewhere` = kinds of facts that another way carries to the ward.
        """
        self._config = config
        self._store = store
        self._kiosk = kiosk
        self._above = topics.above(kiosk)
        self._seal = seal
        self._changed = changed
        self._trusted = trusted
        self._elsewhere = elsewhere
        self.alarms = Alarms(store, told=bool(config.broker))
        """What is wrong; the shell tells it."""
        self.renewal = Renewal(store.path.parent / "uplink", kiosk, config)
        self._certificates = Certificates(
            self.renewal,
            self._above,
            lambda: self._worker,
            partial(self.alarms.book.set, "certificate_ending", "line"),
        )
        self._standing = Standing()
        self._devices: dict[str, DeviceHealth] = {}
        self._since: dict[str, str] = {}
        self._facts: Facts | None = None
        self._worker: Worker | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._watched = False
        self._lost_once = False
        self.registers: tuple[Registers, ...] = ()
        """Set before `start`: what the kiosks of the ward tell each other over the broker."""
        self._answers = Answers(store, self._above, lambda: self._worker)
        self.commands: Commands | None = None
        """Takes what comes down; None where nothing is taken."""

    # -- beginning and end -----------------------------------------------------------------

    async def start(self) -> None:
        """Counts this start; begins to dial where a broker is configured.  Raises StoreError."""
        boot = await self._store.write(lambda: self._store.outbox.count(BOOT))
        await self.alarms.start()
        self._begin(self.alarms.run(), "alarms")
        full = partial(self.alarms.book.level, "outbox_full", "outbox")
        self._begin(reports.look_after(self._store, self._config.keep_reports, full), "reports")
        if not self._config.broker:
            return
        loop = asyncio.get_running_loop()

        def told(up: bool) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._line, up)

        self._answers.numbers = numbers = Numbers(boot, self._trusted)
        self._facts = Facts(self._store, self._above, numbers, self._seal, self._elsewhere)
        self._facts.longest_delay = self._config.visit_delay_most
        commands = self.commands
        if commands is not None:
            await commands.start()
            self._begin(commands.run(), "commands")
        self._worker = Worker(
            self._config,
            self._kiosk,
            numbers,
            self._standing,
            self._facts,
            told,
            None if commands is None else commands.heard,
            self.renewal.pair,
            self.registers,
        )
        if not self._watched:
            self._watched = True
            self._store.outbox.watch(self._news)
        self._tell_health(again=True)
        self._worker.start()
        self._begin(self._report_health(), "health report")
        if self._config.certificate:
            self._begin(self._certificates.look_after(), "certificate")

    async def stop(self, reason: Leaving = "shutdown") -> None:
        """Says goodbye where there is a line; what waits stays in the outbox.

        Before `Store.close`.
        """
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.commands is not None:
            await self.commands.stop()
        await self.alarms.keep()
        if self._worker is not None:
            worker, self._worker = self._worker, None
            await asyncio.to_thread(worker.leave, reason)

    def obey(self, acts: Acts) -> None:
        """Before `start`: takes commands, where the configuration names who may sign them.

        Where that file is no Ed25519 key none is taken, and the log says so: no reason to close.
        """
        if not self._config.command_root:
            return
        try:
            root = public_from_file(Path(self._config.command_root))
        except (OSError, ValueError) as error:
            log.error("uplink: no commands: uplink.command_root: %s", type(error).__name__)
            return
        self.commands = Commands(
            self._kiosk,
            root,
            self._store,
            msgspec.structs.replace(
                acts, acts=acts.acts | self._certificates.acts() | self._answers.acts()
            ),
            trusted=self._trusted,
            send=self._answers.send,
            tell=self.reported,
            fact=self.append,
            wrong=lambda on: self.alarms.book.set("config_rejected", "configuration", on),
        )

    def again(self) -> None:
        """Tells all retained topics and alarms once more."""
        self._standing.anew()
        self.alarms.book.again()
        self._news()

    # -- what is ---------------------------------------------------------------------------

    def describe(
        self,
        software: str,
        devices: tuple[str, ...] = (),
        *,
        commands: tuple[str, ...] = (),
        models: dict[str, str] | None = None,
    ) -> None:
        """Version of the software, the devices, the commands it takes, and `sha256:…` of each
        model of recognition.  Raises PayloadError.
        """
        told = Descriptor(
            software=software,
            devices=devices,
            facts=tuple(FACTS),
            commands=commands,
            alarms=tuple(table()),
            models=models or {},
        )
        self._stand(topics.DESCRIPTOR, told)

    def state(
        self,
        mode: str,
        busy: bool,
        can: dict[str, bool] | None = None,
        why: dict[str, str] | None = None,
    ) -> None:
        """What works now; sent on change, ≥ 1 s apart.  Raises PayloadError.

        `mode` ∈ starting · in_service · maintenance · out_of_service; the keys of `can` and `why`
        are copy_paper · copy_digital · lookup · ticket; `why` names the missing part.
        """
        if mode not in self._since:
            self._since = {mode: clock.stamp()}
        fields = {"mode": mode, "busy": busy, "since": self._since[mode]}
        try:
            told = msgspec.convert(fields | {"can": can or {}, "why": why or {}}, State)
        except msgspec.ValidationError as error:
            place = str(error).partition(" - at ")[2]
            raise PayloadError("payload", f"State at {place}") from None
        self._stand(topics.STATE, told)

    def device(self, health: DeviceHealth) -> None:
        """Health of one device; a change of its state is told at once.  Raises PayloadError."""
        checked(health)
        before = self._devices.get(health.id)
        self._devices[health.id] = health
        if self._worker is not None and (before is None or _differs(before, health)):
            self._tell_health(again=False)

    def head(self, head: AuditHead) -> None:
        """The head of the console's audit log, or of the register.  Raises PayloadError."""
        self._stand(topics.AUDIT if head.chain == "console" else topics.REGISTER, head)

    def consumables(self, told: Consumables) -> None:
        """What is used up.  Raises PayloadError."""
        self._stand(topics.CONSUMABLES, told)

    def counters(self, told: Counters) -> None:
        """Life totals.  Raises PayloadError."""
        self._stand(topics.COUNTERS, told)

    def reported(self, told: Reported) -> None:
        """What became of the configuration sent down.  Raises PayloadError."""
        self._stand(topics.REPORTED, told)

    # -- what happened ---------------------------------------------------------------------

    async def event(self, fact: Payload) -> None:
        """Keeps a fact until the ward has it.  Raises PayloadError, StoreError."""
        kind = self._kind(fact)
        await self._store.write(lambda: self._append(kind, fact))

    def append(self, fact: Payload) -> None:
        """The same, inside a `Store.write` that also writes what the fact tells."""
        self._append(self._kind(fact), fact)

    def hurry(self) -> None:
        """Tries now what waits for its next attempt; the random delay of visits' reports stays."""
        if self._worker is not None:
            self._worker.hurry()

    async def status(self) -> BrokerLine:
        """For the console.  Raises StoreError."""
        worker, facts = self._worker, self._facts
        last = facts.last_ack if facts is not None else None
        return BrokerLine(
            broker=self._config.broker,
            connected=worker is not None and worker.up,
            error=worker.error if worker is not None else "",
            waiting=await self._store.read(self._store.outbox.depth),
            sent=facts.sent if facts is not None else 0,
            last_ack_s=None if last is None else round(time.monotonic() - last, 1),
            refused=dict(facts.refused) if facts is not None else {},
            certificate_days=await self._certificates.days(),
        )

    # -- inside ----------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))

    def _line(self, up: bool) -> None:
        """The line was found or lost; a broker that was found may have forgotten the alarms."""
        if up:
            self.renewal.reached()
        if up and self._lost_once:
            self.alarms.book.again()
        self._lost_once |= not up
        if self._changed is not None:
            self._changed(up)

    def _kind(self, fact: Payload) -> str:
        name = TYPES.get(type(fact))
        if name is None:
            raise PayloadError("payload", f"{type(fact).__name__} is no fact that goes openly")
        checked(fact)
        return "event/" + name

    def _append(self, kind: str, fact: Payload) -> None:
        config, not_before = self._config, 0.0
        if isinstance(fact, SessionClosed):
            # So that nobody can tell from the hour of a message whose visit it was.
            delay = random.uniform(config.visit_delay_least, config.visit_delay_most)
            not_before = time.time() + delay
        reports.keep(self._store, kind, fact, config.keep_reports, not_before)

    def _stand(self, name: str, payload: Payload, *, again: bool = False) -> None:
        if self._standing.put(name, checked(payload), again=again):
            self._news()

    def _news(self) -> None:
        worker = self._worker
        if worker is not None:
            worker.wake()

    def _tell_health(self, *, again: bool) -> None:
        devices = tuple(self._devices[name] for name in sorted(self._devices))
        told = Health(devices=devices, host=host.measure(self._store.path.parent))
        self._stand(topics.HEALTH, told, again=again)

    async def _report_health(self) -> None:
        while True:
            await asyncio.sleep(self._config.health_every * random.uniform(0.9, 1.1))
            self._tell_health(again=True)


def _differs(before: DeviceHealth, now: DeviceHealth) -> bool:
    return (before.state, before.reason) != (now.state, now.reason)
