"""A kiosk's process with a visitor, whose certifier sits at a desk elsewhere, until it is killed.

`python -m tests.desk.play CONFIG STEP` dies by SIGKILL at a step of the saga; the step `start`
only starts the kiosk, lets it recover and ends it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from daemon.config import load
from daemon.wiring import App
from tests.visits.papers import DEGREE
from tests.visits.play import dies_at
from tests.visits.visit import Said, Visitor


async def main(config: Path, step: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    app = App(load(config))
    visitor = Visitor(app, Said())
    await app.start()
    if step == "start":
        await app.stop()
        return
    await visitor.ready()
    dies_at(visitor, step)
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.on("pages", "done")
    await visitor.on("product", "digital")
    await visitor.on("copies", "copies", "1")
    await visitor.pay()
    await visitor.collect()
    sys.exit("nobody was killed")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
