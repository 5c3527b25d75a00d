"""What the machine and the screen are told of the configuration."""

from __future__ import annotations

from pathlib import Path

from daemon.catalogue import kinds, services, wards
from daemon.config import Config
from daemon.machine.values import House, Prefs
from ui_kivy import tongues


def house_of(config: Config) -> House:
    """The machine's constants from the configuration."""
    visit, rules = config.visit, kinds.rules(kinds.load())
    groups = services.load(Path(config.queue.groups)) if config.queue.groups else services.load()
    return House(
        kinds=rules,
        picks=tuple(kind for kind in visit.picks if kind in rules),
        products=visit.products,
        inspection=visit.inspection,
        ask_name=visit.ask_name,
        max_copies=visit.max_copies,
        max_pages=visit.max_pages,
        max_papers=visit.max_papers,
        tries=visit.tries,
        dossiers=visit.dossiers,
        services=tuple(groups),
        limits=config.limits,
        prefs=Prefs(language=visit.language),
        languages=tongues.offered(visit.languages),
        ward=wards.load()[config.kiosk.ward].full_name,
        bank=config.payment.bank,
        payee=config.payment.payee,
        mail=config.gateway.delivery.mail,
        link=bool(config.gateway.delivery.link and config.gateway.url),
        dossier_status=bool(config.gateway.url),
    )


def screen_arguments(config: Config) -> tuple[str, ...]:
    """Command line of the screen's process."""
    screen = config.screen
    return (
        *("--size", f"{screen.width}x{screen.height}"),
        *("--px-per-mm", str(screen.px_per_mm)),
        *(("--less-motion",) if screen.less_motion else ()),
    )
