"""Everything that can happen to the kiosk, as frozen values.

Sources: the screen (`Pressed`, `Typed`), devices, results of effects, time, the ward.  An event
never carries pixels or bytes: pictures live in the vault under names that the machine chose.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.dossier.parts import FormField, Question, Wanted
from daemon.machine.personal import Personal
from daemon.machine.values import Box, Key, Part, Quality


class Event(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """The common base; `type(event).__name__` is the name used in journals."""


# -- the screen ---------------------------------------------------------------------------


class Pressed(Event, frozen=True):
    """A choice of the shown View was touched (or confirmed by the OK key)."""

    action: str
    value: str = ""


class Typed(Event, frozen=True):
    """The text of the on-screen keyboard's field, as a whole, after each key."""

    text: Personal[str]


class Spelt(Event, frozen=True):
    """The hardware keys went to this row or letter of the keyboard; empty = they left it.

    Part of what somebody types, therefore personal and in no journal.
    """

    where: Personal[str]


# -- devices ------------------------------------------------------------------------------


class KeyPressed(Event, frozen=True):
    """A hardware key went down and up; `held` = longer than 2 s."""

    key: Key
    held: bool = False


class Presence(Event, frozen=True):
    """Somebody came near or walked away (proximity sensor)."""

    near: bool


class Headset(Event, frozen=True):
    """A plug was put into or taken out of the headphone jack."""

    plugged: bool


class BedChanged(Event, frozen=True):
    """The sensor of the camera bed: is a paper lying there?"""

    occupied: bool


class TrayChanged(Event, frozen=True):
    """The sensor of the A4 output tray: do sheets lie there?"""

    occupied: bool


class PaperSeen(Event, frozen=True):
    """What the live preview shows; sent only when the answer changes."""

    verdict: Literal["empty", "found", "moving", "still", "cut", "two", "dark"]


class CardRead(Event, frozen=True):
    """A code was scanned and parsed as a citizen card.

    `unread` = it was something else; `other` = the card of somebody else than in this visit (U1).
    """

    verdict: Literal["ok", "unread", "expired", "other"]
    name: Personal[str] = Personal("")
    masked: Personal[str] = Personal("")
    """The card number as •••• 1234."""


class DeviceLost(Event, frozen=True):
    """A device or service stopped working; the driver goes on trying to recover it."""

    part: Part
    reason: str = ""
    """A stable code such as `hung`, `unplugged`, `paper_out`, `jam`, `door_open`."""


class DeviceBack(Event, frozen=True):
    """A device or service works again."""

    part: Part


class PaperLow(Event, frozen=True):
    """A printer will soon need paper; `left` sheets or per cent of a roll."""

    part: Part
    left: int


# -- time ---------------------------------------------------------------------------------


class Elapsed(Event, frozen=True):
    """The time asked for by `After` with this token has passed."""

    token: str


# -- results of effects -------------------------------------------------------------------


class Captured(Event, frozen=True):
    """`Capture(page)` is done: the picture lies in the vault under the page's name."""

    page: str


class CaptureFailed(Event, frozen=True):
    """`Capture(page)` failed; `reason` is the camera driver's code."""

    page: str
    reason: str


class Examined(Event, frozen=True):
    """`Examine(page)` is done: verdicts only; text and fields stay in the vault."""

    page: str
    quality: Quality
    where: Box | None = None
    kind: str = ""
    """A kind id of the catalogue, or empty where the recognition is not sure."""
    already_copy: bool = False
    secret: bool = False
    foreign: bool = False
    expired: bool = False
    duplicate: bool = False
    """The same side was already photographed."""


class CopyFound(Event, frozen=True):
    """The words of a copy stand on this page: read later than the picture was judged (R1)."""

    page: str


class SecretFound(Event, frozen=True):
    """A stamp of secrecy or a ban on copying was read on this page (Decree 23/2015 Art. 22(3))."""

    page: str


class ExamineFailed(Event, frozen=True):
    """The document worker died or ran out of time on this page, twice."""

    page: str
    reason: str


class Quoted(Event, frozen=True):
    """The fee of the whole request and a line for each paper, in đồng."""

    total: int
    lines: tuple[int, ...] = ()


class Decided(Event, frozen=True):
    """The certifier's decision on the request."""

    verdict: Literal["accepted", "refused", "relay", "counter"]
    reason: str = ""
    """A ground of Decree 23/2015, Art. 22, with `refused` and `relay`."""
    page: str = ""
    """With `relay`: the page that is to be laid again; empty = the last one."""
    where: Box | None = None
    """With `relay`: the place on it that the certifier has marked."""
    by: Personal[str] = Personal("")
    """Who decided, as the register knows him; empty = the one certifier there is."""


