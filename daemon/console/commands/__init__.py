"""The commands of `kioskctl`: grammar, help, and what each asks the daemon; a file a family."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.console.commands import (
    care,
    chains,
    config,
    desk,
    fees,
    install,
    leave,
    logs,
    look,
    net,
    stock,
    trials,
    update,
    ward,
)
from daemon.console.commands.base import Asking, Command, Result, one_of
from daemon.console.inside import Code, ConsoleError

COMMANDS: tuple[Command, ...] = (
    *look.COMMANDS,
    *config.COMMANDS,
    *trials.COMMANDS,
    *stock.COMMANDS,
    *chains.COMMANDS,
    *logs.COMMANDS,
    *net.COMMANDS,
    *ward.COMMANDS,
    *fees.COMMANDS,
    *desk.COMMANDS,
    *update.COMMANDS,
    *install.COMMANDS,
    *care.COMMANDS,
    *leave.COMMANDS,
)


def find(word: str) -> Command:
    """The command of this name or unique beginning.  Raises ConsoleError."""
    named = [command for command in COMMANDS if command.name == word] or [
        command for command in COMMANDS if command.name.startswith(word)
    ]
    if len(named) == 1:
        return named[0]
    if named:
        both = ", ".join(command.name for command in named)
        raise ConsoleError(Code.USAGE, f"{word!r} can be {both}")
    raise ConsoleError(Code.USAGE, f"no command {word!r}; try help")


def run(link: Asking, words: Sequence[str]) -> Result:
    """Runs one command.  Raises ConsoleError."""
    return find(words[0]).run(link, words[1:])


__all__ = ["COMMANDS", "Asking", "Command", "Result", "find", "one_of", "run"]
