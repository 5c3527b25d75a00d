"""Type faces only for training, from `fontpkg-*` wheels of the training environment.

None of them is in the evaluation's pool.  All have every Vietnamese letter.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from models.specimens import fonts
from models.specimens.fonts import Family, Role

# package, file stem, axes in the file name, role, scale to Times' width
_FACES: tuple[tuple[str, str, str, Role, float], ...] = (
    ("fontpkg_arimo", "Arimo", "wght", "sans", 0.93),
    ("fontpkg_roboto", "Roboto", "wdth,wght", "sans", 0.96),
    ("fontpkg_crimson_pro", "CrimsonPro", "wght", "serif", 1.05),
    ("fontpkg_eb_garamond", "EBGaramond", "wght", "serif", 0.99),
    ("fontpkg_lora", "Lora", "wght", "serif", 0.9),
    ("fontpkg_merriweather", "Merriweather", "opsz,wdth,wght", "serif", 0.9),
    ("fontpkg_source_serif_4", "SourceSerif4", "opsz,wght", "serif", 0.95),
    ("fontpkg_dancing_script", "DancingScript", "wght", "hand", 1.1),
)


def _family(package: str, stem: str, axes: str, role: Role, scale: float) -> Family:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise fonts.FontMissingError(f"no package {package}; see models/requirements-train.txt")
    home = Path(spec.origin).parent / "files"
    upright = home / f"{stem}[{axes}].ttf"
    slanted = home / f"{stem}-Italic[{axes}].ttf"
    italic = slanted if slanted.is_file() else upright
    return Family(
        stem, f"{upright}#400", f"{upright}#700", f"{italic}#400", f"{italic}#700", role, scale
    )


def widen() -> None:
    """Adds the faces to the training pool of the specimens; raises FontMissingError."""
    fonts.widen([_family(*face) for face in _FACES])
