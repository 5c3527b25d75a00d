"""How well papers are found: `python -m models.pages draw FOLDER`, then `… measure FOLDER`.

`draw` makes photographs with known corners, some of each case; `measure` asks
`daemon.documents` where the papers are and prints, by case, how much the answers overlap the
truth, what was overlooked and what was wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2

from daemon.documents import choosing, text_engine
from daemon.documents.errors import DocumentsError
from models.pages import cases, faults, fit, measure, reading, turns


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m models.pages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(dest="word", required=True)
    draw = words.add_parser("draw", help="make the photographs")
    draw.add_argument("folder", type=Path)
    draw.add_argument("--count", type=int, default=20, help="photographs of each case")
    draw.add_argument("--first", type=int, default=0, help="number of the first one")
    draw.add_argument("--case", action="append", choices=sorted(cases.CASES), help="only this one")
    ask = words.add_parser("measure", help="measure the answers")
    ask.add_argument("folder", type=Path)
    ask.add_argument("--case", action="append", choices=sorted(cases.CASES), help="only this one")
    ask.add_argument("--json", action="store_true", help="one JSON object")
    ask.add_argument("--failures", type=Path, metavar="FOLDER", help="pictures of what went wrong")
    read = words.add_parser("reading", help="does the verdict foretell the errors of the text?")
    read.add_argument("--each", type=int, default=4, help="pages of each damage and step")
    read.add_argument("--curled", type=int, metavar="N", help="N curled pages instead")
    read.add_argument("--json", action="store_true", help="one JSON object")
    ways = words.add_parser("turns", help="is every page turned right?")
    ways.add_argument("--each", type=int, default=2, help="pages of each kind")
    named = words.add_parser("faults", help="is every fault of a photograph named?")
    named.add_argument("--each", type=int, default=20, help="photographs of each fault")
    named.add_argument("--fault", action="append", choices=faults.FAULTS, help="only this one")
    fitted = words.add_parser("fit", help="fit the weights that choose among candidates")
    fitted.add_argument("folder", type=Path)
    fitted.add_argument(
        "--case", action="append", choices=sorted(cases.CASES), help="only this one"
    )
    fitted.add_argument("--out", type=Path, default=choosing.WEIGHTS)
    return parser


def _draw(folder: Path, names: list[str], first: int, count: int) -> None:
    for name in names:
        home = folder / name
        home.mkdir(parents=True, exist_ok=True)
        for number in range(first, first + count):
            case = cases.made(name, number)
            (home / f"{number:05d}.jpg").write_bytes(case.jpeg)
            quads = [[[round(v, 2) for v in p] for p in quad.tolist()] for quad in case.quads]
            told = {"quads": quads, "verdict": case.verdict}
            (home / f"{number:05d}.json").write_text(json.dumps(told) + "\n")


def _reading(each: int, curled: int | None, *, as_json: bool) -> int:
    engine = text_engine.start(text_engine.DEFAULT)
    try:
        if curled:
            told = reading.curled(engine, curled)
        else:
            told = reading.figures(reading.pages(engine, each))
    except DocumentsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        engine.close()
    sys.stdout.write(json.dumps(told, indent=None if as_json else 1) + "\n")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 nothing to measure, 2 wrong arguments."""
    args = _arguments().parse_args(argv)
    cv2.setNumThreads(1)
    if args.word == "reading":
        return _reading(args.each, args.curled, as_json=args.json)
    if args.word == "turns":
        sys.stdout.write(json.dumps(turns.turns(args.each)) + "\n")
        return 0
    if args.word == "faults":
        told = faults.faults(args.each, tuple(args.fault or faults.FAULTS))
        sys.stdout.write(json.dumps(told) + "\n")
        return 0
    names = args.case or list(cases.CASES)
    if args.word == "draw":
        _draw(args.folder, names, args.first, args.count)
        return 0
    if args.word == "fit":
        fit.store(fit.fit(args.folder, names), args.out)
        return 0
    answers = measure.ask(args.folder, names)
    if not answers:
        sys.stderr.write(f"{args.folder}: no photographs of {', '.join(names)}\n")
        return 1
    if args.failures is not None:
        measure.show(args.folder, answers, args.failures)
    figures = measure.figures(answers)
    sys.stdout.write((json.dumps(figures) if args.json else measure.table(figures)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
