"""`python -m daemon.desk --config FILE [WORD …]`: the server, and who may come to it.

Without a word it serves.  `kioskctl desk …` gives the other words.
Exit codes: 0 ok, 1 failed, 2 usage.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
import tomllib
from pathlib import Path

from daemon.desk import control
from daemon.desk.commands import WORDS, CommandError, add_words
from daemon.desk.config import DeskConfig
from daemon.desk.desk import Desk
from daemon.desk.pages import Pages
from daemon.desk.server import Server, context
from daemon.settings import fill

CONFIG = Path("/etc/ward-desk/desk.toml")


def load(path: Path) -> DeskConfig:
    """Raises CommandError with every mistake."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from None
    config, mistakes = fill(DeskConfig, table)
    if config is None:
        raise CommandError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return config


async def serve(config: DeskConfig) -> None:
    """Until SIGTERM."""
    desk = Desk(config)
    pages = Pages(desk)
    certificate, key = await asyncio.to_thread(desk.files)
    server = Server(pages.app, context(desk.authority.certificate_file, certificate, key))
    await server.start(config.host, config.port)
    listening = await control.serve(desk)
    over = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, over.set)
    print(f"The certifier's desk listens on {config.host}:{server.port}.", flush=True)
    work = asyncio.create_task(desk.look_after())
    await over.wait()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    listening.close()
    await server.stop()


def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m daemon.desk", description=__doc__)
    parser.add_argument("--config", type=Path, default=CONFIG, help=f"TOML file ({CONFIG})")
    parser.add_argument("--json", action="store_true", help="answer with JSON")
    words = parser.add_subparsers(dest="word", metavar="WORD")
    words.add_parser("serve", help="serve (also without a word)")
    add_words(words)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        config = load(options.config)
        if options.word in (None, "serve"):
            asyncio.run(serve(config))
            return 0
        return WORDS[options.word](config, options)
    except CommandError as error:
        print(f"desk: {error}", file=sys.stderr)
        return error.code


if __name__ == "__main__":
    sys.exit(main())
