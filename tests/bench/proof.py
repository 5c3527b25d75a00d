"""What a certified copy costs: form with statement and QR, the signatures, the token, `verify`."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from daemon.register import certificates, demo_pki, form, template, verify
from daemon.register.filled import Filled
from daemon.register.keys import Act, Role, TokenKeys
from daemon.register.pages import open_pages, pages_digest, picture_digests
from daemon.register.proof import Statement, address, message
from daemon.register.settings import RegisterSettings
from daemon.register.signing import CopySigner
from daemon.register.token import Token
from tests.bench.figures import RUNS, Figure, figure, seconds
from tests.register.made import BIRTH, Request


async def measure() -> list[Figure]:
    """A birth certificate of two pages on the demo's token, part by part; seconds."""
    with TemporaryDirectory(prefix="bench-") as folder:
        pki = demo_pki.make(Path(folder))
        pki.use()
        settings = RegisterSettings(
            keys="token", token=pki.token, ward_certificate=pki.ward_certificate
        )
        keys = TokenKeys(Token(pki.token, Path(folder)))
        signer = CopySigner(settings, keys)
        try:
            return await _measure(settings, signer, keys, Path(pki.root))
        finally:
            await signer.close()


async def _measure(
    settings: RegisterSettings, signer: CopySigner, keys: TokenKeys, root: Path
) -> list[Figure]:
    copy = await copying(settings, signer)
    await copy()  # opens the token, reads the fonts
    runs = [await copy() for _ in range(RUNS)]
    digest = bytes(32)
    roles: tuple[Role, ...] = ("proof", "certifier", "authority")
    token = []
    for _ in range(RUNS):
        token.append(sum([await _timed(keys, role, digest) for role in roles]))
    roots, pdf = certificates.load_pem([root]), runs[-1].pdf
    checked = await asyncio.to_thread(seconds, lambda: verify.verify(pdf, roots))
    return [
        figure("statement, QR and form of a copy", [run.drawn for run in runs], "s"),
        figure("both signatures of that copy", [run.signed for run in runs], "s"),
        figure("statement + QR + two signatures", [run.whole for run in runs], "s", "≤ 0.4"),
        figure("of these: processor time", [run.processor for run in runs], "s"),
        figure("of these: three signatures by the token", token, "s"),
        figure("verify of a copy, signatures included", checked, "s", "≤ 0.5"),
    ]


class Run(NamedTuple):
    """One copy; seconds."""

    drawn: float
    signed: float
    processor: float
    pdf: bytes

    @property
    def whole(self) -> float:
        """Statement, QR, form and both signatures."""
        return self.drawn + self.signed


async def copying(
    settings: RegisterSettings, signer: CopySigner
) -> Callable[[], Coroutine[Any, Any, Run]]:
    """What makes one copy of a birth certificate of two pages, without number and database."""
    now = dt.datetime.now(dt.UTC)
    identity = await signer.identity(now)
    pages, shape = Request(BIRTH).papers[0].pdf, template.load()
    statement = Statement(
        key=certificates.key_id(identity.proof), authority=settings.authority_id, number="01",
        volume="01/2026-SCTĐT/BS", date=now.date(), kind="giay_khai_sinh", pages=2, copies=1,
        pictures=_digest(pages),
    )  # fmt: skip

    async def copy() -> Run:
        began, used = time.perf_counter(), time.process_time()
        signed = await signer.prove(identity, message(statement).digest())
        filled = Filled(
            number=statement.number, volume=statement.volume, signed_at=now, product="digital",
            authority=settings.authority, certifier=settings.certifier,
            proof=address(settings.lookup, statement, signed), lookup=settings.lookup,
            title="Giấy khai sinh", sample=not identity.official,
        )  # fmt: skip
        laid = form.lay_out(pages, filled, shape, settings.fonts)
        drawn = time.perf_counter()
        (done,) = await signer.sign((laid,), identity, Act("bench", lambda: None))
        end = time.perf_counter()
        return Run(drawn - began, end - drawn, time.process_time() - used, done.pdf)

    return copy


def _digest(data: bytes) -> bytes:
    """The digest of a PDF's pictures, as the statement carries it."""
    with open_pages(data) as pdf:
        return pages_digest(picture_digests(pdf))


async def _timed(keys: TokenKeys, role: Role, digest: bytes) -> float:
    began = time.perf_counter()
    await keys.sign_digest(role, digest)
    return time.perf_counter() - began
