"""The base of all tables; `Store` binds its subclasses to the open database."""

from __future__ import annotations

import peewee


class Row(peewee.Model):
    """The common base."""
