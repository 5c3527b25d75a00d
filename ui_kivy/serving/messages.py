"""What the daemon and the process of the second display say to each other over `daemon.link`."""

from __future__ import annotations

from daemon.link import Message, Ping, Pong
from daemon.machine.views import Serving


class Show(Message, frozen=True):
    """Draw this."""

    serving: Serving


class Photograph(Message, frozen=True):
    """Write what is drawn as a PNG."""

    path: str


class Photographed(Message, frozen=True):
    """It was written (or not)."""

    path: str
    ok: bool


Down = Ping | Show | Photograph
Up = Pong | Photographed
