"""What a command needs of the daemon, or why it cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.console.inside import Code, ConsoleError
from daemon.store import Store

if TYPE_CHECKING:
    from daemon.wiring import App


def database(app: App) -> Store:
    """The open store.  Raises ConsoleError where it could not be opened."""
    if app.store is None:
        raise ConsoleError(Code.FAILED, "the database is not open; see alarms")
    return app.store
