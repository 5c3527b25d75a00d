"""A kiosk with simulated devices for measuring: started, and ended with everything it made."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from daemon.demo.__main__ import configuration
from daemon.wiring import App


@contextlib.asynccontextmanager
async def running(**sections: Any) -> AsyncIterator[App]:
    """A kiosk whose screen shows its first picture and whose children all answer."""
    with TemporaryDirectory(prefix="bench-") as folder:
        app = App(configuration(Path(folder), **sections))
        await app.start()
        try:
            async with asyncio.timeout(60):
                await app.drawn.wait()
                await asyncio.gather(*(child.ready.wait() for child in app.children))
                assert app.register is not None
                await app.register.ready()
            yield app
        finally:
            await app.stop()
