"""The configuration a daemon runs with: the file, and the technician's overlay over it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import msgspec

from daemon import reset
from daemon.config import Config, ConfigError, parse, read
from daemon.overlay import Overlay, laid_over

log = logging.getLogger(__name__)


class Configured(msgspec.Struct, frozen=True):
    """What was read."""

    config: Config
    table: dict[str, Any]
    """Of the file alone."""
    overlay: Overlay


def configured(path: Path | None, *, starting: bool) -> Configured:
    """Reads both.  Raises ConfigError where the file itself cannot be used.

    An overlay that does not fit (another version of the software dropped a key) costs its settings,
    not the kiosk: the file alone holds then.  `starting`: count a start of a version on trial.
    """
    table = read(path) if path is not None else {}
    base = parse(table, path or Path("configuration"))
    overlay = Overlay(Path(base.paths.state) / "config")
    try:
        if starting:
            reset.obey(Path(base.paths.state))
            overlay.started()
        return Configured(parse(laid_over(table, overlay.values()), path or Path()), table, overlay)
    except ConfigError as error:
        log.error(
            "configuration %d does not fit; the file alone holds: %s", overlay.active.n, error
        )
    except OSError as error:
        log.error("the overlay cannot be kept: %s", error.strerror)
    return Configured(base, table, overlay)
