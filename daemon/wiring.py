"""Builds the kiosk from its configuration: the one place that knows every class."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from daemon.catalogue import calendar, kinds, services, wards
from daemon.catalogue.calendar import VIETNAM
from daemon.certifier import SimulatedCertifier
from daemon.children import Child
from daemon.config import Config
from daemon.documents import allocator
from daemon.documents.client import DocumentsClient
from daemon.hands.alarming import Alarming
from daemon.hands.announcing import Announcing
from daemon.hands.body import Body
from daemon.hands.cards import Cards
from daemon.hands.certificates import CertificateWatch
from daemon.hands.certify import Certify
from daemon.hands.commanded import Commanded, models_of
from daemon.hands.copies import Copies
from daemon.hands.delivering import Delivering
from daemon.hands.desk import DeskCertifier
from daemon.hands.dossiers import Dossiers
from daemon.hands.measuring import Measuring
from daemon.hands.money import Money
from daemon.hands.news import Newsboard
from daemon.hands.online import Online
from daemon.hands.open_hours import OpenHours
from daemon.hands.papers import Papers
from daemon.hands.report import Reports
from daemon.hands.sending import Sending, made_in
from daemon.hands.sheets import Sheets
from daemon.hands.shown import Showing
from daemon.hands.slips import Slips
from daemon.hands.standing import (
    LOOK_AGAIN,
    Standing,
    look_after,
    look_after_children,
)
from daemon.hands.today import tell
from daemon.hands.upward import Upward
from daemon.hands.visit import Visits
from daemon.hands.ward_book import WardBook
from daemon.hands.ward_facts import WardFacts
from daemon.hands.ward_files import WardFiles
from daemon.hands.ward_queue import WardLine
from daemon.hands.words import Words
from daemon.inside import Console
from daemon.journal import Journal
from daemon.kiosk import Hands, Kiosk
from daemon.machine.events import AnyEvent, Event, Maintenance, PowerReturned
from daemon.machine.personal import Personal
from daemon.machine.state import State, Step
from daemon.machine.values import written
from daemon.maintenance import MaintenanceSwitch
from daemon.overlay import Overlay
from daemon.payment import tariff
from daemon.payment.payments import Payments
from daemon.register.envelope import Ward
from daemon.register.register import Register
from daemon.register.setup import DEMO
from daemon.services.procedures.service import Procedures
from daemon.services.queue.queue import Queue
from daemon.store import Store, StoreError, Vault
from daemon.tally import Tally
from daemon.uplink.clock import trusted
from daemon.uplink.gateway import Gateway, pump
from daemon.uplink.gateway.courier import Courier
from daemon.uplink.gateway.notices import Notices
from daemon.uplink.sealing import Sealer
from daemon.uplink.topics import DELIVERED
from daemon.uplink.uplink import Uplink
from daemon.wired.desk import to_desk
from daemon.wired.house import house_of, screen_arguments
from daemon.wired.line import line_up
from drivers.devices import Devices, DevicesConfig, build, folder_of
from drivers.scanner import Scanned
from drivers.simulated.world import World
from ui_kivy import tongues
from ui_kivy.client import ScreenClient
from ui_kivy.serving.client import ServingClient

log = logging.getLogger(__name__)

LOOK_AT_BOOK = 15.0
"""Seconds between two looks whether the ward's book can be asked."""

A_DAY = 86400.0
"""Seconds between two erasures of what need not be kept any longer."""

ANSWER_FIRST = 0.5
"""Seconds between the answer to a technician and the end of the daemon."""


