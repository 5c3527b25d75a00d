"""A kiosk of the real thing with simulated devices, and somebody who uses it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import msgspec

from daemon.certifier import Verdict
from daemon.config import Config, parse
from daemon.kiosk import Kiosk
from daemon.machine.events import AnyEvent, Elapsed, Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.state import State, Step
from daemon.machine.views import View, actions
from daemon.register.envelope import Delivery, Unfinished, unseal
from daemon.store.models.outbox import Fact
from daemon.store.models.register import RequestRow
from daemon.wiring import App
from tests.visits.papers import flat

WITHIN = 90.0
"""Seconds after which a screen that has not come will not come, on a loaded machine."""

TOUCH_PACE = 0.5
"""Seconds between two touches."""

NAME = "Nguyễn Thị Mẫu"
Page = tuple[str, int, int]


def configuration(folder: Path, **sections: Any) -> Config:
    """Open at any hour, quick with paper and decisions, everything in `folder`."""
    defaults: dict[str, Any] = {
        "paths": {"state": str(folder / "state"), "runtime": str(folder / "run")},
        "screen": {"width": 540, "height": 960, "px_per_mm": 2.015},
        "queue": {"always_open": True},
        "page_printer": {"seconds_a_sheet": 0.05},
        "certifier": {"after": -1.0},
        "camera": {"still_width": 2028, "still_height": 1520},
        "limits": {"still": 0.2},
    }
    return parse(defaults | sections)


class Said(logging.Handler):
    """Everything that was logged, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, models: Path | None = None, begun: bool = True, **sections: Any
) -> AsyncIterator[Visitor]:
    """A kiosk that serves, and its visitor.  At the end nothing may have broken inside it.

    `models`: folder of another model; `begun`: wait until it has started.
    """
    said = Said()
    root = logging.getLogger()
    root.addHandler(said)
    app = App(configuration(folder, **sections))
    if models is not None:
        app.children[2]._arguments = ("--models", str(models))
    visitor = Visitor(app, said)
    starting = asyncio.create_task(app.start())
    try:
        if begun:
            await starting
        yield visitor
        await starting
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await app.stop()
        root.removeHandler(said)
    assert not app.kiosk.faults, f"{dict(app.kiosk.faults)}\n{said.text}"
    assert "Traceback" not in said.text, said.text


