"""Calls to a counter: on the first screens, on the second display, with a chime and spoken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from daemon.machine.events import QueueCalled
from daemon.machine.views import Say, Serving, ServingLine
from daemon.services.queue.desk import Desk, QueueError, Turn
from daemon.store import StoreError
from daemon.uplink.down import specs
from daemon.uplink.down.acts import By, Done, Failed
from drivers.speech import Speech
from ui_kivy.words import Words

log = logging.getLogger(__name__)

_CODES = {"nobody": "absent", "down": "failed"}


class Calling:
    """Tells every turn; the last call is the one on the first screens."""

    def __init__(
        self,
        desk: Desk,
        post: Callable[[QueueCalled], None],
        speech: Speech,
        board: Callable[[Serving], None],
        *,
        show: float,
        speak: bool,
        quiet: Callable[[], bool],
    ) -> None:
        """`show`: seconds on the first screens; `quiet()`: speech goes to a visitor's headset."""
        self._desk = desk
        self._post = post
        self._speech = speech
        self._board = board
        self._show = show
        self._speak = speak
        self._quiet = quiet
        self._words = Words("vi")
        self._ends: asyncio.TimerHandle | None = None
        self._outside: dict[str, Turn] = {}
        """Calls of numbers that are not in the line, by counter: only shown."""
        self._drawing: set[asyncio.Task[None]] = set()
        desk.watch(self.turned)

    def turned(self, turn: Turn) -> None:
        """One thing that a counter did."""
        self._outside.pop(turn.counter, None)
        if turn.act in ("call", "recall"):
            self._called(turn, self._show)
        self._draw(turn)

    async def command(self, args: specs.CallArgs, by: By) -> Done:
        """The ward's counter system calls a number, by `queue-call`.

        One that is not in this kiosk's line is shown all the same: a counter gives numbers too.
        """
        counter = str(args.counter)
        try:
            match args.act:
                case "call":
                    await self._desk.call(counter, args.number)
                case "recall":
                    await self._desk.recall(counter)
                case "skip":
                    await self._desk.skip(counter)
                case "transfer":
                    await self._desk.transfer(args.number, args.group)
        except QueueError as error:
            if args.act != "call" or error.code not in ("no_number", "no_counter", "elsewhere"):
                raise Failed(_CODES.get(error.code, "arguments")) from None
            at = asyncio.get_running_loop().time()
            turn = Turn("call", args.number, "", counter, at)
            self._outside[counter] = turn
            self._called(turn, float(args.for_s))
            self._draw(turn)
        return Done()

    def again(self) -> None:
        """Draws the second display: after a start, whoever is called still stands there."""
        self._draw(None)

    # -- inside ----------------------------------------------------------------------------

    def _called(self, turn: Turn, seconds: float) -> None:
        if self._ends is not None:
            self._ends.cancel()
        counter = int(turn.counter) if turn.counter.isdecimal() else 0
        self._post(QueueCalled(turn.number, counter))
        loop = asyncio.get_running_loop()
        self._ends = loop.call_later(seconds, self._post, QueueCalled(""))
        if self._speak and not self._quiet():
            spoken = " ".join(turn.number)  # figure by figure: "A 0 0 7"
            said = Say("notice.call", args={"number": spoken, "counter": counter})
            self._speech.say(self._words.say(said), "vi", personal=False, chime=True)

    def _draw(self, fresh: Turn | None) -> None:
        task = asyncio.create_task(self._drawn(fresh), name="now serving")
        self._drawing.add(task)
        task.add_done_callback(self._drawing.discard)

    async def _drawn(self, fresh: Turn | None) -> None:
        try:
            kept = await self._desk.serving()
        except StoreError as error:
            log.error("now serving: %s", error)
            return
        calls = [*self._outside.values(), *kept]
        if fresh is not None:
            calls.sort(key=lambda one: one.number != fresh.number)
        new = fresh.number if fresh is not None and fresh.act in ("call", "recall") else ""
        self._board(
            Serving(tuple(ServingLine(one.number, one.counter, one.number == new) for one in calls))
        )
