"""`python -m tests.ward FOLDER [--port N]`: a gateway for the bench, until it is interrupted."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from pathlib import Path

from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer


async def serve(folder: Path, authority: str, port: int) -> None:
    """Never ends."""
    made = certificates.make(folder)
    async with WardServer(Book(authority), made, port) as server:
        print('[register]\nnumbers = "ward"\n\n[gateway]')
        print(f'url = "{server.url}"\nca = "{made.ca}"')
        print(f'certificate = "{made.kiosk}"\nkey = "{made.kiosk_key}"', flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.ward", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the certificates are made")
    parser.add_argument("--authority", default="demo", help="register.authority_id of the kiosk")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.folder, options.authority, options.port))


if __name__ == "__main__":
    main()
