"""B-LT: what the responders said is in the file, and who is revoked signs nothing."""

from __future__ import annotations

import asyncio
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore

from daemon.register import verify
from daemon.register.errors import CertificateRevoked, RevocationUnknown
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from daemon.store.models.register import EntryRow
from tests.register.made import BIRTH, DEGREE, Request
from tests.register.remote_ward import RemoteWard
from tests.ward.responder import Fault


def asking(ward: RemoteWard, mode: str = "required") -> RegisterSettings:
    return replace(ward.settings, revocation=mode)


def pdfsig(data: bytes, path: Path) -> str:
    path.write_bytes(data)
    done = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
    return done.stdout


async def test_the_file_proves_by_itself_that_nobody_was_revoked(
    ward: RemoteWard, store: Store, tmp_path: Path
) -> None:
    register = Register(asking(ward), store, timestamper=ward.stamper())
    sealed = await Request(BIRTH, DEGREE).sealed(register)
    await register.close()
    assert sealed.level == "B-LT"
    assert {"ocsp", "crl"} <= set(ward.responder.asked)
    ward.responder.fault = "down"  # nobody is asked any more
    for copy in sealed.copies:
        dss = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(copy.pdf)))
        assert len(dss.ocsps) == 3  # certifier, authority, time stamps
        assert len(dss.crls) == 1
        report = await verify.check(copy.pdf, ward.roots)
        assert (report.genuine, report.problems, report.level) == (True, (), "B-LT")
        assert [each.revocation for each in report.signatures] == ["good", "good"]
        assert [each.timestamp for each in report.signatures] == [True, True]
    told = await asyncio.to_thread(pdfsig, sealed.copies[0].pdf, tmp_path / "copy.pdf")
    if told:
        assert told.count("Signature is Valid") == 2
        assert "Total document signed" in told


async def test_what_was_revoked_later_was_good_when_it_was_signed(
    ward: RemoteWard, store: Store
) -> None:
    register = Register(asking(ward), store, timestamper=ward.stamper())
    sealed = await Request(BIRTH).sealed(register)
    ward.responder.revoke(ward.pki.certifier.certificate)
    assert (await verify.check(sealed.copies[0].pdf, ward.roots)).genuine
    with pytest.raises(CertificateRevoked, match="certifier"):
        await Request(DEGREE).sealed(register)
    await register.close()
    assert await store.read(lambda: EntryRow.select().count()) == 1  # no number was taken


async def test_the_issuing_authority_may_be_revoked_too(ward: RemoteWard, store: Store) -> None:
    ward.responder.revoke(ward.pki.issuing.certificate)
    register = Register(asking(ward, "best_effort"), store, timestamper=ward.stamper())
    with pytest.raises(CertificateRevoked) as raised:
        await register.ready()
    assert raised.value.final
    await register.close()


@pytest.mark.parametrize("fault", ["down", "nonsense", "stranger"])
async def test_no_answer_that_counts(ward: RemoteWard, store: Store, fault: Fault) -> None:
    ward.responder.fault = fault
    register = Register(asking(ward), store, timestamper=ward.stamper())
    with pytest.raises(RevocationUnknown) as raised:
        await register.ready()
    assert not raised.value.final
    await register.close()
    easy = Register(asking(ward, "best_effort"), store, timestamper=ward.stamper())
    sealed = await Request(BIRTH).sealed(easy)
    await easy.close()
    assert sealed.level == "B-T"
    report = await verify.check(sealed.copies[0].pdf, ward.roots)
    assert (report.genuine, report.level) == (True, "B-T")
    assert [each.revocation for each in report.signatures] == ["", ""]


async def test_revoked_between_the_check_and_the_seal(ward: RemoteWard, store: Store) -> None:
    """The holder thinks it over; meanwhile the authority's certificate is revoked."""
    ward.service.willing = False
    register = Register(asking(ward), store, timestamper=ward.stamper())
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    sealing = asyncio.create_task(request.sealed(register, authorisation))
    await ward.service.when_asked.wait()
    ward.responder.revoke(ward.pki.authority.certificate)
    ward.service.willing = True
    with pytest.raises(CertificateRevoked, match="authority"):
        await sealing
    await register.close()
    sealed_by = [one.credential for one in ward.service.activations]
    assert "seal-1" not in sealed_by


async def test_a_proof_that_was_torn_out_is_missed(ward: RemoteWard, store: Store) -> None:
    """What is embedded lies under the authority's signature: changing it is changing the file."""
    register = Register(asking(ward), store, timestamper=ward.stamper())
    sealed = await Request(BIRTH).sealed(register)
    await register.close()
    data = sealed.copies[0].pdf
    spoilt = data.replace(b"/DSS", b"/DSX")
    assert spoilt != data
    report = await verify.check(spoilt, ward.roots)
    assert not report.genuine
    assert "altered" in report.problems
