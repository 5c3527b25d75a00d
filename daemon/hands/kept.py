"""What must reach the book waits while the database does not take it: full, locked, gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from daemon.store import StoreError

log = logging.getLogger(__name__)

T = TypeVar("T")

TRY_AGAIN = 2.0
"""Seconds between two tries."""


async def until_kept(what: str, work: Callable[[], Awaitable[T]]) -> T:
    """The answer of `work`, which is done again for as long as it raises a StoreError.

    A transaction that failed has left nothing, so each try is the first.
    """
    told = ""
    while True:
        try:
            return await work()
        except StoreError as error:
            if error.reason != told:
                told = error.reason
                log.error("%s waits for the database: %s. %s", what, told, error.remedy)
            await asyncio.sleep(TRY_AGAIN)
