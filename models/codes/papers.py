"""Specimens photographed on a desk: how often the whole pipeline reads their codes exactly."""

from __future__ import annotations

import io
import time
from typing import Literal

import msgspec

from daemon.documents import codes, mrz, pipeline
from daemon.documents.decode import decode
from daemon.documents.messages import Code
from daemon.documents.mrz_glyphs import Glyphs
from models.specimens import Split, draw, facts, photograph

Paper = Literal["2021 front", "2021 back", "2024 back", "passport"]

_DRAWN: dict[Paper, tuple[str, int, str, bool, bool]] = {
    "2021 front": ("cccd_gan_chip_2021", 1, "illustration_card", True, False),
    "2021 back": ("cccd_gan_chip_2021", 2, "illustration_card", False, True),
    "2024 back": ("can_cuoc_2024", 2, "illustrated_adult", True, True),
    "passport": ("ho_chieu", 1, "illustrated_page", False, True),
}
"""Kind, page, form of the evaluation, carries a QR, carries a zone."""

PAPERS: tuple[Paper, ...] = tuple(_DRAWN)


class Shown(msgspec.Struct, frozen=True):
    """What stands on a specimen and what was read of it."""

    true: dict[str, str]
    """`QRCode` and `MRZ`, where it has them."""
    found: tuple[Code, ...]
    page_found: bool
    seconds: float
    """Of the codes alone."""


def photo(
    paper: Paper, seed: int, level: int, size: tuple[int, int]
) -> tuple[bytes, dict[str, str]]:
    """A photograph (JPEG) and the texts of its codes."""
    kind, page, form, has_qr, has_zone = _DRAWN[paper]
    split: Split = "eval"
    said = facts(kind, seed, split, form)
    who = "p2" if paper == "passport" else "p1"
    true = {}
    if has_qr:
        true["QRCode"] = said[f"{who}.qr"] + ("|||" if "2024" in paper else "")
    if has_zone:
        true["MRZ"] = said[f"{who}.mrz3" if paper == "passport" else f"{who}.mrz"]
    flat = draw(kind, seed, page, 400, split, form)
    taken = photograph(flat, seed, size, level, split=split, turn=None)
    held = io.BytesIO()
    taken.image.save(held, "JPEG", quality=92)
    return held.getvalue(), true


def read(
    paper: Paper, seed: int, level: int, glyphs: Glyphs, size: tuple[int, int] = (2028, 1520)
) -> Shown:
    """One specimen through page finding, turning and the codes."""
    data, true = photo(paper, seed, level, size)
    seen = pipeline.examine(data, None, glyphs=glyphs)
    if not seen.page_jpeg:
        return Shown(true, (), False, 0.0)
    page = decode(seen.page_jpeg)
    start = time.process_time()
    found = codes.find(page, seen.dpi)
    zone = mrz.read(page, glyphs)
    found += (zone.code,) if zone is not None else ()
    return Shown(true, found, True, time.process_time() - start)


class Figures(msgspec.Struct, frozen=True):
    """Of one paper and level."""

    paper: str
    level: int
    of: int
    no_page: int
    qr: int
    mrz: int
    """Exact; -1 where the paper has none."""
    wrong: int
    """Codes read that say something else."""
    milliseconds: float


def measure(glyphs: Glyphs, paper: Paper, level: int, count: int) -> Figures:
    """How many of `count` specimens are read exactly."""
    shown = [read(paper, 7000 + n, level, glyphs) for n in range(count)]

    def right(name: str) -> int:
        if name not in shown[0].true:
            return -1
        return sum(one.true[name] in {c.text for c in one.found if c.type == name} for one in shown)

    wrong = sum(c.text != one.true.get(c.type) for one in shown for c in one.found)
    spent = sum(one.seconds for one in shown) / count * 1000
    lost = sum(not one.page_found for one in shown)
    return Figures(paper, level, count, lost, right("QRCode"), right("MRZ"), wrong, round(spent, 1))
