"""Files of facts that the ward sends: checked by their own loader, kept, then used."""

from __future__ import annotations

import asyncio
import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daemon.catalogue import calendar, services
from daemon.catalogue.reading import HERE, CatalogueError
from daemon.hands.wanted import restart_with
from daemon.inside.tomlout import document
from daemon.uplink.down import specs
from daemon.uplink.down.acts import By, Done, Failed

if TYPE_CHECKING:
    from daemon.wiring import App

_KEYS = {"calendar": "queue.calendar", "groups": "queue.groups"}
_BUILT_IN = HERE / "calendar.toml"


class Sent:
    """Opening hours, and whole files."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def catalogue(self, args: specs.CatalogueArgs, by: By) -> Done:
        """A whole file.  Raises Failed where it does not hold."""
        content = args.text.encode()
        if hashlib.sha256(content).hexdigest() != args.sha256:
            raise Failed("arguments")
        await self._use(args.name, content, by)
        return Done()

    async def hours(self, args: specs.HoursArgs, by: By) -> Done:
        """The hours of the week; holidays and swapped days stay as they are."""
        own = self._app.config.queue.calendar
        path = Path(own) if own else _BUILT_IN
        table = tomllib.loads(await asyncio.to_thread(path.read_text, "utf-8"))
        open_days = [day for day in calendar.DAYS if day in args.hours]
        table["working_days"] = open_days
        table["hours"] = {day: list(args.hours[day]) for day in open_days} | {
            "extra_work": table["hours"].get("extra_work", list(args.hours[open_days[0]]))
        }
        await self._use("calendar", document(_texts(table)).encode(), by)
        return Done()

    # -- inside ----------------------------------------------------------------------------

    async def _use(self, name: str, content: bytes, by: By) -> None:
        if self._app.overlay.active.confirm:
            raise Failed("busy")  # a configuration is on trial: it would lose its way back
        folder = self._app.state_folder / "catalogue"
        path = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}.toml"

        def keep() -> None:
            folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part.toml")
            part.write_bytes(content)
            try:
                if name == "calendar":
                    calendar.load(part)
                else:
                    services.load(part)
            except (CatalogueError, ValueError):
                part.unlink()
                raise Failed("arguments") from None
            part.replace(path)

        await asyncio.to_thread(keep)
        values = self._app.overlay.values() | {_KEYS[name]: str(path)}
        await restart_with(self._app, values, by, 0.0)


def _texts(table: dict[str, Any]) -> dict[str, Any]:
    """Dates are keys in the file, and times texts."""
    return {
        str(key): _texts(value) if isinstance(value, dict) else value
        for key, value in table.items()
    }
