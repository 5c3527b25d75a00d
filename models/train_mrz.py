"""`python -m models.train_mrz`: draws letters of machine-readable zones and learns to read them.

Writes `models/mrz.tflite`, `mrz.json` and the picture of the self-test.  Needs Debian's
`fonts-ocr-b` and `fonts-dejavu-core`; the training environment (`build/train-venv`) is made when
it is missing.  A few minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from models.training import place


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.train_mrz", description=__doc__)
    parser.add_argument("--zones", type=int, default=1000, help="zones to draw (default 1000)")
    parser.add_argument("--epochs", type=int, default=6, help="epochs (default 6)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=place.ROOT / "models", metavar="FOLDER")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 the environment or the training failed, 2 wrong arguments."""
    given = sys.argv[1:] if argv is None else argv
    args = _arguments().parse_args(given)

    def work(tell: Callable[[str], None]) -> None:
        from models.mrz import train  # only this environment has TensorFlow

        train.everything(args.seed, args.zones, args.epochs, args.out, tell)

    return place.begin(given, "models.train_mrz", work)


if __name__ == "__main__":
    sys.exit(main())
