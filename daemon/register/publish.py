"""Assembling the verification page: its own files, the issuers' public keys, the signed lists.

The result is a folder of static files for any web server; nothing of it is secret.  What the page
trusts is what this puts there, so a list that does not hold is refused here already.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from daemon.catalogue import kinds
from daemon.register import cancelled, certificates
from daemon.register.cose import Unreadable
from daemon.register.errors import RegisterError
from daemon.register.numbering import local_day

DATA = "data"
ISSUERS = "issuers.json"
LIST = ".cancelled"

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
"""Curves and what WebCrypto calls them."""


class BadPage(RegisterError):
    """The verification page cannot be assembled from what was given."""

    code = "bad_page"
    final = True


class Source(NamedTuple):
    """An authority's key of statements."""

    authority: str
    """Its id, as `register.authority_id`."""
    certificate: x509.Certificate
    sample: bool
    """Not under the state's root."""
    seals: tuple[x509.Certificate, ...] = ()
    """Certificates with which the authority signs its electronic copies."""


class Seal(msgspec.Struct, frozen=True):
    """A certificate of the authority's own signature on a PDF."""

    certificate: str
    """Hexadecimal SHA-256 of its DER."""
    algorithm: dict[str, str]
    """As WebCrypto takes it, for a signature with SHA-256."""
    spki: str
    """Its public key, base64."""
    size: int
    """Bytes of a coordinate; 0 = RSA."""


class Jwk(msgspec.Struct, frozen=True):
    """A P-256 public key for WebCrypto (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str


class Issuer(msgspec.Struct, frozen=True):
    """An issuer as the page knows it; days in Vietnam time."""

    key: str
    """Hexadecimal key id."""
    authority: str
    name: str
    first: dt.date = msgspec.field(name="from")
    last: dt.date = msgspec.field(name="to")
    sample: bool
    jwk: Jwk
    seals: tuple[Seal, ...]


class Issuers(msgspec.Struct, frozen=True):
    """`data/issuers.json`."""

    issuers: tuple[Issuer, ...]
    kinds: dict[str, dict[str, str]]
    """Kind id → its name in `vi` and `en`."""


def build(out: Path, sources: Iterable[Source], lists: Iterable[bytes]) -> tuple[str, ...]:
    """Write the page into `out`; returns its files.  Raises `BadPage`, OSError."""
    issuers = tuple(sources)
    kept = _lists(issuers, lists)
    files = dict(_own())
    names = {
        kind.id: {"vi": kind.title_vi or kind.name_vi, "en": kind.name_en}
        for kind in kinds.load().values()
    }
    known = Issuers(tuple(_issuer(each) for each in issuers), names)
    files[f"{DATA}/{ISSUERS}"] = msgspec.json.encode(known)
    files |= {f"{DATA}/{key.hex()}{LIST}": data for key, data in kept.items()}
    files["files.js"] = _stored(files)
    for name, data in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tuple(sorted(files))


def _lists(issuers: tuple[Source, ...], lists: Iterable[bytes]) -> dict[bytes, bytes]:
    """The list of each issuer by key id; every issuer has one that it signed."""
    wanted = {certificates.key_id(each.certificate): each for each in issuers}
    if not wanted:
        raise BadPage("issuer: read none, one or more are right")
    found: dict[bytes, bytes] = {}
    for data in lists:
        try:
            content, signed = cancelled.read(data)
        except Unreadable as error:
            raise BadPage(f"cancelled: {error}") from error
        issuer = wanted.get(content.key)
        if issuer is None or content.authority != issuer.authority:
            raise BadPage(f"cancelled: a list of {content.authority} by no issuer of the page")
        if not signed.holds(issuer.certificate.public_key()):
            raise BadPage(f"cancelled: the list of {content.authority} was not signed by its key")
        found[content.key] = data
    for key, issuer in wanted.items():
        if key not in found:
            raise BadPage(f"cancelled: no list of {issuer.authority}; an empty one is a list too")
    return found


def _issuer(source: Source) -> Issuer:
    certificate, key = source.certificate, source.certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise BadPage(f"issuer: the key of {source.authority} is not ECDSA P-256")
    subject = certificate.subject
    names = subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME) or (
        subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    )
    numbers = key.public_numbers()
    return Issuer(
        key=certificates.key_id(certificate).hex(),
        authority=source.authority,
        name=str(names[0].value) if names else source.authority,
        first=local_day(certificate.not_valid_before_utc.timestamp()),
        last=local_day(certificate.not_valid_after_utc.timestamp()),
        sample=source.sample,
        jwk=Jwk("EC", "P-256", _coordinate(numbers.x), _coordinate(numbers.y)),
        seals=tuple(_seal(source.authority, each) for each in source.seals),
    )


def _seal(authority: str, certificate: x509.Certificate) -> Seal:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        algorithm, size = {"name": "RSASSA-PKCS1-v1_5"}, 0
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        algorithm = {"name": "ECDSA", "namedCurve": _CURVES[key.curve.name]}
        size = (key.curve.key_size + 7) // 8
    else:
        raise BadPage(f"seal: the key of {authority} is neither RSA nor of a curve that is used")
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Seal(
        certificate=certificate.fingerprint(hashes.SHA256()).hex(),
        algorithm={**algorithm, "hash": "SHA-256"},
        spki=base64.b64encode(spki).decode("ascii"),
        size=size,
    )


def _coordinate(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(32, "big")).rstrip(b"=").decode("ascii")


def _own() -> Iterable[tuple[str, bytes]]:
    """The page's own files."""
    for item in resources.files("daemon.register").joinpath("page").iterdir():
        if item.is_file():
            yield item.name, item.read_bytes()


def _stored(files: dict[str, bytes]) -> bytes:
    """What the page keeps for use without a network, and a version that changes with it."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    kept = ["./", *sorted(name for name in files if name != "worker.js")]
    encoded = msgspec.json.format(msgspec.json.encode(kept)).decode()
    return f'const VERSION = "{whole.hexdigest()[:16]}";\nconst FILES = {encoded};\n'.encode()
