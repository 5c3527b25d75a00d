"""Who sits at the desk: a certificate opens the connection, a PIN opens the session.

After a while without a key a session still shows the board, so that its officer hears of requests;
to open one the PIN is asked for again, and after a shift in any case.  A wrong PIN costs time, and
five of them fifteen minutes.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import msgspec

COOKIE = "__Host-desk"
TRIES = 5
LOCKED = 900.0
"""Seconds."""
SHIFT = 10 * 3600.0
"""Seconds after which a session is over, used or not."""


class Session(msgspec.Struct):
    """One officer at one browser."""

    token: str
    officer: str
    serial: str
    csrf: str
    began: float
    used: float
    language: str
    keys: bool = True
    """Single letters act (WCAG 2.1.4: they can be turned off)."""
    flash: str = ""
    """Said on the next page, once."""


class Sessions:
    """In memory: a desk that is started anew asks for PINs."""

    def __init__(self, idle: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._idle = idle
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._wrong: dict[str, list[float]] = {}

    def begin(self, officer: str, serial: str, language: str) -> Session:
        """A new one; an old one of the same certificate ends."""
        self._open = {key: one for key, one in self._open.items() if one.serial != serial}
        made = Session(
            secrets.token_urlsafe(24), officer, serial, secrets.token_urlsafe(24),
            self._clock(), self._clock(), language,
        )  # fmt: skip
        self._open[made.token] = made
        return made

    def find(self, token: str, serial: str) -> Session | None:
        """The session of this cookie, if it is this certificate's."""
        found = self._open.get(token)
        if found is None or found.serial != serial:
            return None
        if self._clock() - found.began > SHIFT:
            del self._open[token]
            return None
        return found

    def fresh(self, session: Session) -> bool:
        """Was a key pressed not long ago?  Papers are shown, and decided on, only then."""
        return self._clock() - session.used <= self._idle

    def here(self, session: Session) -> None:
        """Somebody pressed a key; once idle, only a PIN says who."""
        if self.fresh(session):
            session.used = self._clock()

    def end(self, session: Session) -> None:
        """Left."""
        self._open.pop(session.token, None)

    @property
    def officers(self) -> set[str]:
        """Whoever has a session that is not idle."""
        return {one.officer for one in self._open.values() if self.fresh(one)}

    # -- PINs --------------------------------------------------------------------------------

    def may_try(self, serial: str) -> bool:
        """Is another PIN taken?"""
        since = self._clock() - LOCKED
        self._wrong[serial] = [at for at in self._wrong.get(serial, ()) if at > since]
        return len(self._wrong[serial]) < TRIES

    def tried(self, serial: str, *, right: bool) -> None:
        """Counts the wrong ones."""
        if right:
            self._wrong.pop(serial, None)
        else:
            self._wrong.setdefault(serial, []).append(self._clock())
