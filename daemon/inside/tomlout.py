"""A configuration as TOML: sections, texts, numbers, lists; what `tomllib` reads back the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def document(table: Mapping[str, Any]) -> str:
    """The whole text.  A value of None is left out: TOML has none."""
    lines = _section("", table)
    return "\n".join(lines).strip() + "\n"


def _section(name: str, table: Mapping[str, Any]) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    lines = ["", f"[{name}]"] if name and (plain or not inner) else []
    lines += [f"{key} = {_value(value)}" for key, value in plain.items() if value is not None]
    for key, value in inner.items():
        lines += _section(f"{name}.{key}" if name else key, value)
    return lines


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    # JSON's escapes are TOML's; what is not ASCII stands as it is.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
