"""TLS 1.3 with certificates on both sides, and what is said where it does not succeed."""

from __future__ import annotations

from typing import Any

import pytest

from daemon.store import Store
from daemon.uplink import Uplink, UplinkConfig
from tests.uplink.conftest import KIOSK, Broker, config
from tests.uplink.papers import Authority
from tests.uplink.test_uplink import DOOR, depth, soon


@pytest.fixture
def authority(broker: Broker) -> Authority:
    """The broker wants a certificate."""
    root = Authority(broker.folder, "root")
    server = root.issue("server")
    broker.extra = "\n".join(
        [
            f"cafile {root.certificate_file}",
            f"certfile {server.certificate_file}",
            f"keyfile {server.key_file}",
            "require_certificate true",
            "allow_anonymous true",
            "tls_version tlsv1.3",
        ]
    )
    return root


def secure(broker: Broker, authority: Authority, **more: Any) -> UplinkConfig:
    mine = authority.issue(KIOSK)
    fields: dict[str, Any] = {
        "tls": True,
        "ca": str(authority.certificate_file),
        "certificate": str(mine.certificate_file),
        "key": str(mine.key_file),
    }
    return config(broker.port, **(fields | more))


async def test_facts_go_through_mutual_tls(
    broker: Broker, store: Store, authority: Authority
) -> None:
    broker.start()
    uplink = Uplink(secure(broker, authority), store, KIOSK)
    await uplink.start()
    for _ in range(40):
        await uplink.event(DOOR)
    await store.write(lambda: store.outbox.append_sealed("sealed/request", bytes(2_000_000)))
    await depth(store)
    assert (await uplink.status()).connected
    await uplink.stop()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"certificate": "", "key": ""}, ""),
        ({"ca": ""}, "tls"),
        ({"ca": "/nonexistent/ca.pem"}, "certificate"),
        ({"tls": False, "ca": ""}, ""),
        ({"user": "kiosk", "password_file": "/nonexistent/password"}, "password"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_lost(
    broker: Broker, store: Store, authority: Authority, wrong: dict[str, Any], reason: str
) -> None:
    broker.start()
    lines: list[bool] = []
    uplink = Uplink(secure(broker, authority, **wrong), store, KIOSK, changed=lines.append)
    await uplink.event(DOOR)
    await uplink.start()
    await soon(lambda: lines)
    status = await uplink.status()
    assert lines == [False] and not status.connected
    assert status.error and status.error.startswith(reason)
    assert status.waiting == 1
    await uplink.stop()
