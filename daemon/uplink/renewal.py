"""The certificate of the line: asked for before the old one ends, checked, tried, or given up.

The new key is made here and never leaves; the request goes up, the certificate comes down in a
signed command.  While the broker does not take the renewed pair, the configured one is tried in
turn: a wrong certificate cuts nobody off.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import os
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from daemon.uplink.config import UplinkConfig

log = logging.getLogger(__name__)

LEAST_SECRET = 16
"""Bytes of a secret worth the name."""
TURNS = 4
"""Every so many-th dialling without success uses the configured pair."""
LEAST = dt.timedelta(hours=1)
"""A certificate that holds no longer is not taken."""

Pair = tuple[str, str]


class BadCertificate(Exception):
    """What came is not the certificate that was asked for; the text says why."""


class Renewal:
    """Files below `folder`: the pair that was renewed, and the key that waits for its certificate.

    `pair` and `reached` belong to the line's thread, all else to the loop.
    """

    def __init__(self, folder: Path, kiosk: str, config: UplinkConfig) -> None:
        self._folder = folder
        self._kiosk = kiosk
        self._config = config
        self._line = folder / "line.pem"
        self._pending = folder / "pending.key"
        self._dialled = 0

    # -- for the line ----------------------------------------------------------------------

    def pair(self) -> Pair | None:
        """Certificate and key for the next dialling; None = those that are configured."""
        if not self._config.certificate or not self._renewed_holds():
            return None
        self._dialled += 1
        if self._dialled % TURNS == 0:
            return None
        return str(self._line), str(self._line)

    def reached(self) -> None:
        """The broker took it."""
        self._dialled = 0

    def secret(self) -> bytes | None:
        """Under which the key lies on the disk; None = it lies there open.  Raises OSError."""
        path = self._config.key_secret
        if not path:
            return None
        read = Path(path).read_bytes().partition(b"\n")[0]
        if len(read) < LEAST_SECRET:
            raise OSError(f"uplink.key_secret: {LEAST_SECRET} bytes and more are right")
        return read

    # -- for the loop ----------------------------------------------------------------------

    def ends(self) -> dt.datetime | None:
        """When the present certificate ends (UTC); None where there is none."""
        path = self._line if self._renewed_holds() else Path(self._config.certificate or "-")
        certificate = _first(path)
        return None if certificate is None else certificate.not_valid_after_utc

    def due(self) -> bool:
        """Is it time to ask for a new one?"""
        ends = self.ends()
        if ends is None or not self._config.renew_days:
            return False
        return ends - _now() < dt.timedelta(days=self._config.renew_days)

    def request(self) -> bytes:
        """A request (PKCS#10, DER) under the kiosk's name; asking again asks for the same key.

        Raises OSError.
        """
        key = self._waiting_key()
        if key is None:
            key = ec.generate_private_key(ec.SECP256R1())
            self._write(self._pending, _pem(key, self.secret()))
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._kiosk)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name)
        made = request.sign(key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.DER)

    def install(self, chain: bytes) -> None:
        """Takes the certificate for the key that waits.  Raises BadCertificate, OSError."""
        key = self._waiting_key()
        if key is None:
            raise BadCertificate("nothing was asked for")
        try:
            certificates = x509.load_pem_x509_certificates(chain)
        except ValueError:
            raise BadCertificate("no PEM certificates") from None
        leaf = certificates[0]
        if leaf.public_key() != key.public_key():
            raise BadCertificate("it is for another key")
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if [name.value for name in names] != [self._kiosk]:
            raise BadCertificate("it is for another name")
        if not leaf.not_valid_before_utc <= _now() < leaf.not_valid_after_utc - LEAST:
            raise BadCertificate("it does not hold now")
        for below, above in itertools.pairwise(certificates):
            try:
                below.verify_directly_issued_by(above)
            except (ValueError, TypeError, InvalidSignature):
                raise BadCertificate("its chain does not hold") from None
        pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)
        # One file: a pulled plug never leaves the one without the other.
        self._write(self._line, _pem(key, self.secret()) + pem)
        self._pending.unlink()
        self._dialled = 0
        log.warning("uplink: a new certificate, until %s", leaf.not_valid_after_utc.date())

    # -- inside ----------------------------------------------------------------------------

    def _renewed_holds(self) -> bool:
        """Is there a renewed one, and does it hold longer than the configured one?"""
        renewed = _first(self._line)
        if renewed is None or renewed.not_valid_after_utc <= _now():
            return False
        configured = _first(Path(self._config.certificate or "-"))
        return configured is None or configured.not_valid_after_utc < renewed.not_valid_after_utc

    def _waiting_key(self) -> ec.EllipticCurvePrivateKey | None:
        try:
            content = self._pending.read_bytes()
            # a key of the time before there was a secret is read too, and written anew
            secret = self.secret() if b"ENCRYPTED" in content else None
            key = serialization.load_pem_private_key(content, secret)
        except (OSError, ValueError, TypeError):
            return None
        return key if isinstance(key, ec.EllipticCurvePrivateKey) else None

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        place = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def _first(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _pem(key: ec.EllipticCurvePrivateKey, secret: bytes | None) -> bytes:
    how: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if secret is not None:
        how = serialization.BestAvailableEncryption(secret)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
