"""A delivery cut into pieces, and the manifest that names them all."""

from __future__ import annotations

import hashlib

from daemon.uplink.gateway.messages import Manifest

LEAST = 64 * 1024
"""Bytes: pieces never become smaller, so that a manifest of 64 MB stays below 100 KB."""


def manifest(kind: str, payload: bytes, size: int) -> Manifest:
    """`size` = bytes of a piece; the same payload and size always give the same manifest."""
    pieces = range(0, len(payload), size)
    return Manifest(
        kind=kind,
        size=len(payload),
        chunk_size=size,
        sha256=hashlib.sha256(payload).hexdigest(),
        chunks=tuple(hashlib.sha256(payload[at : at + size]).hexdigest() for at in pieces),
    )


def piece(payload: bytes, size: int, place: int) -> bytes:
    """The piece at a place, counted from 0."""
    return payload[place * size : (place + 1) * size]
