"""The pages and their fragments, from templates; everything is escaped."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from daemon.catalogue import kinds, refusals
from daemon.catalogue.calendar import VIETNAM
from daemon.desk.board import Request
from daemon.desk.desk import Desk
from daemon.desk.errors import DeskError
from daemon.desk.live import Page
from daemon.desk.sessions import Session
from daemon.desk.words import known, say, table

CHECKS = range(1, 11)
"""`certified copies`: what the certifier checks."""
UNSURE = 0.8
"""Fields read with less confidence are marked."""
RELAY = ("unclear", "glare", "cut", "other")


class Views:
    """Renders."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kinds = kinds.load()
        self._templates = Environment(
            loader=PackageLoader("daemon.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.reasons = tuple(
            code for code in refusals.default().grounds
            if refusals.default().may_refuse(code) and f"reason.{code}" in table()
        )  # fmt: skip

    def page(self, name: str, session: Session | None, language: str = "", **more: Any) -> str:
        """A whole page."""
        language = language or (session.language if session else self._desk.config.language)
        return self._render(name, language, session=session, **more)

    def board(self, session: Session) -> dict[str, Any]:
        """What the board shows."""
        desk = self._desk
        return {
            "requests": desk.board.open_ones(),
            "kiosks": sorted(desk.kiosks.all.values(), key=lambda one: one.name),
            "officer": session.officer,
            "board": desk.board,
            "names": {one.name: one.term.full_name for one in desk.people.all() if one.term},
            "median": desk.median,
            "fresh": desk.sessions.fresh(session),
            "undone": desk.undone_of(session.officer),
            "decided": len(desk.seconds),
        }

    def request(self, session: Session, request: Request) -> dict[str, Any]:
        """What the page of a request shows."""
        desk, board = self._desk, self._desk.board
        officer = desk.admitted(session)
        term = officer.term if officer else None
        name = term.full_name if term else ""
        titles = [one.title for one in request.summary.originals for _ in range(one.pages)]
        kinds_of = [one.kind for one in request.summary.originals for _ in range(one.pages)]
        return {
            "request": request,
            "titles": titles,
            "label": lambda n, name: self._label(kinds_of[n], name, session.language),
            "watched": board.watched_enough(request),
            "live": request.summary.inspection == "by_live_camera",
            "may": desk.may_decide(session),
            "complete": len(request.pages) == request.page_count,
            "kiosk": desk.kiosks.all[request.kiosk],
            "checks": CHECKS,
            "reasons": self.reasons,
            "relay": RELAY,
            "unsure": UNSURE,
            "others": sorted(
                {
                    one.name: one.term.full_name
                    for one in desk.people.all()
                    if one.term and one.name != session.officer
                    and desk.people.admitted(one.serial, "certifier")
                }.items()
            ),
            "statement": (*request.summary.statement, *(term.title if term else ()), name),
            "watermark": self.watermark(name),
        }  # fmt: skip

    def watermark(self, name: str) -> str:
        """Who looks, and when."""
        if not self._desk.config.watermark:
            return ""
        return f"{name} · {dt.datetime.now(VIETNAM):%d/%m/%Y %H:%M}"

    def fragment(self, page: Page) -> str:
        """What a page's line is told: its changing part, as JSON."""
        session, desk = page.session, self._desk
        told: dict[str, Any] = {"waiting": 0}
        told["waiting"] = sum(one.state == "waiting" for one in desk.board.open_ones())
        if not page.request:
            parts = {"board": self._part("_board.html", session, **self.board(session))}
        else:
            try:
                request = desk.board.mine(page.request, session.officer)
            except DeskError as error:
                return json.dumps({"over": self._say(session)(f"error.{error.code}")})
            more = self.request(session, request)
            parts = {
                "facts": self._part("_facts.html", session, **more),
                "status": self._part("_status.html", session, **more),
            }
            told["pages"] = sorted(request.pages)
            told["ready"] = more["complete"] and more["watched"] and more["may"]
        return json.dumps(told | {"parts": parts})

    def _label(self, kind: str, name: str, language: str) -> str:
        """A field as the paper calls it."""
        known = self._kinds.get(kind)
        for field in known.fields if known is not None else ():
            if field.name == name:
                return (field.label_vi if language == "vi" else field.label_en).rstrip(": ")
        return name

    # -- inside ------------------------------------------------------------------------------

    def _part(self, name: str, session: Session, **more: Any) -> str:
        return self._render(name, session.language, session=session, **more)

    def _say(self, session: Session) -> Callable[..., str]:
        return partial(say, session.language)

    def _render(self, name: str, language: str, **more: Any) -> str:
        return self._templates.get_template(name).render(
            say=partial(say, language),
            known=known,
            language=language,
            ward=self._desk.config.ward,
            money=lambda amount: f"{amount:,}".replace(",", "."),
            at=lambda monotonic: _clock(monotonic),
            **more,
        )


def _clock(monotonic: float) -> str:
    """Vietnam's time of day of a moment of the monotonic clock."""
    moment = time.time() - (time.monotonic() - monotonic)
    return f"{dt.datetime.fromtimestamp(moment, VIETNAM):%H:%M:%S}"
