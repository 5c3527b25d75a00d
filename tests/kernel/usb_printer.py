"""A ticket printer on a real USB line: usblp of the kernel, a printer gadget at its other end."""

from __future__ import annotations

import os
import select
import threading
import time
from pathlib import Path

from drivers.simulated.ticket_paper import TicketPaper
from tests.drivers.eveprinter import wait_for
from tests.kernel.gadget import PrinterGadget

HOST = Path("/dev/usb/lp0")
DEVICE = Path("/dev/g_printer0")


class UsbPrinter:
    """The twin's paper behind the gadget: what arrives is printed, what it answers goes back."""

    def __init__(self, folder: Path) -> None:
        self.paper = TicketPaper(folder)
        self._folder = folder
        self.printed = 0
        """Tickets that were cut off, each whole on the disk."""
        self._gadget = PrinterGadget()
        self._end = -1
        self.slow = False
        self.unplug_at: int | None = None
        """Takes so many bytes more and then nothing: power that fails in the middle."""
        self.plug()

    def plug(self) -> None:
        self._gadget.plug()
        wait_for(HOST.exists, "the host's printer")
        self._end = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK)
        self._pulled = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        self._pulled.set()
        self._thread.join()
        os.close(self._end)
        self._gadget.unplug()

    def deaf(self) -> None:
        """Takes no more bytes, as a printer that is being refilled."""
        self._pulled.set()
        self._thread.join()

    def close(self) -> None:
        self.unplug()
        self.discard()

    def discard(self) -> None:
        """The end of an unplugged one."""
        self._gadget.close()

    def _serve(self) -> None:
        while not self._pulled.is_set():
            if not select.select([self._end], [], [], 0.05)[0]:
                continue
            data = os.read(self._end, 8192)
            if self.unplug_at is not None:
                data, self.unplug_at = data[: self.unplug_at], max(0, self.unplug_at - len(data))
            if self.slow:
                time.sleep(0.02)
            answer = self.paper.feed(data)
            if self.unplug_at == 0:
                return
            self.printed = len(list(self._folder.glob("*.png")))
            if answer:
                os.write(self._end, answer)
