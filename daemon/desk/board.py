"""Requests and who has them: the desk's only state, in memory.

One officer holds a request; only he sees its pages and decides, once.  A decision is sent until
the kiosk has taken it, or says that the citizen left.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from daemon.desk.errors import NotAllowed, NotThere
from daemon.desk_messages import Decide, Page, Summary, Verdict
from daemon.machine.values import Box

State = Literal["waiting", "held", "decided", "taken", "gone"]

KEPT = 120.0
"""Seconds that the end of a request is remembered: its officer is told, a late line is answered."""
SAID = 180.0
"""Seconds that a decision is said again while its kiosk's line is down."""


class Request(msgspec.Struct):
    """One request."""

    kiosk: str
    summary: Summary
    asked: float
    state: State = "waiting"
    holder: str = ""
    opened: float = 0.0
    alone: float = 0.0
    """Since when the holder's page is gone; 0 = it is there."""
    nonce: str = ""
    """What the form must bring; new at each opening, good once."""
    barred: frozenset[str] = frozenset()
    """Officers who may not certify this one (their own, or relatives')."""
    meant: str = ""
    """The officer it was handed to; empty = anybody."""
    name: str = ""
    pages: dict[int, Page] = {}
    watched: float = 0.0
    """Seconds of live view that were drawn on the holder's screen."""
    decision: Decide | None = None
    decided: float = 0.0
    wrong: str = ""
    """Why the kiosk did not take the decision."""

    @property
    def id(self) -> str:
        return self.summary.id

    @property
    def page_count(self) -> int:
        return sum(one.pages for one in self.summary.originals)

    def forget(self) -> None:
        """Nothing of the citizen stays."""
        self.name, self.pages = "", {}


