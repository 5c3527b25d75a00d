"""No citizen's datum goes upward: by the types, when it is kept, when it is sent, in the logs."""

from __future__ import annotations

import logging
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.machine.personal import Personal
from daemon.store import Store
from daemon.uplink import DeviceHealth, OfficerCalled, PayloadError, Uplink
from daemon.uplink.envelope import checked, read_back
from daemon.uplink.examples import EXAMPLES
from daemon.uplink.payloads import DoorOpened, Payload
from tests.uplink.conftest import KIOSK, Broker, config
from tests.uplink.test_uplink import STAMP, depth, listening, soon, visit

MARKS = ("HUỲNH THỊ ĐÁNH DẤU", "079099001234", "12 Lê Lợi", "Nguyen Van A", "0901234567")


def texts(kind: Any, place: str) -> list[str]:
    """Places of a type where any text could stand."""
    if kind is str or kind is Any:
        return [place]
    if hasattr(kind, "__metadata__"):
        bound = any(meta.pattern is not None or meta.ge is not None for meta in kind.__metadata__)
        return [] if bound else texts(kind.__origin__, place)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return [at for one in fields for at in texts(one.type, f"{place}.{one.name}")]
    if all(isinstance(arg, str) for arg in get_args(kind)):
        return []  # a Literal, or a plain number
    return [at for arg in get_args(kind) if arg is not ... for at in texts(arg, place)]


@pytest.mark.parametrize("kind", Payload.__subclasses__(), ids=lambda kind: kind.__name__)
def test_no_field_takes_any_text(kind: type[Payload]) -> None:
    assert texts(kind, kind.__name__) == []


def test_the_search_for_open_texts_finds_them() -> None:
    class Loose(msgspec.Struct):
        a: str
        b: dict[str, int]
        c: tuple[str, ...] | None

    assert texts(Loose, "Loose") == ["Loose.a", "Loose.b", "Loose.c"]


@pytest.mark.parametrize("mark", MARKS)
def test_what_is_planted_is_refused_without_being_repeated(mark: str) -> None:
    planted: list[Payload] = [
        OfficerCalled(reason=mark, active=True, when=STAMP),
        visit(last_step=mark),
        visit(steps_s={mark: 1}),
        visit(hour=mark),
        DeviceHealth(id="camera", state="ok", fig={"x": mark}),  # type: ignore[dict-item]
    ]
    for payload in planted:
        with pytest.raises(PayloadError) as caught:
            checked(payload)
        assert mark not in str(caught.value) and caught.value.__suppress_context__


def test_what_is_wrapped_as_personal_is_refused() -> None:
    wrapped: Any = Personal("help")
    with pytest.raises(PayloadError, match="personal data"):
        checked(OfficerCalled(reason=wrapped, active=True, when=STAMP))


@given(st.text(max_size=60))
def test_a_code_is_ascii_without_blank_and_without_a_long_number(text: str) -> None:
    try:
        checked(visit(flow=text))
    except PayloadError:
        return
    assert text.isascii() and " " not in text and text[0].isalpha()
    assert sum(map(str.isdigit, text)) < 40


@given(st.sampled_from(sorted(EXAMPLES)), st.binary(max_size=200))
def test_stored_rubbish_is_a_named_error(name: str, data: bytes) -> None:
    kind = type(EXAMPLES[name])
    try:
        assert isinstance(read_back(kind, data), kind)
    except PayloadError as error:
        assert error.__suppress_context__


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_what_is_kept_is_read_back(name: str) -> None:
    payload = EXAMPLES[name]
    assert read_back(type(payload), checked(payload)) == payload


async def test_fields_that_a_type_does_not_name_stay_here(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    more = {"open": True, "when": STAMP, "who": MARKS[0]}
    await store.write(lambda: store.outbox.append("event/door.opened", more))
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    await soon(lambda: ear.on("event/door.opened"))
    assert ear.on("event/door.opened")[0].json["data"] == {"open": True, "when": STAMP}
    await uplink.stop()


async def test_planted_data_is_on_no_wire_in_no_file_and_in_no_log(
    broker: Broker, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    for mark in MARKS:
        with pytest.raises(PayloadError):
            await uplink.event(OfficerCalled(reason=mark, active=True, when=STAMP))
        with pytest.raises(PayloadError):
            uplink.state("in_service", True, {"ticket": False}, {"ticket": mark})
        with pytest.raises(PayloadError):
            uplink.device(DeviceHealth(id=mark, state="ok"))
        with pytest.raises(PayloadError):
            uplink.describe(mark)
    await uplink.event(DoorOpened(open=True, when=STAMP))
    await depth(store)
    await soon(lambda: ear.on("event/door.opened"))
    await uplink.stop()
    files = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    wire = b"".join(one.body for one in ear.heard)
    for mark in MARKS:
        assert mark.encode() not in files + wire
        assert mark not in caplog.text


async def test_the_id_of_a_visits_report_does_not_tell_when_it_was(store: Store) -> None:
    uplink = Uplink(config(1, visit_delay_least=3000.0, visit_delay_most=3600.0), store, KIOSK)
    await uplink.event(visit())
    facts = await store.read(lambda: store.outbox.waiting(9e9))
    millis = int(facts[0].id.replace("-", "")[:12], 16)
    assert abs(millis / 1000 - facts[0].not_before) < 0.002
