"""Made-up pages, PDFs and requests for the tests of the register."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.machine.values import Product
from daemon.register.facts import (
    Authorisation,
    Paid,
    PaperFacts,
    RequestFacts,
    SealedRequest,
    SealPaper,
)
from daemon.register.register import Register

FONT = "/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf"
DPI = 100
A4 = (827, 1169)
NAME = "Trần Thị Dấu-Vết"
"""The requester; must turn up nowhere in the open."""


class Clock:
    """A clock that a test moves."""

    def __init__(self, start: dt.datetime | None = None) -> None:
        self.now = start or dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def on(self, **more: float) -> None:
        self.now += dt.timedelta(**more)


def page(title: str, lines: int = 10, size: tuple[int, int] = A4, times: int = 1) -> bytes:
    """A JPEG of a page of paper: `lines` lines of text from the top, `times` as long."""
    picture = Image.new("RGB", size, (246, 244, 236))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, 17)
    pen.text((size[0] // 3, 60), title, font=font, fill=(20, 20, 20))
    for line in range(lines):
        words = f"Dòng {line + 1}: {'nội dung giấy tờ ' * times}".strip()
        pen.text((80, 120 + 30 * line), words, font=font, fill=0)
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def assembled(jpegs: tuple[bytes, ...]) -> bytes:
    """A PDF with one picture a page at true size, the JPEG stored as it is."""
    with pikepdf.new() as pdf:
        for jpeg in jpegs:
            picture = Image.open(BytesIO(jpeg))
            width, height = (side * 72 / DPI for side in picture.size)
            stream = pdf.make_stream(
                jpeg,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=picture.width,
                Height=picture.height,
                ColorSpace=pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            made = pdf.add_blank_page(page_size=(width, height))
            made.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=stream))
            content = f"q {width} 0 0 {height} 0 0 cm /Page Do Q"
            made.Contents = pdf.make_stream(content.encode())
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


class Request:
    """A request of one or more papers, with everything that sealing it needs."""

    def __init__(
        self,
        *papers: tuple[str, tuple[bytes, ...]],
        copies: int = 1,
        product: Product = "digital",
    ) -> None:
        self.pictures = tuple(picture for _, pictures in papers for picture in pictures)
        self.copies = copies
        self.product: Product = product
        self.facts = RequestFacts(
            secrets.token_hex(8),
            tuple(
                PaperFacts(kind, tuple(hashlib.sha256(jpeg).hexdigest() for jpeg in pictures))
                for kind, pictures in papers
            ),
            copies,
            product,
        )
        self.papers = tuple(
            SealPaper(kind, assembled(pictures), len(pictures)) for kind, pictures in papers
        )

    async def accepted(self, register: Register) -> Authorisation:
        return await register.authorise(
            self.facts, Decided("accepted"), requester=Personal(NAME), pictures=self.pictures
        )

    async def paid(self, register: Register) -> Authorisation:
        authorisation = await self.accepted(register)
        fees = tuple(2000 * paper.pages * self.copies for paper in self.papers)
        await register.paid(authorisation, Paid("exact", fees, sum(fees)))
        return authorisation

    async def sealed(
        self, register: Register, authorisation: Authorisation | None = None
    ) -> SealedRequest:
        known = authorisation or await self.paid(register)
        return await register.seal(known, self.papers, self.copies, self.product, Personal(NAME))


BIRTH = ("giay_khai_sinh", (page("GIẤY KHAI SINH"), page("MẶT SAU", 4)))
DEGREE = ("bang_dai_hoc", (page("BẰNG CỬ NHÂN", 5),))
FULL = ("quyet_dinh", (page("QUYẾT ĐỊNH", 34, times=3),))


def text_of(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page, by poppler."""
    import subprocess

    path = folder / f"{secrets.token_hex(4)}.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]
