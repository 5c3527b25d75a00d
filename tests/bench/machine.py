"""Steps a second of the machine, beside the `transitions` library on an equal chart.

The peer gets the same screens, and an edge for each step that the recorded visit takes; both run
the same events.  Ours also makes the effects and carries the visitor's data; the peer only changes
its state's name.
"""

from __future__ import annotations

from transitions import Machine

from daemon.machine.events import TrayChanged
from daemon.machine.step import start, step
from daemon.machine.view import view
from tests.bench.figures import Figure, figure, seconds
from tests.machine.walk import HOUSE, Walk, to_collect

VISITS = 200


def measure() -> list[Figure]:
    """Events a second of both, and the ratio."""
    events = (
        to_collect(Walk())(TrayChanged(True), TrayChanged(False))
        .press("none", "star=5", "ok")
        .events
    )
    names = [f"e{n}" for n in range(len(events))]
    scenes = ["Attract"]
    state = start(HOUSE)
    for event in events:
        state = step(state, event, HOUSE).state
        scenes.append(type(state.scene).__name__)

    def ours() -> None:
        for _ in range(VISITS):
            state = start(HOUSE)
            for event in events:
                state = step(state, event, HOUSE).state

    def ours_with_views() -> None:
        for _ in range(VISITS // 4):
            state = start(HOUSE)
            for event in events:
                state = step(state, event, HOUSE).state
                view(state, HOUSE)

    peer = Machine(states=sorted(set(scenes)), initial="Attract", auto_transitions=False)
    for name, before, after in zip(names, scenes, scenes[1:], strict=False):
        peer.add_transition(name, before, after)

    def theirs() -> None:
        for _ in range(VISITS):
            for name in names:
                peer.trigger(name)

    count = len(events) * VISITS
    own = [count / taken for taken in seconds(ours)]
    drawn = [count / 4 / taken for taken in seconds(ours_with_views)]
    other = [count / taken for taken in seconds(theirs)]
    ratio = [a / b for a, b in zip(own, other, strict=True)]
    return [
        figure("machine: steps a second", own, "/s"),
        figure("machine: steps with their View a second", drawn, "/s"),
        figure("transitions library: steps a second", other, "/s"),
        figure("machine / transitions", ratio, "×"),
    ]
