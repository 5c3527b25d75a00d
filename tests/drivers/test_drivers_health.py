"""The keeper of a device's health tells each loss and each return once."""

from __future__ import annotations

from daemon.machine.events import DeviceBack, DeviceLost, Event
from drivers.health import HealthKeeper


def keeper(told: list[Event], **more: object) -> HealthKeeper:
    return HealthKeeper("bed", "bed", told.append, clock=lambda: 1000.0)


def test_losses_and_returns_are_told_once() -> None:
    told: list[Event] = []
    bed = keeper(told)
    bed.ok()
    bed.lost("unplugged")
    bed.lost("unplugged")
    bed.lost("hung")
    bed.warn("dirty")
    bed.ok()
    assert told == [DeviceLost("bed", "unplugged"), DeviceLost("bed", "hung"), DeviceBack("bed")]
    assert bed.health.faults == 1


def test_what_stands_in_a_reading() -> None:
    bed = keeper([])
    assert (bed.health.state, bed.health.last_ok) == ("unknown", None)
    bed.ok(fps=9.5)
    bed.lost("stall", frames=3)
    health = bed.health
    assert (health.state, health.reason, health.remedy) == ("lost", "stall", "remedy.bed.stall")
    assert health.last_ok == 1000.0
    assert health.figures == {"fps": 9.5, "frames": 3}
    bed.note(fps=1.0)
    assert bed.health.figures["fps"] == 1.0
    assert bed.health.state == "lost"
    bed.ok()
    assert (bed.health.reason, bed.health.remedy) == ("", "")


def test_devices_that_the_machine_does_not_know_tell_nothing() -> None:
    told: list[Event] = []
    jack = HealthKeeper("headset", None, told.append)
    jack.lost("unplugged")
    jack.ok()
    assert told == []
