"""Look up a procedure by everyday words: without marks, with slips, in Vietnamese or English."""

from daemon.services.procedures.index import Hit
from daemon.services.procedures.service import Procedures

__all__ = ["Hit", "Procedures"]
