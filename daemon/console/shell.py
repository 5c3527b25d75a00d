"""The interactive console: a prompt, a menu, completion, filters; on any terminal."""

from __future__ import annotations

import contextlib
import re
import readline
import shlex
import time
from collections.abc import Iterator, Sequence

from daemon.console import commands, down, idle, report
from daemon.console.client import Client, DaemonDown
from daemon.console.commands import COMMANDS, Result
from daemon.console.inside import Code, ConsoleError, Status
from daemon.console.paper import WIDTH, columns, cut, wrapped
from daemon.console.terminal import Terminal
from daemon.console.words import LANGUAGES, speak, told

WATCH_EVERY = 2.0

MENU = {
    "0": "status",
    "1": "devices",
    "2": "test all",
    "3": "alarms",
    "4": "logs",
    "5": "consumables",
    "6": "net show",
    "7": "selftest",
    "8": "maintenance on",
    "9": "bundle",
    "r": "reboot",
}
MENU_LINES = (
    "0 Status   1 Devices   2 Test all   3 Alarms    4 Logs    5 Consumables  6 Net",
    "7 Selftest 8 Maintenance on         9 Bundle    r Reboot  ? Help         q Quit",
)
_FILTERS = ("include", "begin", "count")


def run(client: Client, terminal: Terminal) -> Code:
    """Reads and runs commands until the end of input, `quit`, or nobody is there any more."""
    with _completion():
        prompt = _welcome(client, terminal)
        while True:
            try:
                line = idle.read(terminal.letters(prompt))
            except KeyboardInterrupt:
                terminal.show([""])
                continue
            except EOFError:
                terminal.show([""])
                return Code.OK
            except idle.Idle:
                terminal.show(["", f"Nothing for {idle.IDLE // 60} minutes: logged out."])
                return Code.OK
            if line.strip() in ("q", "quit", "exit", "logout"):
                return Code.OK
            try:
                line_run(client, terminal, line)
            except DaemonDown as error:
                terminal.show([*_failure(error), *down.STILL])
            except ConsoleError as error:
                terminal.show(_failure(error))
            except KeyboardInterrupt:
                terminal.show([""])


def line_run(client: Client, terminal: Terminal, line: str) -> None:
    """One line as it was typed.  Raises ConsoleError."""
    line = MENU.get(line.strip(), line)
    if line.strip() in ("?", "help", "h"):
        terminal.show(help_lines())
        return
    if found := re.fullmatch(r"(.*)\?", line.strip()):
        terminal.show(help_lines(found[1].strip()))
        return
    line, filters = _filters(line)
    words = _words(line)
    if not words:
        return
    if words[0] == "help":
        terminal.show(help_lines(words[1]))
        return
    if words[0] == "set":
        words_of(words)
        return
    if words[0] in ("pager", "terminal"):
        terminal.pages = _pager(words)
        return
    if "--watch" in words[1:] and commands.find(words[0]).name == "status":
        watch(client, terminal)
        return
    terminal.show(_filtered(answer(client, words).lines, filters))


def answer(client: Client, words: Sequence[str]) -> Result:
    """Runs one command; `status` answers although the daemon is dead.  Raises ConsoleError."""
    try:
        return commands.run(client, words)
    except DaemonDown as error:
        if commands.find(words[0]).name != "status":
            raise
        return down.status(str(error))


