"""Codes out of the bytes of a serial scanner.  Nothing of them is trusted."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.key_codes import LONGEST

__all__ = ["LineReader"]

_MOST_BYTES = LONGEST * 4
"""A character has at most four bytes in UTF-8."""


class LineReader:
    """Bytes in, finished codes out; a code ends with CR, LF or both, as scanners are set to."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._spoilt = False
        self.garbled = 0
        """Codes in a row that were no text: noise, or the wrong speed."""

    def feed(self, data: bytes) -> Iterator[str]:
        """The codes that end within `data`: printable, at most `LONGEST` characters each.

        A code that is longer, or is not UTF-8, is not told at all: half an identity number is worse
        than none.
        """
        *whole, rest = data.replace(b"\r", b"\n").split(b"\n")
        for piece in whole:
            self._take(piece)
            text = self._ended()
            if text:
                yield text
        self._take(rest)

    def forget(self) -> None:
        """Drops a half-read code: the line is new, or the rest has not come for long."""
        self._bytes.clear()
        self._spoilt = False

    @property
    def half(self) -> int:
        """Bytes of a code that has begun."""
        return len(self._bytes)

    def _take(self, piece: bytes) -> None:
        if not self._spoilt:
            self._bytes += piece
            if len(self._bytes) > _MOST_BYTES:
                self._bytes.clear()
                self._spoilt = True

    def _ended(self) -> str:
        data, self._bytes = bytes(self._bytes), bytearray()
        spoilt, self._spoilt = self._spoilt, False
        if spoilt or not data:
            return ""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.garbled += 1
            return ""
        kept = "".join(filter(str.isprintable, text))
        if len(kept) > LONGEST:
            return ""
        self.garbled = 0
        return kept
