"""Pages of A4 for visitors to take away."""

from daemon.services.sheets.layout import SheetError, procedure

__all__ = ["SheetError", "procedure"]
