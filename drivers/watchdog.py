"""Signs of life for systemd: sd_notify(3) over the socket it names."""

from __future__ import annotations

import contextlib
import os
import socket

_KIND = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK


class Watchdog:
    """Does nothing where the process was not started by systemd."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):
            self._address = "\0" + self._address[1:]
        period = os.environ.get("WATCHDOG_USEC", "")
        ours = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.period = int(period) / 1_000_000 if period.isdigit() and ours else 0.0
        """Seconds after which systemd kills a silent daemon; 0 = it does not watch."""

    def ready(self) -> None:
        """The kiosk can be used."""
        self._tell("READY=1")

    def alive(self) -> None:
        """To be called from the loop, at least twice a period."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; never a visitor's."""
        self._tell("STATUS=" + text.replace("\n", " "))

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, _KIND) as sock,
        ):
            # A systemd that reads no more must not stop us: its own watchdog is the hardware's.
            sock.sendto(text.encode(), self._address)
