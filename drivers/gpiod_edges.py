"""One thread that waits for the edges of all lines."""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
from collections.abc import Callable

import gpiod

__all__ = ["Edges", "Heard"]

Heard = Callable[[float, bool], None]
"""Called in the reader's thread with the kernel's monotonic seconds of the edge and the level."""


class Edges:
    """Reads edge events of many requests; starts with the first, ends with `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_in, False)
        self._selector.register(self._wake_out, selectors.EVENT_READ)
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, request: gpiod.LineRequest, heard: Heard) -> None:
        with self._lock:
            self._selector.register(request.fd, selectors.EVENT_READ, (request, heard))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="gpio-edges", daemon=True)
                self._thread.start()
        self._wake()

    def remove(self, request: gpiod.LineRequest) -> None:
        """Nothing of it is heard after the call, except what is being told right now."""
        with self._lock:
            if self._selector.get_map().get(request.fd) is not None:
                self._selector.unregister(request.fd)
        self._wake()

    def close(self) -> None:
        self._closed = True
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._selector.close()
        os.close(self._wake_in)
        os.close(self._wake_out)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it is awake already
            os.write(self._wake_in, b"\0")

    def _run(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select():
                if key.data is None:
                    os.read(self._wake_out, 4096)
                    continue
                request, heard = key.data
                for at, high in self._read(request):
                    heard(at, high)

    def _read(self, request: gpiod.LineRequest) -> list[tuple[float, bool]]:
        """What happened; nothing more is asked of a line whose chip was unplugged."""
        with self._lock:
            if not request or self._selector.get_map().get(request.fd) is None:
                return []
            try:
                events = request.read_edge_events()
            except OSError:
                self._selector.unregister(request.fd)
                return []
        rising = gpiod.EdgeEvent.Type.RISING_EDGE
        return [(event.timestamp_ns / 1e9, event.event_type is rising) for event in events]
