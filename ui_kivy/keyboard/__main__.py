"""`python -m ui_kivy.keyboard "keys"`: what the keyboard makes of a sequence of keys."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence

from ui_kivy.keyboard.field import Field

DELETE = "{BS}"


def typed(keys: str, field: Field) -> str:
    """The text after these keys; `{BS}` = the delete key."""
    for key in re.findall(r"\{BS\}|.", keys, re.DOTALL):
        if key == DELETE:
            field.delete()
        else:
            field.key(key)
    return field.text


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the text; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui_kivy.keyboard", description=__doc__)
    parser.add_argument("keys", help="the keys as typed; {BS} is the delete key")
    parser.add_argument("--method", choices=("telex", "vni", "direct"), default="telex")
    parser.add_argument("--style", choices=("new", "old"), default="new", help="hoà or hòa")
    parser.add_argument("--json", action="store_true", help='print {"text": …}')
    options = parser.parse_args(arguments)
    text = typed(options.keys, Field(method=options.method, style=options.style))
    print(json.dumps({"text": text}, ensure_ascii=False) if options.json else text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
