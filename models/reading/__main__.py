"""How well and how fast print is read: `python -m models.reading [--json]`.

Draws pages of its own with Noto fonts, spoils them as a kiosk's camera would (`pages.LEVELS`) and
reads them with the kiosk's engine.  Then the time of a page with its text layer, beside OCRmyPDF's
for the same page where that is installed.  Exit status: 0 = measured, 1 = an aim was missed,
2 = something is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import cv2

from daemon.documents import text_engine
from models.reading import layer, pages
from models.reading.measure import cases, measured

AIMS = {"A4 300 dpi, level 0": 0.005, "A4 300 dpi, level 2": 0.007}


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m models.reading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pages", type=int, default=6, help="pages a case (6)")
    parser.add_argument("--engine", choices=text_engine.NAMES, default=text_engine.DEFAULT)
    parser.add_argument("--no-peer", action="store_true", help="without OCRmyPDF")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(arguments)
    if options.pages < 1:
        parser.error(f"--pages: read {options.pages}, 1 or more is right")
    if lacking := pages.missing():
        print(f"fonts-noto-core is not installed: {lacking}", file=sys.stderr)
        return 2
    cv2.setNumThreads(1)
    engine = text_engine.start(options.engine)
    told: dict[str, Any] = {"engine": f"{engine.name} {engine.version()}", "cases": {}}
    try:
        if not engine.version():
            print(f"{engine.name} or tesseract-ocr-vie is not installed", file=sys.stderr)
            return 2
        if not options.json:
            print(told["engine"], flush=True)
        for case in cases():
            row = measured(case, engine, options.pages)
            told["cases"][case.name] = row
            if not options.json:
                print(f"{case.name:<44} {_line(row)} {_aim(case.name)}", flush=True)
        told["layer"] = layer.measured(engine, peer=not options.no_peer)
        if not options.json:
            for name, value in told["layer"].items():
                print(f"{name:<44} {value}")
    finally:
        engine.close()
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    return int(any(told["cases"][name]["cer"] > aim for name, aim in AIMS.items()))


def _line(row: dict[str, float]) -> str:
    return (
        f"CER {row['cer']:.4f} ({row['lowest']:.4f}–{row['highest']:.4f})"
        f" without diacritics {row['unmarked']:.4f}, wrong words {row['words_wrong']:.3f},"
        f" {row['seconds']:.2f} s"
        f" ({row['cpu']:.2f} s of the processor), {row['characters']:.0f} characters"
    )


def _aim(name: str) -> str:
    return f"aim ≤ {AIMS[name]}" if name in AIMS else ""


if __name__ == "__main__":
    sys.exit(main())
