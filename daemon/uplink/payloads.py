"""What the kiosk tells upward: one frozen struct a payload (docs/mqtt.md).

None of them has a field that could hold a person: every text is a code of a closed alphabet, a
time or a version.  Additions only within version 1; a receiver ignores what it does not know.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from daemon.machine.values import Outcome

Code = Annotated[str, msgspec.Meta(pattern=r"^(?!.*\d{5})[A-Za-z][A-Za-z0-9_.-]{0,47}$")]
"""A stable name such as `printer.paper_out`: ASCII, no blank, no run of five digits."""

Version = Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}\.\d{1,4}[0-9A-Za-z.+-]{0,24}$")]

Stamp = Annotated[
    str,
    msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+07:00$"),
]
"""A time of Vietnam with its offset."""

Hour = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d\+07:00$")]
"""A time cut to the hour: all that is told of when a visitor was there."""


Account = Annotated[str, msgspec.Meta(pattern=r"^(?!.*\d{5})[A-Za-z_][A-Za-z0-9_.-]{0,31}$")]
"""A technician's account on the kiosk, such as `tech02`."""

Count = Annotated[int, msgspec.Meta(ge=0, le=9_999_999)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Fingerprint = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
Epoch = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{12}$")]
"""Letters drawn at random when the counters began: another epoch, and they began anew."""

Ability = Literal["copy_paper", "copy_digital", "lookup", "ticket", "dossier"]
"""What a citizen can do at the kiosk."""


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The common base."""


class Presence(Payload, frozen=True, kw_only=True):
    """Birth, goodbye and will.  A death counts only if (boot, conn) are those of the last birth."""

    online: bool
    conn: Count
    """Rises with each connection of one start."""
    reason: Literal["boot", "reconnect", "lost", "maintenance", "update", "shutdown"]


class Descriptor(Payload, frozen=True, kw_only=True):
    """What kind of kiosk it is."""

    software: Version
    devices: tuple[Code, ...] = ()
    facts: tuple[Code, ...] = ()
    """Types of facts it tells openly."""
    commands: tuple[Code, ...] = ()
    """Commands it takes."""
    alarms: tuple[Code, ...] = ()
    """Codes of alarms it may raise."""
    models: dict[Code, Fingerprint] = {}
    """Model of recognition → digest of its file."""


class State(Payload, frozen=True, kw_only=True):
    """What works now."""

    mode: Literal["starting", "in_service", "maintenance", "out_of_service"]
    busy: bool
    """Somebody is being served."""
    since: Stamp
    """Beginning of `mode`."""
    can: dict[Ability, bool] = {}
    why: dict[Ability, Code] = {}
    """For each thing that cannot be done, the part that is missing."""


class DeviceHealth(Payload, frozen=True, kw_only=True):
    """One device, or a signing certificate (`certificate.certifier`, `….authority`, `….proof`).

    A certificate's `reason`: `expires_60`, `expires_30`, `expires_7` (days before its end),
    `expired`, `not_yet_valid`, `revoked`, `revocation_unknown`; its `fig`: `days` left.
    """

    id: Code
    state: Literal["unknown", "ok", "warn", "lost"]
    reason: Code | None = None
    last_ok: Stamp | None = None
    faults: Count = 0
    fig: dict[Code, float | int] = {}
    """Figures such as sharpness or sheets; numbers only."""


class Host(Payload, frozen=True, kw_only=True):
    """The machine; null where it cannot be measured."""

    cpu_c: Annotated[int, msgspec.Meta(ge=-60, le=150)] | None
    disk_pct: Percent | None
    mem_pct: Percent | None
    uptime_s: int


class Health(Payload, frozen=True, kw_only=True):
    """All devices and the machine."""

    devices: tuple[DeviceHealth, ...]
    host: Host


class AuditHead(Payload, frozen=True, kw_only=True):
    """The last link of a hash chain: whoever has it can tell whether anything before it changed."""

    chain: Literal["console", "register"]
    n: Count
    hash: Fingerprint


class SessionClosed(Payload, frozen=True, kw_only=True):
    """A visit has ended: figures, and nobody.  Published 1 to 10 minutes later, at random."""

    flow: Code
    outcome: Outcome
    last_step: Code
    """Name of the last screen."""
    total_s: Count
    steps_s: dict[Code, Count] = {}
    """Seconds in each named step."""
    pages: Count = 0
    copies: Count = 0
    retakes: Count = 0
    help: Count = 0
    hour: Hour


class TicketIssued(Payload, frozen=True, kw_only=True):
    """A queue number was drawn."""

    service: Code
    priority: bool
    hour: Hour


class RequestDecided(Payload, frozen=True, kw_only=True):
    """An officer at the desk has decided on a request: what it took, and nobody."""

    verdict: Literal["accepted", "refused", "relay", "counter"]
    officer_s: Count
    """Seconds that the officer had it open."""
    waited_s: Count
    """Seconds from the question to the answer, as the citizen waited."""
    pages: Count = 0
    hour: Hour


class OfficerCalled(Payload, frozen=True, kw_only=True):
    """Somebody at the kiosk wants an officer, or no longer does."""

    reason: Code
    active: bool
    when: Stamp


class DoorOpened(Payload, frozen=True, kw_only=True):
    """The door of the case."""

    open: bool
    when: Stamp


class CommandGiven(Payload, frozen=True, kw_only=True):
    """A technician's command, as its entry stands in the console's audit log, without arguments."""

    n: Count
    """Of the entry."""
    hash: Fingerprint
    """Of the chain with it."""
    who: Account
    role: Literal["view", "tech", "admin"]
    line: Literal["ssh", "serial", "local", "unknown"]
    command: Code
    result: Code
    when: Stamp


class CommandDone(Payload, frozen=True, kw_only=True):
    """A command from above has ended, whoever hears its answer."""

    command: Code
    status: Literal["done", "failed"]
    code: Code
    issuer: Code
    """The key that signed it."""


class CommandRefused(Payload, frozen=True, kw_only=True):
    """Commands that were not taken: those of one reason together, at most one a minute."""

    code: Code
    count: Count
    since: Stamp


class ReportsMerged(Payload, frozen=True, kw_only=True):
    """So many facts of a kind were only counted, because too many waited for the broker."""

    kind: Code
    count: Count
    since: Stamp
    until: Stamp


class DayTotals(Payload, frozen=True, kw_only=True):
    """Sums of a whole day; a group under 5 stands in `few`, a family under 5 is left out."""

    day: Day
    sessions: Count
    tickets: Count = 0
    copies: Count = 0
    families: dict[Code, dict[Code, Count]] = {}
    """outcome, refusal, rating, … → value → how often."""


FACTS: dict[str, type[Payload]] = {
    "session.closed": SessionClosed,
    "ticket.issued": TicketIssued,
    "request.decided": RequestDecided,
    "officer.called": OfficerCalled,
    "door.opened": DoorOpened,
    "command.given": CommandGiven,
    "day.totals": DayTotals,
    "command.done": CommandDone,
    "command.refused": CommandRefused,
    "reports.merged": ReportsMerged,
}
"""Type of event → payload: the facts that may be told openly.  Every other goes sealed or waits."""

TYPES: dict[type[Payload], str] = {kind: name for name, kind in FACTS.items()}

REPORTS: tuple[type[Payload], ...] = (
    SessionClosed,
    TicketIssued,
    RequestDecided,
    OfficerCalled,
    DoorOpened,
    CommandDone,
    CommandRefused,
)
"""The only facts that may be merely counted where too many wait; how many is told afterwards."""

NEWEST: tuple[type[Payload], ...] = (OfficerCalled, DoorOpened)
"""Of these the newest is kept even then: it tells what is so now."""
