"""`python -m models.train`: draws the specimens, trains, measures and writes the classifier.

Writes `models/kinds.tflite`, `kinds.json`, `selftest/` and the figures in `CARD.md`.  The training
environment (`build/train-venv`) is made when it is missing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

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
    if not place.inside():
        try:
            if not place.ready():
                _tell(f"making {place.HOME} (about 2 GB)")
                place.install()
        except (OSError, subprocess.CalledProcessError) as error:
            sys.stderr.write(f"the training environment could not be made: {error}\n")
            return 1
        return place.again(given)
    from models.training import run  # only this environment has TensorFlow

    started = time.monotonic()
    run.everything(run.Plan.of(args), _tell)
    _tell(f"done in {time.monotonic() - started:.0f} s")
    return 0


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
