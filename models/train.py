"""`python -m models.train`: draws the specimens, trains, measures and writes the classifier.

Writes `models/kinds.tflite`, `kinds.json`, `selftest/` and the figures in `CARD.md`.  The training
environment (`build/train-venv`) is made when it is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from models.training import place


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.train", description=__doc__)
    parser.add_argument("--pages", type=int, default=160, help="pages of each kind (default 160)")
    parser.add_argument("--others", type=int, default=600, help="unknown papers (default 600)")
    parser.add_argument("--shots", type=int, default=1, help="photographs a page (default 1)")
    parser.add_argument("--turns", type=int, default=1, help="quarter turns of each (default 1)")
    parser.add_argument("--epochs", type=int, default=8, help="epochs (default 8)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes that draw (default 2)")
    parser.add_argument(
        "--dry", action="store_true", help="write to build/training/out, not to models/"
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 the environment or the training failed, 2 wrong arguments."""
    given = sys.argv[1:] if argv is None else argv
    args = _arguments().parse_args(given)

    def work(tell: Callable[[str], None]) -> None:
        from models.training import run  # only this environment has TensorFlow

        run.everything(run.Plan.of(args), tell)

    return place.begin(given, "models.train", work)


if __name__ == "__main__":
    sys.exit(main())
