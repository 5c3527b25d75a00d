"""`python -m models.codes`: how many codes and machine-readable zones are read, and how fast.

qr: codes of 20 mm and 49 modules, by resolution and blur; mrz: zones in a face and on grounds
that the training did not see, by level; papers: specimens photographed on a desk, through the
whole pipeline; none: time spent on pages without a code.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

import cv2
import msgspec
import numpy as np

from daemon.documents import codes, mrz
from daemon.documents.classify import MODELS
from daemon.documents.errors import ModelError
from daemon.documents.mrz_glyphs import Glyphs
from models.codes import mrz as zones
from models.codes import papers, qr
from models.specimens import draw

PARTS = ("qr", "mrz", "papers", "none")

_BLURS = {300: (0.6, 1.2, 1.8, 2.2, 2.6), 200: (0.6, 1.2, 1.8)}
_WITHOUT = ("quyet_dinh", "giay_khai_sinh", "bang_diem", "hoc_ba", "hop_dong_lao_dong", "cmnd_9_so")


class Empty(msgspec.Struct, frozen=True):
    """A page without a code."""

    kind: str
    found: int
    codes_ms: float
    mrz_ms: float


def _figures(part: str, count: int, glyphs: Glyphs) -> Iterator[msgspec.Struct]:
    if part == "qr":
        for dpi, blurs in _BLURS.items():
            for sigma in blurs:
                for new in (False, True):
                    yield qr.measure(dpi, sigma, new, count)
    elif part == "mrz":
        for form in zones.SIZES:
            for level in range(4):
                yield zones.measure(glyphs, form, level, count)
    elif part == "papers":
        for paper in papers.PAPERS:
            for level in range(4):
                yield papers.measure(glyphs, paper, level, count)
    else:
        for kind in _WITHOUT:
            yield _empty(kind, glyphs)


def _empty(kind: str, glyphs: Glyphs) -> Empty:
    page = cv2.GaussianBlur(np.asarray(draw(kind, 3, 1, 300).convert("RGB")), (0, 0), 1.2)
    flat = np.asarray(page, np.uint8)
    mrz.read(flat, glyphs)  # the libraries warm up
    start = time.process_time()
    found = codes.find(flat, 300)
    between = time.process_time()
    zone = mrz.read(flat, glyphs)
    end = time.process_time()
    many = len(found) + (zone is not None)
    return Empty(kind, many, round((between - start) * 1000, 1), round((end - between) * 1000, 1))


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 no usable model, 2 wrong arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m models.codes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (all)")
    parser.add_argument("--count", type=int, default=40, help="of each figure (default 40)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args(argv)
    strange = set(args.parts) - set(PARTS)
    if strange or args.count < 1:
        parser.error(f"parts are {', '.join(PARTS)}; a count is 1 or more")
    cv2.setNumThreads(1)
    try:
        glyphs = Glyphs.open(MODELS)
    except ModelError as error:
        sys.stderr.write(f"no usable model: {error}\n")
        return 1
    for part in args.parts or PARTS:
        for figures in _figures(part, args.count, glyphs):
            told = msgspec.to_builtins(figures)
            words = " ".join(f"{key}={value}" for key, value in told.items())
            line = msgspec.json.encode(told).decode() if args.json else f"{part}: {words}"
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
