"""What kiosk and gateway say to each other; `docs/gateway.yaml` describes the same."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec

from daemon.machine.personal import Personal, revealing

Positive = Annotated[int, msgspec.Meta(ge=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class NumbersWanted(msgspec.Struct, frozen=True):
    """`POST /v1/numbers`, with the header `Idempotency-Key`."""

    authority: str
    sign: str
    day: str
    """ISO date of signing, Vietnam time."""
    count: Positive


class NumberGiven(msgspec.Struct, frozen=True):
    """One number, reserved in the ward's book."""

    number: Positive
    label: str
    volume: str


class NumbersGiven(msgspec.Struct, frozen=True):
    """The answer: numbers in rising order, one for each paper."""

    numbers: tuple[NumberGiven, ...]


class OrderClosed(msgspec.Struct, frozen=True):
    """`POST /v1/numbers/{key}/close`: what was reserved under the key is voided with this note."""

    reason: str


class BookState(msgspec.Struct, frozen=True):
    """`GET /v1/books/{authority}?sign=…`: can numbers be had?"""

    open: bool


class Acknowledged(msgspec.Struct, frozen=True):
    """The ward has what was sent, durably: `sha256` is that of the bytes it keeps."""

    id: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """`PUT /v1/store/{kiosk}/{id}`: what is delivered in pieces; asked again it says what lacks."""

    kind: str
    """`sealed/copy` or `sealed/dossier`."""
    size: Positive
    """Bytes of the whole."""
    chunk_size: Positive
    """Bytes of every piece but the last, which may be shorter."""
    sha256: str
    """Of the whole, hexadecimal."""
    chunks: tuple[str, ...]
    """SHA-256 of each piece, in order."""


class StoreState(msgspec.Struct, frozen=True):
    """What the ward's document store has of a delivery."""

    missing: tuple[Count, ...]
    """Places of the pieces that it lacks, or has with another digest."""
    sha256: str = ""
    """Of the bytes that it keeps durably; empty until then."""


class MailWanted(msgspec.Struct, frozen=True):
    """Inside `sealed/mail`: send the electronic copies of a request to this address."""

    request: str
    code: str
    """The code on the visitor's slip."""
    address: Personal[str]
    language: Literal["vi", "en"]
    """Of the mail's words."""

    def encode(self) -> bytes:
        """JSON with the address in it: to be sealed at once."""
        return msgspec.json.encode(self, enc_hook=revealing)


class LinkWanted(msgspec.Struct, frozen=True):
    """Inside `sealed/link`: offer the electronic copies of a request once."""

    request: str
    code: str
    token_sha256: str
    """Of the random last part of the address, hexadecimal."""
    until: Positive
    """Seconds since 1970 after which it is good for nothing."""


class SlipState(msgspec.Struct, frozen=True):
    """`GET /v1/slips/{slip}`: what the ward has of a dossier that a kiosk handed over."""

    procedure: str
    """Its code; empty = the ward has nothing yet."""
    have: tuple[str, ...] = ()
    """Component ids of what is enclosed or was shown."""
    yes: tuple[str, ...] = ()
    """Case questions that were answered with yes."""
    facts: tuple[str, ...] = ()
    """Ids of the facts that it came with: a continuation has one of its own."""
    receipt: tuple[str, ...] = ()
    """Lines of the ward's official receipt, to be printed as they are; empty = none."""


class PaymentNotice(msgspec.Struct, frozen=True):
    """Money or an officer's word about money, in the order in which the ward learned of it."""

    seq: Positive
    what: Literal["transfer", "counter", "exempt", "refunded"]
    """`transfer` = the bank reported it; `counter` = cash, with the number of the biên lai;
    `exempt` = an officer's exemption; `refunded` = the ward paid back."""
    reference: str
    """The bank's id of the transfer, the receipt number, or the decision: unique for each."""
    memo: str
    """The transfer's text as the bank gives it; the payment code for the other three."""
    amount: Count
    """Đồng, or the smallest unit of another currency."""
    currency: str = "VND"
    exemption: str = ""
    """Code of the exemption, with `exempt`."""


class PaymentNotices(msgspec.Struct, frozen=True):
    """`GET /v1/payments?after=SEQ&wait=SECONDS`; asking with a higher `after` acknowledges."""

    notices: tuple[PaymentNotice, ...]


class BlockWanted(msgspec.Struct, frozen=True):
    """`POST /v1/queue/blocks`, with the header `Idempotency-Key`."""

    day: str
    """ISO date, Vietnam time."""
    letter: Annotated[str, msgspec.Meta(pattern="^[A-Z]$")]
    count: Annotated[int, msgspec.Meta(ge=1, le=200)]


class BlockGiven(msgspec.Struct, frozen=True):
    """Queue numbers that nobody else has had or will have: `first` and those after it."""

    first: Positive
    count: Positive


class QueueTold(msgspec.Struct, frozen=True):
    """One happening in the ward's line."""

    seq: Positive
    day: str
    """ISO date, Vietnam time."""
    act: Literal["drawn", "call", "recall", "skip", "transfer", "end"]
    letter: Annotated[str, msgspec.Meta(pattern="^[A-Z]$")]
    number: Positive
    service: str
    priority: bool
    at: float
    """Seconds since 1970."""
    counter: str = ""
    kiosk: str = ""
    """Which kiosk gave the number; empty = a counter did."""


class QueueFeed(msgspec.Struct, frozen=True):
    """`GET /v1/queue/told?after=SEQ&wait=SECONDS`."""

    told: tuple[QueueTold, ...]


class QueueWanted(msgspec.Struct, frozen=True):
    """`POST /v1/queue/acts`, with the header `Idempotency-Key`: as an officer would."""

    act: Literal["call", "recall", "skip", "transfer"]
    day: str
    counter: str = ""
    number: str = ""
    """As printed; empty = the next one."""
    service: str = ""
    """Where to, with `transfer`."""


class Dossier(msgspec.Struct, frozen=True):
    """`GET /v1/dossiers/{code}`: how a dossier stands; no name and nothing of its content."""

    stage: Literal["received", "working", "more", "ready", "returned", "refused"]
    due: dt.date | None = None
    """The day of the result, where one is set."""
    fee: Count = 0
    """Đồng that are still owed for it."""
    memo: str = ""
    """What the ward finds the payment by: a code of its own, never somebody's number or name."""


class SignedFile(msgspec.Struct, frozen=True):
    """`GET /v1/files/{name}?after=REV`: a file of facts, signed by the ward; empty = no newer."""

    token: str = ""
    """Compact JWS (RFC 7515) with Ed25519."""


class Problem(msgspec.Struct, frozen=True):
    """The body of every refusal (RFC 9457), as far as the kiosk reads it."""

    code: str = ""