class PaymentOffered(Event, frozen=True):
    """The payment code to show; `qr` is the VietQR payload, `memo` the content code."""

    qr: str
    amount: int
    memo: str


class PaymentSeen(Event, frozen=True):
    """The ward's gateway reports money for this request."""

    verdict: Literal["exact", "short", "over", "waived"]


class SealStep(Event, frozen=True):
    """Progress of `Seal`."""

    step: Literal["number", "statement", "signature"]


class Sealed(Event, frozen=True):
    """Every copy of the request is numbered, stated and signed (or ready for wet signing)."""

    numbers: tuple[str, ...]
    proofs: tuple[Personal[str], ...] = ()
    """The web address in the QR of each paper: what a phone opens to check it."""


class SealFailed(Event, frozen=True):
    """Sealing did not work; the number is kept for the retry or voided with a note."""

    reason: str
    final: bool = False


class PrintProgress(Event, frozen=True):
    """Sheet `sheet` of `sheets` is being printed."""

    sheet: int
    sheets: int


class Printed(Event, frozen=True):
    """All sheets of the job lie in the tray."""

    sheets: int


class PrintFailed(Event, frozen=True):
    """The job stopped; what is already printed is counted by the driver."""

    reason: Literal["no_paper", "jam", "door_open", "lost", "error"]


class TicketPrinted(Event, frozen=True):
    """The ticket was printed and cut."""


class TicketFailed(Event, frozen=True):
    """The ticket could not be printed; what it says must be shown on the screen."""

    reason: str = ""


class NumberDrawn(Event, frozen=True):
    """A queue number was taken from the queue of `service`."""

    service: str
    number: str
    before: int
    minutes: int
    """The wait, in steps of five: the lower end of what is likely."""
    most: int = 0
    """The upper end."""


class NumberRefused(Event, frozen=True):
    """No queue number: the service is closed or full for this half day, the limit against pranks
    holds, or the ward's numbers are out of reach.
    """

    service: str
    reason: Literal["closed", "too_soon", "unknown", "full", "cut"]
    opens: str = ""
    """Where it is closed: when numbers are given again, as it is shown (`07:30, 06/01/2026`)."""


class Found(Event, frozen=True):
    """Results of `Search`: (procedure code, official name), best first."""

    results: tuple[tuple[str, str], ...]
    enough: bool = True
    """False: too few letters to search for (a verdict; the machine never counts letters)."""


class Shown(Event, frozen=True):
    """One procedure for `Lookup`: section key and its lines, in reading order."""

    code: str
    name: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    url: str = ""
    group: str = ""
    """The group whose counters receive it; empty = not known."""
    copies: bool = False
    """Does it ask for copies, or is it one: can something of it be copied here?"""


class Browsed(Event, frozen=True):
    """For `Browse`: (id or code, name), in the order of the screen."""

    by: Literal["event", "field"]
    of: str
    entries: tuple[tuple[str, str], ...]


class SheetPrinted(Event, frozen=True):
    """The page of `PrintSheet` lies in the tray."""


class SheetFailed(Event, frozen=True):
    """It could not be printed."""

    reason: str = ""


class OnlineService(msgspec.Struct, frozen=True):
    """One entry of the curated list."""

    id: str
    name: str
    url: str
    host: str
    """Whose page it is, as people know it: `dichvucong.gov.vn`."""


class OnlineListed(Event, frozen=True):
    """For `ListOnline`, in the order of the screen."""

    services: tuple[OnlineService, ...]


DossierStage = Literal[
    "received", "working", "more", "ready", "returned", "refused", "unknown", "no_answer"
]
"""received · working on it · more papers are needed · the result is ready · it was given out ·
refused · no such code · the ward could not be asked."""


class StatusTold(Event, frozen=True):
    """For `AskStatus`: no name and no content of the dossier."""

    stage: DossierStage
    due: str = ""
    """The day of the result as it is shown (`05/01/2026`); empty = not known."""
    fee: int = 0
    """Đồng that are still owed; 0 = nothing, or not known."""
    qr: str = ""
    """The VietQR for it; empty = it is paid at the counter."""
    memo: str = ""


class HoursTold(Event, frozen=True):
    """For `TellHours`: section key and its lines, in reading order."""

    sections: tuple[tuple[str, tuple[str, ...]], ...]


