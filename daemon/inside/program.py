"""Runs a program of the system: its absence, failure and silence are answers, not exceptions."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable

from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import printable

LONGEST_LINE = 1 << 20


async def ran(
    name: str,
    *arguments: str,
    within: float = 20.0,
    say: Callable[[bytes], Awaitable[None]] | None = None,
) -> bytes:
    """Its standard output; `say` gets each line as it comes.  Raises ConsoleError.

    Whoever is cancelled meanwhile leaves no process behind.
    """
    program = shutil.which(name)
    if program is None:
        raise ConsoleError(Code.ABSENT, f"this machine has no {name}: the program is not installed")
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
        limit=LONGEST_LINE,
    )
    assert process.stdout is not None and process.stderr is not None
    whole: list[bytes] = []
    complaining = asyncio.create_task(process.stderr.read(LONGEST_LINE))
    try:
        async with asyncio.timeout(within):
            async for line in process.stdout:
                whole.append(line)
                if say is not None:
                    await say(line)
            code = await process.wait()
            said = (await complaining).decode("utf-8", "replace")
    except TimeoutError:
        raise ConsoleError(Code.TIMED_OUT, f"{name} took longer than {within:g} s") from None
    except ValueError:
        raise ConsoleError(Code.FAILED, f"{name} wrote a line without end") from None
    finally:
        complaining.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if code:
        last = next((one for one in reversed(said.splitlines()) if one.strip()), f"status {code}")
        raise ConsoleError(Code.FAILED, f"{name}: {printable(last.strip())[:200]}")
    return b"".join(whole)
