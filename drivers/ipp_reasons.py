"""What a printer says about itself, as the few things that matter to a kiosk.

Keywords are those of RFC 8011 §5.4.12, PWG 5100.9 and CUPS.  A suffix tells how serious one is:
`-report`, `-warning`, `-error`; none counts as error.  CUPS turns `-error` into `-warning`, and a
printer with two trays warns of the empty one while it prints from the other: a warning counts as
the cause only while a job stands still.
"""

from __future__ import annotations

import re

import msgspec

from drivers.errors import Trouble
from drivers.ipp_message import Attributes, keywords, number

__all__ = ["Standing", "Stop", "standing"]

STOPPED = 5
"""`printer-state` (RFC 8011 §5.4.11): 3 idle, 4 processing, 5 stopped."""

NEEDED_OPERATIONS = frozenset({0x0005, 0x0006, 0x0008, 0x0009, 0x000A})
"""Create-Job … Get-Jobs: IPP Everywhere demands all of them."""


class Stop(msgspec.Struct, frozen=True):
    """Why nothing comes out: for the machine, and the finer code for health."""

    trouble: Trouble
    reason: str


class Standing(msgspec.Struct, frozen=True):
    """One reading of a printer."""

    stop: Stop | None = None
    """It cannot print."""
    maybe: Stop | None = None
    """The cause, should a job stand still."""
    warning: str = ""
    """It prints, but somebody should look after it: `paper_low`, `toner_low`, `service_soon`."""
    paused: bool = False
    """The queue was stopped by somebody or by an error policy."""
    sheets_left: int | None = None
    toner_pct: int | None = None
    up_time: int | None = None
    """Seconds since the printer started; falls when it was restarted."""


_STOPS: dict[str, Stop] = {
    # The first that is found is told: what must be done first comes first.
    "media-jam": Stop("jam", "jam"),
    "cover-open": Stop("door_open", "door_open"),
    "door-open": Stop("door_open", "door_open"),
    "interlock-open": Stop("door_open", "door_open"),
    "media-empty": Stop("no_paper", "paper_out"),
    "media-needed": Stop("no_paper", "paper_out"),
    "input-tray-missing": Stop("no_paper", "paper_out"),
    "output-area-full": Stop("error", "tray_full"),
    "output-tray-missing": Stop("error", "tray_full"),
    "toner-empty": Stop("error", "toner_out"),
    "marker-supply-empty": Stop("error", "toner_out"),
    "developer-empty": Stop("error", "toner_out"),
    "marker-supply-missing": Stop("error", "toner_out"),
    "marker-waste-full": Stop("error", "service"),
    "opc-life-over": Stop("error", "service"),
    "fuser-over-temp": Stop("error", "service"),
    "fuser-under-temp": Stop("error", "service"),
    "interpreter-resource-unavailable": Stop("error", "service"),
    "cups-missing-filter": Stop("error", "no_filter"),
    "cups-insecure-filter": Stop("error", "no_filter"),
    "paused": Stop("error", "paused"),
    "moving-to-paused": Stop("error", "paused"),
    "spool-area-full": Stop("error", "error"),
    "offline": Stop("lost", "unplugged"),
    "shutdown": Stop("lost", "unplugged"),
    "connecting-to-device": Stop("lost", "unplugged"),
    "timed-out": Stop("lost", "unplugged"),
}

_CONNECTING = frozenset({"connecting-to-device", "timed-out"})
"""Normal for a moment when a printer wakes up."""

_WARNINGS = {
    "media-low": "paper_low",
    "media-empty": "paper_low",
    "toner-low": "toner_low",
    "toner-empty": "toner_low",
    "marker-supply-low": "toner_low",
    "marker-supply-empty": "toner_low",
    "developer-low": "toner_low",
    "marker-waste-almost-full": "service_soon",
    "opc-near-eol": "service_soon",
}


def standing(attributes: Attributes) -> Standing:
    """Reads the answer to Get-Printer-Attributes."""
    severities: dict[str, str] = {}
    for keyword in keywords(attributes, "printer-state-reasons"):
        name, _, severity = keyword.rpartition("-")
        if severity in ("error", "warning", "report"):
            severities[name] = severity
        else:
            severities[keyword] = "error"
    sure, maybe = None, None
    for name, stop in _STOPS.items():
        severity = severities.get(name, "")
        if severity == "error" and name not in _CONNECTING:
            sure = sure or stop
        elif severity == "warning" or (severity and stop.trouble == "lost"):
            maybe = maybe or stop
    if number(attributes, "printer-state") == STOPPED:
        sure = sure or maybe or Stop("error", "error")
    return Standing(
        stop=_unable(attributes) or sure,
        maybe=maybe,
        warning=next((_WARNINGS[name] for name in _WARNINGS if name in severities), ""),
        paused=bool({"paused", "moving-to-paused"} & severities.keys()),
        sheets_left=_sheets(attributes),
        toner_pct=_toner(attributes),
        up_time=number(attributes, "printer-up-time"),
    )


def _unable(attributes: Attributes) -> Stop | None:
    """What no person at the printer can clear."""
    operations = {v for v in attributes.get("operations-supported", ()) if isinstance(v, int)}
    if not operations >= NEEDED_OPERATIONS:
        return Stop("error", "not_supported")
    if "application/pdf" not in keywords(attributes, "document-format-supported"):
        return Stop("error", "no_pdf")
    if attributes.get("printer-is-accepting-jobs") == (False,):
        return Stop("error", "not_accepting")
    return None


def _sheets(attributes: Attributes) -> int | None:
    """Sheets in all trays, as far as they are counted (PWG 5100.13: -2 unknown, -3 some)."""
    levels = []
    for tray in attributes.get("printer-input-tray", ()):
        if isinstance(tray, bytes):
            found = re.search(rb"(?:^|;)level=(\d{1,5})(?:;|$)", tray)
            levels += [int(found[1])] if found else []
    return sum(levels) if levels else None


def _toner(attributes: Attributes) -> int | None:
    """Per cent of the emptiest supply."""
    levels = [v for v in attributes.get("marker-levels", ()) if isinstance(v, int) and v >= 0]
    return min(levels) if levels else None