# -- the dossier --------------------------------------------------------------------------


class Planned(Event, frozen=True):
    """What a procedure asks for (`OpenDossier`), or what is left of it (`FindDossier`)."""

    asked: str
    """The procedure's code or the slip's, as it was asked."""
    code: str
    """Of the procedure."""
    name: str
    questions: tuple[Question, ...]
    wanted: tuple[Wanted, ...]
    earlier: tuple[int, ...] = ()
    """Places in `wanted` of what the ward has already."""
    yes: tuple[str, ...] = ()
    """Questions that were answered with yes."""


class NotPlanned(Event, frozen=True):
    """There is no such procedure or slip, or the ward cannot be asked."""

    asked: str
    reason: Literal["unknown", "down"]


class PaperChecked(Event, frozen=True):
    """The answer to `CheckPaper`: verdicts only."""

    page: str
    verdict: Literal["right", "other", "unchecked"]
    kind: str = ""
    expired: bool = False
    person: Literal["same", "other", "unknown"] = "unknown"


class FormFilled(Event, frozen=True):
    """The entry form's lines; what was not read for sure is empty."""

    fields: tuple[FormField, ...]


class DossierKept(Event, frozen=True):
    """It is kept for the ward under this slip's code; `official` = its receipt is printed."""

    slip: str
    official: bool = False


class DossierFailed(Event, frozen=True):
    """It could not be packed; everything is still there."""

    reason: Literal["vault", "documents"]


# -- the house ----------------------------------------------------------------------------


class Maintenance(Event, frozen=True):
    """A technician or the ward switched maintenance on or off; takes effect when free."""

    on: bool
    reason: str = ""


NoticeName = Literal["", "closing_early", "closed_tomorrow", "network_slow", "counters_only"]
"""What the ward may have the kiosk say on its first screens; empty = nothing."""


class Announced(Event, frozen=True):
    """The ward puts a notice on the first screens, or takes it away."""

    notice: NoticeName


class NewsItem(msgspec.Struct, frozen=True):
    """One announcement of the ward, in both languages."""

    vi: str
    en: str


class News(Event, frozen=True):
    """The announcements that hold now; told whenever that changes."""

    items: tuple[NewsItem, ...]


class QueueCalled(Event, frozen=True):
    """A queue number is called to a counter; an empty number takes the call away."""

    number: str
    counter: int = 0


class MailTaken(Event, frozen=True):
    """Answer to `SendMail`; `kept` = the ward will have it, `address` = that is none."""

    verdict: Literal["kept", "address", "failed"]


class LinkMade(Event, frozen=True):
    """Answer to `MakeLink`; empty = there is none now."""

    url: Personal[str] = Personal("")


class Today(Event, frozen=True):
    """What the day is like at this ward, told anew when it changes."""

    hours: tuple[tuple[str, str], ...] = ()
    """Opening hours as `HH:MM`; empty = closed today."""
    opens: str = ""
    """When it opens next, `HH:MM, DD/MM/YYYY`, while it is closed; else empty."""
    waiting: int = -1
    """People with a number who wait; -1 = not known."""


class PowerReturned(Event, frozen=True):
    """First event after a start that followed a crash or a power cut inside a visit.

    `code` is the slip code of a paid request, or empty.
    """

    code: str = ""


AnyEvent = (
    MailTaken
    | LinkMade
    | Pressed
    | Typed
    | Spelt
    | KeyPressed
    | Presence
    | Headset
    | BedChanged
    | TrayChanged
    | PaperSeen
    | CardRead
    | DeviceLost
    | DeviceBack
    | PaperLow
    | Elapsed
    | Captured
    | CaptureFailed
    | Examined
    | CopyFound
    | SecretFound
    | ExamineFailed
    | Quoted
    | Decided
    | PaymentOffered
    | PaymentSeen
    | SealStep
    | Sealed
    | SealFailed
    | PrintProgress
    | Printed
    | PrintFailed
    | TicketPrinted
    | TicketFailed
    | NumberDrawn
    | NumberRefused
    | Found
    | Shown
    | Browsed
    | SheetPrinted
    | SheetFailed
    | OnlineListed
    | StatusTold
    | HoursTold
    | Planned
    | NotPlanned
    | PaperChecked
    | FormFilled
    | DossierKept
    | DossierFailed
    | Maintenance
    | Announced
    | News
    | QueueCalled
    | Today
    | PowerReturned
)