class App:
    """One running kiosk."""

    def __init__(
        self,
        config: Config,
        *,
        table: dict[str, Any] | None = None,
        overlay: Overlay | None = None,
    ) -> None:
        """`table`: the file the configuration was read from; `overlay`: what is laid over it."""
        self.config = config
        self.table = table or {}
        self.state_folder = Path(config.paths.state)
        self.overlay = overlay or Overlay(self.state_folder / "config")
        self.leaving: asyncio.Future[str] | None = None
        """Set by `leave_soon`: why the daemon is to end."""
        self.runtime_folder = Path(config.paths.runtime)
        self.ward_name = wards.load()[config.kiosk.ward].full_name
        self.clock_trusted: Callable[[], bool] = trusted
        self.tally = Tally()
        self.hands = Hands()
        self.screen = ScreenClient(self._did, self._drawn)
        self.drawn = asyncio.Event()
        """Set when a first View stands on the glass."""
        self.when_drawn: Callable[[int], None] | None = None
        """Told of each View that stands on the glass, by number."""
        self.documents = DocumentsClient(config.documents.view_mm, config.documents.taught)
        self.kiosk = Kiosk(house_of(config), self.hands, self.screen, self._observe)
        self.standing = Standing(self.kiosk.post)
        self.maintenance = MaintenanceSwitch(self.kiosk.post)
        self.certifier = SimulatedCertifier(config.certifier.after)
        self.world: World | None = None
        self.devices: Devices = self._devices()
        self.children: tuple[Child, ...] = (
            Child(
                "screen",
                self.screen,
                arguments=screen_arguments(config),
                config=config.children,
            ),
            Child("camera", self.devices.camera, config=config.children),
            Child(
                "documents",
                self.documents,
                arguments=("--engine", config.documents.engine),
                environment=allocator.ENVIRONMENT,
                config=config.children,
            ),
        )
        self.serving = ServingClient()
        if config.serving.on:
            size = f"{config.serving.width}x{config.serving.height}"
            self.children += (
                Child(
                    "serving",
                    self.serving,
                    arguments=("--size", size),
                    config=config.children,
                ),
            )
        self.ward_line: WardLine | None = None
        """Where the ward has a queue service: follows it, and has it act."""
        self.desk: DeskCertifier | None = None
        """The officers at the ward's desk, where they decide."""
        self.store: Store | None = None
        self.register: Register | None = None
        self.uplink: Uplink | None = None
        self.queue: Queue | None = None
        self.money: Money | None = None
        self.copies: Copies | None = None
        self.files: WardFiles | None = None
        self.certificates: CertificateWatch | None = None
        self.watchers: list[Callable[[AnyEvent, State, Step], None]] = []
        self.console = Console(self)
        self._journal: Journal | None = None
        self._cards: Cards | None = None
        self._scan_tests: list[Scanned] = []
        self._closing: list[Callable[[], Coroutine[Any, Any, object]]] = []
        self._tasks: list[asyncio.Task[None]] = []

    # -- beginning and end -----------------------------------------------------------------

    async def start(self) -> None:
        """Starts everything; returns when visits can begin, whatever is missing then."""
        self.leaving = asyncio.get_running_loop().create_future()
        self.console.ring.begin()
        self.console.settings.begin()
        self._closing.append(self.console.ring.end)
        for folder in (self.state_folder, self.runtime_folder):
            folder.mkdir(parents=True, exist_ok=True)
        for child in self.children:
            self.keep(child.run(), child.name)
        Vault.sweep(self.runtime_folder / "vault")
        self._journal = Journal(self.state_folder / "journal.jsonl", self.kiosk.house)
        self.keep(self.kiosk.run(), "kiosk")
        await self.devices.start()
        await self._console()
        self.store = await self._open_store()
        await self._wire(self.store)
        self.maintenance.set("store", False)

    async def stop(self) -> None:
        """Ends in order; what a crash would leave is left nowhere."""
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for close in reversed(self._closing):
            await close()
        await self.devices.stop()
        if self.world is not None:
            self.world.close()
        self.devices.camera.close()
        if self.store is not None:
            await self.store.close()
        if self._journal is not None:
            self._journal.close()

    def leave_soon(self, what: str, reason: str) -> None:
        """Ends the daemon in order, half a second later: who asked for it gets an answer first.

        Until then nobody can begin a visit.
        """
        log.warning("%s: %s", what, reason)
        self.maintenance.set("technician", True)
        loop = asyncio.get_running_loop()

        def leave() -> None:
            if self.leaving is not None and not self.leaving.done():
                self.leaving.set_result(what)

        loop.call_later(ANSWER_FIRST, leave)

    @contextlib.contextmanager
    def scanning(self, scanned: Scanned) -> Iterator[None]:
        """Codes go to a technician's test instead of the visit, of which there is none."""
        self._scan_tests.append(scanned)
        try:
            yield
        finally:
            self._scan_tests.remove(scanned)

    # -- parts -----------------------------------------------------------------------------

    def _devices(self) -> Devices:
        config = self.config
        settings = DevicesConfig(
            camera=config.camera,
            page_printer=config.page_printer,
            ticket_printer=config.ticket_printer,
            pins=config.pins,
            scanner=config.scanner,
            speech=config.speech,
            touch=config.touch,
        )
        if config.devices == "simulated":
            folder = folder_of(self.state_folder)
            self.world = World(folder, settings, self._emit, self._scanned)
            return self.world.devices
        return build(settings, self._emit, self._scanned, voices=tongues.voices())

    async def _console(self) -> None:
        server = self.console.server
        await server.start()
        self._closing.append(server.stop)

    async def _open_store(self) -> Store:
        """Opens the database; while that fails the screen says that the kiosk is closed."""
        while True:
            try:
                return await asyncio.to_thread(Store.open, self.state_folder / "kiosk.db")
            except StoreError as error:
                self.standing.lost("store", error.reason, error.remedy)
                self.maintenance.set("store", True)
                await asyncio.sleep(LOOK_AGAIN)

    async def _wire(self, store: Store) -> None:
        config, post = self.config, self.kiosk.post
        gateway = self._gateway()
        book = None
        if gateway is not None and config.register.numbers == "ward":
            book = WardBook(gateway, lambda code: self.standing.lost("numbers", code))
        self.register = register = Register.open(
            config.register, store, book, lambda: self.clock_trusted()
        )
        self._closing.append(register.close)
        ward = config.register.ward_certificate or str(self.state_folder / DEMO / "ward.pem")
        sealer = Sealer(Path(ward))
        self.uplink = uplink = Uplink(
            config.uplink,
            store,
            config.kiosk.id,
            seal=sealer,
            changed=self._line,
            trusted=lambda: self.clock_trusted(),
            elsewhere=() if gateway is None else pump.KINDS,
        )
        announcing = Announcing(store, post)
        await announcing.load()
        self.queue, calling = line_up(self, store, gateway, uplink)
        commanded = Commanded(self, uplink, announcing, calling)
        acts = commanded.acts()
        uplink.obey(acts)
        uplink.describe(
            version("ward-kiosk"),
            tuple(self.devices.health()),
            commands=acts.names if uplink.commands is not None else (),
            models=await asyncio.to_thread(models_of),
        )
        reports = Reports(store, uplink, self.tally)
        visits = Visits(self.runtime_folder / "vault", reports, self.screen.wipe)
        free = tariff.exemptions(config.payment.tariff)
        payments = Payments(config.payment, store, exemptions=free)
        self.money = Money(payments, register, visits, tariff.load(config.payment.tariff))
        groups = services.load(Path(config.queue.groups)) if config.queue.groups else None
        procedures = await asyncio.to_thread(Procedures.open, None, groups)
        self._closing.append(partial(asyncio.to_thread, procedures.close))
        self.facts = WardFacts(procedures)
        slips = Slips(
            self.devices.ticket_printer,
            self.queue,
            visits,
            self.ward_name,
            lambda: written(self.kiosk.state.prefs.language),
            self.facts.printed,
        )
        devices = self.devices
        own = config.queue.calendar
        days = calendar.load(Path(own)) if own else calendar.default()
        if not days.knows(dt.datetime.now(VIETNAM).date()):
            log.warning("calendar: swapped days of this year are not listed; due days may be wrong")
        copies = Copies(
            register,
            self.documents,
            devices.page_printer,
            visits,
            slips.slip,
            days,
            self.money.unserved,
        )
        self.copies = copies
        visits.leaving = copies.left
        rules = self.kiosk.house.kinds
        papers = Papers(devices.camera, self.documents, self.screen, visits, rules, post)
        if config.certifier.kind == "desk":
            self.desk = to_desk(self, self.money, papers, reports)
        known = kinds.load()
        showing = Showing(
            rules,
            lambda kind: known[kind].title_vi if kind in known else "",
            self.money.fee,
            register,
            config.visit.inspection,
        )
        for hand in (
            visits,
            reports,
            papers,
            Certify(self.desk or self.certifier, register, visits, showing),
            self.money,
            copies,
            slips,
            Sending(
                config.gateway.delivery,
                store,
                partial(made_in, visits),
                sealer,
                gateway,
                lambda: written(self.kiosk.state.prefs.language),
            ),
            Words(procedures),
            Sheets(
                devices.page_printer,
                self.ward_name,
                lambda: written(self.kiosk.state.prefs.language),
                self.facts.printed,
            ),
            Online(lambda: self.facts.online, gateway, config.payment),
            OpenHours(lambda: days),
            Dossiers(
                lambda: procedures.file,
                self.documents,
                visits,
                store,
                lambda packed: Ward(ward).seal(packed),
                config.kiosk.id,
                gateway,
                lambda lines: slips.slip("official", {"lines": "\n".join(lines)}),
            ),
            Body(
                devices.lights,
                devices.speech,
                lambda: self.kiosk.shown,
                lambda: self.kiosk.state.world.headset,
            ),
        ):
            hand.register(self.hands)
        self._cards = Cards(visits, post)
        self._closing += [visits.close, reports.close]
        await payments.recover()
        await self._recover(register)
        self.keep(look_after("register", register.ready, self.standing), "register")
        self.keep(
            look_after("store", partial(store.write, _look_of(store)), self.standing), "store"
        )
        self.keep(look_after("store", register.retain, self.standing, A_DAY), "retention")
        self.keep(look_after("register", register.publish_list, self.standing, A_DAY), "list")
        self.keep(look_after_children(self.children, self.standing), "children")
        self.keep(tell(days, self.queue.waiting, post), "the day")
        self.keep(
            look_after("numbers", register.numbers_ready, self.standing, LOOK_AT_BOOK), "numbers"
        )
        delivering = Delivering(store, config.gateway.delivery, uplink.alarms.book, self.standing)
        self.keep(delivering.look_after(), "deliveries")
        if gateway is not None:
            carry = pump.Pump(config.gateway, gateway, store)
            self.keep(carry.run(), "gateway")
            brings = Courier(
                config.gateway, gateway, store, config.kiosk.id, DELIVERED, delivering.trouble
            )
            self.keep(brings.run(), "delivery")
            listen = Notices(config.gateway, gateway, store, self.money.from_ward)
            self.keep(listen.run(), "payment notices")
        await uplink.start()
        self._closing.append(uplink.stop)
        self.files = files = WardFiles(
            self.state_folder / "catalogue",
            self.facts.kinds(),
            uplink.commands.judge if uplink.commands is not None else None,
            gateway,
            lambda name, on, why: uplink.alarms.book.set("facts_refused", name, on, why),
        )
        await files.load()
        self.keep(files.look_after(), "files of facts")
        self.keep(Newsboard(lambda: self.facts.announcements, post).look_after(), "news")
        self.certificates = watch = CertificateWatch(uplink.device)
        self.keep(self.certificates.look_after(register), "certificates")
        upward = Upward(uplink, devices)
        upward.watch(self.kiosk.state)
        self.watchers.append(lambda event, before, step: upward.watch(step.state))
        self.keep(upward.look_after_devices(), "health")
        alarming = Alarming(
            uplink.alarms.book,
            devices.health,
            self.standing,
            self.state_folder,
            self.clock_trusted,
            lambda: watch.states,
        )
        self.keep(alarming.look_after(), "alarms")
        measuring = Measuring(store, uplink, self.console.usage.levels, alarming.levels)
        self.keep(measuring.look_after(), "levels")
        for name, work in self.console.lasting().items():
            self.keep(work, name)
        self._closing.append(self.console.usage.count)
        if config.certifier.kind == "absent":
            self.standing.lost("certifier", "absent", "No certifier is configured.")

    def _gateway(self) -> Gateway | None:
        """The ward's gateway, where one is configured."""
        if not self.config.gateway.url:
            return None
        gateway = Gateway(self.config.gateway)
        self._closing.append(gateway.close)
        return gateway

    async def _recover(self, register: Register) -> None:
        """What a crash cut off is ended by the book; who had paid finds the code on the screen."""
        ended = await register.recover()
        if ended:
            code = next((one.code for one in ended if one.paid), "")
            log.warning("recovered %d requests that were cut off", len(ended))
            self.kiosk.post(PowerReturned(code))

    # -- events ----------------------------------------------------------------------------

    def _emit(self, event: Event) -> None:
        """Events of devices."""
        if isinstance(event, Maintenance):
            self.maintenance.set("door", event.on, event.reason)
        else:
            self.kiosk.post(event)  # type: ignore[arg-type]

    def _scanned(self, code: Personal[str]) -> None:
        for test in self._scan_tests:
            test(code)
        if self._cards is not None and not self._scan_tests:
            self._cards.scanned(code)

    def _did(self, event: Any, seq: int) -> None:
        self.kiosk.did(event, seq)

    def _drawn(self, seq: int) -> None:
        self.drawn.set()
        if self.when_drawn is not None:
            self.when_drawn(seq)

    def _line(self, up: bool) -> None:
        """The line to the ward was found or lost."""
        if up:
            self.standing.back("uplink")
        else:
            self.standing.lost("uplink", "no_line")

    def _observe(self, event: AnyEvent, before: State, step: Step) -> None:
        self.tally.watch(event, before, step.state)
        if self._journal is not None:
            self._journal.note(event, step)
        for watcher in self.watchers:
            watcher(event, before, step)

    def keep(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Runs it until the daemon ends."""
        self._tasks.append(asyncio.create_task(work, name=name))


def _look_of(store: Store) -> Callable[[], int]:
    """Writes a little: only that shows whether the disk still takes anything."""
    return lambda: store.outbox.count("looks")
