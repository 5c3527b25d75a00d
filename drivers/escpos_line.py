"""One line to an ESC/POS printer: encoding, sending, status.  Blocking; used from one thread.

python-escpos makes the bytes and carries them; what it lacks is added here: a time limit for
writes, answers read byte by byte (its own read waits for sixteen), silence told from "plenty of
paper", and a way back after a line broke in the middle of a picture.
"""

from __future__ import annotations

import logging
import os
import select
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from PIL import Image

from drivers.errors import TicketError

if TYPE_CHECKING:
    from drivers.ticket_printer import TicketPrinterConfig

NEAR_END_PERCENT = 10
"""What is left of a roll when the near-end sensor falls, roughly; printers do not say more."""

BAND = 128
"""Rows a picture command carries: small buffers overrun on tall ones (odoo#47635), and after a
broken line at most this much has to be filled up."""

_ROW_BYTES = 72
_CHUNK = 4096
_RESET = b"\x1b@"
_STATUS = {"online": b"\x10\x04\x01", "offline": b"\x10\x04\x02", "paper": b"\x10\x04\x04"}
_PAPER_IN_ORDER = b"\x1dr\x01"
"""GS r 1: answered when all before it is printed, so it also says that the ticket is out."""

_FIXED_BITS, _FIXED_VALUE = 0x93, 0x12
"""Bits of a DLE EOT answer that never change; anything else is noise on the line."""


class Status(msgspec.Struct, frozen=True):
    """What the printer said of itself; `unknown` where it said nothing or nonsense."""

    paper: Literal["ok", "low", "out", "unknown"] = "unknown"
    cover_open: bool = False
    silent: bool = False
    """It was asked and sent nothing at all."""


def encode(image: Image.Image) -> bytes:
    """A whole ticket: reset, the picture in bands, a line feed, the cut.

    Without the line feed some printers swallow the cut (odoo PR#85801).
    """
    from escpos.printer import Dummy

    printer = Dummy()
    # Without a width in its profile the library talks about it on standard output.
    media = {"media": {"width": {"mm": 72, "pixels": _ROW_BYTES * 8}}}
    printer.profile.profile_data = {**printer.profile.profile_data, **media}
    printer.hw("INIT")
    printer.image(image, impl="bitImageRaster", fragment_height=BAND)
    printer._raw(b"\n")
    printer.cut(mode="PART")
    return bytes(printer.output)


