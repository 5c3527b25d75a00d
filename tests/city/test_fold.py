"""What the exporter makes of messages, as a receiver of docs/mqtt.md must."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from daemon.uplink.describe import example
from daemon.uplink.examples import EXAMPLES
from docs.monitoring.fold import ALARMS_MOST, Fold
from docs.monitoring.messages import STANDS, Alarm, Consumables, State

KIOSK = "26824-k01"
UP = f"wk/v1/26824/{KIOSK}/up/"
JAM = {"code": "jam", "inst": "page_printer", "sev": "major", "state": "raised"}


def told(seq: int, data: Any, ident: str = "", boot: int = 1) -> bytes:
    around = {"v": 1, "id": ident or f"{boot}.{seq}", "boot": boot, "seq": seq, "sync": True}
    return json.dumps(around | {"data": data, "later": 1}).encode()


def standing(fold: Fold) -> tuple[bool, str]:
    kiosk = fold.kiosks[KIOSK]
    state = kiosk.stands["state"]
    assert isinstance(state, State)
    return kiosk.online, state.mode


def test_repeats_old_states_and_overtaking_wills_change_nothing() -> None:
    fold = Fold()
    fold.take(UP + "presence", told(3, {"online": True, "conn": 2}))
    fold.take(UP + "presence", told(2, {"online": False, "conn": 1}))
    for _ in range(3):
        fold.take(UP + "event/door.opened", told(1, {"open": True}, "one"))
    fold.take(UP + "state", told(9, {"mode": "in_service"}))
    fold.take(UP + "state", told(8, {"mode": "maintenance"}))
    kiosk = fold.kiosks[KIOSK]
    assert standing(fold) == (True, "in_service")
    assert kiosk.facts == {"door.opened": 1}
    fold.take(UP + "state", told(1, {"mode": "maintenance"}, boot=2))
    assert standing(fold) == (True, "maintenance"), "a later start counts from 1"
    fold.take(UP + "presence", told(4, {"online": False, "conn": 2}))
    assert standing(fold) == (False, "maintenance")
    fold.take(UP + "presence", told(3, {"online": True, "conn": 2}))
    assert standing(fold) == (False, "maintenance"), "a birth that came again is no new one"


def test_what_is_emptied_is_gone() -> None:
    fold = Fold()
    fold.take(UP + "presence", told(1, {"online": True, "conn": 1}))
    fold.take(UP + "alarm/jam/page_printer", told(2, JAM))
    assert isinstance(fold.kiosks[KIOSK].stands["alarm/jam/page_printer"], Alarm)
    fold.take(UP + "alarm/jam/page_printer", b"")
    assert fold.kiosks[KIOSK].stands == {}
    fold.take(UP + "presence", b"")
    assert fold.kiosks == {}
    fold.take(UP + "state", b"")
    assert fold.kiosks == {}


BROKEN: list[bytes] = [
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"[" * 50_000,
    told(1, None),
    told(1, {"mode": 7}),
    told(1, {"mode": "x" * 49}),
    told(-1, {"mode": "in_service"}),
    told(2**70, {"mode": "in_service"}),
    json.dumps({"v": 1, "data": {"mode": "in_service"}}).encode(),
    told(1, {"mode": "in_service"}).replace(b'"v": 1', b'"v": 2'),
]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_read_is_counted_and_changes_nothing(body: bytes) -> None:
    fold = Fold()
    fold.take(UP + "state", told(1, {"mode": "maintenance"}))
    before = dict(fold.kiosks[KIOSK].stands)
    fold.take(UP + "state", body)
    assert fold.kiosks[KIOSK].stands == before
    assert fold.refused == {"malformed": 1}


def test_random_bytes_on_every_topic_raise_nothing() -> None:
    dice, fold = random.Random(7), Fold()
    topics = [*STANDS, "presence", "alarm/jam/page_printer", "event/door.opened", "other"]
    for number in range(20_000):
        whole = bytearray(told(number, JAM | {"online": True, "conn": 1, "items": []}))
        for _ in range(dice.randrange(1, 6)):
            whole[dice.randrange(len(whole))] = dice.randrange(256)
        fold.take(UP + dice.choice(topics), bytes(whole))
    assert fold.refused["malformed"] > 1000


@pytest.mark.parametrize(
    "topic",
    [
        "wk/v1/26824/26827-k01/up/state",
        "wk/v1/26824/26824-k01/down/state",
        "wk/v1/ward/26824-k01/up/state",
        "wk/v2/26824/26824-k01/up/state",
        "wk/v1/26824/26824-k01/up/state\n",
        'wk/v1/26824/26824-k01/up/event/a"} 1',
    ],
)
def test_a_topic_that_no_kiosk_has_is_counted(topic: str) -> None:
    fold = Fold()
    fold.take(topic, told(1, {"mode": "in_service"}))
    assert fold.kiosks == {}
    assert fold.refused == {"topic": 1}


def test_a_kiosk_cannot_fill_the_memory() -> None:
    fold = Fold()
    for number in range(ALARMS_MOST * 2):
        alarm = JAM | {"inst": f"part{number}"}
        fold.take(UP + f"alarm/jam/part{number}", told(number, alarm))
        fold.take(UP + f"event/kind{number}", told(number, {}))
    assert len(fold.kiosks[KIOSK].stands) <= ALARMS_MOST + 1
    assert len(fold.kiosks[KIOSK].facts) <= 100
    assert fold.refused["many"] > 0


def test_an_alarm_on_the_topic_of_another_is_refused() -> None:
    fold = Fold()
    fold.take(UP + "alarm/hot/machine", told(1, JAM))
    assert fold.kiosks == {}
    assert fold.refused == {"malformed": 1}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_message_of_a_kiosk_is_read(name: str) -> None:
    topic = name
    if name.startswith("alarm/"):
        alarm = json.loads(example(name, EXAMPLES[name]))["data"]
        topic = f"alarm/{alarm['code']}/{alarm['inst']}"
    if "{" in topic:
        topic = topic.partition("{")[0] + "x"
    fold = Fold()
    fold.take(UP + topic, example(name, EXAMPLES[name]).encode())
    assert fold.refused == {}
    if name == "consumables":
        stands = fold.kiosks[KIOSK].stands["consumables"]
        assert isinstance(stands, Consumables)
        assert stands.items[0].pct == 22
