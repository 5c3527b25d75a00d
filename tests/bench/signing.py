"""Number, form and both signatures of a copy, on the demo's token."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from tests.bench.figures import RUNS, Figure, figure
from tests.register.made import BIRTH, Request


async def measure() -> list[Figure]:
    """A paper of two pages, sealed through the register's own facade."""
    signed: list[float] = []
    whole: list[float] = []
    with TemporaryDirectory(prefix="bench-") as folder:
        store = Store.open(Path(folder) / "kiosk.db")
        register = Register.open(RegisterSettings(), store)
        await register.ready()
        await Request(BIRTH).sealed(register)
        for _ in range(RUNS):
            request = Request(BIRTH)
            authorisation = await request.paid(register)
            began = time.perf_counter()
            sealed = await request.sealed(register, authorisation)
            whole.append(time.perf_counter() - began)
            signed.extend(sealed.sign_ms)
        await register.close()
        await store.close()
    return [
        figure("both signatures of a copy", signed, "ms"),
        figure("sealing a paper of two pages", whole, "s"),
    ]
