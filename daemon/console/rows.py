"""What single families of commands answer with.  No field here can hold a citizen's data."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from daemon.catalogue.calendar import VIETNAM

Trial = Literal[
    "printer",
    "ticket",
    "camera",
    "buttons",
    "lights",
    "scanner",
    "speaker",
    "touch",
    "door",
    "sensors",
]
TRIALS: tuple[Trial, ...] = (
    "printer",
    "ticket",
    "camera",
    "buttons",
    "lights",
    "scanner",
    "speaker",
    "touch",
    "door",
    "sensors",
)
"""What `test` knows, in the order of `test all`."""

Verdict = Literal["passed", "failed", "skipped", "absent"]


class TrialRow(msgspec.Struct, frozen=True, kw_only=True):
    """A device's last test, or the one just made."""

    device: str
    verdict: Verdict
    """`skipped`: nobody could say; `absent`: the device is lost."""
    note: str = ""
    at: float
    """Seconds since 1970 (UTC)."""
    who: str = ""
    """Account of the technician."""


Supply = Literal["paper", "roll", "toner"]
SUPPLIES: dict[Supply, tuple[str, str, str]] = {
    "paper": ("sheet", "sheets", "A4 paper"),
    "roll": ("ticket", "slips", "ticket roll"),
    "toner": ("sheet", "sheets", "toner"),
}
"""Consumable → unit, life counter that uses it up, name."""


class SupplyLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One consumable."""

    name: str
    unit: str
    filled: int | None = None
    """What was put in last; None = nobody has told."""
    left: int | None = None
    """By the kiosk's own count since then."""
    told: str = ""
    """What the printer itself says."""
    a_day: float = 0.0
    """Used on a working day, by the last four weeks."""
    days: float | None = None
    """Until empty, at that."""
    at: float | None = None
    who: str = ""


class Counter(msgspec.Struct, frozen=True):
    """One lasting counter."""

    name: str
    life: int
    """Never reset."""
    trip: int
    """Since the trip was begun."""


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One command: a link's content."""

    n: int
    at: float
    who: str
    uid: int
    role: str
    origin: str
    """As the technician's own program told it."""
    command: str
    args: dict[str, str]
    """Redacted."""
    result: str


class AuditVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk along the chain found."""

    good: bool
    entries: int
    first: int
    n: int
    hash: str
    """Of the last entry."""
    wrong: str = ""
    """The first bad entry."""


class AlarmRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that needs somebody."""

    code: str
    """`device.reason`: what `alarms ack` takes."""
    name: str
    state: Literal["lost", "warn"]
    reason: str = ""
    remedy: str = ""
    ack_at: float | None = None
    """When somebody said that it is seen; None = nobody has."""
    ack_who: str = ""


class LogLine(msgspec.Struct, frozen=True):
    """One line of the daemon's log."""

    at: float
    level: str
    name: str
    """Of the logger."""
    text: str

    def shown(self) -> str:
        """As it stands on a terminal."""
        moment = dt.datetime.fromtimestamp(self.at, VIETNAM)
        return f"{moment:%d/%m %H:%M:%S} {self.level[:4]} {self.name}: {self.text}"


class NetRow(msgspec.Struct, frozen=True, kw_only=True):
    """The network as the kernel shows it."""

    interfaces: tuple[dict[str, str | int | bool | None], ...]
    addresses: tuple[str, ...]
    gateway: str
    """Empty: no way out."""
    resolvers: tuple[str, ...]
    broker: str
    trial: str = ""
    """Interface whose network is on trial."""
    trial_s: float = 0.0
    """Seconds until that is undone."""


class SpeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """Echoes of full size to a host and back."""

    host: str
    sent: int
    came: int
    mbit: float
    """Mbit/s each way at the same time, of what came back."""
    median_ms: float
    worst_ms: float


class LayerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of the way to the broker."""

    layer: str
    ok: bool
    detail: str
    remedy: str = ""


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of one kind that wait."""

    kind: str
    count: int
    delayed: int
    """Of those, so many wait for their random delay."""
    oldest: float | None
    """When the oldest was written; seconds since 1970 (UTC)."""
    size: int
    """Bytes of all."""


class ClockRow(msgspec.Struct, frozen=True, kw_only=True):
    """The clock, as the kernel judges it."""

    at: float
    trusted: bool
    offset_ms: float
    """What the kernel still corrects."""
    error_ms: float
    """The most it may be wrong."""
    rtc_s: float | None
    """How far the hardware clock is away; None = there is none."""
    frequency_ppm: float


class DayRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted on one day."""

    day: str
    counts: dict[str, int]


class RegisterRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the audit of the register found."""

    good: bool
    entries: int
    valid: int
    voided: int
    links: int
    head: str
    findings: tuple[str, ...]


class FeeRow(msgspec.Struct, frozen=True, kw_only=True):
    """The payment code that is shown now; empty while none is."""

    code: str
    amount: int
    exemptions: dict[str, str]
    """Codes by which an officer may let it be free, with their names."""


class SettledRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an officer's word about money."""

    code: str
    verdict: str
    amount: int
    refund: int
    """What has to go back, đồng."""


class OwedRow(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is owed back; of whom, nothing here knows."""

    reference: str
    code: str
    verdict: str
    refund: int
    currency: str
    at: float


class CertificateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A signing certificate."""

    role: str
    state: str
    serial: str
    begins: float
    """Seconds since 1970, as `ends`."""
    ends: float
    days: int


class MistakeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake of a configuration."""

    key: str
    read: str
    right: str

    def shown(self) -> str:
        return f"{self.key}: read {self.read}; right is {self.right}"


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One committed configuration."""

    n: int
    at: float
    who: str
    keys: tuple[str, ...]
    """That it sets, beside the file."""
    state: str
    """`active`, `on trial`, or empty."""


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """What a commit did."""

    n: int
    confirmed: bool = False
    """It ended a trial; otherwise the daemon restarts with the version."""
    confirm: float = 0.0
    """Seconds until it undoes itself."""


Outcome = Literal["PASS", "WARN", "FAIL"]


class CheckRow(msgspec.Struct, frozen=True):
    """One check of the self-test."""

    name: str
    outcome: Outcome
    detail: str


class BundleRow(msgspec.Struct, frozen=True, kw_only=True):
    """The archive that was made."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    files: tuple[str, ...]
    sealed: bool = False
    """Only the holder of the support key can read it."""


class SlotRow(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of the system, as RAUC tells it."""

    name: str
    state: str
    """`booted`, `inactive` or `active`."""
    boots: bool
    """Is it one of those the machine can start from?"""
    boot_status: str
    """`good` or `bad`; empty where the boot loader says nothing."""
    version: str
    installed: str


class UpdateRow(msgspec.Struct, frozen=True, kw_only=True):
    """The update system."""

    compatible: str
    booted: str
    primary: str
    """The slot that starts next."""
    slots: tuple[SlotRow, ...]


class BundleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle whose signature is good."""

    compatible: str
    version: str
    build: str
    size: int
    """Bytes."""


class InstallRow(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the first installation."""

    name: str
    done: bool
    detail: str


class PortRow(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is found by a path."""

    key: str
    """Of the configuration."""
    value: str
    there: bool
    candidates: tuple[str, ...]
    """Lasting names of what is plugged in."""


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """`queue line`."""

    waiting: dict[str, tuple[str, ...]]
    """Numbers by group, in the order of drawing."""
    serving: dict[str, str]
    """Number by counter."""


class TurnRow(msgspec.Struct, frozen=True, kw_only=True):
    """`queue call`, `recall`, `skip`, `transfer`: what was done."""

    act: str
    number: str
    group: str
    counter: str
