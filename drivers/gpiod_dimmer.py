"""Dims lamps on lines that only know on and off.

The header's chips have few hardware PWM channels, and libgpiod none.  A lamp behind a MOSFET only
needs to change faster than eyes see; a late wake-up is a small error of brightness, never of state.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["PERIOD", "Dimmer"]

PERIOD = 0.01
"""Seconds of one cycle: 100 Hz is above what eyes see (IEEE 1789 asks for more than 90 Hz)."""

Switch = Callable[[bool], None]


class Dimmer:
    """One thread for all lamps; it rests while each is fully on or off."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._duty: dict[Switch, float] = {}
        self._thread: threading.Thread | None = None
        self._closed = False

    def set(self, switch: Switch, duty: float) -> None:
        """`duty` from 0 (off) to 1 (on)."""
        with self._changed:
            self._duty[switch] = duty
            if not 0 < duty < 1:
                switch(duty >= 1)
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="gpio-dimmer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def forget(self, switch: Switch) -> None:
        with self._changed:
            self._duty.pop(switch, None)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._duty.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._dimmed())
                if self._closed:
                    return
                started = time.monotonic()
                cycle = self._dimmed()
                for _, switch in cycle:
                    switch(True)
            for duty, switch in cycle:
                _until(started + duty * PERIOD)
                with self._changed:
                    if self._duty.get(switch) == duty:
                        switch(False)
            _until(started + PERIOD)

    def _dimmed(self) -> list[tuple[float, Switch]]:
        """The lamps between on and off, the darkest first."""
        dimmed = [(duty, switch) for switch, duty in self._duty.items() if 0 < duty < 1]
        return sorted(dimmed, key=lambda one: one[0])


def _until(moment: float) -> None:
    left = moment - time.monotonic()
    if left > 0:
        time.sleep(left)
