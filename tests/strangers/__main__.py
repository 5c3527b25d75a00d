"""`python -m tests.strangers --out FOLDER [--seeds N] [--first N] [--things N] [--faces FOLDER]`.

Photographs in a folder a kind; `--things` adds photographs of what is no paper.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from daemon.catalogue.kinds import OTHER
from tests.strangers import drawing, oddities


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.strangers", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder a kind is made here")
    parser.add_argument("--seeds", type=int, default=2, help="photographs of each page")
    parser.add_argument("--first", type=int, default=0, help="the seed to begin with")
    parser.add_argument("--things", type=int, default=0, help="photographs of each other thing")
    parser.add_argument("--flat", action="store_true", help="pages instead of photographs")
    parser.add_argument("--faces", type=Path, help="folder of type faces (*.ttf) to use instead")
    options = parser.parse_args(argv)
    faces = tuple(sorted(options.faces.rglob("*.ttf"))) if options.faces else drawing.FACES
    for number, layout in enumerate(drawing.layouts()):
        home = options.out / layout.kind
        home.mkdir(parents=True, exist_ok=True)
        for seed in range(options.first, options.first + options.seeds):
            image = drawing.draw(layout, seed, faces).image
            if not options.flat:
                image = drawing.photograph(image, 1000 * number + seed)
            image.save(home / f"mau_{number:02d}_{seed}.jpg", quality=90)
    home = options.out / OTHER
    for thing in oddities.THINGS if options.things else ():
        home.mkdir(parents=True, exist_ok=True)
        for seed in range(options.first, options.first + options.things):
            shot = oddities.shoot(thing, seed, faces)
            shot.save(home / f"mau_{thing}_{seed}.jpg", quality=90)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
