"""A USB printer made of the kernel's gadget side, plugged into its own dummy host controller."""

from __future__ import annotations

from pathlib import Path

GADGETS = Path("/sys/kernel/config/usb_gadget")


class PrinterGadget:
    """The device side is /dev/g_printer0; the host side gets /dev/usb/lpN by usblp."""

    def __init__(self) -> None:
        self._folder = GADGETS / "ticket"
        self._folder.mkdir()
        (self._folder / "idVendor").write_text("0x04b8")
        (self._folder / "idProduct").write_text("0x0202")
        strings = self._folder / "strings" / "0x409"
        strings.mkdir()
        (strings / "manufacturer").write_text("Ward Kiosk")
        (strings / "product").write_text("ticket printer")
        (self._folder / "configs" / "c.1").mkdir()
        function = self._folder / "functions" / "printer.0"
        function.mkdir()
        (function / "pnp_string").write_text("MFG:Ward Kiosk;MDL:ticket;CLS:PRINTER;")
        (self._folder / "configs" / "c.1" / "printer.0").symlink_to(function)
        self._controller = next(Path("/sys/class/udc").iterdir()).name

    def plug(self) -> None:
        (self._folder / "UDC").write_text(self._controller)

    def unplug(self) -> None:
        if (self._folder / "UDC").read_text().strip():
            (self._folder / "UDC").write_text("\n")

    def close(self) -> None:
        (self._folder / "configs" / "c.1" / "printer.0").unlink()
        (self._folder / "functions" / "printer.0").rmdir()
        (self._folder / "configs" / "c.1").rmdir()
        (self._folder / "strings" / "0x409").rmdir()
        self._folder.rmdir()
