"""The uplink: what the ward's monitoring is told.  Never waits for the network.

Three ways: what *is* (presence, state, health) stands on retained topics; what *happened* goes
through the outbox, at least once; what only the ward may read goes the same way, sealed.  Without a
broker all of this is quiet, and the facts wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from daemon.store import Store, StoreError
from daemon.uplink import clock, host, reports, topics
from daemon.uplink.alarms.keeper import Alarms
from daemon.uplink.alarms.table import table
from daemon.uplink.config import UplinkConfig
from daemon.uplink.down.acts import Act, Acts, By, Done, Failed
from daemon.uplink.down.commands import Commands
from daemon.uplink.down.jose import public_from_file
from daemon.uplink.down.payloads import Answer, Reported
from daemon.uplink.down.specs import Args, CertificateArgs
from daemon.uplink.envelope import Numbers, checked, wrap
from daemon.uplink.errors import PayloadError
from daemon.uplink.facts import Facts, Seal
from daemon.uplink.line import Message
from daemon.uplink.measures import Consumables, Counters
from daemon.uplink.messages import ANSWER
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
from daemon.uplink.renewal import BadCertificate, Renewal
from daemon.uplink.standing import Standing
from daemon.uplink.worker import Leaving, Worker

log = logging.getLogger(__name__)

BOOT = "boot"
"""Lasting counter: starts of the daemon."""
LOOK_AT_CERTIFICATE = 3600.0
"""Seconds between two looks whether the certificate ends soon."""
ANSWER_FIRST = 0.5
"""Seconds between an answer and the end of the line that it goes on."""
LOOK_AT_REPORTS = 60.0
"""Seconds between two looks at what was only counted, and at the day that has passed."""


class UplinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """For the technician's console."""

    broker: str
    """Empty: none is configured."""
    connected: bool
    error: str
    """Why there is no line."""
    waiting: int
    """Facts in the outbox."""
    sent: int
    """Facts that the broker took since the start."""
    last_ack_s: float | None
    """Seconds since it took the last one."""
    refused: dict[str, str]
    """Kinds of facts that wait although there is a line, and why."""


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
        self._standing = Standing()
        self._devices: dict[str, DeviceHealth] = {}
        self._since: dict[str, str] = {}
        self._facts: Facts | None = None
        self._worker: Worker | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._watched = False
        self._lost_once = False
        self._numbers: Numbers | None = None
        self.registers: tuple[Registers, ...] = ()
        """Set before `start`: what the kiosks of the ward tell each other over the broker."""
        self.commands: Commands | None = None
        """Takes what comes down; None where nothing is taken."""

    # -- beginning and end -----------------------------------------------------------------

    async def start(self) -> None:
        """Counts this start; begins to dial where a broker is configured.  Raises StoreError."""
        boot = await self._store.write(lambda: self._store.outbox.count(BOOT))
        await self.alarms.start()
        self._begin(self.alarms.run(), "alarms")
        self._begin(self._look_after_reports(), "reports")
        if not self._config.broker:
            return
        loop = asyncio.get_running_loop()

        def told(up: bool) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._line, up)

        self._numbers = numbers = Numbers(boot, self._trusted)
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
            self._begin(self._look_after_certificate(), "certificate")

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
            msgspec.structs.replace(acts, acts=acts.acts | self._own_acts()),
            trusted=self._trusted,
            send=self._answer,
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

    async def status(self) -> UplinkStatus:
        """For the console.  Raises StoreError."""
        worker, facts = self._worker, self._facts
        last = facts.last_ack if facts is not None else None
        return UplinkStatus(
            broker=self._config.broker,
            connected=worker is not None and worker.up,
            error=worker.error if worker is not None else "",
            waiting=await self._store.read(self._store.outbox.depth),
            sent=facts.sent if facts is not None else 0,
            last_ack_s=None if last is None else round(time.monotonic() - last, 1),
            refused=dict(facts.refused) if facts is not None else {},
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

    def _own_acts(self) -> dict[str, Act]:
        """Commands about the line itself."""

        async def rotate(args: Args, by: By) -> Done:
            await self._ask_certificate()
            return Done()

        async def install(args: CertificateArgs, by: By) -> Done:
            try:
                await asyncio.to_thread(self.renewal.install, args.chain.encode())
            except BadCertificate as error:
                log.error("uplink: the certificate that came is not taken: %s", error)
                raise Failed("arguments") from None
            loop = asyncio.get_running_loop()
            loop.call_later(ANSWER_FIRST, self._dial_again)
            return Done()

        return {"rotate-cert": rotate, "install-cert": install}

    def _dial_again(self) -> None:
        if self._worker is not None:
            self._worker.dial_again()

    async def _ask_certificate(self) -> None:
        request = await asyncio.to_thread(self.renewal.request)
        if self._worker is not None:
            topic = self._above + topics.REQUEST
            self._worker.send(Message(topic=topic, body=request, kind="application/pkcs10"))

    async def _look_after_certificate(self) -> None:
        """Asks for a new one in time, again each hour until it comes; never ends."""
        while True:
            due = await asyncio.to_thread(self.renewal.due)
            self.alarms.book.set("certificate_ending", "line", due)
            up = self._worker is not None and self._worker.up
            if due and up:
                with contextlib.suppress(OSError):
                    await self._ask_certificate()
            await asyncio.sleep(LOOK_AT_CERTIFICATE if up or not due else 5.0)

    def _answer(self, name: str, told: Answer, correlation: bytes | None) -> None:
        worker, numbers = self._worker, self._numbers
        if worker is None or numbers is None:
            return
        worker.send(
            Message(
                topic=self._above + name,
                body=wrap(numbers.next(name), checked(told)),
                expiry=ANSWER.expiry,
                correlation=correlation,
            )
        )

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

    async def _look_after_reports(self) -> None:
        """Tells what was only counted, and the sums of the day before; never ends."""

        def write() -> None:
            reports.tell_merged(self._store, self._config.keep_reports)
            reports.tell_totals(self._store)

        while True:
            with contextlib.suppress(StoreError):
                await self._store.write(write)
                full = await self._store.read(self._store.outbox.depth)
                percent = 100 * full / self._config.keep_reports
                self.alarms.book.level("outbox_full", "outbox", min(999, percent))
            await asyncio.sleep(LOOK_AT_REPORTS)

    async def _report_health(self) -> None:
        while True:
            await asyncio.sleep(self._config.health_every * random.uniform(0.9, 1.1))
            self._tell_health(again=True)


def _differs(before: DeviceHealth, now: DeviceHealth) -> bool:
    return (before.state, before.reason) != (now.state, now.reason)
