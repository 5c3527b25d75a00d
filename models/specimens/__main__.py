"""`python -m models.specimens KIND --seed N [--photo] [--pages 2] --out DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from models.specimens import (
    FAULTS,
    OTHER,
    FontMissingError,
    FormError,
    NoSuchPageError,
    draw,
    kinds,
    photograph,
)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m models.specimens",
        description="Draws specimens of Vietnamese papers, flat or photographed on a desk.",
    )
    parser.add_argument("kind", choices=[*kinds(), OTHER, "all"], help="kind id, or all")
    parser.add_argument("--seed", type=int, default=1, help="first seed (default 1)")
    parser.add_argument("--count", type=int, default=1, help="how many seeds (default 1)")
    parser.add_argument("--pages", type=int, default=1, help="pages of each paper (default 1)")
    parser.add_argument("--dpi", type=int, default=300, help="resolution of flat pages")
    parser.add_argument("--split", choices=["train", "eval"], default="eval")
    parser.add_argument("--photo", action="store_true", help="photographs at an angle on a desk")
    parser.add_argument("--size", default="2028x1520", help="photograph, WIDTHxHEIGHT pixels")
    parser.add_argument("--level", type=int, default=2, choices=range(4), help="0 ideal … 3 bad")
    parser.add_argument("--turn", type=int, choices=range(4), help="quarter turns (default: any)")
    parser.add_argument("--fault", action="append", default=[], choices=FAULTS)
    parser.add_argument("--out", type=Path, required=True, help="folder for mau_*.jpg")
    parser.add_argument("--json", action="store_true", help="one JSON object a picture")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 a page or font that is not there, 2 wrong arguments."""
    parser = _arguments()
    args = parser.parse_args(argv)
    try:
        wide, high = (int(part) for part in args.size.split("x"))
    except ValueError:
        parser.error(f"--size {args.size!r}: expected WIDTHxHEIGHT, for example 2028x1520")
    args.out.mkdir(parents=True, exist_ok=True)
    for kind in kinds() if args.kind == "all" else (args.kind,):
        for seed in range(args.seed, args.seed + args.count):
            for page in range(1, args.pages + 1):
                try:
                    image = draw(kind, seed, page, args.dpi, args.split)
                except NoSuchPageError:
                    if page == 1:
                        raise
                    continue
                except (FontMissingError, FormError) as error:
                    sys.stderr.write(f"{error}\n")
                    return 1
                name = f"mau_{kind}_{seed}_{page}.jpg"
                found: dict[str, object] = {"file": name, "kind": kind, "seed": seed, "page": page}
                dpi = (args.dpi, args.dpi)
                if args.photo:
                    photo = photograph(
                        image, seed * 100 + page, (wide, high), args.level, split=args.split,
                        turn=args.turn, faults=set(args.fault),
                    )  # fmt: skip
                    found["corners"] = [[round(v, 1) for v in c] for c in photo.corners[0]]
                    image, dpi = photo.image, (72, 72)
                image.save(args.out / name, quality=92, dpi=dpi, comment=b"specimen=true MAU")
                said = json.dumps(found) if args.json else str(args.out / name)
                sys.stdout.write(said + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
