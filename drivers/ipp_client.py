"""One printer over IPP/2.0: single requests, each on a connection of its own.

A fresh connection a request costs a millisecond and makes a re-plugged printer, a restarted CUPS
and a cut cable the same case.  All methods block and belong into a thread.
"""

from __future__ import annotations

import http.client
import itertools
import socket
import ssl
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from drivers.errors import DeviceError
from drivers.ipp_message import (
    Attributes,
    IppGarbledError,
    Operation,
    Reply,
    Request,
    Status,
    Tag,
    decode,
    encode,
    keywords,
    number,
)

__all__ = ["Address", "IppClient", "IppError", "UriError"]

SEND_WITHIN = 60.0
"""Seconds a document may take to a printer that reads while it prints."""

MOST_BYTES = 4 << 20
"""Bytes a reply may have; a list of a hundred jobs has some 50 kB."""

PRINTER = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-input-tray",
    "printer-up-time",
    "marker-levels",
    "operations-supported",
    "document-format-supported",
    "job-creation-attributes-supported",
    "media-supported",
    "sides-supported",
    "print-scaling-supported",
    "job-sheets-supported",
    "cups-version",
    "device-uri",
)
JOB = (
    "job-id",
    "job-name",
    "job-originating-user-name",
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
    "job-media-sheets-completed",
)

Reason = Literal[
    "unplugged", "hung", "garbled", "not_allowed", "busy", "unknown", "impossible", "refused"
]


class UriError(ValueError):
    """`page_printer.uri` names no printer."""


class IppError(DeviceError):
    """A request that was not done.

    `unplugged` nobody listens or the line broke · `hung` no answer in time · `garbled` no IPP ·
    `not_allowed` a login is asked for · `busy` try again · `unknown` no such job or queue ·
    `impossible` not in the state that the job is in · `refused` any other no.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reply_lost = reason in ("unplugged", "hung", "garbled")
        """Whether the printer may have done what it was asked."""


class Address(msgspec.Struct, frozen=True):
    """Where a printer is."""

    host: str
    port: int
    path: str
    """Of the HTTP resource: `/ipp/print`, `/printers/NAME`."""
    tls: bool = False
    socket: str = ""
    """Unix socket instead of host and port."""

    @classmethod
    def of(cls, uri: str) -> Address:
        """Reads `ipp://HOST[:631]/PATH`, `ipps://…` or `ipp+unix:///run/cups/cups.sock?/PATH`.

        Raises UriError for what is none of them.
        """
        parts = urlsplit(uri)
        unix = parts.scheme == "ipp+unix"
        host = "localhost" if unix else parts.hostname or ""
        path = parts.query if unix else parts.path
        if parts.scheme not in ("ipp", "ipps", "ipp+unix") or not host or path[:1] != "/":
            raise UriError(f"{uri!r} is none of ipp://HOST/PATH ipps://… ipp+unix://SOCKET?/PATH")
        try:
            port = parts.port or 631
        except ValueError:
            raise UriError(f"{uri!r}: the port is a number up to 65535") from None
        return cls(host, port, path, parts.scheme == "ipps", parts.path if unix else "")

    @property
    def printer_uri(self) -> str:
        """The printer's name in requests (RFC 8011 §4.1.5)."""
        port = "" if self.port == 631 else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'ipps' if self.tls else 'ipp'}://{host}{port}{self.path}"


