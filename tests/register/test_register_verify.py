"""Every way to pass off a file as a certified copy, refused with its name; poppler agrees."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from daemon.register import certificates, verify
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import BadPdf
from daemon.register.report import Report
from tests.register import papers
from tests.register.made import BIRTH, DEGREE, Request

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Files:
    pki.use()
    folder = tmp_path_factory.mktemp("spoilt")
    requests = (Request(BIRTH), Request(DEGREE), Request(papers.CARD))
    birth, degree, card = (
        each.copies[0].pdf
        for each in papers.seal(papers.configured(pki), folder / "w.db", *requests)
    )
    theirs = papers.addresses(degree)[0]
    picture = bytearray(birth)
    picture[birth.index(b"stream", birth.index(b"/DCTDecode")) + 5000] ^= 1
    return {
        "birth": birth,
        "card": card,
        "changed byte": bytes(picture),
        "hidden by an update": papers.covered(birth),
        "another's keys": papers.signed_again(birth, folder),
        "link of another copy": papers.with_address(birth, theirs),
        "QR of another copy": papers.with_drawn(birth, theirs),
        "link and QR of another copy": papers.with_drawn(
            papers.with_address(birth, theirs), theirs
        ),
    }


def report(files: Files, name: str, pki: DemoPki) -> Report:
    return verify.verify(files[name], certificates.load_pem([pki.root]))


@pytest.mark.parametrize("name", ["birth", "card"])
def test_a_good_file_is_genuine(files: Files, name: str, pki: DemoPki) -> None:
    found = report(files, name, pki)
    assert (found.genuine, found.problems) == (True, ())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("changed byte", {"altered", "statement_of_other_pages"}),
        ("hidden by an update", {"added_later"}),
        ("another's keys", {"untrusted", "statement_forged"}),
        ("link of another copy", {"statement_of_other_pages", "qr_of_another_copy"}),
        ("QR of another copy", {"qr_of_another_copy"}),
        ("link and QR of another copy", {"statement_of_other_pages"}),
    ],
)
def test_each_forgery_has_its_name(files: Files, name: str, wanted: set[str], pki: DemoPki) -> None:
    found = report(files, name, pki)
    assert not found.genuine
    assert wanted <= set(found.problems), found.problems


def test_the_key_of_the_statement_needs_the_root_too(files: Files, pki: DemoPki) -> None:
    """An empty list of roots trusts nobody, and says so of the statement as of the signatures."""
    found = asyncio.run(verify.check(files["birth"], ()))
    assert found.problems == ("untrusted",)


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_poppler_agrees(files: Files, tmp_path: Path) -> None:
    told = {}
    for name, data in files.items():
        path = tmp_path / "one.pdf"
        path.write_bytes(data)
        done = subprocess.run(
            ["pdfsig", "-nocert", path], capture_output=True, text=True, check=False
        )
        told[name] = done.stdout
    for name in ("birth", "card"):
        assert told[name].count("Signature is Valid") == 2
        assert "Total document signed" in told[name]
    assert told["changed byte"].count("Digest Mismatch") == 2
    assert "Total document signed" not in told["hidden by an update"]
    assert told["another's keys"].count("Signature is Valid") == 2, "only the root tells"
    for name in ("link of another copy", "QR of another copy"):
        assert "Signature is Valid" not in told[name]


def test_cut_off_files_are_named(files: Files, pki: DemoPki) -> None:
    roots = certificates.load_pem([pki.root])
    data = files["birth"]
    for end in range(0, len(data), len(data) // 17):
        try:
            assert not verify.verify(data[:end], roots).genuine
        except BadPdf:
            continue
