"""Who is at the other end of the control socket, told by the kernel, and what they may do."""

from __future__ import annotations

import grp
import os
import socket
import struct

import msgspec

from daemon.console.wire import ROLES, Role

_PEERGROUPS = 59
"""SO_PEERGROUPS (Linux 4.13): Python's socket module does not name it."""


class Peer(msgspec.Struct, frozen=True):
    """The process that connected."""

    pid: int
    uid: int
    groups: frozenset[int]


class Groups(msgspec.Struct, frozen=True, kw_only=True):
    """Groups of the system whose members may use the console."""

    view: str = "kiosk-view"
    tech: str = "kiosk-tech"
    admin: str = "kiosk-admin"


def peer(sock: socket.socket) -> Peer:
    """The process that connected this Unix socket, as it was when it connected."""
    raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, gid = struct.unpack("3i", raw)
    try:
        packed = sock.getsockopt(socket.SOL_SOCKET, _PEERGROUPS, 1024)
    except OSError:  # more than 256 groups: those that count cannot be told from the rest
        packed = b""
    groups = struct.unpack(f"{len(packed) // 4}I", packed)
    return Peer(pid, uid, frozenset((gid, *groups)))


def role(who: Peer, groups: Groups) -> Role | None:
    """The highest role of this process; None = no access.

    root and the daemon's own user are admin: they could read the daemon's memory anyway.
    """
    if who.uid in (0, os.geteuid()):
        return "admin"
    return by_groups(who, groups)


def by_groups(who: Peer, groups: Groups) -> Role | None:
    """What the groups alone say."""
    for name in reversed(ROLES):
        try:
            gid = grp.getgrnam(getattr(groups, name)).gr_gid
        except KeyError:
            continue
        if gid in who.groups:
            return name
    return None
