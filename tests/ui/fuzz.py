"""Nothing that a visitor does at the glass leads out of it: random touches, keys and plugs.

`python -m tests.ui.fuzz --events 100000` runs the real screen over the real machine, in one
process: touches and keys go through Kivy's own input; plugs, hardware keys and what devices tell
go to the machine, and so does what the screen says, as the daemon would hand it on.
Time is the fuzzer's own.  Ends with 1 and the seed where something is not as it must be.
"""

from __future__ import annotations

import argparse
import random
import sys
from typing import Any, get_args

from ui_kivy import environment

PLUGS_EACH = 0.15
KEYS_EACH = 0.25
PAUSE = (0.06, 0.5)
"""Seconds between two events: some touches come too soon, as a shaking hand's do."""
HELD = (0.0, 0.6)
SPECIAL = (8, 9, 13, 27, 127, 273, 274, 275, 276, 282, 283, 289, 290, 292, 293, 305, 308, 319)
"""Backspace, Tab, Enter, Escape, Delete, arrows, F1 (Kivy's settings), F2, F8 … F12 (screenshot),
Control, Alt, Menu."""


class OwnTime:
    """Takes the place of `time` in the screen."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Ear:
    """Takes the place of the link to the daemon; there is nothing to receive."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def send(self, message: object) -> None:
        self.said.append(message)


def run(events: int, seed: int) -> dict[str, int]:
    """Raises AssertionError, or whatever the screen or the machine raised; counts otherwise."""
    environment.prepare(1080, 1920)
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.input.motionevent import MotionEvent

    from daemon.machine import events as ev
    from daemon.machine.consequences import IDLE, IDLE_END
    from daemon.machine.explore import SMALL
    from daemon.machine.flows import FLOWS
    from daemon.machine.observer import Ghost, check_timers, check_visit, observe
    from daemon.machine.step import start, step
    from daemon.machine.values import Device, Key, Service
    from daemon.machine.view import view
    from daemon.machine.views import actions
    from ui_kivy import messages as msg
    from ui_kivy import screen as process
    from ui_kivy.theme import PX_PER_MM

    class Finger(MotionEvent):  # type: ignore[misc]
        def __init__(self, number: int, x: float, y: float) -> None:
            super().__init__("fuzz", number, {"x": x, "y": y}, is_touch=True, type_id="touch")

        def depack(self, args: dict[str, float]) -> None:
            self.sx, self.sy = args["x"], args["y"]
            self.profile = ["pos"]
            super().depack(args)

    dice, clock, ear = random.Random(seed), OwnTime(), Ear()
    vars(process)["time"] = clock
    screen = process.Screen(None, PX_PER_MM)
    screen._link = ear  # type: ignore[assignment]
    Window.add_widget(screen.paint)
    EventLoop.ensure_window()
    EventLoop.start()
    closed: list[str] = []
    Window.bind(on_close=lambda *_: closed.append("close"))
    state, shown, seq = start(SMALL), view(start(SMALL), SMALL), 1
    screen.show(shown, seq)
    count = {"touch": 0, "key": 0, "plug": 0, "acted": 0, "screens": 0}
    names: set[str] = set()

    ghost = Ghost()

    def machine(event: Any) -> None:
        """One step under the rules that every path of the machine is proved by."""
        nonlocal state, shown, seq, ghost
        done = step(state, event, SMALL)
        if not done.expected:
            return
        ghost = observe(ghost, event, done)
        check_visit(state, done)
        check_timers(ghost, done.state)
        state, after = done.state, view(done.state, SMALL)
        if after != shown:
            shown, seq = after, seq + 1
            screen.show(shown, seq)
        names.add(shown.name)

    def touch(number: int) -> None:
        targets = screen.paint.sheet.targets if screen.paint.sheet else []
        if targets and dice.random() < 0.7:
            x, y = dice.choice(targets).rect.centre
        else:
            x, y = dice.uniform(-5, 1085), dice.uniform(-5, 1925)
        fingers = [Finger(number, x / 1080, 1 - y / 1920)]
        if dice.random() < 0.15:
            fingers.append(Finger(number + 1, dice.random(), dice.random()))
        for finger in fingers:
            EventLoop.post_dispatch_input("begin", finger)
        if dice.random() < 0.1:
            fingers[0].move({"x": dice.random(), "y": dice.random()})
            EventLoop.post_dispatch_input("update", fingers[0])
        clock.now += dice.uniform(*HELD)
        for finger in fingers:
            EventLoop.post_dispatch_input("end", finger)

    def key() -> None:
        code = dice.choice(SPECIAL) if dice.random() < 0.5 else dice.randrange(32, 127)
        held = dice.sample(["ctrl", "alt", "shift", "meta"], dice.randrange(3))
        letter = chr(code) if 32 <= code < 127 else ""
        # As Kivy's SDL window does it: what nobody takes goes on to the window's own handler.
        if not Window.dispatch("on_key_down", code, code, letter, held):
            Window.dispatch("on_keyboard", code, code, letter, held)
        if letter:
            Window.dispatch("on_textinput", letter)
        Window.dispatch("on_key_up", code, code)

    def plug() -> None:
        parts, keys = get_args(Device) + get_args(Service), get_args(Key)
        world = list(FLOWS[type(state.scene)].alphabet(state.scene))
        timers = [ev.Elapsed(token) for token in sorted(ghost.armed | {IDLE, IDLE_END})]
        if dice.random() < 0.6:
            machine(dice.choice(world or timers) if dice.random() < 0.9 else dice.choice(timers))
            return
        machine(
            dice.choice(
                [
                    ev.DeviceLost(dice.choice(parts)),
                    ev.DeviceBack(dice.choice(parts)),
                    ev.DeviceBack(dice.choice(parts)),
                    ev.Headset(dice.random() < 0.5),
                    ev.KeyPressed(dice.choice(keys)),
                    ev.BedChanged(dice.random() < 0.5),
                ]
            )
        )

    for number in range(events):
        roll = dice.random()
        kind = "plug" if roll < PLUGS_EACH else "key" if roll < PLUGS_EACH + KEYS_EACH else "touch"
        count[kind] += 1
        match kind:
            case "plug":
                plug()
            case "key":
                key()
            case _:
                touch(2 * number)
        clock.now += dice.uniform(*PAUSE)
        said, ear.said = [one for one in ear.said if isinstance(one, msg.Did)], []
        assert not (said and kind == "key"), f"event {number}: a plugged keyboard acted"
        for message in said:
            count["acted"] += 1
            event = message.event
            if isinstance(event, ev.Pressed) and message.seq == seq and event.action != "touch":
                offered = {one.action for one in actions(shown)} | {"page", "digit"}
                assert event.action in offered, f"event {number}: {event.action} is not offered"
            if message.seq == seq:
                machine(event)
        if number % 50 == 0:
            EventLoop.idle()
        assert Window.children == [screen.paint], f"event {number}: something lies on the screen"
        assert EventLoop.status == "started" and not closed, f"event {number}: the screen ended"
    count["screens"] = len(names)
    return count


def main() -> int:
    """Runs with the given number of events; says what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.fuzz", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        print(run(options.events, options.seed))
    except Exception:
        print(f"seed {options.seed}", file=sys.stderr)
        raise
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