class Visitor:
    """Presses what is on the screen, lays papers, takes sheets, and waits for what comes."""

    def __init__(self, app: App, said: Said) -> None:
        assert app.world is not None
        self.app, self.world, self.said = app, app.world, said
        self.screens: list[str] = []
        """Every screen in the order in which it came, for a test that lost its way."""
        self._touched = 0.0
        app.watchers.append(self._note)

    def _note(self, event: AnyEvent, before: State, step: Step) -> None:
        name = type(step.state.scene).__name__
        if self.screens[-1:] != [name]:
            self.screens.append(name)

    # -- looking -----------------------------------------------------------------------------

    @property
    def shown(self) -> View:
        return self.app.kiosk.shown

    @property
    def name(self) -> str:
        """Name of the screen without its flow."""
        return self.shown.name.rpartition(".")[2]

    async def until(self, true: Callable[[Kiosk], bool], within: float = WITHIN) -> None:
        """Waits for a condition that an event brings about."""
        try:
            async with asyncio.timeout(within):
                await self.app.kiosk.until(true)
        except TimeoutError:
            raise AssertionError(
                f"on {self.shown.name} ({self.shown.title.key}) after {' '.join(self.screens)}\n"
                + "\n".join(self.said.lines[-30:])
            ) from None

    async def soon(self, true: Callable[[], bool], within: float = WITHIN) -> None:
        """Waits for a condition that no event tells of."""
        try:
            async with asyncio.timeout(within):
                while not true():  # noqa: ASYNC110 (nobody could set an event)
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"not so on {self.shown.name}\n{self.said.text[-3000:]}") from None

    async def see(self, *names: str) -> View:
        """Waits for one of these screens."""
        await self.until(lambda kiosk: kiosk.shown.name.rpartition(".")[2] in names)
        return self.shown

    async def ready(self) -> None:
        """Waits until a copy can be had."""
        async with asyncio.timeout(WITHIN):
            await self.app.drawn.wait()
            for child in self.app.children:
                await child.ready.wait()
            assert self.app.register is not None
            await self.app.register.ready()
        await self.until(lambda _: any(tile.action == "copy" for tile in actions(self.shown)))

    # -- doing -------------------------------------------------------------------------------

    async def happens(self, event: AnyEvent) -> Step:
        """Posts an event and waits until it was taken."""
        taken: asyncio.Future[Step] = asyncio.get_running_loop().create_future()

        def watch(seen: AnyEvent, before: State, step: Step) -> None:
            if seen is event and not taken.done():
                taken.set_result(step)

        self.app.watchers.append(watch)
        try:
            self.app.kiosk.post(event)
            async with asyncio.timeout(WITHIN):
                return await taken
        finally:
            self.app.watchers.remove(watch)

    async def press(self, action: str, value: str = "") -> None:
        """Presses what is offered on the shown screen, and nothing else."""
        offered = {(choice.action, choice.value) for choice in actions(self.shown)}
        assert (action, value) in offered, f"{action} {value} on {self.shown.name}: {offered}"
        step = await self.happens(Pressed(action, value))
        assert step.expected, f"{action} {value} means nothing on {self.shown.name}"

    async def on(self, screen: str, action: str, value: str = "") -> None:
        """Waits for a screen and presses something on it."""
        await self.see(screen)
        await self.press(action, value)

    async def touch(self, action: str, value: str | None = None) -> None:
        """A finger on the drawn target, through the screen's process."""
        before, now = self.shown.name, time.monotonic
        # The pace of a person: a second touch sooner is taken for a slip of the finger.
        await asyncio.sleep(max(0.0, self._touched + TOUCH_PACE - now()))
        self._touched = now()
        self.app.screen.tap(action, value)
        await self.until(lambda kiosk: kiosk.shown.name != before)

    async def begin(self, name: str = NAME) -> None:
        """To the screen that asks for the first paper."""
        await self.on("attract", "copy")
        await self.identify(name)

    async def identify(self, name: str = NAME) -> None:
        await self.on("begin", "start")
        await self.on("consent", "yes")
        await self.see("name")
        await self.happens(Typed(Personal(name)))
        await self.press("ok")
        await self.see("place")

    def lay(self, page: Page | bytes, angle: float = 4.0) -> None:
        """Takes away what lies there and lays this down."""
        self.world.lift()
        self.world.lay(page if isinstance(page, bytes) else flat(*page), angle)

    async def page(self, page: Page | bytes, angle: float = 4.0) -> View:
        """Lays a paper and waits for what the kiosk says to it."""
        await self.see("place")
        self.lay(page, angle)
        await self.until(
            lambda kiosk: (
                kiosk.shown.name.rpartition(".")[2] not in ("place", "shooting", "examining")
            )
        )
        return self.shown

    async def paper(self, *pages: Page) -> None:
        """All pages of one original, its kind agreed to; ends at the overview."""
        for number, page in enumerate(pages):
            if number and self.name == "pages":
                await self.press("next")
            await self.page(page)
            if self.name == "kind":
                assert self.shown.title.terms["kind"] == f"kind.{page[0]}"
                await self.press("yes")
        await self.see("pages")

    async def choose(
        self, product: str = "digital", copies: int = 1, verdict: str = "accepted", reason: str = ""
    ) -> None:
        """Asks for so many copies; the certifier decides unless `verdict` is empty."""
        await self.on("pages", "done")
        await self.on("product", product)
        await self.on("copies", "copies", str(copies))
        certifier = self.app.certifier
        await self.soon(lambda: certifier.waiting is not None)
        if verdict:
            assert certifier.answer(cast(Verdict, verdict), reason)

    async def pay(self, amount: int | None = None, reference: str = "") -> None:
        """Takes the original back, sees the fee and transfers it."""
        await self.see("take_back")
        self.world.lift()
        await self.see("fee")
        await self.until(lambda kiosk: any(one.action == "pay" for one in actions(kiosk.shown)))
        await self.press("pay")
        await self.transfer(amount, reference)

    async def transfer(self, amount: int | None = None, reference: str = "") -> None:
        await self.until(lambda kiosk: bool(getattr(kiosk.shown.body, "qr", "")))
        money = self.app.money
        assert money is not None and money.memo
        await money.notice(f"CT {money.memo} tien", amount or money.amount, reference)

    async def collect(self) -> int:
        """Takes the sheets; returns how many there were."""
        await self.see("collect")
        sheets = len(self.world.take_sheets())
        await self.see("receipt")
        return sheets

    async def leave(self, slip: bool = True) -> None:
        """From the receipt to the empty kiosk."""
        await self.on("receipt", "paper" if slip else "none")
        await self.on("rate", "star", "5")
        await self.gone()

    async def gone(self) -> None:
        """Says goodbye to whatever farewell there is."""
        await self.on("bye", "ok")
        await self.rest()

    async def rest(self) -> None:
        """Waits until nobody is here and nothing of the visitor is left."""
        await self.see("attract", "home")
        await self.soon(lambda: not self.kept())
        assert not self.app.screen._pages

    def kept(self) -> list[Path]:
        """What lies in vaults."""
        walk = os.walk(self.app.runtime_folder / "vault")  # silent where a folder vanishes
        return [Path(folder, name) for folder, _, names in walk for name in names]

    async def away(self) -> None:
        """Nobody is there any more."""
        await self.happens(Elapsed("idle"))
        await self.happens(Elapsed("idle.end"))
        await self.gone()

    # -- what it came to ---------------------------------------------------------------------

    async def facts(self, kind: str) -> list[bytes]:
        """Payloads of this kind in the outbox, oldest first."""
        store = self.app.store
        assert store is not None
        return await store.read(
            lambda: [
                bytes(row.payload)
                for row in Fact.select().where(Fact.kind == kind).order_by(Fact.id)
            ]
        )

    def opened(self, envelope: bytes) -> Delivery | Unfinished:
        """What the demo ward reads of a sealed fact."""
        pki = self.app.state_folder / "demo-pki"
        content = unseal(envelope, pki / "ward.pem", pki / "ward-key.pem")
        assert isinstance(content, Delivery | Unfinished)
        return content

    async def copies(self) -> list[Delivery]:
        """Every electronic copy that the ward was given."""
        found = [self.opened(one) for one in await self.facts("sealed/copy")]
        return [one for one in found if isinstance(one, Delivery)]

    async def steps(self) -> list[str]:
        """How far each request of the register came, oldest first."""
        store = self.app.store
        assert store is not None
        return await store.read(
            lambda: [row.step for row in RequestRow.select().order_by(RequestRow.accepted_at)]
        )

    def slips(self) -> int:
        return len(self.world.tickets)


