"""The ward's document store in a folder: pieces, their manifest, and the whole once it is there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

from daemon.uplink.gateway.messages import Manifest, StoreState
from tests.ward.book import Refused

LARGEST = 64_000_000
"""Bytes of a delivery."""


class DocumentStore:
    """`FOLDER/{kiosk}/{id}/{place}`: a web server may write the pieces there by itself."""

    def __init__(self, folder: Path, room: int = 1_000_000_000) -> None:
        """`room` = bytes that fit in."""
        self.folder = folder
        self.room = room
        self._announced: dict[str, Manifest] = {}
        self.kept: dict[str, tuple[str, bytes]] = {}
        """Id → kind and bytes."""
        self.arrived: Callable[[str, str, bytes], None] = lambda fact, kind, data: None
        """Told of each whole before it is kept; may refuse it."""
        self.news = asyncio.Event()
        """Something became whole."""

    def announced(self, kiosk: str, fact: str, manifest: Manifest) -> StoreState:
        """What lacks; keeps the whole where nothing does."""
        whole = self.kept.get(fact)
        if whole is not None:
            digest = hashlib.sha256(whole[1]).hexdigest()
            if (whole[0], digest) != (manifest.kind, manifest.sha256):
                raise Refused(409, "fact_differs")
            return StoreState((), digest)
        if manifest.size > LARGEST:
            raise Refused(413, "too_large")
        if manifest.size > self.room:
            raise Refused(507, "store_full")
        before = self._announced.get(fact)
        if before is not None and before.sha256 != manifest.sha256:
            raise Refused(409, "fact_differs")
        self._announced[fact] = manifest
        missing = [
            place
            for place, digest in enumerate(manifest.chunks)
            if hashlib.sha256(self._read(kiosk, fact, place)).hexdigest() != digest
        ]
        if missing:
            return StoreState(tuple(missing))
        data = b"".join(self._read(kiosk, fact, place) for place in range(len(manifest.chunks)))
        digest = hashlib.sha256(data).hexdigest()
        if (digest, len(data)) != (manifest.sha256, manifest.size):
            raise Refused(422, "whole_differs")
        self.arrived(fact, manifest.kind, data)
        self.kept[fact] = (manifest.kind, data)
        self.room -= len(data)
        self.news.set()
        for path in self._place(kiosk, fact, 0).parent.iterdir():
            path.unlink()
        return StoreState((), digest)

    def put(self, kiosk: str, fact: str, place: int, data: bytes) -> None:
        """A piece, replaced as a whole."""
        path = self._place(kiosk, fact, place)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)

    def of_kind(self, kind: str) -> list[bytes]:
        """What is kept of a kind, in the order in which it became whole."""
        return [data for one, data in self.kept.values() if one == kind]

    def _read(self, kiosk: str, fact: str, place: int) -> bytes:
        try:
            return self._place(kiosk, fact, place).read_bytes()
        except OSError:
            return b""

    def _place(self, kiosk: str, fact: str, place: int) -> Path:
        return self.folder / kiosk / fact / str(place)
