"""A whole kiosk with simulated devices, seen and commanded from the other side of a broker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.catalogue import calendar
from daemon.catalogue.reading import HERE
from daemon.inside.audit import TailArgs
from daemon.machine.events import DeviceBack, DeviceLost
from daemon.register.watch import CertificateState
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl
from tests.uplink.conftest import KIOSK, Broker, Ear, until
from tests.uplink.seen import Seen
from tests.uplink.signing import City, publish, send
from tests.uplink.test_asyncapi import channel_of, validator


class Scene:
    """The kiosk, its ward, and what was heard."""

    def __init__(self, running: Running, broker: Broker, city: City, ear: Ear) -> None:
        self.running = running
        self.broker = broker
        self.city = city
        self.ear = ear

    @property
    def seen(self) -> Seen:
        return Seen().fold(list(self.ear.heard))

    def order(self, name: str, kid: str = "ward-ops", /, **args: Any) -> dict[str, Any]:
        """Gives a command; returns its final answer."""
        before = len(self.ear.on("res/ops1"))
        send(self.broker, name, self.city.command(name, kid, args=args))

        def final() -> dict[str, Any] | None:
            for one in self.ear.on("res/ops1")[before:]:
                if one.json["data"]["status"] not in ("accepted", "running"):
                    found: dict[str, Any] = one.json["data"]
                    return found
            return None

        return until(final)  # type: ignore[no-any-return]

    def left(self) -> str:
        """Why the daemon is to end; empty while it is not."""
        leaving = self.running.app.leaving
        return leaving.result() if leaving is not None and leaving.done() else ""


@pytest.fixture
def scene(broker: Broker, tmp_path: Path) -> Iterator[Scene]:
    broker.start()
    city = City(tmp_path)
    ear = broker.listen()
    uplink = {
        "broker": "127.0.0.1",
        "port": broker.port,
        "tls": False,
        "will_delay": 0,
        "command_root": str(city.root_file),
    }
    publish(broker, "wk/v1/city/down/keys", city.key_set(), "-r")
    with kiosk_running(uplink=uplink) as running:
        running.app.clock_trusted = lambda: True
        until(lambda: running.app.uplink.commands.keys.rev == 1)
        until(lambda: ear.on("state"))
        yield Scene(running, broker, city, ear)


def test_the_ward_sees_and_commands_a_kiosk(scene: Scene) -> None:
    ear, running = scene.ear, scene.running
    names = ("descriptor", "health", "consumables", "counters", "reported", "state")
    until(lambda: set(names) <= scene.seen.stands.keys())
    descriptor = scene.seen.stands["descriptor"]
    assert {"maintenance", "ping", "install-cert"} <= set(descriptor["commands"])
    assert set(descriptor["models"]) == {"kinds", "mrz"}
    assert len(scene.seen.stands["counters"]["epoch"]) == 12

    # What is lost is an alarm under a stable key, and clears.
    standing = running.app.standing
    running.do(lambda: standing.lost("numbers", "gateway_down"))
    kiosk = running.app.kiosk
    running.do(lambda: kiosk.post(DeviceLost("numbers", "gateway_down")))
    until(lambda: scene.seen.stands["state"]["why"].get("copy_digital") == "numbers")
    running.do(lambda: standing.back("numbers"))
    running.do(lambda: kiosk.post(DeviceBack("numbers")))
    until(lambda: scene.seen.stands["state"]["can"]["copy_digital"])
    running.do(lambda: standing.lost("store", "full"))
    where = "alarm/store_fault/store"
    until(lambda: where in scene.seen.alarms)
    kioskctl(running.socket, "alarms", "ack", "store")
    until(lambda: (scene.seen.alarms[where]["ack"] or {}).get("by") == "console")
    running.do(lambda: standing.back("store"))
    until(lambda: scene.seen.alarms[where]["state"] == "cleared")

    # Maintenance ends by itself and can be ended; a citizen is never cut off.
    assert scene.order("maintenance", on=True, for_s=600)["code"] == "ok"
    until(lambda: scene.seen.stands["state"]["mode"] == "maintenance")
    assert scene.order("maintenance", on=False)["status"] == "done"
    until(lambda: scene.seen.stands["state"]["mode"] == "in_service")
    running.serve()
    told = scene.order("restart-app", reason="from.the.ward")
    assert (told["status"], told["code"]) == ("failed", "busy_session")
    assert scene.order("maintenance", on=True)["code"] == "when_free"
    assert scene.order("maintenance", on=False)["code"] == "when_free"
    running.leave()
    assert scene.order("reboot", reason="from.the.ward")["code"] == "role"
    assert scene.order("log-level", level="debug", room="daemon.uplink", for_s=10)["code"] == "ok"
    assert scene.order("snapshot")["status"] == "done"
    assert scene.order("ack-alarm", code="jam", inst="nobody")["code"] == "absent"
    wanted = {"snapshot", "maintenance", "restart-app", "log-level"}
    until(lambda: wanted <= commands_in_audit(running))

    # What the ward says to everybody stands on the first screen, a call before a notice.
    def detail() -> str:
        shown = running.app.kiosk.shown.detail
        return "" if shown is None else shown.key

    assert scene.order("notice", notice="Xin mời bà Đánh Dấu")["code"] == "arguments"
    assert scene.order("notice", notice="closing_early")["code"] == "ok"
    until(lambda: detail() == "notice.closing_early")
    assert scene.order("queue-call", number="A012", counter=3, for_s=5)["code"] == "ok"
    until(lambda: detail() == "notice.call")
    until(lambda: detail() == "notice.closing_early")
    assert scene.order("notice", notice="")["code"] == "ok"
    until(lambda: detail() == "")

    # One that was drawn here is in the line: called, called again, sent on.
    queue = running.app.queue
    assert queue is not None
    running.wait(queue.draw("civil_status"))
    assert scene.order("queue-call", number="B001", counter=3, for_s=5)["code"] == "ok"
    assert [one.number for one in running.wait(queue.desk.serving())] == ["B001"]
    again = scene.order("queue-call", act="recall", number="B001", counter=3)
    assert again["code"] == "ok"
    sent = scene.order("queue-call", act="transfer", number="B001", counter=3, group="land")
    assert sent["code"] == "ok"
    assert running.wait(queue.desk.waiting())["land"] == ["B001"]
    told = scene.order("queue-call", act="skip", number="B001", counter=3)
    assert told["code"] == "absent"

    # What came of it all keeps to the published document.
    for one in list(ear.heard):
        up = f"wk/v1/26824/{KIOSK}/up/"
        if one.topic.startswith(up) and not one.topic.startswith(f"{up}sealed/") and one.body:
            validator(channel_of(one.topic)).validate(json.loads(one.body))


def test_a_certificate_that_ends_is_an_alarm(scene: Scene) -> None:
    watch = scene.running.app.certificates
    assert watch is not None
    until(lambda: watch.states)  # the next look is ten minutes away
    where = "alarm/signing_certificate_ending/certificate.authority"
    watch.states = (CertificateState(role="authority", state="expires_7", days=5),)
    until(lambda: scene.seen.alarms.get(where, {}).get("cause") == "expires_7")
    watch.states = (CertificateState(role="authority", state="ok", days=700),)
    until(lambda: scene.seen.alarms[where]["state"] == "cleared")
    assert scene.seen.told[where] == ["raised", "cleared"]


def commands_in_audit(running: Running) -> set[str]:
    """Of those that came over MQTT."""
    audit = running.app.console.audit
    rows = running.wait(audit.tail(TailArgs(lines=100), None))  # type: ignore[arg-type]
    return {row.command for row in rows if row.who == "mqtt.ward-ops"}


def test_opening_hours_from_above(scene: Scene) -> None:
    assert scene.order("hours", hours={"sat": ["25:00-11:00"]})["code"] == "arguments"
    assert scene.order("hours", hours={"sat": ["11:00-07:00"]})["code"] == "arguments"
    told = scene.order("hours", hours={"mon": ["08:00-11:00"], "sat": ["08:00-12:00"]})
    assert told["status"] == "done"
    path = Path(scene.running.app.overlay.values()["queue.calendar"])
    assert calendar.load(path).working_days == {"mon", "sat"}
    until(lambda: scene.left() == "restart")


def test_a_file_of_facts_from_above(scene: Scene) -> None:
    text = HERE.joinpath("services.toml").read_text("utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert (
        scene.order("catalogue", name="groups", text=text, sha256="0" * 64)["code"] == "arguments"
    )
    bad = "nothing = 1"
    told = scene.order(
        "catalogue", name="groups", text=bad, sha256=hashlib.sha256(bad.encode()).hexdigest()
    )
    assert told["code"] == "arguments" and scene.running.app.overlay.values() == {}
    assert scene.order("catalogue", name="groups", text=text, sha256=digest)["status"] == "done"
    assert "queue.groups" in scene.running.app.overlay.values()


def test_a_configuration_from_above_is_checked_tried_and_confirmed(scene: Scene) -> None:
    desired = f"wk/v1/26824/{KIOSK}/down/desired"

    def reported(what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        until(lambda: what(scene.seen.stands.get("reported", {"rev": 0, "phase": ""})))
        return scene.seen.stands["reported"]

    def want(rev: int, **config: Any) -> None:
        values = {name.replace("__", "."): value for name, value in config.items()}
        publish(scene.broker, desired, scene.city.desired(rev, values), "-r")

    want(1, uplink__port=0, queue__no_such=1)
    told = reported(lambda now: now["rev"] == 1)
    assert (told["applied"], told["phase"]) == (False, "refused")
    assert {one["key"] for one in told["errors"]} >= {"queue.no_such"}
    until(lambda: "alarm/config_rejected/configuration" in scene.seen.alarms)
    for rev, barred in enumerate(("payment__payee", "kiosk__id", "uplink__command_root"), start=2):
        want(rev, **{barred: "x"})
        told = reported(lambda now, rev=rev: now["rev"] == rev)  # type: ignore[misc]
        assert told["errors"][0]["allowed"] == "set at the kiosk only"
    assert scene.running.app.overlay.values() == {}
    scene.running.serve()
    want(7, queue__pause=11.0)
    reported(lambda now: now["phase"] == "waiting")
    assert scene.left() == ""
    scene.running.leave()
    told = reported(lambda now: now["phase"] == "trial")
    assert told["applied"] and told["errors"] == []
    assert scene.running.app.overlay.values() == {"queue.pause": 11.0}
    assert scene.running.app.overlay.active.confirm == 600
    assert scene.order("config-confirm", "city-admin", rev=6)["code"] == "absent"
    assert scene.order("config-confirm", "city-admin", rev=7)["status"] == "done"
    reported(lambda now: now["phase"] == "held")
    assert scene.running.app.overlay.active.confirm == 0
