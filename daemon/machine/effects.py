"""Everything the machine can ask for, as frozen values.

The shell looks the handler up by the effect's type.  An effect that is answered has a *slot* (its
class): asking again replaces what runs in the slot, `EndVisit` empties all slots, and the answer
of a replaced effect is dropped.  So an answer always belongs to the last question.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.dossier.parts import FormField, Held
from daemon.machine.personal import Personal
from daemon.machine.values import Lamp, LampMode, Language, Outcome, Product, Refusal


class Effect(msgspec.Struct, frozen=True, tag=True, tag_field="effect"):
    """The common base."""


class Paper(msgspec.Struct, frozen=True):
    """One original of the request: its kind and the names of its pages in the vault, in order."""

    kind: str
    pages: tuple[str, ...]


# -- the visit ----------------------------------------------------------------------------


class BeginVisit(Effect, frozen=True):
    """Make a session key; everything put into the vault from now on is under it."""


class EndVisit(Effect, frozen=True):
    """Shred the session key, purge screen, printer memory and slots; report the outcome."""

    outcome: Outcome
    flow: str
    last: str
    """Name of the last screen."""


class Consent(Effect, frozen=True):
    """Keep the proof of consent: notice version, time; not the visitor."""

    notice: str


# -- time, light, sound -------------------------------------------------------------------


class After(Effect, frozen=True):
    """Send `Elapsed(token)` after `seconds`; replaces a running timer of the same token."""

    seconds: float
    token: str


class Forget(Effect, frozen=True):
    """Stop the timer of this token."""

    token: str


class Light(Effect, frozen=True):
    """Set a lamp."""

    lamp: Lamp
    mode: LampMode


class Sound(Effect, frozen=True):
    """Play a short sound; each has a visible twin on the screen."""

    name: Literal["tick", "success", "attention", "take"]


class Speak(Effect, frozen=True):
    """Say the shown screen; personal texts only where a headset is plugged in."""

    language: Language


class Hush(Effect, frozen=True):
    """Stop speaking at once."""


# -- the camera and the documents ---------------------------------------------------------


class PreviewOn(Effect, frozen=True):
    """Start the live view and its `PaperSeen` events."""


class PreviewOff(Effect, frozen=True):
    """Stop the live view."""


class Capture(Effect, frozen=True):
    """Photograph the bed into the vault as `page`.  Answered by Captured or CaptureFailed."""

    page: str


class Examine(Effect, frozen=True):
    """Find, rectify, judge, classify and read the page.  Answered by Examined, ExamineFailed."""

    page: str
    earlier: tuple[str, ...] = ()
    """Pages to compare with, for `duplicate`."""


class EnlargePage(Effect, frozen=True):
    """Give the screen this page sharp enough to be read enlarged."""

    page: str


class DropPage(Effect, frozen=True):
    """Erase this page from the vault at once."""

    page: str


# -- certification ------------------------------------------------------------------------


class Quote(Effect, frozen=True):
    """Answered by Quoted."""

    papers: tuple[Paper, ...]
    copies: int
    product: Product


class Submit(Effect, frozen=True):
    """Send the request to the certifier.  Answered by Decided."""

    papers: tuple[Paper, ...]
    copies: int
    product: Product
    requester: Personal[str]


class Withdraw(Effect, frozen=True):
    """The request is no longer wanted; a decision that still comes is void."""


class OfferPayment(Effect, frozen=True):
    """Answered by PaymentOffered, later PaymentSeen."""

    amount: int


class CancelPayment(Effect, frozen=True):
    """Money that still comes for this content code is matched and kept for refund."""


class Seal(Effect, frozen=True):
    """Number, statement, signatures inside the authorisation.  SealStep…, Sealed or SealFailed."""

    papers: tuple[Paper, ...]
    copies: int
    product: Product
    requester: Personal[str]


class Void(Effect, frozen=True):
    """Void what was numbered but will not be handed over, with the reason."""

    reason: str


class Print(Effect, frozen=True):
    """Print the copies.  PrintProgress…, Printed or PrintFailed.

    `again` = the citizen says that the print is bad: print everything once more, on the record.
    """

    copies: int
    product: Product
    again: bool = False


class HandedOver(Effect, frozen=True):
    """The sheets left the tray: the saga of these copies ends well."""


class Later(Effect, frozen=True):
    """Seal the request to the ward, so that the counter can finish it, and print the slip."""

    reason: str
    papers: tuple[Paper, ...]
    copies: int
    product: Product
    requester: Personal[str]


class SendMail(Effect, frozen=True):
    """Have the ward send the electronic copies there.  MailTaken."""

    address: Personal[str]


class MakeLink(Effect, frozen=True):
    """Have the ward offer the electronic copies once, for minutes.  LinkMade."""


# -- tickets and words --------------------------------------------------------------------


class PrintTicket(Effect, frozen=True):
    """Print a slip.  TicketPrinted or TicketFailed.

    `name` is the layout (`refusal`, `receipt`, `later`, `power`, `queue`, `procedure`), `args` its
    values: never a citizen's data.
    """

    name: str
    args: dict[str, str] = {}


class Refuse(Effect, frozen=True):
    """Count the refusal and, with `secret`, erase the pictures at once."""

    reason: Refusal | str


class CallOfficer(Effect, frozen=True):
    """Page an officer (MQTT event, light)."""

    reason: str


class CancelCall(Effect, frozen=True):
    """The call is no longer needed."""


class DrawNumber(Effect, frozen=True):
    """Take a queue number.  NumberDrawn or NumberRefused."""

    service: str
    priority: bool = False


class Search(Effect, frozen=True):
    """Look procedures up.  Found."""

    words: Personal[str]


class Lookup(Effect, frozen=True):
    """Read one procedure.  Shown."""

    code: str
    language: Language


class Browse(Effect, frozen=True):
    """Read life events or fields (`of` empty), or the procedures of one.  Browsed."""

    by: Literal["event", "field"]
    of: str
    language: Language


class PrintSheet(Effect, frozen=True):
    """Print a page of A4 for the visitor to take away.  SheetPrinted or SheetFailed.

    `name` is the layout (`procedure`), `args` its values: never a citizen's data.
    """

    name: str
    args: dict[str, str] = {}


class ListOnline(Effect, frozen=True):
    """Read the curated list of services on line.  OnlineListed."""

    language: Language


class AskStatus(Effect, frozen=True):
    """Ask the ward how a dossier stands.  StatusTold."""

    code: Personal[str]


class TellHours(Effect, frozen=True):
    """Read opening hours and the next days off.  HoursTold."""

    language: Language


# -- the dossier --------------------------------------------------------------------------


class OpenDossier(Effect, frozen=True):
    """The papers and case questions of a procedure.  Planned or NotPlanned."""

    code: str
    language: Language


class FindDossier(Effect, frozen=True):
    """What the ward has under the code of a slip.  Planned or NotPlanned."""

    slip: str
    language: Language


class CheckPaper(Effect, frozen=True):
    """Is the page a paper of these kinds, in date, of the person of this dossier?  PaperChecked."""

    page: str
    kind: str
    """As the picture was recognised; empty where it was not."""
    kinds: tuple[str, ...]


class FillForm(Effect, frozen=True):
    """The entry form from what was read on these papers.  FormFilled."""

    papers: tuple[Paper, ...]


class PackDossier(Effect, frozen=True):
    """Pack it, seal it to the ward and hand it over.  DossierKept or DossierFailed."""

    code: str
    slip: str
    """Goes on under this code; empty = a new one."""
    yes: tuple[str, ...]
    papers: tuple[Held, ...]
    brought: tuple[int, ...]
    missing: tuple[int, ...]
    fields: tuple[FormField, ...]


class Rated(Effect, frozen=True):
    """Count a rating 1…5 and the reasons that were named; tied to nobody."""

    stars: int
    reasons: tuple[str, ...] = ()


AnyEffect = (
    BeginVisit
    | EndVisit
    | Consent
    | After
    | Forget
    | Light
    | Sound
    | Speak
    | Hush
    | PreviewOn
    | PreviewOff
    | Capture
    | Examine
    | DropPage
    | EnlargePage
    | Quote
    | Submit
    | Withdraw
    | OfferPayment
    | CancelPayment
    | Seal
    | Void
    | Print
    | HandedOver
    | Later
    | SendMail
    | MakeLink
    | PrintTicket
    | Refuse
    | CallOfficer
    | CancelCall
    | DrawNumber
    | Search
    | Lookup
    | Browse
    | PrintSheet
    | ListOnline
    | AskStatus
    | TellHours
    | Rated
    | OpenDossier
    | FindDossier
    | CheckPaper
    | FillForm
    | PackDossier
)