class IppClient:
    """Requests to the printer at `uri` (see Address), each within `timeout` seconds.

    `certificate` is a PEM file to trust besides the system's.  Raises UriError.
    """

    def __init__(self, uri: str, user: str, timeout: float, certificate: str = "") -> None:
        self._to = Address.of(uri)
        self._certificate = certificate
        self._timeout = timeout
        self._user = user
        self._numbers = itertools.count(1)

    # -- operations ------------------------------------------------------------------------

    def printer(self) -> Attributes:
        """State and abilities."""
        return self._ask(
            Operation.GET_PRINTER_ATTRIBUTES, (Tag.KEYWORD, "requested-attributes", PRINTER)
        ).printer

    def jobs(self, which: Literal["completed", "not-completed"]) -> tuple[Attributes, ...]:
        """Jobs of this user."""
        return self._ask(
            Operation.GET_JOBS,
            (Tag.KEYWORD, "which-jobs", (which,)),
            (Tag.BOOLEAN, "my-jobs", (True,)),
            (Tag.INTEGER, "limit", (100,)),
            (Tag.KEYWORD, "requested-attributes", JOB),
        ).jobs

    def create(self, name: str, template: tuple[tuple[str, str], ...]) -> int:
        """An empty job; `template` holds keyword attributes.  Returns its job-id."""
        reply = self._ask(
            Operation.CREATE_JOB,
            (Tag.NAME, "job-name", (name,)),
            job=tuple((Tag.KEYWORD, key, (value,)) for key, value in template),
        )
        for job in reply.jobs:
            made = number(job, "job-id")
            if made is not None:
                return made
        raise IppError("garbled", "a job without job-id")

    def send(self, job: int, document: bytes) -> None:
        """The one document of a job."""
        self._ask(
            Operation.SEND_DOCUMENT,
            (Tag.INTEGER, "job-id", (job,)),
            (Tag.MIME, "document-format", ("application/pdf",)),
            (Tag.BOOLEAN, "last-document", (True,)),
            document=document,
        )

    def job(self, job: int) -> Attributes:
        """State of one job."""
        reply = self._ask(
            Operation.GET_JOB_ATTRIBUTES,
            (Tag.INTEGER, "job-id", (job,)),
            (Tag.KEYWORD, "requested-attributes", JOB),
        )
        if not reply.jobs or number(reply.jobs[0], "job-state") is None:
            raise IppError("refused", "job-state is not told: see JobPrivateValues of CUPS")
        return reply.jobs[0]

    def cancel(self, job: int) -> None:
        """Ends a job; one that has ended already is no error."""
        try:
            self._ask(Operation.CANCEL_JOB, (Tag.INTEGER, "job-id", (job,)))
        except IppError as error:
            if error.reason not in ("unknown", "impossible"):
                raise

    def resume(self) -> None:
        """Sets a stopped queue going."""
        self._ask(Operation.RESUME_PRINTER)

    # -- the line --------------------------------------------------------------------------

    def _ask(
        self,
        operation: Operation,
        *attributes: tuple[Tag, str, tuple[int | bool | str, ...]],
        job: tuple[tuple[Tag, str, tuple[str, ...]], ...] = (),
        document: bytes = b"",
    ) -> Reply:
        head: tuple[tuple[Tag, str, tuple[int | bool | str, ...]], ...] = (
            (Tag.CHARSET, "attributes-charset", ("utf-8",)),
            (Tag.LANGUAGE, "attributes-natural-language", ("en",)),
            (Tag.URI, "printer-uri", (self._to.printer_uri,)),
        )
        # The order of the first attributes is fixed: charset, language, target (RFC 8011 §4.1.5).
        ids = tuple(a for a in attributes if a[1] == "job-id")
        rest = tuple(a for a in attributes if a[1] != "job-id")
        user = ((Tag.NAME, "requesting-user-name", (self._user,)),)
        request = Request(operation, (*head, *ids, *user, *rest), job)
        within = SEND_WITHIN if document else self._timeout
        reply = self._exchange(encode(request, next(self._numbers)) + document, within)
        if reply.status >= 0x100:
            raise _refusal(operation, reply)
        return reply

    def _exchange(self, body: bytes, within: float) -> Reply:
        try:
            line = self._line(within)
            try:
                line.request("POST", self._to.path, body, {"Content-Type": "application/ipp"})
                answer = line.getresponse()
                data = answer.read(MOST_BYTES + 1)
            finally:
                line.close()
        except TimeoutError:
            raise IppError("hung", f"no answer in {within:g} s") from None
        except ssl.SSLCertVerificationError as error:
            raise IppError("not_allowed", error.verify_message) from None
        except OSError as error:
            raise IppError("unplugged", error.strerror or type(error).__name__) from None
        except http.client.HTTPException as error:
            raise IppError("garbled", type(error).__name__) from None
        if answer.status in (401, 403, 426):
            raise IppError("not_allowed", f"HTTP {answer.status}")
        if answer.status == 404:
            raise IppError("unknown", f"nothing at {self._to.path}")
        if answer.status != 200 or len(data) > MOST_BYTES:
            raise IppError("garbled", f"HTTP {answer.status}, {len(data)} bytes")
        try:
            return decode(data)
        except IppGarbledError as error:
            raise IppError("garbled", str(error)) from None

    def _line(self, timeout: float) -> http.client.HTTPConnection:
        to = self._to
        if to.socket:
            return _UnixConnection(to.socket, timeout)
        if to.tls:
            context = ssl.create_default_context()
            if self._certificate:
                context.load_verify_locations(self._certificate)
            return http.client.HTTPSConnection(to.host, to.port, timeout=timeout, context=context)
        return http.client.HTTPConnection(to.host, to.port, timeout=timeout)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _refusal(operation: Operation, reply: Reply) -> IppError:
    reasons: dict[int, Reason] = {
        Status.FORBIDDEN: "not_allowed",
        Status.NOT_AUTHENTICATED: "not_allowed",
        Status.NOT_AUTHORIZED: "not_allowed",
        Status.NOT_POSSIBLE: "impossible",
        Status.NOT_FOUND: "unknown",
        Status.GONE: "unknown",
        Status.NOT_ACCEPTING: "busy",
        Status.BUSY: "busy",
    }
    said = " ".join(keywords(reply.operation, "status-message"))[:200]
    return IppError(
        reasons.get(reply.status, "refused"), f"{operation.name} 0x{reply.status:04x} {said}"
    )
