"""The routes: every page is made here, every form ends here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from daemon import desk_messages as msg
from daemon.desk import guard
from daemon.desk.desk import Desk
from daemon.desk.errors import DeskError, NotAllowed, NotThere
from daemon.desk.forms import Forms
from daemon.desk.live import Lines
from daemon.desk.people import Person
from daemon.desk.sessions import COOKIE, Session
from daemon.desk.views import Views
from daemon.desk.words import LANGUAGES

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "page"
FILES = {"desk.js": "text/javascript", "desk.css": "text/css", "icon.svg": "image/svg+xml"}

Handler = Callable[[Request, Session], Awaitable[Response]]


class Pages:
    """The application."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._views = Views(desk)
        self._forms = Forms(desk)
        desk.lines = Lines(desk.board, desk.kiosks, desk.sessions, self._views.fragment)
        self.lines = desk.lines
        self.app = Starlette(
            routes=[
                Route("/", self._officer(self._board, idle=True)),
                Route("/enter", self._enter, methods=["GET", "POST"]),
                Route("/leave", self._officer(self._leave, idle=True), methods=["POST"]),
                Route("/language", self._officer(self._language, idle=True), methods=["POST"]),
                Route("/keys", self._officer(self._keys, idle=True), methods=["POST"]),
                Route("/request/{id}", self._officer(self._request)),
                Route("/request/{id}/page/{n:int}", self._officer(self._page)),
                Route("/request/{id}/{act}", self._officer(self._act), methods=["POST"]),
                Route("/pay/{kiosk}", self._officer(self._pay), methods=["POST"]),
                Route("/file/{name}", self._file),
                WebSocketRoute("/live", self._live),
                WebSocketRoute(msg.PATH, self._kiosk),
            ],
            middleware=[Middleware(guard.Headers)],
        )

    # -- who is it ---------------------------------------------------------------------------

    def _person(self, connection: Request | WebSocket, role: str) -> Person | None:
        """Whoever the connection belongs to, if he has a place here."""
        peer = guard.peer(connection)
        if peer is None or peer.role != role or not guard.own_host(connection, self._desk.config):
            return None
        return self._desk.people.admitted(peer.serial, role)

    def _session(self, connection: Request | WebSocket, person: Person) -> Session | None:
        return self._desk.sessions.find(connection.cookies.get(COOKIE, ""), person.serial)

    def _officer(
        self, handler: Handler, *, idle: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """Wraps a handler: only an officer with a session comes in; `idle` = also an idle one."""

        async def guarded(request: Request) -> Response:
            person = self._person(request, "certifier")
            if person is None:
                return Response(status_code=403)
            session = self._session(request, person)
            if session is None or not (idle or self._desk.sessions.fresh(session)):
                return RedirectResponse("/enter", 303)
            try:
                return await handler(request, session)
            except DeskError as error:
                text = self._views.page("error.html", session, code=error.code)
                return HTMLResponse(text, error.status)

        return guarded

    # -- pages -------------------------------------------------------------------------------

    async def _enter(self, request: Request) -> Response:
        person = self._person(request, "certifier")
        if person is None:
            return Response(status_code=403)
        sessions, wrong = self._desk.sessions, ""
        if request.method == "POST":
            try:
                fields = await guard.form(request, None)
            except NotAllowed as error:
                return Response(status_code=error.status)
            if not sessions.may_try(person.serial):
                wrong = "locked"
            else:
                pin = fields.get("pin", "")
                sessions.tried(person.serial, right=False)  # two at once count as two
                if await asyncio.to_thread(self._desk.people.right_pin, person, pin):
                    sessions.tried(person.serial, right=True)
                    return self._begin(person)
                wrong = "wrong"
        text = self._views.page("enter.html", None, person=person, wrong=wrong)
        return HTMLResponse(text, 403 if wrong else 200)

    def _begin(self, person: Person) -> Response:
        session = self._desk.sessions.begin(person.name, person.serial, self._desk.config.language)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE, session.token, secure=True, httponly=True, samesite="strict", path="/"
        )
        self._desk.changed()
        return answer

    async def _board(self, request: Request, session: Session) -> Response:
        flash, session.flash = session.flash, ""
        more = self._views.board(session)
        return HTMLResponse(self._views.page("board.html", session, flash=flash, **more))

    async def _request(self, request: Request, session: Session) -> Response:
        found = self._desk.board.mine(request.path_params["id"], session.officer)
        more = self._views.request(session, found)
        return HTMLResponse(self._views.page("request.html", session, **more))

    async def _page(self, request: Request, session: Session) -> Response:
        found = self._desk.board.mine(request.path_params["id"], session.officer)
        page = found.pages.get(request.path_params["n"])
        if page is None:
            raise NotThere("pages")
        return Response(page.jpeg, media_type="image/jpeg")

    async def _file(self, request: Request) -> Response:
        if self._person(request, "certifier") is None:
            return Response(status_code=403)
        kind = FILES.get(request.path_params["name"])
        if kind is None:
            return Response(status_code=404)
        return FileResponse(FOLDER / request.path_params["name"], media_type=kind)

    # -- forms -------------------------------------------------------------------------------

    async def _act(self, request: Request, session: Session) -> Response:
        fields = await guard.form(request, session)
        self._desk.sessions.here(session)
        place = await self._forms.act(
            request.path_params["act"], request.path_params["id"], session, fields
        )
        return RedirectResponse(place, 303)

    async def _pay(self, request: Request, session: Session) -> Response:
        fields = await guard.form(request, session)
        self._desk.sessions.here(session)
        await self._forms.pay(request.path_params["kiosk"], session, fields)
        return RedirectResponse("/", 303)

    async def _leave(self, request: Request, session: Session) -> Response:
        await guard.form(request, session)
        self._desk.sessions.end(session)
        self._desk.changed()
        answer = RedirectResponse("/enter", 303)
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
        return answer

    async def _language(self, request: Request, session: Session) -> Response:
        fields = await guard.form(request, session)
        if fields.get("to") in LANGUAGES:
            session.language = fields["to"]
        return RedirectResponse("/", 303)

    async def _keys(self, request: Request, session: Session) -> Response:
        await guard.form(request, session)
        session.keys = not session.keys
        return RedirectResponse("/", 303)

    # -- lines -------------------------------------------------------------------------------

    async def _live(self, socket: WebSocket) -> None:
        person = self._person(socket, "certifier")
        session = self._session(socket, person) if person is not None else None
        request = socket.query_params.get("request", "")
        fresh = session is not None and self._desk.sessions.fresh(session)
        if session is None or not guard.own_origin(socket) or not (fresh or not request):
            await socket.close(1008)
            return
        await self.lines.serve(socket, session, request)

    async def _kiosk(self, socket: WebSocket) -> None:
        kiosk = self._person(socket, "kiosk")
        if kiosk is None:
            await socket.close(1008)
            return
        await self._desk.kiosks.serve(socket, kiosk.name)
