"""A kiosk's process in which a visitor does something until the process is killed or ends.

`python -m tests.visits.play CONFIG STORY`; the stories are below.  Everything is logged, down to
the least.  One that names a step dies there by SIGKILL, inside the turn of that event.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from daemon.config import load
from daemon.machine.events import (
    AnyEvent,
    Elapsed,
    PaymentSeen,
    PrintProgress,
    Quoted,
    SealStep,
    Typed,
)
from daemon.machine.personal import Personal
from daemon.machine.state import State, Step
from daemon.machine.views import actions
from daemon.wiring import App
from tests.visits.marks import CARD, MARK, NUMBER, SEARCH, marked
from tests.visits.papers import DEGREE
from tests.visits.visit import Said, Visitor

STEPS: dict[str, type[AnyEvent]] = {
    "accepted": Quoted,
    "paid": PaymentSeen,
    "numbered": SealStep,
    "printing": PrintProgress,
}
"""Step of the saga → the event that tells of it."""


def dies_at(visitor: Visitor, step: str) -> None:
    def watch(event: AnyEvent, before: State, done: Step) -> None:
        if isinstance(event, STEPS[step]):
            pids = " ".join(str(child.pid) for child in visitor.app.children)
            os.write(1, f"{pids}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    visitor.app.watchers.append(watch)


async def copies(visitor: Visitor, page: bytes | None = None) -> None:
    """A visit to its end."""
    await visitor.begin(MARK)
    if page is None:
        await visitor.paper(DEGREE)
    else:
        await visitor.page(page)
        await visitor.on("kind", "yes")
    await visitor.choose()
    await visitor.pay()
    await visitor.collect()
    await visitor.leave()


async def many(visitor: Visitor) -> None:
    """Marked data in every place where a visitor can leave some, and every kind of end."""
    await copies(visitor, marked())
    # A card; then home in the middle.
    await visitor.on("attract", "copy")
    await visitor.on("begin", "start")
    await visitor.on("consent", "yes")
    await visitor.see("name")
    visitor.world.scan(CARD + "\n")
    await visitor.see("card")
    assert visitor.shown.detail is not None
    assert visitor.shown.detail.own["name"].reveal() == MARK
    assert NUMBER[-4:] in visitor.shown.detail.own["number"].reveal()
    await visitor.press("yes")
    await visitor.page(marked())
    await visitor.on("kind", "yes")
    await visitor.press("home")
    await visitor.press("yes")
    visitor.world.lift()
    # A search; then nobody is there any more.
    await visitor.on("home", "lookup")
    await visitor.happens(Typed(Personal(SEARCH)))
    await visitor.happens(Elapsed("idle"))
    await visitor.happens(Elapsed("idle.end"))
    await visitor.gone()
    # The certifier refers to the counter: the request goes to the ward, sealed.
    await visitor.begin(MARK)
    await visitor.page(marked())
    await visitor.on("kind", "yes")
    await visitor.choose(verdict="counter")
    await visitor.on("later", "slip")
    await visitor.see("later_done")
    visitor.world.lift()
    assert any(one.action == "stop" for one in actions(visitor.shown))
    await visitor.press("stop")
    await visitor.gone()


async def main(config: Path, story: str) -> None:
    said = Said()
    logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(name)s: %(message)s")
    app = App(load(config))
    visitor = Visitor(app, said)
    await app.start()
    await visitor.ready()
    if story == "many":
        await many(visitor)
        dies_at(visitor, "numbered")
        await copies(visitor, marked())
    else:
        dies_at(visitor, story)
        await copies(visitor)
    sys.exit("the story went on past its end")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
