"""`python -m daemon.register page|cancelled`: the verification page and its signed list."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
import tomllib
from pathlib import Path

import msgspec
from cryptography import x509

from daemon.register import cancelled, certificates, publish
from daemon.register.errors import RegisterError
from daemon.register.settings import RegisterSettings
from daemon.store import Store

GOOD = 0


class BadSettings(RegisterError):
    """The configuration file cannot be used."""

    code = "bad_settings"
    final = True


def page(options: argparse.Namespace) -> int:
    """Write the page and say what is in it."""
    roots = certificates.load_pem(options.root)
    seals: dict[str, tuple[x509.Certificate, ...]] = {}
    for text in options.seal:
        authority, found = _named(text, "seal")
        seals[authority] = (*seals.get(authority, ()), found[0])
    sources = [_source(text, roots, seals) for text in options.issuer]
    strange = set(seals) - {source.authority for source in sources}
    if strange:
        raise publish.BadPage(f"seal: {', '.join(sorted(strange))}: no such issuer is on the page")
    files = publish.build(options.out, sources, [path.read_bytes() for path in options.cancelled])
    sys.stdout.write(f"{options.out}: {len(files)} files, {len(sources)} issuers\n")
    return GOOD


def _source(
    text: str,
    roots: tuple[x509.Certificate, ...],
    seals: dict[str, tuple[x509.Certificate, ...]],
) -> publish.Source:
    authority, (certificate, *others) = _named(text, "issuer")
    now = dt.datetime.now(dt.UTC)
    official = asyncio.run(certificates.chains_to(certificate, roots, tuple(others), now))
    return publish.Source(authority, certificate, not official, seals.get(authority, ()))


def _named(text: str, option: str) -> tuple[str, tuple[x509.Certificate, ...]]:
    """Authority and certificates of `AUTHORITY=FILE.pem`."""
    authority, _, path = text.partition("=")
    found = certificates.load_pem([path]) if authority and path else ()
    if not found:
        raise publish.BadPage(f"{option}: read {text!r}, AUTHORITY=FILE.pem is right")
    return authority, found


def cancel(options: argparse.Namespace) -> int:
    """Sign the list of a register's voided numbers with the key of its statements."""
    settings = _settings(options.config)
    if not options.database.is_file():
        raise FileNotFoundError(f"{options.database}: no database there")
    store = Store.open(options.database)
    try:
        volumes = store.read_now(lambda: cancelled.voided(settings.authority_id))
    finally:
        store.close_now()
    data = asyncio.run(_signed(settings, options.database.parent, volumes, options.days))
    options.out.write_bytes(data)
    count = sum(len(numbers) for numbers in volumes.values())
    sys.stdout.write(f"{options.out}: {count} cancelled numbers of {settings.authority_id}\n")
    return GOOD


async def _signed(
    settings: RegisterSettings, state: Path, volumes: dict[str, tuple[str, ...]], days: int
) -> bytes:
    from daemon.register import weekly  # fonts, form, token: not for those who verify
    from daemon.register.setup import Setup

    setup = Setup(settings, state, None, None)
    try:
        tools, now = await setup.tools(), dt.datetime.now(dt.UTC)
        _, data = await weekly.signed(tools, settings.authority_id, volumes, now, days)
        return data
    finally:
        await setup.close()


def _settings(path: Path | None) -> RegisterSettings:
    """The table `[register]` of a configuration file; the defaults without one."""
    if path is None:
        return RegisterSettings()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("register", {})
        return msgspec.convert(table, RegisterSettings)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadSettings(f"{path}: {error}") from error


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], database: Path) -> None:
    """Add both commands to the parser."""
    one = commands.add_parser("page", help="assemble the verification page for a web server")
    one.add_argument("--out", type=Path, required=True, metavar="DIR")
    one.add_argument(
        "--issuer", action="append", required=True, metavar="AUTHORITY=PEM",
        help="certificate of an authority's key of statements (repeat)",
    )  # fmt: skip
    one.add_argument(
        "--seal", action="append", default=[], metavar="AUTHORITY=PEM",
        help="certificate with which it signs electronic copies (repeat): the page checks files",
    )  # fmt: skip
    one.add_argument(
        "--cancelled", action="append", type=Path, default=[], metavar="FILE",
        help="an issuer's signed list, as `cancelled` writes it (one an issuer)",
    )  # fmt: skip
    one.add_argument(
        "--root", action="append", default=[], metavar="PEM",
        help="the state's root (repeat); an issuer of any other is shown as a sample",
    )  # fmt: skip
    one.set_defaults(run=page)

    two = commands.add_parser("cancelled", help="sign the list of cancelled numbers")
    two.add_argument("--database", type=Path, default=database, help=f"default {database}")
    two.add_argument("--config", type=Path, metavar="TOML", help="the kiosk's configuration")
    two.add_argument("--out", type=Path, required=True, metavar="FILE")
    two.add_argument(
        "--days", type=int, choices=range(1, 93), default=7, metavar="1-92",
        help="the list is good for so long; default 7",
    )  # fmt: skip
    two.set_defaults(run=cancel)
