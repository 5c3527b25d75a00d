"""The shell around the pure machine: one loop, one event at a time.

Takes an event, steps the machine, shows the new View, runs the effects.  An effect is run by the
handler registered for its type.  Effects that take time run in a *slot* each, named by their type:
a new one of that type replaces it, the end of a visit empties all slots, and what a replaced one
still answers is dropped.
"""

from __future__ import annotations

import asyncio
import collections
import inspect
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec

from daemon.machine.dossier.parts import FormField
from daemon.machine.effects import (
    After,
    AnyEffect,
    AskStatus,
    Capture,
    CheckPaper,
    DrawNumber,
    EndVisit,
    Examine,
    FillForm,
    FindDossier,
    Forget,
    Lookup,
    OpenDossier,
    PackDossier,
    Print,
    PrintSheet,
    PrintTicket,
    Seal,
    Search,
    Submit,
)
from daemon.machine.events import (
    AnyEvent,
    CaptureFailed,
    Decided,
    DossierFailed,
    Elapsed,
    ExamineFailed,
    FormFilled,
    Found,
    NotPlanned,
    NumberRefused,
    PaperChecked,
    Pressed,
    PrintFailed,
    SealFailed,
    SheetFailed,
    Shown,
    StatusTold,
    TicketFailed,
    Typed,
)
from daemon.machine.spelling import veiled
from daemon.machine.state import State, Step
from daemon.machine.step import start, step
from daemon.machine.values import House
from daemon.machine.view import view
from daemon.machine.views import View

log = logging.getLogger(__name__)

Reply = Callable[[AnyEvent], None]
Handler = Callable[[Any, Reply], Awaitable[None] | None]

BROKEN: dict[type[Any], Callable[[Any], AnyEvent]] = {
    Capture: lambda effect: CaptureFailed(effect.page, "internal"),
    Examine: lambda effect: ExamineFailed(effect.page, "internal"),
    Submit: lambda _: Decided("counter", "register"),
    Seal: lambda _: SealFailed("internal"),
    Print: lambda _: PrintFailed("error"),
    PrintTicket: lambda _: TicketFailed("internal"),
    Search: lambda _: Found(()),
    Lookup: lambda effect: Shown(effect.code, "", ()),
    PrintSheet: lambda _: SheetFailed("internal"),
    AskStatus: lambda _: StatusTold("no_answer"),
    DrawNumber: lambda effect: NumberRefused(effect.service, "unknown"),
    OpenDossier: lambda effect: NotPlanned(effect.code, "unknown"),
    FindDossier: lambda effect: NotPlanned(effect.slip, "down"),
    CheckPaper: lambda effect: PaperChecked(effect.page, "unchecked"),
    FillForm: lambda _: FormFilled((FormField("name"),)),
    PackDossier: lambda _: DossierFailed("documents"),
}
"""What the machine is told where a handler broke, so that the visitor is not left waiting."""


class Screen(Protocol):
    """Where Views go."""

    def show(self, drawn: View) -> int:
        """Shows a View; returns its number."""


class Hand(msgspec.Struct, frozen=True):
    """A registered handler."""

    run: Handler
    durable: bool = False
    """Runs to its end whatever becomes of the visit: it touches money, numbers or paper."""


class Hands:
    """Effect type → handler.  Filled by `wiring.py`, one line an effect."""

    def __init__(self) -> None:
        self._hands: dict[type[Any], Hand] = {}

    def on(self, effect: type[Any], run: Handler, *, durable: bool = False) -> None:
        """Registers the one handler of an effect type."""
        if effect in self._hands:
            raise ValueError(f"{effect.__name__} has a handler already")
        self._hands[effect] = Hand(run, durable)

    def of(self, effect: AnyEffect) -> Hand | None:
        return self._hands.get(type(effect))

    @property
    def handled(self) -> frozenset[type[Any]]:
        """The effect types with a handler."""
        return frozenset(self._hands)


class _Slot:
    """A running answer; `muted` once it belongs to nobody any more."""

    def __init__(self, post: Callable[[AnyEvent], None], durable: bool) -> None:
        self._post = post
        self.durable = durable
        self.muted = False
        self.task: asyncio.Task[None] | None = None

    def reply(self, event: AnyEvent) -> None:
        if not self.muted:
            self._post(event)

    def leave(self) -> None:
        """Nobody waits for it any more."""
        self.muted = True
        if self.task is not None and not self.durable:
            self.task.cancel()


