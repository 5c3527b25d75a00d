"""What the ward decides about its certified copies: all of it configuration, none of it code."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from daemon.machine.values import Product

_LOOKUP = 80
"""Characters of the page's address that leave room for every kind in the QR's 400."""


class Certifier(msgspec.Struct, frozen=True):
    """A person with authority to certify (Decree 23/2015 Art. 2(9) as amended by 280/2025)."""

    name: str = "Nguyễn Văn Mẫu"
    title: tuple[str, ...] = ("TUQ. CHỦ TỊCH", "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH")
    """The title lines over the signature, 1–3; prefixes by Decree 30/2020 (KT., TUQ., TL.)."""
    decision: str = ""
    """Number of the decision that authorises or assigns, empty for the chairman."""
    valid_from: date = date(2025, 11, 1)
    valid_to: date = date(9999, 12, 31)
    """Last day on which the authorisation holds, Vietnam time."""
    certificate_serial: str = ""
    """Hexadecimal serial of the certifier's certificate; empty accepts what the token holds."""
    id: str = ""
    """Short name at the certifier's desk, as in the certificate that was issued there."""
    key: str = ""
    """Credential id at the signing service, or label on the token, of his own key; empty = the one
    of `[register.remote]` or `[register.token]`."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.title) <= 3:
            raise ValueError(f"certifier.title: read {len(self.title)} lines, 1 to 3 are right")


class TokenSettings(msgspec.Struct, frozen=True):
    """The PKCS#11 token that holds the keys."""

    module: str = ""
    """Path of the PKCS#11 library; empty looks for SoftHSM where Debian puts it."""
    label: str = "ward-kiosk-demo"
    pin_file: str = "token-pin"
    """Name of the systemd credential that holds the PIN, or a file's path; read at each opening,
    kept nowhere."""
    certifier: str = "certifier"
    """Label of the certifier's key and certificate on the token."""
    authority: str = "authority"
    """Label of the authority's key and certificate."""
    proof: str = ""
    """Label of the P-256 key that signs the QR's statement; empty = the authority's, where that
    is one."""
    chain_files: tuple[str, ...] = ()
    """PEM files of intermediate certificates to embed."""
    permitted: str = ""
    """Number of the ward's writing that permits the certifier's key in the kiosk; needed with
    `state_roots` and `keys = token`: the holder must have sole control."""


class RemoteSettings(msgspec.Struct, frozen=True):
    """A signing service of the ward that speaks the CSC API v2 (Cloud Signature Consortium)."""

    url: str = ""
    """https address of the service, without `/csc/v2`."""
    ca: str = ""
    """PEM file of the authority that signed its TLS certificate; empty = the system's."""
    token_url: str = ""
    """Where the access token is asked for; empty = `oauth2/token` of the service itself."""
    client_id: str = ""
    """Who the kiosk is there (OAuth 2.0 client credentials, scope `service`)."""
    client_secret_file: str = "csc-client-secret"
    """Name of the systemd credential that holds the client's secret, or a file's path."""
    certifier: str = ""
    """Credential id of the certifier; each decision is activated by its holder."""
    authority: str = ""
    """Credential id of the authority; empty = its key is on `[register.token]`."""
    proof: str = ""
    """Credential id of the P-256 key of the QR's statement; empty = the authority's."""
    timeout: float = 6.0
    """Seconds for one question, connecting included."""
    activation: float = 120.0
    """Seconds that the certifier has to confirm at the service, never past the authorisation; less
    than the visitor is kept waiting (180)."""
    poll: float = 1.0
    """Seconds between two questions whether that has happened."""

    def __post_init__(self) -> None:
        if self.url and not (self.url.startswith("https://") and self.certifier):
            raise ValueError(
                f"remote: read url {self.url!r} and certifier {self.certifier!r}, an https address "
                "and a credential id are right"
            )
        for name, least, most in (
            ("timeout", 0.1, 60.0),
            ("activation", 0.1, 180.0),
            ("poll", 0.01, 30.0),
        ):
            if not least <= getattr(self, name) <= most:
                read = getattr(self, name)
                raise ValueError(f"remote.{name}: read {read}, {least:g} to {most:g} is right")


