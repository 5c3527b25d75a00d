"""The parts list and the wiring of one kiosk, from its configuration.

Usage: python -m docs.wiring [KIOSK.toml]   (Markdown on standard output; without a file: defaults)
"""

from __future__ import annotations

import argparse
from pathlib import Path

from daemon.config import Config, load

# Physical pins of the 40-pin header by BCM number (Raspberry Pi documentation, "GPIO").
_PINS = (
    *((2, 3), (3, 5), (4, 7), (14, 8), (15, 10), (17, 11), (18, 12), (27, 13), (22, 15), (23, 16)),
    *((24, 18), (10, 19), (9, 21), (25, 22), (11, 23), (8, 24), (7, 26), (0, 27), (1, 28)),
    *((5, 29), (6, 31), (12, 32), (13, 33), (19, 35), (16, 36), (26, 37), (20, 38), (21, 40)),
)
HEADER = dict(_PINS)
GROUND = "the nearest ground (6, 9, 14, 20, 25, 30, 34, 39)"

WIRES = {
    "key": ("push button, normally open", f"between the pin and {GROUND}; pull-up inside"),
    "lamp": ("LED 5 V with driver (ULN2003 or MOSFET)", "gate on the pin; never the LED itself"),
    "bed": ("reed or micro switch of the bed's lid", f"between the pin and {GROUND}"),
    "tray": ("reflective sensor with open collector, 3.3 V", f"output on the pin; {GROUND}"),
    "door": ("tamper switch, closed while the case is shut", f"between the pin and {GROUND}"),
    "proximity": ("PIR or ToF module with a 3.3 V output", f"output on the pin; {GROUND}"),
    "headset": ("switch of the headset jack", f"between the pin and {GROUND}"),
}


class WiringError(Exception):
    """Two parts on one pin, or a pin that the header does not have."""


def lines_of(config: Config) -> dict[str, int]:
    """Part → BCM number, as configured.  Raises WiringError."""
    pins = config.pins
    lines = {
        name: value
        for name in pins.__struct_fields__
        if name not in ("factory", "chip", "debounce")
        and isinstance(value := getattr(pins, name), int)
    }
    seen: dict[int, str] = {}
    for name, number in lines.items():
        if number not in HEADER:
            raise WiringError(f"pins.{name}: read {number}, a BCM number of the header is right")
        if number in seen:
            raise WiringError(f"pins.{name} and pins.{seen[number]} are both on {number}")
        seen[number] = name
    return lines


def wiring(config: Config) -> str:
    """Markdown."""
    lines = lines_of(config)
    kinds = [name.partition("_")[0] for name in lines]
    text = [
        f"# Wiring of {config.kiosk.id}",
        "",
        "| part | BCM | pin of the header | what | how |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, number in sorted(lines.items(), key=lambda item: HEADER[item[1]]):
        what, how = WIRES[name.partition("_")[0]]
        text.append(f"| `{name}` | {number} | {HEADER[number]} | {what} | {how} |")
    text += ["", "| parts | |", "| --- | --- |"]
    text += [
        f"| {kinds.count(kind)} | {what} |" for kind, (what, _) in WIRES.items() if kind in kinds
    ]
    text += [
        "| 1 | camera over the bed, fixed focus on it "
        f"({config.camera.still_width} × {config.camera.still_height}) |",
        "| 1 | touch panel, USB HID |",
        "| 1 | barcode scanner, USB HID keyboard |",
        "| 1 | A4 printer with IPP Everywhere or AirPrint |",
        "| 1 | ticket printer, ESC/POS |",
        "| 1 | TPM 2.0 on SPI (SLB9670), industrial SD card (pSLC) or NVMe, 5 V 5 A supply |",
    ]
    return "\n".join(text) + "\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m docs.wiring", description=__doc__)
    parser.add_argument("config", nargs="?", type=Path)
    options = parser.parse_args()
    print(wiring(load(options.config) if options.config else Config()), end="")  # noqa: T201


if __name__ == "__main__":
    main()
