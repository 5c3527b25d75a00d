"""`desk`: the certifier's desk, on the machine where it runs.

The desk is a server of its own with an account of its own, so that this asks its program and not
the kiosk's daemon; who may read or issue is who may open the desk's folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from daemon.console.commands.base import Asking, Command, Result, one_of
from daemon.console.inside import Code, ConsoleError

USAGE = "desk [status | people | audit | issue ROLE NAME --out FOLDER … | revoke NAME]"
WORDS = ("status", "people", "audit", "issue", "revoke")
CONFIG_VARIABLE = "WARD_DESK_CONFIG"
WITHIN = 30.0
"""Seconds."""


def _desk(link: Asking, words: Sequence[str]) -> Result:
    verb = one_of(words[0], WORDS) if words else "status"
    if verb is None:
        raise ConsoleError(Code.USAGE, USAGE)
    config = os.environ.get(CONFIG_VARIABLE)
    place = ["--config", config] if config else []
    told, good = _run([*place, "--json", verb, *words[1:]])
    code = Code.OK if good else Code.FAILED
    return Result(msgspec.json.decode(told), _lines(verb, told), code)


def _run(arguments: Sequence[str]) -> tuple[bytes, bool]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "daemon.desk", *arguments],
            capture_output=True,
            timeout=WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConsoleError(Code.TIMED_OUT, "the desk does not answer") from None
    if done.returncode and not done.stdout:
        text = done.stderr.decode(errors="replace").strip().splitlines()
        code = Code.USAGE if done.returncode == 2 else Code.FAILED
        raise ConsoleError(code, text[-1] if text else "the desk's program failed")
    return done.stdout, not done.returncode


def _lines(verb: str, told: bytes) -> list[str]:
    found = msgspec.json.decode(told)
    match verb:
        case "status":
            return [
                f"Officers: {', '.join(found['officers']) or 'nobody'}; "
                f"{found['may_decide']} may decide.",
                f"Requests: {found['waiting']} waiting, {found['held']} being looked at.",
                f"Decisions: {found['decided']}, median {found['median_s']} s of an officer.",
                *(
                    f"{one['name']}  {'connected' if one['online'] else 'no line'}  {one['doing']}"
                    for one in found["kiosks"]
                ),
            ]
        case "people":
            return [
                f"{one['name']}  {one['role']}  {one['full_name']}  until {one['until'][:10]}"
                + ("  REVOKED" if one["revoked"] else "")
                for one in found
            ] or ["No certificate was issued."]
        case "audit":
            if not found["good"]:
                return ["The desk's log is BROKEN: " + found["wrong"]]
            return [f"The desk's log is whole: {found['entries']} entries."]
        case "issue":
            lines = [f"Written: {', '.join(found['files'])}"]
            if "pin" in found:
                lines += [
                    f"Passphrase of the file: {found['passphrase']}",
                    f"PIN at the desk: {found['pin']}",
                    "Both are shown only now.",
                ]
            return lines
    return [f"{found['revoked']} certificates revoked."]


COMMANDS = (
    Command("desk", USAGE, "the certifier's desk: who is there, certificates", "view", _desk),
)
