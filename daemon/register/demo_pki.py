"""A throw-away public key infrastructure for the demo and the tests.

Root, certifier, authority, the QR's key and the ward's encryption key, with a SoftHSM token that
holds the three signing keys.  Nothing of it is under the state's root, so everything signed with it
is a sample.  Making it twice in the same folder makes it once.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
import secrets
import subprocess
import sys
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from daemon.register import demo_certificates as certificates
from daemon.register.demo_certificates import Key
from daemon.register.demo_token import Item, Job
from daemon.register.errors import ModuleMissing, TokenError
from daemon.register.settings import TokenSettings
from daemon.register.token import find_module

PROOF = "proof"
"""Label of the key of the QR's statement."""

_READY = "ready.json"
"""Written last: a folder without it was not finished and is made anew."""


class DemoPki(msgspec.Struct, frozen=True):
    """Paths of what was made; call `use` before the token's library loads."""

    folder: str
    certifier: str
    authority: str
    """The names in the certificates; others in the configuration make new ones."""
    root: str
    """PEM of the demo's root certificate: give it to `verify --root`."""
    ward_certificate: str
    ward_key: str
    """PEM of the ward's private key: the demo's ward and the tests open envelopes with it."""
    token: TokenSettings
    softhsm_conf: str
    proof_certificate: str = ""
    """PEM of the certificate whose key signs the QR's statement: an issuer of the page."""
    authority_certificate: str = ""
    """PEM of the authority's certificate: a seal of the page."""

    def use(self) -> None:
        """Point this process (and its children) at the demo's SoftHSM folder."""
        os.environ["SOFTHSM2_CONF"] = self.softhsm_conf


def make(
    folder: Path,
    *,
    certifier: str = "Nguyễn Văn Mẫu",
    authority: str = "ỦY BAN NHÂN DÂN PHƯỜNG MẪU",
    now: dt.datetime | None = None,
    valid: dt.timedelta = dt.timedelta(days=365 * certificates.YEARS),
) -> DemoPki:
    """Make the demo's keys, certificates and token in `folder`, or find them there."""
    folder = folder.resolve()
    ready = folder / _READY
    if ready.is_file():
        pki = msgspec.json.decode(ready.read_bytes(), type=DemoPki)
        found = (pki.folder, pki.certifier, pki.authority)
        whole = Path(pki.softhsm_conf).is_file() and pki.token.proof == PROOF
        if found == (str(folder), certifier, authority) and whole:
            return pki
    folder.mkdir(parents=True, exist_ok=True)
    begin = now or dt.datetime.now(dt.UTC)
    span = (begin - dt.timedelta(hours=1), begin + valid)
    root = certificates.new_root(begin)
    ward_key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    ward = certificates.issue(
        root, f"{authority} (mã hóa)", ward_key.public_key(), span, seals=True
    )
    _write(folder / "root.pem", certificates.pem(root[1]))
    _write(folder / "ward.pem", certificates.pem(ward))
    _write(folder / "ward-key.pem", certificates.key_pem(ward_key), mode=0o600)
    # A label of its own: a process that has another demo's token open must not take it for this one
    label, pin = f"ward-kiosk-demo-{secrets.token_hex(4)}", secrets.token_hex(8)
    _write(folder / "pin", pin.encode(), mode=0o600)
    pki = DemoPki(
        folder=str(folder),
        certifier=certifier,
        authority=authority,
        root=str(folder / "root.pem"),
        ward_certificate=str(folder / "ward.pem"),
        ward_key=str(folder / "ward-key.pem"),
        proof_certificate=str(folder / f"{PROOF}.pem"),
        authority_certificate=str(folder / "authority.pem"),
        token=TokenSettings(
            module=find_module(), label=label, pin_file=str(folder / "pin"), proof=PROOF
        ),
        softhsm_conf=str(folder / "softhsm2.conf"),
    )
    init_token(folder, label, pin)
    items = []
    for label, name, organisation, unit in (
        ("certifier", certifier, False, ""),
        ("authority", authority, True, ""),
        (PROOF, authority, True, "Mã QR"),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = certificates.issue(
            root, name, key.public_key(), span, organisation=organisation, unit=unit
        )
        items.append((label, key, certificate))
    put(folder, pki.token, *items)
    for name, _, certificate in items:
        _write(folder / f"{name}.pem", certificates.pem(certificate))
    _write(ready, msgspec.json.encode(pki))
    return pki


def init_token(folder: Path, label: str, pin: str) -> None:
    """Initialise a SoftHSM token in `folder`/tokens; raises `ModuleMissing`, `TokenError`."""
    tokens = folder / "tokens"
    tokens.mkdir(parents=True, exist_ok=True)
    conf = f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    _write(folder / "softhsm2.conf", conf.encode())
    command = ["softhsm2-util", "--init-token", "--free", "--label", label]
    _run(folder, [*command, "--pin", pin, "--so-pin", secrets.token_hex(8)])


def put(folder: Path, token: TokenSettings, *items: tuple[str, Key, x509.Certificate]) -> None:
    """Put (label, key, certificate) on the token in `folder`."""
    job = Job(
        token=token.label,
        pin=Path(token.pin_file).read_text(encoding="ascii"),
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


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    partial = path.with_name(path.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    partial.replace(path)
