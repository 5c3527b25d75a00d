"""A citizen's name is nowhere in the open: not on the disk, in the outbox, in a log or an error."""

from __future__ import annotations

import logging
import unicodedata
from pathlib import Path

import pytest

from daemon.machine.personal import Personal
from daemon.register import envelope, export
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import EnvelopeError, RegisterError
from daemon.register.register import Register
from daemon.store import Store
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow
from tests.register.made import BIRTH, NAME, Request


def marks() -> list[bytes]:
    """The name as it might be written."""
    forms = {NAME, NAME.upper(), unicodedata.normalize("NFD", NAME)}
    found = [form.encode(code) for form in forms for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [*found, b"u1ea5u-V", b"\\u1ea5u"]


async def test_the_name_is_on_the_disk_for_the_ward_only(
    register: Register, store: Store, pki: DemoPki, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sealed = await Request(BIRTH).sealed(register)
    await register.printed(sealed.id)
    failed = await Request(BIRTH, product="paper").sealed(register)
    await register.void(failed.id, "jam")
    await register.later(Request(BIRTH).facts, "power", requester=Personal(NAME))

    for path in store.path.parent.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [mark for mark in marks() if mark in data], path.name
    for copy in (*sealed.copies, *failed.copies):
        assert not [mark for mark in marks() if mark in copy.pdf]
    assert NAME not in caplog.text

    facts = await store.read(lambda: list(Fact.select()))
    certificate, key = Path(pki.ward_certificate), Path(pki.ward_key)
    names = set()
    for fact in facts:
        assert fact.sealed == fact.kind.startswith("sealed/")
        if fact.sealed:
            content = envelope.unseal(bytes(fact.payload), certificate, key)
            if not isinstance(content, envelope.Delivery):
                names.add(content.requester)
    assert names == {NAME}


async def test_the_ward_opens_the_commitment(
    register: Register, store: Store, pki: DemoPki
) -> None:
    await Request(BIRTH).sealed(register)
    certificate, key = Path(pki.ward_certificate), Path(pki.ward_key)

    def look() -> tuple[str, list[tuple[str, ...]]]:
        import datetime as dt

        names = export.Names(certificate, key)
        lines = list(export.rows(dt.date.min, dt.date.max, names))
        return names.of(EntryRow.get()), lines

    name, lines = await store.read(look)
    assert name == NAME
    assert lines[0][2] == NAME


async def test_two_entries_of_one_person_do_not_look_alike(
    register: Register, store: Store
) -> None:
    await Request(BIRTH).sealed(register)
    await Request(BIRTH).sealed(register)
    first, second = await store.read(lambda: list(EntryRow.select()))
    assert bytes(first.requester) != bytes(second.requester)


async def test_a_finished_request_cannot_be_opened_again(
    register: Register, store: Store, pki: DemoPki, tmp_path: Path
) -> None:
    code = await register.later(Request(BIRTH).facts, "power", requester=Personal(NAME))
    fact = await store.read(lambda: Fact.get())
    other = tmp_path / "other.key"
    from cryptography.hazmat.primitives.asymmetric import rsa

    from daemon.register import demo_certificates

    other.write_bytes(
        demo_certificates.key_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    )
    with pytest.raises(EnvelopeError):
        envelope.unseal(bytes(fact.payload), Path(pki.ward_certificate), other)
    content = envelope.unseal(bytes(fact.payload), Path(pki.ward_certificate), Path(pki.ward_key))
    assert isinstance(content, envelope.Unfinished)
    assert (content.code, content.requester) == (code, NAME)


async def test_errors_hold_no_name(register: Register) -> None:
    request = Request(BIRTH)
    known = await request.paid(register)
    with pytest.raises(RegisterError) as raised:
        await register.seal(known, request.papers, 9, "digital", Personal(NAME))
    assert NAME not in str(raised.value)
    assert NAME not in repr(raised.value)
