"""Alarms: one key, hold-off, hysteresis, flapping, a day on the topic after they are cleared."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.uplink.alarms.book import CLEARED_STAYS, WITHIN, AlarmBook, Change
from daemon.uplink.alarms.payload import Ack, Alarm, alarm
from daemon.uplink.alarms.table import code_of, table
from daemon.uplink.envelope import checked
from daemon.uplink.errors import PayloadError

NOW = "2026-11-25T08:14:03.217+07:00"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(clock: Clock) -> AlarmBook:
    return AlarmBook(clock, lambda: 1_795_000_000 + clock.now)


def told(book: AlarmBook) -> list[tuple[str, str]]:
    """(topic, state) of what changed; an emptied topic has the state ``""``."""
    return [(one.topic, "" if one.alarm is None else one.alarm.state) for one in book.take()]


def test_a_condition_is_told_once_and_cleared_once(book: AlarmBook, clock: Clock) -> None:
    for _ in range(3):
        book.set("paper_out", "page_printer", True, "no_paper")
        clock.now += 1
    (change,) = book.take()
    assert change.topic == "alarm/paper_out/page_printer"
    assert change.alarm is not None
    assert (change.alarm.cause, change.alarm.sev, change.alarm.n) == ("no_paper", "major", 1)
    assert change.alarm.text_vi == "Hết giấy" and change.alarm.remedy_en == "Put paper in."
    book.set("paper_out", "page_printer", False)
    book.set("paper_out", "page_printer", False)
    assert told(book) == [("alarm/paper_out/page_printer", "cleared")]
    assert book.active() == []


def test_the_same_key_again_counts_on_and_keeps_its_beginning(
    book: AlarmBook, clock: Clock
) -> None:
    book.set("jam", "page_printer", True)
    first = book.take()[0].alarm
    book.set("jam", "page_printer", False)
    clock.now += 3600
    book.set("jam", "page_printer", True)
    again = book.take()[-1].alarm
    assert first is not None and again is not None
    assert (again.n, again.first) == (2, first.first) and again.last > first.last


def test_paper_that_goes_to_and_fro_between_the_bounds_tells_nothing(
    book: AlarmBook, clock: Clock
) -> None:
    kind = table()["paper_low"]
    assert (kind.raise_at, kind.clear_at) == (15, 25)
    for level in (40, 26, 16, 15):
        book.level("paper_low", "page_printer", level)
    assert told(book) == [("alarm/paper_low/page_printer", "raised")]
    for level in (16, 24, 14, 24):
        book.level("paper_low", "page_printer", level)
    assert told(book) == []
    book.level("paper_low", "page_printer", 25)
    assert told(book) == [("alarm/paper_low/page_printer", "cleared")]
    with pytest.raises(ValueError, match="no bounds"):
        book.level("jam", "page_printer", 3)


def test_a_level_that_rises_is_raised_above_and_cleared_below(book: AlarmBook) -> None:
    for level, state in ((89, []), (90, ["raised"]), (81, []), (80, ["cleared"])):
        book.level("disk_full", "host", level)
        assert [one for _, one in told(book)] == state


def test_a_level_is_updated_at_most_once_a_minute(book: AlarmBook, clock: Clock) -> None:
    book.level("paper_low", "page_printer", 14)
    book.take()
    for level in range(13, 3, -1):
        clock.now += 10
        book.level("paper_low", "page_printer", level)
    changes = book.take()
    assert [one.alarm.state for one in changes if one.alarm] == ["updated"]
    assert changes[0].alarm is not None and changes[0].alarm.level == 8


def test_a_short_break_of_a_link_is_held_off(book: AlarmBook, clock: Clock) -> None:
    book.set("link_lost", "camera", True, "unplugged")
    clock.now += 29
    book.tick()
    book.set("link_lost", "camera", False)
    clock.now += 60
    book.tick()
    assert told(book) == []
    book.set("link_lost", "camera", True, "unplugged")
    clock.now += 30
    book.tick()
    assert told(book) == [("alarm/link_lost/camera", "raised")]


def test_what_flaps_is_one_alarm_until_it_is_quiet(book: AlarmBook, clock: Clock) -> None:
    heard: list[tuple[str, str]] = []
    for turn in range(40):
        book.set("jam", "page_printer", turn % 2 == 0)
        book.tick()
        heard += told(book)
        clock.now += 30
    assert heard == [
        *[("alarm/jam/page_printer", state) for state in ("raised", "cleared", "raised")],
        *[("alarm/jam/page_printer", state) for state in ("cleared", "raised")],
        ("alarm/flapping/jam.page_printer", "raised"),
    ]
    clock.now += WITHIN - 40
    book.tick()
    assert told(book) == []
    clock.now += 40
    book.tick()
    assert told(book) == [
        ("alarm/flapping/jam.page_printer", "cleared"),
        ("alarm/jam/page_printer", "cleared"),
    ]


def test_a_cleared_alarm_stands_for_a_day_then_its_topic_is_emptied(
    book: AlarmBook, clock: Clock
) -> None:
    book.set("jam", "page_printer", True)
    book.set("jam", "page_printer", False)
    book.take()
    clock.now += CLEARED_STAYS - 1
    book.tick()
    assert told(book) == []
    clock.now += 1
    book.tick()
    assert told(book) == [("alarm/jam/page_printer", "")]
    book.tick()
    assert told(book) == []


def test_after_a_start_active_ones_are_told_again_and_stale_ones_cleared(
    book: AlarmBook, clock: Clock
) -> None:
    def kept(code: str, state: str) -> Alarm:
        return alarm(code, "x", state=state, cause=code, first=NOW, last=NOW, n=3)  # type: ignore[arg-type]

    book.load(
        [
            (kept("jam", "raised"), 0.0),
            (kept("paper_out", "updated"), 0.0),
            (kept("hung", "cleared"), 1_795_000_000 + clock.now - CLEARED_STAYS + 10),
        ]
    )
    book.again()
    assert sorted(told(book)) == [("alarm/jam/x", "raised"), ("alarm/paper_out/x", "updated")]
    book.set("jam", "x", True, "jam")
    book.settled()
    assert told(book) == [("alarm/paper_out/x", "cleared")]
    assert [one.n for one in book.active()] == [3]
    clock.now += 10
    book.tick()
    assert told(book) == [("alarm/hung/x", "")]


def test_an_acknowledgement_goes_with_what_is_told_next(book: AlarmBook) -> None:
    book.set("jam", "page_printer", True)
    book.acked("jam", "page_printer", Ack(by="ward-ops", at=NOW))
    book.set("jam", "page_printer", False)
    book.acked("jam", "page_printer", Ack(by="late", at=NOW))
    states = [(one.alarm.state, one.alarm.ack) for one in book.take() if one.alarm]
    assert states == [("raised", None), ("cleared", Ack(by="ward-ops", at=NOW))]


def test_an_alarm_says_the_words_of_the_table_and_no_others() -> None:
    good = alarm("jam", "page_printer", state="raised", cause="jam", first=NOW, last=NOW)
    for field in ("text_vi", "text_en", "remedy_vi", "remedy_en"):
        other = checked(good).replace(
            str(getattr(good, field)).encode(), "Huỳnh Thị Đánh Dấu".encode()
        )
        with pytest.raises(msgspec.ValidationError, match="table of alarms"):
            msgspec.json.decode(other, type=Alarm)
    with pytest.raises(PayloadError):
        checked(alarm("jam", "079099001234", state="raised", cause="jam", first=NOW, last=NOW))
    with pytest.raises(KeyError):
        alarm("no_such", "x", state="raised", cause="x", first=NOW, last=NOW)


def test_every_alarm_of_the_table_is_a_message() -> None:
    for code, kind in table().items():
        made = alarm(code, "part", state="raised", cause="x", first=NOW, last=NOW)
        assert msgspec.json.decode(checked(made), type=Alarm) == made
        assert kind.do.isascii()
    assert code_of("page_printer", "no_paper") == "paper_out"
    assert code_of("register", "token_absent") == "register_fault"
    assert code_of("camera", "who_knows") == "device_fault"


STEP = st.tuples(st.sampled_from(["jam", "link_lost", "hung"]), st.booleans(), st.floats(0.1, 900))


@given(st.lists(STEP, max_size=60))
def test_whatever_happens_the_topics_end_with_what_is_so(
    steps: list[tuple[str, bool, float]],
) -> None:
    clock = Clock()
    book = AlarmBook(clock, clock)
    topics: dict[str, Change] = {}

    def receive() -> None:
        for one in book.take():
            before = topics.get(one.topic)
            was = before is not None and before.alarm is not None and before.alarm.state
            if one.alarm is not None and one.alarm.state == "cleared":
                assert was in ("raised", "updated"), "only what stands is cleared"
            topics[one.topic] = one

    real: dict[str, bool] = {}
    for code, on, seconds in steps:
        book.set(code, "x", on)
        real[code] = on
        clock.now += seconds
        book.tick()
        receive()
    clock.now += 2 * WITHIN
    for _ in range(2):
        book.tick()
        receive()
    standing = {one.key[0] for one in topics.values() if one.alarm and one.alarm.state != "cleared"}
    assert standing == {code for code, on in real.items() if on}
    for code in real:
        book.set(code, "x", False)
    clock.now += 2 * WITHIN
    book.tick()
    receive()
    clock.now += CLEARED_STAYS
    book.tick()
    receive()
    assert all(one.alarm is None for one in topics.values()), "nothing stays for ever"
