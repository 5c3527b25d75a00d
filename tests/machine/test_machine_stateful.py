"""Any events in any order, with preferences, keys and several devices failing at once."""

from __future__ import annotations

from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from daemon.machine.events import (
    BedChanged,
    DeviceBack,
    DeviceLost,
    Elapsed,
    KeyPressed,
    Maintenance,
    Pressed,
    TrayChanged,
    Typed,
)
from daemon.machine.flows import FLOWS
from daemon.machine.observer import holds_personal
from daemon.machine.personal import Personal
from daemon.machine.values import Device, Key, Service
from daemon.machine.views import actions
from tests.machine.walk import HOUSE, Walk

PARTS = (*get_args(Device), *get_args(Service))


class AnyVisitor(RuleBasedStateMachine):
    """Somebody who does anything, at a kiosk where anything breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(HOUSE)

    @rule(data=st.data())
    def press_what_is_offered(self, data: st.DataObject) -> None:
        choice = data.draw(st.sampled_from(actions(self.walk.view)))
        self.walk(Pressed(choice.action, choice.value))

    @precondition(
        lambda self: bool(FLOWS[type(self.walk.state.scene)].alphabet(self.walk.state.scene))
    )
    @rule(data=st.data())
    def what_the_flow_expects(self, data: st.DataObject) -> None:
        scene = self.walk.state.scene
        self.walk(data.draw(st.sampled_from(FLOWS[type(scene)].alphabet(scene))))

    @rule(key=st.sampled_from(get_args(Key)), held=st.booleans())
    def key(self, key: Key, held: bool) -> None:
        self.walk(KeyPressed(key, held))

    @rule(part=st.sampled_from(PARTS), lost=st.booleans())
    def device(self, part: Device, lost: bool) -> None:
        self.walk(DeviceLost(part, "unplugged") if lost else DeviceBack(part))

    @rule(bed=st.booleans(), on=st.booleans())
    def sensors(self, bed: bool, on: bool) -> None:
        self.walk(BedChanged(on) if bed else TrayChanged(on))

    @rule(token=st.sampled_from(("idle", "idle.end", "shot", "bye.end", "certifier", "nonsense")))
    def time(self, token: str) -> None:
        self.walk(Elapsed(token))

    @rule(text=st.text(max_size=6))
    def type(self, text: str) -> None:
        self.walk(Typed(Personal(text)))

    @rule(on=st.booleans())
    def maintenance(self, on: bool) -> None:
        self.walk(Maintenance(on))

    @invariant()
    def the_screen_can_be_drawn_and_used(self) -> None:
        shown = self.walk.view
        assert actions(shown)
        assert shown.focus is None or shown.focus >= 0

    @invariant()
    def nothing_personal_outside_a_visit(self) -> None:
        assert self.walk.state.visit or not holds_personal(self.walk.state)

    @invariant()
    def money_and_seals_in_order(self) -> None:
        """Each seal has a yes of its own before it, and a void has a seal."""
        accepted = seals = voids = 0
        for name in self.walk.order:
            accepted += name == "Decided"
            seals += name == "Seal"
            voids += name == "Void"
            assert voids <= seals <= accepted


TestAnyVisitor = AnyVisitor.TestCase
TestAnyVisitor.settings = settings(
    max_examples=120,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
