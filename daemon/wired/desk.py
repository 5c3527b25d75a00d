"""The officers at the ward's desk in the certifier's place."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from daemon.hands.desk import DeskCertifier, Presence, what_it_does
from daemon.hands.live import LiveView
from daemon.hands.money import Money
from daemon.hands.papers import Papers
from daemon.hands.report import Reports
from daemon.machine.events import AnyEvent
from daemon.machine.state import State, Step
from daemon.uplink.desk import DeskLine

if TYPE_CHECKING:
    from daemon.wiring import App


def to_desk(app: App, money: Money, papers: Papers, reports: Reports) -> DeskCertifier:
    """The line to the certifier's desk, and what goes over it."""
    config = app.config
    line = DeskLine(config.desk, config.kiosk.id, version("ward-kiosk"))
    live = LiveView(
        app.devices.camera.frames_fd,
        line.send,
        papers.watched,
        frames=config.desk.frames,
        budget=config.desk.budget,
    )
    desk = DeskCertifier(line, live, Presence(app.standing).there, reports.decided)
    desk.pay = money.from_desk

    def watch(event: AnyEvent, before: State, step: Step) -> None:
        doing, memo, amount = what_it_does(step.state)
        desk.doing(doing)
        desk.paying(memo, amount)

    app.watchers.append(watch)
    app.keep(line.run(desk), "desk")
    return desk
