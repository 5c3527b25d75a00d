"""The table of alarms: `table.toml`, the one place that knows their words."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

FILE = Path(__file__).with_name("table.toml")

Severity = Literal["critical", "major", "minor", "warning"]


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One code of alarm."""

    sev: Severity
    do: str
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str
    hold_s: float = 0.0
    """Seconds the condition must last before it is told."""
    raise_at: float | None = None
    clear_at: float | None = None

    def __post_init__(self) -> None:
        if (self.raise_at is None) != (self.clear_at is None):
            raise ValueError("raise_at and clear_at stand together")


@lru_cache(maxsize=1)
def table() -> dict[str, Kind]:
    """Code → kind."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), dict[str, Kind])


_OF_REASON = {
    "paper_low": "paper_low",
    "paper_out": "paper_out",
    "no_paper": "paper_out",
    "toner_low": "toner_low",
    "toner_out": "toner_out",
    "jam": "jam",
    "cover_open": "cover_open",
    "tray_full": "tray_full",
    "unplugged": "link_lost",
    "lost": "link_lost",
    "hung": "hung",
    "stall": "picture_bad",
    "black": "picture_bad",
    "frozen": "picture_bad",
    "stuck": "input_stuck",
    "service": "device_service",
    "service_soon": "device_service",
    "door_open": "door_open",
    "down": "part_down",
    "expires_60": "signing_certificate_ending",
    "expires_30": "signing_certificate_ending",
    "expires_7": "signing_certificate_ending",
    "expired": "signing_certificate_unfit",
    "not_yet_valid": "signing_certificate_unfit",
    "revoked": "signing_certificate_unfit",
    "revocation_unknown": "revocation_unknown",
}

_OF_PART = {
    "register": "register_fault",
    "numbers": "numbers_none",
    "certifier": "certifier_absent",
    "store": "store_fault",
    "documents": "part_down",
    "screen": "part_down",
}


def code_of(part: str, reason: str) -> str:
    """Which alarm the fault of a device or service is: by the part, else by the reason."""
    return _OF_PART.get(part) or _OF_REASON.get(reason, "device_fault")
