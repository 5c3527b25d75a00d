"""Writes lines to whatever is there: a file, a window, a serial line of 80 × 24."""

from __future__ import annotations

import os
import sys
import termios
import tty
from collections.abc import Sequence
from typing import TextIO

from daemon.console.paper import WIDTH, cut, plain, printable, utf8
from daemon.console.words import told

LINES = 24
"""A serial line does not tell its size."""


class Terminal:
    """Output of the console."""

    def __init__(self, out: TextIO, source: TextIO) -> None:
        self._out = out
        self._source = source
        self._utf8 = utf8()
        self.pages = out.isatty() and source.isatty()
        """Stop at each screenful?"""
        self.replaces = out.isatty()
        """Can a line be written over?"""

    def show(self, lines: Sequence[str], *, paged: bool = True) -> None:
        """Writes lines; stops at each screenful where somebody can press a key."""
        height = self._height() - 1
        stop = paged and self.pages and len(lines) > height
        for at, line in enumerate(lines):
            if stop and at and at % height == 0 and not self._more():
                return
            self._write(cut(self.letters(told(line))) + "\n")
        self._out.flush()

    def letters(self, text: str) -> str:
        """The text with what this terminal can draw."""
        return printable(text) if self._utf8 else plain(text)

    def clear(self) -> None:
        """An empty screen; a rule on terminals that cannot."""
        dumb = os.environ.get("TERM", "dumb") in ("dumb", "unknown", "")
        self._write("\n" if dumb or not self._out.isatty() else "\x1b[H\x1b[J")

    def prompt(self, text: str) -> None:
        """A text the cursor stays behind."""
        self._write(self.letters(told(text)))
        self._out.flush()

    def replace(self, text: str, before: int) -> None:
        """Writes over the line of `before` letters that the cursor stands in."""
        shown = cut(self.letters(told(text)), WIDTH - 1)
        self._write("\r" + shown.ljust(min(before, WIDTH - 1)))
        self._out.flush()

    def _write(self, text: str) -> None:
        self._out.write(text)

    def _height(self) -> int:
        try:
            lines = os.get_terminal_size(self._out.fileno()).lines
        except (OSError, ValueError):
            lines = 0
        return lines if lines > 4 else LINES

    def _more(self) -> bool:
        """Waits for a key; False = enough."""
        question = self.letters(told("-- more: any key, q ends --"))
        self._write(question)
        self._out.flush()
        descriptor = self._source.fileno()
        before = termios.tcgetattr(descriptor)
        try:
            tty.setcbreak(descriptor)
            key = os.read(descriptor, 1)
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        self._write("\r" + " " * len(question) + "\r")
        return key not in (b"", b"q", b"Q", b"\x03", b"\x04")


def standard() -> Terminal:
    """The process's own terminal."""
    return Terminal(sys.stdout, sys.stdin)
