r"""Patterns of printed fields: Python's syntax and two Unicode classes, `\p{L}` and `\p{Lu}`.

The standard library has no Unicode classes.  The two are written out for the Latin blocks
(U+0000–U+024F and U+1E00–U+1EFF), in which every Vietnamese letter in NFC lies.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LATIN = [*range(0x0250), *range(0x1E00, 0x1F00)]


def _ranges(codes: list[int]) -> str:
    parts: list[str] = []
    start = last = codes[0]
    for code in [*codes[1:], -2]:
        if code != last + 1:
            parts.append(chr(start) if start == last else f"{chr(start)}-{chr(last)}")
            start = code
        last = code
    return "".join(parts)


_LETTERS = _ranges([code for code in _LATIN if chr(code).isalpha()])
_CAPITALS = _ranges([code for code in _LATIN if chr(code).isupper()])


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to use.  Raises ValueError with what is wrong in it."""
    expanded = []
    inside = False
    at = 0
    while at < len(pattern):
        if pattern.startswith("\\p{", at):
            end = pattern.find("}", at)
            name = pattern[at + 3 : end] if end > 0 else ""
            letters = {"L": _LETTERS, "Lu": _CAPITALS}.get(name)
            if letters is None:
                raise ValueError(rf"unknown class \p{{{name}}}; L and Lu are known")
            expanded.append(letters if inside else f"[{letters}]")
            at = end + 1
            continue
        if pattern[at] == "\\":
            expanded.append(pattern[at : at + 2])
            at += 2
            continue
        inside = pattern[at] == "[" or (inside and pattern[at] != "]")
        expanded.append(pattern[at])
        at += 1
    try:
        return re.compile("".join(expanded))
    except re.error as error:
        raise ValueError(f"not a pattern: {error}") from None
