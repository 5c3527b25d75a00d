"""Who may command: the set of keys, signed by the root whose private half is never on line."""

from __future__ import annotations

import logging

import msgspec
from joserfc.jwk import OKPKey

from daemon.store import Store
from daemon.store.models.uplink import DocumentRow
from daemon.uplink.down import jose
from daemon.uplink.down.payloads import CommandKey, KeySet
from daemon.uplink.down.refusal import Refused

log = logging.getLogger(__name__)

_NAME = "command.keys"


class Keys:
    """The newest set that was taken.  Belongs to the loop."""

    def __init__(self, root: OKPKey) -> None:
        self._root = root
        self._keys: dict[str, tuple[CommandKey, OKPKey]] = {}
        self.rev = 0

    def key(self, kid: str) -> tuple[CommandKey, OKPKey] | None:
        """What a key may, and the key."""
        return self._keys.get(kid)

    async def load(self, store: Store) -> None:
        """The set that was kept, checked anew: the root may be another now.  Raises StoreError."""
        row = await store.read(lambda: DocumentRow.get_or_none(DocumentRow.name == _NAME))
        if row is not None:
            try:
                self._use(self._read(bytes(row.body)))
            except Refused as error:
                log.error("uplink: the command keys that were kept do not hold: %s", error.code)

    async def take(self, token: bytes, store: Store) -> bool:
        """A set from the broker; False where it is the one that holds.

        Raises Refused, StoreError.
        """
        found = self._read(token)
        if found.rev == self.rev:
            return False
        if found.rev < self.rev:
            raise Refused("older")

        def write() -> None:
            DocumentRow.insert(
                name=_NAME, rev=found.rev, body=token
            ).on_conflict_replace().execute()

        await store.write(write)
        self._use(found)
        log.warning("uplink: command keys, revision %d: %d", found.rev, len(found.keys))
        return True

    def _read(self, token: bytes) -> KeySet:
        try:
            return msgspec.json.decode(jose.opened(token, self._root), type=KeySet)
        except jose.BadToken as error:
            raise Refused(str(error)) from None
        except (msgspec.MsgspecError, RecursionError):
            raise Refused("malformed") from None

    def _use(self, found: KeySet) -> None:
        keys: dict[str, tuple[CommandKey, OKPKey]] = {}
        for one in found.keys:
            try:
                keys[one.kid] = (one, jose.from_jwk(one.x))
            except jose.BadToken:
                log.error("uplink: command key %s is no Ed25519 key", one.kid)
        self._keys, self.rev = keys, found.rev
