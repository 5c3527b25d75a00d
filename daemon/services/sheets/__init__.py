"""Pages of A4 for visitors to take away."""

from daemon.services.sheets.procedure import SheetError, procedure

__all__ = ["SheetError", "procedure"]
