"""`python -m ui_kivy --fd N`: the screen process of a kiosk."""

from __future__ import annotations

import argparse
import resource
from collections.abc import Sequence

from ui_kivy import environment
from ui_kivy.monitor import fitting_scale
from ui_kivy.theme import PX_PER_MM

FRAMES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the screen until the daemon is gone; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui_kivy", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="socket to the daemon (inherited)")
    parser.add_argument("--frame", choices=tuple(FRAMES), default="portrait")
    parser.add_argument("--size", default="", metavar="WxH", help="pixels, instead of --frame")
    parser.add_argument("--px-per-mm", type=float, default=PX_PER_MM, help="of the panel at --size")
    parser.add_argument(
        "--scale",
        type=float,
        default=0.0,
        help="of the window on a desktop; 0 = as large as the monitor allows",
    )
    parser.add_argument("--less-motion", action="store_true", help="illustrations stand still")
    options = parser.parse_args(arguments)
    if options.size:
        try:
            width, height = (int(part) for part in options.size.lower().split("x"))
        except ValueError:
            parser.error(f"--size: read {options.size!r}, expected pixels such as 1080x1920")
        if width < 200 or height < 200:
            parser.error(f"--size: read {options.size!r}, expected 200 pixels at least each way")
    else:
        width, height = FRAMES[options.frame]
    if options.px_per_mm <= 0:
        parser.error(f"--px-per-mm: read {options.px_per_mm}, expected more than 0")
    # Typed names must not end in a core dump.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    scale = options.scale or fitting_scale(width, height)
    window = round(width * scale), round(height * scale)
    environment.prepare(*window, pointer=scale != 1.0)
    from kivy.base import runTouchApp

    from daemon.link import Link
    from ui_kivy.messages import Down
    from ui_kivy.screen import Screen

    link: Link[Down] = Link.from_fd(options.fd, Down)
    screen = Screen(link, options.px_per_mm * scale, calm=options.less_motion)
    runTouchApp(screen.paint)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
