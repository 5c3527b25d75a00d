"""The four contrasts: each token's colour, `#RRGGBB`.

Their ratios: docs/screens.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.machine.values import Contrast


@dataclass(frozen=True)
class Palette:
    """Tokens; `on_x` is the text upon `x`."""

    ground: str
    surface: str
    ink: str
    quiet: str
    edge: str
    soft: str
    link: str
    head: str
    on_head: str
    go: str
    on_go: str
    stop: str
    on_stop: str
    note: str
    on_note: str
    focus: str
    off: str
    on_off: str
    press: str
    # of the drawings: never alone the bearer of a meaning
    desk: str
    machine: str
    machine_dark: str
    paper: str
    paper_edge: str
    print: str
    skin: str
    sleeve: str
    glow: str
    accent: str
    good: str
    bad: str


STANDARD = Palette(
    ground="#F3F6FA",
    surface="#FFFFFF",
    ink="#10243E",
    quiet="#3E4A5C",
    edge="#5A6B80",
    soft="#E1EAF3",
    link="#0B4F8A",
    head="#0B3A66",
    on_head="#FFFFFF",
    go="#1B5E20",
    on_go="#FFFFFF",
    stop="#8A1C1C",
    on_stop="#FFFFFF",
    note="#FFE9A8",
    on_note="#10243E",
    focus="#B34700",
    off="#E6EAEF",
    on_off="#404B5A",
    press="#CFE1F2",
    desk="#DCE7F1",
    machine="#B9CADB",
    machine_dark="#5F7891",
    paper="#FFFFFF",
    paper_edge="#7C8FA3",
    print="#9FB0C2",
    skin="#E8B48C",
    sleeve="#0B4F8A",
    glow="#FFD34D",
    accent="#C62828",
    good="#2E8B3A",
    bad="#B3261E",
)

HIGH = Palette(
    ground="#FFFFFF",
    surface="#FFFFFF",
    ink="#000000",
    quiet="#000000",
    edge="#000000",
    soft="#EDEDED",
    link="#002E5C",
    head="#000000",
    on_head="#FFFFFF",
    go="#003D0A",
    on_go="#FFFFFF",
    stop="#6B0000",
    on_stop="#FFFFFF",
    note="#FFF3C4",
    on_note="#000000",
    focus="#B00020",
    off="#E8E8E8",
    on_off="#333333",
    press="#D6D6D6",
    desk="#EDEDED",
    machine="#C9C9C9",
    machine_dark="#000000",
    paper="#FFFFFF",
    paper_edge="#000000",
    print="#595959",
    skin="#E8B48C",
    sleeve="#000000",
    glow="#FFD60A",
    accent="#B00020",
    good="#003D0A",
    bad="#6B0000",
)

DARK = Palette(
    ground="#0D1622",
    surface="#172436",
    ink="#F2F6FB",
    quiet="#C9D5E3",
    edge="#8EA3BA",
    soft="#22344B",
    link="#9CCBFF",
    head="#06101C",
    on_head="#F2F6FB",
    go="#8FE39A",
    on_go="#06240B",
    stop="#FFB4AB",
    on_stop="#3B0703",
    note="#4A3B00",
    on_note="#FFF1C2",
    focus="#FFD60A",
    off="#1C2A3C",
    on_off="#B4C2D2",
    press="#2E4766",
    desk="#22344B",
    machine="#4A6079",
    machine_dark="#8EA3BA",
    paper="#F2F6FB",
    paper_edge="#C9D5E3",
    print="#8295AB",
    skin="#D9A27B",
    sleeve="#9CCBFF",
    glow="#FFD60A",
    accent="#FF8A80",
    good="#8FE39A",
    bad="#FFB4AB",
)

YELLOW = Palette(
    ground="#000000",
    surface="#000000",
    ink="#FFD60A",
    quiet="#FFD60A",
    edge="#FFD60A",
    soft="#1F1A00",
    link="#FFD60A",
    head="#000000",
    on_head="#FFD60A",
    go="#FFD60A",
    on_go="#000000",
    stop="#FFD60A",
    on_stop="#000000",
    note="#2B2400",
    on_note="#FFD60A",
    focus="#FFFFFF",
    off="#0F0D00",
    on_off="#C9A908",
    press="#3D3300",
    desk="#1F1A00",
    machine="#4D4000",
    machine_dark="#FFD60A",
    paper="#FFF3B0",
    paper_edge="#FFD60A",
    print="#7A6600",
    skin="#C99A1E",
    sleeve="#8A7300",
    glow="#FFFFFF",
    accent="#FFFFFF",
    good="#FFD60A",
    bad="#FFFFFF",
)

PALETTES: dict[Contrast, Palette] = {
    "standard": STANDARD,
    "high": HIGH,
    "dark": DARK,
    "yellow": YELLOW,
}
