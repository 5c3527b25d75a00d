"""`kioskctl`: one command, or a console.

Exit codes: 0 ok, 1 failed, 2 usage, 3 not allowed, 4 busy (a citizen is being served), 5 device
absent, 6 timed out.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import msgspec

from daemon.console import shell
from daemon.console.client import Client
from daemon.console.inside import ConsoleError
from daemon.console.paper import plain, wrapped
from daemon.console.technician import Person
from daemon.console.terminal import standard
from daemon.console.words import LANGUAGES, VARIABLE, speak, told

SOCKET = "/run/ward-kiosk/control.sock"
SOCKET_VARIABLE = "WARD_KIOSK_SOCKET"

_EPILOG = """exit codes:
  0 ok   1 failed   2 usage   3 not allowed   4 busy (a citizen is being served)
  5 device absent   6 timed out
Without a command an interactive console opens."""


def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    options, words = _options(sys.argv[1:] if argv is None else argv)
    # Started by a script in the background, Ctrl-C would be ignored here for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    speak(options.lang)
    terminal = standard()
    client = Client(options.socket, technician=Person(terminal, json=options.json))
    try:
        if not words:
            return int(shell.run(client, terminal))
        if options.watch and not options.json:
            shell.watch(client, terminal)
            return 0
        result = shell.answer(client, words)
        if options.json:
            print(msgspec.json.encode(result.data).decode())  # noqa: T201
        else:
            terminal.show(result.lines, paged=False)
        return int(result.code)
    except ConsoleError as error:
        if options.json:
            failure = {"error": str(error), "code": int(error.code)}
            print(msgspec.json.encode(failure).decode())  # noqa: T201
        lines = wrapped(f"kioskctl: {told(str(error))}")
        print("\n".join(map(plain, lines)), file=sys.stderr)  # noqa: T201
        return int(error.code)
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # The reader went away (`kioskctl … | head`): nothing is left to be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    finally:
        client.close()


def _options(argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our own options may stand anywhere; all else is the command's."""
    parser = argparse.ArgumentParser(
        prog="kioskctl",
        description="The technician's console of a ward kiosk.",
        epilog="\n".join([*shell.help_lines(), "", _EPILOG]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="kioskctl [--socket PATH] [--json] [--lang vi] [COMMAND …]",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--socket",
        type=Path,
        default=Path(os.environ.get(SOCKET_VARIABLE, SOCKET)),
        help=f"control socket of the daemon (${SOCKET_VARIABLE}, {SOCKET})",
    )
    parser.add_argument("--json", action="store_true", help="answer with JSON")
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default="vi" if os.environ.get(VARIABLE) == "vi" else "en",
        help=f"language of what is shown (${VARIABLE}; JSON is always English)",
    )
    parser.add_argument("--watch", action="store_true", help="status: draw it every 2 s")
    options, words = parser.parse_known_args(argv)
    if words[:1] == ["help"]:
        parser.print_help()
        parser.exit(0)
    if options.watch and words != ["status"]:
        parser.error("--watch belongs to status")
    return options, words


if __name__ == "__main__":
    sys.exit(main())
