"""The uplink's thread: dials, says hello, keeps the line, waits longer each time it is lost."""

from __future__ import annotations

import collections
import logging
import os
import select
import threading
import time
from collections.abc import Callable
from typing import Literal

from daemon.uplink import topics
from daemon.uplink.backoff import STEADY, wait
from daemon.uplink.config import UplinkConfig
from daemon.uplink.envelope import Envelope, Numbers, checked, wrap
from daemon.uplink.errors import LineError
from daemon.uplink.facts import Facts
from daemon.uplink.line import Heard, Incoming, Line, Message
from daemon.uplink.payloads import Presence
from daemon.uplink.registers import Registers
from daemon.uplink.standing import Standing

log = logging.getLogger(__name__)

GOODBYE = 2.0
"""Seconds to wait for the acknowledgement of a goodbye; after that the will speaks."""
OUTGOING_MOST = 200
"""Answers that may wait to be sent; the oldest goes first where there are more."""

Leaving = Literal["maintenance", "update", "shutdown"]


class Worker:
    """Runs until `leave`.  Only `wake`, `leave`, `up` and `error` are for other threads."""

    def __init__(
        self,
        config: UplinkConfig,
        kiosk: str,
        numbers: Numbers,
        standing: Standing,
        facts: Facts,
        changed: Callable[[bool], None],
        heard: Heard | None = None,
        pair: Callable[[], tuple[str, str] | None] = lambda: None,
        registers: tuple[Registers, ...] = (),
    ) -> None:
        """`heard` gets what comes down; `pair` names certificate and key in place of those of the
        configuration, asked at each dialling; `registers` are served on the same line.
        """
        self.up = False
        self.redial = False
        self.error = ""
        """Why there is no line; empty while there is one."""
        self._config = config
        self._kiosk = kiosk
        self._above = topics.above(kiosk)
        self._numbers = numbers
        self._standing = standing
        self._facts = facts
        self._changed = changed
        self._commands = heard
        self._registers = registers
        for one in registers:
            one.wake = self.wake
        self._heard = None if heard is None and not registers else self._came
        self._listen = topics.below(kiosk) if heard is not None else ()
        self._pair = pair
        self._outgoing: collections.deque[Message] = collections.deque(maxlen=OUTGOING_MOST)
        self._connections = 0
        self._attempts = 0
        self._told: bool | None = None
        self._goodbye: Leaving | None = None
        self._news = False
        self._hurry = False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._open = threading.Lock()
        """Nobody writes to a descriptor that is being closed."""
        self._thread = threading.Thread(target=self._run, name="uplink", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something new to send."""
        self._news = True
        with self._open:
            if self._wake >= 0:
                os.eventfd_write(self._wake, 1)

    def send(self, message: Message) -> None:
        """Sends something once, on the line that there is: an answer."""
        self._outgoing.append(message)
        self.wake()

    def dial_again(self) -> None:
        """Ends the line with a goodbye and dials anew: the certificate is another."""
        self.redial = True
        self.hurry()

    def hurry(self) -> None:
        """Dial now, and try again now what the broker refused."""
        self._hurry = True
        self.wake()

    def leave(self, reason: Leaving) -> None:
        """Ends it; blocks for a few seconds at most."""
        self._goodbye = reason
        self.wake()
        if self._thread.ident is not None:
            self._thread.join(GOODBYE + 2 * self._config.connect)
            if self._thread.is_alive():
                log.error("uplink: the thread did not end")
                return
        with self._open:
            os.close(self._wake)
            self._wake = -1

    # -- inside the thread -----------------------------------------------------------------

    def _run(self) -> None:
        while self._goodbye is None:
            began = time.monotonic()
            try:
                self._serve()
            except (LineError, OSError) as error:
                self._lost(error if isinstance(error, LineError) else LineError("lost"))
            except Exception as error:  # the thread must outlive a fault of its own
                log.exception("uplink: %s", type(error).__name__)
                self._lost(LineError("internal", type(error).__name__))
            if self._goodbye is None:
                self._pause(time.monotonic() - began)

    def _serve(self) -> None:
        """One connection from dialling to its end."""
        self._connections += 1
        conn = self._connections
        # The will is numbered after the birth it ends: a lower number would be dropped.
        birth = self._presence(True, conn, "boot" if conn == 1 else "reconnect")
        will = self._presence(False, conn, "lost")
        self._outgoing.clear()  # whoever asked on the line before has asked again
        self.redial = False
        line = Line(self._config, self._kiosk, will, self._heard, self._listen, self._pair())
        try:
            line.send(birth)
            self._standing.anew()
            self._facts.line_lost()
            self._found()
            for one in self._registers:
                one.line_found()
            while self._goodbye is None and not self.redial:
                answers = line.turn(self._work(line), self._wake)
                self._facts.answered(answers)
                for one in self._registers:
                    one.answered(answers)
                self._calm()
            reason = self._goodbye or "update"
            line.close(self._presence(False, conn, reason), GOODBYE)
        finally:
            line.drop()
            self.up = False
            for one in self._registers:
                one.line_lost()

    def _work(self, line: Line) -> float:
        """Sends what is to be sent; returns how long there will be nothing to do."""
        messages, later = self._standing.take(self._above, self._numbers)
        for message in messages:
            line.send(message)
        while self._outgoing:
            line.send(self._outgoing.popleft())
        for one in self._registers:
            one.work(line)
        rest = self._facts.work(line)
        return min(rest, self._config.keepalive / 2, rest if later is None else later)

    def _came(self, incoming: Incoming) -> None:
        if any(one.heard(incoming) for one in self._registers):
            return
        if self._commands is not None:
            self._commands(incoming)

    def _presence(
        self, online: bool, conn: int, reason: Literal["boot", "reconnect", "lost"] | Leaving
    ) -> Message:
        envelope: Envelope = self._numbers.next(topics.PRESENCE)
        data = checked(Presence(online=online, conn=conn, reason=reason))
        return Message(topic=self._above + topics.PRESENCE, body=wrap(envelope, data), retain=True)

    def _found(self) -> None:
        self.up, self.error = True, ""
        log.info("uplink: connected to %s", self._config.broker)
        self._tell(True)

    def _lost(self, error: LineError) -> None:
        """Said once for each reason, not at each attempt."""
        self._facts.line_lost()
        if self.error != str(error):
            log.warning("uplink: no line to %s: %s", self._config.broker, error)
            self.error = str(error)
        self._tell(False)

    def _tell(self, up: bool) -> None:
        """Whoever wants to know is told of each change once."""
        if self._told != up:
            self._told = up
            self._changed(up)

    def _pause(self, held: float) -> None:
        """Full jitter: after a power cut in the whole city, no storm."""
        self._attempts = 1 if held > STEADY else self._attempts + 1
        ends = time.monotonic() + wait(self._config, self._attempts)
        while self._goodbye is None and not self._hurry and (left := ends - time.monotonic()) > 0:
            select.select([self._wake], [], [], left)
            self._calm()
        if self._hurry:
            self._hurry = False
            self._facts.unpause()

    def _calm(self) -> None:
        """Takes the wake-up back, and what it meant to heart."""
        try:
            os.eventfd_read(self._wake)
        except BlockingIOError:
            return
        if self._hurry and self.up:
            self._hurry = False
            self._facts.unpause()
        if self._news:
            self._news = False
            self._facts.news()
