"""`net speed`: as many full echoes as come back, for a few seconds and some MiB at most."""

from __future__ import annotations

import os
import select
import socket
import statistics
import struct
import time
from collections.abc import Callable

from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import SpeedRow

BODY = 1400
"""Bytes of an echo: the largest that every Ethernet and VPN carries in one piece, rounded down."""
SECONDS = 4.0
MOST = 16 << 20
"""Bytes sent: what a metered line can bear."""
AHEAD = 16
"""Echoes under way: more would fill the routers' queues instead of the line."""
GONE = 1.0
"""Seconds after which an echo is counted as lost."""


def measured(host: str, address: str, opened: Callable[[bool], socket.socket]) -> SpeedRow:
    """For a thread.  Raises ConsoleError.  What a router holds back of echoes counts against it."""
    six = ":" in address
    body = os.urandom(BODY)
    away: dict[int, float] = {}
    times: list[float] = []
    sent, began, last = 0, time.monotonic(), 0.0
    with opened(six) as sock:
        sock.setblocking(False)
        while True:
            now = time.monotonic()
            sending = now - began < SECONDS and sent * BODY < MOST
            for number, at in list(away.items()):
                if now - at > GONE:
                    del away[number]
            if not sending and not away:
                break
            if sending and len(away) < AHEAD:
                number = sent & 0xFFFF
                try:
                    sock.sendto(
                        struct.pack("!BBHHH", 128 if six else 8, 0, 0, 0, number) + body,
                        (address, 0),
                    )
                except BlockingIOError:
                    pass
                except PermissionError:
                    raise ConsoleError(
                        Code.FAILED, f"{address}: not allowed here; IPAddressAllow= of the unit"
                    ) from None
                except OSError as error:
                    raise ConsoleError(Code.FAILED, f"{address}: {error.strerror}") from None
                else:
                    away[number] = now
                    sent += 1
                    if len(away) < AHEAD:
                        continue
            if select.select([sock], [], [], 0.05)[0]:
                last = _came(sock, away, times) or last
    took = max(last - began, 1e-6)
    return SpeedRow(
        host=host,
        sent=sent,
        came=len(times),
        mbit=round(len(times) * BODY * 8 / took / 1e6, 1) if times else 0.0,
        median_ms=round(1000 * statistics.median(times), 2) if times else 0.0,
        worst_ms=round(1000 * max(times), 2) if times else 0.0,
    )


def _came(sock: socket.socket, away: dict[int, float], times: list[float]) -> float:
    """Reads all that is there; returns when the last echo of ours came, 0 = none."""
    last = 0.0
    while True:
        try:
            answer = sock.recv(2048)
        except OSError:  # empty, or an ICMP error about one echo, which then counts as lost
            return last
        at = away.pop(struct.unpack_from("!H", answer, 6)[0], None) if len(answer) > 8 else None
        if at is not None:
            last = time.monotonic()
            times.append(last - at)
