"""Every command: who may give it, and what it takes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from daemon.uplink.down.payloads import Role
from daemon.uplink.payloads import Code

RANK: dict[str, int] = {"view": 0, "ops": 1, "admin": 2}

Span = Annotated[str, msgspec.Meta(pattern=r"^[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Args(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common base: what is not named is refused."""


class Nothing(Args, frozen=True, kw_only=True):
    """A command without arguments."""


class MaintenanceArgs(Args, frozen=True, kw_only=True):
    """Closes the kiosk as soon as nobody is served, or opens it again."""

    on: bool
    for_s: Annotated[int, msgspec.Meta(ge=60, le=86400)] = 7200
    """Seconds after which it opens by itself."""
    reason: Code = "ward"


class AckArgs(Args, frozen=True, kw_only=True):
    """Somebody has seen an alarm."""

    code: Code
    inst: Code


class TestArgs(Args, frozen=True, kw_only=True):
    """Tests a device as far as that goes with nobody there."""

    device: Literal["printer", "ticket", "camera", "lights", "speaker"]


class RestartArgs(Args, frozen=True, kw_only=True):
    """Why; refused while a citizen is served."""

    reason: Annotated[str, msgspec.Meta(pattern=r"^(?!.*\d{5})[A-Za-z][A-Za-z0-9_.-]{2,47}$")]


class LogArgs(Args, frozen=True, kw_only=True):
    """How much is logged, for a while."""

    level: Literal["debug", "info", "warning"]
    room: Annotated[
        str, msgspec.Meta(pattern=r"^(daemon|drivers|ui_kivy)(\.[a-z_]{1,30}){0,3}$")
    ] = "daemon"
    for_s: Annotated[int, msgspec.Meta(ge=10, le=86400)] = 3600


class HoursArgs(Args, frozen=True, kw_only=True):
    """Opening hours of the week; a day that is not named is closed."""

    hours: Annotated[
        dict[Weekday, Annotated[tuple[Span, ...], msgspec.Meta(min_length=1, max_length=4)]],
        msgspec.Meta(min_length=1),
    ]


class CatalogueArgs(Args, frozen=True, kw_only=True):
    """A file of facts in place of the one that holds (TOML in UTF-8)."""

    name: Literal["calendar", "groups"]
    text: Annotated[str, msgspec.Meta(max_length=100_000)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class NoticeArgs(Args, frozen=True, kw_only=True):
    """A sentence of the kiosk's own on its first screens; empty takes it away."""

    notice: Literal["", "closing_early", "closed_tomorrow", "network_slow", "counters_only"]
    for_s: Annotated[int, msgspec.Meta(ge=60, le=7 * 86400)] = 86400


class CallArgs(Args, frozen=True, kw_only=True):
    """A queue number is called to a counter, shown for a while on the first screens and spoken; or
    recalled, skipped, sent to another group's line.
    """

    act: Literal["call", "recall", "skip", "transfer"] = "call"

    number: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]\d{2,5}$")]
    counter: Annotated[int, msgspec.Meta(ge=1, le=99)]
    for_s: Annotated[int, msgspec.Meta(ge=5, le=300)] = 30
    group: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,40}$")] = ""
    """Where to, with `transfer`."""


class RevArgs(Args, frozen=True, kw_only=True):
    """The revision of the configuration that is meant."""

    rev: Annotated[int, msgspec.Meta(ge=1, le=9_999_999)]


class RepublishArgs(Args, frozen=True, kw_only=True):
    """The first fact that is missing, by its envelope."""

    boot: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class StageArgs(Args, frozen=True, kw_only=True):
    """Where the signed bundle of an update lies."""

    where: Annotated[
        str, msgspec.Meta(pattern=r"^https://[A-Za-z0-9.-]+(:\d{1,5})?/[A-Za-z0-9._~/+-]{1,200}$")
    ]


class CollectArgs(Args, frozen=True, kw_only=True):
    """Where the support bundle goes, by PUT: an address that may carry its own permission."""

    to: Annotated[str, msgspec.Meta(pattern=r"^https://[!-~]{4,1500}$")]


class CertificateArgs(Args, frozen=True, kw_only=True):
    """The certificate for the request on `up/csr`, with those between it and the root (PEM)."""

    chain: Annotated[str, msgspec.Meta(max_length=20_000)]


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One command."""

    role: Role
    does: str
    args: type[Args] = Nothing
    blind: bool = False
    """May be given without a nonce while the clock is not believed: it changes nothing."""


SPECS: dict[str, Spec] = {
    "ping": Spec(role="view", does="answers", blind=True),
    "challenge": Spec(
        role="view", does="answers a nonce for a kiosk whose clock is not believed", blind=True
    ),
    "snapshot": Spec(role="view", does="tells all retained topics and alarms again"),
    "republish": Spec(
        role="view", args=RepublishArgs, does="tells facts again, 100 at a time from there on"
    ),
    "update-status": Spec(role="view", does="answers the versions of both slots"),
    "maintenance": Spec(
        role="ops", args=MaintenanceArgs, does="closes the kiosk when free, or opens it"
    ),
    "ack-alarm": Spec(role="ops", args=AckArgs, does="marks an alarm as seen"),
    "test-device": Spec(role="ops", args=TestArgs, does="tests a device with nobody there"),
    "restart-app": Spec(role="ops", args=RestartArgs, does="restarts the software when free"),
    "log-level": Spec(role="ops", args=LogArgs, does="logs more or less for a while"),
    "notice": Spec(role="ops", args=NoticeArgs, does="puts a notice on the first screens"),
    "queue-call": Spec(
        role="ops",
        args=CallArgs,
        does="calls a number to a counter, or recalls, skips, transfers it",
    ),
    "hours": Spec(role="ops", args=HoursArgs, does="sets the opening hours of the week"),
    "catalogue": Spec(
        role="ops", args=CatalogueArgs, does="puts a file of facts in place of another"
    ),
    "reboot": Spec(role="admin", args=RestartArgs, does="restarts the machine when free"),
    "update-stage": Spec(
        role="admin", args=StageArgs, does="fetches, checks and writes an update beside what runs"
    ),
    "update-apply": Spec(
        role="admin", args=RestartArgs, does="restarts into what was staged when free"
    ),
    "update-confirm": Spec(role="admin", does="keeps the version that runs"),
    "update-rollback": Spec(role="admin", does="has the other slot start next"),
    "collect-bundle": Spec(
        role="admin", args=CollectArgs, does="sends a support bundle, sealed, over HTTPS"
    ),
    "config-confirm": Spec(
        role="admin", args=RevArgs, does="ends the trial of a configuration: it stays"
    ),
    "config-rollback": Spec(
        role="admin", args=RevArgs, does="ends the trial of a configuration: the one before holds"
    ),
    "rotate-cert": Spec(role="admin", does="makes a key and asks for a certificate on up/csr"),
    "install-cert": Spec(
        role="admin", args=CertificateArgs, does="takes the certificate that was asked for"
    ),
}
"""Name → what it takes.  Payments and decisions about signing are not here, and never will be:
they come from the gateway and the desk."""
