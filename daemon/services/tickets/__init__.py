"""The slips of the ticket printer, as pictures."""

from daemon.services.tickets.layouts import LAYOUTS, Facts, render
from daemon.services.tickets.roll import WIDTH, SlipError

__all__ = ["LAYOUTS", "WIDTH", "Facts", "SlipError", "render"]