def register(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m daemon.register`, as anybody may run it."""
    return subprocess.run(
        [sys.executable, "-m", "daemon.register", *arguments],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def audit(app: App) -> str:
    """Empty where the register's chain holds, otherwise what the audit says."""
    done = register("audit", "--database", str(app.state_folder / "kiosk.db"))
    return "" if done.returncode == 0 else done.stdout + done.stderr


def verify(app: App, delivery: Delivery, folder: Path) -> str:
    """Empty where the copy is genuine, otherwise what the public door says."""
    path = folder / "copy.pdf"
    path.write_bytes(delivery.pdf)
    root = app.state_folder / "demo-pki" / "root.pem"
    done = register("verify", str(path), "--root", str(root))
    return "" if done.returncode == 0 else done.stdout + done.stderr


class Call(msgspec.Struct, frozen=True):
    """What `kioskctl` answered."""

    status: int
    text: str


def kioskctl(app_or_folder: App | Path, *arguments: str) -> Call:
    folder = app_or_folder if isinstance(app_or_folder, Path) else app_or_folder.runtime_folder
    done = subprocess.run(
        [sys.executable, "-m", "daemon.console.kioskctl", "--socket",
         str(folder / "control.sock"), *arguments],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return Call(done.returncode, done.stdout + done.stderr)
