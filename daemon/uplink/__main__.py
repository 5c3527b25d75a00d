"""`python -m daemon.uplink [asyncapi]`: prints docs/mqtt.md, or the AsyncAPI document as JSON."""

from __future__ import annotations

import argparse
import json

from daemon.uplink import asyncapi, describe


def main() -> None:
    """Prints what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m daemon.uplink", description=__doc__)
    words = parser.add_subparsers(dest="word")
    words.add_parser("asyncapi", help="the AsyncAPI 3 document as JSON")
    options = parser.parse_args()
    if options.word == "asyncapi":
        print(json.dumps(asyncapi.document(), indent=2, ensure_ascii=False))
    else:
        print(describe.document(), end="")


main()
