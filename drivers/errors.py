"""What a device call can fail with.  `reason` is the stable code that events and health carry."""

from __future__ import annotations

from typing import Literal

Trouble = Literal["no_paper", "jam", "door_open", "lost", "error"]
"""Why a page printer stands still; the words of `PrintFailed`."""


class DeviceError(Exception):
    """The common base: a device did not do what it was asked."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class CameraError(DeviceError):
    """No picture: `lost` (no child), `late`, or what the camera suffers from (docs/devices.md)."""


class TicketError(DeviceError):
    """No ticket: `paper_out`, `cover_open`, `unplugged`, `hung` or `error`."""


class PrintStopped(DeviceError):
    """A print job ended before its last sheet; `sheets` of it lie in the tray."""

    def __init__(self, reason: Trouble, sheets: int, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.trouble: Trouble = reason
        self.sheets = sheets