class RegisterSettings(msgspec.Struct, frozen=True):
    """Settings of the register, the form and the signatures."""

    authority: str = "ỦY BAN NHÂN DÂN PHƯỜNG MẪU"
    authority_id: str = "demo"
    """Stable id of the authority in numbers and reports (the ward's code)."""
    certifier: Certifier = Certifier()
    certifiers: tuple[Certifier, ...] = ()
    """Others who certify for this authority, each with an `id`: whoever decides at the desk is the
    one who is named and signs."""
    signs: dict[Product, str] = msgspec.field(
        default_factory=lambda: {"digital": "SCTĐT/BS", "paper": "SCT/BS"}
    )
    """Sign of the register a product is entered in; `SCTĐT/BS` is [known, check]."""
    numbers: Literal["own", "ward"] = "own"
    """`ward` = the ward's book is asked through `[gateway]`, as the law wants one series; `own` = a
    volume of the kiosk, in the demo or where the ward assigned it one in writing."""
    volume: int = 1
    """Number of the open volume of the kiosk's own register."""
    volume_assigned: str = ""
    """Number of the ward's writing that assigns it; needed with `state_roots` and `own`."""
    number_digits: int = 2
    """Least width of the number: "bắt đầu từ số 01" (Decree 23/2015 Art. 13(2))."""
    authorisation_seconds: int = 900
    """How long an accept authorises (rule 9 of docs/architecture.md)."""
    lookup: str = "https://kiem-tra.ward-kiosk.example/"
    """Web address of the verification page, without fragment; short, since every QR holds it."""
    state_roots: tuple[str, ...] = ()
    """PEM files of the state's roots; a certificate of any other root makes a sample (MẪU)."""
    timestamp: Literal["required", "best_effort", "none"] = "none"
    timestamp_url: str = ""
    timestamp_roots: tuple[str, ...] = ()
    """PEM files of the time-stamp authority's roots; empty = `state_roots`."""
    revocation: Literal["required", "best_effort", "none"] = "none"
    """Ask the responders and lists that the certificates name before each signature, and keep the
    answers in the file (B-LT).  `required`: no answer, no signature.  Needs `state_roots`."""
    keys: Literal["demo", "token", "remote"] = "demo"
    """`demo` makes its own certificates and SoftHSM token in the state folder; `token` uses
    `[register.token]` as it stands, `remote` the service of `[register.remote]`; both need
    `ward_certificate`."""
    token: TokenSettings = TokenSettings()
    remote: RemoteSettings = RemoteSettings()
    duplex: bool = True
    """The page printer prints on both sides: paper copies are laid out for it."""
    form: str = ""
    """A template file of the form; empty = the one of this package (`form.toml`)."""
    fonts: str = "/usr/share/fonts/truetype/noto"
    """Folder of the Noto fonts (Debian package fonts-noto-core)."""
    keep_days: int = 90
    """Days after the end of a request until the digests of its pictures and its unused payment
    codes are erased here; entries and chain stay [known, check: proposal of the ward]."""
    ward_certificate: str = ""
    """PEM file of the ward's encryption certificate (RSA): names and unfinished work go to it."""

    def __post_init__(self) -> None:
        if self.timestamp != "none" and not self.timestamp_url:
            raise ValueError(
                f"timestamp_url: read nothing; timestamp = {self.timestamp} needs an address"
            )
        if not 1 <= self.number_digits <= 6:
            raise ValueError(f"number_digits: read {self.number_digits}, 1 to 6 is right")
        if self.keys != "demo" and not self.ward_certificate:
            raise ValueError(f"ward_certificate: read nothing; keys = {self.keys} needs a PEM file")
        if self.keys == "remote" and not self.remote.url:
            raise ValueError("remote.url: read nothing; keys = remote needs an https address")
        if self.keys == "token" and self.state_roots and not self.token.permitted:
            raise ValueError(
                "token.permitted: read nothing; with state_roots and keys = token the ward's "
                "writing that permits the certifier's key in the kiosk is right"
            )
        if self.revocation != "none" and not self.state_roots:
            raise ValueError(
                f"revocation: read {self.revocation}; without state_roots none is right"
            )
        if (
            not self.lookup.startswith("https://")
            or "#" in self.lookup
            or len(self.lookup) > _LOOKUP
        ):
            raise ValueError(
                f"lookup: read {self.lookup!r}, an https address of at most {_LOOKUP} characters "
                "without # is right"
            )
        if self.state_roots and self.numbers == "own" and not self.volume_assigned:
            raise ValueError(
                "volume_assigned: read nothing; with state_roots and numbers = own the ward's "
                "writing that assigns the volume is right"
            )
        if not 1 <= self.keep_days <= 3650:
            raise ValueError(f"keep_days: read {self.keep_days}, 1 to 3650 is right")
        ids = [one.id for one in self.certifiers]
        if not all(ids) or len({self.certifier.id, *ids}) != 1 + len(ids):
            raise ValueError(f"certifiers: read ids {ids}, one each and each once is right")
        if self.volume < 1:
            raise ValueError(f"volume: read {self.volume}, 1 or more is right")

    def certifier_of(self, by: str) -> Certifier | None:
        """Who is called so at the desk; `by` empty = the one certifier.  None = nobody."""
        if not by:
            return self.certifier
        return next((one for one in (self.certifier, *self.certifiers) if one.id == by), None)

    def acting(self, certifier: Certifier) -> RegisterSettings:
        """The same with this certifier, and his key."""
        made = msgspec.structs.replace(self, certifier=certifier, certifiers=())
        if not certifier.key:
            return made
        if self.keys == "remote":
            remote = msgspec.structs.replace(self.remote, certifier=certifier.key)
            return msgspec.structs.replace(made, remote=remote)
        token = msgspec.structs.replace(self.token, certifier=certifier.key)
        return msgspec.structs.replace(made, token=token)
