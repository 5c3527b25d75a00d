"""One whole kiosk in a process of its own, whose queue numbers are drawn by order.

`python -m tests.fleet.queue_kiosk CONFIGURATION` (TOML) reads orders from its standard input and
answers each with one line of JSON: `draw SERVICE yes|no` → the number or why not; `call COUNTER`,
`skip COUNTER` → the number or the code; `waiting` → numbers by group; `left LETTER` → how many.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from daemon.config import load
from daemon.machine.events import NumberDrawn
from daemon.services.queue.desk import QueueError
from daemon.wiring import App


async def obey(app: App, order: list[str]) -> object:
    queue = app.queue
    assert queue is not None
    match order:
        case ["draw", service, priority]:
            got = await queue.draw(service, priority == "yes")
            return {"number": got.number} if isinstance(got, NumberDrawn) else {"not": got.reason}
        case ["call" | "skip" as act, counter]:
            try:
                if app.ward_line is not None:
                    return {"number": (await app.ward_line.act(act, counter)).number}
                turn = await (
                    queue.desk.call(counter) if act == "call" else queue.desk.skip(counter)
                )
                return {"number": turn.number}
            except QueueError as error:
                return {"not": error.code}
        case ["waiting"]:
            return await queue.desk.waiting()
        case ["left", letter]:
            leases, store = queue.leases, app.store
            assert leases is not None and store is not None
            return await store.read(lambda: leases.left(queue.desk.day(), letter))
    raise AssertionError(order)


async def main(path: Path) -> None:
    app = App(load(path))
    await app.start()
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await obey(app, line.split())), flush=True)
    await app.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
