"""Pictures of the certified copy's forms, made from synthetic papers: part of `./dev docs`."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from PIL import Image

from daemon.documents import pdf
from daemon.documents.messages import Reading
from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.machine.values import Product
from daemon.register.facts import Paid, PaperFacts, RequestFacts, SealPaper
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from models.specimens import draw

DPI = 200
SHOWN = 80
"""Pixels an inch in the documentation."""
GAP = 14
GROUND = "#C9D2DE"

FORMS: dict[str, tuple[str, int, Product, bool, tuple[int, ...]]] = {
    "form-digital": ("quyet_dinh", 3, "digital", False, (0, 2)),
    "form-card": ("cccd_gan_chip_2021", 2, "digital", False, (0,)),
    "form-printout": ("cccd_gan_chip_2021", 2, "digital", True, (0,)),
    "form-paper": ("giay_khai_sinh", 1, "paper", False, (0, 1)),
    "form-paper-card": ("cccd_gan_chip_2021", 2, "paper", False, (0,)),
    "form-sheets": ("so_ho_khau", 3, "paper", False, (0, 2, 3)),
}
"""Picture → kind, pages of the original, product, its printout?, pages shown."""


def build(folder: Path) -> None:
    """Draw every form into `folder`, one PNG each."""
    with TemporaryDirectory(prefix="forms-") as state:
        asyncio.run(_build(folder, Path(state)))


async def _build(folder: Path, state: Path) -> None:
    store = Store.open(state / "kiosk.db")
    register = Register.open(RegisterSettings(), store)
    for name, (kind, count, product, printed, shown) in FORMS.items():
        copy = await _copy(register, kind, count, product, printed)
        document = pypdfium2.PdfDocument(copy)
        document.init_forms()
        sheets = [
            document[index].render(scale=SHOWN / 72).to_pil()
            for index in shown
            if index < len(document)
        ]
        _side_by_side(sheets).quantize(64).save(folder / f"{name}.png", optimize=True)
    await register.close()
    await store.close()


async def _copy(
    register: Register, kind: str, count: int, product: Product, printed: bool
) -> bytes:
    jpegs = []
    for number in range(1, count + 1):
        out = BytesIO()
        page = draw(kind, 7, number, DPI, "eval")
        page.convert("RGB").save(out, "JPEG", quality=88, dpi=(DPI, DPI))
        jpegs.append(out.getvalue())
    digests = tuple(hashlib.sha256(jpeg).hexdigest() for jpeg in jpegs)
    facts = RequestFacts(secrets.token_hex(8), (PaperFacts(kind, digests),), 1, product)
    nobody = Personal("")
    authorisation = await register.authorise(facts, Decided("accepted"), requester=nobody)
    await register.paid(authorisation, Paid("free", (0,), 0))
    whole = pdf.assemble([(jpeg, Reading()) for jpeg in jpegs], kind)
    paper = SealPaper(kind, whole, count)
    sealed = await register.seal(authorisation, [paper], 1, product, nobody)
    return sealed.copies[0].printout_pdf if printed else sealed.copies[0].pdf


def _side_by_side(sheets: list[Image.Image]) -> Image.Image:
    width = sum(sheet.width + GAP for sheet in sheets) + GAP
    height = max(sheet.height for sheet in sheets) + 2 * GAP
    whole = Image.new("RGB", (width, height), GROUND)
    x = GAP
    for sheet in sheets:
        whole.paste(sheet, (x, GAP))
        x += sheet.width + GAP
    return whole