class EscposLine:
    """Opens lazily, closes on each failure.  Raises TicketError only."""

    def __init__(
        self, config: TicketPrinterConfig, dirty: bool = False, spoke: bool = False
    ) -> None:
        self._config = config
        self._printer: Any = None
        self._dirty = dirty
        self._answers = config.transport != "file"
        self._abandoned = False
        self.last = Status()
        """The newest status."""
        self.spoke = spoke
        """Has the printer ever told its state?  One that has and is silent now is off or hung."""

    def look(self) -> None:
        """Opens the line if need be and asks for the status."""
        # The kernel's printer device takes bytes for a printer that never gets them, and is silent.
        self._guarded(self._look, settles=self._config.transport != "file")

    def print(self, image: Image.Image) -> None:
        """Prints and cuts; returns when the paper is out, as far as the printer tells."""
        data = encode(image)
        self._guarded(lambda: self._send_ticket(data))

    def close(self) -> None:
        printer, self._printer = self._printer, None
        if printer is not None:
            with _quietly():
                device = printer.device
                if self._config.transport == "serial" and device is not None:
                    # Its own close() waits for bytes that an unplugged printer never takes.
                    printer._device = False
                    device.close()
                else:
                    printer.close()

    def abandon(self) -> None:
        """From another thread: tears the line down so that a blocked call there ends."""
        self._abandoned = True
        printer = self._printer
        if printer is None:
            return
        with _quietly():
            device = printer.device
            if self._config.transport == "serial":
                device.cancel_write()
                device.cancel_read()
            elif self._config.transport == "network":
                device.shutdown(2)

    # -- inside ----------------------------------------------------------------------------

    def _guarded(self, call: Any, settles: bool = True) -> None:
        """`settles` = when the call returns, the printer is at the beginning of a command."""
        from escpos.exceptions import DeviceNotFoundError, Error

        try:
            self._open()
            call()
            # Only now: what a line took may have gone down with it.
            self._dirty = self._dirty and not settles
        except TicketError:
            raise
        except DeviceNotFoundError as error:
            self.close()
            raise TicketError("unplugged", type(error).__name__) from None
        except TimeoutError:
            self._lost()
            raise TicketError("hung", "it takes no more bytes") from None
        except (OSError, Error) as error:
            self._lost()
            if type(error).__name__ == "SerialTimeoutException":
                raise TicketError("hung", "it takes no more bytes") from None
            raise TicketError("unplugged", type(error).__name__) from None
        finally:
            if self._abandoned:
                self.close()

    def _lost(self) -> None:
        """What was on its way may lack its end.  Filling up what lacks nothing does no harm."""
        self.close()
        self._dirty = True

    def _open(self) -> None:
        if self._printer is not None:
            return
        from escpos.printer import File, Network, Serial

        config = self._config
        printer: Any
        if config.transport == "serial":
            printer = Serial(config.device, config.baud, timeout=config.status_timeout)
            printer.open()
            printer.device.write_timeout = config.write_timeout
        elif config.transport == "network":
            printer = Network(config.host, config.port, timeout=config.write_timeout)
            printer.open()
        else:
            Path(config.device).stat()  # File would make what is not there, and print into it
            printer = File(config.device, auto_flush=True)
            printer.open()
            # A write that blocks in the kernel could not be ended by anybody.
            os.set_blocking(printer.device.fileno(), False)
        self._printer = printer
        if self._dirty:
            # The printer may still wait for the rest of a band: fill it up with blank rows, so
            # that the next command is not taken for dots (python-escpos#628).
            self._write(bytes(BAND * _ROW_BYTES) + _RESET)

    def _look(self) -> None:
        self._ask()
        self._must_answer()

    def _send_ticket(self, data: bytes) -> None:
        self._ask()
        if self.last.paper == "out":
            raise TicketError("paper_out")
        if self.last.cover_open:
            raise TicketError("cover_open")
        if self.last.silent and self.spoke:
            self._ask()
            self._must_answer()
        self._dirty = True
        self._write(data)
        self._confirm()

    def _must_answer(self) -> None:
        """Even a printer that is busy or without paper answers DLE EOT, if it ever does."""
        if self.last.silent and self.spoke:
            self.close()
            self._dirty = True
            raise TicketError("hung", "it fell silent")

    def _confirm(self) -> None:
        """Waits until the ticket is out, where the printer can say so."""
        if not self._answers:
            return
        self._drain()
        self._write(_PAPER_IN_ORDER)
        if not self._read_byte(self._config.confirm_timeout):
            self._ask()
            if self.last.paper == "out":
                raise TicketError("paper_out", "in the middle of a ticket")
            if self.last.cover_open:
                raise TicketError("cover_open", "in the middle of a ticket")
            self._must_answer()  # what a line took is not yet on paper
            # It may well be out: a lost answer is no lost ticket.
            self._answers = self.last.paper != "unknown"

    def _ask(self) -> None:
        if self._config.transport == "file":
            self._must_be_there()
            return
        self._drain()
        paper = self._query("paper")
        offline = self._query("offline") if paper else b""
        self.last = Status(
            paper=_paper(_valid(paper)),
            cover_open=bool((_valid(offline) or 0) & 0x04),
            silent=not paper,
        )
        self.spoke = self.spoke or self.last.paper != "unknown"

    def _must_be_there(self) -> None:
        """A kernel's printer that was pulled out takes its device file with it; one that was put
        back in meanwhile has another.  Nothing else tells, until a ticket is written into the void.
        """
        there, opened = Path(self._config.device).stat(), os.fstat(self._printer.device.fileno())
        if not os.path.samestat(there, opened):
            raise ConnectionResetError("another device has its name")

    def _query(self, what: str) -> bytes:
        self._write(_STATUS[what])
        return self._read_byte(self._config.status_timeout)

    def _write(self, data: bytes) -> None:
        if self._config.transport == "file":
            self._write_file(memoryview(data))
            return
        for start in range(0, len(data), _CHUNK):
            self._printer._raw(data[start : start + _CHUNK])

    def _write_file(self, data: memoryview) -> None:
        """Raises TimeoutError where the kernel's printer takes nothing for `write_timeout`."""
        fd = self._printer.device.fileno()
        while data:
            if not select.select([], [fd], [], self._config.write_timeout)[1]:
                raise TimeoutError
            data = data[os.write(fd, data[:_CHUNK]) :]

    def _drain(self) -> None:
        """Drops answers that came too late for their question, but not for ever."""
        until = time.monotonic() + self._config.status_timeout
        while time.monotonic() < until and self._read(0.0):
            pass

    def _read_byte(self, timeout: float) -> bytes:
        return self._read(timeout)[:1]

    def _read(self, timeout: float) -> bytes:
        """What is there, waiting for the first byte only.  Raises OSError on a broken line."""
        fd = self._printer.device.fileno()
        if not select.select([fd], [], [], timeout)[0]:
            return b""
        data = os.read(fd, 64)
        if not data:
            raise ConnectionResetError("the printer closed the line")
        return data


def _valid(answer: bytes) -> int | None:
    """The answer to a DLE EOT; None for silence and for noise on the line."""
    if not answer or answer[0] & _FIXED_BITS != _FIXED_VALUE:
        return None
    return answer[0]


def _paper(answer: int | None) -> Literal["ok", "low", "out", "unknown"]:
    """Bits 5 and 6 = paper end, bits 2 and 3 = near end (DLE EOT 4)."""
    if answer is None:
        return "unknown"
    if answer & 0x60:
        return "out"
    return "low" if answer & 0x0C else "ok"


class _quietly:  # noqa: N801 (used like a function)
    """Closing a broken line fails in many ways; none matters."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if error is not None:
            logging.getLogger(__name__).debug("close: %s", type(error).__name__)
        return isinstance(error, Exception)
