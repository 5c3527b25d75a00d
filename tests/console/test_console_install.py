"""`install`: a kiosk is set up at a terminal, left in the middle, and taken up again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pexpect
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from daemon.console.inside import Code
from daemon.inside.identity import FOLDER, IdentityError, accepted, requested
from tests.console.near import kioskctl
from tests.console.test_console_config import kioskd
from tests.console.test_console_terminal import typing
from tests.uplink.conftest import free_port

NOW = dt.datetime.now(dt.UTC)
ANOTHER_WARD = "25747"


def signed(request: bytes, name: str = "", days: int = 90) -> str:
    """What the city's authority answers to a request."""
    csr = x509.load_pem_x509_csr(request)
    assert csr.is_signature_valid
    authority = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) if name else csr.subject
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "City")]))
        .public_key(csr.public_key())
        .serial_number(7)
        .not_valid_before(NOW - dt.timedelta(days=100))
        .not_valid_after(NOW + dt.timedelta(days=days))
        .sign(authority, hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def answered(child: pexpect.spawn, question: str, answer: str) -> None:
    child.expect(question)
    child.sendline(answer)


def test_a_kiosk_is_set_up_and_taken_up_again_where_it_was_left(tmp_path: Path) -> None:
    with kioskd() as (_, folder):
        sock = folder / "run" / "control.sock"
        child = typing(sock, "install", encoding="utf-8")
        child.expect(r"\[1/5\] Which kiosk this is")
        answered(child, "Code of the ward", ANOTHER_WARD)
        answered(child, "Number of the kiosk", "7")
        child.expect(f"This will be {ANOTHER_WARD}-k07 of ")
        answered(child, "Is that right", "y")
        child.expect("It is back")
        child.expect(r"\[3/5\] The kiosk's certificate")
        answered(child, "Folder for the request", str(tmp_path))
        child.expect(f"Have {ANOTHER_WARD}-k07.csr signed")
        child.close(force=True)  # the line drops while the request travels

        rows = json.loads(kioskctl(sock, "install", "status", "--json").stdout)
        states = {row["name"]: row["done"] for row in rows}
        assert states == {
            "identity": True,
            "devices": True,
            "certificate": False,
            "broker": False,
            "tests": False,
        }
        file = tmp_path / "kiosk.pem"
        file.write_text(signed((tmp_path / f"{ANOTHER_WARD}-k07.csr").read_bytes()))
        child = typing(sock, "install", encoding="utf-8")
        child.expect(r"\[3/5\] The kiosk's certificate")
        answered(child, "Folder for the request", "")
        answered(child, "File of the signed certificate", str(file))
        child.expect("It is back")
        child.expect(r"\[4/5\] The ward's broker")
        answered(child, "Name or address of the broker", "127.0.0.1")
        answered(child, "Port", str(free_port()))
        answered(child, "authority", "")
        child.expect("It fails at TCP")
        answered(child, "Again", "n")
        child.expect(r"\[5/5\] Each device tried")
        for name in ("printer", "ticket", "camera", "buttons"):
            answered(child, f"Try {name} now", "n")
        answered(child, "Try lights now", "y")
        for _ in range(6):
            if child.expect(["Does the lamp", "lights: passed"]):
                break
            child.sendline("y")
        for name in ("scanner", "speaker", "touch", "door"):
            answered(child, f"Try {name} now", "n")
        child.expect("Left open; install goes on")
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == Code.FAILED
        shown = kioskctl(sock, "install").stdout
        assert "lights" not in shown and max(map(len, shown.splitlines())) <= 80


def test_a_certificate_must_be_this_kiosks(tmp_path: Path) -> None:
    kiosk = "26824-k01"
    with pytest.raises(IdentityError, match="asked for none"):
        accepted(tmp_path, kiosk, signed(requested(_other(tmp_path), kiosk)), NOW)
    request = requested(tmp_path, kiosk)
    assert requested(tmp_path, kiosk) != b"" and (tmp_path / FOLDER).stat().st_mode & 0o077 == 0
    for pem, wrong in (
        ("-----BEGIN CERTIFICATE-----\nx\n", "no certificate"),
        (signed(requested(_other(tmp_path), kiosk)), "another key"),
        (signed(request, name="26824-k02"), "names 26824-k02"),
        (signed(request, days=-1), "is the clock right"),
    ):
        with pytest.raises(IdentityError, match=wrong):
            accepted(tmp_path, kiosk, pem, NOW)
    path = accepted(tmp_path, kiosk, signed(request), NOW)
    assert path.is_file() and (path.parent / "uplink.key").stat().st_mode & 0o777 == 0o600


def _other(folder: Path) -> Path:
    other = folder / "other"
    other.mkdir(exist_ok=True)
    return other
