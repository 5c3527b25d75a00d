"""A throw-away public key infrastructure for the demo and the tests.

Root, certifier, authority and the ward's encryption key, with a SoftHSM token that holds the two
signing keys.  Nothing of it is under the state's root, so everything signed with it is a sample.
Making it twice in the same folder makes it once.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from daemon.register.demo_token import Item, Job
from daemon.register.errors import ModuleMissing, TokenError
from daemon.register.settings import TokenSettings
from daemon.register.token import find_module

LABEL = "ward-kiosk-demo"
PIN = "246810"
_SO_PIN = "13579135"
_YEARS = 5
_READY = "ready.json"

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Signer = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


class DemoPki(msgspec.Struct, frozen=True):
    """Paths of what was made; `environment` must be set before the token's library loads."""

    folder: str
    root: str
    """PEM of the demo's root certificate: give it to `verify --root`."""
    ward_certificate: str
    ward_key: str
    """PEM of the ward's private key: the demo's ward and the tests open envelopes with it."""
    token: TokenSettings
    softhsm_conf: str

    def use(self) -> None:
        """Point this process (and its children) at the demo's SoftHSM folder."""
        os.environ["SOFTHSM2_CONF"] = self.softhsm_conf


def make(
    folder: Path,
    *,
    certifier: str = "Nguyễn Văn Mẫu",
    authority: str = "ỦY BAN NHÂN DÂN PHƯỜNG MẪU",
    now: dt.datetime | None = None,
    valid: dt.timedelta = dt.timedelta(days=365 * _YEARS),
) -> DemoPki:
    """Make the demo's keys, certificates and token in `folder`, or find them there."""
    ready = folder / _READY
    if ready.is_file():
        pki = msgspec.json.decode(ready.read_bytes(), type=DemoPki)
        if pki.folder == str(folder) and Path(pki.softhsm_conf).is_file():
            return pki
    folder.mkdir(parents=True, exist_ok=True)
    begin = now or dt.datetime.now(dt.UTC)
    span = (begin - dt.timedelta(hours=1), begin + valid)
    root = _root(begin)
    ward_key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    ward = _issue(root, f"{authority} (mã hóa)", ward_key.public_key(), span, seals=True)
    _write(folder / "root.pem", _pem(root[1]))
    _write(folder / "ward.pem", _pem(ward))
    _write(folder / "ward.key", _key_pem(ward_key), mode=0o600)
    _write(folder / "pin", PIN.encode(), mode=0o600)
    pki = DemoPki(
        folder=str(folder),
        root=str(folder / "root.pem"),
        ward_certificate=str(folder / "ward.pem"),
        ward_key=str(folder / "ward.key"),
        token=TokenSettings(module=find_module(), label=LABEL, pin_file=str(folder / "pin")),
        softhsm_conf=str(folder / "softhsm2.conf"),
    )
    init_token(folder, LABEL)
    items = []
    for label, name, organisation in (
        ("certifier", certifier, False),
        ("authority", authority, True),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _issue(root, name, key.public_key(), span, organisation=organisation)
        items.append((label, key, certificate))
    put(folder, LABEL, *items)
    _write(ready, msgspec.json.encode(pki))
    return pki


def init_token(folder: Path, label: str) -> None:
    """Initialise a SoftHSM token in `folder`/tokens; raises `ModuleMissing`, `TokenError`."""
    tokens = folder / "tokens"
    tokens.mkdir(parents=True, exist_ok=True)
    conf = f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    _write(folder / "softhsm2.conf", conf.encode())
    command = ["softhsm2-util", "--init-token", "--free", "--label", label]
    _run(folder, [*command, "--pin", PIN, "--so-pin", _SO_PIN])


def put(folder: Path, token: str, *items: tuple[str, Key, x509.Certificate]) -> None:
    """Put (label, key, certificate) on the token in `folder`."""
    job = Job(
        token=token,
        pin=PIN,
        items=tuple(
            Item(
                label=label,
                kind="ec" if isinstance(key, ec.EllipticCurvePrivateKey) else "rsa",
                key=_base64(
                    key.private_bytes(
                        serialization.Encoding.DER,
                        serialization.PrivateFormat.TraditionalOpenSSL,
                        serialization.NoEncryption(),
                    )
                ),
                certificate=_base64(certificate.public_bytes(serialization.Encoding.DER)),
            )
            for label, key, certificate in items
        ),
    )
    command = [sys.executable, "-m", "daemon.register.demo_token"]
    _run(folder, command, msgspec.json.encode(job).decode())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _run(folder: Path, command: list[str], stdin: str = "") -> None:
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH", ""))))
    conf = str(folder / "softhsm2.conf")
    try:
        done = subprocess.run(
            command,
            env=dict(os.environ, SOFTHSM2_CONF=conf, PYTHONPATH=path),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except FileNotFoundError as error:
        raise ModuleMissing(f"{command[0]} is not there; install the package softhsm2") from error
    if done.returncode:
        told = done.stderr.strip().splitlines()
        raise TokenError(f"{command[0]}: {told[-1][:200] if told else done.returncode}")


def _root(begin: dt.datetime) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Ward Kiosk Demo Root - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ", organisation=True)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - dt.timedelta(days=1))
        .not_valid_after(begin + dt.timedelta(days=365 * 2 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False, issues=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _issue(
    root: Signer,
    name: str,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    span: tuple[dt.datetime, dt.datetime],
    *,
    organisation: bool = True,
    seals: bool = False,
) -> x509.Certificate:
    issuer_key, issuer = root
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name, organisation=organisation))
        .issuer_name(issuer.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=not seals, issues=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def issue(
    root: Signer, name: str, key: Key, span: tuple[dt.datetime, dt.datetime]
) -> x509.Certificate:
    """A signing certificate of `root` with a validity of one's own choice (for tests)."""
    return _issue(root, name, key.public_key(), span)


def new_root(begin: dt.datetime) -> Signer:
    """A root of one's own (for tests: another issuer)."""
    return _root(begin)


def _name(common: str, *, organisation: bool) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, common[:64]))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common[:64]))
    return x509.Name(parts)


def _usage(*, signs: bool, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=not signs and not issues,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    partial = path.with_name(path.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    partial.replace(path)
