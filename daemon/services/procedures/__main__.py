"""`python -m daemon.services.procedures "words" [--json]`: what the look-up finds.

Exit codes: 0 found, 1 nothing found or the catalogue does not hold, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from daemon.catalogue.reading import CatalogueError
from daemon.services.procedures import Procedures


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m daemon.services.procedures",
        description="Finds procedures by everyday words, best first.",
        epilog="exit codes: 0 found, 1 nothing found, 2 usage",
    )
    parser.add_argument("words", nargs="+", help="what a citizen would type")
    parser.add_argument("--json", action="store_true", help="a JSON list of code, name, score")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most N (10)")
    parser.add_argument("--file", type=Path, help="another file of procedures")
    options = parser.parse_args(argv)
    if options.limit < 1:
        parser.error("--limit: 1 or more")
    try:
        procedures = Procedures.open(options.file)
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1
    hits = procedures.find(" ".join(options.words), options.limit)
    procedures.close()
    if options.json:
        print(msgspec.json.encode(hits).decode())
    else:
        for hit in hits:
            print(f"{hit.score:5.2f}  {hit.code}  {hit.name}")
    return 0 if hits else 1


if __name__ == "__main__":
    sys.exit(main())
