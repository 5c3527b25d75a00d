"""`kioskd --config FILE [--check]`: the daemon.

Exit status: 0 = ended in order, or the check passed; 1 = the check failed; 2 = the configuration
cannot be used.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from daemon.alive import Alive
from daemon.config import Config, ConfigError
from daemon.configured import Configured, configured
from daemon.wiring import App
from drivers.errors import DeviceError
from drivers.watchdog import Watchdog

log = logging.getLogger(__name__)

FIRST_VIEW_WITHIN = 20.0
"""Seconds after which the daemon says READY even without a picture: the screen heals by itself."""

CHECK_WITHIN = 15.0
"""Seconds that devices and children get in `--check`, or what a child's start may take."""


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="kioskd", description=__doc__)
    parser.add_argument(
        "--config", type=Path, help="TOML file; without it the embedded defaults (all simulated)"
    )
    parser.add_argument(
        "--check", action="store_true", help="check configuration and devices, then exit"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        read = configured(options.config, starting=not options.check)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if options.check:
            return asyncio.run(_check(read.config))
        what = asyncio.run(_serve(read))
    except KeyboardInterrupt:
        return 0
    if what == "restart" and "INVOCATION_ID" not in os.environ:
        # Nobody starts us again: we do.  systemd does it by itself, with a clean slate.
        os.execv(sys.executable, [sys.executable, "-m", "daemon", *(arguments or sys.argv[1:])])
    return 0


async def _serve(read: Configured) -> str:
    """Runs until SIGTERM or SIGINT, or a technician ends it; returns why."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = App(read.config, table=read.table, overlay=read.overlay)
    watchdog = Watchdog()
    alive = asyncio.create_task(_alive(watchdog, app))
    starting = asyncio.create_task(_start(app, watchdog))
    stopped = asyncio.create_task(_until_told(app, stop))
    await asyncio.wait((starting, stopped), return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        starting.result()
    what = await stopped
    watchdog.stopping()
    starting.cancel()
    alive.cancel()
    await asyncio.gather(starting, alive, return_exceptions=True)
    await app.stop()
    return what


async def _until_told(app: App, stop: asyncio.Event) -> str:
    """Until a signal, or `App.leave_soon`."""
    signalled = asyncio.create_task(stop.wait())
    while app.leaving is None:  # it is made by the first steps of `App.start`
        if signalled.done():
            return "signal"
        await asyncio.sleep(0.05)
    await asyncio.wait((signalled, app.leaving), return_when=asyncio.FIRST_COMPLETED)
    signalled.cancel()
    return app.leaving.result() if app.leaving.done() else "signal"


async def _start(app: App, watchdog: Watchdog) -> None:
    await app.start()
    try:
        async with asyncio.timeout(FIRST_VIEW_WITHIN):
            await app.drawn.wait()
    except TimeoutError:
        log.error("no picture after %.0f s; the screen is started again and again", 20.0)
    watchdog.ready()
    watchdog.status(f"{app.config.kiosk.id}: serving")


async def _alive(watchdog: Watchdog, app: App) -> None:
    """Signs of life, while the loop turns and all is well that only a start could cure."""
    patience = app.config.children.start_within
    alive = Alive(app.children, app.screen.undrawn, patience=patience)
    while watchdog.period:
        trouble = alive.trouble()
        if not trouble:
            watchdog.alive()
        else:
            log.error("%s: systemd starts the kiosk anew", trouble)
            watchdog.status(trouble)
        await asyncio.sleep(watchdog.period / 3)


async def _check(config: Config) -> int:
    """Starts everything once and says how each part is."""
    try:
        app = App(config)
        await app.start()
    except (OSError, DeviceError) as error:
        print(f"FAIL start: {error}")
        return 1
    bad = 0
    try:
        async with asyncio.timeout(max(CHECK_WITHIN, config.children.start_within)):
            await app.drawn.wait()
            await asyncio.gather(*(child.ready.wait() for child in app.children))
            assert app.register is not None
            await app.register.ready()
    except Exception as error:  # whatever it is, the check says it and fails
        print(f"FAIL start: {str(error) or type(error).__name__}")
        bad = 1
    for name, health in app.devices.health().items():
        bad += health.state == "lost"
        print(f"{'FAIL' if health.state == 'lost' else 'PASS'} {name} {health.reason}".rstrip())
    for child in app.children:
        bad += not child.ready.is_set()
        print(f"{'PASS' if child.ready.is_set() else 'FAIL'} child {child.name}")
    for part in ("store", "register", "documents", "screen"):
        reason = app.standing.reason(part)
        bad += bool(reason)
        print(f"{'FAIL' if reason else 'PASS'} {part} {reason}".rstrip())
    await app.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
