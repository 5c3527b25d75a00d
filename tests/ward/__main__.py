"""`python -m tests.ward FOLDER [--port N | --signing]`: a ward's servers for the bench.

A gateway, or with `--signing` a signing service and a responder, until it is interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.responder import Responder
from tests.ward.server import WardServer
from tests.ward.signing_pki import StatePki
from tests.ward.signing_server import SigningServer, credentials_of


async def serve(folder: Path, authority: str, port: int) -> None:
    """Never ends."""
    made = certificates.make(folder)
    async with WardServer(Book(authority), made, port) as server:
        print('[register]\nnumbers = "ward"\n\n[gateway]')
        print(f'url = "{server.url}"\nca = "{made.ca}"')
        print(f'certificate = "{made.kiosk}"\nkey = "{made.kiosk_key}"', flush=True)
        await asyncio.Event().wait()


async def sign(folder: Path) -> None:
    """Never ends; whoever is asked confirms."""
    made = certificates.make(folder)
    async with Responder() as responder:
        pki = responder.pki = StatePki(responder.places)
        async with SigningServer(made, credentials_of(pki)) as service:
            root, secret = folder / "state-root.pem", folder / "csc-client-secret"
            root.write_bytes(pki.root.certificate.public_bytes(serialization.Encoding.PEM))
            secret.write_text(service.secret, encoding="ascii")
            print('[register]\nkeys = "remote"\nrevocation = "required"\nvolume_assigned = "1"')
            print(f'state_roots = ["{root}"]\nward_certificate = "…"\n\n[register.remote]')
            print(f'url = "{service.url}"\nca = "{made.ca}"\nclient_id = "{service.client}"')
            print(f'client_secret_file = "{secret}"\ncertifier = "person-1"')
            print('authority = "seal-1"\nproof = "qr-1"', flush=True)
            await asyncio.Event().wait()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.ward", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the certificates are made")
    parser.add_argument("--authority", default="demo", help="register.authority_id of the kiosk")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--signing", action="store_true", help="a signing service instead")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        if options.signing:
            asyncio.run(sign(options.folder))
        else:
            asyncio.run(serve(options.folder, options.authority, options.port))


if __name__ == "__main__":
    main()