def watch(client: Client, terminal: Terminal) -> None:
    """Draws the status again and again until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            lines = answer(client, ["status"]).lines
            terminal.clear()
            terminal.show([*lines, "Ctrl-C ends"], paged=False)
            time.sleep(WATCH_EVERY)


def help_lines(beginning: str = "") -> list[str]:
    """All commands, or those that begin so."""
    chosen = [command for command in COMMANDS if command.name.startswith(beginning.split(" ")[0])]
    if not chosen:
        return [f"No command begins with {cut(beginning, 40)!r}."]
    lines: list[str] = []
    for command in chosen:
        first, *rest = wrapped(command.usage, 0, WIDTH - 8)
        lines += [columns(first, command.role), *("   " + line for line in rest)]
        lines += ["   " + line for line in wrapped(command.help, 0, WIDTH - 4)]
    if beginning:
        return lines
    return [
        *lines,
        "",
        "Every command can be shortened (dev = devices) and filtered:",
        "   COMMAND | include TEXT      | begin TEXT      | count",
        "set lang vi, set lang en: the language of the console.",
        "pager off, pager on: stop at each screen or not.   quit or Ctrl-D ends.",
    ]


def _welcome(client: Client, terminal: Terminal) -> str:
    """First screen: the state in words, then the menu.  Returns the prompt."""
    prompt = "kiosk> "
    try:
        now: Status = client.ask("status", Status)
        prompt = f"kiosk {now.kiosk} ({client.role()})> "
        terminal.show(report.status(now), paged=False)
    except DaemonDown as error:
        terminal.show(down.status(str(error)).lines, paged=False)
    except ConsoleError as error:
        terminal.show(_failure(error), paged=False)
    terminal.show(MENU_LINES, paged=False)
    return prompt


def _failure(error: ConsoleError) -> list[str]:
    return wrapped(f"Error ({int(error.code)}): {told(str(error))}")


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise ConsoleError(Code.USAGE, f"{error}") from None


def words_of(words: Sequence[str]) -> None:
    """`set lang vi`.  Raises ConsoleError."""
    language = next((one for one in LANGUAGES if words == ["set", "lang", one]), None)
    if language is None:
        raise ConsoleError(Code.USAGE, "set lang vi | set lang en")
    speak(language)


def _pager(words: Sequence[str]) -> bool:
    if words in (["pager", "off"], ["terminal", "length", "0"]):
        return False
    if words == ["pager", "on"]:
        return True
    raise ConsoleError(Code.USAGE, "pager on | pager off")


def _filters(line: str) -> tuple[str, list[tuple[str, str]]]:
    first, *rest = line.split("|")
    found: list[tuple[str, str]] = []
    for part in rest:
        name, _, text = part.strip().partition(" ")
        known = commands.one_of(name, _FILTERS)
        if known is None or (known != "count") != bool(text):
            raise ConsoleError(Code.USAGE, "| include TEXT, | begin TEXT or | count")
        found.append((known, text.strip().casefold()))
    return first, found


def _filtered(lines: list[str], filters: Sequence[tuple[str, str]]) -> list[str]:
    for name, text in filters:
        holds = [text in line.casefold() for line in lines]
        if name == "include":
            lines = [line for line, held in zip(lines, holds, strict=True) if held]
        elif name == "begin":
            lines = lines[holds.index(True) :] if True in holds else []
        else:
            lines = [f"{len(lines)} lines"]
    return lines


def completions(before: Sequence[str]) -> list[str]:
    """What may stand after these words: the small words of the command's usage."""
    if not before:
        return [command.name for command in COMMANDS] + ["help", "pager", "quit", "set"]
    try:
        usage = commands.find(before[0]).completes
    except ConsoleError:
        return []
    words = re.findall(r"(?<![\w-])-{0,2}[a-z][a-z-]*", usage)
    return sorted({word for word in words if word not in before})


@contextlib.contextmanager
def _completion() -> Iterator[None]:
    """Tab completes command, verb and option; the history lives as long as the console."""

    def complete(text: str, state: int) -> str | None:
        before = readline.get_line_buffer()[: readline.get_begidx()].split()
        fits = [name for name in completions(before) if name.startswith(text)]
        return fits[state] + " " if state < len(fits) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")
    readline.parse_and_bind("set bell-style none")
    readline.parse_and_bind("set enable-bracketed-paste off")
    try:
        yield
    finally:
        readline.set_completer(None)
