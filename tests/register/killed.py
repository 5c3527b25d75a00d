"""A kiosk's process that is killed at a named instruction of a request's saga.

`python -m tests.register.killed DATABASE SETTINGS.json PRODUCT POINT`; POINT is `before:WRITE`
(inside the transaction, just before it is committed) or `after:WRITE`.  Dies by SIGKILL.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from daemon.machine.values import Product
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from tests.register.made import BIRTH, DEGREE, Request

WRITES = ("sweep", "accept", "paid", "number", "sealed", "printed", "handed_over")
"""The writes of a request that goes well, in order."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(path: Path, settings: RegisterSettings, product: Product, point: str) -> None:
    when, _, name = point.partition(":")
    store = Store.open(path)
    write, done = store.write, 0

    async def counted(work: Callable[[], Any]) -> Any:
        nonlocal done
        here = WRITES[done] == name
        done += 1

        def inside() -> Any:
            result = work()
            if here and when == "before":
                die()
            return result

        result = await write(inside)
        if here and when == "after":
            die()
        return result

    store.write = counted  # type: ignore[method-assign]
    register = Register(settings, store)
    request = Request(BIRTH, DEGREE, copies=2, product=product)
    sealed = await request.sealed(register)
    await register.printed(sealed.id)
    await register.handed_over(sealed.id)


if __name__ == "__main__":
    asyncio.run(
        main(
            Path(sys.argv[1]),
            msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=RegisterSettings),
            sys.argv[3],  # type: ignore[arg-type]
            sys.argv[4],
        )
    )
