"""Time stamps: required, best effort, none; and what an authority that does not answer costs."""

from __future__ import annotations

import datetime as dt
import socket

import pytest
from asn1crypto import keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec.structs import replace
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from daemon.register import certificates, verify
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import TimestampUnavailable
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from daemon.store.models.register import EntryRow
from tests.register.made import BIRTH, Request


def authority() -> tuple[DummyTimeStamper, x509.Certificate]:
    """A time-stamp authority in memory, its certificate self-signed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TSA thử")])
    now = dt.datetime.now(dt.UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    stamper = DummyTimeStamper(certificates.asn1_of(made), keys.PrivateKeyInfo.load(der))
    return stamper, made


def nobody_there() -> str:
    """An address on which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    return f"http://127.0.0.1:{port}/tsa"


async def test_both_signatures_carry_a_time_stamp(
    settings: RegisterSettings, store: Store, pki: DemoPki
) -> None:
    stamper, root = authority()
    register = Register(settings, store, timestamper=stamper)
    sealed = await Request(BIRTH).sealed(register)
    await register.close()
    assert sealed.level == "B-T"
    roots = (*certificates.load_pem([pki.root]), root)
    report = await verify.check(sealed.copies[0].pdf, roots)
    assert report.problems == ()
    assert [each.timestamp for each in report.signatures] == [True, True]


async def test_required_and_not_there_delivers_nothing_and_keeps_the_number(
    settings: RegisterSettings, store: Store
) -> None:
    wanting = replace(settings, timestamp="required", timestamp_url=nobody_there())
    register = Register(wanting, store)
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    with pytest.raises(TimestampUnavailable, match=r"127\.0\.0\.1") as raised:
        await request.sealed(register, authorisation)
    assert not raised.value.final
    await register.close()
    (row,) = await store.read(lambda: list(EntryRow.select()))
    assert (row.number, row.status) == (1, "reserved")

    stamper, _ = authority()
    back = Register(wanting, store, timestamper=stamper)
    sealed = await request.sealed(back, authorisation)
    await back.close()
    assert (sealed.copies[0].number, sealed.level) == ("01", "B-T")


async def test_best_effort_costs_a_level_never_the_copy(
    settings: RegisterSettings, store: Store, pki: DemoPki
) -> None:
    easy = replace(settings, timestamp="best_effort", timestamp_url=nobody_there())
    register = Register(easy, store)
    sealed = await Request(BIRTH).sealed(register)
    await register.close()
    assert sealed.level == "B-B"
    report = await verify.check(sealed.copies[0].pdf, certificates.load_pem([pki.root]))
    assert report.genuine
