"""The daemon as the technician's console sees it: a file a family of commands.

Here stands what touches the running parts; grammar and looks are `daemon/console/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.console.talk import Verb
from daemon.inside.alone import Alone
from daemon.inside.look import Inside
from daemon.inside.trials import Trials

if TYPE_CHECKING:
    from daemon.wiring import App

__all__ = ["Inside", "verbs"]


def verbs(app: App) -> dict[str, Verb]:
    """All commands besides those of `Inside`."""
    alone = Alone(app)
    return {**Trials(app, alone).verbs()}
