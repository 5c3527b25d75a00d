"""The kiosk in a window, with the bench panel beside it: `./dev run` on a desktop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from daemon.bench import BenchServer
from daemon.demo.photos import photos
from daemon.wiring import App


async def serve(out: Path) -> int:
    """Runs until the panel or the terminal says stop."""
    from daemon.demo.__main__ import configuration, say

    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    app = App(configuration(out, certifier={"after": -1.0}))
    say("Starting the kiosk; the bench panel plays citizen, certifier and bank …")
    await app.start()
    bench = BenchServer(app, app.runtime_folder / "bench.sock")
    await bench.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    pictures = await asyncio.to_thread(photos, out / "photos")
    panel = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "ui_kivy.bench", "--socket", str(app.runtime_folder / "bench.sock")),
        *(argument for path in pictures for argument in ("--photo", str(path))),
    )
    closed = asyncio.create_task(panel.wait())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((closed, stopped), return_when=asyncio.FIRST_COMPLETED)
    with contextlib.suppress(ProcessLookupError):
        panel.terminate()
    await asyncio.gather(closed, return_exceptions=True)
    stopped.cancel()
    await bench.stop()
    await app.stop()
    return 0
