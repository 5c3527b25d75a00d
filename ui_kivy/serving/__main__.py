"""`python -m ui_kivy.serving --fd N`: the process of the second display."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ui_kivy import environment


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the display until the daemon is gone; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui_kivy.serving", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="socket to the daemon (inherited)")
    parser.add_argument("--size", default="800x480", metavar="WxH", help="pixels")
    options = parser.parse_args(arguments)
    try:
        width, height = (int(part) for part in options.size.lower().split("x"))
    except ValueError:
        parser.error(f"--size: read {options.size!r}, expected pixels such as 800x480")
    environment.prepare(width, height)
    from kivy.base import runTouchApp

    from daemon.link import Link
    from ui_kivy.serving.board import Board
    from ui_kivy.serving.messages import Down

    runTouchApp(Board(Link.from_fd(options.fd, Down)).paint)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
