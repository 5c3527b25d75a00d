"""What the console may see and do inside the daemon.

None of these types can hold a citizen's data: a visit shows as the name of its flow and screen.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, Protocol

import msgspec


class Code(IntEnum):
    """Exit codes of `kioskctl` and result codes on the socket."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_ALLOWED = 3
    BUSY = 4
    """A citizen is being served."""
    ABSENT = 5
    """No such device."""
    TIMED_OUT = 6


class ConsoleError(Exception):
    """What a command is refused with; the text is shown to the technician."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code = code


class PartRow(msgspec.Struct, frozen=True, kw_only=True):
    """One device or service."""

    name: str
    state: Literal["unknown", "ok", "warn", "lost"] = "unknown"
    reason: str = ""
    """A stable code such as `paper_out`; empty while all is well."""
    driver: str = ""
    """`simulated`, or what drives it."""
    port: str = ""
    last_ok: float | None = None
    """Seconds since 1970 (UTC)."""
    faults: int = 0
    """How often it was lost since the daemon started."""
    figures: dict[str, int | float | str] = {}
    remedy: str = ""
    """What to do about it: a sentence, or a text key (`remedy.…`) that the console looks up."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """One screen about the whole kiosk."""

    kiosk: str
    ward: str
    version: str
    at: float
    """Seconds since 1970 (UTC)."""
    up: float
    """Seconds since the daemon started."""
    mode: Literal["in_service", "maintenance", "out_of_service"] = "in_service"
    busy: bool = False
    """A citizen is being served."""
    doing: str = ""
    """Name of the screen that is shown."""
    clock: str = ""
    """How far the clock can be trusted."""
    services: tuple[PartRow, ...] = ()
    devices: tuple[PartRow, ...] = ()
    why: dict[str, str] = {}
    """What the home menu does not offer now, and the code of the reason."""
    uplink: str = "off"
    outbox: int = 0
    """Facts that wait for the ward."""
    today: dict[str, int] = {}
    """Ends of visits by outcome, and what else is counted by day."""
    host: dict[str, int | float | str] = {}
    """Figures of the machine: `disk_pct`, `mem_mb`, `cpu_c`."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that broke, as a name; never a text that quotes what was read."""

    where: str
    what: str = ""
    count: int = 1
    last: float | None = None
    """Seconds since 1970 (UTC)."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One key of the configuration; secrets are masked where this is made."""

    key: str
    value: str
    default: bool = True
    """Does it have its default value?"""


class Inside(Protocol):
    """The daemon as the console sees it.  Every method may raise ConsoleError."""

    async def status(self) -> Status:
        """All that fits on one screen."""
        ...

    async def devices(self) -> tuple[PartRow, ...]:
        """Every device, with all figures."""
        ...

    async def faults(self) -> tuple[Fault, ...]:
        """What broke since the start, the latest first."""
        ...

    async def settings(self) -> tuple[Setting, ...]:
        """The configuration in the order of the file."""
        ...

    async def acknowledged(self, name: str, reason: str) -> None:
        """Tells the ward that somebody at the console has seen what is wrong with this part."""
        ...

    async def maintenance(
        self, on: bool, reason: str, seconds: float
    ) -> Literal["now", "when_free"]:
        """Switches maintenance; on, it ends by itself after `seconds`.

        Takes effect when nobody is being served: a citizen at the screen always wins.
        """
        ...
