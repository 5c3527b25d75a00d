"""Tests of what prints: one A4 sheet, one ticket."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from pathlib import Path

import fpdf
from PIL import Image

from daemon.catalogue.calendar import VIETNAM
from daemon.inside.trying import Trying
from daemon.machine.events import PrintFailed, PrintProgress
from daemon.services.tickets.roll import Roll, SlipError
from drivers.errors import PrintStopped, TicketError

FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
"""Debian's fonts-noto-core."""
LETTERS = "ăâđêôơư ắằẳẵặ ấầẩẫậ ếềểễệ ốồổỗộ ớờởỡợ ứừửữự"
SAY_EVERY = 2.0


async def printer(trying: Trying) -> bool | None:
    """One sheet: frame, ruler, greys, Vietnamese letters."""
    talk = trying.talk
    kiosk = trying.app.config.kiosk.id
    pdf = await asyncio.to_thread(page_of, kiosk, time.time())
    news = "sent to the printer"

    def progress(event: PrintProgress | PrintFailed) -> None:
        nonlocal news
        if isinstance(event, PrintFailed):
            news = f"stopped: {event.reason}; clear it, the job goes on by itself"
        else:
            news = f"sheet {event.sheet} of {event.sheets}"

    await talk.line("One A4 sheet: a frame all round, a ruler of 100 mm, ten even greys, letters.")
    printing = asyncio.create_task(trying.app.devices.page_printer.print(pdf, 1, progress, "test"))
    began = time.monotonic()
    try:
        while not (await asyncio.wait({printing}, timeout=SAY_EVERY))[0]:
            await talk.live(f"{news}  ({time.monotonic() - began:.0f} s)")
        printing.result()
    except PrintStopped as error:
        trying.note = error.reason
        return False
    finally:
        printing.cancel()  # the driver takes the job back after the sheet under way
        await asyncio.gather(printing, return_exceptions=True)
    return await talk.yes("Is the sheet complete, straight, without streaks?")


async def ticket(trying: Trying) -> bool | None:
    """One ticket: both edges, letters, greys as dots, the cut."""
    kiosk = trying.app.config.kiosk.id
    await trying.talk.line("One ticket: lines to both edges, letters with marks, then a cut.")
    try:
        image = await asyncio.to_thread(ticket_of, kiosk, time.time())
        await trying.app.devices.ticket_printer.print(image)
    except (TicketError, SlipError) as error:
        trying.note = error.reason if isinstance(error, TicketError) else "no_font"
        return False
    return await trying.talk.yes("Is the ticket complete, dark enough, and cut?")


def page_of(kiosk: str, at: float) -> bytes:
    """The sheet as PDF."""
    page = fpdf.FPDF(format="A4")
    page.add_page()
    page.set_line_width(0.2)
    page.rect(5, 5, 200, 287)
    if FONT.is_file():
        page.add_font("sans", "", str(FONT))
        page.set_font("sans", size=16)
        letters = LETTERS
    else:
        page.set_font("helvetica", size=16)
        letters = "fonts-noto-core is not installed"
    page.text(20, 30, f"Ward Kiosk {kiosk}: TEST PAGE")
    page.text(20, 42, f"{dt.datetime.fromtimestamp(at, VIETNAM):%d/%m/%Y %H:%M}")
    page.text(20, 56, letters)
    for mm in range(101):
        page.line(20 + mm, 80, 20 + mm, 80 - (6 if mm % 10 == 0 else 3))
    page.text(124, 80, "100 mm")
    for step in range(10):
        page.set_fill_color(round(255 * step / 9))
        page.rect(20 + 17 * step, 95, 17, 20, style="F")
    for row in range(20):
        page.line(20, 130 + row * 0.8, 190, 130 + row * 0.8)
    return bytes(page.output())


def ticket_of(kiosk: str, at: float) -> Image.Image:
    """The ticket, 576 dots wide.  Raises SlipError."""
    roll = Roll()
    roll.rule(4)
    roll.gap(12)
    roll.banner("TEST")
    roll.text(kiosk, 40, "Bold", "centre")
    roll.text(f"{dt.datetime.fromtimestamp(at, VIETNAM):%d/%m/%Y %H:%M}", 26, align="centre")
    roll.gap(10)
    roll.text(LETTERS, 26)
    roll.gap(10)
    roll.qr("WARD-KIOSK-TEST")
    roll.gap(12)
    roll.rule(4)
    return roll.picture()
