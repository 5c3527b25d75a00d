"""The configuration of a kiosk: one TOML file, typed, checked as a whole before anything starts.

Every key has a default, and the defaults together are the embedded kiosk: simulated devices,
SQLite, a demo token, no broker.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from daemon.catalogue import kinds, wards
from daemon.children import ChildrenConfig
from daemon.console.roles import Groups
from daemon.machine.values import Language, Limits, Product
from daemon.payment.payments import PaymentConfig
from daemon.register.settings import RegisterSettings
from daemon.services.queue.config import QueueConfig
from daemon.settings import Mistake, fill
from daemon.uplink.config import UplinkConfig
from daemon.uplink.desk.config import DeskLinkConfig
from daemon.uplink.gateway.config import GatewayConfig
from drivers.camera_messages import CameraConfig
from drivers.page_printer import PagePrinterConfig
from drivers.pins import PinsConfig
from drivers.scanner import ScannerConfig
from drivers.speech import SpeechConfig
from drivers.ticket_printer import TicketPrinterConfig
from drivers.touch import TouchConfig
from ui_kivy import tongues


class KioskConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[kiosk]: which one it is."""

    id: str = "26824-k01"
    """Ward code and number within the ward; the `{kiosk}` of topics."""
    ward: str = "26824"
    """Five digits of Decision 19/2025/QĐ-TTg."""


class PathsConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[paths]: where things are kept."""

    state: str = "/var/lib/ward-kiosk"
    """Database, journal, sealed copies until the ward has them."""
    runtime: str = "/run/ward-kiosk"
    """Sockets and the session vault: a memory file system, so that a pulled plug shreds it."""


class ScreenConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[screen]: a window where there is a display, otherwise drawn into memory."""

    width: int = 1080
    """Pixels; portrait and landscape have frames of their own."""
    height: int = 1920
    px_per_mm: float = 4.03
    """Of the panel: 21.5″ = 4.03, 23.8″ = 3.64, 24″ = 3.61; all sizes on it are in mm."""
    less_motion: bool = False
    """Illustrations stand still and the waiting sign steps once a second."""

    def __post_init__(self) -> None:
        for name, least, most in (
            ("width", 480, 8192),
            ("height", 480, 8192),
            ("px_per_mm", 1, 20),
        ):
            if not least <= getattr(self, name) <= most:
                read = getattr(self, name)
                raise ValueError(f"{name}: read {read}, {least} to {most} is right")


class VisitConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[visit]: what the ward has decided about visits."""

    products: tuple[Product, ...] = ("digital", "paper")
    """What is offered: electronic copies, copies to be wet-signed at the counter, or both."""
    inspection: Literal["at_counter", "by_live_camera", "pilot"] = "pilot"
    """How the original is inspected [known, check]: `at_counter` = the visit ends with a slip;
    `by_live_camera` = the certifier must watch the original on the bed before a yes;
    `pilot` = captured pages are enough, by a written rule of the ward."""
    ask_name: Literal["required", "optional"] = "required"
    """The register wants the requester's name; no identity paper is needed for a copy."""
    max_copies: int = 20
    """Copies of one request."""
    max_pages: int = 40
    """Pages of one request."""
    max_papers: int = 5
    """Originals of one request."""
    tries: int = 3
    """Bad pictures of a page after which an officer is offered first."""
    dossiers: bool = True
    """Are digital dossiers put together here?"""
    picks: tuple[str, ...] = (
        "giay_khai_sinh",
        "cccd_gan_chip_2021",
        "giay_chung_nhan_ket_hon",
        "bang_dai_hoc",
        "quyet_dinh",
        "hop_dong_lao_dong",
    )
    """Six kinds offered as pictures where the recognition is not sure."""
    language: Language = "vi"
    """What a visit begins in."""
    languages: tuple[Language, ...] = ("vi", "en")
    """What the language key goes round; each has its words in `ui_kivy/locale`."""

    def __post_init__(self) -> None:
        if not self.products or len(set(self.products)) != len(self.products):
            raise ValueError(
                f"products: read {list(self.products)}, one or both, each once is right"
            )
        if self.language not in self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError(
                f"languages: read {list(self.languages)}, each once and {self.language!r}, "
                "which a visit begins in, among them is right"
            )
        for name in ("max_copies", "max_pages", "max_papers", "tries"):
            if not 1 <= getattr(self, name) <= 99:
                raise ValueError(f"{name}: read {getattr(self, name)}, 1 to 99 is right")


class DocumentsConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[documents]: the bed as the camera sees it, and who reads what lies there."""

    view_mm: float = 420.0
    """Width of the bed that the camera sees, in mm: the scale of what lies there; 0 = unknown."""
    taught: str = ""
    """File of the kinds of papers that this kiosk was taught; empty = none."""
    engine: Literal["tesserocr", "pytesseract"] = "tesserocr"
    """Reads the text: Tesseract as a library in the document worker, or one process a page."""


class ConsoleConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[console]: the technician's socket."""

    socket: str = ""
    """Unix socket of `kioskctl`; empty = `control.sock` in paths.runtime."""
    groups: Groups = Groups()
    updates: tuple[str, ...] = ("/var/lib/ward-kiosk-updates", "/media")
    """Folders from which `update install` takes bundles."""
    support_certificate: str = ""
    """PEM certificate with an RSA key: support bundles are sealed to it; empty = they are open."""


class CertifierConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[certifier]: who decides."""

    kind: Literal["simulated", "desk", "absent"] = "simulated"
    """`desk` = the officers at the ward's desk (`[desk]`); `absent` = no certification here,
    and the home menu says so."""
    after: float = 3.0
    """Simulated certifier: seconds until it accepts; negative = waits for the bench panel."""


class ServingConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[serving]: the second display, which shows whom the counters serve now."""

    on: bool = False
    """A second display is connected."""
    width: int = 800
    """Pixels."""
    height: int = 480
    """Pixels."""

    def __post_init__(self) -> None:
        for name, least in (("width", 480), ("height", 480)):
            if not least <= getattr(self, name) <= 8192:
                read = getattr(self, name)
                raise ValueError(f"{name}: read {read}, {least} to 8192 is right")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file, a section each."""

    kiosk: KioskConfig = KioskConfig()
    paths: PathsConfig = PathsConfig()
    screen: ScreenConfig = ScreenConfig()
    devices: Literal["simulated", "real"] = "simulated"
    """`simulated` = twins at the lowest layer that can be had, for the bench and the tests."""
    visit: VisitConfig = VisitConfig()
    limits: Limits = Limits()
    camera: CameraConfig = CameraConfig()
    page_printer: PagePrinterConfig = PagePrinterConfig()
    ticket_printer: TicketPrinterConfig = TicketPrinterConfig()
    pins: PinsConfig = PinsConfig()
    scanner: ScannerConfig = ScannerConfig()
    speech: SpeechConfig = SpeechConfig()
    touch: TouchConfig = TouchConfig()
    documents: DocumentsConfig = DocumentsConfig()
    children: ChildrenConfig = ChildrenConfig()
    certifier: CertifierConfig = CertifierConfig()
    register: RegisterSettings = RegisterSettings()
    payment: PaymentConfig = PaymentConfig()
    queue: QueueConfig = QueueConfig()
    serving: ServingConfig = ServingConfig()
    uplink: UplinkConfig = UplinkConfig()
    gateway: GatewayConfig = GatewayConfig()
    desk: DeskLinkConfig = DeskLinkConfig()
    console: ConsoleConfig = ConsoleConfig()


class ConfigError(Exception):
    """The file cannot be used; the text names every mistake with its remedy."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(f"{path}: {mistake}" for mistake in mistakes))


def load(path: Path) -> Config:
    """Reads and checks a file.  Raises ConfigError."""
    return parse(read(path), path)


def read(path: Path) -> dict[str, Any]:
    """The table of a file, not checked yet.  Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            path, [Mistake("file", error.strerror or "", "a readable file")]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(path, [Mistake("file", str(error), "TOML in UTF-8")]) from None


def parse(table: dict[str, object], path: Path = Path("configuration")) -> Config:
    """Checks a table.  Raises ConfigError."""
    config, mistakes = fill(Config, table)
    if config is not None:
        mistakes = _together(config)
    if config is None or mistakes:
        raise ConfigError(path, mistakes)
    return config


def _together(config: Config) -> list[Mistake]:
    """What no section can see by itself."""
    found: list[Mistake] = []
    try:
        tongues.offered(config.visit.languages)
    except tongues.LanguageError as error:
        found.append(Mistake("visit.languages", error.read, error.right))
    if config.kiosk.ward not in wards.load():
        found.append(
            Mistake("kiosk.ward", repr(config.kiosk.ward), "the code of one of the 168 wards")
        )
    if not config.kiosk.id.startswith(config.kiosk.ward + "-"):
        found.append(
            Mistake("kiosk.id", repr(config.kiosk.id), f'"{config.kiosk.ward}-" and a number')
        )
    if config.register.numbers == "ward" and not config.gateway.url:
        found.append(Mistake("gateway.url", "''", "the ward's gateway, as register.numbers = ward"))
    if config.queue.numbers == "ward" and not config.gateway.url:
        found.append(Mistake("gateway.url", "''", "the ward's gateway, as queue.numbers = ward"))
    if config.queue.numbers == "kiosks":
        if not config.uplink.broker:
            found.append(
                Mistake("uplink.broker", "''", "the ward's broker, as queue.numbers = kiosks")
            )
        if config.kiosk.id not in config.queue.kiosks:
            read = repr(list(config.queue.kiosks))
            found.append(Mistake("queue.kiosks", read, f"{config.kiosk.id!r} among them"))
    if config.certifier.kind == "desk" and not config.desk.url:
        found.append(Mistake("desk.url", "''", "the certifier's desk, as certifier.kind = desk"))
    known = kinds.rules(kinds.load())
    for kind in config.visit.picks:
        if kind not in known:
            found.append(Mistake("visit.picks", repr(kind), "ids of daemon/catalogue/kinds"))
    standard = Limits()
    for name in Limits.__struct_fields__:
        read, least = getattr(config.limits, name), getattr(standard, name)
        if read < least and name not in _MAY_SHRINK:
            found.append(Mistake(f"limits.{name}", f"{read:g}", f"{least:g} s or longer"))
    return found


_MAY_SHRINK = frozenset({"still", "end"})
"""Not a citizen's time to think or act."""
