"""What the broker does not take, and what may not be told openly."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7

from daemon.store import Store
from daemon.uplink import DoorOpened, Sealer, Uplink, UplinkError
from tests.uplink.conftest import KIOSK, UP, Broker, config
from tests.uplink.papers import Authority
from tests.uplink.test_uplink import DOOR, STAMP, depth, listening, soon, visit


async def test_one_kind_that_is_refused_does_not_hold_up_the_others(
    broker: Broker, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.uplink.facts.PAUSE_LEAST", 0.5)
    rights = broker.folder / "rights"
    allowed = [f"topic write {UP}presence", f"topic write {UP}event/session.closed"]
    everything = "topic readwrite #"
    rights.write_text("\n".join([*allowed, "topic read #", "topic write ready/#"]) + "\n")
    broker.extra = f"allow_anonymous true\nacl_file {rights}"
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.event(DOOR)
    await uplink.event(visit())
    await uplink.start()
    await soon(lambda: ear.on("event/session.closed"))
    await depth(store, 1)
    status = await uplink.status()
    assert list(status.refused) == ["event/door.opened"]
    assert "authorized" in status.refused["event/door.opened"].lower()
    assert ear.on("event/door.opened") == [], "acknowledged is not taken"
    rights.write_text(everything + "\n")
    broker.reload()
    await soon(lambda: ear.on("event/door.opened"))
    await depth(store)
    assert (await uplink.status()).refused == {}
    await uplink.stop()


async def test_without_the_wards_key_what_is_not_open_waits(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    await store.write(lambda: store.outbox.append("event/register.entry", {"kind": "x"}))
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.event(DOOR)
    await uplink.start()
    await soon(lambda: ear.on("event/door.opened"))
    await depth(store, 1)
    assert [one.topic for one in ear.on("sealed/")] == []
    await uplink.stop()


async def test_with_the_wards_key_it_goes_sealed(
    broker: Broker, store: Store, tmp_path: Path
) -> None:
    ward = Authority(tmp_path, "ward")
    ear = listening(broker)
    fact = await store.write(lambda: store.outbox.append("event/register.entry", {"number": 42}))
    held = await store.write(lambda: store.outbox.append_sealed("sealed/request", bytes(300_000)))
    uplink = Uplink(config(broker.port), store, KIOSK, seal=Sealer(ward.certificate_file))
    await uplink.start()
    await depth(store)
    await soon(lambda: len(ear.on("sealed/")) == 2)
    entry, copy = ear.on("sealed/register.entry")[0], ear.on("sealed/request")[0]
    assert copy.body == bytes(300_000) and held in copy.user
    assert b"number" not in entry.body
    assert fact in entry.user and "seq:1" in entry.user and "boot:1" in entry.user
    assert entry.kind == "application/pkcs7-mime"
    key = load_pem_private_key(ward.key_file.read_bytes(), None)
    opened = pkcs7.pkcs7_decrypt_der(entry.body, ward.certificate, key, [])  # type: ignore[arg-type]
    assert opened == b'{"number":42}'
    await uplink.stop()


async def test_a_fact_that_does_not_fit_its_type_is_named_and_stepped_over(
    broker: Broker, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    ear = listening(broker)
    await store.write(
        lambda: store.outbox.append("event/door.opened", {"open": "Nguyễn Văn A", "when": STAMP})
    )
    uplink = Uplink(config(broker.port), store, KIOSK)
    for _ in range(50):
        await uplink.event(DOOR)
    await uplink.start()
    await soon(lambda: len(ear.on("event/door.opened")) == 50)
    await depth(store, 1)
    why = (await uplink.status()).refused["event/door.opened"]
    assert "DoorOpened" in why and "Nguy" not in why + caplog.text
    await uplink.stop()


async def test_heavy_facts_go_one_after_the_other(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    bodies = [letter * 3_000_000 for letter in (b"a", b"b", b"c")]
    append = store.outbox.append_sealed
    await store.write(lambda: [append("sealed/request", body) for body in bodies])
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    await depth(store)
    await soon(lambda: len(ear.on("sealed/request")) == 3)
    assert [one.body[:1] for one in ear.on("sealed/request")] == [b"a", b"b", b"c"]
    await uplink.stop()


async def test_a_message_larger_than_the_broker_takes_does_not_end_the_line(
    broker: Broker, store: Store
) -> None:
    broker.extra = "allow_anonymous true\nmax_packet_size 20000"
    ear = listening(broker)
    await store.write(lambda: store.outbox.append_sealed("sealed/request", bytes(100_000)))
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.event(DoorOpened(open=False, when=STAMP))
    await uplink.start()
    await soon(lambda: ear.on("event/door.opened"))
    await depth(store, 1)
    status = await uplink.status()
    assert status.connected and "takes 20000" in status.refused["sealed/request"]
    assert len(ear.on("presence")) == 1
    await uplink.stop()


def test_a_ward_certificate_that_is_none_is_named_and_read_once_it_is_there(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ward.pem"
    seal = Sealer(path)
    with pytest.raises(UplinkError, match="FileNotFoundError; a PEM certificate"):
        seal(b"x")
    path.write_text("no certificate")
    with pytest.raises(UplinkError, match="RSA key of 2048"):
        seal(b"x")
    path.write_bytes(Authority(tmp_path, "other").certificate_file.read_bytes())
    assert b"secret" not in seal(b"secret")


async def test_a_fact_waits_for_the_wards_certificate(
    broker: Broker, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.uplink.facts.PAUSE_LEAST", 0.2)
    ear = listening(broker)
    await store.write(lambda: store.outbox.append("event/register.entry", {"number": 42}))
    uplink = Uplink(config(broker.port), store, KIOSK, seal=Sealer(tmp_path / "ward.pem"))
    await uplink.start()
    await soon(lambda: ear.on("presence"))
    Authority(tmp_path, "ward")
    await depth(store)
    await soon(lambda: ear.on("sealed/register.entry"))
    assert (await uplink.status()).refused == {}
    await uplink.stop()
