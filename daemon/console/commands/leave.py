"""`shell`: a login shell of this account, for an admin, written down before it opens."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import syslog
import time
from collections.abc import Sequence
from pathlib import Path

from daemon.console.client import DaemonDown
from daemon.console.commands.base import Asking, Command, Result, options
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import plain
from daemon.console.roles import Groups, Peer, by_groups

USAGE = "shell --reason WHY"
SHELLS = ("/bin/bash", "/bin/sh")
"""In place of a login shell that is the console itself."""


def _shell(link: Asking, words: Sequence[str]) -> Result:
    _, given = options(words, USAGE, {"--reason": ""})
    reason = "-".join(plain(given["--reason"]).split())
    if not reason:
        raise ConsoleError(Code.USAGE, "shell --reason WHY: the reason is kept in the audit log")
    if not sys.stdin.isatty():
        raise ConsoleError(Code.USAGE, "shell: only on a terminal")
    try:
        link.ask("shell", str, reason=reason)
    except DaemonDown:
        _alone(reason)
    began = time.monotonic()
    status = _opened()
    seconds = int(time.monotonic() - began)
    try:
        link.ask("shell.end", int, seconds=seconds, status=status)
    except ConsoleError:
        syslog.syslog(syslog.LOG_WARNING, f"kioskctl: shell ended after {seconds} s")
    return Result({"seconds": seconds, "status": status}, [f"Back after {seconds} s."])


def _alone(reason: str) -> None:
    """Without a daemon the system's journal is told, and the account's groups decide."""
    me = Peer(os.getpid(), os.getuid(), frozenset((os.getgid(), *os.getgroups())))
    if os.getuid() and by_groups(me, Groups()) != "admin":
        raise ConsoleError(Code.NOT_ALLOWED, "shell needs the role admin (group kiosk-admin)")
    syslog.syslog(syslog.LOG_WARNING, f"kioskctl: shell without a daemon: {reason}")


def _opened() -> int:
    entry = pwd.getpwuid(os.getuid())
    own = entry.pw_shell
    program = own if Path(own).name in ("bash", "sh", "zsh", "dash") else ""
    program = program or next((one for one in SHELLS if os.access(one, os.X_OK)), "/bin/sh")
    print("exit or Ctrl-D comes back to the console.", flush=True)  # noqa: T201
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(
            [program, "-l"],
            check=False,
            cwd=entry.pw_dir if Path(entry.pw_dir).is_dir() else "/",
            preexec_fn=_mortal,
        ).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _mortal() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


COMMANDS = (Command("shell", USAGE, "a login shell; written down and told", "admin", _shell),)
