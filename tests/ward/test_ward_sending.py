"""Orders for e-mail and addresses that work once: what the ward gets, and what the kiosk keeps."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from daemon.hands.delivering import A_DAY, Delivering
from daemon.hands.sending import LINK_SECONDS, Sending, is_address
from daemon.hands.standing import Standing
from daemon.machine import effects as fx
from daemon.machine.events import AnyEvent, DeviceBack, DeviceLost, LinkMade, MailTaken
from daemon.machine.personal import Personal
from daemon.store import Store
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow, RequestRow
from daemon.uplink.alarms.book import AlarmBook
from daemon.uplink.gateway import Gateway
from daemon.uplink.gateway.config import DeliveryConfig
from daemon.uplink.gateway.messages import LinkWanted
from daemon.uplink.sealing import Sealer
from tests.ward.server import WardServer

ADDRESS = "an.danh@thu.example.vn"
BASE = "https://kho.ward.example/1/"
BOTH = DeliveryConfig(mail=True, link=BASE, mail_most=2)
REQUEST, CODE = "request-1", "K7M2P4Q9"


class Ward:
    """Its key."""

    def __init__(self, folder: Path) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ward")])
        now = dt.datetime.now(dt.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(now)
            .not_valid_after(now.replace(year=now.year + 1))
            .sign(self.key, hashes.SHA256())
        )
        self.path = folder / "ward.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def opens(self, cms: bytes) -> dict[str, Any]:
        data = pkcs7.pkcs7_decrypt_der(cms, self.certificate, self.key, [])
        return msgspec.json.decode(data)  # type: ignore[no-any-return]


@pytest.fixture
def key(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


class Bench:
    def __init__(self, config: DeliveryConfig, store: Store, key: Ward, gateway: Gateway) -> None:
        self.said: list[AnyEvent] = []
        self.hand = Sending(
            config, store, lambda: (REQUEST, CODE), Sealer(key.path), gateway, lambda: "vi"
        )

    async def mail(self, address: str) -> AnyEvent:
        await self.hand.mail(fx.SendMail(Personal(address)), self.said.append)
        return self.said[-1]

    async def link(self) -> str:
        await self.hand.link(fx.MakeLink(), self.said.append)
        made = self.said[-1]
        assert isinstance(made, LinkMade)
        return made.url.reveal()


@pytest.fixture
def bench(store: Store, key: Ward, gateway: Gateway) -> Bench:
    return Bench(BOTH, store, key, gateway)


def entry(delivery: str) -> None:
    RequestRow.create(
        id=REQUEST, step="signed", code=CODE, accepted_at=0.0, until=0.0,
        facts=b"", envelope="", changed_at=0.0,
    )  # fmt: skip
    EntryRow.create(
        request=REQUEST, place=0, authority="demo", sign="SCTĐT/BS", year=2026, number=1,
        label="01", volume="01/2026-SCTĐT/BS", certified_at=0.0, kind="k", title="t", pages=1,
        copies=1, product="digital", certifier="c", certifier_title="t", fee=0, requester=b"",
        pages_digest=b"", status="valid", delivery=delivery,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (ADDRESS, True),
        ("A+b_c@x-y.com", True),
        ("an.danh", False),
        ("an@danh", False),
        ("@thu.vn", False),
        ("a b@thu.vn", False),
        ("a@thu..vn", False),
        ("a@thu.vn\nBcc: b@thu.vn", False),
        ("a@thu.vn,b@thu.vn", False),
        ("ă@thu.vn", False),
        ("a" * 250 + "@thu.vn", False),
        ("", False),
    ],
)
def test_what_an_address_is(text: str, good: bool) -> None:
    assert is_address(text) == good


async def test_only_the_ward_can_read_an_address(bench: Bench, store: Store, key: Ward) -> None:
    assert await bench.mail(f" {ADDRESS} ") == MailTaken("kept")
    (kept,) = await store.read(lambda: [bytes(row.payload) for row in Fact.select()])
    assert key.opens(kept) == {
        "request": REQUEST,
        "code": CODE,
        "address": ADDRESS,
        "language": "vi",
    }
    await store.close()
    for path in store.path.parent.iterdir():
        assert ADDRESS.encode() not in path.read_bytes()


async def test_no_more_orders_wait_than_are_allowed(bench: Bench, store: Store) -> None:
    answers = [await bench.mail(ADDRESS) for _ in range(3)]
    assert answers == [MailTaken("kept"), MailTaken("kept"), MailTaken("failed")]
    assert await bench.mail("nobody") == MailTaken("address")
    assert await store.read(store.outbox.depth) == 2


async def test_what_is_not_configured_is_not_done(
    store: Store, key: Ward, gateway: Gateway, ward: WardServer
) -> None:
    bench = Bench(DeliveryConfig(), store, key, gateway)
    assert await bench.mail(ADDRESS) == MailTaken("failed")
    assert await bench.link() == ""
    assert ward.asked == [] and await store.read(store.outbox.depth) == 0


async def test_an_address_that_works_once(
    bench: Bench, store: Store, key: Ward, ward: WardServer
) -> None:
    fact = await store.write(lambda: store.outbox.append_sealed("sealed/copy", b"CMS"))
    await store.write(lambda: entry(fact))
    assert await bench.link() == ""  # the ward has no copy yet
    await store.write(lambda: store.outbox.done(fact))
    one, other = await bench.link(), await bench.link()
    assert one != other and one.startswith(BASE)
    token = one.removeprefix(BASE)
    assert len(token) * 6 >= 128
    first, _ = (key.opens(cms) for cms in ward.book.of_kind("sealed/link"))
    told = msgspec.convert(first, LinkWanted)
    assert (told.request, told.code) == (REQUEST, CODE)
    assert told.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert 0 < told.until - time.time() <= LINK_SECONDS
    assert await store.read(store.outbox.depth) == 0  # it is asked at once or not at all
    ward.fault = "down"
    assert await bench.link() == ""


# -- what waits -------------------------------------------------------------------------------


class Waiting:
    def __init__(self, store: Store, config: DeliveryConfig) -> None:
        self.now = time.time()
        self.events: list[AnyEvent] = []
        self.book = AlarmBook(lambda: self.now, lambda: self.now)
        self.hand = Delivering(
            store, config, self.book, Standing(self.events.append), lambda: self.now
        )

    async def look(self) -> set[tuple[str, str]]:
        """Which alarms stand after a look."""
        await self.hand.look()
        self.now += 60
        self.book.tick()
        return {key for key, known in self.book._known.items() if known.active}


async def test_many_copies_close_the_electronic_way_and_none_is_dropped(store: Store) -> None:
    bench = Waiting(store, DeliveryConfig(keep_mb=50))
    assert await bench.look() == set()
    facts = [
        await store.write(lambda: store.outbox.append_sealed("sealed/copy", bytes(13_000_000)))
        for _ in range(4)
    ]
    assert await bench.look() == {("copies_waiting", "size")}
    assert bench.events == [DeviceLost("delivery", "full")]
    assert await store.read(store.outbox.depth) == 4
    await store.write(lambda: store.outbox.done(facts[0]))
    assert await bench.look() == set()  # 39 of 50: opened again below 40
    assert bench.events[-1] == DeviceBack("delivery")


async def test_an_old_copy_is_told_and_kept_and_an_old_order_is_dropped(store: Store) -> None:
    bench = Waiting(store, DeliveryConfig(keep_days=2))
    await store.write(lambda: store.outbox.append_sealed("sealed/copy", b"CMS"))
    await store.write(lambda: store.outbox.append_sealed("sealed/mail", b"CMS"))
    assert await bench.look() == set()
    bench.now += 2 * A_DAY
    assert await bench.look() == {("copies_waiting", "age"), ("mails_dropped", "mail")}
    kinds = await store.read(lambda: [row.kind for row in Fact.select()])
    assert kinds == ["sealed/copy"]
    counted = await store.read(store.outbox.counters)
    assert counted["mails_dropped"] == 1


async def test_what_the_store_refuses_is_an_alarm(store: Store) -> None:
    bench = Waiting(store, DeliveryConfig())
    bench.hand.trouble("store_full", True)
    assert await bench.look() == {("copies_stuck", "store_full")}
    bench.hand.trouble("store_full", False)
    assert await bench.look() == set()


@pytest.mark.parametrize("link", ["http://a.vn/1/", "https://a.vn/1", "https:///1/"])
def test_a_wrong_base_is_named(link: str) -> None:
    with pytest.raises(ValueError, match="link: read"):
        replace(BOTH, link=link)
