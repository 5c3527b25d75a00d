"""What stands on `up/alarm/{code}/{instance}`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from daemon.uplink.alarms.table import Severity, table
from daemon.uplink.payloads import Code, Count, Payload, Stamp

Words = Annotated[str, msgspec.Meta(pattern=r"^[^\d\x00-\x1f]{1,120}$")]
"""A sentence of the table of alarms, and no other: `Alarm` compares it."""

PREFIX = "alarm/"

Level = Annotated[int, msgspec.Meta(ge=-100, le=1000)]

AlarmState = Literal["raised", "updated", "cleared"]


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has seen it: apart from whether it is over."""

    by: Code
    """The key that signed the acknowledgement, or `console`."""
    at: Stamp


class Alarm(Payload, frozen=True, kw_only=True):
    """An alarm; its key is kiosk + code + inst, whatever happens to it."""

    code: Code
    inst: Code
    """Device or part it is about."""
    sev: Severity
    state: AlarmState
    cause: Code
    """What was seen: the reason as the device told it."""
    n: Count = 1
    """How often it was raised since it was last away for a day."""
    first: Stamp
    last: Stamp
    level: Level | None = None
    """Of what is used up or measured (% or °C), where it is about that."""
    text_vi: Words
    text_en: Words
    do: Code
    remedy_vi: Words
    remedy_en: Words
    ack: Ack | None = None

    def __post_init__(self) -> None:
        kind = table().get(self.code)
        if kind is None:
            raise ValueError("code: one of the table of alarms is right")
        said = (self.text_vi, self.text_en, self.remedy_vi, self.remedy_en, self.do)
        if said != (kind.vi, kind.en, kind.remedy_vi, kind.remedy_en, kind.do):
            raise ValueError("text: the words of the table of alarms are right")

    @property
    def topic(self) -> str:
        """Below `up/`."""
        return f"{PREFIX}{self.code}/{self.inst}"


def alarm(
    code: str,
    inst: str,
    *,
    state: AlarmState,
    cause: str,
    first: str,
    last: str,
    n: int = 1,
    level: int | None = None,
    ack: Ack | None = None,
) -> Alarm:
    """One with the words of the table.  Raises KeyError for a code that is not there."""
    kind = table()[code]
    return Alarm(
        code=code,
        inst=inst,
        sev=kind.sev,
        state=state,
        cause=cause,
        n=n,
        first=first,
        last=last,
        level=level,
        text_vi=kind.vi,
        text_en=kind.en,
        do=kind.do,
        remedy_vi=kind.remedy_vi,
        remedy_en=kind.remedy_en,
        ack=ack,
    )
