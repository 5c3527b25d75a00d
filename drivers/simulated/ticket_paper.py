"""An ESC/POS printer from its bytes: parses strictly, answers status, draws the ticket.

It knows the commands that the driver may send and no other; an unknown byte is an error, as a
real printer would print it as rubbish.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

WIDTH = 576
ROW_BYTES = WIDTH // 8
LINE_FEED = 30
"""Dots of one line at the printer's default spacing (1/6 inch on a 180 dpi grid, rounded)."""

DOTS_A_METRE = 8000
NEAR_END = 3 * DOTS_A_METRE


class TicketPaper:
    """Feed it bytes, get its answers.  Each cut leaves `ticket-0001.png`, … in `folder`."""

    def __init__(self, folder: Path, roll: int = 60 * DOTS_A_METRE) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self.left = roll
        """Dots of paper on the roll."""
        self.near_end = False
        """The near-end sensor, where a test sets it by hand."""
        self.cover_open = False
        self.tickets: list[Path] = []
        self.rubbish: list[str] = []
        """One entry for each byte that a printer would have printed as rubbish."""
        self.resets = 0
        self._buffer = bytearray()
        self._rows: list[bytes] = []

    @property
    def offline(self) -> bool:
        """Does it stand still?  Bytes wait then; only status queries are answered."""
        return self.cover_open or self.left <= 0

    def feed(self, data: bytes) -> bytes:
        """Takes bytes; returns the answers."""
        answers = bytearray()
        if self.offline:
            # Real-time queries are answered even while everything else waits.
            while len(data) >= 3 and data[:2] == b"\x10\x04":
                answers += self._status(data[2])
                data = data[3:]
        self._buffer += data
        answers += self.go_on()
        return bytes(answers)

    def go_on(self) -> bytes:
        """Works off what waits, as after a refill; returns the answers."""
        answers = bytearray()
        while self._buffer and not self.offline:
            used = self._command(answers)
            if used == 0:
                break
            del self._buffer[:used]
        return bytes(answers)

    @property
    def unfinished(self) -> int:
        """Rows printed since the last cut."""
        return len(self._rows)

    # -- commands --------------------------------------------------------------------------

    def _command(self, answers: bytearray) -> int:
        """Does the command at the front; returns its bytes, 0 where more have to come."""
        data = self._buffer
        first = data[0]
        if first == 0x00:
            return 1  # a filler: printers ignore it
        if first == 0x0A:
            self._print([bytes(ROW_BYTES)] * LINE_FEED)
            return 1
        if first not in (0x10, 0x1B, 0x1D):
            return self._rub(first)
        if len(data) < 2:
            return 0
        pair = bytes(data[:2])
        if pair == b"\x1b@":
            self.resets += 1
            return 2
        if pair == b"\x1dv":
            return self._raster()
        if pair not in (b"\x1bd", b"\x1dV", b"\x1dr", b"\x10\x04"):
            return self._rub(first)
        if len(data) < 3:
            return 0
        argument = data[2]
        if pair == b"\x1bd":
            self._print([bytes(ROW_BYTES)] * (LINE_FEED * argument))
        elif pair == b"\x1dV" and argument in (0, 1, 48, 49):
            self._cut()
        elif pair == b"\x1dr" and argument in (1, 49):
            answers.append(0x0C if self._low() else 0x00)
        elif pair == b"\x10\x04" and 1 <= argument <= 4:
            answers += self._status(argument)
        else:
            return self._rub(first)
        return 3

    def _raster(self) -> int:
        """GS v 0 m xL xH yL yH d1…dk; the rows come out as they arrive."""
        data = self._buffer
        if len(data) < 8:
            return 0
        if data[2] != 0x30 or data[3] != 0:
            return self._rub(data[0])
        across = data[4] | data[5] << 8
        down = data[6] | data[7] << 8
        size = 8 + across * down
        if across != ROW_BYTES or not down:
            return self._rub(data[0])
        if len(data) < size:
            return 0
        self._print([bytes(data[at : at + ROW_BYTES]) for at in range(8, size, ROW_BYTES)])
        return size

    def _rub(self, byte: int) -> int:
        self.rubbish.append(f"0x{byte:02x} after {len(self._rows)} rows")
        return 1

    # -- paper -----------------------------------------------------------------------------

    def _print(self, rows: list[bytes]) -> None:
        self._rows += rows
        self.left -= len(rows)

    def _low(self) -> bool:
        return self.near_end or self.left < NEAR_END

    def _cut(self) -> None:
        if not self._rows:
            return
        # On paper a set bit is a black dot; Pillow's 1-bit pictures are the other way round.
        dots = bytes(255 - byte for byte in b"".join(self._rows))
        picture = Image.frombytes("1", (WIDTH, len(self._rows)), dots)
        path = self._folder / f"ticket-{len(self.tickets) + 1:04d}.png"
        picture.save(path)
        self._rows = []
        self.tickets.append(path)

    def _status(self, n: int) -> bytes:
        """DLE EOT n.  Bits 1 and 4 are always set, 0 and 7 never."""
        value = 0x12
        out = self.left <= 0
        if n == 1 and self.offline:
            value |= 0x08
        if n == 2:
            value |= 0x04 if self.cover_open else 0
            value |= 0x20 if out else 0
        if n == 4:
            value |= 0x0C if self._low() else 0
            value |= 0x60 if out else 0
        return bytes([value])