class Kiosk:
    """The shell.  All methods belong to the loop's thread."""

    def __init__(
        self,
        house: House,
        hands: Hands,
        screen: Screen,
        observe: Callable[[AnyEvent, State, Step], None],
    ) -> None:
        self.house = house
        self.state = start(house)
        self.shown: View = view(self.state, house)
        self.seq = 0
        """Number of the View that was shown last."""
        self.unexpected: collections.Counter[str] = collections.Counter()
        """Events that meant nothing, by event and scene."""
        self.faults: collections.Counter[str] = collections.Counter()
        """Handlers and steps that broke, by name."""
        self._hands = hands
        self._screen = screen
        self._observe = observe
        self._events: asyncio.Queue[AnyEvent] = asyncio.Queue()
        self._slots: dict[type[Any], _Slot] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._screens: collections.OrderedDict[int, tuple[str, str]] = collections.OrderedDict()
        self._changed = asyncio.Event()

    # -- events in -------------------------------------------------------------------------

    def post(self, event: AnyEvent) -> None:
        """Takes an event from anywhere in this thread."""
        self._events.put_nowait(event)

    def did(self, event: Pressed | Typed, seq: int) -> None:
        """A touch on View `seq`: dropped where another screen has come since."""
        if self._screens.get(seq) == _place(self.shown):
            self.post(event)
        else:
            self.unexpected[f"late {type(event).__name__}"] += 1

    @property
    def idle(self) -> bool:
        """No event waits to be taken."""
        return self._events.empty()

    async def run(self) -> None:
        """Until cancelled."""
        self._show(self.shown)
        try:
            while True:
                self.turn(await self._events.get())
        finally:
            for timer in self._timers.values():
                timer.cancel()
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def until(self, true: Callable[[Kiosk], bool]) -> None:
        """Waits for a condition on the state; it is looked at after each event."""
        while not true(self):
            self._changed.clear()
            await self._changed.wait()

    # -- one turn --------------------------------------------------------------------------

    def turn(self, event: AnyEvent) -> None:
        """One event, as a whole."""
        before = self.state
        event = veiled(self.shown, event)
        try:
            done = step(before, event, self.house)
            shown = view(done.state, self.house)
        except Exception as error:  # a visitor never pays for a fault of ours
            self._fault(f"step {type(before.scene).__name__} {type(event).__name__}", error)
            return
        if not done.expected:
            self.unexpected[f"{type(event).__name__} in {type(before.scene).__name__}"] += 1
        self.state = done.state
        try:
            self._observe(event, before, done)
        except Exception as error:  # who only looks on must not stop the kiosk
            self._fault(f"observer of {type(event).__name__}", error)
        for effect in done.effects:
            self._do(effect)
        if shown != self.shown:
            self._show(shown)
        self._changed.set()

    def _show(self, shown: View) -> None:
        self.shown = shown
        self.seq = self._screen.show(shown)
        self._screens[self.seq] = _place(shown)
        while len(self._screens) > 64:
            self._screens.popitem(last=False)

    # -- effects ---------------------------------------------------------------------------

    def _do(self, effect: AnyEffect) -> None:
        match effect:
            case After(seconds, token):
                self._forget(token)
                loop = asyncio.get_running_loop()
                self._timers[token] = loop.call_later(seconds, self._elapsed, token)
                return
            case Forget(token):
                self._forget(token)
                return
            case EndVisit():
                for slot in self._slots.values():
                    slot.leave()
                self._slots.clear()
        hand = self._hands.of(effect)
        if hand is None:
            self.faults[f"no handler for {type(effect).__name__}"] += 1
            log.error("no handler for %s", type(effect).__name__)
            return
        earlier = self._slots.pop(type(effect), None)
        if earlier is not None:
            earlier.leave()
        slot = _Slot(self.post, hand.durable)
        try:
            answer = hand.run(effect, slot.reply)
        except Exception as error:
            self._broke(effect, slot, error)
            return
        if answer is not None:
            self._slots[type(effect)] = slot
            slot.task = asyncio.create_task(
                self._await(effect, slot, answer), name=type(effect).__name__
            )
            self._running.add(slot.task)
            slot.task.add_done_callback(self._running.discard)
            if inspect.iscoroutine(answer):
                # One that was replaced before it began is not left unawaited.
                slot.task.add_done_callback(lambda _: answer.close())

    async def _await(self, effect: AnyEffect, slot: _Slot, answer: Awaitable[None]) -> None:
        try:
            await answer
        except Exception as error:
            self._broke(effect, slot, error)

    def _broke(self, effect: AnyEffect, slot: _Slot, error: Exception) -> None:
        self._fault(type(effect).__name__, error)
        if type(effect) in BROKEN:
            slot.reply(BROKEN[type(effect)](effect))

    def _fault(self, where: str, error: Exception) -> None:
        """Names the fault and its place, not its text: texts may quote what was read."""
        self.faults[where] += 1
        last = traceback.extract_tb(error.__traceback__)[-1]
        log.error("%s broke: %s at %s:%s", where, type(error).__name__, last.filename, last.lineno)

    # -- time ------------------------------------------------------------------------------

    def _elapsed(self, token: str) -> None:
        self._timers.pop(token, None)
        self.post(Elapsed(token))

    def _forget(self, token: str) -> None:
        timer = self._timers.pop(token, None)
        if timer is not None:
            timer.cancel()


def _place(shown: View) -> tuple[str, str]:
    """What a touch is aimed at: this screen, or the overlay on it."""
    return shown.name, shown.overlay.name if shown.overlay is not None else ""
