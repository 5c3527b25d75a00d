"""`python -m daemon.uplink`: prints docs/mqtt.md."""

from __future__ import annotations

import argparse

from daemon.uplink.describe import document


def main() -> None:
    """Prints the page."""
    argparse.ArgumentParser(prog="python -m daemon.uplink", description=__doc__).parse_args()
    print(document(), end="")


main()
