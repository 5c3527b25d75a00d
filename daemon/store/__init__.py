"""What the kiosk keeps: a database with one writer, an outbox in it, and a vault for each visit."""

from daemon.store.errors import (
    DamagedError,
    DiskError,
    FullError,
    LockedError,
    NewerError,
    StoreError,
)
from daemon.store.store import Store
from daemon.store.vault import Vault, VaultError

__all__ = [
    "DamagedError",
    "DiskError",
    "FullError",
    "LockedError",
    "NewerError",
    "Store",
    "StoreError",
    "Vault",
    "VaultError",
]
