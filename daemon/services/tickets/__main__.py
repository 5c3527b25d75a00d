"""`python -m daemon.services.tickets LAYOUT [KEY=VALUE…] --out FILE.png`: what a slip looks like.

Exit codes: 0 drawn, 1 cannot be drawn, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from daemon.services.tickets import LAYOUTS, SlipError, render


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m daemon.services.tickets", description="Draws a slip into a PNG file."
    )
    parser.add_argument("layout", choices=sorted(LAYOUTS))
    parser.add_argument("args", nargs="*", metavar="KEY=VALUE", help="the values of the slip")
    parser.add_argument("--language", choices=("vi", "en"), default="vi")
    parser.add_argument("--ward", default="Phường Thủ Đức", help="full name of the ward")
    parser.add_argument("--out", type=Path, required=True, help="the PNG file to write")
    options = parser.parse_args(argv)
    if wrong := [text for text in options.args if "=" not in text]:
        parser.error(f"{wrong[0]!r}: write KEY=VALUE")
    args = dict(text.split("=", 1) for text in options.args)
    try:
        picture = render(options.layout, args, options.language, options.ward)
        picture.save(options.out)
    except (SlipError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