class Board:
    """All requests of all kiosks."""

    def __init__(
        self,
        changed: Callable[[Request], None],
        *,
        live_seconds: float = 2.0,
        away: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`changed` is told of each request that is not as it was."""
        self._changed = changed
        self._live_seconds = live_seconds
        self._away = away
        self._clock = clock
        self._all: dict[str, Request] = {}

    # -- looking -----------------------------------------------------------------------------

    def open_ones(self) -> list[Request]:
        """Waiting and held, oldest first."""
        found = [one for one in self._all.values() if one.state in ("waiting", "held")]
        return sorted(found, key=lambda one: one.asked)

    def of_kiosk(self, kiosk: str) -> Request | None:
        """What the kiosk asks now."""
        return next((one for one in self.open_ones() if one.kiosk == kiosk), None)

    def find(self, request: str) -> Request:
        """Raises NotThere."""
        found = self._all.get(request)
        if found is None:
            raise NotThere("gone")
        return found

    def mine(self, request: str, officer: str) -> Request:
        """The request, which this officer holds.  Raises NotThere, NotAllowed."""
        found = self.find(request)
        if found.state != "held":
            raise NotThere("decided" if found.state in ("decided", "taken") else "gone")
        if found.holder != officer:
            raise NotAllowed("others")
        return found

    def may_open(self, request: Request, officer: str) -> bool:
        return (
            request.state == "waiting"
            and officer not in request.barred
            and request.meant in ("", officer)
        ) or (request.state == "held" and request.holder == officer)

    def watched_enough(self, request: Request) -> bool:
        """Was the original looked at, where the ward wants that?"""
        live = request.summary.inspection == "by_live_camera"
        return not live or request.watched >= self._live_seconds

    # -- from kiosks -------------------------------------------------------------------------

    def asked(self, kiosk: str, summary: Summary) -> Request:
        """A request, or the same again after a new line."""
        known = self._all.get(summary.id)
        if known is not None and known.kiosk == kiosk and known.summary.id == summary.id:
            if known.state == "gone" and known.decision is None:
                known.state, known.holder = "waiting", ""
            self._changed(known)
            return known
        before = self.of_kiosk(kiosk)
        if before is not None:
            self.gone(kiosk, before.id)
        made = Request(kiosk, summary, self._clock() - summary.waited)
        self._all[summary.id] = made
        self._changed(made)
        return made

    def gone(self, kiosk: str, request: str) -> None:
        """The citizen left, or the kiosk's line was lost for good."""
        found = self._all.get(request)
        if found is not None and found.kiosk == kiosk and found.state in ("waiting", "held"):
            found.state, found.decided = "gone", self._clock()
            found.forget()
            self._changed(found)

    def only(self, kiosk: str, request: str) -> None:
        """The kiosk asks this and nothing else; empty = nothing."""
        for one in self.open_ones():
            if one.kiosk == kiosk and one.id != request:
                self.gone(kiosk, one.id)

    def taken(self, kiosk: str, decision: str, request: str, wrong: str) -> Request | None:
        """The kiosk has the decision, or says why it does not stand; None = known already."""
        found = self._all.get(request)
        if found is None or found.kiosk != kiosk or found.state != "decided":
            return None
        if found.decision is None or found.decision.decision != decision:
            return None
        found.state, found.wrong = ("gone" if wrong else "taken"), wrong
        self._changed(found)
        return found

    def shown(self, kiosk: str, page: Page) -> None:
        """A page came up; kept only while somebody holds the request."""
        found = self._all.get(page.id)
        if found is not None and found.kiosk == kiosk and found.state == "held":
            if 0 <= page.n < found.page_count:
                found.pages[page.n] = page
            self._changed(found)

    def named(self, kiosk: str, request: str, name: str) -> None:
        """The requester."""
        found = self._all.get(request)
        if found is not None and found.kiosk == kiosk and found.state == "held":
            found.name = name
            self._changed(found)

    # -- from officers -----------------------------------------------------------------------

    def open(self, request: str, officer: str) -> Request:
        """Take it.  Raises NotThere, NotAllowed."""
        found = self.find(request)
        if found.state not in ("waiting", "held"):
            raise NotThere("decided" if found.decision is not None else "gone")
        if not self.may_open(found, officer):
            raise NotAllowed("barred" if officer in found.barred else "others")
        if found.state == "waiting":
            found.state, found.holder, found.meant = "held", officer, ""
            found.opened, found.watched, found.alone = self._clock(), 0.0, self._clock()
            found.nonce = secrets.token_urlsafe(18)
            self._changed(found)
        return found

    def release(self, request: str, officer: str, *, to: str = "", barred: bool = False) -> None:
        """Hand it over: to somebody, to anybody, or because he may not decide on it."""
        found = self.mine(request, officer)
        found.meant = to
        if barred:
            found.barred |= {officer}
        self._free(found)

    def watching(self, request: str, officer: str, seconds: float) -> None:
        """The live view was on his screen for so long."""
        found = self.mine(request, officer)
        found.watched += seconds

    def page_is(self, request: str, officer: str, *, there: bool) -> None:
        """His page with this request is open, or was closed."""
        found = self._all.get(request)
        if found is not None and found.state == "held" and found.holder == officer:
            found.alone = 0.0 if there else self._clock()

    def decide(
        self,
        request: str,
        officer: str,
        nonce: str,
        verdict: Verdict,
        reason: str = "",
        page: int = -1,
        where: Box | None = None,
    ) -> Request:
        """Once.  Raises NotThere, NotAllowed."""
        found = self.mine(request, officer)
        if not found.nonce or not secrets.compare_digest(nonce, found.nonce):
            raise NotAllowed("form")
        if verdict == "accepted":
            if len(found.pages) < found.page_count:
                raise NotAllowed("pages")
            if not self.watched_enough(found):
                raise NotAllowed("live")
        now = self._clock()
        found.nonce, found.state, found.decided = "", "decided", now
        found.decision = Decide(
            secrets.token_hex(12), request, verdict, officer, reason, page, where,
            round(now - found.opened, 1),
        )  # fmt: skip
        found.forget()
        self._changed(found)
        return found

    def undecide(self, request: Request) -> None:
        """The decision could not be written down: it is none, and was told to nobody."""
        if request.state == "decided":
            request.decision = None
            self._free(request)

    def unsaid(self, kiosk: str) -> list[Decide]:
        """Decisions that this kiosk has not taken yet."""
        now = self._clock()
        return [
            one.decision
            for one in self._all.values()
            if one.kiosk == kiosk
            and one.state == "decided"
            and one.decision is not None
            and now - one.decided < SAID
        ]

    def tidy(self) -> None:
        """Frees what nobody looks at, forgets what is over; called now and then."""
        now = self._clock()
        for one in list(self._all.values()):
            if one.state == "held" and one.alone and now - one.alone > self._away:
                self._free(one)
            elif one.state == "decided" and now - one.decided > SAID:
                one.state, one.wrong = "gone", "line"
                self._changed(one)
            elif one.state in ("gone", "taken") and now - one.decided > max(KEPT, SAID):
                del self._all[one.id]

    def _free(self, request: Request) -> None:
        request.state, request.holder, request.nonce = "waiting", "", ""
        request.watched = 0.0
        request.forget()
        self._changed(request)
