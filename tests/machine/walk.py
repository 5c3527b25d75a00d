"""A small driver of the pure machine for examples: say what happens, look at what it asks for."""

from __future__ import annotations

from daemon.machine.effects import AnyEffect
from daemon.machine.events import (
    AnyEvent,
    BedChanged,
    Captured,
    Decided,
    Examined,
    PaymentOffered,
    PaymentSeen,
    Pressed,
    Printed,
    Quoted,
    Sealed,
    Typed,
)
from daemon.machine.personal import Personal
from daemon.machine.state import State
from daemon.machine.step import start, step
from daemon.machine.values import House, KindRule
from daemon.machine.view import view
from daemon.machine.views import View, actions

HOUSE = House(
    kinds={
        "giay_khai_sinh": KindRule("giay_khai_sinh"),
        "cccd_gan_chip_2021": KindRule("cccd_gan_chip_2021", sides=2),
        "ban_sao_chung_thuc": KindRule("ban_sao_chung_thuc", refusal="copy"),
        "nuoc_ngoai": KindRule("nuoc_ngoai", foreign=True),
        "khong_phai_giay_to": KindRule("khong_phai_giay_to", refusal="not_a_paper"),
    },
    picks=("giay_khai_sinh", "cccd_gan_chip_2021"),
    services=("justice",),
    ward="Phường Thủ Đức",
)


class Walk:
    """The machine, what it said last, and everything it ever asked for."""

    def __init__(self, house: House = HOUSE) -> None:
        self.house = house
        self.state: State = start(house)
        self.effects: tuple[AnyEffect, ...] = ()
        self.all: list[AnyEffect] = []
        self.events: list[AnyEvent] = []
        self.order: list[str] = []
        """Names of the events that meant something and of the effects, as they came."""

    def __call__(self, *events: AnyEvent) -> Walk:
        for event in events:
            done = step(self.state, event, self.house)
            self.state, self.effects = done.state, done.effects
            self.all.extend(done.effects)
            self.events.append(event)
            if done.expected:
                self.order.append(type(event).__name__)
            self.order.extend(type(effect).__name__ for effect in done.effects)
        return self

    def press(self, *choices: str) -> Walk:
        """Presses what the screen really offers, by action or `action=value`."""
        for choice in choices:
            action, _, value = choice.partition("=")
            offered = [(one.action, one.value) for one in actions(self.view)]
            assert (action, value) in offered, f"{choice} not among {offered}"
            self(Pressed(action, value))
        return self

    @property
    def view(self) -> View:
        return view(self.state, self.house)

    @property
    def scene(self) -> str:
        return type(self.state.scene).__name__

    def asked(self, kind: type[AnyEffect]) -> list[AnyEffect]:
        """All effects of a type, in order."""
        return [effect for effect in self.all if isinstance(effect, kind)]


def to_name(walk: Walk) -> Walk:
    return walk.press("copy", "start", "yes")


def to_place(walk: Walk, name: str = "Nguyễn Thị Mẫu") -> Walk:
    return to_name(walk)(Typed(Personal(name))).press("ok")


def shoot(walk: Walk, kind: str = "giay_khai_sinh", **verdicts: object) -> Walk:
    """Photographs one page that is examined with these verdicts."""
    walk(BedChanged(True)).press("shoot")
    page = walk.state.scene.page  # type: ignore[attr-defined]
    seen = {"quality": "ok", "kind": kind, **verdicts}
    return walk(Captured(page), Examined(page, **seen))  # type: ignore[arg-type]


def to_pages(walk: Walk) -> Walk:
    return shoot(to_place(walk)).press("yes")


def to_deciding(walk: Walk, copies: int = 2) -> Walk:
    return to_pages(walk).press("done", "digital", f"copies={copies}")


def to_fee(walk: Walk) -> Walk:
    return to_deciding(walk)(Decided("accepted"), BedChanged(False), Quoted(4000, (4000,)))


def to_sealing(walk: Walk) -> Walk:
    return to_fee(walk).press("pay")(PaymentOffered("QR", 4000, "SY123456"), PaymentSeen("exact"))


def to_collect(walk: Walk) -> Walk:
    return to_sealing(walk)(Sealed(("17",)), Printed(2))
