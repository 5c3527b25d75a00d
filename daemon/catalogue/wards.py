"""The 168 wards, communes and the special zone of Ho Chi Minh City since 1 July 2025."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import msgspec

from daemon.catalogue.reading import HERE, CatalogueError, read


class Ward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One unit (phường, xã, đặc khu)."""

    unit_code: str
    """Five digits, Decision 19/2025/QĐ-TTg; the `{ward}` of MQTT topics and kiosk ids."""
    name: str
    full_name: str
    kind: Literal["phường", "xã", "đặc khu"]
    slug: str
    name_ascii: str
    origin: Literal["old HCMC", "Bình Dương", "Bà Rịa–Vũng Tàu"]
    former_district: str
    merged_from: str
    code_confidence: Literal["high", "check"]
    code_note: str | None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    province_code: str
    legal_basis: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    wards: tuple[Ward, ...]


def load(path: Path = HERE / "wards.json") -> dict[str, Ward]:
    """All units by their code.  Raises CatalogueError."""
    found: dict[str, Ward] = {}
    slugs: set[str] = set()
    for at, ward in enumerate(read(path, _File).wards):
        key = f"wards[{at}]"
        if not re.fullmatch(r"\d{5}", ward.unit_code):
            raise CatalogueError(path, f"{key}.unit_code", ward.unit_code, "five digits")
        if ward.unit_code in found:
            raise CatalogueError(path, f"{key}.unit_code", ward.unit_code, "each code once")
        if ward.slug in slugs or not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", ward.slug):
            raise CatalogueError(path, f"{key}.slug", ward.slug, "a-z, 0-9, hyphens; each once")
        found[ward.unit_code] = ward
        slugs.add(ward.slug)
    return found
