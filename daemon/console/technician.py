"""The technician's end of a command that goes on: a terminal, or a script."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.pace import Pace
from daemon.console.paper import WIDTH, cut, wrapped
from daemon.console.terminal import Terminal
from daemon.console.wire import Part
from daemon.console.words import told

LIVE_EVERY = 1.0
"""Seconds between two live lines where they cannot replace each other."""


class Person:
    """Shows parts on the terminal; reads whole lines from standard input."""

    def __init__(self, terminal: Terminal, *, json: bool = False) -> None:
        self.keep: Path | None = None
        """Where a file that comes is written, or the folder; None = it is not wanted."""
        self.pace: Pace | None = None
        """How many lines it can take; None = all."""
        self._terminal = terminal
        self._json = json
        self._live = ""
        self._lived_at = 0.0
        self._half = b""

    def part(self, part: Part) -> None:
        if part.kind == "file":
            self._keep(part)
        elif part.kind == "line" and self.pace is not None and not self.pace.may():
            return
        elif self._json:
            print(msgspec.json.encode(part).decode(), flush=True)  # noqa: T201
        elif part.kind == "live":
            self._show_live(part.text)
        elif part.kind in ("ask", "type"):
            self._end_live()
            question = told(f"{told(part.text)} [y/n]") if part.kind == "ask" else told(part.text)
            self._terminal.prompt(cut(question, WIDTH - 2) + " ")
        else:
            self._end_live()
            if self.pace is not None and (note := self.pace.taken()):
                self._terminal.show([note], paged=False)
            text = part.text
            self._terminal.show([text] if len(told(text)) <= WIDTH else wrapped(text), paged=False)

    def interrupted(self) -> None:
        """The next line begins a new one, behind ^C."""
        self._live = ""
        if self._terminal.replaces:
            self._terminal.show([""], paged=False)

    def fileno(self) -> int | None:
        try:
            return sys.stdin.fileno()
        except (OSError, ValueError):
            return None

    def typed(self) -> list[str] | None:
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            return None
        *lines, self._half = (self._half + data)[-4096:].split(b"\n")
        return [line.decode("utf-8", "replace").strip() for line in lines]

    def _keep(self, part: Part) -> None:
        if self.keep is None:
            return
        # into a folder it goes under the name it comes with
        place = self.keep / Path(part.text).name if self.keep.is_dir() else self.keep
        try:
            with place.open("xb") as file:
                file.write(part.content)
        except OSError as error:
            raise ConsoleError(Code.FAILED, f"{place}: {error.strerror}") from None
        self._end_live()
        text = f"{len(part.content)} bytes written to {place}"
        if not self._json:
            self._terminal.show(wrapped(text), paged=False)

    def _show_live(self, text: str) -> None:
        now = time.monotonic()
        if self._terminal.replaces:
            self._terminal.replace(text, len(self._live))
            self._live = text
        elif text != self._live and now - self._lived_at >= LIVE_EVERY:
            self._live, self._lived_at = text, now
            self._terminal.show([text], paged=False)

    def _end_live(self) -> None:
        if self._terminal.replaces and self._live:
            self._terminal.show([""], paged=False)
        self._live = ""
