"""Tests of what sees: the document camera and the barcode scanner."""

from __future__ import annotations

from daemon.console.inside import Code, ConsoleError
from daemon.inside.trying import Trying
from daemon.machine.personal import Personal
from drivers.errors import CameraError

LIVE = 20.0
"""Seconds of live figures, unless a key ends them sooner."""


async def camera(trying: Trying) -> bool | None:
    """Sharpness, brightness and frame rate as live numbers; a picture only of an empty bed."""
    device, talk = trying.app.devices.camera, trying.talk
    if trying.picture:
        _empty(trying)
    await talk.line("Lay a printed page on the bed and turn the lens: sharpness should be highest.")
    await talk.line("Enter ends.")
    best = 0.0

    def look(left: float) -> str:
        nonlocal best
        figures = device.health().figures
        sharp = float(figures.get("sharpness", 0.0))
        best = max(best, sharp)
        parts = [f"sharpness {sharp:6.1f} (best {best:6.1f})"]
        parts += [f"{name} {float(figures.get(name, 0)):.1f}" for name in ("brightness", "fps")]
        return "  ".join(parts) + f"  ({left:.0f} s)"

    await device.preview(True)
    try:
        await trying.while_waiting(look, lambda: False, min(LIVE, trying.seconds))
        trying.note = f"sharpness {best:.1f}"
        if trying.picture:
            await _picture(trying)
        return await talk.yes("Were the figures steady, and is the picture sharp enough?")
    finally:
        await device.preview(False)


async def _picture(trying: Trying) -> None:
    _empty(trying)
    try:
        jpeg = await trying.app.devices.camera.capture()
    except CameraError as error:
        raise ConsoleError(Code.FAILED, f"no picture: {error.reason}") from None
    _empty(trying)  # what was laid down meanwhile is nobody's to keep
    await trying.talk.file("camera.jpg", jpeg)


def _empty(trying: Trying) -> None:
    """A picture may leave the kiosk only while no paper lies there.  Raises ConsoleError."""
    bed = trying.app.devices.bed
    if bed.health().state == "lost":
        raise ConsoleError(Code.ABSENT, "no picture: the bed's sensor is lost, so it may be there")
    if bed.active:
        raise ConsoleError(Code.FAILED, "no picture: a paper lies on the bed; take it away")


async def scanner(trying: Trying) -> bool:
    """Any code; only its length is shown, for it may be a citizen's card."""
    lengths: list[int] = []

    def scanned(code: Personal[str]) -> None:
        lengths.append(len(code.reveal()))

    await trying.talk.line("Hold any barcode or QR code under the scanner.")
    with trying.app.scanning(scanned):
        seen = await trying.while_waiting(
            lambda left: f"no code yet  ({left:.0f} s)", lambda: bool(lengths)
        )
    trying.note = f"{lengths[0]} characters" if lengths else "no code read"
    return seen
