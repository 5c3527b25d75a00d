"""The token: absent, its PIN wrong, its keys missing, pulled out.  Each fault has a name."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from daemon.register import certificates, demo_certificates, demo_pki
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnsuitable,
    EnvelopeError,
    FontMissing,
    KeyMissing,
    ModuleMissing,
    PinMissing,
    PinWrong,
    RegisterError,
    TokenAbsent,
    TokenLost,
)
from daemon.register.register import Register
from daemon.register.settings import Certifier, RegisterSettings
from daemon.register.token import Token
from daemon.store import Store
from tests.register.made import BIRTH, Clock, Request


def with_token(settings: RegisterSettings, **changes: str) -> RegisterSettings:
    return replace(settings, token=replace(settings.token, **changes))


async def ready(settings: RegisterSettings, store: Store) -> None:
    register = Register(settings, store)
    try:
        await register.ready()
    finally:
        await register.close()


async def test_a_good_token_is_ready(settings: RegisterSettings, store: Store) -> None:
    await ready(settings, store)


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"label": "no-such-token"}, TokenAbsent, "no-such-token"),
        ({"module": "/nowhere/libp11.so"}, ModuleMissing, "/nowhere/libp11.so"),
        ({"pin_file": "/nowhere/pin"}, PinMissing, "/nowhere/pin"),
        ({"certifier": "nobody"}, KeyMissing, "nobody"),
        ({"authority": "nobody"}, KeyMissing, "nobody"),
        ({"proof": "nobody"}, KeyMissing, "nobody"),
    ],
)
async def test_each_fault_is_named_with_what_was_read(
    settings: RegisterSettings,
    store: Store,
    changes: dict[str, str],
    error: type[RegisterError],
    told: str,
) -> None:
    with pytest.raises(error, match=told):
        await ready(with_token(settings, **changes), store)


async def test_a_library_that_is_none_is_named(
    settings: RegisterSettings, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "lib.so"
    path.write_bytes(b"not a library")
    with pytest.raises(ModuleMissing, match="does not load"):
        await ready(with_token(settings, module=str(path)), store)


async def test_a_wrong_pin_is_tried_once(
    settings: RegisterSettings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = tmp_path / "pin"
    pin.write_text("0000-wrong", encoding="ascii")
    wrong = with_token(settings, pin_file=str(pin))
    tried = 0
    asked = Token._token

    def counting(self: Token, module: str) -> object:
        nonlocal tried
        tried += 1
        return asked(self, module)

    monkeypatch.setattr(Token, "_token", counting)
    with pytest.raises(PinWrong, match="was refused"):
        await ready(wrong, store)
    for _ in range(3):
        with pytest.raises(PinWrong, match="refused before"):
            await ready(wrong, store)
    assert tried == 1
    assert b"0000-wrong" not in b"".join(_others(tmp_path, pin))
    # the right PIN put into the same file works at once
    shutil.copy(settings.token.pin_file, pin)
    await ready(wrong, store)


def _others(folder: Path, pin: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir() if path != pin]


async def test_an_empty_pin_is_not_sent(
    settings: RegisterSettings, store: Store, tmp_path: Path
) -> None:
    pin = tmp_path / "pin"
    pin.write_text("\n", encoding="ascii")
    with pytest.raises(PinMissing, match="empty"):
        await ready(with_token(settings, pin_file=str(pin)), store)


async def test_a_token_pulled_out_is_named_and_taken_up_again(
    settings: RegisterSettings, store: Store
) -> None:
    register = Register(settings, store)
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    await register.ready()
    # everything that this process had open on tokens is gone, as when one is pulled out
    await asyncio.to_thread(pkcs11.lib(settings.token.module).reinitialize)
    with pytest.raises(TokenLost) as lost:
        await request.sealed(register, authorisation)
    assert not lost.value.final
    sealed = await request.sealed(register, authorisation)
    assert sealed.copies[0].number == "01"
    await register.close()


async def test_two_kiosks_of_one_process_do_not_mix_their_tokens(
    settings: RegisterSettings, store: Store, tmp_path: Path
) -> None:
    other = demo_pki.make(tmp_path / "other")
    other.use()
    second = Register(replace(settings, token=other.token), store)
    await second.ready()
    signer = (await second._setup.tools()).signer
    identity = await signer.identity(dt.datetime.now(dt.UTC))
    assert await certificates.chains_to(
        identity.authority, certificates.load_pem([other.root]), (), dt.datetime.now(dt.UTC)
    )
    await second.close()


@pytest.mark.parametrize(
    ("days", "error"), [(365 * 6, CertificateExpired), (-2, CertificateNotYetValid)]
)
async def test_certificates_hold_for_their_time_only(
    settings: RegisterSettings, store: Store, days: int, error: type[RegisterError]
) -> None:
    clock = Clock(dt.datetime.now(dt.UTC) + dt.timedelta(days=days))
    register = Register(settings, store, clock=clock)
    with pytest.raises(error):
        await register.ready()
    await register.close()


async def test_another_persons_certificate_is_refused(
    settings: RegisterSettings, store: Store
) -> None:
    other = replace(settings, certifier=Certifier(certificate_serial="00:ab:cd"))
    with pytest.raises(CertificateUnsuitable, match="00:ab:cd"):
        await ready(other, store)


def test_weak_keys_are_refused() -> None:
    now = dt.datetime.now(dt.UTC)
    root = demo_certificates.new_root(now)
    key = ec.generate_private_key(ec.SECP192R1())
    span = (now - dt.timedelta(days=1), now + dt.timedelta(days=1))
    weak = demo_certificates.issue(root, "Yếu", key.public_key(), span)
    with pytest.raises(CertificateUnsuitable):
        certificates.check(weak, "certifier", now)


async def test_fonts_and_the_wards_key_are_checked(
    settings: RegisterSettings, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(FontMissing, match="fonts-noto-core"):
        await ready(replace(settings, fonts=str(tmp_path)), store)
    rubbish = tmp_path / "ward.pem"
    rubbish.write_text("no certificate", encoding="ascii")
    with pytest.raises(EnvelopeError, match=r"ward\.pem"):
        await ready(replace(settings, ward_certificate=str(rubbish)), store)
    ec_only = replace(
        settings, ward_certificate=str(Path(settings.ward_certificate).with_name("root.pem"))
    )
    with pytest.raises(EnvelopeError, match="RSA"):
        await ready(ec_only, store)


async def test_the_demo_makes_its_own_keys_once(store: Store, pki: DemoPki) -> None:
    register = Register(RegisterSettings(), store)
    await register.ready()
    await register.close()
    folder = store.path.parent / "demo-pki"
    before = (folder / "root.pem").read_bytes()
    again = Register(RegisterSettings(), store)
    await again.ready()
    await again.close()
    assert (folder / "root.pem").read_bytes() == before
    assert (folder / "ward-key.pem").stat().st_mode & 0o077 == 0
    assert (folder / "pin").stat().st_mode & 0o077 == 0


def test_settings_name_what_is_wrong() -> None:
    for wrong in (
        {"keys": "token"},
        {"timestamp": "required"},
        {"volume": 0},
        {"number_digits": 0},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong)).split("keys")[0] or "keys"):
            RegisterSettings(**wrong)
