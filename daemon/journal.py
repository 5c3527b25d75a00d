"""The journal of transitions: what happened, without whom.

One JSON object a line.  The first line after each start holds the constants (`House`), so that
`python -m daemon.machine --replay` can repeat what follows.  Values of visitors are masked by the
encoder, and that loses nothing: the machine never branches on them.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from queue import SimpleQueue

import msgspec

from daemon.machine.events import AnyEvent, Spelt
from daemon.machine.personal import masking
from daemon.machine.replay import Beginning, Recorded
from daemon.machine.state import Step
from daemon.machine.values import House

log = logging.getLogger(__name__)

LARGEST = 4_000_000
"""Bytes after which a new file is begun; one older file is kept."""


class Journal:
    """Writes from a thread of its own: the loop never waits for the disk."""

    def __init__(self, path: Path, house: House) -> None:
        self._path = path
        self._encode = msgspec.json.Encoder(enc_hook=masking).encode
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._began = time.monotonic()
        self._head = self._encode(Beginning(house))
        self._lines.put(self._head)
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def note(self, event: AnyEvent, step: Step) -> None:
        """Keeps one transition; not the way among letters, whose steps would tell the letter."""
        if isinstance(event, Spelt):
            return
        line = Recorded(
            event,
            type(step.state.scene).__name__,
            tuple(type(effect).__name__ for effect in step.effects),
            round(time.monotonic() - self._began, 3),
            step.expected,
        )
        self._lines.put(self._encode(line))

    def close(self) -> None:
        """Writes what is left."""
        self._lines.put(None)
        self._thread.join()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                if self._path.exists() and self._path.stat().st_size > LARGEST:
                    self._path.replace(self._path.with_suffix(".old"))
                    line = self._head + b"\n" + line
                with self._path.open("ab") as file:
                    file.write(line + b"\n")
            except OSError as error:
                # A full disk costs journal lines, never a visit.
                log.warning("journal: %s", error.strerror)
