"""The facts of the ward that may be replaced while the kiosk runs."""

from __future__ import annotations

from daemon.catalogue import announcements, digital
from daemon.catalogue import procedures as catalogue
from daemon.catalogue.announcements import Announcement
from daemon.catalogue.digital import Service
from daemon.hands.ward_files import Kind
from daemon.services import tickets
from daemon.services.procedures.service import Procedures


class WardFacts:
    """What holds now.  Belongs to the loop."""

    def __init__(self, procedures: Procedures) -> None:
        """Begins with the files that come with the software.  Raises CatalogueError."""
        self.procedures = procedures
        self.online: tuple[Service, ...] = digital.load()
        self.announcements: tuple[Announcement, ...] = announcements.load()

    def printed(self) -> tickets.Facts:
        """What slips and sheets are made of."""
        return tickets.Facts(self.procedures.groups, self.procedures.file)

    def kinds(self) -> dict[str, Kind]:
        """Every file that the ward may sign, by name."""
        return {
            "procedures": Kind(".json", catalogue.load, self.procedures.use),
            "digital": Kind(".toml", digital.load, self._use_online),
            "announcements": Kind(".toml", announcements.load, self._use_announcements),
        }

    async def _use_online(self, listed: tuple[Service, ...]) -> None:
        self.online = listed

    async def _use_announcements(self, said: tuple[Announcement, ...]) -> None:
        self.announcements = said
