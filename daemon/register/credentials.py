"""Secrets that systemd hands to the daemon (`LoadCredentialEncrypted=`), by name or path."""

from __future__ import annotations

import os
from pathlib import Path


def path_of(name: str) -> Path:
    """Where a secret lies: a bare name in `$CREDENTIALS_DIRECTORY`, anything else as it stands."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if folder and name and os.sep not in name:
        return Path(folder) / name
    return Path(name)


def read(name: str) -> str:
    """The secret without blanks around it; empty where the file is.  Raises OSError, ValueError."""
    return path_of(name).read_text(encoding="utf-8").strip()
