"""A renewed key lies on the disk under the secret of this machine, and is used all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from daemon.store import Store
from daemon.uplink import Uplink, UplinkConfig
from daemon.uplink.errors import LineError
from daemon.uplink.line import tls_context
from daemon.uplink.renewal import Renewal
from tests.uplink.conftest import KIOSK, config
from tests.uplink.papers import Authority
from tests.uplink.test_rights import sign_request


class Machine:
    """One with a secret, as systemd hands it over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = Authority(folder, "root")
        self.mine = self.root.issue(KIOSK)
        self.secret = folder / "uplink-key-secret"
        self.secret.write_text("f3" * 32 + "\n")

    def config(self, **more: Any) -> UplinkConfig:
        fields = {
            "ca": str(self.root.certificate_file),
            "certificate": str(self.mine.certificate_file),
            "key": str(self.mine.key_file),
            "key_secret": str(self.secret),
        }
        return config(1, **(fields | more))

    def renewal(self, **more: Any) -> Renewal:
        return Renewal(self.folder / "uplink", KIOSK, self.config(**more))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_neither_the_waiting_nor_the_renewed_key_lies_open(machine: Machine) -> None:
    renewal = machine.renewal()
    request = renewal.request()
    asked = [x509.load_der_x509_csr(one).public_key() for one in (request, renewal.request())]
    assert asked[0] == asked[1], "asking again asks for the same key"
    pending = (machine.folder / "uplink" / "pending.key").read_bytes()
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in pending
    renewal.install(sign_request(machine.root, request))
    line = (machine.folder / "uplink" / "line.pem").read_bytes()
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in line
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(line, None)
    with pytest.raises(ValueError):
        serialization.load_pem_private_key(line, b"another secret of a machine")
    pair = renewal.pair()
    assert pair is not None
    assert tls_context(machine.config(), pair).get_ca_certs()


def test_with_another_secret_the_line_says_so(machine: Machine) -> None:
    renewal = machine.renewal()
    renewal.install(sign_request(machine.root, renewal.request()))
    machine.secret.write_text("0a" * 32)
    pair = renewal.pair()
    assert pair is not None
    with pytest.raises(LineError, match="certificate"):
        tls_context(machine.config(), pair)
    machine.secret.unlink()
    with pytest.raises(LineError):
        tls_context(machine.config(), pair)


def test_a_key_of_the_time_before_is_read_and_then_encrypted(machine: Machine) -> None:
    plain = machine.renewal(key_secret="")
    request = plain.request()
    assert b"BEGIN PRIVATE KEY" in (machine.folder / "uplink" / "pending.key").read_bytes()
    sealed = machine.renewal()
    sealed.install(sign_request(machine.root, request))
    assert b"ENCRYPTED" in (machine.folder / "uplink" / "line.pem").read_bytes()


def test_a_secret_that_is_none_makes_no_key(machine: Machine) -> None:
    machine.secret.write_text("short\n")
    with pytest.raises(OSError, match="key_secret"):
        machine.renewal().request()
    assert not (machine.folder / "uplink" / "pending.key").exists()


async def test_the_console_counts_the_days_of_the_renewed_one(
    machine: Machine, store: Store
) -> None:
    """The configured one ends tomorrow; what is used holds for ninety days."""
    uplink = Uplink(machine.config(broker=""), store, KIOSK)
    assert (await uplink.status()).certificate_days == 0
    uplink.renewal.install(sign_request(machine.root, uplink.renewal.request()))
    assert (await uplink.status()).certificate_days in (88, 89)
