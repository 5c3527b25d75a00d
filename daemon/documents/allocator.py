"""The C library's allocator, told to give pictures back to the kernel.

By default glibc learns from the first freed picture to keep blocks of that size (dynamic
M_MMAP_THRESHOLD), once for each thread's arena: a process that handles pictures of 37 MB one after
the other then holds several it does not use.
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h

_BLOCK = 4 * 1024 * 1024
"""Bytes from which on a block is mapped by itself and unmapped when it is freed.

The search for a page makes hundreds of planes of one to four megabytes: mapped one by one they
cost 80 000 page faults and a quarter of the whole time, kept they add a few megabytes.
"""

_FREE = 8 * 1024 * 1024
"""Bytes that may lie free at the end of an arena."""

ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""For a process before it starts: pictures lie in pages of 2 MB where the kernel has them
(glibc 2.35 and later; others do not know the name)."""


def frugal() -> None:
    """For this process, before its threads start.  Without glibc nothing happens."""
    libc = ctypes.CDLL(None)
    mallopt = getattr(libc, "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _BLOCK)
        mallopt(_TRIM_THRESHOLD, _FREE)
        mallopt(_ARENA_MAX, 2)


def tidy() -> None:
    """Gives back what lies free between two requests."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
